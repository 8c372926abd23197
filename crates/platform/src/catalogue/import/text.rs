//! How lists are encoded: UTF-8, UTF-16 with its mark, or GB 18030, which spreadsheets write.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use encoding_rs::{Encoding, GB18030};

use crate::{Error, Result};

/// Characters beyond ASCII that are UTF-8 by chance: GB 18030 seldom has as many.
const BY_CHANCE: usize = 10;

/// A line, or why it could not be read, with its number.
type Line = (usize, Result<String, String>);

/// The text of a file.
///
/// # Errors
/// Where it cannot be read, or is in no encoding that is known here.
pub(super) fn read(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(Error::file(path))?;
    decode(bytes).map_err(|reason| Error::Source { path: path.to_owned(), reason })
}

/// The lines of a file, numbered from 1, read one after the other where the encoding allows.
/// None come after one that could not be read.
///
/// # Errors
/// Where it cannot be read at all.
pub(super) fn lines(path: &Path) -> Result<Box<dyn Iterator<Item = Line>>> {
    let mut file = BufReader::new(File::open(path).map_err(Error::file(path))?);
    let beginning = file.fill_buf().map_err(Error::file(path))?;
    if Encoding::for_bom(beginning).is_some_and(|(encoding, _)| encoding.is_wide()) {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(Error::file(path))?;
        let text =
            decode(bytes).map_err(|reason| Error::Source { path: path.to_owned(), reason })?;
        let lines: Vec<_> = text.lines().map(|line| Ok(line.to_owned())).collect();
        return Ok(Box::new((1..).zip(lines)));
    }
    let mut failed = false;
    let lines =
        file.split(b'\n').take_while(move |line| !std::mem::replace(&mut failed, line.is_err()));
    Ok(Box::new((1..).zip(lines.map(|line| decode(line.map_err(|error| error.to_string())?)))))
}

/// Bytes as text.
fn decode(bytes: Vec<u8>) -> Result<String, String> {
    let unknown = || "认不出文字编码，请另存为 UTF-8 编码的文件".to_owned();
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        let text = bytes.get(mark..).unwrap_or_default();
        let text = encoding.decode_without_bom_handling_and_without_replacement(text);
        return text.map(std::borrow::Cow::into_owned).ok_or_else(unknown);
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error,
    };
    let readable = bytes.utf8_error().valid_up_to();
    let bytes = bytes.into_bytes();
    let before = bytes.get(..readable).map(String::from_utf8_lossy).unwrap_or_default();
    if before.chars().filter(|c| !c.is_ascii()).count() >= BY_CHANCE {
        return Err(format!("是 UTF-8 编码，但第 {} 个字节坏了", readable + 1));
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(&bytes);
    text.map(std::borrow::Cow::into_owned).ok_or_else(unknown)
}

/// Encodings whose line ends are no single byte.
trait Wide {
    fn is_wide(&self) -> bool;
}

impl Wide for &'static Encoding {
    fn is_wide(&self) -> bool {
        *self == encoding_rs::UTF_16LE || *self == encoding_rs::UTF_16BE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_write_is_read() {
        let text = "事项名称,实施主体\r\n居住证办理,区公安分局\r\n";
        let (gb, _, _) = GB18030.encode(text);
        let wide = |units: Vec<[u8; 2]>, mark: [u8; 2]| [vec![mark], units].concat().concat();
        let little = wide(text.encode_utf16().map(u16::to_le_bytes).collect(), [0xFF, 0xFE]);
        let big = wide(text.encode_utf16().map(u16::to_be_bytes).collect(), [0xFE, 0xFF]);
        let marked = format!("\u{feff}{text}").into_bytes();
        for bytes in [gb.into_owned(), little, big, marked, text.as_bytes().to_vec()] {
            assert_eq!(decode(bytes.clone()).unwrap(), text, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_broken_is_no_other_encoding() {
        let mut bytes = "居住证办理居住证办理居住证办理".as_bytes().to_vec();
        bytes[40] = b'x';
        assert!(decode(bytes).unwrap_err().contains("UTF-8"));
        assert!(decode(vec![0xFF, 0x80]).is_err());
    }
}
