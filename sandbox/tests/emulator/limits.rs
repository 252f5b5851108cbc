//! Clients that stop in the middle of a request, and too many connections.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use sandbox::Config;

use crate::client::{KEY, Sandbox, cat, read, request};

fn impatient() -> Sandbox {
    Sandbox::with(Config {
        admin: true,
        request_time: Duration::from_millis(100),
        ..Config::default()
    })
}

/// Reads until the server closes the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut seen = Vec::new();
    // A reset ends it, too.
    let _ = stream.read_to_end(&mut seen);
    String::from_utf8(seen).unwrap()
}

#[test]
fn a_connection_with_an_incomplete_head_is_closed() {
    let sandbox = impatient();
    for part in ["", "POST /api", "POST /api/v1/jobs/createTask HTTP/1.1\r\nhost: h\r\n"] {
        let mut stream = sandbox.connect().unwrap();
        stream.write_all(part.as_bytes()).unwrap();
        assert!(!rest(stream).starts_with("HTTP/1.1 2"), "{part}");
    }
    assert_eq!(sandbox.ledger()["createRequests"], 0);
}

#[test]
fn a_request_with_an_incomplete_body_gets_a_408_and_creates_no_task() {
    let sandbox = impatient();
    let whole = request(cat()).to_string();
    for (length, sent) in [
        (whole.len(), 0),
        (whole.len(), whole.len() / 2),
        (whole.len() + 1, whole.len()),
    ] {
        let mut stream = sandbox.connect().unwrap();
        let head = format!(
            "POST /api/v1/jobs/createTask HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {KEY}\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all((head + &whole[..sent]).as_bytes()).unwrap();
        let reply = read(&mut stream).unwrap();
        assert_eq!(reply.status, 408, "{sent} of {length}");
        assert_eq!(reply.header("connection"), Some("close"));
        assert!(reply.json()["message"].is_string());
    }
    assert_eq!(sandbox.ledger()["tasksMade"], 0);
}

#[test]
fn a_response_may_take_longer_than_the_request_time() {
    let sandbox = impatient();
    sandbox.fault(serde_json::json!({ "on": "createTask", "kind": "latency", "ms": 300 }));
    assert_eq!(sandbox.create(KEY, &request(cat())).unwrap().status, 200);
}

#[test]
fn connections_beyond_the_limit_wait_until_others_close() {
    let sandbox = Sandbox::with(Config {
        connections: 2,
        request_time: Duration::from_millis(300),
        ..Config::default()
    });
    let half_open = [(); 4].map(|()| sandbox.connect().unwrap());
    // The four connections before it occupy both places until they time out.
    let reply = sandbox.create(KEY, &request(cat())).unwrap();
    assert_eq!(reply.status, 200);
    for stream in half_open {
        assert_eq!(rest(stream), "");
    }
}
