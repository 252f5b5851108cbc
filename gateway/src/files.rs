//! The limits of uploads, and the validation of uploaded files.

use crate::host::Millis;
use crate::json::{put, to_value};
use crate::refusal::Refusal;
use crate::validate::validate;
use crate::value::Value as Own;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The limits of a user's files.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileLimits {
    /// The number of files, including those that are being uploaded.
    pub files: f64,
    /// The bytes of all files.
    pub file_bytes: f64,
    /// The bytes of a file.
    pub max_bytes: f64,
}

/// The rows of deleted files that a user may have beside those of `limits.files`.
const DELETED: f64 = 100.0;
/// The `Retry-After` of a user who has more.
const PAUSE: Millis = 60_000.0;

/// The files that a user has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct Holding {
    /// The number of files, including those that are being uploaded.
    pub files: f64,
    /// The bytes of these files.
    pub bytes: f64,
    /// The rows of the user's files, including those of files that were deleted a short time ago.
    #[serde(default)]
    pub entries: f64,
}

/// The facts about a file, from `sd2-client/media`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    kind: String,
    format: String,
    mime_type: String,
    width: Option<f64>,
    height: Option<f64>,
    duration_seconds: Option<f64>,
    is_estimate: Option<bool>,
}

/// The error of `sd2-client/media` about a file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Problem {
    code: String,
    message: String,
}

/// A file that the service may fetch.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Offered {
    /// The media type.
    pub mime_type: String,
    /// The extension of its name, without the dot.
    pub extension: String,
    /// The warnings of the validator.
    pub issues: Vec<Value>,
}

/// Checks the size of a file against the limits of its user. `None` means that it may be uploaded.
pub fn admit_file(size: f64, limits: FileLimits, holding: Holding) -> Option<Refusal> {
    if size > limits.max_bytes {
        let message = format!(
            "The file is too large: {} MB, and {} MB is the limit.",
            megabytes(size),
            megabytes(limits.max_bytes)
        );
        return Some(Refusal::new(413, "invalid_request", &message));
    }
    // A user who starts and cancels uploads all the time would make the ledger slow for everybody.
    if holding.entries >= limits.files + DELETED {
        let message = "You have deleted many files in the last minutes. Wait a moment.";
        return Some(Refusal::new(429, "concurrency_limit", message).after(PAUSE));
    }
    if holding.files + 1.0 > limits.files {
        let message = format!(
            "You have {} files here, which is the limit. Each is deleted a week after its upload.",
            holding.files
        );
        return Some(Refusal::new(403, "forbidden", &message));
    }
    if holding.bytes + size > limits.file_bytes {
        let message = format!(
            "Your files here have {} MB, and {} MB is the limit. Each is deleted a week after its upload.",
            megabytes(holding.bytes),
            megabytes(limits.file_bytes)
        );
        return Some(Refusal::new(403, "forbidden", &message));
    }
    None
}

fn megabytes(bytes: f64) -> f64 {
    (bytes / 100_000.0).ceil() / 10.0
}

/// Refuses a file that is not an image, a video or a sound, or that the validator refuses as a reference.
pub fn judge_file(facts: Result<Facts, Problem>) -> Result<Offered, Refusal> {
    let facts = facts.map_err(|Problem { code, message }| Refusal::new(400, &code, &message))?;
    let mut issues = issues_of(&facts);
    if issues.iter().any(is_error) {
        return Err(refuse(issues));
    }
    if facts.format == "heic" {
        issues.push(json!({
            "path": [],
            "code": "undocumented",
            "severity": "warning",
            "message": "The service may not be able to read HEIC. JPEG and PNG are safe.",
        }));
    }
    let extension = match facts.format.as_str() {
        "jpeg" => "jpg",
        "tiff" => "tif",
        "matroska" => "mkv",
        other => other,
    };
    Ok(Offered {
        extension: extension.into(),
        mime_type: facts.mime_type,
        issues,
    })
}

/// The issues of the validator for a request with this file as a reference.
fn issues_of(facts: &Facts) -> Vec<Value> {
    const URL: &str = "https://example.com/";
    let list = match facts.kind.as_str() {
        "image" => "urls",
        "video" => "videoUrls",
        _ => "audioUrls",
    };
    let request = json!({
        "model": "sd2",
        "inputs": { "prompt": "-", "videoInputMode": "reference", "resolution": "1280x720", list: [URL] },
    });
    let mut media = Own::object();
    let mut known = Own::object();
    for (name, number) in [
        ("width", facts.width),
        ("height", facts.height),
        ("durationSeconds", facts.duration_seconds),
    ] {
        if let Some(number) = number {
            known.put(name, Own::Number(number));
        }
    }
    known.put("isEstimate", Own::Bool(facts.is_estimate == Some(true)));
    media.put(URL, known);
    let found = validate(&to_value(&request), &media).issues;
    found
        .iter()
        .filter_map(|issue| serde_json::to_value(issue).ok())
        .map(|mut issue| {
            put(&mut issue, "path", Vec::<Value>::new());
            issue
        })
        .collect()
}

fn is_error(issue: &Value) -> bool {
    issue.get("severity").and_then(Value::as_str) == Some("error")
}

fn refuse(issues: Vec<Value>) -> Refusal {
    let first = issues.iter().find(|issue| is_error(issue));
    let message = first.and_then(|issue| issue.get("message")).and_then(Value::as_str);
    let mut refusal = Refusal::new(400, "invalid_request", message.unwrap_or_default());
    put(&mut refusal.body, "issues", issues);
    refusal
}
