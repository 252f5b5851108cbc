//! A call as a short list of numbers, so that another process can continue it.

use crate::call::{Call, Made, Method, Work};
use crate::host::Millis;
use crate::service::endpoint::Endpoint;
use crate::service::options::CallOptions;

/// Changes whenever the meaning of a number changes.
const VERSION: f64 = 2.0;

/// A saved call. The problem of the last poll is not saved, because only a message needs it.
pub type Record = [f64; 21];

impl Call {
    /// The state. Save it after each step, before the step's work is done. The restored call continues with
    /// [`Event::Restored`](crate::call::Event::Restored).
    pub fn save(&self) -> Record {
        let optional = |span: Option<Millis>| span.unwrap_or(f64::NAN);
        [
            VERSION,
            f64::from(self.method as u8),
            f64::from(self.endpoint as u8),
            f64::from(self.work as u8),
            f64::from(self.made as u8),
            f64::from(self.kind),
            optional(self.options.timeout_ms),
            optional(self.options.poll_interval_ms),
            self.deadline,
            self.since,
            self.sent_at,
            self.until,
            f64::from(self.attempts),
            f64::from(self.failures),
            f64::from(self.without_video),
            f64::from(self.denials),
            self.denied_at,
            self.progress,
            self.created,
            self.queued,
            f64::from(u8::from(self.is_unclear)),
        ]
    }

    /// The call of a record. `None` if the record is invalid or of another version.
    pub fn restore(record: &[f64]) -> Option<Call> {
        let record: &Record = record.try_into().ok()?;
        let &[
            version,
            method,
            endpoint,
            work,
            made,
            kind,
            timeout_ms,
            poll_interval_ms,
            deadline,
            since,
            sent_at,
            until,
            attempts,
            failures,
            without_video,
            denials,
            denied_at,
            progress,
            created,
            queued,
            is_unclear,
        ] = record;
        let optional = |span: f64| Some(span).filter(|span| !span.is_nan());
        if version != VERSION {
            return None;
        }
        Some(Call {
            method: *METHODS.get(method as usize)?,
            endpoint: *ENDPOINTS.get(endpoint as usize)?,
            work: *WORKS.get(work as usize)?,
            made: *MADE.get(made as usize)?,
            kind: kind as u32,
            options: CallOptions {
                timeout_ms: optional(timeout_ms),
                poll_interval_ms: optional(poll_interval_ms),
            },
            deadline,
            since,
            sent_at,
            until,
            attempts: attempts as u32,
            failures: failures as u32,
            without_video: without_video as u32,
            denials: denials as u32,
            denied_at,
            progress,
            created,
            queued,
            is_unclear: is_unclear != 0.0,
            has_problem: false,
            has_task: progress > 0.0,
        })
    }
}

const METHODS: [Method; 7] = [
    Method::CreateTask,
    Method::QueryTask,
    Method::GetCredits,
    Method::WaitForTask,
    Method::Generate,
    Method::AwaitService,
    Method::CancelTask,
];
const ENDPOINTS: [Endpoint; 4] = [
    Endpoint::CreateTask,
    Endpoint::QueryTask,
    Endpoint::Credits,
    Endpoint::Cancel,
];
const WORKS: [Work; 5] = [Work::TakeSlot, Work::Send, Work::Pause, Work::Done, Work::Aborted];
const MADE: [Made; 3] = [Made::No, Made::Unknown, Made::Yes];
