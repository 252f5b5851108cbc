//! MP4 and its relatives, HEIC, AVIF.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media_fuzz::run(&[b"\0\0\0\x14ftypisom\0\0\0\0isom", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", b"\0\0\0\x14ftypheic\0\0\0\0heic", b"\0\0\0\x14ftypavif\0\0\0\0avif", b"\0\0\0\x08wide"], data));
