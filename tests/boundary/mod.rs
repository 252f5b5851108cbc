//! What must hold of the boundary on every platform, called as js/call.js and js/offline.js call it.

use js_sys::{Array, Error, Function, Object, Promise, Reflect};
use sd2_client::error::Code;
use sd2_client::wasm::{Handle, offline};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/js/value.js")]
extern "C" {
    fn encode(value: &JsValue) -> String;
}

const CREATE_TASK: u32 = 0;
const QUERY_TASK: u32 = 1;
const GET_CREDITS: u32 = 2;
const WAIT_FOR_TASK: u32 = 3;
const GENERATE: u32 = 4;
const DONE: f64 = 3.0;
const GAVE_UP: f64 = 4.0;
const NO_FAILURE: f64 = -1.0;
const VALIDATE: u32 = 0;
const ESTIMATE: u32 = 1;

/// The value of a JavaScript expression.
fn js(expression: &str) -> JsValue {
    js_sys::eval(&format!("({expression})")).expect(expression)
}

fn get(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).expect(name)
}

fn text(value: &JsValue, name: &str) -> String {
    get(value, name).as_string().unwrap_or_default()
}

fn number(value: &JsValue, name: &str) -> f64 {
    get(value, name).as_f64().unwrap_or(f64::NAN)
}

/// As much of a call as js/call.js keeps: it answers with `fetch`, whose body has `endpoint`, `signal` and its memory `state`;
/// and it remembers what it was told.
fn platform(fetch: &str) -> JsValue {
    let make = Function::new_with_args(
        "encode",
        &format!(
            "const state = {{}};
             const call = {{
                taskId: 'task_1', isAborted: false, hasLeft: true, steps: [],
                send: async (endpoint, mark, signal) => {{
                    try {{ return await (async () => {{ {fetch} }})(); }}
                    catch (thrown) {{ return {{ thrown: {{ message: String(thrown) }} }}; }}
                }},
                lay: encode,
                interruption() {{
                    this.wake?.();
                    return new Promise((done) => {{ this.wake = done; if (this.isAborted) done(); }});
                }},
                abort() {{ this.isAborted = true; this.wake(); }},
                tell(step, answer) {{
                    this.steps.push(step);
                    if (step[0] > 2) {{ this.wake?.(); this.end({{ step, answer }}); }}
                }},
             }};
             call.ended = new Promise((end) => {{ call.end = end; }});
             return call;"
        ),
    );
    let encode = Closure::<dyn Fn(JsValue) -> String>::new(|value: JsValue| encode(&value)).into_js_value();
    make.call1(&JsValue::UNDEFINED, &encode).expect(fetch)
}

/// Calls a method on such a platform.
fn call(method: u32, subject: &str, options: &str, platform: &JsValue) -> Result<(), JsValue> {
    let handle = Handle::new(&encode(&js(KEY))).expect("the options are right");
    handle.call(
        method,
        &encode(&js(subject)),
        &encode(&js(options)),
        platform.clone().unchecked_into(),
        false,
    )
}

/// The numbers of the last step: what was done, and the code of a failure, -1 for none.
async fn end(platform: &JsValue) -> (f64, f64) {
    let end = JsFuture::from(get(platform, "ended").unchecked_into::<Promise>())
        .await
        .expect("it ends");
    let step = Array::from(&get(&end, "step"));
    (
        step.get(0).as_f64().unwrap_or_default(),
        step.get(11).as_f64().unwrap_or_default(),
    )
}

const KEY: &str = "{ apiKey: 'secret-key', maxRetries: 0, timeoutMs: 5000 }";
const REQUEST: &str = "{ model: 'sd2', inputs: { prompt: 'A cat playing piano' } }";

fn validate(request: &JsValue) -> Result<JsValue, JsValue> {
    offline(VALIDATE, &format!("a2;{}u", encode(request)))
}

#[wasm_bindgen_test]
fn any_value_can_be_checked() {
    let values: Array = js("(() => {
        const cycle = { model: 'sd2' };
        cycle.inputs = cycle;
        const trap = () => { throw new Error('trap'); };
        const proxy = new Proxy({}, { get: trap, ownKeys: trap, has: trap, getOwnPropertyDescriptor: trap });
        let deep = {};
        for (let i = 0; i < 10000; i++) deep = { inputs: deep };
        return [undefined, null, NaN, 1n, Symbol('s'), () => {}, '\\ud800', '\\0', cycle, proxy, deep, [[[]]],
            { get model() { return trap(); } }, { toJSON: trap }, new Array(100000).fill('x'), new Map(), /a/,
            Object.create(null), new Uint8Array(9)];
    })()")
    .unchecked_into();
    for value in values.iter() {
        for request in [value.clone(), {
            let inputs = Object::new();
            for name in ["prompt", "duration", "urls", "videoUrls", "resolution"] {
                Reflect::set(&inputs, &name.into(), &value).expect(name);
            }
            let request = Object::new();
            Reflect::set(&request, &"model".into(), &"sd2".into()).expect("model");
            Reflect::set(&request, &"inputs".into(), &inputs).expect("inputs");
            request.into()
        }] {
            let checked = validate(&request).expect("never throws");
            assert_eq!(get(&checked, "valid"), JsValue::FALSE);
            assert!(get(&checked, "issues").unchecked_into::<Array>().length() > 0);
        }
    }
    // And the module is whole after it.
    let checked = validate(&js(REQUEST)).expect("never throws");
    assert_eq!(
        (get(&checked, "valid"), number(&checked, "credits")),
        (JsValue::TRUE, 200.0)
    );
}

#[wasm_bindgen_test]
fn a_price_is_plain_data_and_a_mistake_an_error() {
    let estimate = |input| offline(ESTIMATE, &encode(&js(input)));
    let price = estimate("{ model: 'sd2-fast', duration: '15s', upscaleResolution: '2k' }").expect("it is right");
    assert_eq!(number(&price, "total"), 15.0 * (32.0 + 20.0));
    let error = estimate("{ model: 'sd3' }").expect_err("there is no such model");
    assert!(error.is_instance_of::<Error>());
    assert_eq!(text(&error, "code"), "invalid_request");
}

#[wasm_bindgen_test]
fn options_that_are_wrong_throw() {
    for options in [
        "{}",
        "{ apiKey: '' }",
        "{ apiKey: 'a b' }",
        "{ apiKey: 'a', baseUrl: '/x' }",
    ] {
        let Err(error) = Handle::new(&encode(&js(options))) else {
            panic!("{options}");
        };
        assert_eq!(text(&error, "code"), "invalid_argument");
    }
}

#[wasm_bindgen_test]
async fn a_create_is_sent_once_and_answered() {
    let platform = platform("state.sent = (state.sent ?? 0) + 1; return { status: 200, value: { taskId: 'task_1' } };");
    call(CREATE_TASK, REQUEST, "{}", &platform).expect("it is right");
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
        call(CREATE_TASK, REQUEST, "{}", &platform).expect("it is right");
        assert_eq!(
            end(&platform).await,
            (DONE, f64::from(Code::OutcomeUnknown as u8)),
            "{answer}"
        );
    }
}

#[wasm_bindgen_test]
async fn an_attempt_that_takes_too_long_is_aborted() {
    let platform = platform("globalThis.lastSignal = signal; return new Promise(() => {});");
    call(QUERY_TASK, "'task_1'", "{ timeoutMs: 30 }", &platform).expect("it is right");
    assert_eq!(end(&platform).await, (DONE, f64::from(Code::Timeout as u8)));
    assert_eq!(js("lastSignal.aborted"), JsValue::TRUE);
}

#[wasm_bindgen_test]
async fn an_attempt_that_was_answered_is_not_aborted() {
    let platform =
        platform("globalThis.lastSignal = signal; return { status: 200, value: { credits: 1, availableCredits: 1 } };");
    call(GET_CREDITS, "undefined", "{}", &platform).expect("it is right");
    assert_eq!(end(&platform).await, (DONE, NO_FAILURE));
    assert_eq!(js("lastSignal.aborted"), JsValue::FALSE);
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
    call(GENERATE, REQUEST, "{ pollIntervalMs: 15 }", &platform).expect("it is right");
    assert_eq!(end(&platform).await, (DONE, NO_FAILURE));
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_pause_of_an_hour() {
    let platform = platform(
        "setTimeout(() => call.abort(), 5); return { status: 200, value: { taskId: 'task_1', status: 'PROCESSING' } };",
    );
    call(WAIT_FOR_TASK, "'task_1'", "{ pollIntervalMs: 3600000 }", &platform).expect("it is right");
    assert_eq!(end(&platform).await.0, GAVE_UP);
}

#[wasm_bindgen_test]
fn an_invalid_request_is_refused_at_once() {
    let platform = platform("throw new Error('sent');");
    let error = call(CREATE_TASK, "{ model: 'sd2', inputs: {} }", "{}", &platform).expect_err("it is wrong");
    assert!(error.is_instance_of::<Error>());
    assert_eq!(text(&error, "code"), "invalid_request");
    assert_eq!(get(&error, "issues").unchecked_into::<Array>().length(), 1);
    assert_eq!(get(&platform, "steps").unchecked_into::<Array>().length(), 0);
}
