//! The reach of a host.

use super::text;

/// From where a host can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From the internet, as far as is known.
    Public,
    /// From its own network: private and link-local addresses, `.local` and `.internal` names.
    Private,
    /// From this machine.
    Loopback,
    /// Only the platform's parser knows.
    Unknown,
}

/// How many bytes at the end of a host determine its reach.
pub const HOST: usize = 64;

/// The reach of a host in its normal form, or of the end of one.
#[inline(never)]
pub fn reach_of(host: &[u8]) -> Reach {
    if let [b'[', address @ .., b']'] = host {
        return of_ipv6(address);
    }
    match ipv4(host) {
        Some(address) => of_ipv4(address),
        None => read(host, true).unwrap_or(Reach::Public),
    }
}

/// The ASCII characters that a host name must not contain, as bits: those below 64, and the others.
const FORBIDDEN: (u64, u64) = (forbidden(0), forbidden(64));

const fn forbidden(from: u8) -> u64 {
    let mut bits = 0;
    let mut bit = 0;
    while bit < 64 {
        let is = matches!(from + bit, 0..=b' ' | b'#' | b'%' | b'/' | b':' | b'<' | b'>' | b'?' | b'@' | b'['..=b'^' | b'|' | 0x7f);
        bits |= (is as u64) << bit;
        bit += 1;
    }
    bits
}

/// The reach of an ASCII host that is not an IPv6 address; `None` if it is invalid. Punycode and IPv4 addresses are unknown,
/// unless the host is in its normal form.
pub(super) fn read(host: &[u8], is_normal: bool) -> Option<Reach> {
    let mut last = 0;
    let mut is_unknown = false;
    for byte in host {
        let byte = *byte;
        let bits = if byte < 64 { FORBIDDEN.0 } else { FORBIDDEN.1 };
        if byte >= 0x80 || bits >> (byte & 63) & 1 == 1 {
            return None;
        }
        last = last << 8 | u32::from(byte | 0x20);
        is_unknown |= last == u32::from_be_bytes(*b"xn--");
    }
    if host.is_empty() {
        return None;
    }
    let mut name = host;
    while let [shorter @ .., b'.'] = name {
        name = shorter;
    }
    let label = text::last_label(name);
    let is = |suffix: &[u8]| label.eq_ignore_ascii_case(suffix);
    is_unknown |= matches!(label, [b'0'..=b'9', ..]);
    Some(if is_unknown && !is_normal {
        Reach::Unknown
    } else if is(b"localhost") {
        Reach::Loopback
    } else if label.len() < name.len() && (is(b"local") || is(b"internal")) {
        Reach::Private
    } else {
        Reach::Public
    })
}

/// An IPv4 address in its normal form.
fn ipv4(host: &[u8]) -> Option<u32> {
    let mut address = 0;
    let mut dots = 0;
    let mut part = 0;
    for byte in host {
        let byte = *byte;
        match byte {
            b'0'..=b'9' if part < 256 => part = part * 10 + u32::from(byte - b'0'),
            b'.' => {
                address = address << 8 | part;
                part = 0;
                dots += 1;
            }
            _ => return None,
        }
    }
    (dots == 3).then_some(address << 8 | part)
}

/// The reach of an IPv6 address in its normal form, without brackets.
fn of_ipv6(address: &[u8]) -> Reach {
    match address {
        b"::1" => return Reach::Loopback,
        b"::" => return Reach::Private,
        _ => {}
    }
    let Some((first, _)) = text::cut(address, b':') else {
        return Reach::Public;
    };
    if matches!(hex(first), 0xfc00..=0xfdff | 0xfe80..=0xfebf) {
        return Reach::Private;
    }
    // An IPv4-mapped address.
    let mapped = address.strip_prefix(b"::ffff:").and_then(|tail| text::cut(tail, b':'));
    match mapped {
        Some((high, low)) if !low.contains(&b':') => of_ipv4(hex(high) << 16 | hex(low)),
        _ => Reach::Public,
    }
}

/// A number of up to four hexadecimal digits.
fn hex(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| {
        number << 4 | char::from(*digit).to_digit(16).unwrap_or_default()
    })
}

/// The reach of an IPv4 address.
pub(super) fn of_ipv4(address: u32) -> Reach {
    match (address >> 24, address >> 16) {
        (127, _) => Reach::Loopback,
        // 172.16 to 172.31, 192.168, 169.254, 100.64 to 100.127.
        (0 | 10, _) | (_, 0xac10..=0xac1f | 0xc0a8 | 0xa9fe | 0x6440..=0x647f) => Reach::Private,
        _ => Reach::Public,
    }
}
