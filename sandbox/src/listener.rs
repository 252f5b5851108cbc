//! Accepts connections within limits, so that a client that stops in the middle of a request does not keep its connection.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::connection::Connection;

/// Serves the routes until the future is dropped. At most `connections` are open at once; others wait to be accepted.
/// A connection is closed when it is idle, or the head of a request is incomplete, for `request_time`.
pub async fn serve(listener: TcpListener, router: Router, connections: usize, request_time: Duration) -> Infallible {
    let free = Arc::new(Semaphore::new(connections));
    loop {
        // The semaphore is never closed.
        let permit = Arc::clone(&free).acquire_owned().await;
        let Ok((stream, _)) = listener.accept().await else {
            // Probably out of file descriptors until other connections close.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let router = router.clone();
        tokio::spawn(async move {
            let connection = Connection::new(stream);
            let handle = connection.reset_handle();
            let service = service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(handle.clone());
                TowerToHyperService::new(router.clone()).call(request)
            });
            // Errors here are the client's fault: it left, or it was too slow.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(request_time)
                .serve_connection(TokioIo::new(connection), service)
                .await;
            drop(permit);
        });
    }
}
