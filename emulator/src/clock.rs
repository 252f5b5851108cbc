//! Emulated time: it runs faster than real time, and can be moved forward at once.

/// The greatest number that is taken from outside. JavaScript keeps whole numbers exact up to it, and a sum of two fits
/// into 64 bits.
pub const LIMIT: u64 = (1 << 53) - 1;

/// The time as the host knows it.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Real milliseconds since the host started; they never go back.
    pub elapsed: f64,
    /// Milliseconds since the Unix epoch.
    pub unix: u64,
}

/// When something happens, in emulated and in Unix milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The emulated clock: task times and callback delays.
    pub emulated: u64,
    /// The wall clock: what clients are told (`createTime`, `completeTime`).
    pub unix: u64,
}

/// A clock in emulated milliseconds.
#[derive(Debug)]
pub struct Clock {
    speed: f64,
    skipped: u64,
}

impl Clock {
    /// Starts at 0 and runs `speed` times as fast as real time.
    pub fn new(speed: f64) -> Self {
        Self { speed, skipped: 0 }
    }

    /// The time that this clock shows now.
    pub fn moment(&self, now: Now) -> Moment {
        Moment {
            emulated: ((now.elapsed * self.speed) as u64).saturating_add(self.skipped),
            unix: now.unix,
        }
    }

    /// Moves it forward; refuses to go beyond [`LIMIT`].
    pub fn advance(&mut self, ms: u64, now: Now) -> bool {
        let sum = self.moment(now).emulated.checked_add(ms);
        let is_possible = sum.is_some_and(|sum| sum <= LIMIT);
        if is_possible {
            self.skipped += ms;
        }
        is_possible
    }

    /// Real milliseconds until it shows `at`, if nobody moves it.
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
    fn a_fast_clock_needs_less_real_time() {
        let clock = Clock::new(10.0);
        assert_eq!(clock.moment(after(50.0)).emulated, 500);
        assert_eq!(clock.real_ms_until(1_500, after(50.0)), 100.0);
        assert_eq!(clock.real_ms_until(400, after(50.0)), 0.0);
    }

    #[test]
    fn an_advance_comes_on_top_of_what_has_passed() {
        let mut clock = Clock::new(2.0);
        assert!(clock.advance(3_600_000, after(1.0)));
        assert_eq!(clock.moment(after(1.0)).emulated, 3_600_002);
    }

    #[test]
    fn the_clock_does_not_go_beyond_its_end() {
        let mut clock = Clock::new(1.0);
        for ms in [u64::MAX, LIMIT + 1] {
            assert!(!clock.advance(ms, after(0.0)), "{ms}");
        }
        assert_eq!(clock.moment(after(0.0)).emulated, 0);
        assert!(clock.advance(LIMIT, after(0.0)));
        assert!(!clock.advance(1, after(0.0)));
    }
}
