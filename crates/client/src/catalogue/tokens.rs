//! What is indexed of a text. SQLite's own tokenisers do not know Chinese words, and
//! three quarters of the words in item names have two characters, so the tokens are
//! made here: single characters, pairs of neighbours, words of letters and digits, and
//! for names also their pinyin and its initials from every character on, so that a
//! word in the middle of a name is found by the start of a token. Thousands of tokens begin
//! with the same letter or two: that a column has such a beginning is a token of its own.

use std::collections::BTreeSet;

use pinyin::ToPinyin as _;

use super::fold::{Folded, Run, is_han, runs};

/// Stands before a beginning: a character that no token of a text has, as it is no letter.
const BEGINNING: char = '\u{e000}';

/// Characters of the longest beginning that is a token of its own.
const SHORT: usize = 2;

/// Longest token. A longer word is cut, in the index as in a query.
pub(super) const LONGEST: usize = 24;

/// Cuts a word to [`LONGEST`] characters.
pub(super) fn cut(word: &str) -> String {
    word.chars().take(LONGEST).collect()
}

/// The tokens of a text, parted by blanks.
pub(super) fn of_text(text: &str) -> String {
    tokens(text, true)
}

/// The tokens of a text that says more than a name, parted by blanks. That a character is
/// somewhere in it says nothing, unless it stands alone: half of an index would say such.
pub(super) fn of_long_text(text: &str) -> String {
    tokens(text, false)
}

fn tokens(text: &str, with_single: bool) -> String {
    let mut tokens = String::new();
    for run in runs(text) {
        if run.han {
            let with_single = with_single || run.characters.len() == 1;
            let mut before = None;
            for Folded { character, .. } in run.characters {
                if let Some(before) = before {
                    tokens.push(before);
                    tokens.push(character);
                    tokens.push(' ');
                }
                if with_single {
                    tokens.push(character);
                    tokens.push(' ');
                }
                before = Some(character);
            }
        } else {
            tokens.push_str(&cut(&run.text()));
            tokens.push(' ');
        }
    }
    tokens
}

/// The pinyin tokens of a name, parted by blanks: whole syllables and initials, from
/// every character on, each once more where characters may be read in another way.
pub(super) fn of_sound(name: &str) -> String {
    let mut tokens = String::new();
    for run in runs(name).into_iter().filter(|run| run.han) {
        for start in 0..run.characters.len() {
            for sound in [Sound::Syllables, Sound::Initials] {
                let read = |reading| cut(&sounds(&run, start, sound, reading).collect::<String>());
                let (usual, other) = (read(Reading::Usual), read(Reading::Other));
                for token in [Some(&usual), Some(&other).filter(|other| **other != usual)] {
                    tokens.extend(token.map(String::as_str));
                    tokens.extend(token.map(|_| ' '));
                }
            }
        }
    }
    tokens
}

/// These tokens with the short beginnings of those that are words, each once.
pub(super) fn with_beginnings(mut tokens: String) -> String {
    let mut beginnings = BTreeSet::new();
    for word in tokens.split(' ').filter(|token| token.starts_with(|first| !is_han(first))) {
        let ends = word.char_indices().map(|(at, character)| at + character.len_utf8());
        beginnings.extend(ends.take(SHORT).filter_map(|end| Some(word.get(..end)?.to_owned())));
    }
    for beginning in beginnings {
        tokens.extend([BEGINNING]);
        tokens.push_str(&beginning);
        tokens.push(' ');
    }
    tokens
}

/// The token that says that a word begins so; none where that is looked for among the words.
pub(super) fn of_beginning(word: &str) -> Option<String> {
    (word.chars().count() <= SHORT).then(|| format!("{BEGINNING}{word}"))
}

/// The two ways in which pinyin is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sound {
    /// `yingyezhizhao`
    Syllables,
    /// `yyzz`
    Initials,
}

/// Which of the ways is meant in which a character may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The commonest.
    Usual,
    /// The other one of [`OTHERS`]; for all else the commonest.
    Other,
}

/// Characters of names of services that are read in one word like this and in another like
/// that: 会计, 银行, 调解, 还款, 长寿. The reading is the one that is not the commonest.
const OTHERS: [(char, &str); 25] = [
    ('会', "kuai"),
    ('行', "hang"),
    ('调', "tiao"),
    ('还', "huan"),
    ('长', "chang"),
    ('重', "chong"),
    ('乐', "yue"),
    ('单', "shan"),
    ('参', "shen"),
    ('校', "jiao"),
    ('传', "zhuan"),
    ('藏', "zang"),
    ('率', "shuai"),
    ('便', "pian"),
    ('朝', "zhao"),
    ('降', "xiang"),
    ('种', "chong"),
    ('车', "ju"),
    ('都', "du"),
    ('觉', "jiao"),
    ('省', "xing"),
    ('给', "ji"),
    ('曾', "zeng"),
    ('石', "dan"),
    ('弹', "tan"),
];

/// The sound of every character of a run from `start` on, until one has none.
pub(super) fn sounds(
    run: &Run,
    start: usize,
    sound: Sound,
    reading: Reading,
) -> impl Iterator<Item = &'static str> {
    run.characters.iter().skip(start).map_while(move |folded| {
        let pinyin = folded.character.to_pinyin()?;
        let others = || OTHERS.iter().find(|(character, _)| *character == folded.character);
        if reading == Reading::Other
            && let Some((_, other)) = others()
        {
            return Some(match sound {
                Sound::Syllables => other,
                Sound::Initials => other.get(..1).unwrap_or_default(),
            });
        }
        Some(match sound {
            // As the letters are typed: there is no ü on a keyboard.
            Sound::Syllables => match pinyin.plain() {
                "nü" => "nv",
                "lü" => "lv",
                "nüe" => "nve",
                "lüe" => "lve",
                plain => plain,
            },
            Sound::Initials => pinyin.first_letter(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_indexed_by_characters_pairs_and_words() {
        assert_eq!(of_text("社保卡 ETC"), "社 社保 保 保卡 卡 etc ");
        assert_eq!(of_long_text("社保卡 证 ETC"), "社保 保卡 证 etc ");
    }

    #[test]
    fn a_name_is_indexed_by_its_sound_from_every_character_on() {
        assert_eq!(of_sound("执照"), "zhizhao zz zhao z ");
        assert_eq!(of_sound("女"), "nv n ");
        assert_eq!(of_sound("会计"), "huiji kuaiji hj kj ji j ");
    }

    #[test]
    fn another_reading_is_another_one() {
        let same =
            |(character, other): &&(char, &str)| character.to_pinyin().unwrap().plain() == *other;
        assert_eq!(OTHERS.iter().filter(same).collect::<Vec<_>>(), Vec::<&(char, &str)>::new());
    }

    #[test]
    fn short_beginnings_of_words_are_tokens_each_once() {
        let tokens = with_beginnings(of_text("卡 ETC é e1"));
        let beginnings = ["e", "e1", "et", "é"].map(|text| of_beginning(text).unwrap() + " ");
        assert_eq!(tokens, format!("卡 etc é e1 {}", beginnings.concat()));
        assert_eq!(of_beginning("etc"), None);
    }
}
