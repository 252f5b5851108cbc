//! Connections that can be reset from within a request: no HTTP answer can say "the network failed".

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Resets the connection of a request.
#[derive(Clone, Default)]
pub struct ResetHandle(Arc<AtomicBool>);

impl ResetHandle {
    /// Resets the connection in place of the next thing that would be written to it.
    pub fn reset(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// One connection.
pub struct Connection {
    stream: TcpStream,
    handle: ResetHandle,
}

impl Connection {
    /// A connection that was accepted.
    pub fn new(stream: TcpStream) -> Self {
        // Without it small answers may wait for an acknowledgement; no answer depends on it.
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            handle: ResetHandle::default(),
        }
    }

    /// What resets it.
    pub fn reset_handle(&self) -> ResetHandle {
        self.handle.clone()
    }

    /// An error once the connection is to be reset: the server then drops it, and with no time to linger the system
    /// sends RST in place of FIN.
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
