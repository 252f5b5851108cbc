//! The routes and the server.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get};
use emulator::REDIRECTED;
use tokio::net::TcpListener;

use crate::cors::cors;
use crate::flags::Config;
use crate::sandbox::Sandbox;
use crate::{admin, api, files, listener, media};

/// A sandbox that is bound to its port.
pub struct Server {
    listener: TcpListener,
    sandbox: Arc<Sandbox>,
}

impl Server {
    /// Binds the port, on 127.0.0.1 only.
    pub async fn bind(config: Config) -> io::Result<Self> {
        Ok(Self {
            listener: TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?,
            sandbox: Sandbox::new(config),
        })
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the future is dropped.
    pub async fn run(self) {
        let config = &self.sandbox.config;
        tokio::select! {
            never = listener::serve(self.listener, router(&self.sandbox), config.connections, config.request_time) => match never {},
            () = Arc::clone(&self.sandbox).keep_time() => {}
        }
    }
}

fn router(sandbox: &Arc<Sandbox>) -> Router {
    let mut router = Router::new()
        .route("/api/{*path}", any(api::serve))
        .route("/videos/{name}", get(media::video))
        .route("/samples/{name}", get(media::sample));
    if sandbox.config.admin {
        router = router
            .route("/admin/{*path}", any(admin::serve))
            .route(REDIRECTED, any(api::serve));
    }
    router
        .method_not_allowed_fallback(files::wrong_method)
        .fallback(files::serve)
        .layer(from_fn_with_state(Arc::clone(sandbox), cors))
        .with_state(Arc::clone(sandbox))
}
