//! Prices: the documented table, and the documented formulas for everything else.

use crate::support::json::{Json, json, seen, table, value};
use proptest::prelude::*;
use sd2_client::catalog::{self, MODELS, UPSCALES};
use sd2_client::pricing::{Configuration, Estimate};
use sd2_client::validate::configuration;

/// The price by the documented formulas, independent of the library.
fn formula(model: &str, seconds: u32, upscale: Option<&str>, video_reference: bool) -> u32 {
    let base = seconds * if model == "sd2" { 40 } else { 32 };
    let upscale = match upscale {
        None => 0,
        Some("2k") => seconds * 20,
        Some(_) => seconds * 40,
    };
    (if video_reference { base * 2 } else { base }) + upscale
}

fn all() -> Vec<Configuration> {
    let mut all = Vec::new();
    for model in &MODELS {
        for seconds in catalog::MIN_SECONDS..=catalog::MAX_SECONDS {
            for upscale in [None, Some(&UPSCALES[0]), Some(&UPSCALES[1])] {
                for video_reference in [false, true] {
                    all.push(Configuration {
                        model,
                        seconds,
                        upscale,
                        video_reference,
                    });
                }
            }
        }
    }
    all
}

fn estimate(input: Json) -> Estimate {
    configuration(&value(&input), None).expect("a price").estimate()
}

/// The configuration of a row of the documented table.
fn row(name: &str) -> Json {
    match name {
        "Base" => json!({}),
        "+ 2K Upscale" => json!({ "upscaleResolution": "2k" }),
        "+ 4K Upscale" => json!({ "upscaleResolution": "4k" }),
        "Reference + Video Ref" => json!({ "videoReference": true }),
        other => panic!("a new row: {other}"),
    }
}

#[test]
fn every_documented_price_is_right() {
    let rows = table("pricing.md");
    assert_eq!(rows.len(), 4);
    for cells in rows {
        for (model, price) in [("sd2", &cells[2]), ("sd2-fast", &cells[3])] {
            for duration in [json!("5s"), Json::Null] {
                let mut input = row(&cells[0]);
                input["model"] = model.into();
                if !duration.is_null() {
                    input["duration"] = duration;
                }
                assert_eq!(estimate(input).total.to_string(), *price, "{model}, {}", cells[0]);
            }
        }
    }
}

#[test]
fn all_144_configurations_follow_from_the_formulas() {
    let all = all();
    assert_eq!(all.len(), 144);
    for configuration in all {
        let upscale = configuration.upscale.map(|upscale| upscale.id);
        let seconds = configuration.seconds;
        let expected = formula(configuration.model.id, seconds, upscale, configuration.video_reference);
        assert_eq!(configuration.estimate().total, expected, "{configuration:?}");
    }
}

#[test]
fn every_configuration_is_read_from_its_json() {
    for expected in all() {
        let mut input = json!({ "model": expected.model.id, "duration": format!("{}s", expected.seconds) });
        if let Some(upscale) = expected.upscale {
            input["upscaleResolution"] = upscale.id.into();
        }
        if expected.video_reference {
            input["videoReference"] = true.into();
        }
        assert_eq!(configuration(&value(&input), None), Ok(expected));
    }
}

#[test]
fn the_parts_add_up_to_the_total() {
    for configuration in all() {
        let estimate = configuration.estimate();
        assert_eq!(
            estimate.total,
            estimate.base + estimate.video_reference + estimate.upscale
        );
        assert_eq!(estimate.total, estimate.credits_per_second * estimate.duration_seconds);
        assert_eq!(estimate.duration_seconds, configuration.seconds);
        assert_eq!(estimate.model, configuration.model);
    }
}

#[test]
fn a_video_reference_doubles_the_base_and_not_the_upscale() {
    let input = json!({ "model": "sd2-fast", "duration": "10s", "upscaleResolution": "4k", "videoReference": true });
    let estimate = estimate(input);
    assert_eq!(estimate.base, 320);
    assert_eq!(estimate.video_reference, 320);
    assert_eq!(estimate.upscale, 400);
}

#[test]
fn an_estimate_shows_its_parts() {
    let estimate = estimate(json!({ "model": "sd2", "upscaleResolution": "2k", "videoReference": true }));
    let expected = json!({
        "total": 500, "base": 200, "videoReference": 200, "upscale": 100,
        "durationSeconds": 5, "creditsPerSecond": 100, "model": "sd2",
    });
    assert_eq!(seen(&estimate.value()), expected);
}

#[test]
fn reference_images_and_audio_are_free() {
    let inputs = json!({
        "videoInputMode": "reference", "resolution": "720x720",
        "urls": ["https://example.com/a.png"], "audioUrls": ["https://example.com/a.mp3"],
    });
    let estimate = estimate(json!({ "model": "sd2", "inputs": inputs }));
    assert_eq!(estimate.total, 200);
}

#[test]
fn a_request_with_a_reference_video_costs_twice_the_base() {
    let inputs = json!({
        "videoInputMode": "reference", "resolution": "720x720", "videoUrls": ["https://example.com/a.mp4"],
    });
    assert_eq!(estimate(json!({ "model": "sd2-fast", "inputs": inputs })).total, 320);
}

#[test]
fn an_empty_list_of_reference_videos_is_free() {
    let inputs = json!({
        "videoInputMode": "reference", "resolution": "720x720", "videoUrls": [],
        "urls": ["https://example.com/a.png"],
    });
    assert_eq!(estimate(json!({ "model": "sd2", "inputs": inputs })).total, 200);
}

fn configurations() -> impl Strategy<Value = Configuration> {
    proptest::sample::select(all())
}

proptest! {
    #[test]
    fn a_longer_video_costs_more(configuration in configurations(), seconds in 4u32..=15) {
        let other = Configuration { seconds, ..configuration };
        prop_assert_eq!(
            configuration.seconds.cmp(&seconds),
            configuration.estimate().total.cmp(&other.estimate().total)
        );
    }

    #[test]
    fn options_never_make_a_video_cheaper(configuration in configurations()) {
        let plain = Configuration { upscale: None, video_reference: false, ..configuration };
        prop_assert!(plain.estimate().total <= configuration.estimate().total);
    }

    #[test]
    fn prices_add_up(configuration in configurations(), seconds in 4u32..=11) {
        // Two videos cost as much as one of their total duration.
        let other = Configuration { seconds, ..configuration };
        let both = Configuration { seconds: seconds + configuration.seconds, ..configuration };
        prop_assert_eq!(
            configuration.estimate().total + other.estimate().total,
            both.estimate().total
        );
        // An option costs the same with any other option.
        let plain = Configuration { upscale: None, video_reference: false, ..configuration }.estimate().total;
        let upscaled = Configuration { video_reference: false, ..configuration }.estimate().total;
        let referenced = Configuration { upscale: None, ..configuration }.estimate().total;
        prop_assert_eq!(configuration.estimate().total + plain, upscaled + referenced);
    }
}
