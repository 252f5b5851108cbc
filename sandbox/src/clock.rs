//! Emulated time: it runs faster than real time, and can be moved forward at once.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

/// The greatest number that is taken from outside. JavaScript keeps whole numbers exact up to it, and sums of some of them
/// fit into 64 bits.
pub const MOST: u64 = (1 << 53) - 1;

/// A monotonic clock in emulated milliseconds. Task times and callback delays read it; what is told to clients
/// (`createTime`, `completeTime`) is [`unix_ms`], the wall clock.
pub struct Clock {
    start: Instant,
    speed: f64,
    skipped: watch::Sender<u64>,
}

impl Clock {
    /// Starts at 0 and runs `speed` times as fast as real time.
    pub fn new(speed: f64) -> Self {
        Self {
            start: Instant::now(),
            speed,
            skipped: watch::Sender::new(0),
        }
    }

    /// Emulated milliseconds since the start.
    pub fn now(&self) -> u64 {
        let run = self.start.elapsed().as_secs_f64() * 1000.0 * self.speed;
        (run as u64).saturating_add(*self.skipped.borrow())
    }

    /// Moves the clock forward and wakes every sleeper whose time has come; refuses to go beyond [`MOST`].
    pub fn advance(&self, ms: u64) -> bool {
        let is_possible = self.now().checked_add(ms).is_some_and(|sum| sum <= MOST);
        if is_possible {
            self.skipped.send_modify(|skipped| *skipped += ms);
        }
        is_possible
    }

    /// Sleeps until the clock shows `at`, however it gets there.
    pub async fn sleep_until(&self, at: u64) {
        let mut skipped = self.skipped.subscribe();
        loop {
            let left = at.saturating_sub(self.now());
            if left == 0 {
                return;
            }
            let real = Duration::from_secs_f64((left as f64 / self.speed / 1000.0).min(86_400.0));
            // Either end is a reason to look at the clock again.
            let _ = tokio::time::timeout(real, skipped.changed()).await;
        }
    }
}

/// Milliseconds since the Unix epoch.
pub fn unix_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_is_advanced() {
        let clock = Clock::new(1.0);
        let sleeper = clock.sleep_until(clock.now() + 3_600_000);
        let ((), ()) = tokio::join!(async { assert!(clock.advance(3_600_000)) }, sleeper);
        assert!(clock.now() >= 3_600_000);
    }

    #[test]
    fn the_clock_does_not_go_beyond_its_end() {
        let clock = Clock::new(1.0);
        for ms in [u64::MAX, MOST + 1] {
            assert!(!clock.advance(ms), "{ms}");
        }
        assert!(clock.now() < 3_600_000);
        assert!(clock.advance(MOST - 3_600_000));
        assert!(!clock.advance(MOST - 3_600_000));
    }

    #[tokio::test]
    async fn a_fast_clock_sleeps_less() {
        let clock = Clock::new(100_000.0);
        let began = Instant::now();
        clock.sleep_until(clock.now() + 60_000).await;
        assert!(began.elapsed() < Duration::from_secs(30));
    }
}
