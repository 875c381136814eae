//! Provides timers to hyper, cheaply.
//!
//! A connection sets a timer for each request, and hardly any fires. So a timer reuses the tokio timer of the one
//! before, and resets it only if that fires too early.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use parking_lot::Mutex;

/// Creates the timers of one connection, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct LazyTimer {
    /// The tokio timer of the last one.
    spare: Arc<Mutex<Option<Clock>>>,
}

/// A tokio timer.
type Clock = Pin<Box<tokio::time::Sleep>>;

/// A timer of hyper.
struct LazySleep {
    due: Instant,
    /// Fires at that time or before. `None` only while this is dropped.
    clock: Option<Clock>,
    spare: Arc<Mutex<Option<Clock>>>,
}

impl Timer for LazyTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, due: Instant) -> Pin<Box<dyn Sleep>> {
        let spare = self.spare.lock().take().filter(|clock| clock.deadline().into_std() <= due);
        let clock = spare.unwrap_or_else(|| Box::pin(tokio::time::sleep_until(due.into())));
        Box::pin(LazySleep { due, clock: Some(clock), spare: self.spare.clone() })
    }
}

impl Drop for LazySleep {
    fn drop(&mut self) {
        *self.spare.lock() = self.clock.take();
    }
}

impl Future for LazySleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let due = self.due;
        let Some(clock) = &mut self.clock else { return Poll::Ready(()) };
        loop {
            ready!(clock.as_mut().poll(context));
            if clock.deadline().into_std() >= due {
                return Poll::Ready(());
            }
            clock.as_mut().reset(due.into());
        }
    }
}

impl Sleep for LazySleep {}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Returns whether the last of some timers fires at once. Each is set to a duration after the same past instant,
    /// after the one before was dropped.
    fn fires(after: &[Duration]) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            // Far enough for the clock of the runtime, which has whole milliseconds.
            let (now, timer) = (Instant::now() - Duration::from_millis(50), LazyTimer::default());
            let mut fires = false;
            for after in after {
                let mut sleep = timer.sleep_until(now + *after);
                fires = poll_fn(|context| Poll::Ready(sleep.as_mut().poll(context).is_ready())).await;
            }
            fires
        })
    }

    #[test]
    fn a_timer_fires_at_its_own_time_whatever_the_one_before_was_set_to() {
        let (now, hour) = (Duration::ZERO, Duration::from_secs(3600));
        assert!(fires(&[now]));
        assert!(!fires(&[hour]));
        assert!(!fires(&[now, hour]));
        assert!(!fires(&[now, hour, 2 * hour]));
        assert!(fires(&[hour, now]));
        assert!(fires(&[now, 2 * hour, hour, now]));
    }
}
