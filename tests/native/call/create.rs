//! A create is sent only once, unless it certainly did not arrive.

use super::{METHODS_THAT_CREATE, TASK_ID, failure, request, subject, success};
use crate::support::json::json;
use crate::support::platform::{Listener, Platform, client, details};
use crate::support::service::{Reply, Service, broken, created, hang, lost, not_connected, ok, status, task, text};
use sd2_client::call::Method;
use sd2_client::error::Code;

/// Asserts that a create with this reply is not repeated and rejects with `outcome_unknown`.
fn is_unknown(reply: Reply) {
    for method in METHODS_THAT_CREATE {
        // The second reply must not be used.
        let service = Service::answering([reply.clone(), created(), task("COMPLETED")]);
        let error = failure(&service, method, json!({}));
        assert_eq!(error.code, Code::OutcomeUnknown, "{method:?} {reply:?}");
        assert!(error.message.contains("may have been created and charged"), "{error}");
        assert_eq!(details(&error)["retryable"], false);
        assert_eq!(service.count(), 1, "{method:?} {reply:?}");
    }
}

#[test]
fn a_create_resolves_to_its_task_id() {
    let service = Service::answering([created()]);
    assert_eq!(
        success(&service, Method::CreateTask, json!({})),
        json!({ "taskId": TASK_ID })
    );
    assert_eq!(service.count(), 1);
}

#[test]
fn a_create_with_a_5xx_is_not_repeated() {
    for code in [500, 502, 503, 504, 599] {
        is_unknown(status(code));
    }
}

#[test]
fn a_create_with_a_5xx_is_not_repeated_even_with_retry_after() {
    is_unknown(status(503).retry_after("1"));
}

#[test]
fn a_create_that_timed_out_is_not_repeated() {
    is_unknown(hang());
    is_unknown(created().after(30_001.0));
}

#[test]
fn a_create_whose_connection_was_lost_is_not_repeated() {
    is_unknown(lost());
}

#[test]
fn a_create_whose_response_broke_off_is_not_repeated() {
    is_unknown(broken());
}

#[test]
fn a_create_whose_response_has_no_task_id_is_not_repeated() {
    for answer in [
        json!({}),
        json!({ "taskId": "" }),
        json!({ "taskId": 7 }),
        json!({ "taskId": null }),
        json!({ "id": "task" }),
        json!({ "data": { "taskId": "task" } }),
        json!(["task"]),
        json!("task"),
        json!(null),
    ] {
        is_unknown(ok(answer));
    }
}

#[test]
fn a_create_whose_response_is_not_json_is_not_repeated() {
    for body in ["", "ok", "<html>", r#"{"taskId":"task_abc1"#] {
        is_unknown(text(200, body));
    }
    is_unknown(text(204, ""));
}

#[test]
fn the_error_of_an_unknown_outcome_contains_the_response() {
    let service = Service::answering([text(200, "<html>busy</html>")]);
    let error = failure(&service, Method::CreateTask, json!({}));
    let details = details(&error);
    assert_eq!(details["status"], 200);
    assert_eq!(details["body"], "<html>busy</html>");
}

#[test]
fn any_2xx_with_a_task_id_is_a_created_task() {
    for status in [200, 201, 202, 299] {
        let service = Service::answering([text(status, r#"{"taskId":"task_abc123"}"#)]);
        assert_eq!(success(&service, Method::CreateTask, json!({}))["taskId"], TASK_ID);
    }
}

#[test]
fn an_unconnected_create_is_retried() {
    for method in METHODS_THAT_CREATE {
        let service = Service::answering([not_connected(), not_connected(), created(), task("COMPLETED")]);
        success(&service, method, json!({}));
        let creates = service.sent().iter().filter(|sent| sent.is_create()).count();
        assert_eq!(creates, 3, "{method:?}");
    }
}

#[test]
fn an_unconnected_create_is_a_network_error_after_its_retries() {
    for method in METHODS_THAT_CREATE {
        let service = Service::answering([not_connected()]);
        let error = failure(&service, method, json!({}));
        assert_eq!(error.code, Code::Network);
        assert_eq!(details(&error)["retryable"], true);
        assert_eq!(service.count(), 5);
    }
}

#[test]
fn without_retries_a_create_is_sent_once() {
    for method in METHODS_THAT_CREATE {
        let service = Service::answering([not_connected()]);
        let platform = Platform::new(&service);
        platform.failure(&client(json!({ "maxRetries": 0 })), method, subject(method), json!({}));
        assert_eq!(service.count(), 1);
    }
}

#[test]
fn a_create_is_not_retried_once_it_may_have_arrived() {
    for reply in [lost(), hang(), status(500), broken()] {
        let service = Service::answering([not_connected(), reply, created()]);
        assert_eq!(
            failure(&service, Method::CreateTask, json!({})).code,
            Code::OutcomeUnknown
        );
        assert_eq!(service.count(), 2);
    }
}

#[test]
fn create_task_does_not_wait_for_a_full_account() {
    let service = Service::answering([status(429).retry_after("2"), created()]);
    let error = failure(&service, Method::CreateTask, json!({}));
    assert_eq!(error.code, Code::ConcurrencyLimit);
    assert_eq!(details(&error)["retryAfterMs"], 2_000);
    assert_eq!(service.count(), 1);
}

#[test]
fn a_refused_create_is_not_repeated() {
    for code in [400, 401, 402, 403, 404] {
        for method in METHODS_THAT_CREATE {
            let service = Service::answering([status(code), created()]);
            failure(&service, method, json!({}));
            assert_eq!(service.count(), 1, "{code}");
        }
    }
}

#[test]
fn a_redirected_create_is_not_repeated() {
    for code in [0, 301, 302, 307, 308] {
        for method in METHODS_THAT_CREATE {
            let service = Service::answering([status(code), created()]);
            assert_eq!(failure(&service, method, json!({})).code, Code::OutcomeUnknown);
            assert_eq!(service.count(), 1, "{code}");
        }
    }
}

#[test]
fn an_attempt_times_out_after_thirty_seconds() {
    let service = Service::answering([created().after(29_999.0)]);
    success(&service, Method::CreateTask, json!({}));
    let service = Service::answering([hang()]);
    failure(&service, Method::CreateTask, json!({}));
    assert_eq!(service.clock.elapsed(), 30_000.0);
}

#[test]
fn the_timeout_of_an_attempt_can_be_set_for_the_client_and_for_the_call() {
    let client = client(json!({ "timeoutMs": 7_000 }));
    for (options, expected) in [(json!({}), 7_000.0), (json!({ "timeoutMs": 90_000 }), 90_000.0)] {
        let service = Service::answering([hang()]);
        Platform::new(&service).failure(&client, Method::CreateTask, request(), options);
        assert_eq!(service.clock.elapsed(), expected);
    }
}

#[test]
fn an_invalid_request_is_not_sent() {
    for method in METHODS_THAT_CREATE {
        let service = Service::answering([created()]);
        let request = json!({ "model": "sd2", "inputs": { "duration": 5, "upscaleResolution": "2K" } });
        let error = Platform::new(&service).failure(&client(json!({})), method, request, json!({}));
        assert_eq!(error.code, Code::InvalidRequest);
        assert_eq!(details(&error)["issues"].as_array().map(Vec::len), Some(3));
        assert!(
            error.message.contains("prompt") && error.message.contains("More errors"),
            "{error}"
        );
        assert_eq!(service.count(), 0);
    }
}

#[test]
fn the_message_names_the_field_of_the_first_error() {
    let service = Service::answering([created()]);
    // The first image is only a warning.
    let inputs = json!({ "urls": ["http://localhost/a", "asset://b"], "videoInputMode": "keyframe", "duration": 5 });
    let request = json!({ "model": "sd2", "inputs": inputs });
    let platform = Platform::new(&service);
    let error = platform.failure(&client(json!({})), Method::CreateTask, request, json!({}));
    assert_eq!(details(&error)["issues"].as_array().map(Vec::len), Some(2));
    assert!(error.message.contains("inputs: duration: duration must be"), "{error}");
    assert!(!error.message.contains("More errors"), "{error}");
}

#[test]
fn a_warning_does_not_stop_a_request() {
    let service = Service::answering([created()]);
    let request = json!({ "model": "sd2", "inputs": { "prompt": "A cat", "seed": 7 } });
    Platform::new(&service).success(&client(json!({})), Method::CreateTask, request.clone(), json!({}));
    assert_eq!(service.count(), 1);
}

#[test]
fn a_client_that_does_not_validate_sends_what_it_is_given() {
    let service = Service::answering([created()]);
    let client = client(json!({ "validate": false }));
    for request in [
        json!({ "model": "sd9", "inputs": { "later": true } }),
        json!([]),
        json!({}),
    ] {
        Platform::new(&service).success(&client, Method::CreateTask, request.clone(), json!({}));
        let sent = service.sent();
        let body = sent.last().and_then(|sent| sent.request.body.clone()).expect("a body");
        assert_eq!(body, request);
    }
}

#[test]
fn create_task_does_not_call_on_created() {
    let service = Service::answering([created()]);
    let platform = Platform::new(&service);
    platform.success(&client(json!({})), Method::CreateTask, request(), json!({}));
    assert_eq!(platform.told(Listener::Created).len(), 0);
}
