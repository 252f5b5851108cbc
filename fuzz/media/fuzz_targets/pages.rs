//! Ogg and FLAC.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media_fuzz::run(&[b"OggS\0", b"fLaC\0\0\0\x22", b"ID3\x03\0\0\0\0\0\0fLaC"], data));
