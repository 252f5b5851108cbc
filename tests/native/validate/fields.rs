//! The rules of the contract that concern one field.

use super::{expected, verdict};
use crate::support::json::{json, value};

rows! {
    a_body_must_be_an_object: ["sd2"] => none 0 [[] error not_object];
    null_is_not_a_body: null => none 0 [[] error not_object];
    a_string_is_not_a_body: "sd2" => none 0 [[] error not_object];

    a_model_is_required: { "inputs": { "prompt": "A cat" } } => text 0 [["model"] error missing];
    inputs_are_required: { "model": "sd2" } => none 0 [["inputs"] error missing];
    inputs_must_be_an_object: { "model": "sd2", "inputs": ["A cat"] } => none 0 [["inputs"] error wrong_type];
    inputs_must_not_be_null: { "model": "sd2", "inputs": null } => none 0 [["inputs"] error wrong_type];
    a_model_must_be_a_string: { "model": 2, "inputs": { "prompt": "A cat" } }
        => text 0 [["model"] error wrong_type];
    a_null_model_has_the_wrong_type: { "model": null, "inputs": { "prompt": "A cat" } }
        => text 0 [["model"] error wrong_type];
    a_prompt_must_be_a_string: { "model": "sd2", "inputs": { "prompt": ["A cat"] } }
        => text 200 [["inputs", "prompt"] error wrong_type];
    a_null_prompt_has_the_wrong_type: { "model": "sd2", "inputs": { "prompt": null } }
        => text 200 [["inputs", "prompt"] error wrong_type];
    urls_must_be_a_list: { "model": "sd2", "inputs": { "prompt": "A cat", "urls": "https://example.com/a.png" } }
        => none 200 [["inputs", "urls"] error wrong_type];
    null_urls_have_the_wrong_type: { "model": "sd2", "inputs": { "prompt": "A cat", "urls": null } }
        => none 200 [["inputs", "urls"] error wrong_type];
    a_url_must_be_a_string: { "model": "sd2", "inputs": { "urls": [7] } }
        => image 200 [["inputs", "urls", 0] error wrong_type];
    a_duration_must_not_be_an_object: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": {} } }
        => text 0 [["inputs", "duration"] error wrong_type];
    a_null_duration_has_the_wrong_type: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": null } }
        => text 0 [["inputs", "duration"] error wrong_type];
    a_resolution_must_be_a_string: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": 720 } }
        => text 200 [["inputs", "resolution"] error wrong_type];
    an_upscale_must_be_a_string: { "model": "sd2", "inputs": { "prompt": "A cat", "upscaleResolution": false } }
        => text 0 [["inputs", "upscaleResolution"] error wrong_type];
    a_mode_must_be_a_string: { "model": "sd2", "inputs": { "prompt": "A cat", "videoInputMode": null } }
        => none 200 [["inputs", "videoInputMode"] error wrong_type];
    a_callback_url_must_be_a_string: { "model": "sd2", "inputs": { "prompt": "A cat" }, "callBackUrl": null }
        => text 200 [["callBackUrl"] error wrong_type];

    only_the_two_models_are_valid: { "model": "veo-3", "inputs": { "prompt": "A cat" } }
        => text 0 [["model"] error unknown_model];
    a_model_in_capitals_suggests_the_model: { "model": "SD2", "inputs": { "prompt": "A cat" } }
        => text 0 [["model"] error unknown_model "sd2"];
    a_misspelt_model_suggests_the_model: { "model": "sd2_fast", "inputs": { "prompt": "A cat" } }
        => text 0 [["model"] error unknown_model "sd2-fast"];

    a_duration_as_a_number_suggests_the_string: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": 5 } }
        => text 0 [["inputs", "duration"] error bad_duration "5s"];
    a_duration_without_its_s_suggests_it: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": "12" } }
        => text 0 [["inputs", "duration"] error bad_duration "12s"];
    a_duration_must_not_have_a_leading_zero: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": "05s" } }
        => text 0 [["inputs", "duration"] error bad_duration "5s"];
    an_empty_duration_suggests_nothing: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": "" } }
        => text 0 [["inputs", "duration"] error bad_duration];
    three_seconds_are_too_short: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": "3s" } }
        => text 0 [["inputs", "duration"] error bad_duration];
    four_seconds_are_enough: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": "4s" } } => text 160;
    fifteen_seconds_are_valid: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": "15s" } } => text 600;
    sixteen_seconds_are_too_long: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": 16 } }
        => text 0 [["inputs", "duration"] error bad_duration];
    a_negative_duration_suggests_nothing: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": -5 } }
        => text 0 [["inputs", "duration"] error bad_duration];
    half_seconds_suggest_nothing: { "model": "sd2", "inputs": { "prompt": "A cat", "duration": 5.5 } }
        => text 0 [["inputs", "duration"] error bad_duration];

    only_the_six_resolutions_are_valid: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "big" } }
        => text 200 [["inputs", "resolution"] error bad_resolution];
    full_hd_suggests_its_aspect_ratio: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "1920x1080" } }
        => text 200 [["inputs", "resolution"] error bad_resolution "1280x720"];
    an_aspect_ratio_suggests_its_resolution: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "9:16" } }
        => text 200 [["inputs", "resolution"] error bad_resolution "720x1280"];
    the_cinema_ratio_suggests_its_resolution: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "21:9" } }
        => text 200 [["inputs", "resolution"] error bad_resolution "1280x540"];
    four_to_three_suggests_its_resolution: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "1024*768" } }
        => text 200 [["inputs", "resolution"] error bad_resolution "960x720"];
    three_to_four_suggests_its_resolution: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "3:4" } }
        => text 200 [["inputs", "resolution"] error bad_resolution "720x960"];
    a_square_suggests_its_resolution: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "1080 x 1080" } }
        => text 200 [["inputs", "resolution"] error bad_resolution "720x720"];
    another_aspect_ratio_suggests_nothing: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "300x200" } }
        => text 200 [["inputs", "resolution"] error bad_resolution];
    a_single_side_suggests_nothing: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "720p" } }
        => text 200 [["inputs", "resolution"] error bad_resolution];
    a_resolution_without_digits_suggests_nothing: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "0x0" } }
        => text 200 [["inputs", "resolution"] error bad_resolution];
    sides_of_many_digits_suggest_nothing: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "99999999999x99999999999" } }
        => text 200 [["inputs", "resolution"] error bad_resolution];
    sides_of_six_digits_suggest_nothing: { "model": "sd2", "inputs": { "prompt": "A cat", "resolution": "100000x100000" } }
        => text 200 [["inputs", "resolution"] error bad_resolution];

    only_the_two_upscales_are_valid: { "model": "sd2", "inputs": { "prompt": "A cat", "upscaleResolution": "8k" } }
        => text 0 [["inputs", "upscaleResolution"] error bad_upscale];
    an_upscale_in_capitals_suggests_the_upscale: { "model": "sd2", "inputs": { "prompt": "A cat", "upscaleResolution": "2K" } }
        => text 0 [["inputs", "upscaleResolution"] error bad_upscale "2k"];
    an_upscale_with_a_space_suggests_the_upscale: { "model": "sd2", "inputs": { "prompt": "A cat", "upscaleResolution": "4K " } }
        => text 0 [["inputs", "upscaleResolution"] error bad_upscale "4k"];

    only_the_two_modes_are_valid: { "model": "sd2", "inputs": { "prompt": "A cat", "videoInputMode": "magic" } }
        => none 200 [["inputs", "videoInputMode"] error bad_mode];
    a_misspelt_mode_suggests_the_mode: { "model": "sd2", "inputs": { "prompt": "A cat", "videoInputMode": "keyFrames" } }
        => none 200 [["inputs", "videoInputMode"] error bad_mode "keyframe"];
    a_mode_in_capitals_suggests_the_mode: { "model": "sd2", "inputs": { "prompt": "A cat", "videoInputMode": "REFERENCE" } }
        => none 200 [["inputs", "videoInputMode"] error bad_mode "reference"];

    an_unknown_field_is_a_warning: { "model": "sd2", "inputs": { "prompt": "A cat" }, "seed": 7 }
        => text 200 [["seed"] warning unknown_field];
    an_unknown_field_of_inputs_is_a_warning: { "model": "sd2", "inputs": { "prompt": "A cat", "seed": 7 } }
        => text 200 [["inputs", "seed"] warning unknown_field];
    a_misspelt_callback_url_suggests_the_name: { "model": "sd2", "inputs": { "prompt": "A cat" }, "callbackUrl": "https://example.com" }
        => text 200 [["callbackUrl"] error unknown_field "callBackUrl"];
    a_misspelt_prompt_suggests_the_name: { "model": "sd2", "inputs": { "prompt": "A cat", "promt": "A dog" } }
        => text 200 [["inputs", "promt"] error unknown_field "prompt"];
    a_shortened_field_suggests_the_name: { "model": "sd2", "inputs": { "prompt": "A cat", "upscale": "2k" } }
        => text 200 [["inputs", "upscale"] error unknown_field "upscaleResolution"];
    an_image_url_suggests_urls: { "model": "sd2", "inputs": { "prompt": "A cat", "image_url": "https://example.com/a.jpg" } }
        => text 200 [["inputs", "image_url"] error unknown_field "urls"];
    an_image_url_in_camel_case_suggests_urls: { "model": "sd2", "inputs": { "prompt": "A cat", "imageUrl": "https://example.com/a.jpg" } }
        => text 200 [["inputs", "imageUrl"] error unknown_field "urls"];
    images_suggest_urls: { "model": "sd2", "inputs": { "prompt": "A cat", "images": ["https://example.com/a.jpg"] } }
        => text 200 [["inputs", "images"] error unknown_field "urls"];
    a_first_frame_suggests_urls: { "model": "sd2", "inputs": { "prompt": "A cat", "first-frame": "https://example.com/a.jpg" } }
        => text 200 [["inputs", "first-frame"] error unknown_field "urls"];
    a_reference_video_suggests_video_urls: { "model": "sd2", "inputs": { "prompt": "A cat", "reference_video_url": "https://example.com/a.mp4" } }
        => text 200 [["inputs", "reference_video_url"] error unknown_field "videoUrls"];
    a_field_in_snake_case_suggests_the_name: { "model": "sd2", "inputs": { "prompt": "A cat", "audio_urls": [] } }
        => text 200 [["inputs", "audio_urls"] error unknown_field "audioUrls"];
    an_aspect_ratio_field_suggests_resolution: { "model": "sd2", "inputs": { "prompt": "A cat", "aspect_ratio": "16:9" } }
        => text 200 [["inputs", "aspect_ratio"] error unknown_field "resolution"];
    seconds_suggest_duration: { "model": "sd2", "inputs": { "prompt": "A cat", "seconds": 10 } }
        => text 200 [["inputs", "seconds"] error unknown_field "duration"];
    a_mode_suggests_the_input_mode: { "model": "sd2", "inputs": { "prompt": "A cat", "mode": "reference" } }
        => text 200 [["inputs", "mode"] error unknown_field "videoInputMode"];
    a_webhook_suggests_the_callback_url: { "model": "sd2", "inputs": { "prompt": "A cat" }, "webhook_url": "https://example.com" }
        => text 200 [["webhook_url"] error unknown_field "callBackUrl"];
    a_field_that_the_service_may_add_later_is_a_warning: { "model": "sd2", "inputs": { "prompt": "A cat",
        "fps": 24, "generateAudio": true, "imageStrength": 0.5, "negative_prompt": "dogs", "num_frames": 80, "style": "anime" } }
        => text 200 [["inputs", "fps"] warning unknown_field] [["inputs", "generateAudio"] warning unknown_field]
            [["inputs", "imageStrength"] warning unknown_field] [["inputs", "negative_prompt"] warning unknown_field]
            [["inputs", "num_frames"] warning unknown_field] [["inputs", "style"] warning unknown_field];
    a_field_of_inputs_outside_inputs_is_an_error: { "model": "sd2", "inputs": { "prompt": "A cat" }, "duration": "9s" }
        => text 200 [["duration"] error unknown_field];
    a_field_with_an_empty_name_is_a_warning: { "model": "sd2", "inputs": { "prompt": "A cat", "": 7 }, "": 7 }
        => text 200 [[""] warning unknown_field] [["inputs", ""] warning unknown_field];
    a_callback_url_inside_inputs_is_an_error: { "model": "sd2", "inputs": { "prompt": "A cat", "callBackUrl": "https://example.com" } }
        => text 200 [["inputs", "callBackUrl"] error unknown_field];
}
