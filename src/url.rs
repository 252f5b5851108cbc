//! What can be told about a URL without fetching it, as the [URL Standard](https://url.spec.whatwg.org) reads it.
//!
//! Hosts of plain ASCII are read here, in one pass. What needs Unicode tables (other characters, percent-encoding,
//! punycode) or an edited copy (tabs and line breaks, which the standard drops) goes to the platform's own parser.

use crate::text;

/// The platform's URL parser: the normal form of a URL's host, or `None` where it refuses the URL.
pub type Hostname = fn(&str) -> Option<String>;

/// Stands in where there is no platform: believes every host, and that it is far away.
pub fn believe(_: &str) -> Option<String> {
    Some(String::new())
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

/// From where a host can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// From anywhere, for all that is known.
    Public,
    /// From its own network: private and link-local addresses, `.local` and `.internal` names.
    Private,
    /// From this machine.
    Loopback,
    /// Only the platform can tell.
    Unknown,
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
    kind_with(url, believe)
}

/// The same, with the platform's parser for the hosts that cannot be read here.
pub fn kind_with(url: &str, hostname: Hostname) -> Kind<'_> {
    let Some((scheme, rest)) = text::split(url, b':') else {
        return Kind::Other;
    };
    let is = |name| is_scheme(scheme, name);
    let secure = is("https");
    if secure || is("http") {
        return match host(url, rest, hostname) {
            Some(host) => Kind::Http { host, secure },
            None => Kind::Other,
        };
    }
    if is("data") || is("blob") || is("file") {
        return Kind::Local;
    }
    match rest.strip_prefix("//") {
        Some(id) if is("asset") && !id.is_empty() && !id.bytes().any(|byte| byte <= b' ' || byte == 0x7f) => {
            Kind::Asset
        }
        _ => Kind::Other,
    }
}

fn is_scheme(text: &str, name: &str) -> bool {
    let mut letters = name.bytes();
    let mut is_same = true;
    for byte in text.bytes() {
        is_same &= is_dropped(byte) || letters.next() == Some(byte.to_ascii_lowercase());
    }
    is_same && letters.next().is_none()
}

/// Whether the standard drops a byte, wherever it stands.
fn is_dropped(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r')
}

/// The host of what follows `https:`, if the URL has a valid one and a valid port.
fn host<'a>(url: &str, rest: &'a str, hostname: Hostname) -> Option<Host<'a>> {
    // Any number of slashes, and none as well.
    let (slashes, _) = text::span(rest, |byte| matches!(byte, b'/' | b'\\'));
    let mut start = slashes.len();
    let mut end = rest.len();
    let mut port = None;
    let mut is_bracketed = false;
    let mut is_hard = false;
    for (at, byte) in rest.bytes().enumerate().skip(start) {
        match byte {
            b'/' | b'\\' | b'?' | b'#' => {
                end = at;
                break;
            }
            // All before the last one is the user.
            b'@' => {
                start = at + 1;
                port = None;
                is_bracketed = false;
                is_hard = false;
            }
            b'[' => is_bracketed = true,
            b']' => is_bracketed = false,
            b':' if !is_bracketed && port.is_none() => port = Some(at),
            _ => is_hard |= byte >= 0x80 || byte == b'%' || is_dropped(byte),
        }
    }
    let text = rest.get(start..port.unwrap_or(end))?;
    let digits = rest.get(port.map_or(end, |colon| colon + 1)..end)?;
    let value = |number: u32, digit: u8| number.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
    let port = digits.bytes().filter(u8::is_ascii_digit).fold(0, value);
    let mut reach = Some(Reach::Unknown);
    if !is_hard {
        if port > 65_535 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        reach = read(text, false);
    }
    if reach == Some(Reach::Unknown) {
        // Of a host that is only believed, nothing is known.
        reach = read(&hostname(url)?, true).or(Some(Reach::Public));
    }
    let port = Some(port).filter(|_| !digits.is_empty());
    reach.map(|reach| Host { text, port, reach })
}

/// Reads a host of plain ASCII; `None` if it is not valid. Punycode is read only in what is normal already.
fn read(host: &str, is_normal: bool) -> Option<Reach> {
    if let Some(address) = host.strip_prefix("[") {
        return ipv6(address.strip_suffix("]")?).map(reach_of_ipv6);
    }
    let mut last = 0;
    let mut is_punycode = false;
    for byte in host.bytes() {
        if matches!(byte, 0..=b' ' | b'#' | b'%' | b'/' | b':' | b'<' | b'>' | b'?' | b'@' | b'['..=b'^' | b'|' | 0x7f..)
        {
            return None;
        }
        last = last << 8 | u32::from(byte | 0x20);
        is_punycode |= last == u32::from_be_bytes(*b"xn--");
    }
    if host.is_empty() {
        return None;
    }
    let name = text::trim_end(host, b'.');
    let label = last_label(name);
    // The dot of a fully qualified name does not matter; after two, there is an empty label.
    if host.len() - name.len() < 2 && is_number(label) {
        return ipv4(name).map(reach_of_ipv4);
    }
    let is = |suffix: &str| label.eq_ignore_ascii_case(suffix);
    Some(if is_punycode && !is_normal {
        Reach::Unknown
    } else if is("localhost") {
        Reach::Loopback
    } else if label.len() < name.len() && (is("local") || is("internal")) {
        Reach::Private
    } else {
        Reach::Public
    })
}

/// What stands behind the last dot of a name.
pub fn last_label(name: &str) -> &str {
    let length = name.bytes().rev().take_while(|byte| *byte != b'.').count();
    name.get(name.len() - length..).unwrap_or_default()
}

/// Whether this makes an address of the name that it ends.
fn is_number(label: &str) -> bool {
    !label.is_empty() && (number(label).is_some() || label.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A part of an IPv4 address: decimal, octal behind `0`, hexadecimal behind `0x`. (`0x` alone is 0.)
fn number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.as_bytes() {
        [] => return None,
        [b'0', b'x' | b'X', digits @ ..] => (digits, 16),
        [b'0', digits @ ..] => (digits, 8),
        digits => (digits, 10),
    };
    let mut number = 0;
    for digit in digits {
        let digit = char::from(*digit).to_digit(radix)?;
        // Far above any address, and far from an overflow.
        number = u64::min(number, 1 << 40) * u64::from(radix) + u64::from(digit);
    }
    Some(number)
}

/// An IPv4 address of up to four parts, the last of which fills what the others leave.
fn ipv4(name: &str) -> Option<u32> {
    let mut address = 0;
    let mut bits = 32;
    let mut rest = name;
    while let Some((part, after)) = text::split(rest, b'.') {
        let number = number(part).filter(|number| *number < 256)?;
        bits -= 8;
        if bits == 0 {
            return None;
        }
        address = address << 8 | number;
        rest = after;
    }
    let number = number(rest).filter(|number| *number < 1 << bits)?;
    Some((address << bits | number) as u32)
}

fn ipv6(text: &str) -> Option<[u16; 8]> {
    let mut pieces = [0; 8];
    let mut count = 0;
    // Where `::` leaves out pieces that are 0.
    let mut gap = None;
    let mut rest = text.as_bytes();
    if let [b':', after @ ..] = rest {
        rest = after;
        if rest.first() != Some(&b':') {
            return None;
        }
    }
    while let [first, after @ ..] = rest {
        if *first == b':' {
            // It leaves out one at least.
            if count > 7 || gap.replace(count + 1).is_some() {
                return None;
            }
            count += 1;
            rest = after;
            continue;
        }
        let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (piece, after) = rest.split_at_checked(digits)?;
        if after.first() == Some(&b'.') {
            let [a, b, c, d] = quad(rest)?;
            *pieces.get_mut(count)? = a << 8 | b;
            *pieces.get_mut(count + 1)? = c << 8 | d;
            count += 2;
            break;
        }
        let mut value = 0;
        for digit in piece {
            value = value << 4 | char::from(*digit).to_digit(16)? as u16;
        }
        *pieces.get_mut(count)? = value;
        count += 1;
        rest = match after {
            [] => after,
            [b':', more @ ..] if digits > 0 && !more.is_empty() => more,
            _ => return None,
        };
    }
    match gap {
        Some(gap) => {
            // What stands behind the gap belongs at the end.
            for from in (gap..count).rev() {
                let moved = core::mem::take(pieces.get_mut(from)?);
                *pieces.get_mut(from + 8 - count)? = moved;
            }
        }
        None if count < 8 => return None,
        None => {}
    }
    Some(pieces)
}

/// The four decimal numbers at the end of an IPv6 address.
fn quad(text: &[u8]) -> Option<[u16; 4]> {
    let mut numbers = [0; 4];
    let mut rest = text;
    for (index, number) in numbers.iter_mut().enumerate() {
        let digits = rest.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
        let (part, after) = rest.split_at_checked(digits)?;
        *number = part
            .iter()
            .fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
        if digits == 0 || digits > 1 && part.starts_with(b"0") || *number > 255 {
            return None;
        }
        rest = if index < 3 { after.strip_prefix(b".")? } else { after };
    }
    rest.is_empty().then_some(numbers)
}

fn reach_of_ipv6(pieces: [u16; 8]) -> Reach {
    match pieces {
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Loopback,
        // An IPv4 address in other clothes; also `::`.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => reach_of_ipv4(u32::from(high) << 16 | u32::from(low)),
        [0xfc00..=0xfdff | 0xfe80..=0xfebf, ..] => Reach::Private,
        _ => Reach::Public,
    }
}

fn reach_of_ipv4(address: u32) -> Reach {
    match address.to_be_bytes() {
        [127, ..] => Reach::Loopback,
        [0 | 10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [169, 254, ..] | [100, 64..=127, ..] => Reach::Private,
        _ => Reach::Public,
    }
}
