//! Whether every page of a vault's file, and of the log beside it, is what was once written.
//! The file is only read, and before SQLite opens it: SQLite writes to what it has opened
//! when it closes it, and a damaged file is not to be written to.
//!
//! SQLCipher ends each page with an HMAC-SHA512 over its content and number. Its own
//! `PRAGMA cipher_integrity_check` needs the file open and does not look at the log, so the
//! same check is made here; a test compares the two.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{ErrorKind, Read as _, Result, Seek as _, SeekFrom, Write as _},
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use ring::{hmac, pbkdf2};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

/// Bytes of a page.
const PAGE: usize = 4096;
/// Bytes at the end of a page that hold its HMAC.
const CODE: usize = 64;
/// Bytes at the beginning of the file that hold its salt.
pub(super) const SALT: usize = 16;
/// The page of SQLite's lock bytes (at 1 GiB), which is never written.
const LOCK_PAGE: u64 = 0x4000_0000 / PAGE as u64 + 1;
/// Bytes that are read at once.
const STRIDE: usize = 256 * PAGE;
/// Bytes of the log's head, and of the head of each of its frames.
const LOG_HEAD: usize = 32;
const FRAME_HEAD: usize = 24;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Whether there is a file.
    pub(super) exists: bool,
    /// Whether the first page is good: without it nothing can be read.
    pub(super) first: bool,
    /// Pages that are not what was written.
    pub(super) bad: u64,
    /// Whether any page was written with this key.
    fits: bool,
    /// Whether there is a page to tell by: one that was never written tells nothing.
    tells: bool,
    /// What the log adds to the file.
    pub(super) log: Log,
}

impl Look {
    pub(super) fn is_damaged(&self) -> bool {
        self.exists && (!self.first || self.bad > 0 || self.log.torn)
    }

    /// Whether this is another vault than that of the key: not a single page was written
    /// with it. Nothing says that the file is damaged then.
    pub(super) fn is_of_another_key(&self) -> bool {
        self.exists && self.tells && !self.fits
    }
}

/// What the log adds to the file: the place in the log of each page's newest content.
#[derive(Debug, Default)]
pub(super) struct Log {
    places: BTreeMap<u32, u64>,
    /// Pages of the file once the log is applied; none where the log adds nothing.
    pages: Option<u32>,
    /// Whether something that was committed cannot be applied any more, as what came before
    /// it is damaged. What a power cut tears is the last commit alone, which nobody was told
    /// to be kept; that is no damage.
    torn: bool,
    /// Whether any of it was written with this key.
    fits: bool,
}

impl Log {
    /// Whether something that was committed is lost with it.
    pub(super) fn is_torn(&self) -> bool {
        self.torn
    }

    /// Whether the log adds nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.pages.is_none()
    }
}

/// The log beside a file.
pub(super) fn log_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// The salt at the beginning of a vault; none where there is not that much of it.
pub(super) fn salt(path: &Path) -> Result<Option<[u8; SALT]>> {
    let mut salt = [0; SALT];
    Ok(filled(&mut File::open(path)?, &mut salt)?.then_some(salt))
}

/// Looks at every page of a vault and its log. With the salt that its file is known to have,
/// one whose salt is damaged is told apart from one of another key.
pub(super) fn look(path: &Path, key: &SecretString, known: Option<[u8; SALT]>) -> Result<Look> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Look::default()),
        Err(error) => return Err(error),
    };
    let mut salt = [0; SALT];
    let Some(seal) = filled(&mut file, &mut salt)?.then(|| Seal::new(key, &salt)).flatten() else {
        return Ok(Look { exists: true, ..Look::default() });
    };
    let log = read_log(&log_path(path), &seal)?;
    let known = known.filter(|known| *known != salt).and_then(|known| Seal::new(key, &known));
    let mut look = Look {
        exists: true,
        first: log.places.contains_key(&1),
        fits: log.fits,
        log,
        ..Look::default()
    };
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = vec![0; STRIDE];
    let mut number = 0_u64;
    loop {
        let read = read_up_to(&mut file, &mut bytes)?;
        for page in bytes.get(..read).unwrap_or_default().chunks(PAGE) {
            number += 1;
            // The log says how long the file is, and has the newer content.
            let small = u32::try_from(number).unwrap_or(u32::MAX);
            let is_past = look.log.pages.is_some_and(|pages| small > pages);
            if is_past || number == LOCK_PAGE || look.log.places.contains_key(&small) {
                continue;
            }
            let holds = seal.holds(small, page);
            match (holds, number) {
                (true, 1) => look.first = true,
                (true, _) => {}
                (false, _) => look.bad += 1,
            }
            look.tells |= page.len() == PAGE && page.iter().any(|byte| *byte != 0);
            look.fits =
                look.fits || holds || known.as_ref().is_some_and(|known| known.holds(small, page));
        }
        if read < bytes.len() {
            return Ok(look);
        }
    }
}

/// Writes the file as the log makes it to a new place.
pub(super) fn merge(path: &Path, log: &Log, to: &Path) -> Result<()> {
    std::fs::copy(path, to)?;
    let mut merged = File::options().write(true).open(to)?;
    let mut from = File::open(log_path(path))?;
    let mut page = vec![0; PAGE];
    for (number, place) in &log.places {
        from.seek(SeekFrom::Start(*place))?;
        from.read_exact(&mut page)?;
        merged.seek(SeekFrom::Start(u64::from(number - 1) * PAGE as u64))?;
        merged.write_all(&page)?;
    }
    if let Some(pages) = log.pages {
        merged.set_len(u64::from(pages) * PAGE as u64)?;
    }
    Ok(())
}

/// What the pages of one file are sealed with.
struct Seal(hmac::Key);

impl Seal {
    /// As SQLCipher 4 makes it from the file's key and salt.
    fn new(key: &SecretString, salt: &[u8; SALT]) -> Option<Self> {
        let key = unhex(key.expose_secret())?;
        let salt = salt.map(|byte| byte ^ 0x3a);
        let mut code = Zeroizing::new([0_u8; 32]);
        let times = NonZeroU32::new(2)?;
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA512, times, &salt, &key, &mut *code);
        Some(Self(hmac::Key::new(hmac::HMAC_SHA512, &*code)))
    }

    /// Whether this page is what was written as this number.
    fn holds(&self, number: u32, page: &[u8]) -> bool {
        let start = if number == 1 { SALT } else { 0 };
        let end = PAGE - CODE;
        let (Some(content), Some(code)) = (page.get(start..end), page.get(end..PAGE)) else {
            return false;
        };
        let mut context = hmac::Context::with_key(&self.0);
        context.update(content);
        context.update(&number.to_le_bytes());
        context.sign().as_ref() == code
    }
}

/// Reads what SQLite would take from the log: everything up to the last commit before the
/// first frame that is not as it was written.
fn read_log(path: &Path, seal: &Seal) -> Result<Log> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Log::default()),
        Err(error) => return Err(error),
    };
    let mut head = [0; LOG_HEAD];
    if !filled(&mut file, &mut head)? {
        return Ok(Log::default());
    }
    let mut sum = Sum { big: word(&head, 0) & 1 == 1, words: (0, 0) };
    sum.add(head.get(..24).unwrap_or_default());
    let is_log = word(&head, 0) & !1 == 0x377f_0682
        && word(&head, 4) == 3_007_000
        && word(&head, 8) as usize == PAGE
        && sum.words == (word(&head, 24), word(&head, 28));
    let mut salts = is_log.then(|| (word(&head, 16), word(&head, 20)));
    let mut whole = is_log;
    let (mut log, mut begun) = (Log::default(), BTreeMap::new());
    let mut frame = vec![0; FRAME_HEAD + PAGE];
    let mut place = LOG_HEAD as u64;
    while filled(&mut file, &mut frame)? {
        let (head, page) = frame.split_at(FRAME_HEAD);
        let (number, pages) = (word(head, 0), word(head, 4));
        let own = (word(head, 8), word(head, 12));
        sum.add(head.get(..8).unwrap_or_default());
        sum.add(page);
        log.fits = log.fits || seal.holds(number, page);
        // Frames of an earlier round of the log follow those of this one.
        let is_of_this_round = salts.is_none_or(|salts| salts == own);
        whole = whole
            && is_of_this_round
            && number > 0
            && sum.words == (word(head, 16), word(head, 20));
        if whole {
            begun.insert(number, place + FRAME_HEAD as u64);
            if pages > 0 {
                log.places.append(&mut begun);
                log.pages = Some(pages);
            }
        } else if is_of_this_round && seal.holds(number, page) {
            salts = Some(own);
            log.torn |= pages > 0;
        }
        place += frame.len() as u64;
    }
    let pages = log.pages.unwrap_or(0);
    log.places.retain(|number, _| *number <= pages);
    Ok(log)
}

/// The running checksum of SQLite's log.
struct Sum {
    /// Whether its words are read big end first.
    big: bool,
    words: (u32, u32),
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let read = if self.big { u32::from_be_bytes } else { u32::from_le_bytes };
        let (mut first, mut second) = self.words;
        for pair in bytes.as_chunks::<8>().0 {
            let [a, b, c, d, e, f, g, h] = *pair;
            first = first.wrapping_add(read([a, b, c, d])).wrapping_add(second);
            second = second.wrapping_add(read([e, f, g, h])).wrapping_add(first);
        }
        self.words = (first, second);
    }
}

/// A number of the log, big end first.
fn word(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_be_bytes)
}

/// Whether there was enough to fill all of this.
fn filled(file: &mut File, bytes: &mut [u8]) -> Result<bool> {
    Ok(read_up_to(file, bytes)? == bytes.len())
}

fn read_up_to(file: &mut File, bytes: &mut [u8]) -> Result<usize> {
    let mut read = 0;
    while let Some(rest) = bytes.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

fn unhex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    for at in (0..text.len()).step_by(2) {
        bytes.push(u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?);
    }
    Some(bytes)
}
