//! Formats that are recognized, but not supported.

use crate::sparse::be_in;

/// The first bytes and the name of each format that users may have.
const MARKS: [(&[u8], &str); 14] = [
    (b"\0\0\x01\0", "ico"),
    (b"8BPS", "psd"),
    (b"\0\0\0\x0CjP  ", "jp2"),
    (b"\0\0\0\x0CJXL ", "jxl"),
    (b"\xFF\x0A", "jxl"),
    (b"qoif", "qoi"),
    (b"FLV\x01", "flv"),
    (b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "wmv"),
    (b"\0\0\x01\xBA", "mpg"),
    (b".snd", "au"),
    (b"caff", "caf"),
    (b"#EXTM3U", "m3u8"),
    (b"%PDF", "pdf"),
    (b"PK\x03\x04", "zip"),
];

/// The name of the format that begins with these bytes.
pub fn name(head: &[u8]) -> Option<&'static str> {
    if head.is_empty() {
        return Some("empty");
    }
    // Transport streams: packets of 188 bytes, or of 192 with a timestamp before each.
    for (first, step) in [(0, 188), (4, 192)] {
        if (0..3).all(|packet| be_in(head, first + step * packet, 1) == 0x47) {
            return Some("ts");
        }
    }
    let marked = MARKS.iter().find(|(mark, _)| head.starts_with(mark));
    marked.map(|(_, name)| *name).or_else(|| text(head))
}

/// The kind of text, or `None` for binary data.
fn text(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let head = head.get(..1024).unwrap_or(head);
    let trimmed = head.trim_ascii_start();
    let contains = |word: &[u8]| {
        trimmed
            .windows(word.len())
            .any(|window| window.eq_ignore_ascii_case(word))
    };
    match trimmed.first() {
        Some(b'<') if contains(b"<html") || contains(b"<!doctype html") || contains(b"<head") => Some("html"),
        Some(b'<') if contains(b"<svg") || contains(b":svg") => Some("svg"),
        Some(b'<') => Some("xml"),
        _ if head
            .iter()
            .any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 0xF5..)) =>
        {
            None
        }
        Some(b'{' | b'[') => Some("json"),
        _ => Some("text"),
    }
}
