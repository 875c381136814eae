//! Runs the program in a temporary folder, and checks pages that it prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A temporary folder to run the program in.
pub struct WorkDir {
    dir: TempDir,
}

/// The output of the program, and its exit code.
pub struct CommandOutput {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Asserts that a page of the docs equals the output of a command.
#[track_caller]
pub fn check_page(command: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/{command}.md"));
    let current = fs::read_to_string(page).unwrap_or_default();
    let printed = WorkDir::with(&[]).run_ok(&[command, "--markdown"]).stdout;
    assert!(
        current == printed,
        "docs/{command}.md is stale: cargo run -p drivesim-cli -- {command} --markdown > docs/{command}.md"
    );
}

impl WorkDir {
    /// Creates files with these texts, and their folders. A path that ends in `/` is a folder.
    pub fn with(files: &[(&str, &str)]) -> WorkDir {
        let work = WorkDir { dir: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            let real = work.path(path);
            if path.ends_with('/') {
                fs::create_dir_all(real).unwrap();
                continue;
            }
            fs::create_dir_all(real.parent().unwrap()).unwrap();
            fs::write(real, text).unwrap();
        }
        work
    }

    /// Creates a folder `Docs` with three files, two of them in a subfolder.
    pub fn with_docs() -> WorkDir {
        WorkDir::with(&[("Docs/a.txt", "hello"), ("Docs/2024/q1.txt", "one"), ("Docs/2024/empty.txt", "")])
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_drivesim"));
        command.args(args).current_dir(self.dir.path()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> CommandOutput {
        let output = self.command(args).output().unwrap();
        CommandOutput {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the program, which must succeed, and returns its output.
    pub fn run_ok(&self, args: &[&str]) -> CommandOutput {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}\n{}", ran.stderr);
        ran
    }

    /// Copies with `--json` and returns the object; the exit code must be `code`.
    pub fn json(&self, code: i32, args: &[&str]) -> Value {
        let ran = self.run(&[args, &["--json"]].concat());
        assert_eq!(ran.code, code, "{args:?}\n{}", ran.stderr);
        assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
        serde_json::from_str(&ran.stdout).unwrap()
    }
}
