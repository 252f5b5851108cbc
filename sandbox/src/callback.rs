//! Sends callbacks, only to receivers on this machine.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Uri, header};
use emulator::{Callback, Delivery};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The real time that a receiver has to answer.
const RECEIVER_TIME: Duration = Duration::from_secs(10);

/// Makes one attempt to deliver a callback.
pub async fn send(callback: &Callback) -> Delivery {
    match Target::of(&callback.url) {
        Ok(target) => match target.post(&callback.payload).await {
            Ok(status) => Delivery::Answered(status),
            Err(error) => Delivery::Failed(error),
        },
        Err(reason) => Delivery::NotSent(reason.to_owned()),
    }
}

/// A receiver on this machine. The sandbox contacts no other, so that nothing leaves the machine.
struct Target {
    addresses: Vec<IpAddr>,
    port: u16,
    authority: String,
    path: String,
}

impl Target {
    fn of(url: &str) -> Result<Self, &'static str> {
        let uri: Uri = url.parse().map_err(|_| "not sent: the URL cannot be read")?;
        let host = uri.host().unwrap_or_default();
        let addresses = match host.trim_matches(['[', ']']) {
            name if name.eq_ignore_ascii_case("localhost") => {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            }
            name => name.parse().into_iter().filter(IpAddr::is_loopback).collect(),
        };
        if addresses.is_empty() {
            return Err("not sent: the sandbox calls loopback hosts only");
        }
        if uri.scheme_str() != Some("http") {
            return Err("not sent: the sandbox does not speak https");
        }
        let port = uri.port_u16().unwrap_or(80);
        Ok(Self {
            addresses,
            port,
            authority: format!("{host}:{port}"),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        })
    }

    async fn post(&self, payload: &str) -> Result<u16, String> {
        match tokio::time::timeout(RECEIVER_TIME, self.exchange(payload)).await {
            Ok(outcome) => outcome.map_err(|error| error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    async fn exchange(&self, payload: &str) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TokioIo::new(self.connect().await?);
        let (mut sender, connection) = http1::handshake(stream).await?;
        let request = Request::post(&self.path)
            .header(header::HOST, &self.authority)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "sd2-sandbox")
            .body(Body::from(payload.to_owned()))?;
        let mut response = std::pin::pin!(sender.send_request(request));
        let response = tokio::select! {
            response = &mut response => response,
            // The receiver has closed the connection; if it responded, the response is ready.
            _ = connection => response.await,
        };
        Ok(response?.status().as_u16())
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let mut last = io::Error::from(io::ErrorKind::NotFound);
        for address in &self.addresses {
            match TcpStream::connect((*address, self.port)).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_hosts_are_targets() {
        for url in [
            "http://localhost:1/",
            "http://127.0.0.1",
            "http://127.9.9.9/x",
            "http://[::1]:80/x?y",
        ] {
            assert!(Target::of(url).is_ok(), "{url}");
        }
        for url in [
            "http://example.com/",
            "http://192.168.0.1/",
            "http://127.0.0.1.example.com/",
            "http://localhost@example.com/",
            "https://localhost/",
            "http://0.0.0.0/",
        ] {
            assert!(Target::of(url).is_err(), "{url}");
        }
    }
}
