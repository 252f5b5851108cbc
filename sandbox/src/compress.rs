//! Compresses text and WebAssembly with brotli or gzip, if the request accepts that.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::sync::{LazyLock, Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The values of `Content-Encoding`, the better one first.
const ENCODINGS: [&str; 2] = ["br", "gzip"];
const BROTLI_QUALITY: u32 = 11;
/// The best quality takes seconds for a large file, while somebody waits.
const LARGE: usize = 256 * 1024;
const QUALITY_OF_LARGE: u32 = 5;
const BROTLI_WINDOW: u32 = 22;
const BUFFER: usize = 1 << 16;

/// Each file is compressed only once.
static DONE: LazyLock<Mutex<Compressed>> = LazyLock::new(Mutex::default);

/// The compressed bytes, by encoding, length and hash of the file.
type Compressed = HashMap<(&'static str, usize, u64), Bytes>;

/// Whether compression makes a file of this type smaller. Images, video and audio are already compressed.
pub fn helps(content_type: &str) -> bool {
    [
        "text/",
        "application/json",
        "application/typescript",
        "application/wasm",
        "image/svg+xml",
    ]
    .iter()
    .any(|known| content_type.starts_with(known))
}

/// The compressed bytes and their encoding; `None` if the request accepts no encoding.
pub fn compress(bytes: &Bytes, request: &HeaderMap) -> Option<(Bytes, &'static str)> {
    let accepted = request.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let encoding = ENCODINGS.into_iter().find(|name| accepts(accepted, name))?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let key = (encoding, bytes.len(), hasher.finish());
    let done = || DONE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = done().get(&key) {
        return Some((known.clone(), encoding));
    }
    let small = Bytes::from(encode(bytes, encoding).ok()?);
    done().insert(key, small.clone());
    Some((small, encoding))
}

/// `br;q=0` refuses an encoding.
fn accepts(header: &str, encoding: &str) -> bool {
    header.split(',').any(|part| {
        let (name, quality) = part.split_once(';').unwrap_or((part, ""));
        let quality = quality.trim().strip_prefix("q=").and_then(|value| value.parse().ok());
        name.trim().eq_ignore_ascii_case(encoding) && quality.unwrap_or(1.0_f32) > 0.0
    })
}

fn encode(bytes: &[u8], encoding: &str) -> io::Result<Vec<u8>> {
    if encoding == "gzip" {
        let mut writer = GzEncoder::new(Vec::new(), Compression::best());
        writer.write_all(bytes)?;
        return writer.finish();
    }
    let quality = if bytes.len() > LARGE {
        QUALITY_OF_LARGE
    } else {
        BROTLI_QUALITY
    };
    let mut writer = CompressorWriter::new(Vec::new(), BUFFER, quality, BROTLI_WINDOW);
    writer.write_all(bytes)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_accepted_by_its_name_unless_its_quality_is_zero() {
        assert!(accepts("gzip, deflate, br, zstd", "br"));
        assert!(accepts("GZIP;q=0.5", "gzip"));
        assert!(!accepts("gzip, deflate", "br"));
        assert!(!accepts("br;q=0, gzip", "br"));
        assert!(!accepts("", "gzip"));
    }
}
