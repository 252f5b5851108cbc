//! The state that all routes share: the service and its clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use emulator::{Now, Service, Settings};
use tokio::sync::Notify;

use crate::callback;
use crate::flags::Config;

pub struct Sandbox {
    pub config: Config,
    service: Mutex<Service>,
    start: Instant,
    /// Notified when a callback may have become due earlier.
    changed: Notify,
}

impl Sandbox {
    pub fn new(config: Config) -> Arc<Self> {
        let settings = Settings {
            speed: config.speed,
            seconds: config.seconds,
            keys: config.keys.clone(),
            records: config.admin,
        };
        Arc::new(Self {
            service: Mutex::new(Service::new(settings, seed())),
            start: Instant::now(),
            changed: Notify::new(),
            config,
        })
    }

    pub fn with<R>(&self, act: impl FnOnce(&mut Service, Now) -> R) -> R {
        let result = act(&mut self.service(), self.now());
        self.changed.notify_one();
        result
    }

    /// Sends callbacks when they are due.
    pub async fn keep_time(self: Arc<Self>) {
        loop {
            let (due, next) = {
                let mut service = self.service();
                let now = self.now();
                (service.due_callbacks(now), service.callback_due_in(now))
            };
            for callback in due {
                let sandbox = Arc::clone(&self);
                tokio::spawn(async move {
                    let delivery = callback::send(&callback).await;
                    sandbox.with(|service, now| service.called(&callback, delivery, now));
                });
            }
            match next {
                None => self.changed.notified().await,
                Some(ms) => {
                    let span = Duration::from_secs_f64((ms / 1000.0).clamp(0.0, 86_400.0));
                    // In either case, look for due callbacks again.
                    let _ = tokio::time::timeout(span, self.changed.notified()).await;
                }
            }
        }
    }

    fn service(&self) -> MutexGuard<'_, Service> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Now {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH);
        Now {
            elapsed: self.start.elapsed().as_secs_f64() * 1000.0,
            unix: unix.map_or(0, |since| since.as_millis() as u64),
        }
    }
}

/// A random number without a dependency: the standard library seeds its hash maps from the system.
fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(0_u8)
}
