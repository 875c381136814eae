//! Waits for a job: reads it about ten times a second and wakes at the end at once.

use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use drivesim::event::EventKind;
use drivesim::job::Progress;
use drivesim::{Error, ItemId, Job, JobStatus};

/// How long to wait between two reads.
const REFRESH: Duration = Duration::from_millis(100);

/// The state of a job at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JobView {
    pub(crate) status: JobStatus,
    pub(crate) percent: f64,
    pub(crate) progress: Progress,
}

impl JobView {
    fn of(job: &Job) -> JobView {
        let report = job.report();
        JobView { status: report.status, percent: report.percent.as_f64(), progress: report.progress }
    }

    /// Returns the view of a job that has done nothing.
    fn untouched(status: JobStatus) -> JobView {
        JobView { status, percent: 0.0, progress: Progress::default() }
    }
}

/// How a job ended, and when.
#[derive(Debug)]
pub(crate) struct JobEnd {
    pub(crate) outcome: Result<ItemId, Error>,
    pub(crate) at: Instant,
}

/// Wakes the waiting thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for the end of a job and shows each of its states. States that pass between two reads come from events.
pub(crate) fn watch(job: &Job, mut show: impl FnMut(JobView)) -> JobEnd {
    let events = job.events();
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut wait = pin!(job.wait());
    loop {
        let polled = wait.as_mut().poll(&mut context);
        let at = Instant::now();
        for event in events.try_iter() {
            match event.kind {
                EventKind::Accepted => show(JobView::untouched(JobStatus::NotStarted)),
                EventKind::Started => show(JobView::untouched(JobStatus::InProgress)),
                _ => {}
            }
        }
        let view = JobView::of(job);
        // A job may end between the two reads; its end is shown once, with the outcome.
        if polled.is_ready() || !view.status.is_ended() {
            show(view);
        }
        match polled {
            Poll::Ready(outcome) => return JobEnd { outcome, at },
            Poll::Pending => thread::park_timeout(REFRESH),
        }
    }
}
