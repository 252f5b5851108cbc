//! Turns replies of the service into HTTP responses.

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use emulator::{Refusal, Reply};

use crate::stream::{Cut, Padding};

pub fn render(reply: Reply) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    *response.body_mut() = match reply.body {
        emulator::Body::Whole(text) => Body::from(text),
        emulator::Body::Part { text, length, breaks } => {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            let bytes = Bytes::from(text);
            Body::new(if breaks {
                Cut::breaking(bytes)
            } else {
                Cut::waiting(bytes)
            })
        }
        emulator::Body::Padding(bytes) => Body::new(Padding::new(bytes)),
    };
    response
}

/// A response with an error status and a message.
pub fn refuse(status: u16, message: &str) -> Response {
    render(Refusal::new(status, message).into())
}
