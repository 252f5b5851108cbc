//! When a running task is asked for again: pure functions of what is known.

use crate::host::Millis;

/// The first and shortest interval.
pub const SHORTEST: Millis = 1_500.0;
/// The longest interval, also after failures.
pub const LONGEST: Millis = 10_000.0;
/// The share of the time already waited that each interval adds.
const GROWTH: f64 = 0.06;
/// Our own intervals vary by this share in both directions, so that many clients do not ask in step.
const JITTER: f64 = 0.1;

/// How long a video usually takes, for the estimate of the progress.
const TYPICAL: Millis = 60_000.0;

/// The pause before the next poll, after `elapsed` of waiting and `failures` unreadable answers in a row.
///
/// 1.5 s plus 6 % of the time already waited, at most 10 s, varied by 10 %; after failures it doubles,
/// within the same bound. A wait of one minute asks about twenty times, one of five minutes about fifty.
pub fn interval(elapsed: Millis, failures: u32, random: f64) -> Millis {
    let grown = SHORTEST + GROWTH * elapsed.max(0.0);
    let backed_off = grown * f64::from(1u32 << failures.min(8));
    backed_off.min(LONGEST) * (1.0 - JITTER + 2.0 * JITTER * random)
}

/// How far a running task probably is: from 0 up to, but never reaching, 1.
pub fn progress(elapsed: Millis) -> f64 {
    let elapsed = elapsed.max(0.0);
    // Half way at the typical time, and slower and slower after it.
    elapsed / (elapsed + TYPICAL)
}
