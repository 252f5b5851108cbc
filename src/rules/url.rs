//! Classifies URLs according to the [URL Standard](https://url.spec.whatwg.org).
//!
//! ASCII host names are read here, in one pass. Hosts with several notations (addresses, other characters, percent-encoding,
//! punycode, tabs and line breaks) go to the platform's own parser.

use super::address;
use super::host::{self, Reach};
use super::text;

/// The platform's URL parser. Takes a URL and its host; returns the reach of the host, or `None` for an invalid URL.
/// [`reach_of`](host::reach_of) computes the reach from the host that the platform returns.
pub type Hostname = fn(&str, &str) -> Option<Reach>;

/// A [`Hostname`] without a platform: reads addresses, and assumes that all other hosts are public.
pub fn alone(_: &str, host: &str) -> Option<Reach> {
    address::read(host)
}

/// A [`Hostname`] for callers that do not need the reach.
pub fn believe(_: &str, _: &str) -> Option<Reach> {
    Some(Reach::Public)
}

/// The kind of a URL.
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
    /// `data:`, `blob:` or `file:`, which only this machine can read.
    Local,
    /// Anything else.
    Other,
}

/// The host of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host<'a> {
    /// As in the URL, with brackets around an IPv6 address.
    pub text: &'a str,
    /// The port in the URL, if any.
    pub port: Option<u32>,
    reach: Reach,
}

/// Whether a host is this machine.
pub fn is_loopback(host: Host) -> bool {
    host.reach == Reach::Loopback
}

/// Whether a host can be reached only from its own network or machine.
pub fn is_unreachable(host: Host) -> bool {
    matches!(host.reach, Reach::Private | Reach::Loopback)
}

/// The kind of a URL. White space around it is not removed.
pub fn kind(url: &str) -> Kind<'_> {
    kind_with(url, alone)
}

/// Like [`kind`], with the platform's parser for hosts that cannot be read here.
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

/// Whether the standard removes a byte anywhere in a URL.
fn is_dropped(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r')
}

/// The host after `https:`, if host and port are valid.
fn host(url: &str, begin: usize, hostname: Hostname) -> Option<Host<'_>> {
    // Any number of slashes, even none.
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
            // Everything before the last `@` is the user.
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
    // In a hard case only the platform can read the port.
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
