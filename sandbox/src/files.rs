//! Serves the files of `--www` and `--mount`.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use emulator::{Refusal, percent_decoded};

use crate::answer::{refuse, render};
use crate::compress;
use crate::flags::Config;
use crate::media;
use crate::sandbox::Sandbox;

/// Handles all other requests: a file, or 404 as JSON.
pub async fn serve(State(sandbox): State<Arc<Sandbox>>, request: Request) -> Response {
    let path = request.uri().path();
    let reserved = ["/api", "/admin"].iter().any(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if reserved {
        return render(Refusal::no_endpoint().into());
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return wrong_method().await;
    }
    match find(&sandbox.config, path) {
        Some(Found::File(file)) => match std::fs::read(&file) {
            Ok(bytes) => page_file(
                Bytes::from(bytes),
                media::content_type(&file.to_string_lossy()),
                request.headers(),
            ),
            Err(_) => missing("There is no such file."),
        },
        // Relative URLs in the page need the slash.
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

/// A response with a file, compressed if the browser accepts that and it makes the file smaller. Ranges are not compressed.
fn page_file(bytes: Bytes, content_type: &'static str, request: &HeaderMap) -> Response {
    let helps = compress::helps(content_type);
    let small = (helps && !request.contains_key(header::RANGE))
        .then(|| compress::compress(&bytes, request))
        .flatten();
    let mut response = match small {
        Some((small, encoding)) => {
            let mut response = media::file(small, content_type, &HeaderMap::new());
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            headers.remove(header::ACCEPT_RANGES);
            response
        }
        None => media::file(bytes, content_type, request),
    };
    if helps {
        response
            .headers_mut()
            .insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    response
}

pub async fn wrong_method() -> Response {
    render(Refusal::wrong_method().into())
}

fn missing(message: &str) -> Response {
    refuse(404, message)
}

enum Found {
    File(PathBuf),
    Directory,
}

/// Finds the file of a URL path. The longest mount wins. Files outside its directory are not found, even through a link.
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
