//! What can be told about a URL without fetching it.

use crate::text;

/// What a URL is, as far as the service cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `http://` or `https://`, with its host.
    Http {
        /// The host as written, without port, user or brackets.
        host: &'a str,
        /// Whether it is `https`.
        secure: bool,
    },
    /// `asset://` and an id: a file that the service already has.
    Asset,
    /// `data:`, `blob:` or `file:`: something that only this machine can read.
    Local,
    /// Anything else.
    Other,
}

/// Tells what kind of URL a text is. White space or a control character anywhere makes it [`Kind::Other`].
pub fn kind(url: &str) -> Kind<'_> {
    let Some((scheme, rest)) = text::split(url, b':') else {
        return Kind::Other;
    };
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    if is("data") || is("blob") || is("file") {
        return Kind::Local;
    }
    let Some(rest) = rest.strip_prefix("//") else {
        return Kind::Other;
    };
    if url.bytes().any(|byte| byte <= b' ' || byte == 0x7f) || rest.is_empty() {
        return Kind::Other;
    }
    let secure = is("https");
    match host(rest) {
        _ if is("asset") => Kind::Asset,
        Some(host) if secure || is("http") => Kind::Http { host, secure },
        _ => Kind::Other,
    }
}

/// The host of what follows `//`, if there is a plausible one.
fn host(rest: &str) -> Option<&str> {
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'\\' | b'?' | b'#'));
    let mut host = text::head(rest, end.unwrap_or(rest.len()));
    while let Some((_, after)) = text::split(host, b'@') {
        host = after;
    }
    let mut port = "";
    if let Some(bracketed) = host.strip_prefix("[") {
        (host, port) = text::split(bracketed, b']')?;
        port = if port.is_empty() { "" } else { port.strip_prefix(":")? };
    } else if let Some((name, number)) = text::split(host, b':') {
        (host, port) = (name, number);
    }
    let is_valid = !host.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    is_valid.then_some(host)
}

/// Whether a host is this machine itself.
pub fn is_loopback(host: &str) -> bool {
    let host = text::trim_end(host, b'.');
    host.eq_ignore_ascii_case("localhost")
        || ends_with(host, ".localhost")
        || host == "::1"
        || matches!(ipv4(host), Some([127, ..]))
}

/// Whether nobody outside its own network can reach a host: loopback, private and link-local addresses,
/// and `.local` names.
pub fn is_unreachable(host: &str) -> bool {
    let host = text::trim_end(host, b'.');
    if is_loopback(host) || ends_with(host, ".local") || is_private(host) {
        return true;
    }
    // fc00::/7 is private, fe80::/10 link-local; ::ffff: brings an IPv4 address.
    let mut tail = host;
    while let Some((_, after)) = text::split(tail, b':') {
        tail = after;
    }
    let [first, second, third, ..] = host.as_bytes() else {
        return false;
    };
    let is_local = match (first | 32, second | 32) {
        (b'f', b'c' | b'd') => true,
        (b'f', b'e') => matches!(third | 32, b'8' | b'9' | b'a' | b'b'),
        _ => false,
    };
    tail.len() < host.len() && (is_local || is_private(tail))
}

fn ends_with(host: &str, suffix: &str) -> bool {
    let start = host.len().saturating_sub(suffix.len());
    host.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
}

fn is_private(host: &str) -> bool {
    matches!(
        ipv4(host),
        Some([0 | 10 | 127, ..] | [172, 16..=31, ..] | [192, 168, ..] | [169, 254, ..] | [100, 64..=127, ..])
    )
}

fn ipv4(host: &str) -> Option<[u32; 4]> {
    let mut address = [0; 4];
    let mut rest = host;
    for (index, byte) in address.iter_mut().enumerate() {
        let (part, after) = if index < 3 {
            text::split(rest, b'.')?
        } else {
            (rest, "")
        };
        *byte = text::whole(part).filter(|byte| *byte < 256)?;
        rest = after;
    }
    Some(address)
}
