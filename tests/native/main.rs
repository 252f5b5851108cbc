//! Native tests of the core, through its public Rust API. One program, so that it links once.
#![cfg(not(target_arch = "wasm32"))]
#![cfg(test)]

mod support;

mod calculator;
mod call;
mod callback;
mod catalog;
mod facts;
mod fuzz_answers;
mod options;
mod pricing;
mod schedule;
mod validate;
mod value;
mod wings;
// mod verdicts;
