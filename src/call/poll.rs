//! When a running task is asked for again: plain arithmetic on what is known of such tasks.
//!
//! The best schedule for a known distribution asks for the first time shortly before the first tasks are likely
//! to end, then in intervals that shrink while more and more of them end. `npm run bench:schedule` computes it, and
//! prints how close this one comes.

use crate::call::retry;
use crate::host::Millis;
use crate::pricing::Configuration;

/// When a new task is looked at first, before it is varied, whatever is known of such tasks: it may have failed at
/// once, and who waits wants to see that it runs. The schedule follows.
pub const FIRST_LOOK: Millis = 2_500.0;
/// The shortest pause, before it is varied.
pub const SHORTEST: Millis = 1_000.0;
/// The longest pause from the first likely end on, before it is varied.
pub const LONGEST: Millis = 20_000.0;
/// The longest pause before the first likely end.
pub const LONGEST_SILENCE: Millis = 180_000.0;
/// Pauses vary by this share of an interval in both directions, so that many clients do not ask in step.
const JITTER: f64 = 0.125;

// Shares that are sums of few powers of two take fewer bytes.

/// The first tasks are likely to end so many deviations before the mean.
const FIRST: f64 = 1.5;
/// The interval at the mean, in deviations.
const INTERVAL: f64 = 0.21875;
/// What each millisecond before the mean adds to it, because few tasks end so early.
const EARLY: f64 = 0.125;
/// What each millisecond after the mean adds to it, so that a late task costs few requests.
const LATE: f64 = 0.0625;

/// The deviation that is guessed from a single task, as a share of its time.
const GUESS: f64 = 0.375;
/// A time further from the mean than so many deviations is a surprise.
const SURPRISE: f64 = 3.0;
/// How many of the last tasks count.
const MEMORY: f64 = 16.0;
/// A time above it says nothing of the next task.
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

/// What a client has seen of its tasks: a row for each kind. There are few kinds, so none is ever forgotten.
#[derive(Clone, Debug, Default)]
pub struct History(Vec<(u32, Typical)>);

impl Default for Typical {
    /// A guess for tasks of which nothing is known.
    fn default() -> Typical {
        Typical {
            mean: 38_000.0,
            deviation: 16_000.0,
            weight: 0.0,
        }
    }
}

impl Typical {
    /// The pause before the next poll of a task that is `elapsed` old, after `failures` unreadable answers in a
    /// row; `random` is from 0 to 1.
    ///
    /// From 1 to 20 s; before the first likely end until then, 3 minutes at most; and an eighth of an interval more
    /// or less. After a failure it is the backoff of a retry, wherever the task stands.
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

    /// How far a running task probably is: from 0 up to, but never reaching, 1.
    pub fn progress(&self, elapsed: Millis) -> f64 {
        let elapsed = tame(elapsed);
        // What is left at the mean is a deviation, and less for each task that was seen. From there on it goes slower and slower.
        elapsed / (elapsed.max(self.mean) + self.deviation / (self.weight + 1.0))
    }

    fn learn(&mut self, took: Millis) {
        if self.weight == 0.0 {
            self.mean = took;
            self.deviation = GUESS * took;
        }
        // One surprise moves little. When more of them follow, what was learned before is soon forgotten.
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

    /// Learns from a completed task how long such tasks take. Times that no task can take are ignored.
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

/// The pause before a task is asked for although a gateway tells of each of its changes: from 1 to 3 minutes.
pub fn safety(random: f64) -> Millis {
    LONGEST_SILENCE * (1.0 + 2.0 * random) / 3.0
}

/// The pause before a new task is looked at first.
pub fn first_look(random: f64) -> Millis {
    FIRST_LOOK * (1.0 - JITTER + 2.0 * JITTER * random)
}

/// The kind of the tasks of a configuration, and 0 for all of which it is not known.
pub fn kind(configuration: Option<Configuration>) -> u32 {
    configuration.map_or(0, |configuration| {
        let upscale = configuration.upscale.map_or(0, |upscale| upscale.credits_per_second);
        let reference = u32::from(configuration.video_reference);
        configuration.model.credits_per_second << 16 | upscale << 8 | reference << 7 | configuration.seconds
    })
}

/// The age of a task that the service says was made at `created` (NaN if it does not say): never below `elapsed`, the time for which it has
/// been watched. The two clocks may differ; an age above an hour is not believed.
pub fn age(now: Millis, created: Millis, elapsed: Millis) -> Millis {
    let age = now - created;
    if age <= HOUR { age.max(elapsed) } else { elapsed }
}

/// A clock that was set back, time without end, and no number at all must not matter.
fn tame(elapsed: Millis) -> Millis {
    if elapsed > 0.0 { elapsed.min(1e12) } else { 0.0 }
}
