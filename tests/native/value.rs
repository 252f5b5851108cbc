//! Values: names of their types, fields, and JSON.

use crate::support::json::{json, seen, value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sd2_client::value::{Foreign, Value};

const FOREIGN: [Foreign; 8] = [
    Foreign::Undefined,
    Foreign::Function,
    Foreign::Symbol,
    Foreign::BigInt,
    Foreign::Unreadable,
    Foreign::TooLarge,
    Foreign::LongText,
    Foreign::LocalUrl,
];

fn values() -> impl Strategy<Value = Value> {
    let text = || "(?s).*";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        // NaN does not equal itself.
        any::<f64>()
            .prop_filter("a number", |number| !number.is_nan())
            .prop_map(Value::Number),
        text().prop_map(Value::String),
        select(FOREIGN.to_vec()).prop_map(Value::Foreign),
    ];
    leaf.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Value::Array),
            vec((text(), inner), 0..8).prop_map(Value::Object),
        ]
    })
}

#[test]
fn an_undefined_field_counts_as_missing() {
    let object = Value::Object(vec![
        ("a".into(), Value::Foreign(Foreign::Undefined)),
        ("b".into(), Value::Null),
    ]);
    assert_eq!(object.get("a"), None);
    assert_eq!(object.get("b"), Some(&Value::Null));
    assert_eq!(object.get("c"), None);
}

#[test]
fn every_kind_of_value_has_its_own_name() {
    let mut kinds: Vec<&str> = FOREIGN.map(|foreign| Value::Foreign(foreign).kind()).to_vec();
    for json in [json!(null), json!(true), json!(1), json!(""), json!([]), json!({})] {
        kinds.push(value(&json).kind());
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 14);
}

#[test]
fn a_value_that_json_cannot_represent_is_left_out_of_objects_and_null_in_lists() {
    for foreign in FOREIGN.map(Value::Foreign) {
        let list = Value::Array(vec![foreign.clone(), Value::Bool(true)]);
        let object = Value::Object(vec![("gone".into(), foreign), ("list".into(), list)]);
        let written = serde_json::to_string(&object).expect("a value can be written as JSON");
        assert_eq!(written, r#"{"list":[null,true]}"#);
    }
}

#[test]
fn json_keeps_the_order_of_the_fields() {
    let object = Value::Object(vec![("b".into(), Value::Number(1.5)), ("a".into(), "\"".into())]);
    assert_eq!(
        serde_json::to_string(&object).expect("a value can be written as JSON"),
        r#"{"b":1.5,"a":"\""}"#
    );
}

proptest! {
    #[test]
    fn a_value_written_as_json_and_read_again_is_the_same_to_a_caller(value in values()) {
        let json = seen(&value);
        prop_assert_eq!(seen(&crate::support::json::value(&json)), json);
    }
}
