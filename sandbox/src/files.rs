//! Files of `--www` and `--mount`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::answer::Refusal;
use crate::flags::Config;
use crate::media;
use crate::sandbox::Sandbox;
use crate::service::wrong_method;

/// What no route takes: a file, or a JSON 404.
pub async fn serve(State(sandbox): State<Arc<Sandbox>>, request: Request) -> Response {
    let path = request.uri().path();
    let reserved = ["/api", "/admin"].iter().any(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if reserved {
        return missing("There is no such endpoint.");
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return wrong_method().await;
    }
    match find(&sandbox.config, path) {
        Some(Found::File(file)) => match std::fs::read(&file) {
            Ok(bytes) => {
                let name = file.to_string_lossy();
                media::file(Bytes::from(bytes), content_type(&name), request.headers())
            }
            Err(_) => missing("There is no such file."),
        },
        // A page's relative URLs need the slash.
        Some(Found::Directory) => match HeaderValue::try_from(format!("{path}/")) {
            Ok(location) => {
                let mut response = Response::new(Body::empty());
                *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
                response.headers_mut().insert(header::LOCATION, location);
                response
            }
            Err(_) => missing("There is no such file."),
        },
        None if sandbox.config.www.is_none() && path == "/" => {
            missing("The sandbox has no page; start it with --www DIR.")
        }
        None => missing("There is no such file."),
    }
}

fn missing(message: &str) -> Response {
    Refusal::new(StatusCode::NOT_FOUND, message).into_response()
}

enum Found {
    File(PathBuf),
    Directory,
}

/// The file of a URL path. The longest mount wins; nothing outside its directory is found, also not through a link.
fn find(config: &Config, path: &str) -> Option<Found> {
    let below = |mount: &str| {
        path.strip_prefix(mount)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mounted = config
        .mounts
        .iter()
        .filter_map(|(mount, root)| Some((mount.len(), root, below(mount)?)))
        .max_by_key(|(length, _, _)| *length)
        .map(|(_, root, rest)| (root, rest));
    let (root, rest) = mounted.or_else(|| Some((config.www.as_ref()?, path)))?;
    let root = root.canonicalize().ok()?;
    let mut file = root.clone();
    for segment in rest.split('/').filter(|segment| !segment.is_empty()) {
        let name = percent_decoded(segment)?;
        if name == ".." || name.contains(['/', '\\', '\0']) {
            return None;
        }
        file.push(name);
    }
    if file.is_dir() {
        if !rest.ends_with('/') {
            return Some(Found::Directory);
        }
        file.push("index.html");
    }
    let file = file.canonicalize().ok()?;
    (file.starts_with(&root) && file.is_file()).then_some(Found::File(file))
}

/// Text with its `%XX` escapes undone, if it is UTF-8 afterwards.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

/// The media type of a file name.
pub fn content_type(name: &str) -> &'static str {
    let extension = Path::new(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_and_broken_ones_refused() {
        assert_eq!(percent_decoded("a%20b").as_deref(), Some("a b"));
        assert_eq!(percent_decoded("%2e%2E").as_deref(), Some(".."));
        for broken in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(percent_decoded(broken), None, "{broken}");
        }
    }

    #[test]
    fn web_files_have_the_types_that_browsers_insist_on() {
        assert_eq!(content_type("a.wasm"), "application/wasm");
        assert_eq!(content_type("a.mjs"), "text/javascript; charset=utf-8");
        assert_eq!(content_type("index.d.ts"), "application/typescript; charset=utf-8");
        assert_eq!(content_type("README"), "application/octet-stream");
    }
}
