//! Client of the SD 2.0 video generation API: create, wait, price and validate.
//!
//! Rust programs can validate and price requests offline, with the items of the crate root:
//!
//! ```
//! use sd2_client::{Value, validate};
//!
//! let mut inputs = Value::object();
//! inputs.put_text("prompt", "A cat playing piano");
//! let mut request = Value::object();
//! request.put_text("model", "sd2-fast");
//! request.put("inputs", inputs);
//!
//! let checked = validate(&request, &Value::Null);
//! assert!(checked.valid);
//! assert_eq!(checked.credits, Some(160));
//! ```
//!
//! The core is plain Rust without JavaScript types. It sends, sleeps and reads the clock only through [`host::Host`], so that
//! tests run natively in virtual time. `wasm` is the boundary to JavaScript, compiled only for wasm32. The core has four wings,
//! each of which uses only those after it: [`client`], [`call`], [`service`], [`rules`].

#![deny(missing_docs)]

#[doc(hidden)]
pub mod call;
#[doc(hidden)]
pub mod client;
#[doc(hidden)]
pub mod rules;
#[doc(hidden)]
pub mod service;

pub mod calculator;
pub mod error;
#[doc(hidden)]
pub mod host;
#[doc(hidden)]
pub mod memory;
#[doc(hidden)]
pub mod plain;
mod text;
pub mod validate;
pub mod value;
#[doc(hidden)]
pub mod words;

pub use calculator::estimate;
pub use error::Error;
pub use rules::{catalog, pricing, rule, url};
pub use validate::{Validation, validate};
pub use value::Value;

#[cfg(target_arch = "wasm32")]
pub mod wasm;
