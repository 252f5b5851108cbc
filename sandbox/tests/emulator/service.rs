//! The three endpoints: prices, accounts, lifecycle, and every documented error.

use serde_json::{Value, json};

use crate::client::{KEY, OTHER, POOR, Sandbox, cat, request};

#[test]
fn the_reserved_credits_match_every_row_of_the_price_table() {
    let reference = json!({
        "videoInputMode": "reference", "resolution": "1280x720", "videoUrls": ["https://example.com/v.mp4"],
    });
    let with = |mut inputs: Value, upscale: &str| {
        inputs["upscaleResolution"] = json!(upscale);
        inputs
    };
    for (inputs, sd2, fast) in [
        (cat(), 200, 160),
        (with(cat(), "2k"), 300, 260),
        (with(cat(), "4k"), 400, 360),
        (reference.clone(), 400, 320),
        (with(reference, "4k"), 600, 520),
    ] {
        for (model, price) in [("sd2", sd2), ("sd2-fast", fast)] {
            let sandbox = Sandbox::start();
            let body = json!({ "model": model, "inputs": inputs });
            assert_eq!(sandbox.create(KEY, &body).unwrap().status, 200);
            assert_eq!(sandbox.credits(KEY), [5000, 5000 - price], "{body}");
        }
    }
}

#[test]
fn a_task_is_pending_then_processing_then_completed() {
    let sandbox = Sandbox::start();
    let reply = sandbox.create(KEY, &request(cat())).unwrap();
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let answer = reply.json();
    let id = answer["taskId"].as_str().unwrap();
    assert_eq!(answer, json!({ "taskId": id }));
    let task = sandbox.task(id);
    assert_eq!(task["status"], "PENDING");
    assert_eq!(task["completeTime"], Value::Null);
    sandbox.advance(2_000);
    assert_eq!(sandbox.task(id)["status"], "PROCESSING");
    sandbox.advance(20_000);
    let task = sandbox.task(id);
    let url = format!("http://{}/videos/{id}-1280x720.mp4", sandbox.address);
    let expected = json!({
        "taskId": id, "model": "sd2", "status": "COMPLETED", "creditsUsed": 200, "error": null,
        "output": [{ "url": url, "width": 1280, "height": 720 }],
        "createTime": task["createTime"], "completeTime": task["completeTime"],
    });
    assert_eq!(task, expected);
    assert!(task["createTime"].as_u64().unwrap() > 1_700_000_000_000);
    assert!(task["completeTime"].as_u64() >= task["createTime"].as_u64());
}

#[test]
fn a_task_completes_by_itself_on_a_fast_clock() {
    let sandbox = Sandbox::with(sandbox::Config {
        speed: 1000.0,
        ..sandbox::Config::default()
    });
    let id = sandbox.created(cat());
    crate::client::eventually("completed", || sandbox.task(&id)["status"] == "COMPLETED");
}

#[test]
fn reserved_credits_are_charged_on_success_and_released_on_failure() {
    let sandbox = Sandbox::start();
    sandbox.created(cat());
    let failing = sandbox.created(json!({ "prompt": "[fail: No cats today]", "duration": "10s" }));
    assert_eq!(sandbox.credits(KEY), [5000, 4400]);
    sandbox.advance(60_000);
    assert_eq!(sandbox.credits(KEY), [4800, 4800]);
    let task = sandbox.task(&failing);
    assert_eq!(task["status"], "FAILED");
    assert_eq!(task["error"], "No cats today");
    assert_eq!(task["creditsUsed"], 0);
    assert_eq!(task["output"], Value::Null);
}

#[test]
fn each_resolution_gives_a_video_of_its_size() {
    for resolution in ["720x720", "720x960", "960x720", "1280x720", "720x1280", "1280x540"] {
        let sandbox = Sandbox::start();
        let id = sandbox.created(json!({ "prompt": "x", "resolution": resolution }));
        sandbox.advance(60_000);
        let output = &sandbox.task(&id)["output"][0];
        assert_eq!(format!("{}x{}", output["width"], output["height"]), resolution);
        let url = output["url"].as_str().unwrap().to_owned();
        let path = url.strip_prefix(&format!("http://{}", sandbox.address)).unwrap();
        let video = sandbox.send("GET", path, &[], "").unwrap();
        assert_eq!(video.status, 200);
        assert_eq!(video.header("content-type"), Some("video/mp4"));
        assert_eq!(&video.body[4..8], b"ftyp");
    }
}

#[test]
fn a_fourth_task_has_to_wait_and_other_accounts_do_not() {
    let sandbox = Sandbox::start();
    for _ in 0..3 {
        sandbox.created(cat());
    }
    let refused = sandbox.create(KEY, &request(cat())).unwrap();
    assert_eq!(refused.status, 429);
    assert!(refused.json()["message"].is_string());
    assert_eq!(sandbox.credits(KEY), [5000, 4400]);
    assert_eq!(sandbox.create(OTHER, &request(cat())).unwrap().status, 200);
    sandbox.advance(60_000);
    sandbox.created(cat());
}

#[test]
fn reserved_credits_cannot_be_spent_twice() {
    let sandbox = Sandbox::with(sandbox::Config {
        keys: vec![(KEY.to_owned(), 399)],
        ..sandbox::Config::default()
    });
    sandbox.created(cat());
    assert_eq!(sandbox.create(KEY, &request(cat())).unwrap().status, 402);
    assert_eq!(sandbox.credits(KEY), [399, 199]);
}

#[test]
fn each_documented_error_has_its_status_and_a_message() {
    let sandbox = Sandbox::start();
    let id = sandbox.created(cat());
    let create = |key, body: &str| sandbox.call("POST", "/api/v1/jobs/createTask", key, body).unwrap();
    let cat = request(cat()).to_string();
    for (reply, status, part) in [
        (create(KEY, "not json"), 400, "JSON"),
        (
            create(KEY, r#"{"model":"sd2","inputs":{"prompt":"x","duration":"3s"}}"#),
            400,
            "inputs.duration",
        ),
        (create("nobody", &cat), 401, "API key"),
        (create(POOR, &cat), 402, "credits"),
        (sandbox.query(OTHER, &id), 403, "account"),
        (sandbox.query(KEY, "task_none"), 404, "task"),
        (sandbox.query(KEY, ""), 400, "taskId"),
        (
            sandbox.call("GET", "/api/v1/jobs/queryTask", KEY, "").unwrap(),
            400,
            "taskId",
        ),
        (
            sandbox.send("GET", "/api/v1/account/credits", &[], "").unwrap(),
            401,
            "API key",
        ),
        (
            sandbox.call("GET", "/api/v1/jobs/createTask", KEY, "").unwrap(),
            405,
            "method",
        ),
        (
            sandbox.call("POST", "/api/v1/account/credits", KEY, "{}").unwrap(),
            405,
            "method",
        ),
        (sandbox.call("GET", "/api/v1/jobs", KEY, "").unwrap(), 404, "endpoint"),
        (
            sandbox.call("GET", "/api/v2/account/credits", KEY, "").unwrap(),
            404,
            "endpoint",
        ),
        (
            create(KEY, &format!("\"{}\"", "x".repeat(3 << 20))),
            413,
            "length limit",
        ),
    ] {
        assert_eq!(reply.status, status, "{}", reply.json());
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let message = reply.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(sandbox.ledger()["tasksMade"], 1);
}

#[test]
fn the_response_to_an_unknown_key_does_not_contain_it() {
    let sandbox = Sandbox::start();
    let reply = sandbox.create("very-secret", &request(cat())).unwrap();
    assert_eq!(reply.status, 401);
    let seen = format!("{reply:?}{}", String::from_utf8_lossy(&reply.body));
    assert!(!seen.contains("very-secret"));
    let ledger = sandbox.ledger().to_string();
    assert!(!ledger.contains("very-secret") && !ledger.contains(KEY));
}

#[test]
fn a_key_without_the_bearer_scheme_is_refused() {
    let sandbox = Sandbox::start();
    for (value, status) in [
        ("Bearer sandbox-key", 200),
        ("bearer sandbox-key", 200),
        ("Basic sandbox-key", 401),
        ("sandbox-key", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
    ] {
        let headers = [("authorization", value)];
        let reply = sandbox.send("GET", "/api/v1/account/credits", &headers, "");
        assert_eq!(reply.unwrap().status, status, "{value}");
    }
}
