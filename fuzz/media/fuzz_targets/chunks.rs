//! WAV, RF64, W64, AVI, AIFF, WebP.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| media_fuzz::run(&[b"RIFF\0\0\0\0WAVE", b"RF64\0\0\0\0WAVE", b"RIFF\0\0\0\0AVI ", b"RIFF\0\0\0\0WEBP", b"FORM\0\0\0\0AIFF", b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0"], data));
