//! The only place that tells hyper when a time is over.
//!
//! A connection sets an alarm for each request, and hardly any is ever heard. So the clock of the last one is used again as
//! it is, and is set anew only when it goes off too early.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use parking_lot::Mutex;

/// Gives out the alarms of one connection, one after the other, which are cheap to set.
#[derive(Clone, Debug, Default)]
pub(crate) struct LazyTimer {
    /// What the last alarm left.
    spare: Arc<Mutex<Option<Clock>>>,
}

/// Goes off when the runtime says so.
type Clock = Pin<Box<tokio::time::Sleep>>;

/// An alarm.
struct Alarm {
    due: Instant,
    /// Goes off at that time or before it; taken only when the alarm is given up.
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
        Box::pin(Alarm { due, clock: Some(clock), spare: self.spare.clone() })
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        *self.spare.lock() = self.clock.take();
    }
}

impl Future for Alarm {
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

impl Sleep for Alarm {}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Returns whether the last of some alarms goes off at once, each set to so long from a moment ago after the one before was
    /// given up.
    fn goes_off(after: &[Duration]) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            // Far enough for the clock of the runtime, which tells whole milliseconds.
            let (now, timer) = (Instant::now() - Duration::from_millis(50), LazyTimer::default());
            let mut goes_off = false;
            for after in after {
                let mut alarm = timer.sleep_until(now + *after);
                goes_off = poll_fn(|context| Poll::Ready(alarm.as_mut().poll(context).is_ready())).await;
            }
            goes_off
        })
    }

    #[test]
    fn an_alarm_goes_off_at_its_own_time_whatever_the_one_before_was_set_to() {
        let (now, hour) = (Duration::ZERO, Duration::from_secs(3600));
        assert!(goes_off(&[now]));
        assert!(!goes_off(&[hour]));
        assert!(!goes_off(&[now, hour]));
        assert!(!goes_off(&[now, hour, 2 * hour]));
        assert!(goes_off(&[hour, now]));
        assert!(goes_off(&[now, 2 * hour, hour, now]));
    }
}
