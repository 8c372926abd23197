//! Shows which pieces of a name a query matched. It looks at the name itself, folded as
//! the index folds it, and marks the pieces of the original that stand behind.

use std::{collections::BTreeSet, ops::Range};

use tongban_contract::page::TextPiece;

use super::{
    fold::{Run, runs},
    query::{Query, Token, starts_with},
    tokens::{Reading, Sound, sounds},
};

/// A name in pieces, and which tokens of the query are in it.
pub(super) struct Marked {
    pub(super) pieces: Vec<TextPiece>,
    pub(super) tokens: BTreeSet<usize>,
}

/// Marks what the query matched in a name.
pub(super) fn mark(name: &str, query: &Query) -> Marked {
    let runs = runs(name);
    let mut tokens = BTreeSet::new();
    let mut matched: Vec<Range<usize>> = Vec::new();
    for (number, token) in query.tokens.iter().enumerate() {
        for run in &runs {
            for start in 0..run.characters.len() {
                let Some(length) = matches(run, start, token) else {
                    continue;
                };
                tokens.insert(number);
                let characters = run.characters.iter().skip(start).take(length);
                matched.extend(characters.map(|folded| folded.source.clone()));
            }
        }
    }
    Marked { pieces: pieces(name, matched), tokens }
}

/// How many characters of the run the token matches from `start` on. As in the index,
/// a word starts where a run of letters starts, and pinyin at any character.
fn matches(run: &Run, start: usize, token: &Token) -> Option<usize> {
    let characters = run.characters.get(start..)?;
    match token {
        Token::Han(text) if run.han => starts_with(characters, text),
        Token::Word(text) if !run.han && start == 0 => starts_with(characters, text),
        Token::Word(text) if run.han => [Sound::Syllables, Sound::Initials]
            .into_iter()
            .flat_map(|sound| [(sound, Reading::Usual), (sound, Reading::Other)])
            .find_map(|(sound, reading)| spoken(run, start, text, sound, reading)),
        Token::Han(_) | Token::Word(_) => None,
    }
}

/// How many characters it takes to say `typed`; the last one may be said in part.
fn spoken(run: &Run, start: usize, typed: &str, sound: Sound, reading: Reading) -> Option<usize> {
    let mut left = typed;
    for (said, syllable) in sounds(run, start, sound, reading).enumerate() {
        match left.strip_prefix(syllable) {
            Some("") => return Some(said + 1),
            Some(rest) => left = rest,
            None => return syllable.starts_with(left).then_some(said + 1),
        }
    }
    None
}

/// Cuts the text where marked and unmarked meet.
fn pieces(text: &str, mut matched: Vec<Range<usize>>) -> Vec<TextPiece> {
    matched.sort_by_key(|range| range.start);
    let mut pieces: Vec<TextPiece> = Vec::new();
    let mut push = |range: Range<usize>, matched: bool| {
        let Some(text) = text.get(range).filter(|text| !text.is_empty()) else {
            return;
        };
        match pieces.last_mut() {
            Some(last) if last.matched == matched => last.text.push_str(text),
            _ => pieces.push(TextPiece { text: text.to_owned(), matched }),
        }
    };
    let mut done = 0;
    for range in matched {
        push(done..range.start.max(done), false);
        push(range.start.max(done)..range.end.max(done), true);
        done = done.max(range.end);
    }
    push(done..text.len(), false);
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The name with what was matched in brackets.
    fn marked(name: &str, query: &str) -> String {
        mark(name, &Query::new(query))
            .pieces
            .iter()
            .map(
                |piece| {
                    if piece.matched { format!("[{}]", piece.text) } else { piece.text.clone() }
                },
            )
            .collect()
    }

    #[test]
    fn the_original_is_marked_whatever_form_was_typed() {
        for (name, query, expected) in [
            ("办营业执照", "營業執照", "办[营业执照]"),
            ("個體工商戶（設立）登記", "工商户登记", "個體[工商戶]（設立）[登記]"),
            ("办营业执照", "zhizhao", "办营业[执照]"),
            ("办营业执照", "zhizh", "办营业[执照]"),
            ("办营业执照", "yyzz", "办[营业执照]"),
            ("会计从业", "kuaij", "[会计]从业"),
            ("办ＥＴＣ卡", "etc", "办[ＥＴＣ]卡"),
            ("4050补贴", "40补贴", "[40]50[补贴]"),
            ("社会保障卡", "保险", "社会保障卡"),
        ] {
            assert_eq!(marked(name, query), expected, "{query}");
        }
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(name in any::<String>(), query in any::<String>()) {
            let marked = mark(&name, &Query::new(&query));
            let whole: String = marked.pieces.iter().map(|piece| piece.text.as_str()).collect();
            prop_assert_eq!(whole, name.clone());
            let itself = mark(&name, &Query::new(&name));
            prop_assert_ne!(itself.pieces.iter().any(|p| p.matched), itself.tokens.is_empty());
        }
    }
}
