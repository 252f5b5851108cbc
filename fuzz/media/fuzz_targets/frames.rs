//! MP3 and AAC.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media_fuzz::run(&[b"\xFF\xFB", b"\xFF\xF3", b"\xFF\xF1", b"ID3\x03\0\0\0\0\0\x0A", b"\xFF\xFB\x00"], data));
