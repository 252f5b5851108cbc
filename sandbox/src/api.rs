//! The three documented endpoints over HTTP.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use emulator::{Answer, Refusal};
use tokio::time::{sleep, timeout};

use crate::answer::render;
use crate::connection::ResetHandle;
use crate::sandbox::Sandbox;

/// Handles all requests below `/api`.
pub async fn serve(
    State(sandbox): State<Arc<Sandbox>>,
    Extension(connection): Extension<ResetHandle>,
    request: Request,
) -> Response {
    let head = head(&request);
    let arrival = match sandbox.with(|service, now| service.arrive(head, now)) {
        Ok(arrival) => arrival,
        Err(reply) => return render(reply),
    };
    sleep(Duration::from_millis(arrival.delay_ms)).await;
    let body = if arrival.needs_body() {
        read_body(request, sandbox.config.request_time).await
    } else {
        Ok(Bytes::new())
    };
    let body = body.as_deref().map_err(Refusal::clone);
    match sandbox.with(|service, now| service.answer(&arrival, body, now)) {
        Answer::Reply(reply) => {
            let is_late = reply.status == 408;
            let mut response = render(reply);
            if is_late {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            response
        }
        Answer::Reset => {
            connection.reset();
            // Never sent, because the connection is reset.
            Response::default()
        }
        Answer::Silence => pending().await,
    }
}

/// Reads the body of a request. Refuses one that is too slow or too large.
pub async fn read_body(request: Request, time: Duration) -> Result<Bytes, Refusal> {
    match timeout(time, Bytes::from_request(request, &())).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(rejection)) => Err(Refusal::new(rejection.status().as_u16(), rejection.body_text())),
        Err(_) => Err(Refusal::new(408, "The request's body did not arrive in time.")),
    }
}

/// The request without its body, as the service reads it.
fn head(request: &Request) -> emulator::Request {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers = request.headers();
    let host = headers.get(header::HOST).map(text);
    emulator::Request {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        origin: format!("http://{}", host.as_deref().unwrap_or("127.0.0.1")),
        headers: headers
            .keys()
            .filter_map(|name| Some((name.to_string(), text(headers.get(name)?))))
            .collect(),
    }
}
