//! Text functions that do not allocate.

/// Parses a text that consists only of decimal digits.
pub fn whole(digits: &str) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.bytes().try_fold(0u32, |number, byte| match byte {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add((byte - b'0').into()),
        _ => None,
    })
}

/// The start of a text, at most `bytes` long, cut between characters.
pub fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The index of a name in a list.
#[inline(never)]
pub fn position(name: &str, names: &[&str]) -> Option<usize> {
    names.iter().position(|other| *other == name)
}

/// Splits a text at the first occurrence of an ASCII byte.
pub fn split(text: &str, at: u8) -> Option<(&str, &str)> {
    let position = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..position)?, text.get(position + 1..)?))
}

/// Removes an ASCII byte from the end, however often it occurs there.
pub fn trim_end(text: &str, end: u8) -> &str {
    let mut length = text.len();
    while length > 0 && text.as_bytes().get(length - 1) == Some(&end) {
        length -= 1;
    }
    head(text, length)
}

/// Whether a character is invisible: white space, control and format characters, fillers.
pub fn is_invisible(character: char) -> bool {
    // The last two ranges modify the character before them, as in an emoji.
    is_space(character) || matches!(u32::from(character), 0xfe00..=0xfe0f | 0xe0000..=0xe0fff)
}

fn is_space(character: char) -> bool {
    matches!(u32::from(character),
        0..=0x20 | 0x7f..=0xa0 | 0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x1680 | 0x17b4..=0x17b5 | 0x180b..=0x180f
        | 0x2000..=0x200f | 0x2028..=0x202f | 0x205f..=0x206f | 0x2800 | 0x3000 | 0x3164 | 0xfeff | 0xffa0
        | 0xfff0..=0xfffb)
}

/// Removes invisible characters around a text.
pub fn trim(text: &str) -> &str {
    // Fast path for nearly all texts.
    if let [b'!'..=b'~', .., b'!'..=b'~'] = text.as_bytes() {
        return text;
    }
    let first = |rest: &str| rest.chars().next().filter(|character| is_space(*character));
    let mut rest = text;
    while let Some(character) = first(rest) {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    loop {
        let before = head(rest, rest.len().saturating_sub(1));
        if first(rest.get(before.len()..).unwrap_or_default()).is_none() {
            return rest;
        }
        rest = before;
    }
}

/// Splits a text after its leading bytes that match.
#[inline(never)]
pub fn span(text: &str, matches: fn(u8) -> bool) -> (&str, &str) {
    let length = text.bytes().take_while(|byte| matches(*byte)).count();
    text.split_at_checked(length).unwrap_or_default()
}

/// The part after the last dot of a name.
#[inline(never)]
pub fn last_label(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b'.').next().unwrap_or_default()
}

/// Splits bytes at the first occurrence of a byte.
#[inline(never)]
pub fn cut(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let (before, rest) = text.split_at_checked(text.iter().position(|byte| *byte == at)?)?;
    Some((before, rest.get(1..)?))
}

/// Whether two names differ only by a typo: letter case, or one place where up to two characters are wrong, missing, extra or
/// swapped. All names of two characters are similar; none of ours is that short.
#[inline(never)]
pub fn resembles(a: &[u8], b: &[u8]) -> bool {
    let same = |(a, b): &(&u8, &u8)| a.eq_ignore_ascii_case(b);
    let start = a.iter().zip(b).take_while(same).count();
    let end = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    let common = (start + end).min(a.len()).min(b.len());
    a.len().max(b.len()) - common <= 2
}
