//! Requests and answers, as much of them as the service reads and says.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A request without its body.
#[derive(Clone, Debug, Deserialize)]
pub struct Request {
    /// In capitals.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The query without its question mark; empty without a query.
    #[serde(default)]
    pub query: String,
    /// Where the client reaches the service, as in `http://127.0.0.1:8787`, so that output URLs work from there.
    pub origin: String,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// The API key, if it has the documented form.
    pub fn key(&self) -> Option<&str> {
        let value = self.header("authorization")?;
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    }

    /// A value of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(known, _)| *known == name)?;
        percent_decoded(value)
    }
}

/// Where a `redirect` leads if it names no place: the ledger shows which headers came along.
pub const REDIRECTED: &str = "/redirected";

/// The headers by which a browser lets a page of any origin read an answer.
pub const OPEN: [(&str, &str); 2] = [
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "Retry-After"),
];

/// The answer to a preflight. It allows only the headers that the documentation names, so that a client that sends others fails
/// here first.
pub const PREFLIGHT: [(&str, &str); 3] = [
    ("access-control-allow-methods", "GET, POST, OPTIONS"),
    ("access-control-allow-headers", "Authorization, Content-Type"),
    ("access-control-max-age", "600"),
];

/// The endpoint of a path, by the name that the ledger and the faults use, and its method (any for `*`).
pub fn endpoint(path: &str) -> Option<(&'static str, &'static str)> {
    match path {
        "/api/v1/jobs/createTask" => Some(("createTask", "POST")),
        "/api/v1/jobs/queryTask" => Some(("queryTask", "GET")),
        "/api/v1/account/credits" => Some(("credits", "GET")),
        REDIRECTED => Some(("redirected", "*")),
        _ => None,
    }
}

/// What becomes of a request.
#[derive(Debug)]
pub enum Answer {
    /// An answer is sent.
    Reply(Reply),
    /// The connection is reset.
    Reset,
    /// Nothing happens until the client leaves.
    Silence,
}

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

/// The body of an answer, which may end badly.
#[derive(Clone, Debug)]
pub enum Body {
    /// All of it.
    Whole(String),
    /// A part that claims to be this long. Then the connection `breaks`, or nothing more comes.
    Part {
        /// What is sent.
        text: String,
        /// What is claimed.
        length: usize,
        /// Whether the connection breaks.
        breaks: bool,
    },
    /// A JSON object of about so many bytes.
    Padding(usize),
}

impl Reply {
    /// A 200 with this value.
    pub fn json(value: &impl Serialize) -> Self {
        let text = serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned());
        Self::text("application/json", text)
    }

    /// A 200 with this text.
    pub fn text(content_type: &str, text: impl Into<String>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type", content_type.to_owned())],
            body: Body::Whole(text.into()),
        }
    }

    /// The same with another status.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Sets a header.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
    }
}

/// A request that is not granted: `{ "message": … }`, which is what the documentation's example reads.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: u16,
    message: String,
}

impl Refusal {
    /// A refusal with this status and one sentence.
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// A 400 that names what is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// A known path with another method.
    pub fn wrong_method() -> Self {
        Self::new(405, "This path does not take that method.")
    }

    /// An unknown path.
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

/// Text with its `%XX` escapes undone, if it is UTF-8 afterwards.
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
    fn escapes_are_undone_and_broken_ones_refused() {
        assert_eq!(percent_decoded("a%20b").as_deref(), Some("a b"));
        assert_eq!(percent_decoded("%2e%2E").as_deref(), Some(".."));
        for broken in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(percent_decoded(broken), None, "{broken}");
        }
    }
}
