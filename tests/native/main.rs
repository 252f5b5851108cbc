//! Native tests of the core through its public Rust API. A single program, so that it links only once.
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
mod verdicts;
mod wings;
