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

    /// Sends a request to the step's endpoint once, without following a redirect, after it has done what the step's mark
    /// asks of a store. Dropping the future gives the attempt up.
    fn send(&self, step: &Step) -> impl Future<Output = (Facts, Self::Answer)>;

    /// The id of the task that the call is about, as soon as there is one.
    fn task_id(&self) -> String;

    /// Whether a request may have left the machine since the last [`send`](Host::send) began.
    fn has_left(&self) -> bool;

    /// Waits as long as the step may take, or as long as the platform's longest timer, or until the caller gives up; if the
    /// step is rousable, also until a page that was hidden or offline is back. Dropping the future leaves no timer behind.
    fn sleep(&self, step: &Step) -> impl Future<Output = ()>;

    /// Whether the caller has given up, and the last step let it.
    fn is_aborted(&self) -> bool;

    /// Tells the store and the listeners what a step has for them. `answer` is the one that the step is about, if it is
    /// about one. Whatever comes of it, the call goes on.
    fn tell(&self, step: &Step, answer: Option<&Self::Answer>);
}
