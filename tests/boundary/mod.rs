//! Tests of the boundary for every platform. They lay out values in Rust; the package's tests do it with js/memory.js.

use js_sys::{Array, Function, Object, Promise, Reflect};
use sd2_client::error::Code;
use sd2_client::plain::{Field, Plain};
use sd2_client::wasm::{begin, check, close, open, ring};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

const CREATE_TASK: u32 = 0;
const QUERY_TASK: u32 = 1;
const GET_CREDITS: u32 = 2;
const WAIT_FOR_TASK: u32 = 3;
const GENERATE: u32 = 4;
const DONE: f64 = 3.0;
const ABORTED: f64 = 4.0;
const NO_FAILURE: f64 = -1.0;

/// The value of a JavaScript expression.
fn js(expression: &str) -> JsValue {
    js_sys::eval(&format!("({expression})")).expect(expression)
}

fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).expect(name)
}

fn plain(value: &JsValue) -> Plain<'static> {
    if value.is_null() {
        Plain::Null
    } else if let Some(flag) = value.as_bool() {
        Plain::Bool(flag)
    } else if let Some(number) = value.as_f64() {
        Plain::Number(number)
    } else if let Some(text) = value.as_string() {
        Plain::Text(text.leak())
    } else if let Some(list) = value.dyn_ref::<Array>() {
        Plain::List(list.iter().map(|item| plain(&item)).collect::<Vec<_>>().leak())
    } else if let Some(object) = value.dyn_ref::<Object>() {
        let entries = Object::entries(object);
        let fields = entries.iter().map(|entry| {
            let entry = Array::from(&entry);
            Field {
                name: entry.get(0).as_string().unwrap_or_default().leak(),
                value: plain(&entry.get(1)),
            }
        });
        Plain::Object(fields.collect::<Vec<_>>().leak())
    } else {
        Plain::Undefined
    }
}

/// Lays out a value in memory, which is never freed, and returns its address.
fn lay(value: &JsValue) -> usize {
    lay_both(value, &JsValue::UNDEFINED)
}

/// Lays out two values, one after the other.
fn lay_both(first: &JsValue, second: &JsValue) -> usize {
    Box::leak(Box::new([plain(first), plain(second)]))
        .as_ptr()
        .expose_provenance()
}

/// Records what the module reports from now on.
fn listen() -> JsValue {
    js("globalThis.told = { issues: 0, prices: 0, mistakes: [] },
    Object.assign(globalThis, {
        issue() { told.issues++; }, price() { told.prices++; }, mistake(code) { told.mistakes.push(code); }, say() {},
    }),
    told")
}

/// The number of reported issues or prices.
fn count(told: &JsValue, what: &str) -> f64 {
    get(told, what).as_f64().unwrap_or(f64::NAN)
}

fn mistakes(told: &JsValue) -> Vec<f64> {
    let codes = get(told, "mistakes").unchecked_into::<Array>();
    codes.iter().filter_map(|code| code.as_f64()).collect()
}

/// A platform that does what js/call.js does for a call. `fetch` is the source of its fetch, which can use `endpoint`, `attempt` and
/// `state`. It records the steps.
fn platform(fetch: &str) -> JsValue {
    let make = Function::new_with_args(
        "lay, ring",
        &format!(
            "const state = {{}};
             const call = {{
                taskId: 'task_1', isAborted: false, hasLeft: true, steps: [],
                send(endpoint) {{
                    this.attempt = {{ isOver: false, abort() {{ this.isOver = true; }} }};
                    this.exchange(endpoint, this.attempt);
                    return this.attempt;
                }},
                async exchange(endpoint, attempt) {{
                    let answer;
                    try {{ answer = await (async () => {{ {fetch} }})(); }}
                    catch (thrown) {{ answer = {{ thrown: {{ message: String(thrown) }} }}; }}
                    if (attempt.isOver) return;
                    this.answer = answer;
                    ring(this.bell, true);
                }},
                lay() {{ return lay(this.answer, this.taskId); }},
                listen() {{ return this.isAborted; }},
                abort() {{ this.isAborted = true; ring(this.bell, false); }},
                tell(step, answer) {{
                    this.steps.push(step);
                    if (step[0] > 2) this.end({{ step, answer }});
                }},
             }};
             call.ended = new Promise((end) => {{ call.end = end; }});
             return call;"
        ),
    );
    let lay = Closure::<dyn Fn(JsValue, JsValue) -> usize>::new(|answer: JsValue, id: JsValue| lay_both(&answer, &id));
    let ring = Closure::<dyn Fn(usize, bool)>::new(ring);
    make.call2(&JsValue::UNDEFINED, &lay.into_js_value(), &ring.into_js_value())
        .expect(fetch)
}

/// Begins a call on this platform and closes its client, which does not end the call.
fn call(method: u32, subject: &str, options: &str, platform: &JsValue) -> bool {
    let told = listen();
    let client = open(lay(&js(KEY)));
    assert!(mistakes(&told).is_empty());
    let (subject, options) = (lay(&js(subject)), lay(&js(options)));
    let bell = begin(
        client,
        method,
        subject,
        options,
        platform.clone().unchecked_into(),
        false,
    );
    close(client);
    Reflect::set(platform, &"bell".into(), &bell.into()).expect("it is an object");
    bell > 0
}

/// The outcome of the last step, and its error code, or -1.
async fn end(platform: &JsValue) -> (f64, f64) {
    let end = JsFuture::from(get(platform, "ended").unchecked_into::<Promise>())
        .await
        .expect("it ends");
    let step = Array::from(&get(&end, "step"));
    (
        step.get(0).as_f64().unwrap_or_default(),
        step.get(12).as_f64().unwrap_or(NO_FAILURE),
    )
}

const KEY: &str = "{ apiKey: 'secret-key', maxRetries: 0, timeoutMs: 5000 }";
const REQUEST: &str = "{ model: 'sd2', inputs: { prompt: 'A cat playing piano' } }";

#[wasm_bindgen_test]
fn a_request_is_checked_and_priced() {
    let price = "{ model: 'sd2-fast', duration: '15s', upscaleResolution: '2k' }";
    let alone = "{ model: 'sd3' }";
    for (input, has_price, code, issues, prices) in [
        (REQUEST, false, 1, 0.0, 1.0),
        ("{ model: 'sd2', inputs: {} }", false, 8 + 1, 1.0, 1.0),
        (price, true, 0, 0.0, 1.0),
        (alone, true, 8, 1.0, 0.0),
    ] {
        let told = listen();
        assert_eq!(
            check(lay(&js(input)), lay(&JsValue::UNDEFINED), has_price),
            code,
            "{input}"
        );
        assert_eq!(
            (count(&told, "issues"), count(&told, "prices")),
            (issues, prices),
            "{input}"
        );
    }
}

#[wasm_bindgen_test]
fn options_that_are_wrong_are_told() {
    for options in [
        "{}",
        "{ apiKey: '' }",
        "{ apiKey: 'a b' }",
        "{ apiKey: 'a', baseUrl: 'x' }",
    ] {
        let told = listen();
        assert_eq!(open(lay(&js(options))), 0, "{options}");
        assert_eq!(mistakes(&told), [f64::from(Code::InvalidArgument as u8)], "{options}");
    }
}

#[wasm_bindgen_test]
async fn a_create_is_sent_once_and_answered() {
    let platform = platform("state.sent = (state.sent ?? 0) + 1; return { status: 200, value: { taskId: 'task_1' } };");
    assert!(call(CREATE_TASK, REQUEST, "{}", &platform));
    assert_eq!(end(&platform).await, (DONE, NO_FAILURE));
}

#[wasm_bindgen_test]
async fn whatever_an_answer_is_a_call_ends() {
    for answer in [
        "undefined",
        "{}",
        "{ status: 200 }",
        "{ status: 500, text: 'down' }",
        "{ status: 200, value: [] }",
    ] {
        let platform = platform(&format!("return {answer};"));
        assert!(call(CREATE_TASK, REQUEST, "{}", &platform));
        assert_eq!(
            end(&platform).await,
            (DONE, f64::from(Code::OutcomeUnknown as u8)),
            "{answer}"
        );
    }
}

#[wasm_bindgen_test]
async fn an_attempt_that_takes_too_long_is_left() {
    let platform = platform("return new Promise(() => {});");
    assert!(call(QUERY_TASK, "'task_1'", "{ timeoutMs: 30 }", &platform));
    assert_eq!(end(&platform).await, (DONE, f64::from(Code::Timeout as u8)));
    assert_eq!(get(&get(&platform, "attempt"), "isOver"), JsValue::TRUE);
}

#[wasm_bindgen_test]
async fn an_attempt_that_was_answered_is_not_left() {
    let platform = platform("return { status: 200, value: { credits: 1, availableCredits: 1 } };");
    assert!(call(GET_CREDITS, "undefined", "{}", &platform));
    assert_eq!(end(&platform).await, (DONE, NO_FAILURE));
    assert_eq!(get(&get(&platform, "attempt"), "isOver"), JsValue::FALSE);
}

#[wasm_bindgen_test]
async fn a_generation_polls_until_the_video_is_there() {
    let platform = platform(
        "state.polls = (state.polls ?? -1) + 1;
         if (endpoint === 0) return { status: 200, value: { taskId: 'task_1' } };
         if (state.polls === 2) throw new TypeError('fetch failed');
         const done = { status: 'COMPLETED', output: [{ url: 'https://example.com/a.mp4', width: 1280, height: 720 }] };
         return { status: 200, value: { taskId: 'task_1', ...(state.polls < 4 ? { status: 'NEW_STATE' } : done) } };",
    );
    assert!(call(GENERATE, REQUEST, "{ pollIntervalMs: 15 }", &platform));
    assert_eq!(end(&platform).await, (DONE, NO_FAILURE));
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_pause_of_an_hour() {
    let platform = platform(
        "setTimeout(() => call.abort(), 5); return { status: 200, value: { taskId: 'task_1', status: 'PROCESSING' } };",
    );
    assert!(call(
        WAIT_FOR_TASK,
        "'task_1'",
        "{ pollIntervalMs: 3600000 }",
        &platform
    ));
    assert_eq!(end(&platform).await.0, ABORTED);
}

#[wasm_bindgen_test]
fn an_invalid_request_is_refused_at_once() {
    let platform = platform("throw new Error('sent');");
    assert!(!call(CREATE_TASK, "{ model: 'sd2', inputs: {} }", "{}", &platform));
    assert_eq!(get(&platform, "steps").unchecked_into::<Array>().length(), 0);
}
