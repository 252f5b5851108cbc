//! Small text that the standard formatter would make at ten times the size in WebAssembly.

pub use crate::rules::text::*;

/// A template with its `{}` replaced, if it has one. No other brace may stand in it before.
pub fn fill(template: &str, argument: &str) -> String {
    match split(template, b'{') {
        Some((head, tail)) => concat(&[head, argument, tail.get(1..).unwrap_or_default()]),
        None => template.into(),
    }
}

/// A whole number in decimal digits.
pub fn decimal(number: u64) -> String {
    let mut text = if number > 9 {
        decimal(number / 10)
    } else {
        String::new()
    };
    text.push_str(digit((number % 10) as usize));
    text
}

/// One hexadecimal digit.
pub fn digit(value: usize) -> &'static str {
    "0123456789ABCDEF".get(value..=value).unwrap_or_default()
}

/// The pieces as one text. (The standard library's `concat` is ten times as large.)
pub fn concat(pieces: &[&str]) -> String {
    let mut text = String::new();
    for piece in pieces {
        text.push_str(piece);
    }
    text
}
