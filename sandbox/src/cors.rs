//! CORS, so that pages of other origins can call the service.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use emulator::OPEN;

use crate::answer::render;
use crate::sandbox::Sandbox;

const PATHS: [&str; 3] = ["/api/", "/videos/", "/samples/"];

/// Middleware: answers preflights, and opens responses to any origin.
pub async fn cors(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if !PATHS.iter().any(|prefix| path.starts_with(prefix)) {
        return next.run(request).await;
    }
    let mut response = if request.method() == Method::OPTIONS {
        let asked = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS);
        let asked = asked.and_then(|names| names.to_str().ok()).unwrap_or_default();
        render(sandbox.with(|service, _| service.preflight(path, asked)))
    } else {
        next.run(request).await
    };
    for (name, value) in OPEN {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
