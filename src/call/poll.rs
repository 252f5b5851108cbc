//! When a running task is polled: arithmetic on the durations of earlier tasks.
//!
//! The best schedule for a known distribution of durations polls first shortly before the first tasks are likely to end, and then in
//! intervals that shrink while tasks are more and more likely to end. `npm run bench:schedule` computes it, and prints how close this
//! schedule comes.

use crate::call::retry;
use crate::host::Millis;
use crate::pricing::Configuration;

/// The first poll of a new task, before jitter. It is early because the task may have failed at once, and because the caller wants to
/// see that it runs. The schedule follows.
pub const FIRST_LOOK: Millis = 2_500.0;
/// The shortest pause, before jitter.
pub const SHORTEST: Millis = 1_000.0;
/// The longest pause from the first likely end on, before jitter.
pub const LONGEST: Millis = 20_000.0;
/// The longest pause before the first likely end.
pub const LONGEST_SILENCE: Millis = 180_000.0;
/// Pauses vary by this share of an interval in both directions, so that many clients do not poll at the same time.
const JITTER: f64 = 0.125;

// Constants that are sums of few powers of two take fewer bytes.

/// The first likely end, in deviations before the mean.
const FIRST: f64 = 1.5;
/// The interval at the mean, in deviations.
const INTERVAL: f64 = 0.21875;
/// How much each millisecond before the mean adds to the interval, because few tasks end so early.
const EARLY: f64 = 0.125;
/// How much each millisecond after the mean adds to the interval, so that a late task costs few requests.
const LATE: f64 = 0.0625;

/// The deviation that is assumed after a single task, as a share of its duration.
const GUESS: f64 = 0.375;
/// A duration that is this many deviations from the mean is a surprise.
const SURPRISE: f64 = 3.0;
/// The number of tasks that the mean and the deviation stand for at most.
const MEMORY: f64 = 16.0;
/// A longer duration says nothing about the next task.
const HOUR: Millis = 3_600_000.0;

/// How long the tasks of one kind take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Typical {
    mean: Millis,
    /// The mean absolute deviation.
    deviation: Millis,
    /// How many tasks this stands for.
    weight: f64,
}

/// The durations that a client has seen, a row for each kind of task. There are few kinds, so no row is ever removed.
#[derive(Clone, Debug, Default)]
pub struct History(Vec<(u32, Typical)>);

impl Default for Typical {
    /// A guess for tasks without history.
    fn default() -> Typical {
        Typical {
            mean: 38_000.0,
            deviation: 16_000.0,
            weight: 0.0,
        }
    }
}

impl Typical {
    /// The pause before the next poll of a task of age `elapsed`, after `failures` unreadable responses in a row. `random` is from 0
    /// to 1.
    ///
    /// It is from 1 to 20 s, or lasts until the first likely end, but 3 minutes at most. An eighth of an interval of jitter is added
    /// or subtracted. After a failure it is the backoff of a retry, whatever the age of the task.
    pub fn pause(&self, elapsed: Millis, failures: u32, random: f64) -> Millis {
        if failures > 0 {
            return retry::backoff(failures, random).max(SHORTEST);
        }
        let elapsed = tame(elapsed);
        let first = self.mean - FIRST * self.deviation;
        let late = elapsed.max(first) - self.mean;
        let interval = (INTERVAL * self.deviation + (LATE * late).max(-EARLY * late)).clamp(SHORTEST, LONGEST);
        let silence = (first - elapsed).min(LONGEST_SILENCE);
        silence.max(interval) + interval * (2.0 * JITTER * random - JITTER)
    }

    /// The estimated progress of a running task, from 0 up to but not including 1.
    pub fn progress(&self, elapsed: Millis) -> f64 {
        let elapsed = tame(elapsed);
        // At the mean, the estimated rest is a deviation, divided by the number of known tasks. After it, progress slows down.
        elapsed / (elapsed.max(self.mean) + self.deviation / (self.weight + 1.0))
    }

    fn learn(&mut self, took: Millis) {
        if self.weight == 0.0 {
            self.mean = took;
            self.deviation = GUESS * took;
        }
        // One surprise changes little. If more follow, the earlier durations soon lose their weight.
        let bound = SURPRISE * self.deviation + SHORTEST;
        let off = took - self.mean;
        if off.abs() > bound {
            self.weight *= 0.5;
        }
        self.weight = (self.weight + 1.0).min(MEMORY);
        let off = off.min(bound).max(-bound);
        self.mean += off / self.weight;
        // The guess counts for two tasks.
        self.deviation += (off.abs() - self.deviation) / (self.weight + 2.0);
    }
}

impl History {
    /// How long tasks of this kind take.
    pub fn typical(&self, kind: u32) -> Typical {
        let row = self.0.iter().find(|row| row.0 == kind);
        row.map_or_else(Typical::default, |row| row.1)
    }

    /// Learns from the duration of a completed task. Ignores impossible durations.
    pub fn learn(&mut self, kind: u32, took: Millis) {
        if !(SHORTEST..=HOUR).contains(&took) {
            return;
        }
        let mut typical = self.typical(kind);
        typical.learn(took);
        match self.0.iter_mut().find(|row| row.0 == kind) {
            Some(row) => row.1 = typical,
            None => self.0.push((kind, typical)),
        }
    }
}

/// The pause between polls while a gateway pushes each change of the task: from 1 to 3 minutes.
pub fn safety(random: f64) -> Millis {
    LONGEST_SILENCE * (1.0 + 2.0 * random) / 3.0
}

/// The pause before the first poll of a new task.
pub fn first_look(random: f64) -> Millis {
    FIRST_LOOK * (1.0 - JITTER + 2.0 * JITTER * random)
}

/// The kind of task that a configuration makes; 0 if the configuration is unknown.
pub fn kind(configuration: Option<Configuration>) -> u32 {
    configuration.map_or(0, |configuration| {
        let upscale = configuration.upscale.map_or(0, |upscale| upscale.credits_per_second);
        let reference = u32::from(configuration.video_reference);
        configuration.model.credits_per_second << 16 | upscale << 8 | reference << 7 | configuration.seconds
    })
}

/// The age of a task. `created` is the service's time, or NaN; `elapsed` is how long the client has watched it. The clocks of both may
/// differ, so the age is at least `elapsed`, and an age above an hour is ignored.
pub fn age(now: Millis, created: Millis, elapsed: Millis) -> Millis {
    let age = now - created;
    if age <= HOUR { age.max(elapsed) } else { elapsed }
}

/// Makes an age usable: the clock may have been set back, and the number may be infinite or NaN.
fn tame(elapsed: Millis) -> Millis {
    if elapsed > 0.0 { elapsed.min(1e12) } else { 0.0 }
}
