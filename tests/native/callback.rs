//! Reading the body of a callback.

use crate::support::json::{Json, fixture, json, seen, value};
use proptest::prelude::*;
use sd2_client::error::Code;
use sd2_client::service::callback::read;
use sd2_client::value::Value;

fn payload() -> Json {
    fixture("answers/queryTask.json")
}

fn with(field: &str, content: Json) -> Json {
    let mut body = payload();
    body[field] = content;
    body
}

fn is_read(body: &Json, is_hint: bool) -> bool {
    match read(value(body), &Value::Null, is_hint) {
        Ok(task) => {
            assert_eq!(seen(&task), tidy(body));
            true
        }
        Err(error) => {
            assert_eq!(error.code, Code::UnexpectedResponse);
            false
        }
    }
}

/// The body as it is read: an unfinished task loses an output that is not a list of videos.
fn tidy(body: &Json) -> Json {
    let mut tidy = body.clone();
    let is_completed = body["status"] == "COMPLETED";
    let is_video = |video: &Json| video["url"].as_str().is_some_and(|url| url.starts_with("https://"));
    let is_list = body["output"]
        .as_array()
        .is_some_and(|videos| videos.iter().all(is_video));
    if tidy.get("output").is_some() && !is_completed && !is_list {
        tidy["output"] = Json::Null;
    }
    tidy
}

#[test]
fn an_unfinished_task_loses_an_output_that_is_not_a_list_of_videos() {
    for status in ["PENDING", "FAILED", "ARCHIVED"] {
        for output in [
            json!("javascript:alert(1)"),
            json!([{ "url": "javascript:alert(1)" }]),
            json!([{ "url": "https://example.com/a.mp4" }, { "url": "/b.mp4" }]),
            json!([{}]),
            json!({}),
        ] {
            let body = json!({ "taskId": "a", "status": status, "output": output });
            let task = read(value(&body), &Value::Null, false).expect("a task");
            assert_eq!(seen(&task)["output"], Json::Null, "{body}");
        }
    }
}

/// Bodies with an id and a status that contradict the documentation otherwise.
fn undocumented() -> Vec<Json> {
    vec![
        with("model", json!(2)),
        with("creditsUsed", json!("200")),
        with("error", json!({ "message": "a" })),
        with("createTime", json!("2026-01-01")),
        with("completeTime", json!([])),
        with("output", json!(null)),
        with("output", json!([])),
        with("output", json!("https://example.com/a.mp4")),
        with("output", json!([{}])),
        with("output", json!([{ "url": "javascript:alert(1)" }])),
        with(
            "output",
            json!([{ "url": "https://example.com/a.mp4" }, { "url": "data:text/html,a" }]),
        ),
    ]
}

#[test]
fn the_documented_payload_is_a_task() {
    assert!(is_read(&payload(), false));
}

#[test]
fn unknown_fields_and_states_are_kept() {
    for body in [
        with("queue", json!({ "position": 3 })),
        json!({ "taskId": "a", "status": "ARCHIVED", "output": [{ "url": "https://example.com/a.mp4" }] }),
        json!({ "taskId": "a", "status": "FAILED", "error": "blocked", "output": null, "completeTime": null }),
        json!({ "taskId": "a", "status": "FAILED", "output": [] }),
    ] {
        assert!(is_read(&body, false), "{body}");
    }
}

#[test]
fn a_body_without_an_id_and_a_status_is_not_even_a_hint() {
    for body in [
        json!(null),
        json!("task_abc123"),
        json!([payload()]),
        json!({}),
        json!({ "taskId": "a" }),
        json!({ "status": "COMPLETED" }),
        with("taskId", json!("")),
        with("taskId", json!(7)),
        with("status", json!(null)),
        with("status", json!(200)),
    ] {
        assert!(!is_read(&body, false), "{body}");
        assert!(!is_read(&body, true), "{body}");
    }
}

#[test]
fn an_undocumented_body_is_only_a_hint() {
    for body in undocumented() {
        assert!(!is_read(&body, false), "{body}");
        assert!(is_read(&body, true), "{body}");
    }
}

#[test]
fn the_error_contains_2_kb_of_the_body() {
    let text = "é".repeat(3_000);
    let error = read(Value::Null, &text.as_str().into(), false).expect_err("no task");
    assert_eq!(error.details.text("body"), Some("é".repeat(1_000).as_str()));
    let error = read(Value::Null, &Value::Null, false).expect_err("no task");
    assert_eq!(error.details.text("body"), None);
}

proptest! {
    #[test]
    fn optional_fields_may_be_missing(keep in proptest::collection::vec(any::<bool>(), 5)) {
        let mut body = payload();
        let optional = ["model", "creditsUsed", "error", "createTime", "completeTime"];
        for (name, keep) in optional.iter().zip(keep) {
            if !keep {
                body.as_object_mut().expect("an object").remove(*name);
            }
        }
        prop_assert!(is_read(&body, false));
    }
}
