//! Compares ids, limits and codes with the tables of the documentation and of the contract.

use crate::support::json::{fixture_text, table};
use sd2_client::catalog::{self, INPUT_FIELDS, MODELS, RESOLUTIONS, UPSCALES};
use sd2_client::error::Code;
use sd2_client::rule;
use std::collections::BTreeSet;

/// The row of a parameter in the documentation's "Parameters Reference".
fn parameter(name: &str) -> Vec<String> {
    let rows = table("parameters.md");
    rows.into_iter()
        .find(|row| row[0] == name)
        .unwrap_or_else(|| panic!("{name} is documented"))
}

/// The quoted words in a text.
fn quoted(text: &str) -> Vec<&str> {
    text.split('"').skip(1).step_by(2).collect()
}

#[test]
fn the_fields_of_inputs_are_the_documented_ones_in_their_order() {
    let documented: Vec<String> = table("parameters.md").into_iter().map(|row| row[0].clone()).collect();
    assert_eq!(documented, INPUT_FIELDS);
}

#[test]
fn the_resolutions_are_the_documented_ones() {
    let ids = RESOLUTIONS.each_ref().map(|resolution| resolution.id);
    assert_eq!(parameter("resolution")[3..], ids);
}

#[test]
fn a_resolution_has_the_size_in_its_id() {
    for resolution in &RESOLUTIONS {
        assert_eq!(format!("{}x{}", resolution.width, resolution.height), resolution.id);
    }
}

#[test]
fn the_upscales_are_the_documented_ones() {
    let row = parameter("upscaleResolution");
    assert_eq!(quoted(&row[3]), UPSCALES.each_ref().map(|upscale| upscale.id));
}

#[test]
fn the_durations_are_the_documented_ones() {
    let row = parameter("duration");
    let limits = [catalog::MIN_SECONDS, catalog::MAX_SECONDS, catalog::DEFAULT_SECONDS];
    assert_eq!(quoted(&row[3]), limits.map(catalog::duration_id));
}

#[test]
fn a_duration_is_whole_seconds_followed_by_s() {
    for seconds in 0..1_000 {
        let expected = (4..=15).contains(&seconds).then_some(seconds);
        assert_eq!(catalog::seconds(&format!("{seconds}s")), expected);
    }
    for duration in [
        "5",
        "5S",
        "5ss",
        "s5",
        "05s",
        "+5s",
        " 5s",
        "5s ",
        "5.0s",
        "",
        "s",
        "٥s",
        "4294967301s",
    ] {
        assert_eq!(catalog::seconds(duration), None, "{duration}");
    }
}

#[test]
fn the_models_are_those_of_the_price_table() {
    let text = fixture_text("tables/pricing.md");
    let header: Vec<&str> = text
        .lines()
        .next()
        .expect("a header")
        .split('|')
        .map(str::trim)
        .collect();
    let models = MODELS.each_ref().map(|model| format!("{} (5s)", model.id));
    assert_eq!(header[3..5], models);
}

#[test]
fn the_limits_are_the_documented_ones() {
    let expected = format!(
        "- Max {} images, {} videos, {} audio files\n\
         - Max {} total files across all types\n\
         - Each video/audio must be ≤ {} seconds\n\
         - Images must be at least {}px on the shortest side\n",
        catalog::MAX_IMAGES,
        catalog::MAX_VIDEOS,
        catalog::MAX_AUDIOS,
        catalog::MAX_FILES,
        catalog::MAX_CLIP_SECONDS,
        catalog::MIN_IMAGE_SIDE,
    );
    assert_eq!(fixture_text("tables/constraints.md"), expected);
}

#[test]
fn the_concurrency_limit_is_the_documented_one() {
    let rows = table("errors.md");
    let row = rows.iter().find(|row| row[0] == "429").expect("429 is documented");
    assert_eq!(row[1], format!("Concurrency limit ({} tasks)", catalog::MAX_RUNNING));
}

#[test]
fn unknown_ids_are_not_found() {
    assert_eq!(catalog::model("SD2"), None);
    assert_eq!(catalog::upscale("8k"), None);
}

/// The contract's rule table: each code with its severities.
const CODES: [(&str, &[bool]); 20] = [
    ("not_object", &[true]),
    ("missing", &[true]),
    ("wrong_type", &[true]),
    ("unknown_model", &[true]),
    ("prompt_required", &[true]),
    ("bad_duration", &[true]),
    ("bad_resolution", &[true]),
    ("resolution_required", &[true]),
    ("bad_upscale", &[true]),
    ("bad_mode", &[true]),
    ("too_many", &[true]),
    ("reference_only", &[true]),
    ("bad_url", &[true]),
    ("mode_implied", &[false]),
    ("undocumented", &[false]),
    ("no_references", &[false]),
    // An error if a known field was probably meant, or a price would be wrong.
    ("unknown_field", &[false, true]),
    ("unreachable_url", &[false]),
    // The limit is documented only for references.
    ("media_too_small", &[true, false]),
    // A warning if the duration is uncertain.
    ("media_too_long", &[true, false]),
];

#[test]
fn the_rules_have_the_codes_and_severities_of_the_contract() {
    let wanted: BTreeSet<(&str, bool)> = CODES
        .iter()
        .flat_map(|(code, severities)| severities.iter().map(|is_error| (*code, *is_error)))
        .collect();
    let found: BTreeSet<(&str, bool)> = (0..rule::WORDS.len())
        .map(|number| (rule::WORDS[number].code, number < rule::ERRORS.into()))
        .collect();
    assert_eq!(found, wanted);
}

#[test]
fn every_message_is_a_sentence() {
    for words in rule::WORDS {
        assert!(
            words.message.ends_with('.') && words.message.matches("{}").count() <= 1,
            "{words:?}"
        );
    }
}

#[test]
fn the_messages_contain_the_limits_of_the_catalog() {
    let ids = catalog::RESOLUTIONS
        .each_ref()
        .map(|resolution| resolution.id)
        .join(", ");
    let [first, last] = [catalog::MIN_SECONDS, catalog::MAX_SECONDS].map(catalog::duration_id);
    for (rule, words) in [
        (rule::BAD_RESOLUTION, ids.clone()),
        (rule::RESOLUTION_REQUIRED, ids),
        (rule::BAD_DURATION, format!("from \"{first}\" to \"{last}\"")),
        (
            rule::UNKNOWN_MODEL,
            format!("\"{}\" or \"{}\"", MODELS[0].id, MODELS[1].id),
        ),
        (
            rule::BAD_UPSCALE,
            format!("\"{}\" or \"{}\"", UPSCALES[0].id, UPSCALES[1].id),
        ),
        (
            rule::TOO_MANY_FRAMES,
            format!("At most {} images", catalog::KEYFRAME_IMAGES),
        ),
        (rule::TOO_MANY_IMAGES, format!("At most {} images", catalog::MAX_IMAGES)),
        (rule::TOO_MANY_VIDEOS, format!("At most {} videos", catalog::MAX_VIDEOS)),
        (rule::TOO_MANY_AUDIOS, format!("At most {} audio", catalog::MAX_AUDIOS)),
        (rule::TOO_MANY_FILES, format!("At most {} files", catalog::MAX_FILES)),
        (rule::MEDIA_TOO_SMALL, format!("{} pixels", catalog::MIN_IMAGE_SIDE)),
        (rule::FRAME_TOO_SMALL, format!("{} pixels", catalog::MIN_IMAGE_SIDE)),
        (
            rule::MEDIA_TOO_LONG,
            format!("at most {} seconds", catalog::MAX_CLIP_SECONDS),
        ),
        (
            rule::MEDIA_MAYBE_TOO_LONG,
            format!("at most {} seconds", catalog::MAX_CLIP_SECONDS),
        ),
    ] {
        let message = rule.words().message;
        assert!(message.contains(&words), "{message}");
    }
}

#[test]
fn every_duration_has_its_seconds() {
    for seconds in 0..20 {
        let is_one = (catalog::MIN_SECONDS..=catalog::MAX_SECONDS).contains(&seconds);
        let id = catalog::duration_id(seconds);
        assert_eq!(id, if is_one { format!("{seconds}s") } else { String::new() });
        assert_eq!(catalog::seconds(&format!("{seconds}s")), is_one.then_some(seconds));
    }
}

#[test]
fn the_error_codes_and_what_is_retryable_are_those_of_the_contract() {
    let codes = [
        (Code::InvalidRequest, "invalid_request", false),
        (Code::Unauthorized, "unauthorized", false),
        (Code::InsufficientCredits, "insufficient_credits", false),
        (Code::Forbidden, "forbidden", false),
        (Code::NotFound, "not_found", false),
        (Code::ConcurrencyLimit, "concurrency_limit", true),
        (Code::ServerError, "server_error", true),
        (Code::Network, "network", true),
        (Code::Timeout, "timeout", true),
        (Code::OutcomeUnknown, "outcome_unknown", false),
        (Code::WaitTimeout, "wait_timeout", true),
        (Code::TaskFailed, "task_failed", false),
        (Code::UnexpectedResponse, "unexpected_response", false),
        (Code::InvalidArgument, "invalid_argument", false),
    ];
    for (code, name, is_retryable) in codes {
        assert_eq!((code.name(), code.is_retryable()), (name, is_retryable));
    }
}

/// A text file of the repository.
fn file(name: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The members of a union type in the declarations.
fn union(types: &str, name: &str) -> Vec<String> {
    let start = types.find(&format!("export type {name} =")).expect(name);
    let length = types[start..].find(';').expect("its end");
    quoted(&types[start..start + length])
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_types_have_the_ids_of_the_catalog() {
    let types = file("js/index.d.ts");
    assert_eq!(union(&types, "Model"), MODELS.each_ref().map(|model| model.id));
    assert_eq!(
        union(&types, "Resolution"),
        RESOLUTIONS.each_ref().map(|resolution| resolution.id)
    );
    assert_eq!(
        union(&types, "UpscaleResolution"),
        UPSCALES.each_ref().map(|upscale| upscale.id)
    );
    let durations: Vec<&str> = (catalog::MIN_SECONDS..=catalog::MAX_SECONDS)
        .map(catalog::duration_id)
        .collect();
    assert_eq!(union(&types, "Duration"), durations);
    use catalog::Mode::{Image, Keyframe, Reference, Text};
    assert_eq!(
        union(&types, "Mode"),
        [Text, Image, Keyframe, Reference].map(catalog::Mode::name)
    );
}

#[test]
fn the_types_have_the_codes_of_the_rules_with_warnings_last() {
    let codes = union(&file("js/index.d.ts"), "IssueCode");
    let sorted = |codes: &[&str]| {
        codes
            .iter()
            .map(|code| (*code).to_owned())
            .collect::<BTreeSet<String>>()
    };
    let (errors, warnings) = codes.split_at(codes.len() - 5);
    let of = |is_error| {
        CODES
            .iter()
            .filter(|(_, severities)| severities[0] == is_error)
            .map(|(code, _)| *code)
            .collect::<Vec<_>>()
    };
    assert_eq!(errors.iter().cloned().collect::<BTreeSet<String>>(), sorted(&of(true)));
    assert_eq!(
        warnings.iter().cloned().collect::<BTreeSet<String>>(),
        sorted(&of(false))
    );
}

#[test]
fn the_types_document_the_limits_of_the_catalog() {
    let types = file("js/index.d.ts");
    for sentence in [
        format!("at most {} files in total", catalog::MAX_FILES),
        format!(
            "At most {} images, each side at least {} px",
            catalog::MAX_IMAGES,
            catalog::MIN_IMAGE_SIDE
        ),
        format!(
            "At most {} videos of at most {} seconds each",
            catalog::MAX_VIDEOS,
            catalog::MAX_CLIP_SECONDS
        ),
        format!(
            "At most {} sounds of at most {} seconds each",
            catalog::MAX_AUDIOS,
            catalog::MAX_CLIP_SECONDS
        ),
        format!(
            "whole seconds from {} to {}. The service's default is `\"{}s\"`",
            catalog::MIN_SECONDS,
            catalog::MAX_SECONDS,
            catalog::DEFAULT_SECONDS
        ),
    ] {
        assert!(types.contains(&sentence), "{sentence}");
    }
}

#[test]
fn the_readme_has_the_catalogs_prices() {
    let readme = file("README.md");
    let row = |name: &str, credits: [u32; 2]| format!("| {name} | {} | {} |", credits[0], credits[1]);
    let base = MODELS.each_ref().map(|model| model.credits_per_second);
    let mut table = vec![
        format!("| credits for each second | {} | {} |", MODELS[0].id, MODELS[1].id),
        "|---|---|---|".to_owned(),
        row("base", base),
        row(
            "with a reference video",
            base.map(|credits| credits * catalog::VIDEO_REFERENCE_FACTOR),
        ),
    ];
    for upscale in &UPSCALES {
        let name = format!("{} upscale, on top", upscale.id.to_uppercase());
        table.push(row(&name, [upscale.credits_per_second; 2]));
    }
    assert!(readme.contains(&table.join("\n")), "{}", table.join("\n"));
}

#[test]
fn the_page_on_requests_names_the_catalogs_ids() {
    let page = file("docs/requests.md");
    let [least, most, default] =
        [catalog::MIN_SECONDS, catalog::MAX_SECONDS, catalog::DEFAULT_SECONDS].map(catalog::duration_id);
    let [two, four] = UPSCALES.each_ref().map(|upscale| upscale.id);
    // Ignores line breaks.
    let words: Vec<&str> = page.split_whitespace().collect();
    let sentence = format!(
        "a `duration` (`\"{least}\"` to `\"{most}\"`, `\"{default}\"` if left out) and an `upscaleResolution` (`\"{two}\"`, `\"{four}\"`)"
    );
    assert!(words.join(" ").contains(&sentence), "{sentence}");
}
