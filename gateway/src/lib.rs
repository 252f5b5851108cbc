//! The decisions of the gateway of `sd2-client`: admission, fairness, the states of a job, files.
//!
//! It does no I/O. JavaScript keeps the ledger and sends the requests. It passes each event to the engine, and gets back what to write
//! and what to do afterwards ([`Plan`]). The create and the polls of a job are a call of the client
//! ([`call::Call`](crate::call::Call)), which the job saves. The crate compiles the files of `sd2-client`, without its boundary to
//! JavaScript.

#[doc(hidden)]
#[path = "../../src/call/mod.rs"]
pub mod call;
#[doc(hidden)]
#[path = "../../src/error.rs"]
pub mod error;
#[doc(hidden)]
#[path = "../../src/host.rs"]
pub mod host;
#[doc(hidden)]
#[path = "../../src/rules/mod.rs"]
pub mod rules;
#[doc(hidden)]
#[path = "../../src/service/mod.rs"]
pub mod service;
#[doc(hidden)]
#[path = "../../src/text.rs"]
pub mod text;
#[doc(hidden)]
#[path = "../../src/validate.rs"]
pub mod validate;
#[doc(hidden)]
#[path = "../../src/value.rs"]
pub mod value;
#[doc(hidden)]
#[path = "../../src/words.rs"]
pub mod words;

#[doc(hidden)]
pub use rules::{catalog, pricing, rule, url};

mod admission;
mod budget;
mod circuit;
mod engine;
mod fairness;
mod files;
mod job;
mod json;
mod orders;
mod outcome;
mod plan;
mod record;
mod refusal;
mod shown;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use admission::{Accepted, Limits, Standing, admit, check};
pub use budget::{Budget, Per, window};
pub use circuit::{Circuit, Reason};
pub use engine::{Engine, FURTHEST};
pub use fairness::{Dispatch, Head, dispatch, positions};
pub use files::{Facts, FileLimits, Holding, Offered, Problem, admit_file, judge_file};
pub use job::{Job, State};
pub use orders::obey;
pub use plan::{Effect, Moment, Plan, Setup};
pub use refusal::Refusal;
pub use shown::show;
