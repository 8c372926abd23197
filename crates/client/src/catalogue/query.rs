//! What a person types, as tokens of the index. Whatever it is, it is text: nothing in it
//! is ever syntax of the index.

use super::{
    fold::{self, Folded, runs},
    tokens::{self, cut},
};

/// Most tokens that are looked for: more than any name has, and fewer than make the
/// index refuse an expression.
const MOST: usize = 40;

/// What only says that something is asked, never what. Longer ones first.
const FILLERS: [&str; 24] = [
    "怎么办理",
    "在哪里办",
    "要什么证",
    "怎么办",
    "在哪里",
    "去哪里",
    "多少钱",
    "能不能",
    "需要",
    "请问",
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
    "吗",
    "了",
];

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
    /// All of it, folded.
    pub(super) key: String,
    /// Its tokens, each once.
    pub(super) tokens: Vec<Token>,
}

impl Query {
    /// Reads what was typed.
    pub(super) fn new(typed: &str) -> Self {
        let runs = runs(typed);
        let mut tokens = Vec::new();
        for run in &runs {
            let text = run.text();
            if run.han {
                without_fillers(&text).iter().for_each(|part| add_pairs(&mut tokens, part));
            } else {
                add(&mut tokens, Token::Word(cut(&text)));
            }
        }
        if tokens.is_empty() {
            // Nothing but fillers: then they are what is looked for.
            runs.iter().for_each(|run| add_pairs(&mut tokens, &run.text()));
        }
        Self { key: fold::key(typed), tokens }
    }

    /// Where the query may be the code of a place (实施编码), which is longer than any
    /// token: that code.
    pub(super) fn place_code(&self) -> Option<&str> {
        let code = self.key.len() >= 13 && self.key.bytes().all(|b| b.is_ascii_alphanumeric());
        (code && self.tokens.len() == 1).then_some(self.key.as_str())
    }

    /// What may be meant, where the catalogue has synonyms for a part of this query, of the
    /// longest that is in it: each as the query says it, and alone.
    pub(super) fn meant(&self, synonyms: &[(String, Vec<String>)]) -> Vec<(Self, Self)> {
        let said = synonyms.iter().find(|(say, _)| !say.is_empty() && self.key.contains(say));
        let meant = said.iter().flat_map(|(say, means)| {
            means
                .iter()
                .map(move |means| (Self::new(&self.key.replace(say, means)), Self::new(means)))
        });
        meant.filter(|(_, alone)| !alone.tokens.is_empty()).collect()
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

fn add(tokens: &mut Vec<Token>, token: Token) {
    if tokens.len() < MOST && !tokens.contains(&token) {
        tokens.push(token);
    }
}

fn add_pairs(tokens: &mut Vec<Token>, text: &str) {
    let characters: Vec<char> = text.chars().collect();
    if let [only] = characters.as_slice() {
        add(tokens, Token::Han(only.to_string()));
    }
    for pair in characters.windows(2) {
        add(tokens, Token::Han(pair.iter().collect()));
    }
}

/// The parts of a run of Chinese characters between its fillers.
fn without_fillers(text: &str) -> Vec<&str> {
    let mut parts = vec![text];
    for filler in FILLERS {
        parts = parts.into_iter().flat_map(|part| part.split(filler)).collect();
    }
    parts.retain(|part| !part.is_empty());
    parts
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
        assert_eq!(texts("社保 zhizhao 社保"), ["社保", "zhizhao"]);
        assert_eq!(texts("保"), ["保"]);
        assert_eq!(texts("怎么办"), ["怎么", "么办"]);
        assert_eq!(texts("🙂 \"*() AND"), ["and"]);
        assert!(texts("?!").is_empty());
    }

    #[test]
    fn only_a_long_code_is_looked_up_among_places() {
        assert_eq!(Query::new("11420506MB1B").place_code(), None);
        assert_eq!(Query::new("11420506MB1B2").place_code(), Some("11420506mb1b2"));
        assert_eq!(Query::new("yingye zhizhao banli").place_code(), None);
    }
}
