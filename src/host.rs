//! All that the core asks of the platform it runs on.

use crate::call::Step;
use crate::service::answer::Facts;

/// Milliseconds: a span, or a time since the beginning of 1970.
pub type Millis = f64;

/// The time and chance.
pub trait Clock {
    /// The time.
    fn now(&self) -> Millis;

    /// A random number from 0 up to, but not including, 1.
    fn random(&self) -> f64;
}

/// The platform during one call: a browser, a Worker, a server, or a test in virtual time.
///
/// It keeps what the core has no use for: the request, the bodies of answers, headers, listeners.
pub trait Host: Clock {
    /// An answer as the host keeps it; all calls that wait for a task share it.
    type Answer: Clone;

    /// Does a step's work, for as long as it may take or as long as the platform's longest timer. If it `sends`: sends a request
    /// to the step's endpoint once, without following a redirect, after it has done what the step's mark asks of a store,
    /// and resolves to the answer. Resolves to `None` when the time is up, as soon as the caller gives up and, if the step is
    /// rousable, when a page that was hidden or offline is back. Dropping the future ends the work and leaves no timer behind.
    fn perform(&self, step: &Step, sends: bool) -> impl Future<Output = Option<(Facts, Self::Answer)>> + Unpin;

    /// The id of the task that the call is about, as soon as there is one.
    fn task_id(&self) -> String;

    /// Whether a request may have left the machine since the last request was begun.
    fn has_left(&self) -> bool;

    /// Whether the caller has given up, and the last step let it.
    fn is_aborted(&self) -> bool;

    /// Tells the store and the listeners what a step has for them. `answer` is the one that the step is about, if it is
    /// about one. Whatever comes of it, the call goes on.
    fn tell(&self, step: &Step, answer: Option<&Self::Answer>);
}
