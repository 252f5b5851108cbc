//! The boundary: one message in, one message out, both JSON. js/gateway/core.js is the other side.
//!
//! JavaScript writes a message to [`reserve`]d memory, and [`handle`] answers it; [`length`] is that of the answer. There is
//! one engine for each instance of the module.

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

/// Memory for a message of so many bytes.
#[unsafe(no_mangle)]
extern "C" fn reserve(length: usize) -> *mut u8 {
    HOST.with_borrow_mut(|host| {
        host.memory = vec![0; length];
        host.memory.as_mut_ptr()
    })
}

/// Does what the message says, and gives the place of its answer.
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
