//! How a task ends: with a video, without a readable one, or with the reason for its failure.

use super::{TASK_ID, failure, success};
use crate::support::json::{Json, json};
use crate::support::platform::details;
use crate::support::service::{Reply, Service, lost, ok, task};
use sd2_client::call::Method;
use sd2_client::error::Code;

fn completed(output: Json) -> Reply {
    ok(json!({ "taskId": TASK_ID, "status": "COMPLETED", "output": output }))
}

fn unreadable() -> Vec<Json> {
    vec![
        json!(null),
        json!([]),
        json!({}),
        json!("https://example.com/a.mp4"),
        json!([null]),
        json!([{}]),
        json!([{ "url": null }]),
        json!([{ "url": "" }]),
        json!([{ "url": "result.mp4" }]),
        json!([{ "url": "javascript:alert(1)" }]),
        json!([{ "url": "https://example.com/a.mp4" }, { "url": "" }]),
    ]
}

#[test]
fn a_completed_task_without_a_readable_output_is_polled_three_more_times() {
    for output in unreadable() {
        let service = Service::answering([completed(output.clone())]);
        let error = failure(&service, Method::WaitForTask, json!({}));
        assert_eq!(error.code, Code::UnexpectedResponse, "{output}");
        assert_eq!(service.count(), 4);
        assert_eq!(details(&error)["task"]["status"], "COMPLETED");
        assert_eq!(details(&error)["task"]["output"], output);
        assert_eq!(details(&error)["taskId"], TASK_ID);
    }
}

#[test]
fn a_late_output_is_not_missed() {
    let none = completed(Json::Null);
    let service = Service::answering([none.clone(), none.clone(), none, task("COMPLETED")]);
    assert_eq!(
        success(&service, Method::WaitForTask, json!({}))["output"][0]["width"],
        1280
    );
}

#[test]
fn failures_in_between_do_not_count_as_polls_without_output() {
    let none = completed(Json::Null);
    let service = Service::answering([
        none.clone(),
        lost(),
        none.clone(),
        lost(),
        none,
        lost(),
        task("COMPLETED"),
    ]);
    success(&service, Method::WaitForTask, json!({}));
    assert_eq!(service.count(), 7);
}

#[test]
fn a_video_in_the_output_needs_no_size() {
    let service = Service::answering([completed(json!([{ "url": "https://example.com/a.mp4" }]))]);
    success(&service, Method::WaitForTask, json!({}));
    assert_eq!(service.count(), 1);
}

#[test]
fn a_query_resolves_to_a_completed_task_without_a_readable_output() {
    let service = Service::answering([completed(Json::Null)]);
    assert_eq!(success(&service, Method::QueryTask, json!({}))["output"], Json::Null);
}

#[test]
fn a_failed_task_rejects_with_the_services_reason() {
    for error in [
        json!("The prompt was blocked."),
        json!({ "message": "The prompt was blocked" }),
        json!({ "code": 7, "error": "The prompt was blocked" }),
    ] {
        let failed = json!({ "taskId": TASK_ID, "status": "FAILED", "creditsUsed": 0, "output": null, "error": error });
        let service = Service::answering([task("PROCESSING"), ok(failed.clone())]);
        let error = failure(&service, Method::WaitForTask, json!({}));
        assert_eq!(error.code, Code::TaskFailed);
        assert!(error.message.ends_with(": The prompt was blocked."), "{error}");
        assert_eq!(details(&error)["task"], failed);
        assert_eq!(details(&error)["taskId"], TASK_ID);
        assert_eq!(details(&error)["retryable"], false);
    }
}

#[test]
fn the_error_of_a_task_that_failed_without_a_reason_says_so() {
    for error in [json!(null), json!(""), json!(7), json!({})] {
        let service = Service::answering([ok(json!({ "taskId": TASK_ID, "status": "FAILED", "error": error }))]);
        let error = failure(&service, Method::WaitForTask, json!({}));
        assert!(error.message.contains("no reason given"), "{error}");
    }
}

#[test]
fn a_long_reason_of_a_failed_task_is_cut_in_the_message() {
    let failed = json!({ "taskId": TASK_ID, "status": "FAILED", "error": "y".repeat(100_000) });
    let error = failure(
        &Service::answering([ok(failed.clone())]),
        Method::WaitForTask,
        json!({}),
    );
    assert!(error.message.len() < 600, "{}", error.message.len());
    assert_eq!(details(&error)["task"], failed);
}
