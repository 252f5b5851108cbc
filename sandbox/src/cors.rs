//! What a browser needs to call the service from another origin, and no more: a strict server, so that a client which
//! sends other headers than the documentation names fails here first.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::sandbox::Sandbox;

const OPEN: [&str; 3] = ["/api/", "/videos/", "/samples/"];

/// Middleware of every route: answers preflights, which carry no key, and opens answers to any origin.
pub async fn cors(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !OPEN.iter().any(|prefix| path.starts_with(prefix)) {
        return next.run(request).await;
    }
    let mut response = if request.method() == Method::OPTIONS {
        let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS);
        let asked = asked.and_then(|names| names.to_str().ok());
        sandbox.with(|service, _| service.preflight(path, asked.unwrap_or_default()));
        preflight()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Retry-After"),
    );
    response
}

fn preflight() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Content-Type"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
