//! Waits for the signals that stop the program.

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

/// Waits for the signal to stop: SIGINT or SIGTERM, on Windows Ctrl-C or Ctrl-Break.
#[derive(Debug)]
pub(crate) struct Stop {
    runtime: Runtime,
    signals: Signals,
}

impl Stop {
    /// Starts to listen; a signal from now on ends the wait instead of the program.
    pub(crate) fn listen() -> io::Result<Stop> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let entered = runtime.enter();
        let signals = signals()?;
        drop(entered);
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
