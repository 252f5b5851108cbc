//! The administrative endpoint of `--admin`: faults on demand, the ledger, the clock. It is open to programs on this
//! machine and to its own pages; a page of another origin, or of a name that was rebound to 127.0.0.1, is refused.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::answer::{self, Refusal};
use crate::clock::MOST;
use crate::observe::REDIRECTED;
use crate::sandbox::{Sandbox, World};
use crate::task::{End, Moment};

type Answer = Result<Response, Refusal>;

/// The routes below `/admin`, and the place where a redirect leads.
pub fn router() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/admin/faults", get(faults).post(add_faults).delete(clear_faults))
        .route("/admin/ledger", get(ledger))
        .route("/admin/tasks/{id}", post(change_task))
        .route("/admin/keys", post(set_key))
        .route("/admin/advance", post(advance))
        .route("/admin/reset", post(reset))
        .route_layer(from_fn(refuse_strangers))
        .route(REDIRECTED, any(redirected))
}

async fn refuse_strangers(request: Request, next: Next) -> Response {
    if is_from_here(request.headers()) {
        return next.run(request).await;
    }
    Refusal::new(
        StatusCode::FORBIDDEN,
        "/admin takes requests to a loopback host, from no page or from one of the same origin.",
    )
    .into_response()
}

/// Whether `Host` is this machine, and `Origin`, which browsers send with every request that could change something, is absent
/// or the same place.
fn is_from_here(headers: &HeaderMap) -> bool {
    let one = |name| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().map(|value| value.to_str().unwrap_or_default());
        if values.next().is_some() { Some("") } else { value }
    };
    let host = one(header::HOST).unwrap_or_default();
    let origin = one(header::ORIGIN);
    is_loopback(host) && origin.is_none_or(|origin| origin.strip_prefix("http://") == Some(host))
}

/// Whether a host, with or without a port, is this machine by its name.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => host,
    };
    match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(address) => address.parse().is_ok_and(|address: Ipv6Addr| address.is_loopback()),
        None => {
            name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
        }
    }
}

async fn faults(State(sandbox): State<Arc<Sandbox>>) -> Answer {
    Ok(sandbox.with(|world, _| show_faults(world)))
}

async fn add_faults(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Answer {
    sandbox.with(|world, _| {
        world.faults.add(&body).map_err(Refusal::invalid)?;
        Ok(show_faults(world))
    })
}

async fn clear_faults(State(sandbox): State<Arc<Sandbox>>) -> Answer {
    Ok(sandbox.with(|world, _| {
        world.faults.clear();
        show_faults(world)
    }))
}

fn show_faults(world: &World) -> Response {
    answer::json(&json!({ "faults": world.faults.waiting() }))
}

async fn ledger(State(sandbox): State<Arc<Sandbox>>) -> Answer {
    Ok(sandbox.with(|world, now| {
        let mut shown = world.ledger.answer();
        let accounts: Vec<Value> = (0..)
            .zip(&world.accounts)
            .map(|(number, account)| {
                let mut shown = account.answer();
                add(&mut shown, "running", json!(world.running(number)));
                shown
            })
            .collect();
        let tasks: Vec<Value> = world
            .tasks
            .iter()
            .map(|task| {
                let mut shown = task.answer(now.emulated);
                add(&mut shown, "account", json!(task.account));
                add(&mut shown, "price", json!(task.price));
                add(&mut shown, "prompt", json!(task.order.prompt));
                add(&mut shown, "realStatus", json!(task.status(now.emulated)));
                shown
            })
            .collect();
        add(&mut shown, "now", json!(now.emulated));
        add(&mut shown, "accounts", json!(accounts));
        add(&mut shown, "tasks", json!(tasks));
        answer::json(&shown)
    }))
}

fn add(object: &mut Value, field: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
}

/// `clear` comes first, then `finish`, then the fields that are put over the answer.
async fn change_task(State(sandbox): State<Arc<Sandbox>>, Path(id): Path<String>, body: Bytes) -> Answer {
    let change: Change = read(&body)?;
    sandbox.with(|world, now| {
        let task = world.tasks.iter_mut().find(|task| task.id == id);
        let task = task.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "There is no such task."))?;
        let running = task.is_running();
        if change.finish.is_some() && !running {
            return Err(Refusal::new(StatusCode::CONFLICT, "This task has ended already."));
        }
        if change.clear || change.finish.is_some() {
            task.patch.clear();
        }
        task.patch.extend(change.patch);
        if let Some(status) = change.status {
            task.patch.insert("status".to_owned(), status.into());
        }
        if let Some(finish) = change.finish {
            world.finish(&id, finish.end(change.error, now), now);
        }
        let task = world.tasks.iter().find(|task| task.id == id);
        Ok(answer::json(
            &task.map_or(Value::Null, |task| task.answer(now.emulated)),
        ))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    #[serde(default)]
    clear: bool,
    finish: Option<Finish>,
    error: Option<String>,
    /// Short for a patch of the status.
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
                Self::Failed => Some(error.unwrap_or_else(|| "Failed on demand.".to_owned())),
            },
            at: now.unix,
        }
    }
}

async fn set_key(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Answer {
    let order: SetKey = read(&body)?;
    if order.credits > MOST {
        return Err(Refusal::invalid(format!("credits must be at most {MOST}.")));
    }
    sandbox.with(|world, _| {
        let number = world.account_of(&order.key);
        match number.and_then(|number| world.accounts.get_mut(number)) {
            Some(account) => account.set_credits(order.credits),
            None => world.accounts.push(Account::new(order.key, order.credits)),
        }
        let number = number.unwrap_or(world.accounts.len() - 1);
        Ok(answer::json(&json!({ "account": number })))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetKey {
    key: String,
    credits: u64,
}

async fn advance(State(sandbox): State<Arc<Sandbox>>, body: Bytes) -> Answer {
    let order: Advance = read(&body)?;
    if !sandbox.clock.advance(order.ms) {
        return Err(Refusal::invalid(format!("The clock ends at {MOST} ms.")));
    }
    Ok(sandbox.with(|_, now| answer::json(&json!({ "now": now.emulated }))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    ms: u64,
}

async fn reset(State(sandbox): State<Arc<Sandbox>>) -> Answer {
    sandbox.reset();
    Ok(answer::json(&json!({})))
}

/// Answers like an endpoint, so that a client which follows redirects does not notice; the ledger does.
async fn redirected() -> Answer {
    Ok(answer::json(&json!({ "taskId": "task_redirected" })))
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::invalid(error.to_string()))
}
