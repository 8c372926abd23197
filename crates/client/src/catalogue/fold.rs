//! Makes texts comparable: width and compatibility forms (NFKC), case, and traditional
//! characters are folded, and every folded character remembers the piece of the
//! original it came from. The index and a query go through the very same folding.

use std::{ops::Range, sync::LazyLock};

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A folded character and the bytes of the original it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folded {
    /// The character.
    pub(super) character: char,
    /// Bytes of the original.
    pub(super) source: Range<usize>,
}

/// A run of characters of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// Whether it is of Chinese characters; otherwise it is one word of letters and digits.
    pub(super) han: bool,
    /// The characters.
    pub(super) characters: Vec<Folded>,
}

impl Run {
    /// The run as text.
    pub(super) fn text(&self) -> String {
        self.characters.iter().map(|folded| folded.character).collect()
    }
}

/// Folds a text. White space and punctuation stay.
pub(super) fn fold(text: &str) -> Vec<Folded> {
    let mut folded = Vec::with_capacity(text.len() / 2);
    let mut starts = text.char_indices().peekable();
    while let Some((start, first)) = starts.next() {
        // A mark belongs to the letter before it: NFKC may make one character of both.
        while starts.next_if(|(_, next)| is_combining_mark(*next)).is_some() {}
        let end = starts.peek().map_or(text.len(), |(next, _)| *next);
        let mut push = |character| folded.push(Folded { character, source: start..end });
        if first.is_ascii() && end - start == 1 {
            push(first.to_ascii_lowercase());
            continue;
        }
        let piece = text.get(start..end).unwrap_or_default();
        // Lower case may come apart again: İ is an i with a dot above.
        piece.nfkc().flat_map(char::to_lowercase).nfkc().map(simplified).for_each(&mut push);
    }
    folded
}

/// The runs of a text: Chinese characters, or words of letters and digits. Everything
/// else only separates them.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut joined = false;
    for folded in fold(text) {
        let han = is_han(folded.character);
        if !han && !folded.character.is_alphanumeric() {
            joined = false;
            continue;
        }
        match runs.last_mut() {
            Some(run) if joined && run.han == han => run.characters.push(folded),
            _ => runs.push(Run { han, characters: vec![folded] }),
        }
        joined = true;
    }
    runs
}

/// What two texts have in common that differ only in form: folded, without white space
/// and punctuation.
pub(super) fn key(text: &str) -> String {
    runs(text).iter().map(Run::text).collect()
}

/// Whether it is a Chinese character. Folding has already made compatibility forms and
/// radicals into these.
pub(super) fn is_han(character: char) -> bool {
    matches!(character,
        '\u{3005}' | '\u{3007}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{323af}')
}

/// The simplified form of a traditional character; any other, unchanged.
fn simplified(character: char) -> char {
    match SIMPLIFIED.binary_search_by_key(&character, |(traditional, _)| *traditional) {
        Ok(found) => SIMPLIFIED.get(found).map_or(character, |(_, simple)| *simple),
        Err(_) => match character {
            // Pinyin is typed with a v where there is no ü on the keyboard.
            'ü' => 'v',
            other => other,
        },
    }
}

/// Every traditional character of OpenCC with its simplified form, sorted. One by one,
/// not phrase by phrase, so that both sides of a comparison always fold alike.
static SIMPLIFIED: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let converter = match OpenCC::from_config(BuiltinConfig::T2s) {
        Ok(converter) => converter,
        Err(error) => {
            // The tables are compiled in. Without them, simplified text still works.
            tracing::error!(%error, "no table of traditional characters");
            return Vec::new();
        }
    };
    let all: Vec<char> = ('\u{3400}'..='\u{9fff}').chain('\u{20000}'..='\u{2ebef}').collect();
    // A line each keeps phrases from matching across.
    let lines: String = all.iter().flat_map(|character| [*character, '\n']).collect();
    let converted = converter.convert(&lines);
    all.iter()
        .zip(converted.lines())
        .filter_map(|(traditional, line)| {
            let mut characters = line.chars();
            let simple = characters.next()?;
            (characters.next().is_none() && simple != *traditional)
                .then_some((*traditional, simple))
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_that_a_person_takes_for_the_same_fold_alike() {
        for (one, other) in [
            ("營業執照", "营业执照"),
            ("ＥＴＣ", "etc"),
            ("ＡＢＣ　１２３", "abc123"),
            ("《社會保障卡》", "社会保障卡"),
            ("⼾口", "户口"),
            ("e\u{301}", "é"),
            ("lüshi", "lvshi"),
            ("①", "1"),
        ] {
            assert_eq!(key(one), key(other), "{one} and {other}");
        }
        assert!(SIMPLIFIED.len() > 3000);
    }

    #[test]
    fn runs_part_chinese_from_words() {
        let texts: Vec<_> = runs("4050补贴、ETC 办理（A1）").iter().map(Run::text).collect();
        assert_eq!(texts, ["4050", "补贴", "etc", "办理", "a1"]);
    }

    proptest! {
        #[test]
        fn every_folded_character_stands_for_a_piece_of_the_original(text in any::<String>()) {
            let mut end = 0;
            for folded in fold(&text) {
                prop_assert!(text.get(folded.source.clone()).is_some_and(|piece| !piece.is_empty()));
                prop_assert!(folded.source.start >= end || folded.source.end == end);
                end = folded.source.end;
            }
        }

        #[test]
        fn folding_twice_changes_nothing(character in any::<char>()) {
            let once = key(&character.to_string());
            prop_assert_eq!(key(&once), once);
        }
    }
}
