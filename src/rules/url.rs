//! What can be told about a URL without fetching it, as the [URL Standard](https://url.spec.whatwg.org) reads it.
//!
//! Names of plain ASCII are read here, in one pass. Whatever has more than one notation (addresses, other characters,
//! percent-encoding, punycode, tabs and line breaks) goes to the platform's own parser.

use super::address;
use super::host::{self, Reach};
use super::text;

/// The platform's URL parser, for a URL and its host: from where the host can be reached, or `None` if it refuses the URL.
/// [`reach_of`](host::reach_of) reads what it says.
pub type Hostname = fn(&str, &str) -> Option<Reach>;

/// Stands in where there is no platform: reads addresses itself, and believes all else.
pub fn alone(_: &str, host: &str) -> Option<Reach> {
    address::read(host)
}

/// Stands in where it does not matter which host it is.
pub fn believe(_: &str, _: &str) -> Option<Reach> {
    Some(Reach::Public)
}

/// What a URL is, as far as the service cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// An `http:` or `https:` URL, with its host.
    Http {
        /// The host.
        host: Host<'a>,
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

/// The host of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host<'a> {
    /// As written, in brackets if it is an IPv6 address.
    pub text: &'a str,
    /// The port, if one is written.
    pub port: Option<u32>,
    reach: Reach,
}

/// Whether a host is this machine itself.
pub fn is_loopback(host: Host) -> bool {
    host.reach == Reach::Loopback
}

/// Whether nobody outside its own network can reach a host.
pub fn is_unreachable(host: Host) -> bool {
    matches!(host.reach, Reach::Private | Reach::Loopback)
}

/// Tells what kind of URL a text is; white space around it is not taken off.
pub fn kind(url: &str) -> Kind<'_> {
    kind_with(url, alone)
}

/// The same, with the platform's parser for the hosts that cannot be read here.
pub fn kind_with(url: &str, hostname: Hostname) -> Kind<'_> {
    let Some((scheme, rest)) = text::cut(url.as_bytes(), b':') else {
        return Kind::Other;
    };
    let is = |name| is_scheme(scheme, name);
    let secure = is("https");
    if secure || is("http") {
        return match host(url, scheme.len() + 1, hostname) {
            Some(host) => Kind::Http { host, secure },
            None => Kind::Other,
        };
    }
    if is("data") || is("blob") || is("file") {
        return Kind::Local;
    }
    match rest {
        [b'/', b'/', id @ ..]
            if is("asset") && !id.is_empty() && !id.iter().any(|byte| matches!(byte, 0..=b' ' | 0x7f)) =>
        {
            Kind::Asset
        }
        _ => Kind::Other,
    }
}

#[inline(never)]
fn is_scheme(text: &[u8], name: &str) -> bool {
    let mut letters = name.bytes();
    let mut is_same = true;
    for byte in text {
        is_same &= is_dropped(*byte) || letters.next() == Some(byte.to_ascii_lowercase());
    }
    is_same && letters.next().is_none()
}

/// Whether a text is an http(s) URL that lacks its scheme.
pub fn is_http(text: &str, hostname: Hostname) -> bool {
    host(text, 0, hostname).is_some()
}

/// Whether the standard drops a byte, wherever it stands.
fn is_dropped(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r')
}

/// The host of what follows `https:`, if the URL has a valid one and a valid port.
fn host(url: &str, begin: usize, hostname: Hostname) -> Option<Host<'_>> {
    // Any number of slashes, and none as well.
    let mut start = begin;
    let mut end = url.len();
    let mut has_user = false;
    let mut colon = None;
    let mut is_bracketed = false;
    let mut is_hard = false;
    for (at, byte) in url.bytes().enumerate().skip(begin) {
        match byte {
            b'/' | b'\\' if at == start && !has_user => start += 1,
            b'/' | b'\\' | b'?' | b'#' => {
                end = at;
                break;
            }
            // All before the last one is the user.
            b'@' => {
                start = at + 1;
                has_user = true;
                colon = None;
                is_bracketed = false;
                is_hard = false;
            }
            b':' if !is_bracketed && colon.is_none() => colon = Some(at),
            b'[' | b']' => {
                is_bracketed = byte == b'[';
                is_hard = true;
            }
            _ => is_hard |= byte >= 0x80 || byte == b'%' || is_dropped(byte),
        }
    }
    let text = url.get(start..colon.unwrap_or(end))?;
    let digits = url.get(colon.map_or(end, |colon| colon + 1)..end)?;
    let port = text::whole(digits);
    // Only the platform knows what it drops or decodes.
    if port > Some(65_535) || port.is_none() && !digits.is_empty() && !is_hard {
        return None;
    }
    let reach = if is_hard {
        Reach::Unknown
    } else {
        host::read(text.as_bytes(), false)?
    };
    let reach = if reach == Reach::Unknown {
        hostname(url, text)?
    } else {
        reach
    };
    Some(Host { text, port, reach })
}
