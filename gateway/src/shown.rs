//! A job as `queryTask` tells it: in the form of the service's tasks.

use crate::job::{Job, State};
use crate::json::put;
use crate::service::reason;
use serde_json::{Value, json};

/// The job as its user sees it. `position` is its place in the queue.
pub fn show(job: &Job, position: Option<usize>) -> Value {
    let request: Value = serde_json::from_str(&job.request).unwrap_or_default();
    let last: Value = job
        .result
        .as_deref()
        .and_then(|result| serde_json::from_str(result).ok())
        .unwrap_or_default();
    let mut task = json!({
        "taskId": job.id,
        "model": request.get("model"),
        "status": "PENDING",
        "creditsUsed": 0,
        "output": null,
        "error": null,
        "createTime": number(job.accepted),
        "completeTime": null,
    });
    if let (Some(task), Some(last)) = (task.as_object_mut(), last.as_object()) {
        for (name, value) in last {
            if name != "taskId" {
                task.insert(name.clone(), value.clone());
            }
        }
    }
    match job.state {
        State::Queued => {
            if let Some(position) = position {
                put(&mut task, "queue", json!({ "position": position }));
            }
        }
        State::Sending | State::Running => {
            // It is completed when its video can be read.
            if task
                .get("status")
                .is_some_and(|status| status == "COMPLETED" || status == "FAILED")
            {
                put(&mut task, "status", "PROCESSING");
                put(&mut task, "output", Value::Null);
            }
        }
        State::Unknown | State::Expired => {
            let words = if job.state == State::Unknown {
                "Nobody knows whether the service has made a task of this request: it may still become a video."
            } else {
                "The service made nothing of this request that could be found. Its credits were given back."
            };
            fail(&mut task, job, words, "outcome_unknown");
        }
        State::Failed | State::Cancelled => {
            let code = task.get("code").cloned();
            fail(&mut task, job, reason::of_task(&last), "task_failed");
            if let Some(code) = code {
                put(&mut task, "code", code);
            }
        }
        State::Done => {}
    }
    // What the service says it cost is not always what it cost.
    if let Some(cost) = job.cost {
        put(&mut task, "creditsUsed", number(cost));
    }
    task
}

fn fail(task: &mut Value, job: &Job, words: &str, code: &str) {
    put(task, "status", "FAILED");
    put(task, "output", Value::Null);
    put(task, "error", words);
    put(task, "code", code);
    if task.get("completeTime").is_none_or(Value::is_null) {
        put(task, "completeTime", job.ended.map_or(Value::Null, number));
    }
}

/// A whole number as JSON writes one.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 {
        json!(number as i64)
    } else {
        json!(number)
    }
}
