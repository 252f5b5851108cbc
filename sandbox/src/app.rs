//! The routes, and the server that listens.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::connection::{Door, Wire};
use crate::cors::cors;
use crate::flags::Config;
use crate::observe::observe;
use crate::sandbox::Sandbox;
use crate::{admin, files, media, service};

/// A sandbox that has its port.
pub struct Server {
    door: TcpListener,
    sandbox: Arc<Sandbox>,
}

impl Server {
    /// Takes the port, on 127.0.0.1 only.
    pub async fn bind(config: Config) -> io::Result<Self> {
        Ok(Self {
            door: TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?,
            sandbox: Sandbox::new(config),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.door.local_addr()
    }

    /// Serves until the future is dropped.
    pub async fn run(self) -> io::Result<()> {
        let service = router(&self.sandbox).into_make_service_with_connect_info::<Wire>();
        tokio::select! {
            served = async { axum::serve(Door(self.door), service).await } => served,
            () = Arc::clone(&self.sandbox).keep_time() => Ok(()),
        }
    }
}

fn router(sandbox: &Arc<Sandbox>) -> Router {
    let mut router = Router::new()
        .route("/api/v1/jobs/createTask", post(service::create_task))
        .route("/api/v1/jobs/queryTask", get(service::query_task))
        .route("/api/v1/account/credits", get(service::credits))
        .route("/videos/{name}", get(media::video))
        .route("/samples/{name}", get(media::sample));
    if sandbox.config.admin {
        router = router.merge(admin::router());
    }
    router
        .method_not_allowed_fallback(service::wrong_method)
        .fallback(files::serve)
        .layer(from_fn_with_state(Arc::clone(sandbox), observe))
        .layer(from_fn_with_state(Arc::clone(sandbox), cors))
        .with_state(Arc::clone(sandbox))
}
