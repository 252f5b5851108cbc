//! Around each call of an endpoint: the ledger notes it, and the faults that wait for it happen to it.

use std::future::pending;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use crate::answer;
use crate::connection::ResetHandle;
use crate::fault::{Fault, Kind};
use crate::ledger::Made;
use crate::sandbox::Sandbox;
use crate::service::bearer;
use crate::stream::{Cut, Padding};

/// The endpoint of a path, by the name that the ledger and the faults use. Its method is the other half of the pair.
pub fn endpoint(path: &str) -> Option<(&'static str, Method)> {
    match path {
        "/api/v1/jobs/createTask" => Some(("createTask", Method::POST)),
        "/api/v1/jobs/queryTask" => Some(("queryTask", Method::GET)),
        "/api/v1/account/credits" => Some(("credits", Method::GET)),
        _ => None,
    }
}

/// Middleware of every route; what is not an endpoint passes.
pub async fn observe(
    State(sandbox): State<Arc<Sandbox>>,
    Extension(connection): Extension<ResetHandle>,
    request: Request,
    next: Next,
) -> Response {
    let name = match endpoint(request.uri().path()) {
        Some((name, method)) if method == request.method() => name,
        _ if request.uri().path() == REDIRECTED => "redirected",
        _ => return next.run(request).await,
    };
    let (number, faults) = sandbox.with(|world, now| {
        let key = bearer(request.headers());
        let faults = match name {
            "redirected" => Vec::new(),
            name => world.faults.take(name, key),
        };
        let account = key.and_then(|key| world.account_of(key));
        let kinds = faults.iter().map(|fault| fault.kind).collect();
        let (method, headers) = (request.method().as_str(), request.headers());
        let number = world
            .ledger
            .arrived(name, method, now.emulated, account, headers, kinds);
        (number, faults)
    });
    let mut fault = None;
    for met in faults {
        match met.kind {
            Kind::Latency => tokio::time::sleep(met.delay()).await,
            _ => fault = Some(met),
        }
    }
    let work = async {
        let response = next.run(request).await;
        if let Some(made) = response.extensions().get::<Made>() {
            sandbox.with(|world, _| world.ledger.made(number, made));
        }
        response
    };
    let response = match fault {
        None => work.await,
        Some(fault) => {
            let worked = if fault.works() { Some(work.await) } else { None };
            match spoil(&fault, worked, &connection).await {
                Some(response) => response,
                // The connection is gone; what is returned here is not sent.
                None => return Response::new(Body::empty()),
            }
        }
    };
    let status = response.status().as_u16();
    sandbox.with(|world, _| world.ledger.answered(number, status));
    response
}

/// Where a `redirect` leads if it names no place: the ledger shows which headers came along.
pub const REDIRECTED: &str = "/redirected";

/// Makes of the answer what the fault says; nothing if the connection is cut.
async fn spoil(fault: &Fault, worked: Option<Response>, connection: &ResetHandle) -> Option<Response> {
    let message = fault.message.as_deref();
    let mut response = match fault.kind {
        Kind::ResetBefore | Kind::ResetAfter => {
            connection.reset();
            return None;
        }
        Kind::Hang => pending().await,
        Kind::Latency | Kind::Status => {
            let message = message.unwrap_or("Internal server error.");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            answer::with_status(status, &json!({ "message": message }))
        }
        Kind::Truncated => cut(worked, Cut::breaking).await,
        Kind::HangBody => cut(worked, Cut::waiting).await,
        Kind::NotJson => {
            let page = "<!doctype html><title>Gateway</title><p>Please try again.</p>";
            text("text/html; charset=utf-8", message.unwrap_or(page))
        }
        Kind::Body => text("application/json", message.unwrap_or("null")),
        Kind::NoTaskId => text("application/json", "{}"),
        Kind::Empty => text("application/json", ""),
        Kind::Huge => {
            let mut response = text("application/json", "");
            *response.body_mut() = Body::new(Padding::new(fault.bytes));
            response
        }
        Kind::Redirect => {
            let mut response = text("text/plain; charset=utf-8", "");
            *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            let location = fault.location.as_deref().unwrap_or(REDIRECTED);
            set(&mut response, header::LOCATION, location);
            response
        }
    };
    if let Some(status) = fault.status.and_then(|status| StatusCode::from_u16(status).ok()) {
        *response.status_mut() = status;
    }
    if let Some(content_type) = &fault.content_type {
        set(&mut response, header::CONTENT_TYPE, content_type);
    }
    if let Some(retry_after) = fault.retry_after() {
        set(&mut response, header::RETRY_AFTER, &retry_after);
    }
    Some(response)
}

/// The first half of an answer that claims its whole length.
async fn cut(worked: Option<Response>, how: fn(Bytes) -> Cut) -> Response {
    let whole = worked.unwrap_or_else(|| answer::json(&json!({ "message": "Not done." })));
    let (mut parts, body) = whole.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let half = bytes.slice(..bytes.len() / 2);
    Response::from_parts(parts, Body::new(how(half)))
}

fn text(content_type: &'static str, body: &str) -> Response {
    let mut response = Response::new(Body::from(body.to_owned()));
    set(&mut response, header::CONTENT_TYPE, content_type);
    response
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
