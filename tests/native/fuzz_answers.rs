//! Whatever the service and the platform do, each call ends as documented.
//! `PROPTEST_CASES=100000 cargo test --test native fuzz_answers` tries more.

use crate::support::json::{Json, json, seen, value};
use crate::support::platform::{Failure, KEY, Listener, Platform, client};
use crate::support::service::{Answer, Reply, Service, created, task};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sd2_client::call::Method;
use sd2_client::error::Code;
use sd2_client::service::callback;
use sd2_client::value::Value;

/// The client's timeout for an attempt.
const ATTEMPT: f64 = 30_000.0;
/// The longest message of an error, without a task id.
const MESSAGE: usize = 800;
const TASK_ID: &str = "task_abc123";
const METHODS: [Method; 5] = [
    Method::CreateTask,
    Method::QueryTask,
    Method::GetCredits,
    Method::WaitForTask,
    Method::Generate,
];

/// Arbitrary text, often with the key or with words of the protocol.
fn texts() -> impl Strategy<Value = String> {
    let words = [
        "",
        KEY,
        TASK_ID,
        "COMPLETED",
        "FAILED",
        "PENDING",
        "https://example.com/a.mp4",
        "javascript:alert(1)",
        "//example.com",
        "ftp://example.com",
        "{}",
        "200",
    ];
    prop_oneof![
        4 => select(words.to_vec()).prop_map(str::to_owned),
        1 => "(?s).{0,12}",
        1 => ".{0,6}".prop_map(|text| format!("{text}{KEY}{text}")),
        1 => (1..4_000usize).prop_map(|length| "x".repeat(length)),
    ]
}

/// Arbitrary JSON, often with documented field names.
fn jsons() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        texts().prop_map(Json::from),
    ];
    let names = [
        "taskId",
        "status",
        "output",
        "url",
        "error",
        "message",
        "credits",
        "availableCredits",
        "model",
        "creditsUsed",
        KEY,
    ];
    let name = prop_oneof![6 => select(names.to_vec()).prop_map(str::to_owned), 1 => texts()];
    leaf.prop_recursive(4, 24, 6, move |inner| {
        prop_oneof![
            1 => vec(inner.clone(), 0..4).prop_map(Json::from),
            3 => vec((name.clone(), inner), 0..6).prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// A task in which any field may be wrong.
fn tasks() -> impl Strategy<Value = Json> {
    let right = |good: Vec<Json>| prop_oneof![6 => select(good), 1 => jsons()];
    let states = [
        "PENDING",
        "PROCESSING",
        "COMPLETED",
        "COMPLETED",
        "FAILED",
        "ARCHIVED",
        "",
    ]
    .map(Json::from);
    let outputs = [
        json!(null),
        json!([]),
        json!([{ "url": "https://example.com/a.mp4", "width": 1, "height": 1 }]),
        json!([{ "url": "https://example.com/a.mp4" }, { "url": "data:text/html,a" }]),
        json!([{ "url": 7 }]),
    ];
    (
        right(vec![json!(TASK_ID)]),
        right(states.to_vec()),
        right(outputs.to_vec()),
        right(vec![json!(null), json!("why"), json!("y".repeat(3_000))]),
    )
        .prop_map(
            |(id, status, output, error)| json!({ "taskId": id, "status": status, "output": output, "error": error }),
        )
}

fn bodies() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => tasks().prop_map(|json| json.to_string()),
        3 => jsons().prop_map(|json| json.to_string()),
        2 => texts().prop_map(|id| json!({ "taskId": id }).to_string()),
        1 => Just(json!({ "credits": 5000, "availableCredits": 4800 }).to_string()),
        1 => texts(),
        1 => (tasks(), any::<prop::sample::Index>()).prop_map(|(json, at)| {
            let text = json.to_string();
            text.chars().take(at.index(text.len())).collect()
        }),
        1 => (1..3_000usize).prop_map(|depth| "[".repeat(depth) + &"]".repeat(depth)),
    ]
}

fn statuses() -> impl Strategy<Value = u16> {
    prop_oneof![
        6 => Just(200u16),
        1 => 200..300u16,
        2 => select(vec![0, 302, 307, 400, 401, 402, 403, 404, 408, 418, 429, 429, 500, 502, 503, 504]),
        1 => any::<u16>(),
    ]
}

fn headers() -> impl Strategy<Value = Option<String>> {
    let odd = [
        "",
        "1",
        "0",
        "61",
        "-1",
        "1e9",
        "NaN",
        "Sat, 23 Mar 2024 22:56:37 GMT",
        "GMT",
        "soon GMT",
    ];
    let header = prop_oneof![
        3 => select(odd.to_vec()).prop_map(str::to_owned),
        1 => "[0-9]{1,400}",
        1 => texts(),
    ];
    option::weighted(0.3, header)
}

/// A thrown value: an error as the boundary writes it, or anything else.
fn causes() -> impl Strategy<Value = Json> {
    let codes = ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", KEY];
    let named = (
        texts(),
        texts(),
        option::of(select(codes.to_vec())),
        option::of(jsons()),
    )
        .prop_map(
            |(name, message, code, cause)| json!({ "name": name, "message": message, "code": code, "cause": cause }),
        );
    prop_oneof![3 => named, 1 => jsons()]
}

fn replies() -> impl Strategy<Value = Reply> {
    let answers = (statuses(), headers(), bodies(), option::weighted(0.1, causes())).prop_map(
        |(status, retry_after, body, broken)| {
            let text = if broken.is_some() { String::new() } else { body };
            Answer {
                status: Some(status),
                retry_after,
                text,
                thrown: broken,
            }
        },
    );
    let failures = (causes(), any::<bool>()).prop_map(|(cause, was_connected)| {
        let refused = json!({ "code": "ECONNREFUSED", "cause": cause });
        Answer {
            thrown: Some(if was_connected {
                json!({ "cause": [cause] })
            } else {
                refused
            }),
            ..Answer::default()
        }
    });
    let outcomes = prop_oneof![6 => answers, 2 => failures];
    let spans = prop_oneof![6 => Just(0.0), 1 => 0.0..2.0 * ATTEMPT, 1 => Just(f64::INFINITY)];
    // Excludes a response at the very moment of the timeout, for which both outcomes are right.
    let spans = spans.prop_filter("not at the timeout", |span| *span != ATTEMPT);
    (outcomes, spans).prop_map(|(answer, after)| Reply { after, answer })
}

/// The JSON in a reply.
fn said(reply: &Reply) -> Json {
    reply.answer.json().unwrap_or_default()
}

fn is_on_time(reply: &Reply) -> bool {
    reply.after < ATTEMPT
}

fn is_id(id: &str) -> bool {
    let is_visible = |character: char| !sd2_client::rules::text::is_invisible(character);
    id.chars().any(is_visible) && id.len() <= 200
}

/// The documented outcome of a create: `None` for a task id, otherwise an error code.
fn outcome_of_create(reply: &Reply) -> Option<Code> {
    let answer = &reply.answer;
    match answer.status {
        _ if !is_on_time(reply) => Some(Code::OutcomeUnknown),
        None if answer
            .thrown
            .as_ref()
            .is_some_and(|thrown| thrown["code"] == "ECONNREFUSED") =>
        {
            Some(Code::Network)
        }
        None => Some(Code::OutcomeUnknown),
        Some(status) => match status {
            200..=299 => match said(reply)["taskId"].as_str() {
                Some(id) if is_id(id) && answer.thrown.is_none() => None,
                _ => Some(Code::OutcomeUnknown),
            },
            400 => Some(Code::InvalidRequest),
            401 => Some(Code::Unauthorized),
            402 => Some(Code::InsufficientCredits),
            403 => Some(Code::Forbidden),
            404 => Some(Code::NotFound),
            429 => Some(Code::ConcurrencyLimit),
            405 | 406 | 411 | 413 | 414 | 415 | 422 | 431 | 451 => Some(Code::UnexpectedResponse),
            _ => Some(Code::OutcomeUnknown),
        },
    }
}

fn is_video(video: &Json) -> bool {
    let url = video["url"].as_str().unwrap_or_default().to_ascii_lowercase();
    url.starts_with("https://") || url.starts_with("http://")
}

fn has_output(task: &Json) -> bool {
    task["output"]
        .as_array()
        .is_some_and(|videos| !videos.is_empty() && videos.iter().all(is_video))
}

/// The task as the library returns it: an unfinished task loses an invalid output.
fn tidy(mut task: Json) -> Json {
    let is_completed = task["status"] == "COMPLETED";
    let is_kept = |output: &Json| is_completed || output.as_array().is_some_and(|videos| videos.iter().all(is_video));
    if task.get("output").is_some_and(|output| !is_kept(output)) {
        task["output"] = Json::Null;
    }
    task
}

/// Checks what holds for every error.
fn check_error(error: &Failure) {
    assert_eq!(error.details["code"], error.code.name());
    let id = error.details["taskId"].as_str().unwrap_or_default().len();
    assert!(
        !error.message.is_empty() && error.message.len() <= MESSAGE + id,
        "{}",
        error.message.len()
    );
    assert!(error.details["body"].as_str().unwrap_or_default().chars().count() <= 2_000);
}

fn check(method: Method, replies: &[Reply], random: f64, limit: f64) {
    let reply = |number: usize| &replies[number.min(replies.len() - 1)];
    let service = Service::answering(replies.to_vec());
    let platform = Platform::new(&service);
    platform.random.set(random);
    let is_create = matches!(method, Method::CreateTask | Method::Generate);
    let waits = matches!(method, Method::WaitForTask | Method::Generate);
    let subject = if is_create {
        json!({ "model": "sd2", "inputs": { "prompt": "A cat" } })
    } else {
        json!(TASK_ID)
    };
    let options = if waits {
        json!({ "timeoutMs": limit })
    } else {
        json!({})
    };
    let result = platform.call(&client(json!({})), method, subject, options);
    let result = result.expect("not aborted");
    let elapsed = service.clock.elapsed();
    let sent = service.sent();

    // The call ends in time.
    let longest = if waits { limit } else { 5.0 * ATTEMPT + 4.0 * 60_000.0 };
    assert!(elapsed <= longest + 0.01, "{elapsed} of {longest}");

    // No listener gets a URL that is not http(s).
    for listener in [Listener::Created, Listener::Updated, Listener::Logged] {
        let told = json!(platform.told(listener)).to_string();
        assert!(
            listener == Listener::Created
                || !told.contains(r#""url":"javascript:"#)
                || !told.contains(r#""output":[{"url":"javascript:"#)
        );
    }

    // A create is repeated only if the one before certainly did not happen.
    let creates = sent.iter().filter(|sent| sent.is_create()).count();
    assert!(is_create || creates == 0);
    for repeated in sent.iter().filter(|sent| sent.is_create()).rev().skip(1) {
        let code = outcome_of_create(reply(repeated.number));
        let may = code == Some(Code::Network) || method == Method::Generate && code == Some(Code::ConcurrencyLimit);
        assert!(may, "repeated after {:?}", reply(repeated.number));
    }

    let last = sent.last().map(|sent| (sent.is_create(), reply(sent.number)));
    if let Err(error) = &result {
        check_error(error);
    }
    match (method, last, result) {
        (Method::CreateTask, Some((_, last)), result) => match (outcome_of_create(last), result) {
            (None, Ok(created)) => assert_eq!(created, json!({ "taskId": said(last)["taskId"] })),
            (Some(code), Err(error)) => assert_eq!(error.code, code),
            (expected, result) => panic!("{expected:?}, but {result:?}"),
        },
        (Method::Generate, Some((true, last)), result) => {
            // There was no time for the first poll, or no task was created.
            let error = result.expect_err("no task was asked for");
            let is_over =
                error.code == Code::WaitTimeout || error.code == Code::OutcomeUnknown && elapsed >= limit - 1.01;
            assert!(outcome_of_create(last) == Some(error.code) || is_over, "{error:?}");
            let is_made = outcome_of_create(last).is_none()
                && last.after + service.times().last().copied().unwrap_or_default() <= limit;
            assert!(!is_made || error.details["taskId"].as_str().is_some(), "{error:?}");
        }
        (Method::WaitForTask | Method::Generate, Some((_, last)), Ok(task)) => {
            assert_eq!(task, said(last));
            assert!(task["status"] == "COMPLETED" && has_output(&task), "{task}");
        }
        (Method::WaitForTask | Method::Generate, _, Err(error)) => {
            let ends = [
                Code::InvalidRequest,
                Code::Unauthorized,
                Code::InsufficientCredits,
                Code::Forbidden,
                Code::NotFound,
                Code::WaitTimeout,
                Code::TaskFailed,
            ];
            let has_task = error.details.get("task").is_some();
            assert!(
                ends.contains(&error.code) || error.code == Code::UnexpectedResponse && has_task,
                "{error:?}"
            );
            assert!(error.code != Code::WaitTimeout || elapsed >= limit - 1.01, "{elapsed}");
            assert!(error.details["taskId"].as_str().is_some());
        }
        (Method::QueryTask, Some((_, last)), Ok(task)) => {
            assert_eq!(task, tidy(said(last)));
            assert!(task["output"].is_null() || task["output"].is_array(), "{task}");
            let videos = task["output"].as_array().cloned().unwrap_or_default();
            let is_safe = |video: &Json| video["url"].is_null() || is_video(video);
            assert!(videos.iter().all(is_safe), "{task}");
            assert_eq!(task["taskId"], TASK_ID);
        }
        (Method::GetCredits | Method::AwaitService, Some((_, last)), Ok(credits)) => {
            assert_eq!(credits, said(last));
        }
        (Method::AwaitService, Some(_), Err(error)) => assert!(!error.code.is_retryable(), "{error:?}"),
        (Method::QueryTask | Method::GetCredits, _, Err(error)) => {
            assert_ne!(error.code, Code::OutcomeUnknown);
            assert!(sent.len() <= 5, "{}", sent.len());
        }
        (Method::CancelTask, ..) => unreachable!("it is not asked for here"),
        (method, None, result) => panic!("{method:?} sent nothing, and ended with {result:?}"),
    }
}

proptest! {
    #[test]
    fn each_call_ends_as_documented_whatever_the_responses(
        replies in vec(replies(), 1..8),
        random in 0.0..1.0,
        limit in 1_000.0..900_000.0,
    ) {
        for method in METHODS {
            check(method, &replies, random, limit);
        }
    }

    #[test]
    fn a_created_task_id_is_never_lost_whatever_the_polls_return(
        mut replies in vec(replies(), 1..8),
        random in 0.0..1.0,
        limit in 1_000.0..900_000.0,
    ) {
        replies.insert(0, created());
        check(Method::Generate, &replies, random, limit);
    }

    #[test]
    fn any_callback_body_is_a_task_or_refused(
        body in prop_oneof![tasks(), jsons()],
        text in prop_oneof![texts().prop_map(Value::String), jsons().prop_map(|json| value(&json))],
        is_hint in any::<bool>(),
    ) {
        match callback::read(value(&body), &text, is_hint) {
            Ok(task) => {
                prop_assert!(task.text("taskId").is_some_and(is_id) && task.text("status").is_some_and(|text| !text.is_empty()));
                prop_assert_eq!(seen(&task), tidy(seen(&value(&body))));
                prop_assert!(is_hint || body["status"] != "COMPLETED" || has_output(&body));
            }
            Err(error) => {
                prop_assert_eq!(error.code, Code::UnexpectedResponse);
                prop_assert!(error.details.text("body").unwrap_or_default().len() <= 2_000);
            }
        }
    }

    #[test]
    fn an_outage_of_any_duration_only_delays_a_wait(
        begins in 0.0..120_000.0,
        lasts in 0.0..1_000_000.0,
        ready in 0.0..120_000.0,
        kinds in vec(replies().prop_filter("a temporary failure", passes), 1..6),
        random in 0.0..1.0,
    ) {
        outlives(begins, lasts, ready, &kinds, random);
    }
}

#[test]
fn an_outage_of_twenty_seconds_loses_no_task() {
    let lost = Reply {
        after: 0.0,
        answer: Answer::default(),
    };
    for begins in [0.0, 1_000.0, 25_000.0, 59_000.0] {
        outlives(begins, 20_000.0, 60_000.0, std::slice::from_ref(&lost), 0.5);
    }
}

/// Whether a failure may be gone at the next poll.
fn passes(reply: &Reply) -> bool {
    let stays = |status| (200..300).contains(&status) || (400..=404).contains(&status);
    !reply.answer.status.is_some_and(stays)
}

/// Checks that a wait survives an outage. Each poll during the outage gets one of these replies.
fn outlives(begins: f64, lasts: f64, ready: f64, kinds: &[Reply], random: f64) {
    let ends = begins + lasts;
    let service = Service::new(|sent| match sent {
        sent if sent.is_create() => created(),
        sent if sent.at >= begins && sent.at < ends => kinds[sent.number % kinds.len()].clone(),
        sent if sent.at >= ready => task("COMPLETED"),
        _ => task("PROCESSING"),
    });
    let platform = Platform::new(&service);
    platform.random.set(random);
    let request = json!({ "model": "sd2", "inputs": { "prompt": "A cat" } });
    let options = json!({ "timeoutMs": 2_000_000 });
    // The task is created before the outage.
    let task = platform.success(&client(json!({})), Method::Generate, request, options);
    assert_eq!(task["status"], "COMPLETED");
    // The longest interval, an attempt that hangs, and a `Retry-After`.
    let latest = ends.max(ready) + 11_000.0 + ATTEMPT + 60_000.0;
    assert!(
        service.clock.elapsed() <= latest,
        "{} > {latest}",
        service.clock.elapsed()
    );
}
