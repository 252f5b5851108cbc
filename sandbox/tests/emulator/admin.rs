//! `/admin`.

use serde_json::{Value, json};

use crate::client::{KEY, Sandbox, cat, request};

#[test]
fn without_the_flag_there_is_no_admin() {
    let sandbox = Sandbox::with(sandbox::Config::default());
    for path in ["ledger", "faults", "reset", ""] {
        assert_eq!(sandbox.admin("POST", path, json!({})).status, 404, "{path}");
    }
    assert_eq!(sandbox.send("GET", "/redirected", &[], "").unwrap().status, 404);
}

#[test]
fn a_task_can_be_finished_at_once() {
    let sandbox = Sandbox::start();
    let (good, bad) = (sandbox.created(cat()), sandbox.created(cat()));
    let finish = |id: &str, body| sandbox.admin("POST", &format!("tasks/{id}"), body);
    assert_eq!(
        finish(&good, json!({ "finish": "COMPLETED" })).json()["status"],
        "COMPLETED"
    );
    let failed = finish(&bad, json!({ "finish": "FAILED", "error": "No luck" })).json();
    assert_eq!(
        (&failed["status"], &failed["error"]),
        (&json!("FAILED"), &json!("No luck"))
    );
    assert_eq!(sandbox.credits(KEY), [4800, 4800]);
    assert_eq!(finish(&bad, json!({ "finish": "COMPLETED" })).status, 409);
    assert_eq!(finish("task_none", json!({})).status, 404);
    assert_eq!(finish(&bad, json!({ "finnish": 1 })).status, 400);
}

#[test]
fn a_patch_changes_responses_until_it_is_cleared_or_the_task_is_finished() {
    let sandbox = Sandbox::start();
    let id = sandbox.created(cat());
    let change = |body| sandbox.admin("POST", &format!("tasks/{id}"), body);
    change(json!({ "patch": { "status": "QUEUED_FOR_GPU", "queuePosition": 4 } }));
    let task = sandbox.task(&id);
    assert_eq!(
        (&task["status"], &task["queuePosition"]),
        (&json!("QUEUED_FOR_GPU"), &json!(4))
    );
    assert_eq!(sandbox.ledger()["tasks"][0]["realStatus"], "PENDING");
    change(json!({ "clear": true }));
    assert_eq!(sandbox.task(&id)["status"], "PENDING");
    change(json!({ "status": "PAUSED" }));
    assert_eq!(sandbox.task(&id)["status"], "PAUSED");
    change(json!({ "finish": "COMPLETED", "patch": { "output": null } }));
    let task = sandbox.task(&id);
    assert_eq!((&task["status"], &task["output"]), (&json!("COMPLETED"), &Value::Null));
    change(json!({ "clear": true }));
    assert!(sandbox.task(&id)["output"].is_array());
}

#[test]
fn the_ledger_counts_create_requests_and_tasks() {
    let sandbox = Sandbox::start();
    sandbox.fault(json!({ "on": "createTask", "kind": "reset_after" }));
    assert!(sandbox.create(KEY, &request(cat())).is_err());
    sandbox.created(cat());
    sandbox.create("nobody", &request(cat())).unwrap();
    let ledger = sandbox.ledger();
    assert_eq!(ledger["createRequests"], 3);
    assert_eq!(ledger["tasksMade"], 2);
    assert_eq!(ledger["creditsReserved"], 400);
    let requests = ledger["requests"].as_array().unwrap();
    let seen: Vec<_> = requests
        .iter()
        .map(|seen| json!([seen["status"], seen["account"], seen["price"]]))
        .collect();
    assert_eq!(
        seen,
        [json!([null, 0, 200]), json!([200, 0, 200]), json!([401, null, null])]
    );
    assert_eq!(
        ledger["endpoints"]["createTask"]["headers"],
        json!(["authorization", "connection", "content-length", "content-type", "host"])
    );
    assert_eq!(
        ledger["accounts"][0],
        json!({ "credits": 5000, "availableCredits": 4600, "running": 2 })
    );
    assert_eq!(ledger["tasks"][1]["taskId"], requests[1]["taskId"]);
    assert_eq!(ledger["tasks"][1]["prompt"], cat()["prompt"]);
}

#[test]
fn keys_can_be_added_and_their_balance_set() {
    let sandbox = Sandbox::start();
    let set = |key: &str, credits: u64| sandbox.admin("POST", "keys", json!({ "key": key, "credits": credits }));
    assert_eq!(set("fresh", 10).json(), json!({ "account": 3 }));
    assert_eq!(sandbox.credits("fresh"), [10, 10]);
    assert_eq!(set(KEY, 7).json(), json!({ "account": 0 }));
    assert_eq!(sandbox.credits(KEY), [7, 7]);
}

#[test]
fn a_reset_restores_the_initial_state() {
    let sandbox = Sandbox::start();
    let id = sandbox.created(cat());
    sandbox.fault(json!({ "on": "any", "kind": "hang", "times": 0 }));
    sandbox.admin("POST", "keys", json!({ "key": "fresh", "credits": 1 }));
    assert_eq!(sandbox.admin("POST", "reset", json!({})).status, 200);
    assert_eq!(sandbox.query(KEY, &id).status, 404);
    assert_eq!(sandbox.credits(KEY), [5000, 5000]);
    assert_eq!(sandbox.create("fresh", &request(cat())).unwrap().status, 401);
    assert_eq!(sandbox.ledger()["tasks"], json!([]));
}

#[test]
fn a_wrong_admin_request_is_refused_with_a_reason() {
    let sandbox = Sandbox::start();
    for (path, body) in [
        ("faults", json!({ "on": "any", "kind": "hangs" })),
        ("advance", json!({ "ms": -1 })),
        ("keys", json!({ "key": "x" })),
    ] {
        let reply = sandbox.admin("POST", path, body);
        assert_eq!(reply.status, 400, "{path}");
        assert!(reply.json()["message"].is_string());
    }
}

#[test]
fn too_large_a_number_is_refused_and_the_sandbox_goes_on() {
    let sandbox = Sandbox::start();
    for (path, field) in [
        ("advance", "ms"),
        ("keys", "credits"),
        ("faults", "ms"),
        ("faults", "bytes"),
    ] {
        for number in [u64::MAX, 1 << 53] {
            let mut body = match path {
                "faults" => json!({ "on": "createTask", "kind": "latency" }),
                "keys" => json!({ "key": KEY }),
                _ => json!({}),
            };
            body[field] = json!(number);
            let reply = sandbox.admin("POST", path, body);
            assert_eq!(reply.status, 400, "{path}: {number}");
            assert!(reply.json()["message"].is_string());
        }
    }
    let id = sandbox.created(cat());
    sandbox.advance(60_000);
    assert_eq!(sandbox.task(&id)["status"], "COMPLETED");
}

#[test]
fn tasks_still_run_when_the_clock_is_at_its_limit() {
    let sandbox = Sandbox::start();
    sandbox.advance((1 << 53) - 3_600_000);
    let again = sandbox.admin("POST", "advance", json!({ "ms": (1_u64 << 53) - 3_600_000 }));
    assert_eq!(again.status, 400);
    let id = sandbox.created(cat());
    assert_eq!(sandbox.task(&id)["status"], "PENDING");
    sandbox.advance(60_000);
    assert_eq!(sandbox.task(&id)["status"], "COMPLETED");
}

#[test]
fn admin_requests_need_a_loopback_host() {
    let sandbox = Sandbox::start();
    let port = sandbox.address.port();
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        (format!("LOCALHOST:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        ("127.8.9.1".to_owned(), 200),
        (format!("evil.example:{port}"), 403),
        (format!("127.0.0.1.evil.example:{port}"), 403),
        (format!("localhost.evil.example:{port}"), 403),
        (format!("localhost@evil.example:{port}"), 403),
        (format!("192.168.0.1:{port}"), 403),
        ("0.0.0.0".to_owned(), 403),
        (String::new(), 403),
    ] {
        let reply = sandbox
            .send_exactly("GET", "/admin/ledger", &[("host", &host)], "")
            .unwrap();
        assert_eq!(reply.status, status, "{host}");
    }
    let hosts = [("host", "localhost"), ("host", "evil.example")];
    let twice = sandbox.send_exactly("GET", "/admin/ledger", &hosts, "").unwrap();
    assert!(twice.status >= 400);
}

#[test]
fn admin_requests_of_other_origins_are_refused() {
    let sandbox = Sandbox::start();
    let (address, port) = (sandbox.address, sandbox.address.port());
    let own = format!("http://{address}");
    for (origin, status) in [
        (own.clone(), 200),
        ("https://evil.example".to_owned(), 403),
        (format!("http://evil.example:{port}"), 403),
        (format!("http://localhost:{port}"), 403),
        ("http://127.0.0.1:1".to_owned(), 403),
        (format!("https://{address}"), 403),
        ("null".to_owned(), 403),
        (String::new(), 403),
    ] {
        for (method, path) in [("POST", "reset"), ("DELETE", "faults"), ("GET", "ledger")] {
            let reply = sandbox.send(method, &format!("/admin/{path}"), &[("origin", &origin)], "{}");
            assert_eq!(reply.unwrap().status, status, "{origin}: {path}");
        }
    }
    let both = [("origin", own.as_str()), ("origin", "https://evil.example")];
    assert_eq!(sandbox.send("POST", "/admin/reset", &both, "").unwrap().status, 403);
}

#[test]
fn a_refused_admin_request_changes_nothing() {
    let sandbox = Sandbox::start();
    let id = sandbox.created(cat());
    sandbox
        .send("POST", "/admin/reset", &[("origin", "https://evil.example")], "")
        .unwrap();
    assert_eq!(sandbox.task(&id)["status"], "PENDING");
}

#[test]
fn the_service_itself_accepts_any_host_and_origin() {
    let sandbox = Sandbox::start();
    let bearer = format!("Bearer {KEY}");
    let headers = [
        ("host", "service.test"),
        ("origin", "https://page.example"),
        ("authorization", bearer.as_str()),
    ];
    let reply = sandbox
        .send_exactly("GET", "/api/v1/account/credits", &headers, "")
        .unwrap();
    assert_eq!(reply.status, 200);
}
