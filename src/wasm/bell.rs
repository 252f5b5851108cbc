//! How JavaScript wakes a call.

use std::cell::Cell;
use std::task::{Context, Poll, Waker};

/// Each call has one. It costs less than a promise for each event that may happen.
#[derive(Default)]
pub struct Bell {
    waker: Cell<Option<Waker>>,
    /// Whether it rang, and whether it rang for an answer.
    rang: Cell<Option<bool>>,
}

impl Bell {
    /// Forgets an earlier ring.
    pub fn quiet(&self) {
        self.rang.set(None);
    }

    /// Wakes the call, because there is an answer or because the step is to end. An answer replaces an earlier ring.
    pub fn ring(&self, is_answer: bool) {
        if is_answer || self.rang.get().is_none() {
            self.rang.set(Some(is_answer));
        }
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Resolves when it rings, to whether it rang for an answer.
    pub fn poll(&self, context: &Context) -> Poll<bool> {
        match self.rang.get() {
            Some(is_answer) => Poll::Ready(is_answer),
            None => {
                self.waker.set(Some(context.waker().clone()));
                Poll::Pending
            }
        }
    }
}
