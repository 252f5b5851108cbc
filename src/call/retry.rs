//! When a failed attempt of a safe call is repeated.

use crate::error::Code;
use crate::host::Millis;
use std::cell::Cell;

/// The longest `Retry-After` that a call obeys.
pub const MAX_RETRY_AFTER: Millis = 60_000.0;

const BASE: Millis = 500.0;
const CAP: Millis = 20_000.0;

/// Whether a failure may be temporary: no connection, a timeout, or the status 5xx, 429, 408 or 425.
pub fn passes(code: Code, status: u16) -> bool {
    matches!(
        code,
        Code::Network | Code::Timeout | Code::ServerError | Code::ConcurrencyLimit
    ) || matches!(status, 408 | 425)
}

/// The pause before the next attempt, after this many failures in a row. It is the service's `Retry-After`, or if that is 0, a random
/// part of a backoff of 0.5 s, 1 s, 2 s … 20 s.
pub fn span(failures: u32, retry_after: Millis, random: f64) -> Millis {
    if retry_after > 0.0 {
        retry_after
    } else {
        backoff(failures, random)
    }
}

/// A random part of a backoff that doubles with each failure.
pub fn backoff(failures: u32, random: f64) -> Millis {
    let doubled = BASE * f64::from(1u32 << failures.saturating_sub(1).min(16));
    doubled.min(CAP) * random
}

/// The number of repeats that a client may make at once.
pub const BURST: f64 = 50.0;
/// The time after which it may make one more.
pub const REFILL: Millis = 1_000.0;

/// The number of repeats that are left. All calls of a client share it, so that hundreds of calls do not flood a service that is down:
/// after 50 repeats there is one a second, and other calls fail at once.
pub struct Quota {
    left: Cell<f64>,
    at: Cell<Millis>,
}

impl Default for Quota {
    fn default() -> Quota {
        Quota {
            left: Cell::new(BURST),
            at: Cell::default(),
        }
    }
}

impl Quota {
    /// Takes a repeat, if one is left.
    pub fn take(&self, now: Millis) -> bool {
        // A clock that was set back changes nothing.
        let gained = (now - self.at.replace(now)).max(0.0) / REFILL;
        let left = (self.left.get() + gained).min(BURST);
        let is_left = left >= 1.0;
        self.left.set(if is_left { left - 1.0 } else { left });
        is_left
    }
}
