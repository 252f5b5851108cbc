//! `/admin`, which `--admin` turns on. It serves programs on this machine and pages of the sandbox itself. It refuses pages of
//! other origins, and hosts that are not loopback, as after DNS rebinding.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;

use crate::answer::{refuse, render};
use crate::api::read_body;
use crate::sandbox::Sandbox;

/// Handles all requests below `/admin`.
pub async fn serve(State(sandbox): State<Arc<Sandbox>>, Path(path): Path<String>, request: Request) -> Response {
    if !is_from_here(request.headers()) {
        return refuse(
            403,
            "/admin takes requests to a loopback host, from no page or from one of the same origin.",
        );
    }
    let method = request.method().to_string();
    match read_body(request, sandbox.config.request_time).await {
        Ok(body) => render(sandbox.with(|service, now| service.admin(&method, &path, &body, now))),
        Err(refusal) => render(refusal.into()),
    }
}

/// Whether `Host` is loopback, and `Origin` is absent or the same place. Browsers send `Origin` with every request that could
/// change something.
fn is_from_here(headers: &HeaderMap) -> bool {
    let one = |name| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().unwrap_or_default());
        if values.next().is_some() { Some("") } else { value }
    };
    let host = one(header::HOST).unwrap_or_default();
    let origin = one(header::ORIGIN);
    is_loopback(host) && origin.is_none_or(|origin| origin.strip_prefix("http://") == Some(host))
}

/// Whether a host, with or without a port, is a loopback name or address.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => host,
    };
    match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => address.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback()),
        None => {
            name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
        }
    }
}
