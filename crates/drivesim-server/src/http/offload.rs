//! Runs work that may take long, or wait, on threads other than those of connections.

use std::panic::resume_unwind;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle, Runtime};

/// The number of threads that make long responses. A response is freed by the thread that has sent it. The allocator
/// keeps its memory, and that of the buffers it grew from, for the thread that made it. So two or three long responses
/// for each of these threads are held outside the budget.
const MOST_LONG: usize = 8;
/// The number of threads that make changes, and that wait for drives on behalf of short responses.
const MOST_WAITING: usize = 96;
/// The number of bytes of the stack of a thread. Nothing that makes a response recurses deeply.
const STACK: usize = 1 << 20;

/// Creates the runtime that serves connections. Its blocking threads run work that waits.
pub(crate) fn runtime() -> std::io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    builder.enable_all().max_blocking_threads(MOST_WAITING).thread_stack_size(STACK).build()
}

/// The threads for long responses. They are separate from those for work that waits, so that neither blocks the other.
/// Without a port, only the threads of the embedding program exist.
#[derive(Debug, Default)]
pub(crate) struct OffloadPool(OnceLock<Handle>);

impl OffloadPool {
    /// Starts the threads. They end with the runtime.
    pub(crate) fn start(&self) -> std::io::Result<Runtime> {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.max_blocking_threads(MOST_LONG).thread_stack_size(STACK).build()?;
        self.0.get_or_init(|| runtime.handle().clone());
        Ok(runtime)
    }

    /// Makes a response that may be long; see [`offload`].
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Option<R> {
        match self.0.get() {
            Some(threads) => on(threads, work).await,
            None => offload(work).await,
        }
    }
}

/// Runs work that may wait on a thread of the pool; without a runtime, on the current thread. The work runs to its end
/// even if the caller is dropped. Returns `None` if the runtime is shutting down.
pub(crate) async fn offload<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Option<R> {
    let Ok(runtime) = Handle::try_current() else { return Some(work()) };
    on(&runtime, work).await
}

async fn on<R: Send + 'static>(threads: &Handle, work: impl FnOnce() -> R + Send + 'static) -> Option<R> {
    match threads.spawn_blocking(work).await {
        Ok(done) => Some(done),
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}
