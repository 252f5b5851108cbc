//! What a request must not have, because JSON cannot carry it.

use crate::error::{Error, Result};
use crate::text;
use crate::value::Value;

/// Refuses a request of which JSON cannot carry a part: the service would not miss it.
pub fn refuse(request: &Value) -> Result<()> {
    let Some((mut path, kind)) = foreign(request) else {
        return Ok(());
    };
    path.reverse();
    let mut issue = Value::object();
    issue.put("path", Value::Array(path));
    issue.put_text("code", "wrong_type");
    issue.put_text("severity", "error");
    issue.put_text("message", &text::fill("This is {}, which JSON cannot carry.", kind));
    Err(Error::invalid(vec![issue]))
}

/// What JSON cannot carry: where it is, from the inside out, and what it is. A field that is `undefined` is no field.
fn foreign(value: &Value) -> Option<(Vec<Value>, &'static str)> {
    let (step, (mut path, kind)) = match value {
        Value::Foreign(_) => return Some((Vec::new(), value.kind())),
        Value::Number(number) if !number.is_finite() => return Some((Vec::new(), "NaN or infinite")),
        Value::Array(items) => {
            let mut steps = items.iter().enumerate();
            steps.find_map(|(index, item)| Some((Value::Number(index as f64), foreign(item)?)))?
        }
        Value::Object(fields) => {
            let mut fields = fields.iter().filter(|(_, field)| !field.is_undefined());
            fields.find_map(|(name, field)| Some((name.as_str().into(), foreign(field)?)))?
        }
        _ => return None,
    };
    path.push(step);
    Some((path, kind))
}
