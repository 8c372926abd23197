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
    if !has_markup(text) {
        return None;
    }
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(text));
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

/// Whether there is a tag, a comment or an entity. A sign by itself is none: 面积<50平方米.
fn has_markup(text: &str) -> bool {
    let tag = |rest: &str| {
        let name = rest.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let follows = name.get(end..).and_then(|after| after.chars().next());
        rest.starts_with("!--")
            || (name.starts_with(|c: char| c.is_ascii_alphabetic())
                && follows.is_some_and(|c| matches!(c, '>' | '/') || c.is_ascii_whitespace()))
    };
    let entity = |rest: &str| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '#');
        end.is_some_and(|end| end > 1 && rest.get(end..).is_some_and(|at| at.starts_with(';')))
    };
    text.split('<').skip(1).any(tag) || text.split('&').skip(1).any(entity)
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
