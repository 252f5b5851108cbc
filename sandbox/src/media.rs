//! The embedded clips and samples, and byte ranges for players.

use std::path::Path as FilePath;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::answer::refuse;

macro_rules! asset {
    ($file:literal) => {
        include_bytes!(concat!("../assets/", $file))
    };
}

/// The clip of each documented resolution.
const CLIPS: [(&str, &[u8]); 6] = [
    ("720x720", asset!("720x720.mp4")),
    ("720x960", asset!("720x960.mp4")),
    ("960x720", asset!("960x720.mp4")),
    ("1280x720", asset!("1280x720.mp4")),
    ("720x1280", asset!("720x1280.mp4")),
    ("1280x540", asset!("1280x540.mp4")),
];

const SAMPLES: [(&str, &[u8]); 5] = [
    ("first.jpg", asset!("first.jpg")),
    ("last.jpg", asset!("last.jpg")),
    ("portrait.jpg", asset!("portrait.jpg")),
    ("motion.mp4", asset!("720x720.mp4")),
    ("audio.mp3", asset!("audio.mp3")),
];

/// GET /videos/{name}. The name ends with the resolution: `task_…-1280x720.mp4`.
pub async fn video(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let stem = name.strip_suffix(".mp4").unwrap_or_default();
    let resolution = stem.rsplit('-').next().unwrap_or_default();
    let clip = CLIPS.iter().find(|(name, _)| *name == resolution);
    found(clip.map(|(_, bytes)| *bytes), "video.mp4", &headers)
}

/// GET /samples/{name}: inputs for the demo page.
pub async fn sample(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let sample = SAMPLES.iter().find(|(known, _)| *known == name);
    found(sample.map(|(_, bytes)| *bytes), &name, &headers)
}

fn found(bytes: Option<&'static [u8]>, name: &str, headers: &HeaderMap) -> Response {
    match bytes {
        Some(bytes) => file(Bytes::from_static(bytes), content_type(name), headers),
        None => refuse(404, "There is no such file."),
    }
}

/// A response with the file, or with the part that `Range` asks for.
pub fn file(bytes: Bytes, content_type: &'static str, request: &HeaderMap) -> Response {
    let length = bytes.len();
    let (status, bytes, range) = match Span::asked(request, length) {
        Span::All => (StatusCode::OK, bytes, None),
        Span::Part(first, last) => (
            StatusCode::PARTIAL_CONTENT,
            bytes.slice(first..=last),
            Some(format!("bytes {first}-{last}/{length}")),
        ),
        Span::Outside => (
            StatusCode::RANGE_NOT_SATISFIABLE,
            Bytes::new(),
            Some(format!("bytes */{length}")),
        ),
    };
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Some(range) = range.and_then(|range| HeaderValue::try_from(range).ok()) {
        headers.insert(header::CONTENT_RANGE, range);
    }
    response
}

/// The media type of a file name.
pub fn content_type(name: &str) -> &'static str {
    let extension = FilePath::new(name)
        .extension()
        .map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "ts" | "mts" => "application/typescript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "txt" | "md" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "mp4" => "video/mp4",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        _ => "application/octet-stream",
    }
}

#[derive(Debug, PartialEq)]
enum Span {
    All,
    Part(usize, usize),
    Outside,
}

impl Span {
    /// Ignores a header that is not a single range, as HTTP allows, and one with `If-Range`, because the sandbox sends no
    /// validators.
    fn asked(headers: &HeaderMap, length: usize) -> Self {
        let range = headers
            .get(header::RANGE)
            .filter(|_| !headers.contains_key(header::IF_RANGE))
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("bytes="))
            .and_then(|range| range.split_once('-'));
        match range {
            Some((first, last)) => Self::of(first.trim(), last.trim(), length),
            None => Self::All,
        }
    }

    fn of(first: &str, last: &str, length: usize) -> Self {
        let (first, last) = match (first.parse::<usize>(), last.parse::<usize>()) {
            (Ok(first), Ok(last)) if first <= last => (first, last),
            (Ok(first), Err(_)) if last.is_empty() => (first, usize::MAX),
            (Err(_), Ok(count)) if first.is_empty() && count > 0 => (length.saturating_sub(count), usize::MAX),
            (Err(_), Ok(0)) if first.is_empty() => return Self::Outside,
            _ => return Self::All,
        };
        if first < length {
            Self::Part(first, last.min(length - 1))
        } else {
            Self::Outside
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_defines_them() {
        for (range, expected) in [
            ("bytes=0-1", Span::Part(0, 1)),
            ("bytes=0-", Span::Part(0, 9)),
            ("bytes=4-99", Span::Part(4, 9)),
            ("bytes=-3", Span::Part(7, 9)),
            ("bytes=-99", Span::Part(0, 9)),
            ("bytes=-0", Span::Outside),
            ("bytes=10-", Span::Outside),
            ("bytes=3-1", Span::All),
            ("bytes=0-1,4-5", Span::All),
            ("lines=0-1", Span::All),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, HeaderValue::from_static(range));
            assert_eq!(Span::asked(&headers, 10), expected, "{range}");
        }
    }

    #[test]
    fn each_clip_is_an_mp4_of_the_size_in_its_name() {
        for (name, (width, height)) in emulator::RESOLUTIONS {
            assert_eq!(format!("{width}x{height}"), name);
            let (_, bytes) = CLIPS.into_iter().find(|(clip, _)| *clip == name).unwrap();
            assert_eq!(&bytes[4..8], b"ftyp", "{name}");
            // The track header stores width and height next to each other as 16.16 fixed-point numbers.
            let mut fixed = (width << 16).to_be_bytes().to_vec();
            fixed.extend((height << 16).to_be_bytes());
            assert!(bytes.windows(8).any(|part| part == fixed), "{name}");
            let place = |atom: &[u8]| bytes.windows(4).position(|part| part == atom);
            assert!(place(b"moov") < place(b"mdat"), "{name} starts before it is loaded");
        }
    }

    #[test]
    fn web_files_have_the_media_types_that_browsers_require() {
        assert_eq!(content_type("a.wasm"), "application/wasm");
        assert_eq!(content_type("a.mjs"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("index.d.ts"), "application/typescript; charset=utf-8");
        assert_eq!(content_type("README"), "application/octet-stream");
    }
}
