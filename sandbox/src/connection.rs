//! Connections that a request handler can reset, to emulate a network failure.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

#[derive(Clone, Default)]
pub struct ResetHandle(Arc<AtomicBool>);

impl ResetHandle {
    /// Resets the connection at the next write.
    pub fn reset(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub struct Connection {
    stream: TcpStream,
    handle: ResetHandle,
}

impl Connection {
    pub fn new(stream: TcpStream) -> Self {
        // Otherwise small responses may wait for an acknowledgement. A failure here does no harm.
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            handle: ResetHandle::default(),
        }
    }

    pub fn reset_handle(&self) -> ResetHandle {
        self.handle.clone()
    }

    /// Fails once the connection should be reset. The server then drops it, and because the linger time is 0, the system
    /// sends RST instead of FIN.
    fn intact(&self) -> io::Result<()> {
        if self.handle.0.load(Ordering::Relaxed) {
            self.stream.set_zero_linger()?;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.intact() {
            Ok(()) => Pin::new(&mut self.stream).poll_write(context, bytes),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.intact() {
            Ok(()) => Pin::new(&mut self.stream).poll_flush(context),
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.intact() {
            Ok(()) => Pin::new(&mut self.stream).poll_shutdown(context),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}
