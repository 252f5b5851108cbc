//! Each fault, as the client and the ledger see it.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{KEY, OTHER, Sandbox, cat, eventually, request};

/// Starts a sandbox with one fault for createTask.
fn faulty(mut fault: Value) -> Sandbox {
    let sandbox = Sandbox::start();
    fault["on"] = json!("createTask");
    sandbox.fault(fault);
    sandbox
}

fn made(sandbox: &Sandbox) -> Value {
    sandbox.ledger()["tasksMade"].clone()
}

#[test]
fn reset_before_creates_no_task_and_reset_after_creates_one() {
    for (kind, tasks) in [("reset_before", 0), ("reset_after", 1)] {
        let sandbox = faulty(json!({ "kind": kind }));
        let error = sandbox.create(KEY, &request(cat())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{kind}");
        let ledger = sandbox.ledger();
        assert_eq!(ledger["createRequests"], 1);
        assert_eq!(ledger["tasksMade"], tasks);
        assert_eq!(ledger["requests"][0]["status"], Value::Null);
        assert_eq!(ledger["requests"][0]["faults"], json!([kind]));
        assert_eq!(sandbox.create(KEY, &request(cat())).unwrap().status, 200);
    }
}

#[test]
fn status_strikes_before_the_work_unless_after_is_set() {
    for (after, tasks) in [(false, 0), (true, 1)] {
        let sandbox = faulty(json!({
            "kind": "status", "status": 503, "retryAfter": 3, "message": "Busy", "after": after,
        }));
        let reply = sandbox.create(KEY, &request(cat())).unwrap();
        assert_eq!(reply.status, 503);
        assert_eq!(reply.header("retry-after"), Some("3"));
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.json(), json!({ "message": "Busy" }));
        assert_eq!(made(&sandbox), tasks);
    }
}

#[test]
fn retry_after_may_be_a_date() {
    let date = "Wed, 21 Oct 2065 07:28:00 GMT";
    let sandbox = faulty(json!({ "kind": "status", "status": 429, "retryAfter": date }));
    let reply = sandbox.create(KEY, &request(cat())).unwrap();
    assert_eq!(reply.header("retry-after"), Some(date));
}

#[test]
fn a_truncated_response_is_shorter_than_its_content_length() {
    let sandbox = faulty(json!({ "kind": "truncated" }));
    let reply = sandbox.create(KEY, &request(cat())).unwrap();
    assert!(reply.status == 200 && reply.is_cut() && !reply.body.is_empty());
    assert_eq!(made(&sandbox), 1);
}

#[test]
fn faults_without_a_readable_task_id_strike_after_the_work() {
    for (fault, body) in [
        (json!({ "kind": "not_json" }), None),
        (json!({ "kind": "empty" }), Some("")),
        (json!({ "kind": "no_task_id" }), Some("{}")),
        (
            json!({ "kind": "body", "message": "{\"taskId\":5}" }),
            Some("{\"taskId\":5}"),
        ),
    ] {
        let sandbox = faulty(fault);
        let reply = sandbox.create(KEY, &request(cat())).unwrap();
        assert_eq!(reply.status, 200);
        let text = String::from_utf8(reply.body).unwrap();
        match body {
            Some(body) => assert_eq!(text, body),
            None => assert!(text.starts_with("<!doctype html>")),
        }
        assert_eq!(made(&sandbox), 1);
    }
}

#[test]
fn with_before_the_work_is_not_done() {
    let sandbox = faulty(json!({ "kind": "not_json", "before": true, "status": 502 }));
    assert_eq!(sandbox.create(KEY, &request(cat())).unwrap().status, 502);
    assert_eq!(made(&sandbox), 0);
}

/// Sends a create, reads what arrives within a moment, and closes the connection.
fn glimpse(sandbox: &Sandbox) -> String {
    let body = request(cat()).to_string();
    let mut stream = TcpStream::connect(sandbox.address).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /api/v1/jobs/createTask HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {KEY}\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => panic!("the connection was closed"),
            Ok(count) => seen.extend_from_slice(&buffer[..count]),
            Err(_) => return String::from_utf8(seen).unwrap(),
        }
    }
}

#[test]
fn hang_sends_no_response_whether_or_not_the_work_is_done() {
    for (before, tasks) in [(false, 1), (true, 0)] {
        let sandbox = faulty(json!({ "kind": "hang", "before": before }));
        assert_eq!(glimpse(&sandbox), "");
        assert_eq!(made(&sandbox), tasks);
    }
}

#[test]
fn hang_body_stops_in_the_middle_of_the_body() {
    let sandbox = faulty(json!({ "kind": "hang_body" }));
    let seen = glimpse(&sandbox);
    assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
    let (_, body) = seen.split_once("\r\n\r\n").unwrap();
    assert!(body.starts_with("{\"task") && !body.ends_with('}'), "{body}");
    assert_eq!(made(&sandbox), 1);
}

#[test]
fn a_redirect_leads_to_an_endpoint_in_the_ledger() {
    let sandbox = faulty(json!({ "kind": "redirect" }));
    let reply = sandbox.create(KEY, &request(cat())).unwrap();
    assert_eq!((reply.status, reply.header("location")), (307, Some("/redirected")));
    assert_eq!(made(&sandbox), 0);
    assert_eq!(sandbox.ledger()["endpoints"]["redirected"], Value::Null);
    assert_eq!(sandbox.call("POST", "/redirected", KEY, "{}").unwrap().status, 200);
    let headers = sandbox.ledger()["endpoints"]["redirected"]["headers"].clone();
    assert!(headers.as_array().unwrap().contains(&json!("authorization")));
}

#[test]
fn a_redirect_leads_to_its_location() {
    let sandbox = faulty(json!({ "kind": "redirect", "location": "http://localhost:1/x", "status": 302 }));
    let reply = sandbox.create(KEY, &request(cat())).unwrap();
    assert_eq!(
        (reply.status, reply.header("location")),
        (302, Some("http://localhost:1/x"))
    );
}

#[test]
fn a_huge_response_has_the_requested_size() {
    let sandbox = faulty(json!({ "kind": "huge", "bytes": 3_000_000 }));
    let reply = sandbox.create(KEY, &request(cat())).unwrap();
    assert_eq!(reply.status, 200);
    assert!(reply.body.len() > 3_000_000);
}

#[test]
fn latency_takes_real_time_and_changes_nothing_else() {
    let sandbox = faulty(json!({ "kind": "latency", "ms": 150 }));
    let began = Instant::now();
    assert_eq!(sandbox.create(KEY, &request(cat())).unwrap().status, 200);
    assert!(began.elapsed() >= Duration::from_millis(150));
    assert_eq!(made(&sandbox), 1);
}

#[test]
fn faults_apply_to_query_task_and_credits_too() {
    let sandbox = Sandbox::start();
    let id = sandbox.created(cat());
    sandbox.fault(json!([
        { "on": "queryTask", "kind": "status", "times": 2 },
        { "on": "credits", "kind": "truncated", "key": OTHER },
    ]));
    assert_eq!(sandbox.credits(KEY), [5000, 4800]);
    let other = sandbox.call("GET", "/api/v1/account/credits", OTHER, "");
    assert!(other.unwrap().is_cut());
    assert_eq!([(); 3].map(|()| sandbox.query(KEY, &id).status), [500, 500, 200]);
}

#[test]
fn a_cleared_fault_does_not_apply() {
    let sandbox = faulty(json!({ "kind": "hang", "times": 0 }));
    let cleared = sandbox.admin("DELETE", "faults", json!({}));
    assert_eq!(cleared.json(), json!({ "faults": [] }));
    assert_eq!(sandbox.create(KEY, &request(cat())).unwrap().status, 200);
}

#[test]
fn a_client_that_disconnects_ends_a_hang() {
    let sandbox = faulty(json!({ "kind": "hang", "times": 1 }));
    glimpse(&sandbox);
    eventually("the server goes on", || {
        sandbox.create(KEY, &request(cat())).unwrap().status == 200
    });
}

#[test]
fn a_fault_can_send_the_html_page_of_an_intermediary() {
    for (kind, status, content_type, tasks) in [
        ("not_json", 403, None, 0),
        ("not_json", 502, Some("text/plain"), 0),
        ("body", 404, Some("application/problem+json"), 0),
    ] {
        let sandbox = faulty(json!({ "kind": kind, "status": status, "contentType": content_type, "before": true }));
        let reply = sandbox.create(KEY, &request(cat())).unwrap();
        assert_eq!(reply.status, status);
        let expected = content_type.unwrap_or("text/html; charset=utf-8");
        assert_eq!(reply.header("content-type"), Some(expected));
        assert_eq!(made(&sandbox), tasks);
    }
}
