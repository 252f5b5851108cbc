//! How JavaScript wakes a call.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// One for each call; it costs less than a promise for each thing that may happen.
#[derive(Default)]
pub struct Bell {
    waker: Cell<Option<Waker>>,
    has_answer: Cell<bool>,
    is_over: Cell<bool>,
}

impl Bell {
    /// Says that there is an answer, or else that the time is over.
    pub fn ring(&self, is_answer: bool) {
        if is_answer { &self.has_answer } else { &self.is_over }.set(true);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Ends when it rings for an answer. Whatever rang before does not count.
    pub async fn answer(&self) {
        self.hear(&self.has_answer).await;
    }

    /// Ends when the time is over. Whatever rang before does not count.
    pub async fn end(&self) {
        self.hear(&self.is_over).await;
    }

    async fn hear(&self, what: &Cell<bool>) {
        what.set(false);
        poll_fn(|context| {
            if what.get() {
                return Poll::Ready(());
            }
            self.waker.set(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}
