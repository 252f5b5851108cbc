//! When a failed attempt of a safe call is made again: pure functions of what is known.

use crate::error::{Code, Error};
use crate::host::Millis;

/// The longest that a call waits because the service asks for it.
pub const MAX_RETRY_AFTER: Millis = 60_000.0;

const BASE: Millis = 500.0;
const CAP: Millis = 20_000.0;

/// How long to wait before attempt `attempt + 1` (the first is 1); `None` to give up.
///
/// Only what may pass by itself is tried again: no connection, a timeout, 5xx and 429. The service's
/// `Retry-After` wins over our own backoff, which is jittered in full: from 0 to 0.5 s, 1 s, 2 s … 20 s.
pub fn pause(max_retries: u32, attempt: u32, error: &Error, random: f64) -> Option<Millis> {
    let passes = matches!(
        error.code,
        Code::Network | Code::Timeout | Code::ServerError | Code::ConcurrencyLimit
    );
    if !passes || attempt > max_retries {
        return None;
    }
    let asked = error.retry_after_ms();
    if asked > MAX_RETRY_AFTER {
        return None;
    }
    Some(if asked > 0.0 { asked } else { backoff(attempt, random) })
}

/// A pause between nothing and a bound that doubles with each failure.
pub fn backoff(failures: u32, random: f64) -> Millis {
    let doubled = BASE * f64::from(1u32 << failures.saturating_sub(1).min(16));
    doubled.min(CAP) * random
}

/// The span that a `Retry-After` header asks for: seconds or a date. Anything else is `None`.
pub fn retry_after(header: &str, now: Millis, date: impl FnOnce(&str) -> Option<Millis>) -> Option<Millis> {
    let header = header.trim_ascii();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = header
            .bytes()
            .fold(0.0, |sum, byte| sum * 10.0 + f64::from(byte - b'0'));
        return Some(seconds * 1000.0).filter(|span: &f64| span.is_finite());
    }
    // Platforms read almost anything as some date; a date of HTTP ends so.
    if !header.ends_with("GMT") {
        return None;
    }
    date(header).filter(|at| at.is_finite()).map(|at| (at - now).max(0.0))
}
