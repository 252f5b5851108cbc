//! The functions that JavaScript calls. Values and texts are addresses in the module's memory: js/memory.js writes and reads
//! them.
#![expect(unsafe_code, reason = "JavaScript vouches for the addresses that it passes")]

use super::bell::Bell;
use super::host::{JsHost, Platform};
use crate::call::Method;
use crate::client::Client;
use crate::error::Mistake;
use crate::memory::value;
use crate::rules::host::{HOST, Reach, reach_of};
use crate::rules::issue::Issue;
use crate::rules::node::Node;
use crate::rules::{self, Scope};
use crate::service::options::{CallOptions, Options};
use crate::service::reason;
use crate::service::task;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

// The functions that the module imports. The memory at their addresses is valid only during the call.
#[wasm_bindgen]
extern "C" {
    /// Writes the end of the host of a URL, in its normal form, and returns its length; 0 if the platform refuses the URL.
    fn host(url: *const u8, length: usize, end: *mut u8) -> usize;

    /// Reports an issue: the address of its numbers (see `Issue::numbers`).
    fn issue(numbers: *const usize);

    /// Reports a price: the address of its numbers (see `Estimate::numbers`).
    fn price(numbers: *const usize);

    /// Reports a wrong argument: the numbers of the error's code and of its words, and the text that replaces `{}` in them.
    fn mistake(code: u32, words: u32, about: *const u8, length: usize);

    /// Reports a text.
    fn say(text: *const u8, length: usize);
}

type Account = Rc<Client<JsValue>>;

fn hostname(url: &str, _: &str) -> Option<Reach> {
    let mut end = [0; HOST];
    let length = host(url.as_ptr(), url.len(), end.as_mut_ptr());
    let end = end.get(..length).filter(|end| !end.is_empty())?;
    Some(reach_of(end))
}

fn report(found: &Issue) {
    issue(found.numbers().as_ptr());
}

fn refuse(found: &Mistake) -> usize {
    let about = found.about;
    mistake(found.code as u32, found.words as u32, about.as_ptr(), about.len());
    0
}

/// Allocates this many bytes, aligned for numbers. They are never freed.
#[wasm_bindgen]
pub fn room(bytes: usize) -> usize {
    Vec::<u64>::with_capacity(bytes / 8 + 1).leak().as_ptr() as usize
}

/// Checks the value at an address, with the options at another address. Reports issues and a price. Returns the mode, and 8 more if
/// there is an error.
#[wasm_bindgen]
pub fn check(input: usize, options: usize, has_price: bool) -> u32 {
    // SAFETY: JavaScript has just laid them out.
    let (input, options) = unsafe { (value(input), value(options)) };
    let scope = if has_price { Scope::Price } else { Scope::Request };
    // By reference as in `Client::begin`, or each would bring a validator of its own.
    let verdict = rules::check(input, options.get("media"), scope, hostname, &mut report);
    if let Some(configuration) = verdict.configuration {
        price(configuration.estimate().numbers().as_ptr());
    }
    verdict.mode.map_or(0, |mode| mode as u32 + 1) + 8 * u32::from(verdict.has_error)
}

/// Creates a client with the options at an address. Returns the client, or 0 after it reported what is wrong.
#[wasm_bindgen]
pub fn open(options: usize) -> usize {
    // SAFETY: JavaScript has just laid them out.
    match Options::read(unsafe { value(options) }, hostname) {
        Ok(options) => Rc::into_raw(Account::new(Client::new(options))).expose_provenance(),
        Err(mistake) => refuse(&mistake),
    }
}

/// Frees a client. Its running calls are not affected.
#[wasm_bindgen]
pub fn close(client: usize) {
    // SAFETY: it is from `open`, and JavaScript closes each once.
    drop(unsafe { Account::from_raw(core::ptr::with_exposed_provenance(client)) });
}

/// Starts a call of a method by its number. `subject` is the address of the request, or of the task's id. Returns the bell, which may be
/// rung until the platform gets the last step, or 0 after it reported what is wrong.
#[wasm_bindgen]
pub fn begin(client: usize, method: u32, subject: usize, options: usize, platform: Platform, is_logged: bool) -> usize {
    let client: *const Client<JsValue> = core::ptr::with_exposed_provenance(client);
    // SAFETY: it is from `open`, and not closed; JavaScript has just laid the values out.
    let (client, subject, options) = unsafe {
        Rc::increment_strong_count(client);
        (Account::from_raw(client), value(subject), value(options))
    };
    let method = match method {
        0 => Method::CreateTask,
        1 => Method::QueryTask,
        2 => Method::GetCredits,
        3 => Method::WaitForTask,
        4 => Method::Generate,
        6 => Method::CancelTask,
        _ => Method::AwaitService,
    };
    let host = JsHost::new(platform, is_logged, client.options().is_local);
    let begun =
        CallOptions::read(options).and_then(|options| client.begin(method, subject, options, &host, hostname, report));
    match begun {
        Ok(Some(call)) => {
            let bell = host.bell().expose_provenance();
            spawn_local(async move { client.run(call, &host).await });
            bell
        }
        Ok(None) => 0,
        Err(mistake) => refuse(&mistake),
    }
}

/// Rings the bell of a call that has not ended, because there is an answer or because the step is to end.
#[wasm_bindgen]
pub fn ring(bell: usize, is_answer: bool) {
    // SAFETY: it is from `begin`, and its call has not ended.
    unsafe { &*core::ptr::with_exposed_provenance::<Bell>(bell) }.ring(is_answer);
}

/// Reports the reason in the answer at an address, `{ status, value?, text }`, or in its task, if there is one.
#[wasm_bindgen]
pub fn reason(answer: usize, is_task: bool) {
    // SAFETY: JavaScript has just laid it out.
    let answer = unsafe { value(answer) };
    let body = answer.get("value");
    let said = if is_task {
        body.map(reason::of_task)
    } else {
        let status = answer.number("status").unwrap_or_default() as u16;
        reason::of_answer(body, answer.text("text").unwrap_or_default(), status)
    };
    if let Some(said) = said {
        say(said.as_ptr(), said.len());
    }
}

/// What the value at an address is as the body of a callback: 1 for a task (a hint needs only an id and a status), and 2 more if it
/// keeps its output.
#[wasm_bindgen]
pub fn describe(body: usize, is_hint: bool) -> u32 {
    // SAFETY: JavaScript has just laid it out.
    let body = unsafe { value(body) };
    let is_task = task::is_task(body) && (is_hint || task::is_documented(body));
    u32::from(is_task) + 2 * u32::from(task::keeps_output(body))
}
