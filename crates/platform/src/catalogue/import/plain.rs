//! Rich text that departments' systems export, as the plain text that it stands for: guides
//! have no markup, and what looks like it would be shown to people as it is.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};
use serde_json::{Map, Value};

/// Members that are no texts but rules.
const RULES: &str = "when";
/// What begins a line of its own.
const BLOCKS: [&str; 18] = [
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "section",
    "blockquote",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
];
/// Prefixes of what word processors paste between the elements of HTML.
const SPACES: [&str; 6] = ["o", "w", "v", "m", "st1", "?xml"];
/// Elements whose content is no text.
const RAW: [&str; 2] = ["script", "style"];
/// Everything that is an element; any other name after a sign is text.
const ELEMENTS: &str = "\
    ?xml !doctype html head body title meta link base a abbr acronym address area article \
    aside audio b bdi bdo big blockquote br button canvas caption center cite code col \
    colgroup dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure \
    font footer form frame frameset h1 h2 h3 h4 h5 h6 header hr i iframe img input ins kbd \
    label legend li main map mark marquee nav nobr noscript object ol optgroup option p \
    param picture pre q rp rt ruby s samp script section select small source span strike \
    strong style sub summary sup svg table tbody td template textarea tfoot th thead time tr \
    track tt u ul var video wbr";
/// What stands beside what was before.
const CELLS: [&str; 2] = ["td", "th"];

/// Makes plain text of every text in a row; whether there was anything to make it of.
pub(super) fn clean(row: &mut Map<String, Value>) -> bool {
    let mut cleaned = false;
    for (name, value) in row {
        if name != RULES {
            cleaned |= clean_value(value);
        }
    }
    cleaned
}

fn clean_value(value: &mut Value) -> bool {
    match value {
        Value::String(text) => match plain(text) {
            Some(plain) => {
                *text = plain;
                true
            }
            None => false,
        },
        Value::Array(list) => {
            let mut cleaned = false;
            for one in list {
                cleaned |= clean_value(one);
            }
            cleaned
        }
        Value::Object(members) => clean(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The plain text of HTML; none of what has no markup.
fn plain(text: &str) -> Option<String> {
    let (escaped, has_tags) = escaped(text);
    if !has_tags && !has_entity(text) {
        return None;
    }
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(escaped));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // It stops at a script, and goes on when it is fed again.
    while !input.is_empty() {
        let _after_a_script = tokenizer.feed(&input);
    }
    tokenizer.end();
    let written = tokenizer.sink.0.into_inner().text;
    let lines = written.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    Some(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
}

/// A text whose signs that begin no tag are written as signs, and whether it has tags.
fn escaped(text: &str) -> (String, bool) {
    let (mut escaped, mut has_tags) = (String::with_capacity(text.len()), false);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        escaped.push_str(before);
        match tag_end(after).and_then(|end| after.split_at_checked(end)) {
            Some((tag, after_it)) => {
                escaped.push('<');
                escaped.push_str(tag);
                has_tags = true;
                rest = after_it;
            }
            None => {
                escaped.push_str("&lt;");
                rest = after;
            }
        }
    }
    escaped.push_str(rest);
    (escaped, has_tags)
}

/// Where a tag or a comment ends that begins before `rest`: 面积<50平方米 begins none, nor
/// do `<姓名>` and what is never closed.
fn tag_end(rest: &str) -> Option<usize> {
    const COMMENT: &str = "!--";
    if let Some(comment) = rest.strip_prefix(COMMENT) {
        return Some(COMMENT.len() + comment.find("-->")? + "-->".len());
    }
    let name = rest.strip_prefix('/').unwrap_or(rest);
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '!' | '?');
    let end = name.find(|c: char| !is_of_name(c))?;
    let (name, follows) = name.split_at_checked(end)?;
    let name = name.to_ascii_lowercase();
    let is_tag = ELEMENTS.split(' ').any(|element| element == name)
        || name.split_once(':').is_some_and(|(space, _)| SPACES.contains(&space));
    if !is_tag || !follows.starts_with(|c: char| matches!(c, '>' | '/') || c.is_ascii_whitespace())
    {
        return None;
    }
    let is_raw = RAW.contains(&name.as_str()) && !rest.starts_with('/');
    if is_raw && !follows.to_ascii_lowercase().contains(&format!("</{name}")) {
        return None;
    }
    Some(rest.len() - follows.len() + attributes_end(follows)?)
}

/// Where the attributes of a tag end, with their sign; a value in quotes may have the sign.
fn attributes_end(attributes: &str) -> Option<usize> {
    let (mut quote, mut is_value) = (None, false);
    for (at, c) in attributes.char_indices() {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') if is_value => quote = Some(c),
            _ => {}
        }
        is_value = c == '=' || (is_value && c.is_ascii_whitespace());
    }
    None
}

/// Whether there is an entity. A sign by itself is none: R&D.
fn has_entity(text: &str) -> bool {
    let entity = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
        end.is_some_and(|end| end > 1 && rest.get(end..).is_some_and(|at| at.starts_with(';')))
    };
    text.split('&').skip(1).any(entity)
}

/// What of HTML is text.
#[derive(Default)]
struct Sink(RefCell<Written>);

#[derive(Default)]
struct Written {
    text: String,
    /// Where the link that is open leads.
    link: Option<String>,
    /// Whether a script or a style is passed over.
    unseen: bool,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut written = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) if !written.unseen => {
                // In HTML a line that ends is a space.
                written.text.extend(text.chars().map(|c| if c == '\n' { ' ' } else { c }));
            }
            Token::TagToken(tag) => return written.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Written {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        let begins = tag.kind == TagKind::StartTag;
        match name {
            "script" | "style" => {
                self.unseen = begins;
                if begins {
                    return TokenSinkResult::RawData(RawKind::Rawtext);
                }
            }
            "a" if begins => self.link = address(tag),
            "a" => {
                // Where the link leads is lost with it, if its words do not say so.
                if let Some(link) = self.link.take().filter(|link| !self.text.ends_with(link)) {
                    self.text.push_str(&format!("（{link}）"));
                }
            }
            name if BLOCKS.contains(&name) => self.text.push('\n'),
            name if CELLS.contains(&name) => self.text.push(' '),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// The address of a site that a link leads to.
fn address(tag: &Tag) -> Option<String> {
    let link = tag.attrs.iter().find(|attribute| &*attribute.name.local == "href")?;
    let link = link.value.trim();
    link.starts_with("http").then(|| link.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rich_text_becomes_the_text_it_stands_for() {
        for (rich, expected) in [
            ("<p>1. 身份证&nbsp;原件；</p><p>2. 户口簿。</p>", "1. 身份证 原件；\n2. 户口簿。"),
            ("材料齐全<br/>当场受理", "材料齐全\n当场受理"),
            ("A&amp;B &lt;公司&gt;", "A&B <公司>"),
            ("<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>", "甲\n乙"),
            ("<table><tr><td>项目</td><td>10 元</td></tr></table>", "项目 10 元"),
            (
                r#"详见<a href="https://zwfw.example.gov.cn/a">办事大厅</a>。"#,
                "详见办事大厅（https://zwfw.example.gov.cn/a）。",
            ),
            (r#"<a href="https://a.cn">https://a.cn</a>"#, "https://a.cn"),
            (r#"<a href="javascript:alert(1)">看</a>"#, "看"),
            ("前<script>alert('<p>1</p>')</script>后<style>p{}</style>。", "前后。"),
            ("<span style=\"x\">只有<b>格式</b></span><!-- 注 -->", "只有格式"),
            ("没有写完<p", "没有写完<p"),
            ("<p>面积<B级的</p>后面", "面积<B级的\n后面"),
            ("<b>没有写完</b><a href=\"x>后面", "没有写完<a href=\"x>后面"),
            ("<p>前</p><!-- 没有写完", "前\n<!-- 没有写完"),
            ("<p>前</p><style>没有写完", "前\n<style>没有写完"),
            ("<p>填写<姓名>和<name></p>", "填写<姓名>和<name>"),
            ("<P CLASS='a>b'>甲<o:p></o:p></P><?xml:namespace prefix=o /><BR>乙", "甲\n乙"),
        ] {
            assert_eq!(plain(rich).as_deref().unwrap_or(rich), expected, "{rich}");
        }
    }

    #[test]
    fn what_has_no_markup_stays_as_it_is() {
        for text in [
            "面积<50平方米",
            "a < b",
            "A级<B级",
            "材料\n分行 \n写",
            "R&D；费用",
            "A&B;C",
            "5>3",
            "<姓名>",
            "<name>",
            "甲<br",
            "",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn every_text_of_a_row_is_cleaned_but_for_rules() {
        let row = json!({
            "name": "<b>许可</b>",
            "conditions": ["<p>一</p>", "二"],
            "materials": [{"name": "证&nbsp;书", "when": {"const": "<p>甲</p>"}}],
        });
        let Value::Object(mut row) = row else { panic!() };
        assert!(clean(&mut row));
        let expected = json!({
            "name": "许可",
            "conditions": ["一", "二"],
            "materials": [{"name": "证 书", "when": {"const": "<p>甲</p>"}}],
        });
        assert_eq!(Value::Object(row.clone()), expected);
        assert!(!clean(&mut row));
    }
}
