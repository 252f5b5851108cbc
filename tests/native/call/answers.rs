//! Reading the service's responses.

use super::{TASK_ID, failure, subject, success};
use crate::support::json::{Json, fixture, json, table};
use crate::support::platform::{Listener, Platform, client, details};
use crate::support::service::{Service, hang, lost, not_connected, ok, status, task, text};
use sd2_client::call::Method;
use sd2_client::error::Code;

const ALL: [Method; 3] = [Method::CreateTask, Method::QueryTask, Method::GetCredits];

#[test]
fn the_documented_responses_are_read_unchanged() {
    for (method, name) in [
        (Method::CreateTask, "answers/createTask.json"),
        (Method::QueryTask, "answers/queryTask.json"),
        (Method::WaitForTask, "answers/queryTask.json"),
        (Method::GetCredits, "answers/credits.json"),
    ] {
        let service = Service::answering([ok(fixture(name))]);
        assert_eq!(success(&service, method, json!({})), fixture(name), "{method:?}");
    }
}

#[test]
fn generate_resolves_to_the_documented_task() {
    let service = Service::answering([
        ok(fixture("answers/createTask.json")),
        ok(fixture("answers/queryTask.json")),
    ]);
    assert_eq!(
        success(&service, Method::Generate, json!({})),
        fixture("answers/queryTask.json")
    );
}

#[test]
fn unknown_fields_and_states_are_kept() {
    let task = json!({ "taskId": TASK_ID, "status": "ARCHIVED", "queue": { "position": 3 }, "output": [] });
    let service = Service::answering([ok(task.clone())]);
    assert_eq!(success(&service, Method::QueryTask, json!({})), task);

    let balance = json!({ "credits": 1, "availableCredits": -1, "currency": "credits" });
    let service = Service::answering([ok(balance.clone())]);
    assert_eq!(success(&service, Method::GetCredits, json!({})), balance);
}

#[test]
fn a_query_resolves_to_a_failed_task() {
    let task = json!({ "taskId": TASK_ID, "status": "FAILED", "error": "blocked" });
    let service = Service::answering([ok(task.clone())]);
    assert_eq!(success(&service, Method::QueryTask, json!({})), task);
}

#[test]
fn every_documented_status_has_its_code() {
    for row in table("errors.md") {
        let number: u16 = row[0].parse().expect("a status");
        let expected = match number {
            400 => Code::InvalidRequest,
            401 => Code::Unauthorized,
            402 => Code::InsufficientCredits,
            403 => Code::Forbidden,
            404 => Code::NotFound,
            429 => Code::ConcurrencyLimit,
            500 => Code::ServerError,
            other => panic!("unexpected status: {other}"),
        };
        for method in ALL {
            let error = failure(&Service::answering([status(number)]), method, json!({}));
            if method == Method::CreateTask && number == 500 {
                assert_eq!(error.code, Code::OutcomeUnknown);
            } else {
                assert_eq!(error.code, expected, "{method:?}");
            }
            assert_eq!(details(&error)["status"], number);
            assert_eq!(details(&error)["code"], error.code.name());
            assert_eq!(details(&error)["retryable"], error.code.is_retryable());
        }
    }
}

#[test]
fn the_message_contains_the_services_reason() {
    for number in [400, 401, 402, 403, 404] {
        for body in [
            json!({ "message": "the very reason" }),
            json!({ "error": "the very reason." }),
            json!({ "error": { "message": "the very reason" } }),
            json!({ "message": "", "error": "the very reason" }),
            json!("the very reason"),
        ] {
            let service = Service::answering([text(number, &body.to_string())]);
            let error = failure(&service, Method::GetCredits, json!({}));
            assert!(error.message.contains(": the very reason. "), "{error}");
        }
    }
}

#[test]
fn an_error_response_may_have_any_body() {
    for (body, said) in [
        ("", "Not found: no reason given. "),
        ("null", "Not found. "),
        ("[]", "Not found. "),
        ("Bad Gateway", "Not found: Bad Gateway. "),
        (r#"{"message":5}"#, "Not found. "),
        (r#"{"message":{"message":{}}}"#, "Not found. "),
    ] {
        let error = failure(&Service::answering([text(404, body)]), Method::QueryTask, json!({}));
        assert_eq!(error.code, Code::NotFound);
        assert!(error.message.starts_with(said), "{error}");
        assert_eq!(details(&error)["body"], body);
    }
}

#[test]
fn an_undocumented_status_is_unexpected() {
    for (number, of_create) in [
        (100, Code::OutcomeUnknown),
        (405, Code::UnexpectedResponse),
        (409, Code::OutcomeUnknown),
        (418, Code::OutcomeUnknown),
        (451, Code::UnexpectedResponse),
        (600, Code::OutcomeUnknown),
    ] {
        for method in ALL {
            let service = Service::answering([status(number)]);
            let is_create = method == Method::CreateTask;
            let expected = if is_create { of_create } else { Code::UnexpectedResponse };
            assert_eq!(failure(&service, method, json!({})).code, expected, "{number}");
            assert_eq!(service.count(), 1);
        }
    }
}

#[test]
fn the_message_about_an_undocumented_status_contains_the_services_reason() {
    for number in [100, 408, 409, 413, 422, 600] {
        for method in ALL {
            let body = json!({ "message": "the very {reason}." });
            let service = Service::answering([text(number, &body.to_string())]);
            let message = failure(&service, method, json!({})).message;
            assert!(
                message.contains(&format!("undocumented status {number}: the very {{reason}}. ")),
                "{message}"
            );
        }
    }
}

#[test]
fn the_message_of_a_refusal_fits_the_method() {
    let said = |method, number| {
        let client = client(json!({ "maxRetries": 0 }));
        let service = Service::answering([status(number)]);
        let platform = Platform::new(&service);
        let result = platform.call(&client, method, subject(method), json!({}));
        result.expect("not aborted").expect_err("a refusal").message
    };
    for method in [Method::CreateTask, Method::GetCredits] {
        assert!(!said(method, 404).contains("id"), "{}", said(method, 404));
        assert!(!said(method, 403).contains("tasks"), "{}", said(method, 403));
    }
    assert!(said(Method::QueryTask, 404).contains("Check the task's id"));
    assert!(said(Method::QueryTask, 403).contains("its own tasks"));
    for method in [Method::QueryTask, Method::GetCredits] {
        assert!(!said(method, 429).contains("running"), "{}", said(method, 429));
        assert!(said(method, 429).contains("Too many requests"), "{}", said(method, 429));
    }
    assert!(said(Method::CreateTask, 429).contains("no more tasks"));
}

#[test]
fn a_redirect_is_unexpected_and_named_in_the_message() {
    for number in [0, 301, 302, 303, 307, 308] {
        let error = failure(&Service::answering([status(number)]), Method::GetCredits, json!({}));
        assert_eq!(error.code, Code::UnexpectedResponse);
        assert!(error.message.contains("redirect"), "{error}");
        assert_eq!(details(&error)["status"], number);
    }
}

#[test]
fn a_response_that_is_not_a_task_is_unexpected() {
    for answer in [
        json!({}),
        json!(null),
        json!([]),
        json!({ "taskId": TASK_ID }),
        json!({ "status": "PENDING" }),
        json!({ "taskId": "", "status": "PENDING" }),
        json!({ "taskId": 7, "status": "PENDING" }),
        json!({ "taskId": TASK_ID, "status": null }),
    ] {
        let service = Service::answering([ok(answer.clone())]);
        let error = failure(&service, Method::QueryTask, json!({}));
        assert_eq!(error.code, Code::UnexpectedResponse, "{answer}");
        assert_eq!(details(&error)["body"], answer.to_string());
        assert_eq!(service.count(), 1);
    }
}

#[test]
fn a_response_that_is_not_a_balance_is_unexpected() {
    for answer in [
        json!({}),
        json!({ "credits": 5 }),
        json!({ "availableCredits": 5 }),
        json!({ "credits": "5", "availableCredits": 5 }),
    ] {
        let service = Service::answering([ok(answer)]);
        assert_eq!(
            failure(&service, Method::GetCredits, json!({})).code,
            Code::UnexpectedResponse
        );
    }
}

#[test]
fn a_long_reason_is_cut_in_the_message() {
    let body = json!({ "message": "x".repeat(10_000) });
    let error = failure(
        &Service::answering([text(400, &body.to_string())]),
        Method::GetCredits,
        json!({}),
    );
    assert!(error.message.len() < 700, "{}", error.message.len());
}

#[test]
fn the_error_that_the_platform_threw_is_the_cause() {
    for reply in [lost(), not_connected()] {
        let error = failure(&Service::answering([reply]), Method::GetCredits, json!({}));
        assert_eq!(error.cause["name"], "TypeError");
        assert_eq!(error.cause["message"], "fetch failed");
    }
}

#[test]
fn an_error_without_a_response_has_no_status_and_no_body() {
    for (reply, code) in [
        (lost(), Code::Network),
        (not_connected(), Code::Network),
        (hang(), Code::Timeout),
    ] {
        let error = failure(&Service::answering([reply]), Method::GetCredits, json!({}));
        assert_eq!(error.code, code);
        assert_eq!(details(&error), json!({ "code": code.name(), "retryable": true }));
    }
}

#[test]
fn an_error_is_displayed_as_its_message() {
    let error = failure(&Service::answering([status(404)]), Method::QueryTask, json!({}));
    assert_eq!(error.to_string(), error.message);
}

#[test]
fn an_error_about_a_task_has_its_id() {
    for method in [Method::QueryTask, Method::WaitForTask] {
        let error = failure(&Service::answering([status(404)]), method, json!({}));
        assert_eq!(details(&error)["taskId"], TASK_ID);
    }
    let error = failure(&Service::answering([status(400)]), Method::CreateTask, json!({}));
    assert_eq!(details(&error).get("taskId"), None::<&Json>);
    assert_eq!(subject(Method::QueryTask), TASK_ID);
}

const WRONG_URLS: [&str; 5] = [
    "javascript:alert(1)",
    "data:text/html,a",
    "blob:https://example.com/a",
    "/a.mp4",
    "",
];

#[test]
fn a_completed_task_with_a_url_that_is_not_http_is_unexpected() {
    for url in WRONG_URLS {
        let output = json!([{ "url": "https://example.com/a.mp4" }, { "url": url }]);
        let service = Service::answering([ok(
            json!({ "taskId": TASK_ID, "status": "COMPLETED", "output": output }),
        )]);
        let error = failure(&service, Method::QueryTask, json!({}));
        assert_eq!((error.code, service.count()), (Code::UnexpectedResponse, 1), "{url}");
        assert_eq!(details(&error)["taskId"], TASK_ID);
    }
}

#[test]
fn an_unfinished_task_loses_an_invalid_output_and_fails_no_call() {
    let lists = WRONG_URLS.map(|url| json!([{ "url": "https://example.com/a.mp4" }, { "url": url }]));
    let others = [
        json!("javascript:alert(1)"),
        json!({ "url": "javascript:alert(1)" }),
        json!([{}]),
        json!(["javascript:alert(1)"]),
        json!(7),
    ];
    for output in lists.into_iter().chain(others) {
        for state in ["PENDING", "FAILED", "ARCHIVED"] {
            let mut task = json!({ "taskId": TASK_ID, "status": state, "output": output });
            let service = Service::answering([ok(task.clone())]);
            let answer = success(&service, Method::QueryTask, json!({}));
            task["output"] = Json::Null;
            assert_eq!(answer, task, "{output}");
        }
    }
}

#[test]
fn an_unfinished_task_keeps_a_valid_output() {
    let output = json!([{ "url": "https://example.com/preview.mp4", "width": 320 }]);
    let task = json!({ "taskId": TASK_ID, "status": "PROCESSING", "output": output });
    let service = Service::answering([ok(task.clone())]);
    assert_eq!(success(&service, Method::QueryTask, json!({})), task);
}

#[test]
fn a_wait_reports_a_task_without_its_invalid_output() {
    let mut pending = json!({ "taskId": TASK_ID, "status": "PENDING", "output": "javascript:alert(1)" });
    let service = Service::answering([ok(pending.clone()), task("COMPLETED")]);
    let platform = Platform::new(&service);
    platform.success(&client(json!({})), Method::WaitForTask, json!(TASK_ID), json!({}));
    pending["output"] = Json::Null;
    assert_eq!(platform.told(Listener::Updated)[0]["task"], pending);
}
