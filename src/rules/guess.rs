//! Suggestions. They must be plausible, because a user accepts them with one click.

use super::catalog;
use super::issue::{Meant, Scheme};
use super::node::Kind;
use super::text;
use super::url::{self, Hostname};

/// The probably intended name, or an empty string.
#[inline(never)]
pub fn nearest(name: &[u8], names: &[&'static str]) -> &'static str {
    for known in names {
        if text::resembles(name, known.as_bytes()) || (name.len() >= 5 && known.as_bytes().starts_with(name)) {
            return known;
        }
    }
    ""
}

/// The probably intended field, or an empty string. Strict, because the service may add fields later.
pub fn field(name: &str, kind: Kind, known: &[&'static str]) -> &'static str {
    // In lower case and without punctuation. A longer name has no match.
    let mut plain = [0; 24];
    let mut length = 0;
    for byte in name.bytes().filter(u8::is_ascii_alphanumeric) {
        match plain.get_mut(length) {
            Some(place) => *place = byte.to_ascii_lowercase(),
            None => return "",
        }
        length += 1;
    }
    let plain = plain.get(..length).unwrap_or_default();
    let meant = catalog::meant_by(plain);
    let fits = match kind {
        Kind::Text | Kind::List => !meant.is_empty(),
        Kind::Number => meant == "duration",
        _ => false,
    };
    if fits { meant } else { nearest(plain, known) }
}

/// The resolution with the same aspect ratio as `1920x1080` or `16:9`, or an empty string.
pub fn same_aspect(id: &str) -> &'static str {
    let mut sides = [0u32; 2];
    let mut side = 0;
    for byte in id.bytes() {
        match (byte, sides.get_mut(side)) {
            (b'0'..=b'9', Some(pixels)) if *pixels < 10_000 => *pixels = *pixels * 10 + u32::from(byte - b'0'),
            (b'0'..=b'9', _) => return "",
            _ => side = usize::from(sides != [0, 0]),
        }
    }
    let [width, height] = sides;
    for known in &catalog::RESOLUTIONS {
        let a = width * known.height;
        let b = height * known.width;
        // 1280x540 is called 21:9, which differs by 1.6 %.
        if b > 0 && a.abs_diff(b) <= b / 50 {
            return known.id;
        }
    }
    ""
}

/// Corrects a missing or misspelt http(s) scheme. Suggests nothing for text without a path, which could be a file name.
pub fn mend(url: &str, hostname: Hostname) -> Meant<'_> {
    let (word, rest) = text::span(url, |byte| byte.is_ascii_alphabetic());
    let (marks, after) = text::span(rest, |byte| matches!(byte, b':' | b';' | b',' | b'/' | b'\\' | b' '));
    // Excludes similar schemes such as ftp.
    let starts_right = matches!(word.as_bytes(), [b'h' | b'H' | b't' | b'T', ..]);
    let is_similar = text::resembles(word.as_bytes(), b"https") || text::resembles(word.as_bytes(), b"http");
    let (scheme, text) = match word.as_bytes() {
        _ if !starts_right || !is_similar || marks.is_empty() => (Scheme::Https, url),
        [.., b's' | b'S'] => (Scheme::Https, after),
        _ => (Scheme::Http, after),
    };
    let (host, path) = text::span(text, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | 0x80..)
    });
    let label = text::last_label(host.as_bytes());
    match path.as_bytes() {
        [b'/', ..] | [b':', b'0'..=b'9', ..]
            if host.len() > label.len() + 1 && label.len() > 1 && url::is_http(text, hostname) =>
        {
            Meant { scheme, text }
        }
        _ => "".into(),
    }
}
