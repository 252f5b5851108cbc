//! IP addresses in all notations of the [URL Standard](https://url.spec.whatwg.org), for platforms without a URL parser.

use super::host::{Reach, of_ipv4};
use super::text;

/// The reach of an address. Any other host is assumed to be public. `None` for an invalid address.
pub fn read(host: &str) -> Option<Reach> {
    if host.bytes().any(|byte| matches!(byte, b'[' | b']')) {
        return ipv6(host.strip_prefix("[")?.strip_suffix("]")?).map(reach_of_ipv6);
    }
    let name = host.strip_suffix(".").unwrap_or(host);
    if is_number(text::last_label(name.as_bytes())) {
        return ipv4(name).map(of_ipv4);
    }
    Some(Reach::Public).filter(|_| !host.is_empty())
}

/// Whether a host with this last label is an IPv4 address.
fn is_number(label: &[u8]) -> bool {
    !label.is_empty() && (number(label).is_some() || label.iter().all(u8::is_ascii_digit))
}

/// A part of an IPv4 address: decimal, octal after `0`, or hexadecimal after `0x`. (`0x` alone is 0.)
fn number(part: &[u8]) -> Option<u64> {
    let (digits, radix) = match part {
        [] => return None,
        [b'0', b'x' | b'X', digits @ ..] => (digits, 16),
        [b'0', digits @ ..] => (digits, 8),
        digits => (digits, 10),
    };
    let mut number = 0;
    for digit in digits {
        let digit = char::from(*digit).to_digit(radix)?;
        // The limit prevents an overflow and is above any address.
        number = u64::min(number, 1 << 40) * u64::from(radix) + u64::from(digit);
    }
    Some(number)
}

/// An IPv4 address of one to four parts. The last part fills the remaining bytes.
fn ipv4(name: &str) -> Option<u32> {
    let mut address = 0;
    let mut bits = 32;
    let mut rest = name;
    while let Some((part, after)) = text::split(rest, b'.') {
        let number = number(part.as_bytes()).filter(|number| *number < 256)?;
        bits -= 8;
        if bits == 0 {
            return None;
        }
        address = address << 8 | number;
        rest = after;
    }
    let number = number(rest.as_bytes()).filter(|number| *number < 1 << bits)?;
    Some((address << bits | number) as u32)
}

fn ipv6(text: &str) -> Option<[u16; 8]> {
    let mut pieces = [0; 8];
    let mut count = 0;
    // Where `::` stands for pieces that are 0.
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
            // `::` stands for at least one piece.
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
            // Move the pieces after the gap to the end.
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

/// Four decimal numbers at the end of an IPv6 address.
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
        [0, 0, 0, 0, 0, 0, 0, 0] => Reach::Private,
        // An IPv4-mapped address.
        [0, 0, 0, 0, 0, 0xffff, high, low] => of_ipv4(u32::from(high) << 16 | u32::from(low)),
        [0xfc00..=0xfdff | 0xfe80..=0xfebf, ..] => Reach::Private,
        _ => Reach::Public,
    }
}
