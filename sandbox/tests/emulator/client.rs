//! A server in this process, and a client simple enough to see what happens to its connection.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use sandbox::{Config, Server};
use serde_json::{Value, json};

pub const KEY: &str = "sandbox-key";
pub const POOR: &str = "sandbox-poor";
pub const OTHER: &str = "sandbox-other";

/// A running sandbox. It ends with the test process.
#[derive(Clone, Copy)]
pub struct Sandbox {
    pub address: SocketAddr,
}

/// A response as it was received.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Whether the body is shorter than its `Content-Length`.
    pub fn is_cut(&self) -> bool {
        self.header("content-length")
            .is_some_and(|length| length != self.body.len().to_string())
    }
}

impl Sandbox {
    /// Starts a sandbox with `--admin`. Its clock runs at real speed, and tests advance it.
    pub fn start() -> Self {
        Self::with(Config {
            admin: true,
            ..Config::default()
        })
    }

    pub fn with(config: Config) -> Self {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let server = Server::bind(Config { port: 0, ..config }).await.unwrap();
                sender.send(server.address().unwrap()).unwrap();
                server.run().await;
            });
        });
        let address = receiver.recv().unwrap();
        Self { address }
    }

    /// Sends one request on its own connection.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Reply> {
        let host = self.address.to_string();
        let mut all = vec![("host", host.as_str())];
        all.extend(headers);
        self.send_exactly(method, path, &all, body)
    }

    /// Like `send`, but adds no `Host`.
    pub fn send_exactly(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Reply> {
        let mut stream = self.connect()?;
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            head += &format!("content-length: {}\r\n", body.len());
        }
        head += "connection: close\r\n\r\n";
        stream.write_all((head + body).as_bytes())?;
        read(&mut stream)
    }

    /// Opens a connection with a read timeout.
    pub fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(stream)
    }

    /// Sends a request with the documented headers.
    pub fn call(&self, method: &str, path: &str, key: &str, body: &str) -> io::Result<Reply> {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        self.send(method, path, &headers, body)
    }

    pub fn create(&self, key: &str, request: &Value) -> io::Result<Reply> {
        let body = request.to_string();
        self.call("POST", "/api/v1/jobs/createTask", key, &body)
    }

    /// Creates a task and returns its id.
    pub fn created(&self, inputs: Value) -> String {
        let reply = self.create(KEY, &request(inputs)).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.json());
        reply.json()["taskId"].as_str().unwrap().to_owned()
    }

    pub fn query(&self, key: &str, id: &str) -> Reply {
        let path = format!("/api/v1/jobs/queryTask?taskId={id}");
        self.call("GET", &path, key, "").unwrap()
    }

    pub fn task(&self, id: &str) -> Value {
        self.query(KEY, id).json()
    }

    /// `[credits, availableCredits]`
    pub fn credits(&self, key: &str) -> [u64; 2] {
        let reply = self.call("GET", "/api/v1/account/credits", key, "").unwrap();
        ["credits", "availableCredits"].map(|field| reply.json()[field].as_u64().unwrap())
    }

    pub fn admin(&self, method: &str, path: &str, body: Value) -> Reply {
        let path = format!("/admin/{path}");
        self.send(method, &path, &[], &body.to_string()).unwrap()
    }

    pub fn advance(&self, ms: u64) {
        assert_eq!(self.admin("POST", "advance", json!({ "ms": ms })).status, 200);
    }

    pub fn fault(&self, fault: Value) {
        let reply = self.admin("POST", "faults", fault);
        assert_eq!(reply.status, 200, "{}", reply.json());
    }

    pub fn ledger(&self) -> Value {
        self.admin("GET", "ledger", json!({})).json()
    }
}

/// Reads until the connection ends, so that tests see a truncated body as it is.
pub fn read(stream: &mut TcpStream) -> io::Result<Reply> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n");
    let end = end.ok_or(ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    Ok(Reply {
        status: status.parse().unwrap(),
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect(),
        body: bytes[end + 4..].to_vec(),
    })
}

pub fn request(inputs: Value) -> Value {
    json!({ "model": "sd2", "inputs": inputs })
}

pub fn cat() -> Value {
    json!({ "prompt": "A cat playing piano" })
}

/// Waits until a condition holds that another thread brings about.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(15), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}
