//! Callbacks: the documented payload, the documented retries, and only to this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{KEY, Sandbox, cat, eventually};

/// Starts a receiver that responds with these statuses in turn and passes each body to the channel.
fn receiver(statuses: &'static [u16]) -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook?sig=x", listener.local_addr().unwrap());
    let (sender, bodies) = channel();
    thread::spawn(move || {
        for status in statuses {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let mut length = 0;
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = format!("HTTP/1.1 {status} Said\r\ncontent-length: 0\r\n\r\n");
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            sender.send(serde_json::from_slice(&body).unwrap()).unwrap();
        }
    });
    (url, bodies)
}

fn create(sandbox: &Sandbox, url: &str, inputs: Value) -> String {
    let body = json!({ "model": "sd2", "callBackUrl": url, "inputs": inputs });
    let reply = sandbox.create(KEY, &body).unwrap();
    reply.json()["taskId"].as_str().unwrap().to_owned()
}

fn attempts(sandbox: &Sandbox) -> Vec<Value> {
    let ledger = sandbox.ledger();
    ledger["callbacks"][0]["attempts"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

fn next(bodies: &Receiver<Value>) -> Value {
    bodies.recv_timeout(Duration::from_secs(15)).unwrap()
}

#[test]
fn the_payload_is_the_response_of_query_task() {
    for inputs in [cat(), json!({ "prompt": "[fail]" })] {
        let sandbox = Sandbox::start();
        let (url, bodies) = receiver(&[204]);
        let id = create(&sandbox, &url, inputs);
        sandbox.advance(60_000);
        assert_eq!(next(&bodies), sandbox.task(&id));
        eventually("delivered", || sandbox.ledger()["callbacks"][0]["delivered"] == true);
        assert_eq!(attempts(&sandbox).len(), 1);
    }
}

#[test]
fn a_refused_callback_is_retried_after_1_5_and_30_seconds() {
    let sandbox = Sandbox::start();
    let (url, bodies) = receiver(&[500, 302, 404, 503]);
    create(&sandbox, &url, cat());
    sandbox.advance(60_000);
    let first = next(&bodies);
    for (count, delay) in [(1, 1_000), (2, 5_000), (3, 30_000)] {
        eventually("recorded", || attempts(&sandbox).len() == count);
        sandbox.advance(delay - 500);
        assert_eq!(attempts(&sandbox).len(), count, "too early");
        sandbox.advance(500);
        assert_eq!(next(&bodies), first);
    }
    eventually("recorded", || attempts(&sandbox).len() == 4);
    let seen = attempts(&sandbox);
    let statuses: Vec<_> = seen.iter().map(|attempt| attempt["status"].clone()).collect();
    assert_eq!(statuses, [500, 302, 404, 503]);
    let at: Vec<_> = seen.iter().map(|attempt| attempt["at"].as_u64().unwrap()).collect();
    for (pair, delay) in at.windows(2).zip([1_000, 5_000, 30_000]) {
        assert!((delay..delay + 500).contains(&(pair[1] - pair[0])), "{at:?}");
    }
    sandbox.advance(600_000);
    assert_eq!(attempts(&sandbox).len(), 4);
    assert_eq!(sandbox.ledger()["callbacks"][0]["delivered"], false);
}

#[test]
fn an_accepted_retry_is_the_last_one() {
    let sandbox = Sandbox::with(sandbox::Config {
        speed: 1000.0,
        admin: true,
        ..sandbox::Config::default()
    });
    let (url, bodies) = receiver(&[500, 200]);
    create(&sandbox, &url, cat());
    next(&bodies);
    next(&bodies);
    eventually("delivered", || sandbox.ledger()["callbacks"][0]["delivered"] == true);
    assert_eq!(attempts(&sandbox).len(), 2);
}

#[test]
fn a_callback_to_a_closed_port_is_retried() {
    let sandbox = Sandbox::with(sandbox::Config {
        speed: 10_000.0,
        admin: true,
        ..sandbox::Config::default()
    });
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    create(&sandbox, &format!("http://localhost:{}/", free.port()), cat());
    eventually("given up", || attempts(&sandbox).len() == 4);
    assert!(attempts(&sandbox).iter().all(|attempt| attempt["error"].is_string()));
}

#[test]
fn callbacks_to_other_hosts_or_https_are_recorded_but_not_sent() {
    for url in ["http://example.com/hook", "https://localhost/hook"] {
        let sandbox = Sandbox::start();
        create(&sandbox, url, cat());
        sandbox.advance(60_000);
        eventually("recorded", || attempts(&sandbox).len() == 1);
        let error = attempts(&sandbox)[0]["error"].clone();
        assert!(error.as_str().unwrap().starts_with("not sent"), "{error}");
    }
}
