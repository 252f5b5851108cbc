//! Support for the tests: JSON, virtual time, a fake service and a fake platform.

pub mod clock;
pub mod json;
pub mod layout;
pub mod platform;
pub mod service;
pub mod steps;
