//! The administrative endpoint.

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
fn a_patch_lies_over_the_answer_until_it_is_cleared_or_the_task_is_finished() {
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
fn the_ledger_tells_how_often_a_task_was_asked_for_and_made() {
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
fn a_reset_restores_the_start() {
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
fn a_wrong_order_is_refused_with_a_reason() {
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
