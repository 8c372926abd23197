//! What a person types, as tokens of the index. Whatever it is, it is text: nothing in it
//! is ever syntax of the index.

use super::{
    fold::{Folded, runs},
    tokens::{self, Reading, Sound, cut},
};

/// Most tokens that are looked for: more than any name has, and fewer than make the
/// index refuse an expression.
const MOST: usize = 40;

/// What only says that something is asked, never what. Longer ones first.
const FILLERS: [&str; 46] = [
    "需要准备什么材料",
    "需要什么材料",
    "需要哪些材料",
    "要准备什么",
    "要什么材料",
    "要哪些材料",
    "在哪里办理",
    "去哪里办理",
    "怎么办理",
    "在哪里办",
    "去哪里办",
    "要什么证",
    "什么材料",
    "想问一下",
    "要去哪里",
    "怎么弄",
    "怎么办",
    "问一下",
    "在哪办",
    "去哪办",
    "在哪里",
    "去哪里",
    "多少钱",
    "能不能",
    "的时候",
    "需要",
    "请问",
    "你好",
    "您好",
    "怎么",
    "怎样",
    "如何",
    "我要",
    "我想",
    "我的",
    "哪里",
    "在哪",
    "什么",
    "多少",
    "可以",
    "一个",
    "的话",
    "哪些",
    "吗",
    "呢",
    "了",
];

/// What most guides are about, and a name may leave out: 低保申请 is asked of what is called 低保.
const USUAL: [&str; 7] = ["办理", "申请", "申领", "手续", "流程", "条件", "材料"];

/// Characters of the shortest text that names are compared with once that is left out.
const SHORTEST: usize = 2;

/// Bytes of the shortest code of a place, which is longer than that of any item.
const PLACE_CODE: usize = 13;

/// One token of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// One Chinese character, or two neighbours.
    Han(String),
    /// The start of a word, of a code, or of pinyin.
    Word(String),
}

impl Token {
    /// The text that is looked for.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Han(text) | Self::Word(text) => text,
        }
    }

    /// The token as an expression of FTS5: a string, or the beginning of one where it is a word.
    pub(super) fn expression(&self) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        match self {
            Self::Han(text) => quoted(text),
            Self::Word(word) => match tokens::of_beginning(word) {
                Some(beginning) => quoted(&beginning),
                None => quoted(word) + "*",
            },
        }
    }
}

/// A query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    /// What names are compared with, folded: all of it, then without what only asks, and then
    /// without what a name may leave out.
    pub(super) keys: Vec<String>,
    /// Its tokens, each once.
    pub(super) tokens: Vec<Token>,
    /// The code of a place, where it has one.
    place_code: Option<String>,
    /// The same as it sounds, where characters of it may have been mistaken for others.
    sound: Vec<Token>,
}

/// A piece of a query: Chinese characters, or a word.
struct Part {
    han: bool,
    text: String,
}

impl Query {
    /// Reads what was typed.
    pub(super) fn new(typed: &str) -> Self {
        let runs = runs(typed);
        let whole: Vec<Part> =
            runs.iter().map(|run| Part { han: run.han, text: run.text() }).collect();
        let asked: Vec<Part> = whole.iter().flat_map(|part| without(part, &FILLERS)).collect();
        // Nothing but fillers: then they are what is looked for.
        let asked = if asked.is_empty() { &whole } else { &asked };
        let mut keys = vec![joined(&whole)];
        let core: Vec<Part> = asked.iter().flat_map(|part| without(part, &USUAL)).collect();
        for key in [joined(asked), joined(&core)] {
            if key.chars().count() >= SHORTEST && !keys.contains(&key) {
                keys.push(key);
            }
        }
        Self {
            tokens: tokens_of(asked, pairs),
            sound: tokens_of(asked, |text| syllables(text).into_iter().collect()),
            place_code: place_code(&whole),
            keys,
        }
    }

    /// The code of a place (实施编码) that was typed.
    pub(super) fn place_code(&self) -> Option<&str> {
        self.place_code.as_deref()
    }

    /// Whether it has nothing but Chinese characters: whose names those are is told by comparing.
    pub(super) fn is_chinese(&self) -> bool {
        self.tokens.iter().all(|token| matches!(token, Token::Han(_)))
    }

    /// The query as it sounds; none where it has no Chinese characters that could be mistaken.
    pub(super) fn as_it_sounds(&self) -> Option<Self> {
        let said = !self.sound.is_empty() && self.sound != self.tokens;
        said.then(|| Self { tokens: self.sound.clone(), ..self.clone() })
    }

    /// What may be meant, where the catalogue has synonyms for a part of this query, of the
    /// longest that is in it: each as the query says it, and alone.
    pub(super) fn meant(&self, synonyms: &[(String, Vec<String>)]) -> Vec<(Self, Self)> {
        let key = self.key();
        let said = synonyms.iter().find(|(say, _)| !say.is_empty() && key.contains(say));
        let meant = said.iter().flat_map(|(say, means)| {
            // What is said with its meaning beside it means nothing else.
            let other = means.iter().filter(|means| !key.contains(means.as_str()));
            other.map(move |means| (Self::new(&key.replace(say, means)), Self::new(means)))
        });
        meant.filter(|(_, alone)| !alone.tokens.is_empty()).collect()
    }

    /// All of it, folded.
    fn key(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }

    /// The expression that every token satisfies.
    pub(super) fn all(&self) -> String {
        self.joined(" AND ")
    }

    /// The expression that any token satisfies.
    pub(super) fn any(&self) -> String {
        self.joined(" OR ")
    }

    fn joined(&self, operator: &str) -> String {
        self.tokens.iter().map(Token::expression).collect::<Vec<_>>().join(operator)
    }
}

/// The tokens of parts, each once. Of more than are looked for, the last: people come to the
/// point at the end.
fn tokens_of(parts: &[Part], of_han: impl Fn(&str) -> Vec<Token>) -> Vec<Token> {
    let mut tokens = Vec::new();
    for part in parts.iter().rev() {
        let of_part = if part.han { of_han(&part.text) } else { vec![word(&part.text)] };
        for token in of_part.into_iter().rev() {
            if tokens.len() < MOST && !tokens.contains(&token) {
                tokens.push(token);
            }
        }
    }
    tokens.reverse();
    tokens
}

fn word(text: &str) -> Token {
    Token::Word(cut(text))
}

/// Chinese characters by twos, or the only one.
fn pairs(text: &str) -> Vec<Token> {
    let characters: Vec<char> = text.chars().collect();
    match characters.as_slice() {
        [only] => vec![Token::Han(only.to_string())],
        several => several.windows(2).map(|pair| Token::Han(pair.iter().collect())).collect(),
    }
}

/// Chinese characters as one word of pinyin; none where one of them alone has no sound to tell
/// it by, or there is but one.
fn syllables(text: &str) -> Option<Token> {
    let run = runs(text).into_iter().next()?;
    let said: Vec<&str> = tokens::sounds(&run, 0, Sound::Syllables, Reading::Usual).collect();
    (said.len() > 1 && said.len() == run.characters.len()).then(|| word(&said.concat()))
}

fn joined(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

/// The parts of Chinese characters between these; a word stays whole.
fn without(part: &Part, left_out: &[&str]) -> Vec<Part> {
    let mut texts = vec![part.text.as_str()];
    if part.han {
        for words in left_out {
            texts = texts.into_iter().flat_map(|text| text.split(words)).collect();
        }
        texts.retain(|text| !text.is_empty());
    }
    texts.into_iter().map(|text| Part { han: part.han, text: text.to_owned() }).collect()
}

/// The first word that is long enough to be a place's code, or all of them where blanks came
/// into one.
fn place_code(parts: &[Part]) -> Option<String> {
    let is_code = |text: &str| {
        text.len() >= PLACE_CODE && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let with_digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count() * 2 > text.len();
    let words = parts.iter().filter(|part| !part.han).map(|part| part.text.clone());
    let words: Vec<String> = words.collect();
    words.iter().find(|word| is_code(word)).cloned().or_else(|| {
        let all = words.concat();
        (is_code(&all) && with_digits(&all)).then_some(all)
    })
}

/// Whether `folded` starts with the text; how many characters that takes.
pub(super) fn starts_with(folded: &[Folded], text: &str) -> Option<usize> {
    let mut length = 0;
    for character in text.chars() {
        if folded.get(length)?.character != character {
            return None;
        }
        length += 1;
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_becomes_pairs_and_words_without_what_only_asks() {
        let texts = |typed| -> Vec<String> {
            Query::new(typed).tokens.iter().map(|token| token.text().to_owned()).collect()
        };
        assert_eq!(texts("怎么办理營業執照？"), ["营业", "业执", "执照"]);
        assert_eq!(texts("社保 zhizhao 社保"), ["zhizhao", "社保"]);
        let long = "社".repeat(10_000) + "保";
        assert_eq!(texts(&long), ["社社", "社保"]);
        let long: String = ('\u{4e00}'..'\u{5000}').collect();
        assert_eq!(texts(&long).last().unwrap(), "\u{4ffe}\u{4fff}");
        assert_eq!(texts(&long).len(), MOST);
        assert_eq!(texts("保"), ["保"]);
        assert_eq!(texts("怎么办"), ["怎么", "么办"]);
        assert_eq!(texts("🙂 \"*() AND"), ["and"]);
        assert!(texts("?!").is_empty());
    }

    #[test]
    fn names_are_compared_with_what_is_asked_about() {
        for (typed, keys) in [
            ("身份证怎么办", &["身份证怎么办", "身份证"][..]),
            ("低保怎么申请？", &["低保怎么申请", "低保申请", "低保"]),
            ("申请", &["申请"]),
            ("营业执照", &["营业执照"]),
        ] {
            assert_eq!(Query::new(typed).keys, keys);
        }
    }

    #[test]
    fn what_was_mistaken_for_another_character_sounds_alike() {
        let sound = |typed| -> Option<Vec<String>> {
            let tokens = Query::new(typed).as_it_sounds()?.tokens;
            Some(tokens.iter().map(|token| token.text().to_owned()).collect())
        };
        assert_eq!(sound("身分证怎么办"), Some(vec!["shenfenzheng".to_owned()]));
        assert_eq!(sound("证"), None);
        assert_eq!(sound("etc"), None);
    }

    #[test]
    fn a_synonym_of_what_is_said_in_full_is_none() {
        let synonyms = [("公积金".to_owned(), vec!["住房公积金".to_owned()])];
        assert_eq!(Query::new("公积金还贷").meant(&synonyms).len(), 1);
        assert_eq!(Query::new("住房公积金还贷").meant(&synonyms), []);
    }

    #[test]
    fn only_a_long_code_is_looked_up_among_places() {
        let code = |typed| Query::new(typed).place_code().map(str::to_owned);
        assert_eq!(code("11420506MB1B"), None);
        for typed in ["11420506MB1B2", "实施编码：11420506mb1b2", "1142 0506 MB1B2"] {
            assert_eq!(code(typed).as_deref(), Some("11420506mb1b2"), "{typed}");
        }
        assert_eq!(code("yingye zhizhao banli"), None);
    }
}
