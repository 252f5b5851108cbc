//! What is sent for each method.

use super::{TASK_ID, request, subject};
use crate::support::json::{Json, json, seen};
use crate::support::platform::{KEY, Platform, client};
use crate::support::service::{Sent, Service, created, ok, task, task_of};
use sd2_client::call::Method;
use sd2_client::client::Client;
use sd2_client::error::Code;

fn sent(client: &Client, method: Method, subject: Json) -> Sent {
    let service = Service::new(|sent| match method {
        Method::GetCredits => ok(json!({ "credits": 5000, "availableCredits": 4800 })),
        _ if sent.is_create() => created(),
        _ => task_of(subject.as_str().unwrap_or(TASK_ID), "COMPLETED"),
    });
    Platform::new(&service).success(client, method, subject.clone(), json!({}));
    service.sent().remove(0)
}

#[test]
fn a_create_posts_the_request_as_json() {
    for method in [Method::CreateTask, Method::Generate] {
        let sent = sent(&client(json!({})), method, request()).request;
        assert_eq!(sent.url, "https://seegen.ai/api/v1/jobs/createTask");
        assert_eq!(sent.body.as_ref().map(seen), Some(request()));
        let headers = json!({ "Authorization": format!("Bearer {KEY}"), "Content-Type": "application/json" });
        assert_eq!(seen(&sent.headers), headers);
    }
}

#[test]
fn a_query_gets_the_task_by_its_id() {
    for method in [Method::QueryTask, Method::WaitForTask] {
        let sent = sent(&client(json!({})), method, TASK_ID.into()).request;
        assert_eq!(sent.url, "https://seegen.ai/api/v1/jobs/queryTask?taskId=task_abc123");
        assert_eq!(sent.body, None);
        assert_eq!(seen(&sent.headers), json!({ "Authorization": format!("Bearer {KEY}") }));
    }
}

#[test]
fn the_balance_is_asked_for_with_a_get() {
    let sent = sent(&client(json!({})), Method::GetCredits, Json::Null).request;
    assert_eq!(sent.url, "https://seegen.ai/api/v1/account/credits");
    assert_eq!(sent.body, None);
    assert_eq!(seen(&sent.headers), json!({ "Authorization": format!("Bearer {KEY}") }));
}

#[test]
fn an_id_cannot_change_the_query() {
    let sent = sent(&client(json!({})), Method::QueryTask, json!("a&b=c d/é#~-._Z9+%"));
    let query = "taskId=a%26b%3Dc%20d%2F%C3%A9%23~-._Z9%2B%25";
    assert_eq!(
        sent.request.url,
        format!("https://seegen.ai/api/v1/jobs/queryTask?{query}")
    );
}

#[test]
fn a_base_url_and_headers_are_added_to_each_request() {
    let client = client(json!({ "baseUrl": "https://gateway.example.com/sd2/", "headers": { "X-Team": "film" } }));
    for method in [Method::CreateTask, Method::QueryTask, Method::GetCredits] {
        let sent = sent(&client, method, subject(method)).request;
        assert!(sent.url.starts_with("https://gateway.example.com/sd2/"), "{}", sent.url);
        assert_eq!(sent.headers.text("X-Team"), Some("film"));
    }
}

#[test]
fn without_a_key_there_is_no_authorization() {
    let options = sd2_client::options::Options::read(&crate::support::json::value(&json!({
        "baseUrl": "https://gateway.example.com"
    })));
    let client = Client::new(options.expect("the options are right"));
    let sent = sent(&client, Method::GetCredits, Json::Null);
    assert_eq!(seen(&sent.request.headers), json!({}));
}

#[test]
fn the_key_is_in_no_url() {
    for method in [Method::CreateTask, Method::QueryTask, Method::GetCredits] {
        assert!(
            !sent(&client(json!({})), method, subject(method))
                .request
                .url
                .contains(KEY)
        );
    }
}

#[test]
fn a_task_id_is_a_text_that_is_not_empty() {
    for method in [Method::QueryTask, Method::WaitForTask] {
        for subject in [json!(""), json!(null), json!(7), json!({ "taskId": TASK_ID })] {
            let service = Service::answering([task("COMPLETED")]);
            let error = Platform::new(&service).failure(&client(json!({})), method, subject, json!({}));
            assert_eq!(error.code, Code::InvalidArgument);
            assert_eq!(service.count(), 0);
        }
    }
}

#[test]
fn a_content_type_of_the_caller_takes_the_place_of_ours() {
    let client = client(json!({ "headers": { "content-type": "application/json; charset=utf-8" } }));
    let sent = sent(&client, Method::CreateTask, request());
    let headers = sent.request.headers.as_object().expect("an object");
    let types = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    assert_eq!(types.count(), 1);
}
