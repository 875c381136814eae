//! The only place that takes work that may be long off the threads that serve connections.

use std::panic::resume_unwind;

use tokio::runtime::Handle;

/// Does some work on a thread that nobody else waits for; without a runtime here and now. It is done to its end even if
/// nobody waits for it any more. `None` if the runtime is shutting down.
pub(crate) async fn aside<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Option<R> {
    let Ok(runtime) = Handle::try_current() else { return Some(work()) };
    match runtime.spawn_blocking(work).await {
        Ok(done) => Some(done),
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}
