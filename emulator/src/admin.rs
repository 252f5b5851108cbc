//! The admin interface of tests: faults, the ledger, the clock.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::clock::{LIMIT, Moment, Now};
use crate::http::{Refusal, Reply};
use crate::service::Service;
use crate::task::{End, Task};

impl Service {
    /// Answers a request to a path below `/admin/`. `sandbox/README.md` lists the paths.
    pub fn admin(&mut self, method: &str, path: &str, body: &[u8], now: Now) -> Reply {
        let moment = self.catch_up(now);
        let result = match (method, path) {
            ("GET", "faults") => Ok(self.waiting_faults()),
            ("POST", "faults") => self.add_faults(body),
            ("DELETE", "faults") => {
                self.faults.clear();
                Ok(self.waiting_faults())
            }
            ("GET", "ledger") => Ok(self.ledger_json(moment)),
            ("POST", "keys") => self.set_key(body),
            ("POST", "advance") => self.advance(body, now),
            ("POST", "reset") => {
                self.reset();
                Ok(json!({}))
            }
            (_, "faults" | "ledger" | "keys" | "advance" | "reset") => Err(Refusal::wrong_method()),
            (method, path) => match path.strip_prefix("tasks/") {
                Some(id) if !id.contains('/') && method == "POST" => self.change_task(id, body, moment),
                Some(id) if !id.contains('/') => Err(Refusal::wrong_method()),
                _ => Err(Refusal::no_endpoint()),
            },
        };
        result.into()
    }

    fn add_faults(&mut self, body: &[u8]) -> Result<Value, Refusal> {
        self.faults.add(body).map_err(Refusal::invalid)?;
        Ok(self.waiting_faults())
    }

    fn waiting_faults(&self) -> Value {
        json!({ "faults": self.faults.waiting() })
    }

    fn ledger_json(&self, now: Moment) -> Value {
        let mut shown = self.ledger.to_json();
        let accounts: Vec<Value> = (0..)
            .zip(&self.accounts)
            .map(|(number, account)| {
                let mut shown = account.to_json();
                add(&mut shown, "running", json!(self.running(number)));
                shown
            })
            .collect();
        let show = |task: &Task| {
            let mut shown = task.to_json(now.emulated);
            add(&mut shown, "account", json!(task.account));
            add(&mut shown, "price", json!(task.price));
            add(&mut shown, "prompt", json!(task.order.prompt));
            add(&mut shown, "realStatus", json!(task.status(now.emulated)));
            shown
        };
        let tasks: Vec<Value> = self.tasks.iter().map(show).collect();
        add(&mut shown, "now", json!(now.emulated));
        add(&mut shown, "accounts", json!(accounts));
        add(&mut shown, "tasks", json!(tasks));
        shown
    }

    /// Applies `clear` first, then `finish`, then the patch.
    fn change_task(&mut self, id: &str, body: &[u8], now: Moment) -> Result<Value, Refusal> {
        let change: Change = read(body)?;
        let task = self.tasks.iter_mut().find(|task| task.id == id);
        let task = task.ok_or_else(|| Refusal::new(404, "There is no such task."))?;
        if change.finish.is_some() && !task.is_running() {
            return Err(Refusal::new(409, "This task has already ended."));
        }
        if change.clear || change.finish.is_some() {
            task.patch.clear();
        }
        task.patch.extend(change.patch);
        if let Some(status) = change.status {
            task.patch.insert("status".to_owned(), status.into());
        }
        if let Some(finish) = change.finish {
            self.finish(id, finish.end(change.error, now), now);
        }
        let task = self.tasks.iter().find(|task| task.id == id);
        Ok(task.map_or(Value::Null, |task| task.to_json(now.emulated)))
    }

    fn set_key(&mut self, body: &[u8]) -> Result<Value, Refusal> {
        let order: SetKey = read(body)?;
        if order.credits > LIMIT {
            return Err(Refusal::invalid(format!("credits must be at most {LIMIT}.")));
        }
        let number = self.account_of(&order.key);
        match number.and_then(|number| self.accounts.get_mut(number)) {
            Some(account) => account.set_credits(order.credits),
            None => self.accounts.push(Account::new(order.key, order.credits)),
        }
        Ok(json!({ "account": number.unwrap_or(self.accounts.len() - 1) }))
    }

    fn advance(&mut self, body: &[u8], now: Now) -> Result<Value, Refusal> {
        let order: Advance = read(body)?;
        if !self.clock.advance(order.ms, now) {
            return Err(Refusal::invalid(format!("The clock cannot go beyond {LIMIT} ms.")));
        }
        Ok(json!({ "now": self.catch_up(now).emulated }))
    }
}

fn add(object: &mut Value, field: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    #[serde(default)]
    clear: bool,
    finish: Option<Finish>,
    error: Option<String>,
    /// Shorthand for a patch of the status.
    status: Option<String>,
    #[serde(default)]
    patch: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Finish {
    Completed,
    Failed,
}

impl Finish {
    fn end(self, error: Option<String>, now: Moment) -> End {
        End {
            error: match self {
                Self::Completed => None,
                Self::Failed => Some(error.unwrap_or_else(|| "Failed on request.".to_owned())),
            },
            at: now.unix,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetKey {
    key: String,
    credits: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    ms: u64,
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::invalid(error.to_string()))
}
