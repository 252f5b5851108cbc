//! What the poll schedule costs (requests) and gives (lag: how long after its end a task is seen ended), in virtual
//! time, next to fixed intervals and to the best schedule that there can be for a known distribution; and how wrong the
//! estimated progress is.
//!
//! `npm run bench:schedule` prints it. Nothing here waits or depends on the machine.

#![allow(missing_docs, reason = "a program")]
#![allow(clippy::indexing_slicing, reason = "a bench may stop")]

use sd2_client::call::poll::{self, History, Typical};

/// Cells of a distribution.
const CELLS: usize = 1_500;
/// Clients whose means make a row of a learned schedule.
const CLIENTS: u64 = 400;
/// The spread of the clusters.
const SIGMA: f64 = 0.25;

/// What a schedule comes to, on average: requests, and lag in seconds.
#[derive(Clone, Copy, Default)]
struct Cost {
    requests: f64,
    lag: f64,
}

/// How likely a task ends in each of equal cells of time.
struct Distribution {
    name: String,
    /// Seconds.
    cell: f64,
    /// Sums to 1.
    mass: Vec<f64>,
    mean: f64,
}

impl Distribution {
    /// From a density up to `end` seconds; it need not be normed.
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

    /// The time of one task.
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

    /// What polls at these times come to; `next` gives each from the one before, and the first from 0.
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

    /// The schedule with the least lag when a request costs as much as `price` seconds of lag, by going back from
    /// the end: the best that follows a poll at a time does not depend on the polls before it.
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

    /// The mean of many clients that have each seen so many tasks of this distribution complete.
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

    /// The mean error of the estimated progress at each tenth of a task's time, for clients that have each seen so many tasks.
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

/// The least lag with so many requests, between two of the best schedules.
fn best_lag(frontier: &[Cost], requests: f64) -> Option<f64> {
    let pair = frontier
        .windows(2)
        .find(|pair| pair[0].requests <= requests && requests < pair[1].requests)?;
    let part = (requests - pair[0].requests) / (pair[1].requests - pair[0].requests);
    Some(pair[0].lag + part * (pair[1].lag - pair[0].lag))
}

/// The lag of the fixed interval that makes so many requests.
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
    // No task of these ends before the first look, which is one request that no schedule gains by.
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
    println!("Lag in seconds, and as a share of the mean time of a task. Of the same number of requests:");
    println!(
        "the lag of a fixed interval, the least lag of all schedules, and how much more ours has; then the same for"
    );
    println!(
        "schedules that take a first look after {} s, as ours does.",
        poll::FIRST_LOOK / 1_000.0
    );
    for distribution in &distributions {
        let frontier = distribution.frontier();
        println!("\n{}", distribution.name);
        println!(
            "  {:24}{:>9}{:>9}{:>10}{:>9}{:>9}{:>10}{:>9}{:>10}",
            "", "requests", "lag", "share", "fixed", "best", "above", "looking", "above"
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
    println!("\nThe mean error of the progress at each tenth of a task's time, in points of a hundred:");
    for distribution in &distributions {
        println!("\n{}", distribution.name);
        for tasks in [0, 1, 3, 10, 50] {
            let errors = distribution.errors(tasks);
            print!("  {:24}", format!("after {tasks} tasks"));
            errors.iter().for_each(|error| print!("{:>5.0}", 100.0 * error));
            println!("{:>9.1} in the mean", 10.0 * errors.iter().sum::<f64>());
        }
    }
}
