//! How JavaScript wakes a call.

use std::cell::Cell;
use std::task::{Context, Poll, Waker};

/// One for each call; it costs less than a promise for each thing that may happen.
#[derive(Default)]
pub struct Bell {
    waker: Cell<Option<Waker>>,
    /// What it rang for: an answer, or else the end of the time.
    rang: Cell<Option<bool>>,
}

impl Bell {
    /// Forgets that it rang.
    pub fn quiet(&self) {
        self.rang.set(None);
    }

    /// Says that there is an answer, or else that the time is over. An answer counts more.
    pub fn ring(&self, is_answer: bool) {
        if is_answer || self.rang.get().is_none() {
            self.rang.set(Some(is_answer));
        }
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Whether it rang for an answer, as soon as it rings.
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
