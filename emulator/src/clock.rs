//! Emulated time, which can run faster than real time and can be moved forward.

/// The largest number accepted from outside: JavaScript's largest safe integer.
pub const LIMIT: u64 = (1 << 53) - 1;

/// The real time.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Monotonic milliseconds since the host started.
    pub elapsed: f64,
    /// Milliseconds since the Unix epoch.
    pub unix: u64,
}

/// A time in emulated and in Unix milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// For the progress of tasks and the delays of callbacks.
    pub emulated: u64,
    /// For `createTime` and `completeTime`.
    pub unix: u64,
}

#[derive(Debug)]
pub struct Clock {
    speed: f64,
    skipped: u64,
}

impl Clock {
    /// A clock that starts at 0 and runs `speed` times as fast as real time.
    pub fn new(speed: f64) -> Self {
        Self { speed, skipped: 0 }
    }

    pub fn moment(&self, now: Now) -> Moment {
        Moment {
            emulated: ((now.elapsed * self.speed) as u64).saturating_add(self.skipped),
            unix: now.unix,
        }
    }

    /// Moves the clock forward. Returns false if that would go beyond [`LIMIT`].
    pub fn advance(&mut self, ms: u64, now: Now) -> bool {
        let sum = self.moment(now).emulated.checked_add(ms);
        let is_possible = sum.is_some_and(|sum| sum <= LIMIT);
        if is_possible {
            self.skipped += ms;
        }
        is_possible
    }

    pub fn real_ms_until(&self, at: u64, now: Now) -> f64 {
        at.saturating_sub(self.moment(now).emulated) as f64 / self.speed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(elapsed: f64) -> Now {
        Now { elapsed, unix: 0 }
    }

    #[test]
    fn a_fast_clock_takes_less_real_time() {
        let clock = Clock::new(10.0);
        assert_eq!(clock.moment(after(50.0)).emulated, 500);
        assert_eq!(clock.real_ms_until(1_500, after(50.0)), 100.0);
        assert_eq!(clock.real_ms_until(400, after(50.0)), 0.0);
    }

    #[test]
    fn an_advance_adds_to_the_elapsed_time() {
        let mut clock = Clock::new(2.0);
        assert!(clock.advance(3_600_000, after(1.0)));
        assert_eq!(clock.moment(after(1.0)).emulated, 3_600_002);
    }

    #[test]
    fn the_clock_does_not_go_beyond_the_limit() {
        let mut clock = Clock::new(1.0);
        for ms in [u64::MAX, LIMIT + 1] {
            assert!(!clock.advance(ms, after(0.0)), "{ms}");
        }
        assert_eq!(clock.moment(after(0.0)).emulated, 0);
        assert!(clock.advance(LIMIT, after(0.0)));
        assert!(!clock.advance(1, after(0.0)));
    }
}
