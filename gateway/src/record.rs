//! A saved call as text.

use crate::call::Call;

/// Writes a call as text: its numbers, in their shortest form.
pub fn write(call: &Call) -> String {
    let numbers: Vec<String> = call.save().iter().map(ToString::to_string).collect();
    numbers.join(" ")
}

/// Reads a call. `None` if there is no text, or one of another version.
pub fn read(text: Option<&str>) -> Option<Call> {
    let numbers: Result<Vec<f64>, _> = text?.split(' ').map(str::parse).collect();
    Call::restore(&numbers.ok()?)
}
