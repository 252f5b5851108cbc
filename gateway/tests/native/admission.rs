//! Who may create what, and in which words they are refused.

use sd2_gateway::{Budget, Limits, Per, Standing, admit, check, window};
use serde_json::{Value, json};

const NOW: f64 = 1_711_234_567_890.0;

fn request(inputs: Value) -> Value {
    json!({ "model": "sd2", "callBackUrl": "https://visitor.example/", "inputs": inputs })
}

#[test]
fn a_request_is_priced_and_loses_its_callback_address() {
    let accepted = check(request(json!({ "prompt": "A cat", "duration": "10s" })), false).unwrap();
    assert_eq!(accepted.price, 400);
    assert_eq!(
        accepted.request,
        json!({ "model": "sd2", "inputs": { "prompt": "A cat", "duration": "10s" } })
    );
}

#[test]
fn an_invalid_request_is_refused_with_its_issues() {
    let refusal = check(request(json!({ "prompt": "A cat", "duration": "99s" })), false).unwrap_err();
    assert_eq!(
        (refusal.status, &refusal.body["code"]),
        (400, &json!("invalid_request"))
    );
    assert_eq!(refusal.body["issues"][0]["code"], "bad_duration");
    assert!(
        refusal.body["message"]
            .as_str()
            .unwrap()
            .starts_with("inputs.duration: ")
    );
    assert_eq!(check(json!([]), false).unwrap_err().status, 400);
}

#[test]
fn a_field_that_is_not_documented_is_refused_and_named() {
    let refusal = check(request(json!({ "prompt": "A cat", "quantity": 4 })), false).unwrap_err();
    assert_eq!(refusal.status, 400);
    assert!(
        refusal.body["message"]
            .as_str()
            .unwrap()
            .starts_with("inputs.quantity: ")
    );
}

#[test]
fn a_refusal_names_at_most_a_hundred_issues() {
    let mut wrong = request(json!({ "prompt": "A cat" }));
    for number in 0..5_000 {
        wrong[number.to_string()] = json!(1);
    }
    let refusal = check(wrong, false).unwrap_err();
    assert_eq!(refusal.body["issues"].as_array().unwrap().len(), 100);
}

#[test]
fn files_of_the_account_are_refused_unless_they_are_granted() {
    for url in ["asset://one", " ASSET://one"] {
        let inputs = json!({ "urls": [url], "prompt": "It moves" });
        let refused = check(request(inputs), false).unwrap_err();
        assert!(matches!(refused.status, 400 | 403), "{refused:?}");
    }
    let inputs = json!({ "urls": ["asset://one"], "prompt": "It moves" });
    assert_eq!(check(request(inputs.clone()), false).unwrap_err().status, 403);
    assert!(check(request(inputs), true).is_ok());
}

#[test]
fn a_budget_counts_what_was_spent_and_what_is_held() {
    let budget = Some(Budget {
        credits: 1_000.0,
        per: Per::Day,
    });
    let standing = |spent, held| Standing {
        spent,
        held,
        ..Standing::default()
    };
    assert_eq!(admit(200, budget, Limits::default(), standing(400.0, 400.0), NOW), None);
    let refusal = admit(201, budget, Limits::default(), standing(400.0, 400.0), NOW).unwrap();
    assert_eq!(refusal.status, 402);
    assert_eq!(
        refusal.body["message"],
        "This video costs 201 credits, and 200 are left of your budget of 1000 a day."
    );
    assert_eq!(refusal.body["renewsAt"], 1_711_238_400_000.0);
    assert_eq!(admit(9_999, None, Limits::default(), standing(1e9, 0.0), NOW), None);
}

#[test]
fn a_users_own_limits_are_refused_with_429_and_a_time() {
    let full = Standing {
        queued: 10,
        ..Standing::default()
    };
    let refusal = admit(200, None, Limits::default(), full, NOW).unwrap();
    assert_eq!((refusal.status, refusal.retry_after), (429, Some(10)));
    let fast = Standing {
        recent: 10,
        oldest: Some(NOW - 45_500.0),
        ..Standing::default()
    };
    let refusal = admit(200, None, Limits::default(), fast, NOW).unwrap();
    assert_eq!((refusal.status, refusal.retry_after), (429, Some(15)));
}

#[test]
fn the_times_of_budgets_are_those_of_the_calendar() {
    let day = 86_400_000.0;
    assert_eq!(
        window(Per::Hour, 3_600_000.0 * 7.5),
        (3_600_000.0 * 7.0, Some(3_600_000.0 * 8.0))
    );
    assert_eq!(window(Per::Day, day * 7.5), (day * 7.0, Some(day * 8.0)));
    assert_eq!(window(Per::Ever, NOW), (0.0, None));
    // January, February and March of 1970, February of 2000 and 2024, December of 2026.
    for (at, first, next) in [
        (0.0, 0.0, 31.0),
        (45.5, 31.0, 59.0),
        (59.0, 59.0, 90.0),
        (11_016.0, 10_988.0, 11_017.0),
        (19_782.9, 19_754.0, 19_783.0),
        (20_818.0, 20_788.0, 20_819.0),
    ] {
        assert_eq!(window(Per::Month, at * day), (first * day, Some(next * day)), "{at}");
    }
    let mut at = 0.0;
    for _ in 0..2_400 {
        let (first, next) = window(Per::Month, at);
        assert_eq!(first, at);
        at = next.unwrap();
    }
    // Two hundred years have 73,048 days, to 2170.
    assert_eq!(at / day, 73_049.0);
}
