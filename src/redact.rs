//! Takes the API key out of whatever leaves the library.

use crate::value::Value;

/// What stands where a key was.
pub const MARK: &str = "[key]";

/// What is shorter keeps no secret, and would turn up in ordinary words.
const SHORTEST: usize = 6;

/// The text with each occurrence of the key replaced; also where JSON escaped it with backslashes.
pub fn text(text: &str, key: Option<&str>) -> String {
    let key = match key {
        Some(key) if key.len() >= SHORTEST => key.as_bytes(),
        _ => return text.into(),
    };
    let mut clean = String::new();
    let mut rest = text;
    let mut at = 0;
    while at < rest.len() {
        match rest.as_bytes().get(at..).and_then(|here| occurrence(here, key)) {
            // A key is ASCII, so that both ends are character boundaries.
            Some(length) => {
                clean.push_str(rest.get(..at).unwrap_or_default());
                clean.push_str(MARK);
                rest = rest.get(at + length..).unwrap_or_default();
                at = 0;
            }
            None => at += 1,
        }
    }
    clean.push_str(rest);
    clean
}

/// How many bytes the key takes where the text begins with it.
fn occurrence(text: &[u8], key: &[u8]) -> Option<usize> {
    if text.first() != key.first() {
        return None;
    }
    let mut rest = text.iter().enumerate();
    let mut end = 0;
    for wanted in key {
        loop {
            let (at, byte) = rest.next()?;
            end = at + 1;
            if byte == wanted {
                break;
            }
            if *byte != b'\\' {
                return None;
            }
        }
    }
    Some(end)
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
