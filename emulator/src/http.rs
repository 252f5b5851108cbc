//! HTTP requests and responses, reduced to what the service reads and writes.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A request without its body.
#[derive(Clone, Debug, Deserialize)]
pub struct Request {
    /// In upper case.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// Without the question mark; may be empty.
    #[serde(default)]
    pub query: String,
    /// The address by which the client reaches the service, such as `http://127.0.0.1:8787`. Output URLs begin with it.
    pub origin: String,
    /// Names are in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The API key, if `Authorization` has the documented form.
    pub fn key(&self) -> Option<&str> {
        let value = self.header("authorization")?;
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    }

    /// A decoded value of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(known, _)| *known == name)?;
        percent_decoded(value)
    }
}

/// The default target of `redirect`. The ledger shows which headers arrive there.
pub const REDIRECTED: &str = "/redirected";

/// CORS headers that let pages of any origin read a response.
pub const OPEN: [(&str, &str); 2] = [
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "Retry-After"),
];

/// CORS headers of a preflight response. They allow only the documented headers, so that a client that sends more fails in
/// tests.
pub const PREFLIGHT: [(&str, &str); 3] = [
    ("access-control-allow-methods", "GET, POST, OPTIONS"),
    ("access-control-allow-headers", "Authorization, Content-Type"),
    ("access-control-max-age", "600"),
];

/// The endpoint at a path: its name in faults and in the ledger, and its method (`*` for any).
pub fn endpoint(path: &str) -> Option<(&'static str, &'static str)> {
    match path {
        "/api/v1/jobs/createTask" => Some(("createTask", "POST")),
        "/api/v1/jobs/queryTask" => Some(("queryTask", "GET")),
        "/api/v1/account/credits" => Some(("credits", "GET")),
        REDIRECTED => Some(("redirected", "*")),
        _ => None,
    }
}

/// The action that the host takes for a request.
#[derive(Debug)]
pub enum Answer {
    Reply(Reply),
    /// Resets the connection.
    Reset,
    /// Sends nothing until the client gives up.
    Silence,
}

/// An HTTP response.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    /// Names are in lower case.
    pub headers: Vec<(&'static str, String)>,
    pub body: Body,
}

/// The body of a response, which may be incomplete.
#[derive(Clone, Debug)]
pub enum Body {
    Whole(String),
    /// The first part of a body whose `Content-Length` is `length`. Then the connection `breaks`, or hangs.
    Part {
        text: String,
        length: usize,
        breaks: bool,
    },
    /// A JSON object of about this many bytes.
    Padding(usize),
}

impl Reply {
    pub fn json(value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned());
        Self::text("application/json", text)
    }

    pub fn text(content_type: &str, text: impl Into<String>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type", content_type.to_owned())],
            body: Body::Whole(text.into()),
        }
    }

    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
    }
}

/// A refused request. Its body is `{ "message": … }`, which the documentation's example reads.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: u16,
    message: String,
}

impl Refusal {
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    pub fn wrong_method() -> Self {
        Self::new(405, "The method is not allowed at this path.")
    }

    pub fn no_endpoint() -> Self {
        Self::new(404, "There is no such endpoint.")
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        Reply::json(&json!({ "message": refusal.message })).with_status(refusal.status)
    }
}

impl From<Result<Value, Refusal>> for Reply {
    fn from(result: Result<Value, Refusal>) -> Self {
        match result {
            Ok(value) => Reply::json(&value),
            Err(refusal) => refusal.into(),
        }
    }
}

/// Decodes `%XX`. `None` if the escapes are malformed or the result is not UTF-8.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_and_malformed_ones_refused() {
        assert_eq!(percent_decoded("a%20b").as_deref(), Some("a b"));
        assert_eq!(percent_decoded("%2e%2E").as_deref(), Some(".."));
        for broken in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(percent_decoded(broken), None, "{broken}");
        }
    }
}
