//! The options of a client and of a call. All are checked when they are read.

use crate::catalog;
use crate::error::{Code, Mistake, Words};
use crate::host::Millis;
use crate::rules::node::{Kind, Node};
use crate::text;
use crate::url;

/// The service itself.
pub const BASE_URL: &str = "https://seegen.ai/api/v1";

/// The options of a client that its calls depend on. The key, the base URL and the headers are only checked here; the host keeps
/// them.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// For one HTTP attempt, including the body. Default: 30 s.
    pub timeout_ms: Millis,
    /// For calls that are safe to repeat. Default: 4.
    pub max_retries: u32,
    /// Whether to check requests before they are sent. Default: true.
    pub validate: bool,
    /// How many tasks of this client may run at once. Default: 3.
    pub concurrency: u32,
    /// Whether the host is loopback, which works without a network, or may be.
    pub is_local: bool,
    /// Whether the address is a gateway: it knows each create by a key, so that it may be sent again.
    pub is_gateway: bool,
}

/// The options of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CallOptions {
    /// For one attempt, or for the whole call of a method that waits.
    pub timeout_ms: Option<Millis>,
    /// A fixed interval instead of the adaptive schedule.
    pub poll_interval_ms: Option<Millis>,
}

impl Options {
    /// Reads the options of a client. `hostname` is the platform's URL parser.
    pub fn read<'a, N: Node<'a>>(options: N, hostname: url::Hostname) -> Result<Options, Mistake<'a>> {
        let mut reader = Reader { options, mistake: None };
        let base_url = reader.base_url(hostname);
        let has_key = reader.api_key();
        reader.check(has_key || base_url.is_some(), Words::KeyMissing, "");
        reader.headers(has_key);
        let is_gateway = reader.flag("gateway", false);
        // The service would be paid for each repeat of a create.
        reader.check(!is_gateway || base_url.is_some(), Words::NotGateway, "");
        // Only checked; the JavaScript host uses it.
        reader.flag("streamCreates", false);
        let read = Options {
            timeout_ms: reader.number("timeoutMs", 30_000.0, f64::MIN_POSITIVE, Words::NotMilliseconds),
            max_retries: reader.number("maxRetries", 4.0, 0.0, Words::NotWhole) as u32,
            validate: reader.flag("validate", true),
            concurrency: reader.number("concurrency", catalog::MAX_RUNNING.into(), 1.0, Words::NotCount) as u32,
            is_local: base_url.is_some_and(|host| host.is_none_or(url::is_loopback)),
            is_gateway,
        };
        reader.mistake.map_or(Ok(read), Err)
    }
}

impl CallOptions {
    /// Reads the options of a call.
    pub fn read<'a, N: Node<'a>>(options: N) -> Result<CallOptions, Mistake<'a>> {
        let mut reader = Reader { options, mistake: None };
        let mut span = |name| {
            let span = reader.number(name, f64::NAN, f64::MIN_POSITIVE, Words::NotMilliseconds);
            Some(span).filter(|span| !span.is_nan())
        };
        let read = CallOptions {
            timeout_ms: span("timeoutMs"),
            poll_interval_ms: span("pollIntervalMs"),
        };
        reader.mistake.map_or(Ok(read), Err)
    }
}

/// Options that are being read, and the first mistake in them.
struct Reader<'a, N> {
    options: N,
    mistake: Option<Mistake<'a>>,
}

impl<'a, N: Node<'a>> Reader<'a, N> {
    #[inline(never)]
    fn check(&mut self, is_right: bool, words: Words, about: &'a str) {
        if !is_right && self.mistake.is_none() {
            self.mistake = Some(Mistake {
                code: Code::InvalidArgument,
                words,
                about,
            });
        }
    }

    /// Reads a number of at least `least`. It must be whole, unless it is milliseconds.
    #[inline(never)]
    fn number(&mut self, name: &'static str, default: f64, least: f64, words: Words) -> f64 {
        let Some(given) = self.options.get(name) else {
            return default;
        };
        let number = given.as_number().unwrap_or(f64::NAN);
        let is_whole = words == Words::NotMilliseconds || f64::from(number as u32) == number;
        self.check(number >= least && is_whole, words, name);
        number
    }

    fn flag(&mut self, name: &'static str, default: bool) -> bool {
        let Some(given) = self.options.get(name) else {
            return default;
        };
        let flag = given.as_bool();
        self.check(flag.is_some(), Words::NotFlag, name);
        flag.unwrap_or(default)
    }

    fn api_key(&mut self) -> bool {
        let Some(key) = self.options.get("apiKey") else {
            return false;
        };
        // A key from a file or an environment variable often has white space around it.
        let key = text::trim(key.as_str().unwrap_or_default());
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        // A trailing `=` may be base64 padding.
        let is_named = text::split(text::trim_end(key, b'='), b'=').is_some_and(|(name, _)| name.bytes().all(is_name));
        let is_quoted = matches!(key.as_bytes(), [b'"' | b'\'' | b'`', ..] | [.., b'"' | b'\'' | b'`']);
        let is_plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
        self.check(is_plain && !is_named && !is_quoted, Words::NotKey, "");
        true
    }

    /// The host of a base URL that is not the service's. A path in a page's site has none.
    fn base_url(&mut self, hostname: url::Hostname) -> Option<Option<url::Host<'a>>> {
        let given = self.options.get("baseUrl")?.as_str().unwrap_or_default();
        let base_url = text::trim_end(text::trim(given), b'/');
        let allow_insecure = self.flag("allowInsecure", false);
        let (host, is_safe) = match base_url.as_bytes() {
            // After two slashes, which may be backslashes, comes a host.
            [b'/', first, ..] if !matches!(first, b'/' | b'\\') => (None, true),
            _ => {
                let url::Kind::Http { host, secure } = url::kind_with(base_url, hostname) else {
                    self.check(false, Words::RelativeBaseUrl, BASE_URL);
                    return None;
                };
                let is_blocked = host.port.is_some_and(|port| BLOCKED.contains(&(port as u16)));
                self.check(!is_blocked, Words::BlockedPort, "");
                (Some(host), secure || allow_insecure || url::is_loopback(host))
            }
        };
        let is_bare = !base_url.bytes().any(|byte| matches!(byte, b'?' | b'#' | b'@'));
        self.check(is_bare, Words::BaseUrlParts, "");
        self.check(is_safe, Words::InsecureBaseUrl, "");
        Some(host).filter(|_| base_url != BASE_URL)
    }

    fn headers(&mut self, has_key: bool) {
        let Some(headers) = self.options.get("headers") else {
            return;
        };
        self.check(headers.kind() == Kind::Object, Words::NotHeaders, "");
        for index in 0..headers.length() {
            let Some((name, value)) = headers.field(index) else {
                return;
            };
            let is_second = has_key && name.eq_ignore_ascii_case("authorization");
            self.check(!is_second, Words::TwoKeys, "");
            self.check(
                matches!(value.kind(), Kind::Text | Kind::Undefined),
                Words::NotHeader,
                name,
            );
        }
    }
}

/// The ports that `fetch` blocks: <https://fetch.spec.whatwg.org/#port-blocking>.
const BLOCKED: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];
