//! Any bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media_fuzz::run(&[b""], data));
