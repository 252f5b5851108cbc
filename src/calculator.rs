//! Prices of one request, of a list, and of all configurations.

use crate::catalog;
use crate::error::{Error, Result};
use crate::pricing::{Configuration, Estimate};
use crate::url::{self, Hostname};
use crate::validate;
use crate::value::Value;

/// Estimates a request or a configuration, or each of a list. If some are invalid, the error has the issues of all of
/// them, each with a path that begins with the index.
pub fn estimate(input: &Value, is_list: bool) -> Result<Value> {
    estimate_with(input, is_list, url::alone)
}

/// Like [`estimate`], with the platform's URL parser.
pub fn estimate_with(input: &Value, is_list: bool, hostname: Hostname) -> Result<Value> {
    let mut prices = Vec::new();
    let mut issues = Vec::new();
    let inputs = if is_list {
        input.as_array()
    } else {
        Some(core::slice::from_ref(input))
    };
    let Some(inputs) = inputs else {
        return Err(Error::argument("Expected an array, not {}.", input.kind()));
    };
    for (index, input) in inputs.iter().enumerate() {
        match validate::configuration_with(input, is_list.then_some(index), hostname) {
            Ok(configuration) => prices.push(configuration.estimate().value()),
            Err(mut found) => issues.append(&mut found),
        }
    }
    if !issues.is_empty() {
        return Err(Error::invalid(issues));
    }
    Ok(if is_list {
        Value::Array(prices)
    } else {
        prices.pop().unwrap_or(Value::Null)
    })
}

/// Every configuration with its price and the `count` of videos that these credits pay for. Sorted by model, duration,
/// upscale and reference video.
pub fn table(credits: &Value) -> Result<Value> {
    let credits = match credits {
        Value::Number(credits) if *credits >= 0.0 && credits.is_finite() => *credits,
        _ => return Err(Error::argument("credits must be a number from 0 up.", "")),
    };
    let mut rows = Vec::new();
    for model in &catalog::MODELS {
        for seconds in catalog::MIN_SECONDS..=catalog::MAX_SECONDS {
            for upscale in [None, catalog::UPSCALES.first(), catalog::UPSCALES.last()] {
                for video_reference in [false, true] {
                    let configuration = Configuration {
                        model,
                        seconds,
                        upscale,
                        video_reference,
                    };
                    let total = f64::from(configuration.estimate().total);
                    let mut row = Value::object();
                    row.put_text("model", model.id);
                    row.put_text("duration", catalog::duration_id(seconds));
                    row.put(
                        "upscaleResolution",
                        upscale.map_or(Value::Null, |upscale| upscale.id.into()),
                    );
                    row.put("videoReference", Value::Bool(video_reference));
                    row.put_number("total", total);
                    row.put_number("count", (credits / total).floor());
                    rows.push(row);
                }
            }
        }
    }
    Ok(Value::Array(rows))
}

impl Estimate {
    /// The price as an object for callers.
    pub fn value(&self) -> Value {
        let mut value = Value::object();
        for (name, number) in [
            ("total", self.total),
            ("base", self.base),
            ("videoReference", self.video_reference),
            ("upscale", self.upscale),
            ("durationSeconds", self.duration_seconds),
            ("creditsPerSecond", self.credits_per_second),
        ] {
            value.put_number(name, number.into());
        }
        value.put_text("model", self.model.id);
        value
    }
}
