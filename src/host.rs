//! Everything that the core needs from its platform.

use crate::call::Step;
use crate::service::answer::Facts;

/// Milliseconds: a duration, or a time since the beginning of 1970.
pub type Millis = f64;

/// Time and random numbers.
pub trait Clock {
    fn now(&self) -> Millis;

    /// A random number from 0 up to, but not including, 1.
    fn random(&self) -> f64;
}

/// The platform during one call: a browser, a Worker, a server, or a test in virtual time.
///
/// It keeps what the core does not need: the request, response bodies, headers, listeners.
pub trait Host: Clock {
    /// A response as the host keeps it. All calls that wait for a task share it.
    type Answer: Clone;

    /// Does the work of a step. If it `sends`, first updates the store according to its mark, then sends a request to its endpoint
    /// once, without following redirects, and resolves to the response. Resolves to `None` after the time of the step or the
    /// platform's longest timer, on an abort, and, if the step is rousable, when a page that was hidden or offline returns. Dropping
    /// the future ends the work and clears its timers.
    fn perform(&self, step: &Step, sends: bool) -> impl Future<Output = Option<(Facts, Self::Answer)>> + Unpin;

    /// The id of the call's task, once there is one.
    fn task_id(&self) -> String;

    /// Whether the last request may have left the machine.
    fn has_left(&self) -> bool;

    /// Whether the caller has aborted, and the last step allows that.
    fn is_aborted(&self) -> bool;

    /// Passes a step to the store and the listeners. `answer` is the response that the step is about, if any. Errors in them do not
    /// end the call.
    fn tell(&self, step: &Step, answer: Option<&Self::Answer>);
}
