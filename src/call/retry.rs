//! When a failed attempt of a safe call is made again: pure functions of what is known.

use crate::error::Code;
use crate::host::Millis;
use std::cell::Cell;

/// The longest that a call waits because the service asks for it.
pub const MAX_RETRY_AFTER: Millis = 60_000.0;

const BASE: Millis = 500.0;
const CAP: Millis = 20_000.0;

/// Whether a failure may pass by itself: no connection, a timeout, 5xx, 429, and what 408 and 425 say.
pub fn passes(code: Code, status: u16) -> bool {
    matches!(
        code,
        Code::Network | Code::Timeout | Code::ServerError | Code::ConcurrencyLimit
    ) || matches!(status, 408 | 425)
}

/// How long to wait before the next attempt after so many failures in a row. The service's `Retry-After` (0 if it gave
/// none) wins over our own backoff, which is jittered in full: from 0 to 0.5 s, 1 s, 2 s … 20 s.
pub fn span(failures: u32, retry_after: Millis, random: f64) -> Millis {
    if retry_after > 0.0 {
        retry_after
    } else {
        backoff(failures, random)
    }
}

/// A pause between nothing and a bound that doubles with each failure.
pub fn backoff(failures: u32, random: f64) -> Millis {
    let doubled = BASE * f64::from(1u32 << failures.saturating_sub(1).min(16));
    doubled.min(CAP) * random
}

/// Repeats that a client may make at once.
pub const BURST: f64 = 50.0;
/// The time in which it may make one more.
pub const REFILL: Millis = 1_000.0;

/// What is left for repeats. All calls of a client share it, so that hundreds of them do not hammer a service
/// that is down: after the first 50 repeats there is one each second, and the others give up at once.
pub struct Budget {
    left: Cell<f64>,
    at: Cell<Millis>,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget {
            left: Cell::new(BURST),
            at: Cell::default(),
        }
    }
}

impl Budget {
    /// Takes one repeat out of it, if there is one.
    pub fn take(&self, now: Millis) -> bool {
        // A clock that was set back gives nothing, and takes nothing.
        let gained = (now - self.at.replace(now)).max(0.0) / REFILL;
        let left = (self.left.get() + gained).min(BURST);
        let is_left = left >= 1.0;
        self.left.set(if is_left { left - 1.0 } else { left });
        is_left
    }
}
