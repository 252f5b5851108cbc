//! The service: its accounts and tasks, its three endpoints, and the faults that happen to them.

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

/// How a service behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Emulated milliseconds that pass in a real one.
    pub speed: f64,
    /// Emulated seconds that a 5 s video of sd2 without upscale takes.
    pub seconds: f64,
    /// API keys with their credits, in the order in which the ledger numbers them.
    pub keys: Vec<(String, u64)>,
    /// Whether the ledger records requests. A demo may run for days, and nobody reads them.
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

/// The service in memory. Each call brings it up to date first: what is due by then has ended.
pub struct Service {
    settings: Settings,
    pub(crate) clock: Clock,
    dice: Dice,
    pub(crate) accounts: Vec<Account>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) faults: Faults,
    pub(crate) ledger: Ledger,
    callbacks: Callbacks,
    /// Counts resets, so that what was under way before one leaves no trace after it.
    generation: u64,
}

/// A request that has arrived, and what is to happen to it.
#[derive(Debug)]
pub struct Arrival {
    request: Request,
    endpoint: &'static str,
    generation: u64,
    /// Its number in the ledger.
    number: Option<usize>,
    fault: Option<Fault>,
    /// Real milliseconds before anything is done.
    pub delay_ms: u64,
}

impl Arrival {
    /// Whether the answer depends on the request's body.
    pub fn needs_body(&self) -> bool {
        self.endpoint == "createTask" && self.fault.as_ref().is_none_or(Fault::works)
    }
}

impl Service {
    /// A fresh service. `seed` makes its task ids differ from those of others.
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

    /// Takes the head of a request: the ledger notes it, and the faults that wait for it are met. What is no endpoint has
    /// its answer at once.
    pub fn arrive(&mut self, request: Request, now: Now) -> Result<Arrival, Reply> {
        let moment = self.settle(now);
        let endpoint = match endpoint(&request.path) {
            Some((name, method)) if method == request.method || method == "*" => name,
            Some(_) => return Err(Refusal::wrong_method().into()),
            None => return Err(Refusal::no_endpoint().into()),
        };
        let key = request.key();
        let met = match endpoint {
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
            met.iter().map(|fault| fault.kind).collect(),
        );
        let (latencies, others): (Vec<_>, Vec<_>) = met.into_iter().partition(|fault| fault.kind == Kind::Latency);
        Ok(Arrival {
            endpoint,
            generation: self.generation,
            number,
            fault: others.into_iter().next(),
            delay_ms: latencies.iter().fold(0, |sum, fault| sum.saturating_add(fault.ms)),
            request,
        })
    }

    /// Does the work of a request, unless its fault prevents it. `body` is needed where [`Arrival::needs_body`] says so, and
    /// may be the reason why it cannot be had.
    pub fn answer(&mut self, arrival: &Arrival, body: Result<&[u8], Refusal>, now: Now) -> Answer {
        let moment = self.settle(now);
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

    /// Answers a CORS preflight, which carries no key, and notes the headers that it asked for.
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

    /// The callbacks that are due; the host makes an attempt at each, and tells of it with [`Service::called`].
    pub fn due_callbacks(&mut self, now: Now) -> Vec<Callback> {
        let moment = self.settle(now);
        self.callbacks.take_due(moment.emulated)
    }

    /// Notes what came of an attempt at a callback, and plans the next one if there has to be one.
    pub fn called(&mut self, callback: &Callback, delivery: Delivery, now: Now) {
        let Moment { emulated, .. } = self.settle(now);
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

    /// Real milliseconds until a callback is due, if one is to be expected.
    pub fn callback_due_in(&self, now: Now) -> Option<f64> {
        let announced = self.tasks.iter().filter(|task| task.order.callback.is_some());
        let ends = announced.filter_map(Task::deadline);
        let due = ends.chain(self.callbacks.next_due()).min();
        due.map(|at| self.clock.real_ms_until(at, now))
    }

    /// Back to the state of the start; the clock goes on.
    pub(crate) fn reset(&mut self) {
        let fresh = Self::new(self.settings.clone(), 0);
        self.accounts = fresh.accounts;
        self.tasks = fresh.tasks;
        self.faults = fresh.faults;
        self.ledger = fresh.ledger;
        self.callbacks = fresh.callbacks;
        self.generation += 1;
    }

    /// The number of the account that a key opens.
    pub(crate) fn account_of(&self, key: &str) -> Option<usize> {
        self.accounts.iter().position(|account| account.has_key(key))
    }

    /// How many of an account's tasks take a slot.
    pub(crate) fn running(&self, account: usize) -> usize {
        let mine = |task: &&Task| task.account == account && task.is_running();
        self.tasks.iter().filter(mine).count()
    }

    /// Ends a running task: settles its account and announces it.
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
                payload: task.answer(now.emulated).to_string(),
            };
            self.callbacks.add(callback, now.emulated);
        }
    }

    /// Ends what is due.
    pub(crate) fn settle(&mut self, now: Now) -> Moment {
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
        // Answers like an endpoint, so that a client which follows redirects does not notice; the ledger does.
        if arrival.endpoint == "redirected" {
            return Ok(json!({ "taskId": "task_redirected" }));
        }
        let request = &arrival.request;
        let key = request.key();
        let account = key.and_then(|key| self.account_of(key)).ok_or_else(unknown_key)?;
        match arrival.endpoint {
            "createTask" => self.create_task(account, body?, request, number, now),
            "queryTask" => self.query_task(account, request, now),
            _ => Ok(self.accounts.get(account).ok_or_else(unknown_key)?.answer()),
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
        Ok(task.answer(now.emulated))
    }
}

/// The same words for a missing and for an unknown key, and never the key.
fn unknown_key() -> Refusal {
    Refusal::new(
        401,
        "Invalid or missing API key. Send it as \"Authorization: Bearer YOUR_API_KEY\".",
    )
}
