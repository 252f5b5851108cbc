//! Response bodies of faults: incomplete or huge.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;
use tokio::time::{Sleep, sleep};

type Next = Poll<Option<Result<Frame<Bytes>, io::Error>>>;

/// A body that sends some bytes and then breaks or hangs.
pub struct Cut {
    bytes: Option<Bytes>,
    /// The delay before a break, so that the bytes are sent first. `None` for a hang.
    breaks: Option<Pin<Box<Sleep>>>,
}

impl Cut {
    /// Sends the bytes and then drops the connection.
    pub fn breaking(bytes: Bytes) -> Self {
        Self {
            bytes: Some(bytes),
            breaks: Some(Box::pin(sleep(Duration::from_millis(30)))),
        }
    }

    /// Sends the bytes and then nothing until the client gives up.
    pub fn waiting(bytes: Bytes) -> Self {
        Self {
            bytes: Some(bytes),
            breaks: None,
        }
    }
}

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Next {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        match &mut self.breaks {
            None => Poll::Pending,
            Some(sleep) => sleep
                .as_mut()
                .poll(context)
                .map(|()| Some(Err(io::Error::other("connection broken by a fault")))),
        }
    }
}

/// A JSON object of about `bytes` bytes, generated while it is sent.
pub struct Padding {
    left: usize,
    part: Part,
}

enum Part {
    Head,
    Middle,
    End,
}

const CHUNK: &[u8] = &[b'a'; 1 << 16];

impl Padding {
    pub fn new(bytes: usize) -> Self {
        Self {
            left: bytes,
            part: Part::Head,
        }
    }
}

impl HttpBody for Padding {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Next {
        let bytes = match self.part {
            Part::Head => {
                self.part = Part::Middle;
                Bytes::from_static(b"{\"padding\":\"")
            }
            Part::Middle if self.left > 0 => {
                let chunk = Bytes::from_static(CHUNK);
                let bytes = chunk.slice(..self.left.min(CHUNK.len()));
                self.left -= bytes.len();
                bytes
            }
            Part::Middle => {
                self.part = Part::End;
                Bytes::from_static(b"\"}")
            }
            Part::End => return Poll::Ready(None),
        };
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}
