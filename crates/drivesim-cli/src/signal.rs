//! The only place that knows signals: those that ask the program to stop.

use std::io;

use tokio::runtime::{Builder, Runtime};
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlBreak, CtrlC, ctrl_break, ctrl_c};

#[cfg(unix)]
type Signals = (Signal, Signal);
#[cfg(windows)]
type Signals = (CtrlC, CtrlBreak);

/// Waits to be asked to stop: by SIGINT or SIGTERM, on Windows by Ctrl-C or Ctrl-Break.
#[derive(Debug)]
pub(crate) struct Stop {
    runtime: Runtime,
    signals: Signals,
}

impl Stop {
    /// Begins to listen; a signal from now on ends the wait instead of the program.
    pub(crate) fn listen() -> io::Result<Stop> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let inside = runtime.enter();
        let signals = signals()?;
        drop(inside);
        Ok(Stop { runtime, signals })
    }

    /// Waits for a signal.
    pub(crate) fn wait(mut self) {
        let (one, other) = &mut self.signals;
        self.runtime.block_on(async {
            tokio::select! {
                _ = one.recv() => {}
                _ = other.recv() => {}
            }
        });
    }
}

#[cfg(unix)]
fn signals() -> io::Result<Signals> {
    Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
}

#[cfg(windows)]
fn signals() -> io::Result<Signals> {
    Ok((ctrl_c()?, ctrl_break()?))
}
