//! Runs the measured program with a fixture.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use drivesim_benches::report;
use serde_json::Value;
use tempfile::NamedTempFile;

/// A running `drivesim serve`. It stops when this is dropped.
pub struct Program {
    pub url: String,
    child: Child,
    agent: ureq::Agent,
    _fixture: NamedTempFile,
}

impl Program {
    /// Starts the program with a drive of Graph and one of Box, and waits until it prints its URL.
    pub fn start() -> Result<Program> {
        let program = std::env::current_exe()?.with_file_name("drivesim");
        ensure!(program.exists(), "there is no {}: cargo build --release -p drivesim-cli", program.display());
        let mut fixture = NamedTempFile::new()?;
        fixture.write_all(outline().as_bytes())?;
        let mut command = Command::new(program);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--pace", "instant", "--outline", "--fixture"])
            .arg(fixture.path());
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let out = child.stdout.take().context("what it says")?;
        let mut lines = BufReader::new(out).lines();
        let first = lines.next().context("a first line")??;
        let at = first.find("http://").with_context(|| format!("no URL in {first}"))?;
        let url = first[at..].split_whitespace().next().unwrap_or_default().trim_end_matches('.').to_owned();
        // Keeps the pipe open, because the program continues to print.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Program { url, child, agent: ureq::Agent::new_with_defaults(), _fixture: fixture })
    }

    /// Sends a GET request and returns its JSON.
    pub fn get(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(&self.get_bytes(path)?)?)
    }

    pub fn get_bytes(&self, path: &str) -> Result<Vec<u8>> {
        let mut answer = self.agent.get(format!("{}{path}", self.url)).call().context(path.to_owned())?;
        Ok(answer.body_mut().read_to_vec()?)
    }

    /// Sends a request with JSON.
    pub fn send(&self, method: &str, path: &str, body: &Value) -> Result<()> {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        let request = request.header("content-type", "application/json").body(body.to_string())?;
        self.agent.run(request).context(path.to_owned())?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Killing a process that has ended fails, which is harmless.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the median time from the start of the program to its first response, in milliseconds.
pub fn start_time(n_rounds: u32) -> Result<f64> {
    let times = (0..n_rounds.max(1)).map(|_| {
        let start = Instant::now();
        Program::start()?.get("/v1.0/me/drive/root")?;
        Ok(start.elapsed().as_secs_f64() * 1e3)
    });
    Ok(report::median(times.collect::<Result<Vec<f64>>>()?))
}

fn outline() -> String {
    let files = |n_files: usize| -> String {
        (0..n_files).map(|number| format!("  f{number:02}.txt = \"this is file {number}\"\n")).collect()
    };
    format!(
        "drive work profile=business owner=me\nSmall/\n{}drive box profile=box owner=user:ann\nWide/\n{}",
        files(20),
        files(100)
    )
}
