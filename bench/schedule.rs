//! Compares the poll schedule with fixed intervals and with the best possible schedule for a known distribution of durations. The cost
//! of a schedule is its number of requests and its lag, the time from the end of a task to the poll that sees it. Also measures the
//! error of the estimated progress.
//!
//! `npm run bench:schedule` prints the tables. All of it is computed, so it does not depend on the machine.

#![allow(missing_docs, reason = "a program")]
#![allow(clippy::indexing_slicing, reason = "a bench may stop")]

use sd2_client::call::poll::{self, History, Typical};

/// The number of cells of a distribution.
const CELLS: usize = 1_500;
/// The number of clients of which a row of a learned schedule is the mean.
const CLIENTS: u64 = 400;
/// The spread of the log-normal distributions.
const SIGMA: f64 = 0.25;

/// The average cost of a schedule: requests, and lag in seconds.
#[derive(Clone, Copy, Default)]
struct Cost {
    requests: f64,
    lag: f64,
}

/// The probability that a task ends in each of equal cells of time.
struct Distribution {
    name: String,
    /// Seconds.
    cell: f64,
    /// Sums to 1.
    mass: Vec<f64>,
    mean: f64,
}

impl Distribution {
    /// A distribution from a density up to `end` seconds, which need not be normalized.
    fn new(name: &str, end: f64, density: impl Fn(f64) -> f64) -> Distribution {
        let cell = end / CELLS as f64;
        let mut mass: Vec<f64> = (0..CELLS).map(|index| density(middle(index, cell))).collect();
        let sum: f64 = mass.iter().sum();
        mass.iter_mut().for_each(|share| *share /= sum);
        let mean = mass
            .iter()
            .enumerate()
            .map(|(index, share)| share * middle(index, cell))
            .sum();
        Distribution {
            name: name.into(),
            cell,
            mass,
            mean,
        }
    }

    fn uniform(from: f64, to: f64) -> Distribution {
        let name = format!("uniform from {from} to {to} s");
        Distribution::new(&name, to, |time| if time < from { 0.0 } else { 1.0 })
    }

    fn cluster(median: f64) -> Distribution {
        let name = format!("log-normal, median {median} s, sigma {SIGMA}");
        Distribution::new(&name, median * (5.0 * SIGMA).exp(), |time| {
            let z = (time / median).ln() / SIGMA;
            (-z * z / 2.0).exp() / time
        })
    }

    /// A random duration of a task.
    fn draw(&self, random: &mut fastrand::Rng) -> f64 {
        let mut left = random.f64();
        let index = self.mass.iter().position(|share| {
            left -= share;
            left < 0.0
        });
        middle(index.unwrap_or(CELLS - 1), self.cell)
    }

    fn end(&self) -> f64 {
        self.cell * CELLS as f64
    }

    /// The cost of a schedule. `next` returns the time of a poll from that of the one before, and of the first one from 0.
    fn cost(&self, mut next: impl FnMut(f64) -> f64) -> Cost {
        let mut cost = Cost::default();
        let (mut poll, mut polls) = (next(0.0), 1.0);
        for (index, share) in self.mass.iter().enumerate() {
            let time = middle(index, self.cell);
            while poll < time {
                poll = next(poll);
                polls += 1.0;
            }
            cost.requests += share * polls;
            cost.lag += share * (poll - time);
        }
        cost
    }

    /// The schedule with the least lag if a request costs as much as `price` seconds of lag. It is computed from the end, because the
    /// best schedule after a poll does not depend on earlier polls.
    fn best(&self, price: f64) -> Cost {
        let mut ended = vec![0.0; CELLS + 1];
        let mut moment = vec![0.0; CELLS + 1];
        for (index, share) in self.mass.iter().enumerate() {
            ended[index + 1] = ended[index] + share;
            moment[index + 1] = moment[index] + share * middle(index, self.cell);
        }
        let mut least = vec![0.0; CELLS + 1];
        let mut following = vec![CELLS; CELLS + 1];
        for from in (0..CELLS).rev() {
            least[from] = f64::INFINITY;
            for to in from + 1..=CELLS {
                let lag = (ended[to] - ended[from]) * to as f64 * self.cell - (moment[to] - moment[from]);
                let cost = price * (1.0 - ended[from]) + lag + least[to];
                if cost < least[from] {
                    least[from] = cost;
                    following[from] = to;
                }
            }
        }
        self.cost(|time| following[((time / self.cell).round() as usize).min(CELLS)] as f64 * self.cell)
    }

    /// The best schedules, from few requests to many.
    fn frontier(&self) -> Vec<Cost> {
        (0..60).map(|step| self.best(self.mean * 0.85_f64.powi(step))).collect()
    }

    /// The mean cost for many clients, each of which has learned from this many tasks of the distribution.
    fn learned(&self, tasks: u32) -> Cost {
        let mut sum = Cost::default();
        for seed in 0..CLIENTS {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut history = History::default();
            for _ in 0..tasks {
                history.learn(1, self.draw(&mut random) * 1_000.0);
            }
            let cost = self.adaptive(&history.typical(1), &mut random);
            sum.requests += cost.requests / CLIENTS as f64;
            sum.lag += cost.lag / CLIENTS as f64;
        }
        sum
    }

    /// The mean error of the estimated progress at each tenth of a task's duration, for clients that have learned from this many tasks.
    fn errors(&self, tasks: u32) -> [f64; 10] {
        let mut errors = [0.0; 10];
        for seed in 0..CLIENTS {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut history = History::default();
            for _ in 0..tasks {
                history.learn(1, self.draw(&mut random) * 1_000.0);
            }
            let typical = history.typical(1);
            let time = self.draw(&mut random) * 1_000.0;
            for (tenth, error) in errors.iter_mut().enumerate() {
                let share = (tenth as f64 + 1.0) / 10.0;
                *error += (typical.progress(time * share) - share).abs() / CLIENTS as f64;
            }
        }
        errors
    }

    fn adaptive(&self, typical: &Typical, random: &mut fastrand::Rng) -> Cost {
        self.cost(|time| {
            let pause = if time == 0.0 {
                poll::first_look(random.f64())
            } else {
                typical.pause(time * 1_000.0, 0, random.f64())
            };
            time + pause / 1_000.0
        })
    }
}

fn middle(index: usize, cell: f64) -> f64 {
    (index as f64 + 0.5) * cell
}

/// The least possible lag with this many requests, interpolated between two of the best schedules.
fn best_lag(frontier: &[Cost], requests: f64) -> Option<f64> {
    let pair = frontier
        .windows(2)
        .find(|pair| pair[0].requests <= requests && requests < pair[1].requests)?;
    let part = (requests - pair[0].requests) / (pair[1].requests - pair[0].requests);
    Some(pair[0].lag + part * (pair[1].lag - pair[0].lag))
}

/// The lag of the fixed interval that causes this many requests.
fn fixed_lag(distribution: &Distribution, requests: f64) -> f64 {
    let (mut short, mut long) = (0.05, distribution.end());
    for _ in 0..40 {
        let interval = (short + long) / 2.0;
        if distribution.cost(|time| time + interval).requests > requests {
            short = interval;
        } else {
            long = interval;
        }
    }
    distribution.cost(|time| time + long).lag
}

fn print(name: &str, cost: Cost, distribution: &Distribution, frontier: &[Cost]) {
    let fixed = fixed_lag(distribution, cost.requests);
    print!(
        "  {name:24}{:>9.2}{:>9.2}{:>8.1} %{:>9.2}",
        cost.requests,
        cost.lag,
        100.0 * cost.lag / distribution.mean,
        fixed,
    );
    // No task of these distributions ends before the first poll, so it is a request without a benefit here.
    for requests in [cost.requests, cost.requests - 1.0] {
        match best_lag(frontier, requests) {
            Some(best) => print!("{best:>9.2}{:>8.0} %", 100.0 * (cost.lag / best - 1.0)),
            None => print!("{:>9}{:>10}", "-", "-"),
        }
    }
    println!();
}

fn main() {
    let mut distributions = vec![Distribution::uniform(10.0, 70.0)];
    distributions.extend([40.0, 90.0, 240.0].map(Distribution::cluster));
    println!("Lag in seconds, and as a share of the mean duration of a task. Compared at the same number of requests:");
    println!(
        "the lag of a fixed interval, the least possible lag, and how much more this schedule has. Then the same for"
    );
    println!(
        "schedules with an additional first poll after {} s, such as this one.",
        poll::FIRST_LOOK / 1_000.0
    );
    for distribution in &distributions {
        let frontier = distribution.frontier();
        println!("\n{}", distribution.name);
        println!(
            "  {:24}{:>9}{:>9}{:>10}{:>9}{:>9}{:>10}{:>11}{:>8}",
            "", "requests", "lag", "share", "fixed", "best", "above", "first poll", "above"
        );
        for interval in [0.5, 2.0, 5.0, 6.0] {
            let name = format!("every {interval} s");
            print(
                &name,
                distribution.cost(|time| time + interval),
                distribution,
                &frontier,
            );
        }
        for tasks in [0, 1, 2, 3, 5, 10, 20, 50] {
            let name = format!("after {tasks} tasks");
            print(&name, distribution.learned(tasks), distribution, &frontier);
        }
    }
    println!("\nThe mean error of the progress at each tenth of a task's duration, in percentage points:");
    for distribution in &distributions {
        println!("\n{}", distribution.name);
        for tasks in [0, 1, 3, 10, 50] {
            let errors = distribution.errors(tasks);
            print!("  {:24}", format!("after {tasks} tasks"));
            errors.iter().for_each(|error| print!("{:>5.0}", 100.0 * error));
            println!("{:>9.1} on average", 10.0 * errors.iter().sum::<f64>());
        }
    }
}
