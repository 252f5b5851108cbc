//! Virtual time: when all futures wait, the clock jumps to the next timer.

use sd2_client::host::Millis;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};

/// The time at which every test begins.
pub const START: Millis = 1_711_234_567_890.0;
/// No test takes ten years, so a test that reaches this time never ends.
const END: Millis = START + 10.0 * 365.0 * 86_400_000.0;

/// A clock that only the tests move.
pub struct Clock {
    now: Cell<Millis>,
    timers: RefCell<Vec<(Millis, u64, Waker)>>,
    next_timer: Cell<u64>,
}

/// A future among those that [`Clock::run`] runs.
pub type Task<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

impl Default for Clock {
    fn default() -> Clock {
        Clock {
            now: Cell::new(START),
            timers: RefCell::default(),
            next_timer: Cell::default(),
        }
    }
}

impl Clock {
    pub fn now(&self) -> Millis {
        self.now.get()
    }

    /// The time since the test began.
    pub fn elapsed(&self) -> Millis {
        self.now() - START
    }

    /// Sleeps until a time. Dropping the future removes the timer.
    pub async fn sleep_until(&self, at: Millis) {
        let timer = Timer(self, self.next_timer.replace(self.next_timer.get() + 1));
        poll_fn(|context| {
            if self.now() >= at {
                return Poll::Ready(());
            }
            timer.set(at, context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Runs the futures together, in the order in which they are woken, and returns their results.
    pub fn run<'a, T: 'a>(&self, mut tasks: Vec<Task<'a, T>>) -> Vec<T> {
        let queue = Queue::default();
        queue.lock().extend(0..tasks.len());
        let mut results: Vec<Option<T>> = tasks.iter().map(|_| None).collect();
        loop {
            while let Some(index) = queue.next() {
                let waker = Arc::new(Wakeable(index, queue.clone())).into();
                if results[index].is_none()
                    && let Poll::Ready(done) = tasks[index].as_mut().poll(&mut Context::from_waker(&waker))
                {
                    results[index] = Some(done);
                    // Drop a finished future, as `await` does.
                    tasks[index] = Box::pin(std::future::pending());
                }
            }
            if results.iter().all(Option::is_some) {
                return results.into_iter().flatten().collect();
            }
            self.jump();
        }
    }

    /// Runs one future.
    pub fn run_one<'a, T: 'a>(&self, future: impl Future<Output = T> + 'a) -> T {
        self.run(vec![Box::pin(future)])
            .pop()
            .expect("one future has one result")
    }

    fn jump(&self) {
        let timers = self.timers.borrow();
        let next = timers.iter().map(|timer| timer.0).min_by(Millis::total_cmp);
        let next = next.expect("a future waits, but not for a timer, so it never ends");
        assert!(next < END, "a future never ends");
        self.now.set(next);
        for (_, _, waker) in timers.iter().filter(|timer| timer.0 <= next) {
            waker.wake_by_ref();
        }
    }
}

struct Timer<'a>(&'a Clock, u64);

impl Timer<'_> {
    fn set(&self, at: Millis, waker: Waker) {
        self.clear();
        self.0.timers.borrow_mut().push((at, self.1, waker));
    }

    fn clear(&self) {
        self.0.timers.borrow_mut().retain(|timer| timer.1 != self.1);
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The futures to poll next, by index.
#[derive(Clone, Default)]
struct Queue(Arc<Mutex<VecDeque<usize>>>);

impl Queue {
    fn lock(&self) -> MutexGuard<'_, VecDeque<usize>> {
        self.0.lock().expect("no test panics while it holds the lock")
    }

    fn next(&self) -> Option<usize> {
        self.lock().pop_front()
    }
}

struct Wakeable(usize, Queue);

impl Wake for Wakeable {
    fn wake(self: Arc<Self>) {
        let mut queue = self.1.lock();
        if !queue.contains(&self.0) {
            queue.push_back(self.0);
        }
    }
}
