//! Takes the API key out of whatever leaves the library.

use crate::text;
use crate::value::Value;

/// What stands where a key was.
pub const MARK: &str = "[key]";

/// Shorter keys would match ordinary words.
const SHORTEST: usize = 6;
/// A shorter key may be an ordinary word, which is not taken out of what the service delivers.
const UNMISTAKABLE: usize = 16;

/// The text with each occurrence of the key replaced: as it is, and as JSON, URLs and HTML escape it.
pub fn text(text: &str, key: Option<&str>) -> String {
    let Some(key) = key else {
        return text.into();
    };
    let plain = mask(text, key.as_bytes(), |text| {
        (text.first().copied().unwrap_or_default(), 1)
    });
    let mut bare = Vec::new();
    let mut rest = key.as_bytes();
    while !rest.is_empty() {
        let (byte, length) = unescaped(rest);
        bare.push(byte);
        rest = rest.get(length..).unwrap_or_default();
    }
    mask(&plain, &bare, unescaped)
}

/// The value with each occurrence of the key in any of its texts replaced.
pub fn value(value: &mut Value, key: Option<&str>) {
    match value {
        Value::String(string) => *string = text(string, key),
        Value::Array(items) => items.iter_mut().for_each(|item| self::value(item, key)),
        Value::Object(fields) => {
            for (name, field) in fields {
                *name = text(name, key);
                self::value(field, key);
            }
        }
        _ => {}
    }
}

/// What the service delivers: it is passed on as it came, unless it holds a key that cannot be an ordinary word.
pub fn result(value: &mut Value, key: Option<&str>) {
    self::value(value, unmistakable(key));
}

/// Whether this is the key, or a text with a key in it that cannot be an ordinary word.
pub fn holds(text: &str, key: Option<&str>) -> bool {
    key == Some(text::trim(text)) || self::text(text, unmistakable(key)) != text
}

fn unmistakable(key: Option<&str>) -> Option<&str> {
    key.filter(|key| key.len() >= UNMISTAKABLE)
}

/// Replaces the key in a text that `read` takes apart: it gives the first byte, and how many bytes write it. Each byte is
/// looked at once (Knuth, Morris, Pratt), whatever the key and the text are.
fn mask(text: &str, key: &[u8], read: fn(&[u8]) -> (u8, usize)) -> String {
    let mut clean = String::new();
    if key.len() < SHORTEST {
        return text.into();
    }
    let borders = borders(key);
    let read = |at: &mut usize| {
        let (byte, length) = read(text.as_bytes().get(*at..).unwrap_or_default());
        *at += length;
        byte
    };
    // What is between the two is the beginning of the key.
    let (mut start, mut at) = (0, 0);
    let (mut matched, mut kept) = (0, 0);
    while at < text.len() {
        let byte = read(&mut at);
        let more = advance(key, &borders, matched, byte);
        for _ in more..=matched {
            read(&mut start);
        }
        matched = more;
        if matched == key.len() {
            // A key is ASCII, so that both ends are character boundaries.
            clean.push_str(text.get(kept..start).unwrap_or_default());
            clean.push_str(MARK);
            (start, kept, matched) = (at, at, 0);
        }
    }
    clean.push_str(text.get(kept..).unwrap_or_default());
    clean
}

/// How much of the key is matched after one byte more.
fn advance(key: &[u8], borders: &[usize], mut matched: usize, byte: u8) -> usize {
    while matched > 0 && key.get(matched) != Some(&byte) {
        matched = borders.get(matched - 1).copied().unwrap_or_default();
    }
    matched + usize::from(key.get(matched) == Some(&byte))
}

/// For each beginning of the key, the longest shorter one that it ends with.
fn borders(key: &[u8]) -> Vec<usize> {
    let mut borders = vec![0];
    let mut matched = 0;
    for byte in key.iter().skip(1) {
        matched = advance(key, &borders, matched, *byte);
        borders.push(matched);
    }
    borders
}

/// The first byte of a text that JSON, a URL or HTML may have escaped, also one after the other; and how many bytes
/// write it. A backslash before it does not count.
fn unescaped(text: &[u8]) -> (u8, usize) {
    let mut byte = text.first().copied().unwrap_or_default();
    let mut at = 1;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let found = match (byte, rest) {
            (b'\\', [b'u', digits @ ..]) => number(digits, 16, 4, 1).or(Some((b'u', 1))),
            (b'\\', [other, ..]) => Some((*other, 1)),
            (b'%', digits) => number(digits, 16, 2, 0),
            (b'&', [b'#', b'x' | b'X', digits @ ..]) => number(digits, 16, 7, 2),
            (b'&', [b'#', digits @ ..]) => number(digits, 10, 7, 1),
            (b'&', name) => named(name),
            _ => None,
        };
        let Some((character, length)) = found else {
            return (byte, at);
        };
        at += length;
        if byte == b'&' && text.get(at) == Some(&b';') {
            at += 1;
        }
        byte = character;
    }
}

/// The character that at most so many digits write, and how many bytes that takes with those before.
fn number(digits: &[u8], radix: u32, most: usize, before: usize) -> Option<(u8, usize)> {
    let mut number = 0;
    let mut length = 0;
    for digit in digits.iter().take(most) {
        let Some(digit) = char::from(*digit).to_digit(radix) else {
            break;
        };
        number = number * radix + digit;
        length += 1;
    }
    // A key is ASCII: any other character is the same to it.
    (length > 0).then_some((number.min(0xff) as u8, before + length))
}

/// The character of this name in HTML.
fn named(text: &[u8]) -> Option<(u8, usize)> {
    let names = [
        ("amp", b'&'),
        ("lt", b'<'),
        ("gt", b'>'),
        ("quot", b'"'),
        ("apos", b'\''),
    ];
    let (name, character) = names.iter().find(|(name, _)| text.starts_with(name.as_bytes()))?;
    Some((*character, name.len()))
}
