//! What must hold of the boundary on every platform, called as js/client.js and js/offline.js call it.

use js_sys::{Array, Error, Function, Object, Promise, Reflect};
use sd2_client::wasm::{Handle, offline};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(module = "/js/boundary.js")]
extern "C" {
    fn encode(value: &JsValue) -> String;
}

const CREATE_TASK: u32 = 0;
const QUERY_TASK: u32 = 1;
const GET_CREDITS: u32 = 2;
const WAIT_FOR_TASK: u32 = 3;
const GENERATE: u32 = 4;
const VALIDATE: u32 = 0;
const ESTIMATE: u32 = 1;

/// The value of a JavaScript expression.
fn js(expression: &str) -> JsValue {
    js_sys::eval(&format!("({expression})")).expect(expression)
}

/// The function with this body.
fn function(arguments: &str, body: &str) -> JsValue {
    Function::new_with_args(arguments, body).into()
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

/// A client, and the functions that js/client.js would keep for it.
struct Client {
    handle: Handle,
    fetch: JsValue,
}

impl Client {
    /// Its `fetch` has this body, with `url` and `init`; `state` is its memory.
    fn new(fetch: &str) -> Client {
        let make = Function::new_with_args("state", &format!("return async (url, init) => {{ {fetch} }};"));
        Client {
            handle: Handle::new(&encode(&js(KEY))).expect("the options are right"),
            fetch: make.call1(&JsValue::UNDEFINED, &Object::new()).expect(fetch),
        }
    }

    fn call(&self, method: u32, subject: &JsValue, options: &str) -> Promise {
        self.call_with(method, subject, options, &[])
    }

    /// A call with a signal or callbacks.
    fn call_with(&self, method: u32, subject: &JsValue, options: &str, more: &[(&str, JsValue)]) -> Promise {
        let platform = Object::new();
        for (name, value) in [("fetch", self.fetch.clone())].iter().chain(more) {
            Reflect::set(&platform, &(*name).into(), value).expect(name);
        }
        self.handle
            .call(method, &encode(subject), &encode(&js(options)), platform.into())
    }
}

const KEY: &str = "{ apiKey: 'secret-key', maxRetries: 0, timeoutMs: 5000 }";
const REQUEST: &str = "{ model: 'sd2', inputs: { prompt: 'A cat playing piano' } }";

async fn succeed(call: Promise) -> JsValue {
    JsFuture::from(call).await.expect("it resolves")
}

/// What a call rejects with: always a real `Error`, and never one with the key.
async fn fail(call: Promise) -> JsValue {
    let error = JsFuture::from(call).await.expect_err("it rejects");
    assert!(error.is_instance_of::<Error>());
    assert_eq!(text(&error, "name"), "Sd2Error");
    let shown = js_sys::JSON::stringify(&error).expect("plain data");
    assert!(!String::from(shown).contains("secret-key"));
    assert!(!text(&error, "message").contains("secret-key"));
    error
}

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
async fn a_call_sends_what_the_service_asks_for() {
    let client = Client::new(
        "if (url !== 'https://seegen.ai/api/v1/jobs/createTask') throw url;
         if (init.method !== 'POST' || init.redirect !== 'manual') throw 'init';
         if (init.headers.Authorization !== 'Bearer secret-key') throw 'key';
         if (init.headers['Content-Type'] !== 'application/json') throw 'type';
         if (JSON.parse(init.body).inputs.prompt !== 'A cat playing piano') throw init.body;
         return { status: 200, json: () => ({ taskId: 'task_1' }) };",
    );
    let created = succeed(client.call(CREATE_TASK, &js(REQUEST), "{}")).await;
    assert_eq!(text(&created, "taskId"), "task_1");
}

#[wasm_bindgen_test]
async fn whatever_fetch_throws_becomes_the_librarys_error() {
    for fetch in [
        "throw 'a text with secret-key';",
        "throw undefined;",
        "throw Object.create(null);",
        "throw new Proxy({}, { get() { throw 1; } });",
        "throw new TypeError('Bearer secret-key', { cause: { message: 'secret-key', cause: 7 } });",
        "return undefined;",
        "return {};",
        "return { status: 200, headers: 5, text: () => Promise.reject('cut') };",
        "return { status: 200, text: () => '{\"taskId\":7}' };",
        "return { status: 200, text: () => '' };",
        "return { status: 500, text: () => 'secret-key' };",
    ] {
        let client = Client::new(fetch);
        let error = fail(client.call(CREATE_TASK, &js(REQUEST), "{}")).await;
        assert_eq!(text(&error, "code"), "outcome_unknown", "{fetch}");
        let error = fail(client.call(GET_CREDITS, &JsValue::UNDEFINED, "{}")).await;
        let expected = ["network", "unexpected_response", "server_error"];
        assert!(expected.contains(&&*text(&error, "code")), "{fetch}");
    }
}

#[wasm_bindgen_test]
async fn an_attempt_that_takes_too_long_is_given_up() {
    let client =
        Client::new("state.signal = init.signal; globalThis.lastSignal = init.signal; return new Promise(() => {});");
    let error = fail(client.call(QUERY_TASK, &"task_1".into(), "{ timeoutMs: 30 }")).await;
    assert_eq!(text(&error, "code"), "timeout");
    assert_eq!(js("lastSignal.aborted"), JsValue::TRUE);
}

#[wasm_bindgen_test]
async fn a_wait_polls_until_the_video_is_there() {
    let client = Client::new("state.polls = (state.polls ?? 0) + 1;
         if (init.method === 'POST') { state.polls = 0; return { status: 200, json: () => ({ taskId: 'task_1' }) }; }
         if (state.polls === 2) throw new TypeError('fetch failed');
         const task = { taskId: 'task_1', model: 'sd2', creditsUsed: 200, error: null, createTime: 1, later: { kept: [1] } };
         const done = { status: 'COMPLETED', output: [{ url: 'https://example.com/a.mp4', width: 1280, height: 720 }] };
         return { status: 200, json: () => ({ ...task, ...(state.polls < 4 ? { status: 'NEW_STATE', output: null } : done) }) };",
    );
    let updates = Array::new();
    let on_update = {
        let updates = updates.clone();
        Closure::<dyn Fn(JsValue)>::new(move |update| {
            updates.push(&update);
        })
    };
    let created = Array::new();
    let on_created = {
        let created = created.clone();
        Closure::<dyn Fn(JsValue)>::new(move |id| {
            created.push(&id);
        })
    };
    let callbacks = [
        ("onCreated", on_created.into_js_value()),
        ("onUpdate", on_update.into_js_value()),
    ];
    let task = succeed(client.call_with(GENERATE, &js(REQUEST), "{ pollIntervalMs: 15 }", &callbacks)).await;
    assert_eq!(text(&task, "status"), "COMPLETED");
    assert_eq!(
        String::from(js_sys::JSON::stringify(&get(&task, "later")).expect("plain")),
        "{\"kept\":[1]}"
    );
    assert_eq!(created.get(0), "task_1");
    assert_eq!(updates.length(), 3);
    assert_eq!(text(&get(&updates.get(0), "task"), "status"), "NEW_STATE");
    assert_eq!(
        (number(&updates.get(2), "progress"), number(&updates.get(2), "polls")),
        (1.0, 4.0)
    );
}

#[wasm_bindgen_test]
async fn an_abort_ends_a_pause_of_an_hour_with_the_signals_reason() {
    let client = Client::new("return { status: 200, json: () => ({ taskId: 'task_1', status: 'PROCESSING' }) };");
    let controller = js("new AbortController()");
    Reflect::set(&js_sys::global(), &"controller".into(), &controller).expect("a global");
    let signal = ("signal", get(&controller, "signal"));
    let on_update = function("", "setTimeout(() => controller.abort('mine'), 5);");
    let more = [signal.clone(), ("onUpdate", on_update)];
    let wait = client.call_with(WAIT_FOR_TASK, &"task_1".into(), "{ pollIntervalMs: 3600000 }", &more);
    assert_eq!(JsFuture::from(wait).await, Err("mine".into()));

    // Of a call that is aborted already, nothing is sent.
    let aborted = silent().call_with(GET_CREDITS, &JsValue::UNDEFINED, "{}", &[signal]);
    assert_eq!(JsFuture::from(aborted).await, Err("mine".into()));
}

/// A client that must send nothing.
fn silent() -> Client {
    Client::new("throw new Error('sent');")
}

#[wasm_bindgen_test]
async fn an_invalid_request_is_not_sent() {
    let error = fail(silent().call(CREATE_TASK, &js("{ model: 'sd2', inputs: {} }"), "{}")).await;
    assert_eq!(text(&error, "code"), "invalid_request");
    assert_eq!(get(&error, "issues").unchecked_into::<Array>().length(), 1);
    assert!(get(&error, "cause").is_undefined());
}

#[wasm_bindgen_test]
async fn a_client_may_be_freed_while_a_call_is_under_way() {
    let client = Client::new(
        "await new Promise((done) => setTimeout(done, 20));
         return { status: 200, json: () => ({ credits: 7, availableCredits: 5 }) };",
    );
    let pending = client.call(GET_CREDITS, &JsValue::UNDEFINED, "{}");
    drop(client);
    assert_eq!(number(&succeed(pending).await, "availableCredits"), 5.0);
}

#[wasm_bindgen_test]
async fn calls_of_one_client_run_side_by_side() {
    let client = Client::new(
        "state.open = (state.open ?? 0) + 1;
         await new Promise((done) => setTimeout(done, 20));
         return { status: 200, json: () => ({ credits: state.open, availableCredits: 0 }) };",
    );
    let calls = Array::new();
    for _ in 0..5 {
        calls.push(&client.call(GET_CREDITS, &JsValue::UNDEFINED, "{}"));
    }
    let answers: Array = succeed(Promise::all(&calls)).await.unchecked_into();
    assert!(answers.iter().all(|answer| number(&answer, "credits") == 5.0));
}
