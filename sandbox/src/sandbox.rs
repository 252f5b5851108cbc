//! Everything the sandbox knows, behind one lock, brought up to date each time it is looked at.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::account::Account;
use crate::callback::{self, Delivery};
use crate::clock::{Clock, unix_ms};
use crate::fault::Faults;
use crate::flags::Config;
use crate::ledger::Ledger;
use crate::order::Order;
use crate::task::{End, Moment, Task};

/// The documented concurrency limit of an account.
pub const SLOTS: usize = 3;

/// The shared state of a server.
pub struct Sandbox {
    /// Emulated time.
    pub clock: Clock,
    /// The flags.
    pub config: Config,
    world: Mutex<World>,
    created: Notify,
}

/// What changes.
pub struct World {
    /// The accounts, in the order of their numbers.
    pub accounts: Vec<Account>,
    /// Every task since the start or the last reset.
    pub tasks: Vec<Task>,
    /// Faults that wait for a call.
    pub faults: Faults,
    /// What happened.
    pub ledger: Ledger,
    /// Counts resets, so that what was under way before one leaves no trace after it.
    pub generation: u64,
    deliveries: Vec<Delivery>,
    typical_ms: u64,
}

impl Sandbox {
    /// A fresh service.
    pub fn new(config: Config) -> Arc<Self> {
        Arc::new(Self {
            clock: Clock::new(config.speed),
            world: Mutex::new(World::new(&config, 0)),
            created: Notify::new(),
            config,
        })
    }

    /// Ends what is due, then acts. Callbacks of what ended, either way, are on their way afterwards.
    pub fn with<R>(self: &Arc<Self>, act: impl FnOnce(&mut World, Moment) -> R) -> R {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Moment {
            emulated: self.clock.now(),
            unix: unix_ms(),
        };
        world.settle(now);
        let result = act(&mut world, now);
        let deliveries = std::mem::take(&mut world.deliveries);
        drop(world);
        for delivery in deliveries {
            tokio::spawn(callback::deliver(Arc::clone(self), delivery));
        }
        result
    }

    /// Starts a task whose price is reserved already.
    pub fn start(self: &Arc<Self>, world: &mut World, task: Task) {
        world.tasks.push(task);
        self.created.notify_one();
    }

    /// Back to the state of the start; the clock goes on.
    pub fn reset(self: &Arc<Self>) {
        self.with(|world, _| *world = World::new(&self.config, world.generation + 1));
    }

    /// Ends tasks when their time comes, so that callbacks do not wait for somebody to look.
    pub async fn keep_time(self: Arc<Self>) {
        loop {
            let next = self.with(|world, _| world.tasks.iter().filter_map(Task::deadline).min());
            match next {
                None => self.created.notified().await,
                Some(at) => tokio::select! {
                    () = self.clock.sleep_until(at) => {}
                    () = self.created.notified() => {}
                },
            }
        }
    }
}

impl World {
    fn new(config: &Config, generation: u64) -> Self {
        let keys = config.keys.iter();
        Self {
            accounts: keys.map(|(key, credits)| Account::new(key, *credits)).collect(),
            tasks: Vec::new(),
            faults: Faults::default(),
            ledger: Ledger::new(config.admin),
            generation,
            deliveries: Vec::new(),
            typical_ms: (config.seconds * 1000.0) as u64,
        }
    }

    /// The number of the account that a key opens.
    pub fn account_of(&self, key: &str) -> Option<usize> {
        self.accounts.iter().position(|account| account.has_key(key))
    }

    /// How many of an account's tasks take a slot.
    pub fn running(&self, account: usize) -> usize {
        let mine = |task: &&Task| task.account == account && task.is_running();
        self.tasks.iter().filter(mine).count()
    }

    /// A task for this order, not yet started.
    pub fn task(&self, account: usize, order: Order, base_url: String, now: Moment) -> Task {
        let number = self.tasks.len() as u64;
        Task::new(account, order, base_url, now, self.typical_ms, number)
    }

    /// Ends a running task: settles its account and announces it.
    pub fn finish(&mut self, id: &str, end: End, now: Moment) {
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
            self.deliveries.push(Delivery {
                number: self.ledger.callback_due(&task.id, url),
                generation: self.generation,
                url: url.clone(),
                payload: task.answer(now.emulated).to_string(),
            });
        }
    }

    fn settle(&mut self, now: Moment) {
        let due = |task: &&Task| task.deadline().is_some_and(|at| at <= now.emulated);
        let ends: Vec<(String, End)> = self
            .tasks
            .iter()
            .filter(due)
            .map(|task| (task.id.clone(), task.natural_end(now)))
            .collect();
        for (id, end) in ends {
            self.finish(&id, end, now);
        }
    }
}
