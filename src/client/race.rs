//! Two futures, of which only the faster counts.

use core::pin::pin;
use core::task::Poll;
use std::future::poll_fn;

/// Which of two futures was first, and its result.
pub enum First<A, B> {
    /// The one named first; it also wins a tie.
    Left(A),
    /// The one named second.
    Right(B),
}

/// Runs both, takes the result of the faster, and drops the other where it stands.
pub async fn race<A: Future, B: Future>(left: A, right: B) -> First<A::Output, B::Output> {
    let mut left = pin!(left);
    let mut right = pin!(right);
    poll_fn(|context| {
        if let Poll::Ready(value) = left.as_mut().poll(context) {
            return Poll::Ready(First::Left(value));
        }
        right.as_mut().poll(context).map(First::Right)
    })
    .await
}
