//! The boundary to js/gateway/core.js: messages and answers are JSON.
//!
//! JavaScript writes a message to memory from [`reserve`] and calls [`handle`], which returns the address of the answer. [`length`]
//! returns its length. Each instance of the module has one engine.

#![expect(unsafe_code, reason = "an export by name counts as unsafe; nothing else here does")]

use crate::engine::Engine;
use crate::orders::obey;
use crate::plan::Setup;
use std::cell::RefCell;

struct Host {
    memory: Vec<u8>,
    engine: Engine,
}

thread_local! {
    static HOST: RefCell<Host> = RefCell::new(Host { memory: Vec::new(), engine: Engine::new(Setup::default()) });
}

/// Allocates memory for a message.
#[unsafe(no_mangle)]
extern "C" fn reserve(length: usize) -> *mut u8 {
    HOST.with_borrow_mut(|host| {
        host.memory = vec![0; length];
        host.memory.as_mut_ptr()
    })
}

/// Carries out the message in memory, and returns the address of its answer.
#[unsafe(no_mangle)]
extern "C" fn handle() -> *const u8 {
    HOST.with_borrow_mut(|host| {
        host.memory = obey(&mut host.engine, &host.memory).to_string().into_bytes();
        host.memory.as_ptr()
    })
}

/// The length of the answer.
#[unsafe(no_mangle)]
extern "C" fn length() -> usize {
    HOST.with_borrow(|host| host.memory.len())
}
