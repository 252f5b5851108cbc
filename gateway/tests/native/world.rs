//! A gateway and a service in virtual time: the host does what a plan says, in the order in which JavaScript does it, and ends
//! wherever a test wants. What was committed stays; all else is gone.

use sd2_gateway::{Circuit, Dispatch, Effect, Engine, FURTHEST, Head, Job, Moment, Plan, Setup, State, dispatch};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

pub const START: f64 = 1_711_234_567_890.0;
pub const SLOTS: u32 = 3;

/// What the service does with a create.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Create {
    Made,
    /// It made the task, and its answer is lost.
    MadeAndLost,
    /// The request is lost.
    Lost,
    Unreachable,
    Status(u16),
}

/// A task at the service.
pub struct Task {
    pub id: String,
    pub prompt: String,
    pub created: f64,
    pub ends: f64,
    pub callback: Option<Callback>,
}

/// A callback that has not been answered with a 2xx.
#[derive(Clone, Copy)]
pub struct Callback {
    pub at: f64,
    pub attempts: usize,
}

/// The engine ended.
#[derive(Debug)]
pub struct Crash;

pub struct World {
    pub now: f64,
    pub random: fastrand::Rng,
    pub rows: Vec<Job>,
    pub circuit: Circuit,
    pub setup: Setup,
    pub engine: Engine,
    pub tasks: Vec<Task>,
    /// What the next creates meet; then all are made.
    pub creates: Vec<Create>,
    pub create_requests: u32,
    pub requests: u32,
    pub key_is_bad: bool,
    /// Whether no query reaches the service.
    pub is_down: bool,
    /// How long a task takes.
    pub took: f64,
    /// How long an attempt takes.
    pub latency: f64,
    /// After how many steps the engine ends.
    pub crash_in: Option<u32>,
    pub told: Vec<String>,
    /// When each create was sent, and for which user.
    pub sent: Vec<(f64, String)>,
    /// How many jobs a user may have in the slots.
    pub most: u32,
    runs: u32,
}

impl World {
    pub fn new(setup: Setup) -> World {
        let mut world = World {
            now: START,
            random: fastrand::Rng::with_seed(7),
            rows: Vec::new(),
            circuit: Circuit::default(),
            engine: Engine::new(setup.clone()),
            setup,
            tasks: Vec::new(),
            creates: Vec::new(),
            create_requests: 0,
            requests: 0,
            key_is_bad: false,
            is_down: false,
            took: 40_000.0,
            latency: 500.0,
            crash_in: None,
            told: Vec::new(),
            sent: Vec::new(),
            most: SLOTS,
            runs: 0,
        };
        world.restart();
        world
    }

    /// A new start of the engine, which knows nothing but the rows.
    pub fn restart(&mut self) {
        self.runs += 1;
        self.setup.run = format!("run-{}", self.runs);
        self.engine = Engine::new(self.setup.clone());
    }

    /// Accepts a request.
    pub fn accept(&mut self, user: &str) -> String {
        let number = self.rows.len();
        let job = json!({
            "id": format!("gw_{number}"),
            "user": user,
            "request": json!({ "model": "sd2", "inputs": { "prompt": format!("gw_{number}") } }).to_string(),
            "price": 200,
            "accepted": self.now,
            "state": "queued",
            "version": 1.0,
        });
        self.rows.push(serde_json::from_value(job).unwrap());
        format!("gw_{number}")
    }

    pub fn job(&self, id: &str) -> &Job {
        &self.rows[row(id)]
    }

    pub fn states(&self) -> Vec<State> {
        self.rows.iter().map(|job| job.state).collect()
    }

    pub fn moment(&mut self) -> Moment {
        Moment {
            now: self.now,
            random: self.random.f64(),
        }
    }

    /// A point at which the engine may end.
    fn point(&mut self) -> Result<(), Crash> {
        match &mut self.crash_in {
            Some(0) => Err(Crash),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Writes what a plan says, then does what it says.
    pub fn follow(&mut self, plan: Plan, id: &str) -> Result<(), Crash> {
        if let Some(circuit) = plan.circuit {
            self.point()?;
            self.circuit = circuit;
        }
        self.point()?;
        if let Some(mut job) = plan.job {
            let row = &mut self.rows[row(id)];
            assert_eq!(row.version, job.version, "another process wrote it");
            job.version += 1.0;
            *row = job;
        }
        self.point()?;
        match plan.effect {
            None => Ok(()),
            Some(Effect::Create(_)) => {
                let answer = self.create(id);
                self.came(id, true, &answer)
            }
            Some(Effect::Query(_)) => {
                let task_id = self.job(id).task_id.clone().unwrap();
                let answer = self.query(&task_id);
                self.came(id, false, &answer)
            }
            Some(Effect::Tell) => {
                self.told.push(id.into());
                self.point()?;
                let plan = self.engine.told(self.job(id).clone());
                self.follow(plan, id)
            }
        }
    }

    fn came(&mut self, id: &str, is_create: bool, answer: &Value) -> Result<(), Crash> {
        self.point()?;
        let moment = self.moment();
        let plan = self
            .engine
            .came(self.job(id).clone(), self.circuit, is_create, answer, moment);
        self.follow(plan, id)
    }

    /// The service gets a create.
    fn create(&mut self, id: &str) -> Value {
        self.now += self.latency;
        self.requests += 1;
        self.create_requests += 1;
        let user = self.job(id).user.clone();
        self.sent.push((self.now, user));
        let running = self.tasks.iter().filter(|task| task.ends > self.now).count();
        let what = if self.creates.is_empty() {
            Create::Made
        } else {
            self.creates.remove(0)
        };
        let what = match what {
            Create::Made | Create::MadeAndLost if self.key_is_bad => Create::Status(401),
            Create::Made | Create::MadeAndLost if running >= SLOTS as usize => Create::Status(429),
            what => what,
        };
        if let Create::Made | Create::MadeAndLost = what {
            let ends = self.now + self.took * (0.7 + 0.6 * self.random.f64());
            self.tasks.push(Task {
                id: format!("task_{}", self.tasks.len()),
                prompt: id.into(),
                created: self.now,
                ends,
                callback: self.setup.has_callbacks.then_some(Callback { at: ends, attempts: 0 }),
            });
        }
        match what {
            Create::Made => json!({ "status": 200, "value": { "taskId": self.tasks.last().unwrap().id } }),
            Create::MadeAndLost | Create::Lost => json!({ "thrown": { "code": "ECONNRESET", "syscall": "read" } }),
            Create::Unreachable => json!({ "thrown": { "code": "ECONNREFUSED", "syscall": "connect" } }),
            Create::Status(status) => refusal(status),
        }
    }

    pub fn query(&mut self, task_id: &str) -> Value {
        self.now += self.latency;
        self.requests += 1;
        if self.is_down {
            return json!({ "thrown": { "code": "ECONNREFUSED", "syscall": "connect" } });
        }
        if self.key_is_bad {
            return refusal(401);
        }
        match self.tasks.iter().find(|task| task.id == task_id) {
            Some(task) => json!({ "status": 200, "value": shown(task, self.now) }),
            None => refusal(404),
        }
    }

    /// The service calls back for a task, with the reference that its create was given.
    pub fn call_back(&mut self, id: &str, task_id: &str) -> Result<(), Crash> {
        self.point()?;
        let answer = self.query(task_id);
        if self
            .rows
            .iter()
            .any(|job| job.id != id && job.task_id.as_deref() == Some(task_id))
        {
            return Ok(());
        }
        self.point()?;
        let moment = self.moment();
        let plan = self
            .engine
            .called_back(self.job(id).clone(), self.circuit, task_id, &answer, moment);
        self.follow(plan, id)
    }

    fn call_all_back(&mut self) -> Result<(), Crash> {
        for index in 0..self.tasks.len() {
            let task = &mut self.tasks[index];
            let Some(callback) = task.callback.filter(|callback| callback.at <= self.now) else {
                continue;
            };
            let next = [1_000.0, 5_000.0, 30_000.0].get(callback.attempts);
            task.callback = next.map(|span| Callback {
                at: self.now + span,
                attempts: callback.attempts + 1,
            });
            let (id, task_id) = (task.prompt.clone(), task.id.clone());
            self.call_back(&id, &task_id)?;
            self.tasks[index].callback = None;
        }
        Ok(())
    }

    /// Does all that is due, as an alarm or a request would.
    pub fn tick(&mut self) -> Result<(), Crash> {
        self.call_all_back()?;
        for index in 0..self.rows.len() {
            let job = &self.rows[index];
            if job
                .due
                .is_none_or(|due| due > self.now && job.state != State::Sending && due < self.now + FURTHEST)
            {
                continue;
            }
            let moment = self.moment();
            let id = self.rows[index].id.clone();
            let plan = self.engine.wake(self.rows[index].clone(), self.circuit, moment);
            self.follow(plan, &id)?;
        }
        loop {
            let moment = self.moment();
            match dispatch(&self.circuit, &self.heads(), self.busy(), SLOTS, self.now) {
                Dispatch::Take(id) => {
                    let plan = self.engine.begin(self.job(&id).clone(), self.circuit, moment);
                    self.follow(plan, &id)?;
                }
                Dispatch::Probe => {
                    self.now += self.latency;
                    self.requests += 1;
                    let answer = if self.key_is_bad {
                        refusal(401)
                    } else {
                        json!({ "status": 200, "value": { "credits": 1, "availableCredits": 1 } })
                    };
                    let circuit = self.engine.probed(self.circuit, &answer, moment);
                    self.point()?;
                    self.circuit = circuit;
                }
                Dispatch::Wait(_) | Dispatch::Idle => return Ok(()),
            }
        }
    }

    pub fn busy(&self) -> u32 {
        let is_busy = |job: &&Job| matches!(job.state, State::Sending | State::Running);
        self.rows.iter().filter(is_busy).count() as u32
    }

    pub fn heads(&self) -> Vec<Head> {
        let mut running: HashMap<&str, u32> = HashMap::new();
        let mut heads: Vec<(usize, &Job)> = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        for (seq, job) in self.rows.iter().enumerate() {
            match job.state {
                State::Sending | State::Running => *running.entry(&job.user).or_default() += 1,
                State::Queued if seen.insert(&job.user) => heads.push((seq, job)),
                _ => {}
            }
        }
        let head = |(seq, job): (usize, &Job)| Head {
            id: job.id.clone(),
            user: job.user.clone(),
            seq: seq as f64,
            most: self.most,
            running: running.get(job.user.as_str()).copied().unwrap_or_default(),
        };
        heads.into_iter().map(head).collect()
    }

    /// When something is to be done next.
    fn next(&self) -> f64 {
        // As the ledgers ask: what is due later than anything can be was written before the clock was set back.
        let is_running = |job: &Job| matches!(job.state, State::Sending | State::Running);
        let due = self.rows.iter().filter_map(|job| {
            let is_wrong = is_running(job) && job.due? > self.now + FURTHEST;
            Some(if is_wrong { self.now } else { job.due? })
        });
        let calls = self.tasks.iter().filter_map(|task| Some(task.callback?.at));
        let wait = match dispatch(&self.circuit, &self.heads(), self.busy(), SLOTS, self.now) {
            Dispatch::Wait(span) => self.now + span,
            _ => f64::INFINITY,
        };
        due.chain(calls).fold(wait, f64::min)
    }

    /// Does what is due, and lets time pass until something is again. A crash ends the engine, and a new one starts.
    pub fn step(&mut self) {
        if self.tick().is_err() {
            self.crash_in = None;
            self.now += 3_000.0;
            self.restart();
        } else if !self.is_over() {
            let next = self.next();
            assert!(
                next.is_finite(),
                "it waits for nothing: {:?} {:?}",
                self.states(),
                self.circuit
            );
            self.now = self.now.max(next);
        }
    }

    pub fn is_over(&self) -> bool {
        self.rows.iter().all(|job| job.state.is_final() && job.due.is_none())
    }

    /// Lets time pass until every job has ended.
    pub fn run(&mut self) {
        for _ in 0..200_000 {
            self.step();
            if self.is_over() {
                return;
            }
        }
        panic!("it never ends: {:?} {:?}", self.states(), self.circuit);
    }

    /// How many tasks the service has made of a job.
    pub fn tasks_of(&self, id: &str) -> usize {
        self.tasks.iter().filter(|task| task.prompt == id).count()
    }
}

/// Where a job's row is.
fn row(id: &str) -> usize {
    id.trim_start_matches("gw_").parse().unwrap()
}

pub fn refusal(status: u16) -> Value {
    json!({ "status": status, "value": { "message": "no" }, "text": "{\"message\":\"no\"}" })
}

pub fn shown(task: &Task, now: f64) -> Value {
    let is_over = task.ends <= now;
    json!({
        "taskId": task.id,
        "model": "sd2",
        "status": if is_over { "COMPLETED" } else { "PROCESSING" },
        "creditsUsed": 200,
        "output": is_over.then(|| json!([{ "url": "https://x.example/v.mp4", "width": 1280, "height": 720 }])),
        "error": null,
        "createTime": task.created,
        "completeTime": is_over.then_some(task.ends),
    })
}
