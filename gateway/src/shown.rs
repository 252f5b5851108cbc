//! A job as `queryTask` returns it: in the form of the service's tasks.

use crate::job::{Job, State};
use crate::json::put;
use crate::service::reason;
use serde_json::{Value, json};

/// The fields of the service's response, or of a failure, that a user sees. Others may tell about the app's account.
const SHOWN: [&str; 8] = [
    "model",
    "status",
    "creditsUsed",
    "output",
    "error",
    "createTime",
    "completeTime",
    "code",
];

/// The job as its user sees it. `position` is its position in the queue.
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
            if SHOWN.contains(&name.as_str()) {
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
            // The task has ended, but the job has not: its video is not readable yet.
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
                "It is not known whether the service made a task for this request. It may still become a video."
            } else {
                "No task was found for this request. Its credits were given back."
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
    // The job's cost may differ from `creditsUsed` of the service's last response.
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
