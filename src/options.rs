//! How a client and a call are set up: read once, checked at once.

use crate::catalog;
use crate::error::{Error, Result};
use crate::host::Millis;
use crate::pricing::Configuration;
use crate::text;
use crate::url;
use crate::validate::validate_with;
use crate::value::Value;

/// The service itself.
pub const BASE_URL: &str = "https://seegen.ai/api/v1";

/// How a client is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// The key, if the client sends one.
    pub api_key: Option<String>,
    /// Where the endpoints are, without a slash at the end.
    pub base_url: String,
    /// The headers that are added: an object of texts.
    pub headers: Value,
    /// For one HTTP attempt, body included. Default 30 s.
    pub timeout_ms: Millis,
    /// For calls that are safe to repeat. Default 4.
    pub max_retries: u32,
    /// Whether requests are checked before they are sent. Default yes.
    pub validate: bool,
    /// Tasks of this client that may run at once. Default 3.
    pub concurrency: u32,
    /// Whether the address is on this machine, which no network outage cuts off.
    pub is_local: bool,
    /// The platform's URL parser, for the URLs of requests. Default: [`url::alone`].
    pub hostname: url::Hostname,
}

/// How one call is made.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CallOptions {
    /// For one attempt, or for the whole of a method that waits.
    pub timeout_ms: Option<Millis>,
    /// A fixed interval in place of the adaptive schedule.
    pub poll_interval_ms: Option<Millis>,
}

impl Options {
    /// Reads the options of a client.
    pub fn read(options: &Value) -> Result<Options> {
        Options::read_with(options, url::alone)
    }

    /// The same, with the platform's parser for the URLs that cannot be read here.
    pub fn read_with(options: &Value, hostname: url::Hostname) -> Result<Options> {
        let base_url = base_url(options, hostname)?;
        let api_key = api_key(options)?;
        if api_key.is_none() && base_url == BASE_URL {
            return Err(Error::argument(
                "apiKey is missing. Give the key from your account settings, or a baseUrl of a gateway that adds it.",
                "",
            ));
        }
        // Only the JavaScript host has streams.
        flag(options, "streamCreates", false)?;
        Ok(Options {
            headers: headers(options, api_key.is_some())?,
            api_key,
            is_local: matches!(url::kind_with(&base_url, hostname), url::Kind::Http { host, .. } if url::is_loopback(host)),
            base_url,
            timeout_ms: milliseconds(options, "timeoutMs")?.unwrap_or(30_000.0),
            max_retries: whole(
                options,
                "maxRetries",
                4,
                "{} must be a whole number from 0.",
                |number| f64::from(number as u32) == number,
            )?,
            validate: flag(options, "validate", true)?,
            hostname,
            concurrency: whole(
                options,
                "concurrency",
                catalog::MAX_RUNNING,
                "{} must be a whole number from 1.",
                |number| number >= 1.0 && f64::from(number as u32) == number,
            )?,
        })
    }

    /// A header that the caller gave.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.headers.as_object().unwrap_or_default().iter();
        let (_, value) = fields.find(|(given, _)| given.eq_ignore_ascii_case(name))?;
        value.as_str()
    }

    /// What must not be shown: the key, or what stands in its place.
    pub fn secret(&self) -> Option<&str> {
        let credentials = |header| text::split(header, b' ').map_or(header, |(_scheme, credentials)| credentials);
        let given = || self.header("authorization").map(credentials);
        self.api_key.as_deref().or_else(given)
    }

    /// Refuses a request that the service would refuse; the configuration of one that was checked.
    pub fn check(&self, request: &Value) -> Result<Option<Configuration>> {
        if !self.validate {
            return Ok(None);
        }
        let validation = validate_with(request, &Value::Null, self.hostname);
        if !validation.valid {
            return Err(Error::invalid(validation.issues));
        }
        Ok(validation.configuration)
    }
}

impl CallOptions {
    /// Reads the options of a call.
    pub fn read(options: &Value) -> Result<CallOptions> {
        Ok(CallOptions {
            timeout_ms: milliseconds(options, "timeoutMs")?,
            poll_interval_ms: milliseconds(options, "pollIntervalMs")?,
        })
    }
}

fn api_key(options: &Value) -> Result<Option<String>> {
    let Some(key) = options.get("apiKey") else {
        return Ok(None);
    };
    // A key from a file or an environment often brings more along.
    let key = text::trim(key.as_str().unwrap_or_default());
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    // A `=` at the end belongs to base64.
    let is_named = text::split(text::trim_end(key, b'='), b'=').is_some_and(|(name, _)| name.bytes().all(is_name));
    let is_quoted = matches!(key.as_bytes(), [b'"' | b'\'' | b'`', ..] | [.., b'"' | b'\'' | b'`']);
    if key.is_empty() || is_named || is_quoted || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::argument(
            "apiKey must be the key alone, in visible ASCII, without `Bearer `, quotes or `NAME=` around it. Copy it again from your account settings.",
            "",
        ));
    }
    Ok(Some(key.into()))
}

fn base_url(options: &Value, hostname: url::Hostname) -> Result<String> {
    let Some(given) = options.get("baseUrl") else {
        return Ok(BASE_URL.into());
    };
    let given = given.as_str().unwrap_or_default();
    let base_url = text::trim_end(text::trim(given), b'/');
    let allow_insecure = flag(options, "allowInsecure", false)?;
    let template = match url::kind_with(base_url, hostname) {
        url::Kind::Http { host, .. } if host.port.is_some_and(|port| BLOCKED.contains(&port)) => {
            "baseUrl has a port that fetch blocks. Use another one, such as 443 or 8080."
        }
        url::Kind::Http { .. } if base_url.bytes().any(|byte| matches!(byte, b'?' | b'#' | b'@')) => {
            "baseUrl must have no user, query or fragment."
        }
        url::Kind::Http { host, secure } if secure || allow_insecure || url::is_loopback(host) => {
            return Ok(base_url.into());
        }
        url::Kind::Http { .. } => {
            "baseUrl must be https, or others can read the key. Where you trust the network, set allowInsecure."
        }
        _ => "baseUrl must be an absolute URL such as {}.",
    };
    Err(Error::argument(template, BASE_URL))
}

/// The ports of other protocols, to which `fetch` sends nothing: <https://fetch.spec.whatwg.org/#port-blocking>.
const BLOCKED: [u32; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

fn headers(options: &Value, has_key: bool) -> Result<Value> {
    let mut headers = Value::object();
    match options.get("headers") {
        None => {}
        Some(Value::Object(fields)) => {
            for (name, value) in fields {
                if has_key && name.eq_ignore_ascii_case("authorization") {
                    return Err(Error::argument("Give apiKey or an Authorization header, not both.", ""));
                }
                match value {
                    Value::String(text) => headers.put_text(name, text),
                    _ if value.is_undefined() => {}
                    _ => return Err(Error::argument("The header {} must be a text.", name)),
                }
            }
        }
        Some(_) => return Err(Error::argument("headers must be an object of names and texts.", "")),
    }
    Ok(headers)
}

fn milliseconds(options: &Value, name: &str) -> Result<Option<Millis>> {
    let is_right = |number: f64| number > 0.0;
    number(options, name, is_right, "{} must be a number of milliseconds above 0.")
}

fn whole(options: &Value, name: &str, default: u32, template: &str, is_right: fn(f64) -> bool) -> Result<u32> {
    let number = number(options, name, is_right, template)?;
    Ok(number.map_or(default, |number| number as u32))
}

fn number(options: &Value, name: &str, is_right: fn(f64) -> bool, template: &str) -> Result<Option<f64>> {
    match options.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) if is_right(*number) => Ok(Some(*number)),
        Some(_) => Err(Error::argument(template, name)),
    }
}

fn flag(options: &Value, name: &str, default: bool) -> Result<bool> {
    match options.get(name) {
        None => Ok(default),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Error::argument("{} must be true or false.", name)),
    }
}
