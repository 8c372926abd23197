//! Words of the platform as it wrote them, with the addresses in them to be opened. Nothing
//! else in them means anything: what looks like HTML is text.

use yew::prelude::*;

use super::OutsideLink;

/// Properties of [`Prose`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) text: AttrValue,
}

/// Words of the platform.
#[component]
pub(crate) fn Prose(props: &Props) -> Html {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Words(words) => html! { { words } },
        Piece::Address(url) => html! {
            <OutsideLink url={url.to_owned()}><span class="address">{ url }</span></OutsideLink>
        },
    };
    html! { <span class="prose" lang="zh-CN">{ for pieces(&props.text).into_iter().map(piece) }</span> }
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    /// An absolute address (`http` or `https`).
    Address(&'a str),
}

/// The pieces of a text, in order; together they are the text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut rest, mut looked) = (text, 0);
    while let Some(found) = rest.get(looked..).and_then(|tail| tail.find("http")) {
        let at = looked + found;
        let (words, tail) = rest.split_at(at);
        let length = address(tail);
        if length == 0 {
            looked = at + "http".len();
            continue;
        }
        let (url, after) = tail.split_at(length);
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        pieces.push(Piece::Address(url));
        (rest, looked) = (after, 0);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// How many bytes of the beginning of `text` are an address; 0 where it begins with none.
/// Chinese goes on right behind an address, so that it ends before anything that is not ASCII.
fn address(text: &str) -> usize {
    let Some(scheme) = ["https://", "http://"].into_iter().find(|one| text.starts_with(one)) else {
        return 0;
    };
    let is_of_it = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\'' | '`');
    let end = text.find(|c| !is_of_it(c)).unwrap_or(text.len());
    // A sentence may end with the address.
    let url = text.get(..end).unwrap_or_default();
    let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}']);
    if url.len() > scheme.len() { url.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{Piece::*, *};

    #[test]
    fn an_address_ends_where_chinese_or_the_sentence_goes_on() {
        for (text, expected) in [
            (
                "请登录https://zwfw.hubei.gov.cn/办事?a=1办理。",
                vec![
                    Words("请登录"),
                    Address("https://zwfw.hubei.gov.cn/"),
                    Words("办事?a=1办理。"),
                ],
            ),
            (
                "见（http://a.gov.cn/b.html）。",
                vec![Words("见（"), Address("http://a.gov.cn/b.html"), Words("）。")],
            ),
            ("See https://a.cn/x.", vec![Words("See "), Address("https://a.cn/x"), Words(".")]),
            (
                "https://a.cn\nhttps://b.cn",
                vec![Address("https://a.cn"), Words("\n"), Address("https://b.cn")],
            ),
        ] {
            assert_eq!(pieces(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_site_is_text() {
        for text in [
            "",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "http",
            "https://",
            "http://。",
            "httphttp:/",
            "<script>alert('x')</script>",
        ] {
            let expected: Vec<Piece<'_>> =
                if text.is_empty() { Vec::new() } else { vec![Words(text)] };
            assert_eq!(pieces(text), expected, "{text}");
        }
        // What stands in HTML is a site all the same, and the rest of it text.
        let link = r#"<a href="https://evil.example">官网</a>"#;
        assert_eq!(
            pieces(link),
            [Words(r#"<a href=""#), Address("https://evil.example"), Words(r#"">官网</a>"#)]
        );
    }

    /// Whatever the text, nothing of it is lost or said twice.
    #[test]
    fn the_pieces_are_the_text() {
        let parts =
            ["http", "https://", "s://a.cn", "办理", "。", " ", ")", "<b>", "\u{1F600}", "h"];
        for number in 0..10_usize.pow(4) {
            let text: String =
                (0..4).map(|place| parts[number / 10_usize.pow(place) % 10]).collect();
            let joined: String = pieces(&text)
                .into_iter()
                .map(|piece| match piece {
                    Words(text) | Address(text) => text,
                })
                .collect();
            assert_eq!(joined, text);
        }
    }
}
