//! The tagged text in which values cross from JavaScript.

use crate::support::json::{json, seen, value};
use crate::support::writer::write;
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

/// What js/boundary.js itself wrote, and of what.
fn written_by_javascript() -> Vec<(&'static str, Value)> {
    let undefined = || Value::Foreign(Foreign::Undefined);
    let numbers = [-0.0, 0.1, f64::INFINITY].map(Value::Number);
    vec![
        (
            "o2;5:models3:sd26:inputso3;6:prompts12:Ein Käfer 🐞4:urlsa0;8:durationd1075052544;0;",
            Value::Object(vec![
                ("model".into(), "sd2".into()),
                (
                    "inputs".into(),
                    Value::Object(vec![
                        ("prompt".into(), "Ein Käfer 🐞".into()),
                        ("urls".into(), Value::Array(vec![])),
                        ("duration".into(), Value::Number(5.0)),
                    ]),
                ),
            ]),
        ),
        (
            "a3;d2147483648;0;d1069128089;2576980378;d2146435072;0;",
            Value::Array(numbers.to_vec()),
        ),
        (
            "a8;ntfs0:uFyb",
            Value::Array(vec![
                Value::Null,
                Value::Bool(true),
                Value::Bool(false),
                "".into(),
                undefined(),
                Value::Foreign(Foreign::Function),
                Value::Foreign(Foreign::Symbol),
                Value::Foreign(Foreign::BigInt),
            ]),
        ),
        (
            "o3;1:ax3:é🐞a1;u0:o0;",
            Value::Object(vec![
                ("a".into(), Value::Foreign(Foreign::Unreadable)),
                ("é🐞".into(), Value::Array(vec![undefined()])),
                ("".into(), Value::object()),
            ]),
        ),
        (
            "o1;1:co1;1:cz",
            Value::Object(vec![(
                "c".into(),
                Value::Object(vec![("c".into(), Value::Foreign(Foreign::TooLarge))]),
            )]),
        ),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let text = || "(?s).*";
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        // NaN does not equal itself, and has its own test.
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
fn what_javascript_writes_is_read() {
    for (text, value) in written_by_javascript() {
        assert_eq!(Value::decode(text), Some(value), "{text}");
    }
}

#[test]
fn the_writer_of_these_tests_writes_as_javascript_does() {
    for (text, value) in written_by_javascript() {
        assert_eq!(write(&value), text);
    }
}

#[test]
fn lengths_count_utf_16_units() {
    for (text, units) in [
        ("", 0),
        ("abc", 3),
        ("ä€", 2),
        ("🐞", 2),
        ("a🐞ä", 4),
        ("\u{ffff}", 1),
        ("\u{10000}", 2),
    ] {
        assert_eq!(Value::decode(&format!("s{units}:{text}")), Some(text.into()));
        assert_eq!(Value::decode(&format!("s{}:{text}", units + 1)), None);
        if units > 0 {
            assert_eq!(Value::decode(&format!("s{}:{text}", units - 1)), None);
        }
    }
}

#[test]
fn a_character_is_never_cut_in_half() {
    assert_eq!(Value::decode("s1:🐞"), None);
    assert_eq!(Value::decode("a2;s1:🐞n"), None);
}

#[test]
fn a_text_may_look_like_tags() {
    assert_eq!(
        Value::decode("a2;s3:s1:t"),
        Some(Value::Array(vec!["s1:".into(), Value::Bool(true)]))
    );
}

#[test]
fn not_a_number_stays_one() {
    let number = Value::decode("d2146959360;0;").and_then(|value| value.as_number());
    assert!(number.is_some_and(f64::is_nan));
}

#[test]
fn a_number_needs_two_halves_of_its_bits() {
    for text in [
        "d",
        "d1",
        "d1;",
        "d1;2",
        "d1;2:",
        "d-1;2;",
        "d3ff;0;",
        "d1;2;3;",
        "d4294967296;0;",
        "d0;4294967296;",
    ] {
        assert_eq!(Value::decode(text), None, "{text}");
    }
    let number = Value::decode("d4294967295;4294967295;").and_then(|value| value.as_number());
    assert_eq!(number.map(f64::to_bits), Some(u64::MAX));
}

#[test]
fn a_length_needs_digits_and_its_end() {
    for text in [
        "s",
        "s:",
        "a",
        "a1",
        "s1",
        "a-1;",
        "s+1:a",
        "a1:n",
        "s1;a",
        "a99999999999999999999999;",
        "o1;n",
    ] {
        // A length without digits is 0, and nothing is in it.
        let expected = (text == "s:").then(|| Value::from(""));
        assert_eq!(Value::decode(text), expected, "{text}");
    }
}

#[test]
fn a_promised_length_takes_no_memory() {
    assert_eq!(Value::decode("a18446744073709551615;n"), None);
    assert_eq!(Value::decode("o4294967295;1:an"), None);
    assert_eq!(Value::decode("s18446744073709551615:a"), None);
}

#[test]
fn an_unknown_tag_is_refused() {
    for text in ["", "N", "T", " n", "n ", "ä", "🐞", "{}", "null"] {
        assert_eq!(Value::decode(text), None, "{text}");
    }
}

#[test]
fn the_deepest_that_javascript_writes_is_read() {
    let text = "a1;".repeat(32) + "z";
    assert!(Value::decode(&text).is_some());
}

#[test]
fn nesting_without_end_is_refused_and_not_followed() {
    assert_eq!(Value::decode(&("a1;".repeat(1_000_000) + "n")), None);
    assert_eq!(Value::decode(&("o1;1:a".repeat(1_000_000) + "n")), None);
}

#[test]
fn a_field_that_is_undefined_is_not_there() {
    let object = Value::Object(vec![
        ("a".into(), Value::Foreign(Foreign::Undefined)),
        ("b".into(), Value::Null),
    ]);
    assert_eq!(object.get("a"), None);
    assert_eq!(object.get("b"), Some(&Value::Null));
    assert_eq!(object.get("c"), None);
}

#[test]
fn every_kind_of_value_has_a_name_of_its_own() {
    let mut kinds: Vec<&str> = FOREIGN.map(|foreign| Value::Foreign(foreign).kind()).to_vec();
    for json in [json!(null), json!(true), json!(1), json!(""), json!([]), json!({})] {
        kinds.push(value(&json).kind());
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 14);
}

#[test]
fn what_json_cannot_carry_is_left_out_of_objects_and_is_null_in_lists() {
    for foreign in FOREIGN.map(Value::Foreign) {
        let list = Value::Array(vec![foreign.clone(), Value::Bool(true)]);
        let object = Value::Object(vec![("gone".into(), foreign), ("list".into(), list)]);
        let written = serde_json::to_string(&object).expect("it can be written");
        assert_eq!(written, r#"{"list":[null,true]}"#);
    }
}

#[test]
fn json_keeps_the_order_of_the_fields() {
    let object = Value::Object(vec![("b".into(), Value::Number(1.5)), ("a".into(), "\"".into())]);
    assert_eq!(
        serde_json::to_string(&object).expect("it can be written"),
        r#"{"b":1.5,"a":"\""}"#
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(value in values()) {
        prop_assert_eq!(Value::decode(&write(&value)), Some(value));
    }

    #[test]
    fn a_text_that_is_cut_anywhere_is_refused(value in values(), at in any::<prop::sample::Index>()) {
        let text = write(&value);
        let cuts: Vec<usize> = text.char_indices().map(|(index, _)| index).collect();
        let cut = cuts[at.index(cuts.len())];
        prop_assert_eq!(Value::decode(&text[..cut]), None);
    }

    #[test]
    fn a_text_with_something_behind_it_is_refused(value in values(), more in "(?s).+") {
        prop_assert_eq!(Value::decode(&(write(&value) + &more)), None);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(?s).*") {
        let _ = Value::decode(&text);
    }

    #[test]
    fn any_text_made_of_tags_is_read_or_refused(text in "([ntfuFybxz]|[aods]|[0-9]{1,3}|[:;]|d[0-9]{1,9};[0-9]{1,9};|a[0-9];|o[0-9];|s[0-3]:|\\PC|🐞){0,24}") {
        if let Some(value) = Value::decode(&text) {
            prop_assert_eq!(write(&Value::decode(&write(&value)).unwrap_or(Value::Null)), write(&value));
        }
    }

    #[test]
    fn json_survives(value in values()) {
        // What is written as JSON and read again is the same to a caller.
        let json = seen(&value);
        prop_assert_eq!(seen(&crate::support::json::value(&json)), json);
    }
}
