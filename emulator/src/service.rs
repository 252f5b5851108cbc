//! The service: accounts, tasks, the three endpoints and their faults.

use serde_json::{Value, json};

use crate::account::Account;
use crate::callback::{Callback, Callbacks, Delivery};
use crate::clock::{Clock, Moment, Now};
use crate::dice::Dice;
use crate::fault::{Fault, Faults, Kind};
use crate::http::{Answer, Body, PREFLIGHT, Refusal, Reply, Request, endpoint};
use crate::ledger::{Attempt, Ledger};
use crate::order::Order;
use crate::spoil::spoil;
use crate::task::{End, Task};

/// The documented concurrency limit of an account.
const SLOTS: usize = 3;

#[derive(Clone, Debug)]
pub struct Settings {
    /// Emulated milliseconds for each real one.
    pub speed: f64,
    /// Emulated seconds for a 5 s video of sd2 without upscale.
    pub seconds: f64,
    /// API keys and their credits. The ledger numbers accounts in this order.
    pub keys: Vec<(String, u64)>,
    /// Whether the ledger records requests.
    pub records: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let key = |name: &str, credits| (name.to_owned(), credits);
        Self {
            speed: 1.0,
            seconds: 20.0,
            keys: vec![
                key("sandbox-key", 5000),
                key("sandbox-poor", 100),
                key("sandbox-other", 5000),
            ],
            records: false,
        }
    }
}

/// The service in memory. Each call first ends the tasks that are due.
pub struct Service {
    settings: Settings,
    pub(crate) clock: Clock,
    dice: Dice,
    pub(crate) accounts: Vec<Account>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) faults: Faults,
    pub(crate) ledger: Ledger,
    callbacks: Callbacks,
    /// Counts resets, so that requests and callbacks from before a reset do not affect the state after it.
    generation: u64,
}

/// A request that has arrived but is not answered yet.
#[derive(Debug)]
pub struct Arrival {
    request: Request,
    endpoint: &'static str,
    generation: u64,
    /// The number in the ledger.
    number: Option<usize>,
    fault: Option<Fault>,
    /// Real milliseconds to wait before the work.
    pub delay_ms: u64,
}

impl Arrival {
    /// Whether [`Service::answer`] reads the request's body.
    pub fn needs_body(&self) -> bool {
        self.endpoint == "createTask" && self.fault.as_ref().is_none_or(Fault::works)
    }
}

impl Service {
    /// Creates a service. `seed` makes its task ids different from those of other services.
    pub fn new(settings: Settings, seed: u64) -> Self {
        let keys = settings.keys.iter();
        Self {
            clock: Clock::new(settings.speed),
            dice: Dice::new(seed),
            accounts: keys.map(|(key, credits)| Account::new(key, *credits)).collect(),
            tasks: Vec::new(),
            faults: Faults::default(),
            ledger: Ledger::new(settings.records),
            callbacks: Callbacks::default(),
            generation: 0,
            settings,
        }
    }

    /// Receives a request without its body: records it in the ledger and takes the faults that apply to it. An unknown path or
    /// method is answered immediately.
    pub fn arrive(&mut self, request: Request, now: Now) -> Result<Arrival, Reply> {
        let moment = self.catch_up(now);
        let endpoint = match endpoint(&request.path) {
            Some((name, method)) if method == request.method || method == "*" => name,
            Some(_) => return Err(Refusal::wrong_method().into()),
            None => return Err(Refusal::no_endpoint().into()),
        };
        let key = request.key();
        let faults = match endpoint {
            "redirected" => Vec::new(),
            _ => self.faults.take(endpoint, key, &mut self.dice),
        };
        let account = key.and_then(|key| self.account_of(key));
        let number = self.ledger.arrived(
            endpoint,
            &request.method,
            moment.emulated,
            account,
            request.headers.iter().map(|(name, _)| name.clone()).collect(),
            faults.iter().map(|fault| fault.kind).collect(),
        );
        let (latencies, others): (Vec<_>, Vec<_>) = faults.into_iter().partition(|fault| fault.kind == Kind::Latency);
        Ok(Arrival {
            endpoint,
            generation: self.generation,
            number,
            fault: others.into_iter().next(),
            delay_ms: latencies.iter().fold(0, |sum, fault| sum.saturating_add(fault.ms)),
            request,
        })
    }

    /// Does the work of a request, unless a fault prevents it. `body` is read only if [`Arrival::needs_body`]. It may be the
    /// refusal of a body that could not be read.
    pub fn answer(&mut self, arrival: &Arrival, body: Result<&[u8], Refusal>, now: Now) -> Answer {
        let moment = self.catch_up(now);
        let number = arrival.number.filter(|_| arrival.generation == self.generation);
        let work = || match self.work(arrival, number, body, moment) {
            Ok(value) => Reply::json(&value),
            Err(refusal) => refusal.into(),
        };
        let answer = match &arrival.fault {
            None => Answer::Reply(work()),
            Some(fault) => {
                let done = fault.works().then(work);
                spoil(fault, done)
            }
        };
        if let Answer::Reply(reply) = &answer {
            self.ledger.answered(number, reply.status);
        }
        answer
    }

    /// Answers a CORS preflight and records it in the ledger.
    pub fn preflight(&mut self, path: &str, requested: &str) -> Reply {
        if let Some((name, _)) = endpoint(path) {
            self.ledger.preflight(name, requested);
        }
        Reply {
            status: 204,
            headers: PREFLIGHT.map(|(name, value)| (name, value.to_owned())).into(),
            body: Body::Whole(String::new()),
        }
    }

    /// The callbacks that are due. The host sends each and reports the outcome with [`Service::called`].
    pub fn due_callbacks(&mut self, now: Now) -> Vec<Callback> {
        let moment = self.catch_up(now);
        self.callbacks.take_due(moment.emulated)
    }

    /// Records the outcome of an attempt to deliver a callback, and schedules the next attempt if needed.
    pub fn called(&mut self, callback: &Callback, delivery: Delivery, now: Now) {
        let Moment { emulated, .. } = self.catch_up(now);
        if callback.generation != self.generation {
            return;
        }
        let number = callback.number;
        let delivered = matches!(delivery, Delivery::Answered(200..=299));
        if delivered || matches!(delivery, Delivery::NotSent(_)) {
            self.callbacks.remove(number);
        } else {
            self.callbacks.retry(number, emulated);
        }
        let (status, error) = match delivery {
            Delivery::Answered(status) => (Some(status), None),
            Delivery::Failed(error) | Delivery::NotSent(error) => (None, Some(error)),
        };
        let attempt = Attempt {
            at: emulated,
            status,
            error,
        };
        self.ledger.attempted(number, attempt, delivered);
    }

    /// Real milliseconds until the next callback is due. `None` if none is expected.
    pub fn callback_due_in(&self, now: Now) -> Option<f64> {
        let announced = self.tasks.iter().filter(|task| task.order.callback.is_some());
        let ends = announced.filter_map(Task::deadline);
        let due = ends.chain(self.callbacks.next_due()).min();
        due.map(|at| self.clock.real_ms_until(at, now))
    }

    /// Returns to the initial state. The clock goes on.
    pub(crate) fn reset(&mut self) {
        let fresh = Self::new(self.settings.clone(), 0);
        self.accounts = fresh.accounts;
        self.tasks = fresh.tasks;
        self.faults = fresh.faults;
        self.ledger = fresh.ledger;
        self.callbacks = fresh.callbacks;
        self.generation += 1;
    }

    pub(crate) fn account_of(&self, key: &str) -> Option<usize> {
        self.accounts.iter().position(|account| account.has_key(key))
    }

    /// How many tasks of an account occupy a slot.
    pub(crate) fn running(&self, account: usize) -> usize {
        let mine = |task: &&Task| task.account == account && task.is_running();
        self.tasks.iter().filter(mine).count()
    }

    /// Ends a running task, settles its account, and schedules its callback.
    pub(crate) fn finish(&mut self, id: &str, end: End, now: Moment) {
        let running = |task: &&mut Task| task.id == id && task.is_running();
        let Some(task) = self.tasks.iter_mut().find(running) else {
            return;
        };
        let completed = end.error.is_none();
        task.end = Some(end);
        if let Some(account) = self.accounts.get_mut(task.account) {
            account.settle(task.price, completed);
        }
        if let Some(url) = &task.order.callback {
            let callback = Callback {
                number: self.ledger.callback_due(&task.id, url),
                generation: self.generation,
                url: url.clone(),
                payload: task.to_json(now.emulated).to_string(),
            };
            self.callbacks.add(callback, now.emulated);
        }
    }

    /// Ends the tasks that are due by now.
    pub(crate) fn catch_up(&mut self, now: Now) -> Moment {
        let moment = self.clock.moment(now);
        let due = |task: &&Task| task.deadline().is_some_and(|at| at <= moment.emulated);
        let ends: Vec<(String, End)> = self
            .tasks
            .iter()
            .filter(due)
            .map(|task| (task.id.clone(), task.natural_end(moment)))
            .collect();
        for (id, end) in ends {
            self.finish(&id, end, moment);
        }
        moment
    }

    fn work(
        &mut self,
        arrival: &Arrival,
        number: Option<usize>,
        body: Result<&[u8], Refusal>,
        now: Moment,
    ) -> Result<Value, Refusal> {
        // Looks like success, so that only the ledger shows that a client followed a redirect.
        if arrival.endpoint == "redirected" {
            return Ok(json!({ "taskId": "task_redirected" }));
        }
        let request = &arrival.request;
        let key = request.key();
        let account = key.and_then(|key| self.account_of(key)).ok_or_else(unknown_key)?;
        match arrival.endpoint {
            "createTask" => self.create_task(account, body?, request, number, now),
            "queryTask" => self.query_task(account, request, now),
            _ => Ok(self.accounts.get(account).ok_or_else(unknown_key)?.to_json()),
        }
    }

    fn create_task(
        &mut self,
        number: usize,
        body: &[u8],
        request: &Request,
        entry: Option<usize>,
        now: Moment,
    ) -> Result<Value, Refusal> {
        let order = Order::read(body).map_err(Refusal::invalid)?;
        let running = self.running(number);
        let price = order.price();
        let account = self.accounts.get_mut(number).ok_or_else(unknown_key)?;
        let available = account.available();
        if price > available {
            let message = format!("Insufficient credits: this video costs {price}, and {available} are available.");
            return Err(Refusal::new(402, message));
        }
        if running >= SLOTS {
            let message = format!("Concurrency limit: {SLOTS} tasks are running. Wait for one to end.");
            return Err(Refusal::new(429, message));
        }
        account.reserve(price);
        let task = Task::new(
            self.dice.task_id(),
            number,
            order,
            request.origin.clone(),
            now,
            (self.settings.seconds * 1000.0) as u64,
            self.tasks.len() as u64,
        );
        let answer = json!({ "taskId": task.id });
        self.ledger.made(entry, &task.id, price);
        self.tasks.push(task);
        Ok(answer)
    }

    fn query_task(&self, account: usize, request: &Request, now: Moment) -> Result<Value, Refusal> {
        let id = request.parameter("taskId").filter(|id| !id.is_empty());
        let id = id.ok_or_else(|| Refusal::invalid("taskId is required in the query."))?;
        let task = self.tasks.iter().find(|task| task.id == id);
        let task = task.ok_or_else(|| Refusal::new(404, "There is no such task."))?;
        if task.account != account {
            return Err(Refusal::new(403, "This task belongs to another account."));
        }
        Ok(task.to_json(now.emulated))
    }
}

/// The same message for a missing and an unknown key. It never contains the key.
fn unknown_key() -> Refusal {
    Refusal::new(
        401,
        "Invalid or missing API key. Send it as \"Authorization: Bearer YOUR_API_KEY\".",
    )
}
