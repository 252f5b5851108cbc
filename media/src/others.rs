//! Formats that are told by name only.

use crate::sparse::be_in;

/// Where a format's mark stands, the mark, and the name.
const MARKS: [(usize, &[u8], &str); 46] = [
    (0, b"\0\0\x01\0", "ico"),
    (0, b"\0\0\x02\0", "cur"),
    (0, b"8BPS", "psd"),
    (0, b"\0\0\0\x0CjP  ", "jp2"),
    (0, b"\xFF\x4F\xFF\x51", "jp2"),
    (0, b"\0\0\0\x0CJXL ", "jxl"),
    (0, b"\xFF\x0A", "jxl"),
    (0, b"qoif", "qoi"),
    (0, b"gimp xcf", "xcf"),
    (0, b"\x76\x2F\x31\x01", "exr"),
    (0, b"DDS ", "dds"),
    (0, b"#?RADIANCE", "hdr"),
    (0, b"FLV\x01", "flv"),
    (0, b"\x30\x26\xB2\x75\x8E\x66\xCF\x11", "wmv"),
    (0, b"\0\0\x01\xBA", "mpg"),
    (0, b"\0\0\x01\xB3", "mpg"),
    (0, b".RMF", "rm"),
    (0, b"\x06\x0E\x2B\x34", "mxf"),
    (0, b"FWS", "swf"),
    (0, b"CWS", "swf"),
    (0, b"DKIF", "ivf"),
    (0, b"YUV4MPEG2", "y4m"),
    (0, b".snd", "au"),
    (0, b"caff", "caf"),
    (0, b"#!AMR", "amr"),
    (0, b"MThd", "midi"),
    (0, b"MAC ", "ape"),
    (0, b"wvpk", "wv"),
    (0, b"TTA1", "tta"),
    (0, b"MPCK", "mpc"),
    (0, b"MP+", "mpc"),
    (0, b"DSD ", "dsf"),
    (0, b"FRM8", "dff"),
    (0, b"\x0B\x77", "ac3"),
    (0, b"#EXTM3U", "m3u8"),
    (0, b"%PDF", "pdf"),
    (0, b"%!PS", "ps"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"\x1F\x8B", "gzip"),
    (0, b"Rar!", "rar"),
    (0, b"7z\xBC\xAF", "7z"),
    (0, b"BZh", "bzip2"),
    (0, b"\x28\xB5\x2F\xFD", "zstd"),
    (0, b"RIFF", "riff"),
    (0, b"\x7FELF", "elf"),
    (0, b"MZ", "exe"),
];

/// The format's name by what these first bytes are.
pub fn name(head: &[u8]) -> Option<&'static str> {
    if head.is_empty() {
        return Some("empty");
    }
    // Packets of 188 bytes; of 192, with a time in front.
    for (first, step) in [(0, 188), (4, 192)] {
        if (0..3).all(|packet| be_in(head, first + step * packet, 1) == 0x47) {
            return Some("ts");
        }
    }
    let marked = MARKS
        .iter()
        .find(|(at, mark, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(mark)));
    marked.map(|(_, _, name)| *name).or_else(|| text(head))
}

/// What kind of text this is, if it is one.
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
        Some(b'<') if contains(b"<html") || contains(b"<!doctype html") || contains(b"<head") || contains(b"<body") => {
            Some("html")
        }
        Some(b'<') if contains(b"<svg") || contains(b":svg") => Some("svg"),
        Some(b'<') if trimmed.starts_with(b"<?xml") => Some("xml"),
        _ if head
            .iter()
            .any(|byte| *byte < 32 && !matches!(byte, 9..=13 | 27) || *byte > 0xF4) =>
        {
            None
        }
        Some(b'<') => Some("xml"),
        Some(b'{' | b'[') => Some("json"),
        _ => Some("text"),
    }
}
