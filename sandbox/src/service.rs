//! The three endpoints of the documentation.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::answer::{self, Refusal};
use crate::files::percent_decoded;
use crate::ledger::Made;
use crate::order::Order;
use crate::sandbox::{SLOTS, Sandbox, World};

/// POST /api/v1/jobs/createTask
pub async fn create_task(
    State(sandbox): State<Arc<Sandbox>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    sandbox.with(|world, now| {
        let number = account(world, &headers)?;
        let body = body.map_err(|rejection| Refusal::new(rejection.status(), rejection.body_text()))?;
        let order = Order::read(&body).map_err(Refusal::invalid)?;
        let running = world.running(number);
        let task = world.task(number, order, base_url(&headers), now);
        let account = world.accounts.get_mut(number).ok_or_else(unknown_key)?;
        if task.price > account.available() {
            return Err(Refusal::new(
                StatusCode::PAYMENT_REQUIRED,
                format!(
                    "Insufficient credits: this video costs {}, and {} are available.",
                    task.price,
                    account.available()
                ),
            ));
        }
        if running >= SLOTS {
            return Err(Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!("Concurrency limit: {SLOTS} tasks are running. Wait for one to end."),
            ));
        }
        account.reserve(task.price);
        let made = Made {
            task_id: task.id.clone(),
            price: task.price,
        };
        let mut response = answer::json(&json!({ "taskId": task.id }));
        response.extensions_mut().insert(made);
        sandbox.start(world, task);
        Ok(response)
    })
}

/// GET /api/v1/jobs/queryTask
pub async fn query_task(
    State(sandbox): State<Arc<Sandbox>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    sandbox.with(|world, now| {
        let number = account(world, &headers)?;
        let id = query
            .iter()
            .flat_map(|query| query.split('&'))
            .find_map(|pair| pair.strip_prefix("taskId="))
            .and_then(percent_decoded)
            .filter(|id| !id.is_empty())
            .ok_or_else(|| Refusal::invalid("taskId is required in the query."))?;
        let task = world.tasks.iter().find(|task| task.id == id);
        let task = task.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "There is no such task."))?;
        if task.account != number {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                "This task belongs to another account.",
            ));
        }
        Ok(answer::json(&task.answer(now.emulated)))
    })
}

/// GET /api/v1/account/credits
pub async fn credits(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap) -> Result<Response, Refusal> {
    sandbox.with(|world, _| {
        let number = account(world, &headers)?;
        let account = world.accounts.get(number).ok_or_else(unknown_key)?;
        Ok(answer::json(&account.answer()))
    })
}

/// A known path with another method.
pub async fn wrong_method() -> Response {
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "This path does not take that method.").into_response()
}

/// The API key of a request, if it has the documented form.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn account(world: &World, headers: &HeaderMap) -> Result<usize, Refusal> {
    bearer(headers)
        .and_then(|key| world.account_of(key))
        .ok_or_else(unknown_key)
}

/// The same words for a missing and for an unknown key, and never the key.
fn unknown_key() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        "Invalid or missing API key. Send it as \"Authorization: Bearer YOUR_API_KEY\".",
    )
}

/// Where the client reaches the sandbox, so that output URLs work from there.
fn base_url(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("127.0.0.1"))
}
