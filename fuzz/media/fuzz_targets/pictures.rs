//! JPEG, TIFF, PNG, GIF, BMP.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media_fuzz::run(&[b"\xFF\xD8", b"II*\0", b"MM\0*", b"II+\0", b"\x89PNG\r\n\x1A\n", b"GIF89a", b"BM"], data));
