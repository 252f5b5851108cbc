//! The routes, and the server that listens.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::answer::Refusal;
use crate::cors::cors;
use crate::flags::Config;
use crate::observe::observe;
use crate::sandbox::Sandbox;
use crate::{admin, files, listener, media, service};

/// A sandbox that has its port.
pub struct Server {
    listener: TcpListener,
    sandbox: Arc<Sandbox>,
}

impl Server {
    /// Takes the port, on 127.0.0.1 only.
    pub async fn bind(config: Config) -> io::Result<Self> {
        Ok(Self {
            listener: TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?,
            sandbox: Sandbox::new(config),
        })
    }

    /// Where it listens.
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
        .layer(from_fn_with_state(Arc::clone(sandbox), limit_body_time))
        .layer(from_fn_with_state(Arc::clone(sandbox), observe))
        .layer(from_fn_with_state(Arc::clone(sandbox), cors))
        .with_state(Arc::clone(sandbox))
}

/// Middleware around the handlers, which only take time when a request's body does not arrive.
async fn limit_body_time(State(sandbox): State<Arc<Sandbox>>, request: Request, next: Next) -> Response {
    match timeout(sandbox.config.request_time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let refusal = Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                "The request's body did not arrive in time.",
            );
            let mut response = refusal.into_response();
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
            response
        }
    }
}
