//! A saved call as the text in a job's row.

use crate::call::Call;

/// The call as text: its numbers, each as short as it can be.
pub fn write(call: &Call) -> String {
    let numbers: Vec<String> = call.save().iter().map(ToString::to_string).collect();
    numbers.join(" ")
}

/// The call of a text; `None` if there is none, or it is of another version.
pub fn read(text: Option<&str>) -> Option<Call> {
    let numbers: Result<Vec<f64>, _> = text?.split(' ').map(str::parse).collect();
    Call::restore(&numbers.ok()?)
}
