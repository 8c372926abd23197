//! What is made of the corpus: the same input for the same seed, so that a failure can be
//! played again.

use std::ops::Range;

use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::StdRng};

use crate::corpus::{Entry, LARGEST};

/// Most changes of one input.
const MOST_CHANGES: usize = 6;

/// What parsers trip over.
const INTERESTING: &[&[u8]] = &[
    b"",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\r\n",
    b"\n",
    b" ",
    b",",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\\udfff\\ud800",
    b"{",
    b"}",
    b"[[[[[[[[[[[[[[[[",
    b"]",
    b"{}",
    b"[]",
    b"null",
    b"true",
    b"\"\"",
    b"0",
    b"-0",
    b"-1",
    b"+1",
    b"255",
    b"256",
    b"65536",
    b"2147483648",
    b"4294967295",
    b"9007199254740993",
    b"9223372036854775808",
    b"18446744073709551615",
    b"18446744073709551616",
    b"1e308",
    b"1e-400",
    b"0.1000000000000000055511151231257827",
    b"5e-324",
    b"%2e%2e%2f",
    b"../",
    b"\"kind\":\"later\",",
    b"\"id\":null,",
    b"\"\":0,",
    b"-9999-01-01T00:00:00Z",
    b"9999-12-31T23:59:60+23:59",
    "文".as_bytes(),
    "\u{202e}".as_bytes(),
    "９".as_bytes(),
    b"\x00\x00\x00\x00",
    b"\xff\xff\xff\xff",
    b"\x28\xb5\x2f\xfd",
    b"\n--- ",
    b"-> X25519 ",
];

/// The input of this seed: one of the corpus, changed in a few places.
pub fn input(seed: u64, corpus: &[Entry]) -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(seed);
    let pick = |rng: &mut StdRng| match corpus.len() {
        0 => &[][..],
        entries => corpus[rng.random_range(0..entries)].bytes.as_slice(),
    };
    let mut bytes = pick(&mut rng).to_vec();
    for _ in 0..rng.random_range(1..=MOST_CHANGES) {
        let other = pick(&mut rng);
        change(&mut bytes, other, &mut rng);
        bytes.truncate(LARGEST);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, other: &[u8], rng: &mut StdRng) {
    match rng.random_range(0..9) {
        0 if !bytes.is_empty() => {
            let at = rng.random_range(0..bytes.len());
            bytes[at] ^= 1 << rng.random_range(0..8);
        }
        1 if !bytes.is_empty() => {
            let at = rng.random_range(0..bytes.len());
            bytes[at] = (rng.next_u32() & 0xff) as u8;
        }
        // Cut off.
        2 => bytes.truncate(rng.random_range(0..=bytes.len())),
        // Cut out.
        3 => drop(bytes.drain(short(bytes.len(), rng))),
        // Said twice.
        4 => {
            let said = bytes[short(bytes.len(), rng)].to_vec();
            let at = rng.random_range(0..=bytes.len());
            bytes.splice(at..at, said);
        }
        // The beginning of one, the end of another.
        5 => {
            bytes.truncate(rng.random_range(0..=bytes.len()));
            bytes.extend_from_slice(&other[rng.random_range(0..=other.len())..]);
        }
        // A part of another.
        6 => {
            let part = other[short(other.len(), rng)].to_vec();
            let at = short(bytes.len(), rng);
            bytes.splice(at, part);
        }
        // A number is another one.
        7 => {
            let digits: Vec<usize> =
                (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            if !digits.is_empty() {
                let start = digits[rng.random_range(0..digits.len())];
                let rest = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                bytes.splice(start..start + rest, interesting(rng).iter().copied());
            }
        }
        _ => {
            let at = rng.random_range(0..=bytes.len());
            bytes.splice(at..at, interesting(rng).iter().copied());
        }
    }
}

fn interesting(rng: &mut StdRng) -> &'static [u8] {
    INTERESTING[rng.random_range(0..INTERESTING.len())]
}

/// A range that is mostly short.
fn short(length: usize, rng: &mut StdRng) -> Range<usize> {
    let start = rng.random_range(0..=length);
    let most = if rng.random_range(0..4) == 0 { length } else { 16 };
    start..rng.random_range(start..=length.min(start.saturating_add(most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_input_and_another_seed_mostly_another() {
        let corpus = [Entry { name: "one".to_owned(), bytes: b"{\"a\":[1,2,3]}".to_vec() }];
        let made: Vec<_> = (0..100).map(|seed| input(seed, &corpus)).collect();
        assert_eq!(made, (0..100).map(|seed| input(seed, &corpus)).collect::<Vec<_>>());
        let different: std::collections::BTreeSet<_> = made.iter().collect();
        assert!(different.len() > 80, "{}", different.len());
    }

    #[test]
    fn an_empty_corpus_still_gives_inputs() {
        assert!((0..50).any(|seed| !input(seed, &[]).is_empty()));
    }
}
