//! Takes work that may take long, or wait, off the threads that serve connections.

use std::panic::resume_unwind;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle, Runtime};

/// How many threads make long answers. An answer is freed by the thread that has sent it, and the allocator keeps its
/// memory, and that of the buffers it grew from, for the thread that made it: two or three long answers for each of these
/// are held beside the budget.
const MOST_LONG: usize = 8;
/// How many threads make changes, and wait for drives for the sake of short answers.
const MOST_WAITING: usize = 96;
/// How many bytes the stack of a thread may have. Nothing that is done for an answer nests deeply.
const STACK: usize = 1 << 20;

/// Makes the runtime that serves connections, whose other threads do what waits.
pub(crate) fn runtime() -> std::io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    builder.enable_all().max_blocking_threads(MOST_WAITING).thread_stack_size(STACK).build()
}

/// The threads for long answers, apart from those for what waits: neither keeps the other from its turn. Without a
/// port there are only those of the program around the router.
#[derive(Debug, Default)]
pub(crate) struct LongWork(OnceLock<Handle>);

impl LongWork {
    /// Makes the threads. They end with the runtime.
    pub(crate) fn start(&self) -> std::io::Result<Runtime> {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.max_blocking_threads(MOST_LONG).thread_stack_size(STACK).build()?;
        self.0.get_or_init(|| runtime.handle().clone());
        Ok(runtime)
    }

    /// Makes an answer that may be long; see [`aside`].
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Option<R> {
        match self.0.get() {
            Some(threads) => on(threads, work).await,
            None => aside(work).await,
        }
    }
}

/// Does some work that may have to wait on a thread that nobody else waits for; without a runtime here and now. It is done
/// to its end even if nobody waits for it any more. `None` if the runtime is shutting down.
pub(crate) async fn aside<R: Send + 'static>(work: impl FnOnce() -> R + Send + 'static) -> Option<R> {
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
