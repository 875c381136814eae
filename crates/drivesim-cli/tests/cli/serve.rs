//! Tests `drivesim serve`: its output, its drives, how it stops.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

use expect_test::{Expect, expect};
use serde_json::Value;

use crate::work::WorkDir;

/// A server that was started and has printed its address. It ends with the test.
pub(crate) struct RunningServer {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// The address that it printed.
    pub(crate) address: String,
}

impl RunningServer {
    pub(crate) fn start(work: &WorkDir, args: &[&str], env: &[(&str, &str)]) -> RunningServer {
        let mut command = work.command(&[&["serve"], args].concat());
        command.envs(env.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        RunningServer::of(command.spawn().unwrap(), args)
    }

    /// Starts a server with a text as its standard input.
    pub(crate) fn start_with_stdin(work: &WorkDir, args: &[&str], input: &str) -> RunningServer {
        let mut command = work.command(&[&["serve"], args].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        RunningServer::of(child, args)
    }

    fn of(mut child: Child, args: &[&str]) -> RunningServer {
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let Some(address) = line.trim_end().strip_prefix("drivesim listening on http://") else {
            let stderr = child.wait_with_output().unwrap().stderr;
            panic!("{args:?} printed {line:?}\n{}", String::from_utf8_lossy(&stderr));
        };
        RunningServer { address: address.to_owned(), child, stdout }
    }

    /// Sends a request with a token and returns the status and the body.
    pub(crate) fn request(&self, path: &str, token: &str) -> (u16, String) {
        self.ask_at(&self.address, path, token)
    }

    /// Sends a request with this `Host`.
    fn ask_at(&self, host: &str, path: &str, token: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    pub(crate) fn json(&self, path: &str) -> Value {
        let (status, body) = self.request(path, "none");
        assert_eq!(status, 200, "{path}\n{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Returns a member of each entry of a list.
    pub(crate) fn listed(&self, path: &str, member: &str) -> Vec<String> {
        let list = self.json(path);
        let entries = list["value"].as_array().unwrap().iter();
        entries.map(|entry| entry[member].as_str().unwrap().to_owned()).collect()
    }

    fn names(&self, path: &str) -> Vec<String> {
        self.listed(path, "name")
    }

    /// Sends a signal, waits for the end, and returns the exit code and the rest of the output.
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, String, String) {
        let sent =
            Command::new("sh").args(["-c", &format!("kill {signal} {}", self.child.id())]).status().unwrap();
        assert!(sent.success());
        let code = self.child.wait().unwrap().code();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (code, stdout, stderr)
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CHILDREN: &str = "/v1.0/me/drive/root/children";

#[test]
fn a_signal_ends_the_server_with_exit_code_0() {
    let work = WorkDir::with(&[]);
    for signal in ["-TERM", "-INT"] {
        let serving = RunningServer::start(&work, &[], &[]);
        // A client that stays connected does not delay it.
        let _stream = TcpStream::connect(&serving.address).unwrap();
        let (code, _, stderr) = serving.stop(signal);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{signal}");
    }
}

#[test]
fn without_a_seed_there_are_three_empty_drives() {
    let serving = RunningServer::start(&WorkDir::with(&[]), &[], &[]);
    assert!(serving.address.starts_with("127.0.0.1:"), "{}", serving.address);
    assert_eq!(serving.names("/v1.0/drives"), ["me", "personal"]);
    assert_eq!(serving.listed("/v1.0/drives", "driveType"), ["business", "personal"]);
    assert_eq!(serving.names(CHILDREN), Vec::<String>::new());
}

#[test]
fn the_urls_of_each_service_are_printed() {
    fn check(args: &[&str], expected: Expect) {
        let serving = RunningServer::start(&WorkDir::with(&[]), args, &[]);
        let address = serving.address.clone();
        expected.assert_eq(&serving.stop("-TERM").1.replace(&address, "ADDRESS"));
    }
    check(
        &[],
        expect![[r#"
            Microsoft Graph  http://ADDRESS/v1.0
                             http://ADDRESS/beta
            OneDrive API     http://ADDRESS/drive
            SharePoint       http://ADDRESS/_api/v2.0
            Box              http://ADDRESS/2.0
            admin API        http://ADDRESS/_drivesim
        "#]],
    );
    check(
        &["--public-url", "https://drives.test/sim/"],
        expect![[r#"
            Microsoft Graph  https://drives.test/sim/v1.0
                             https://drives.test/sim/beta
            OneDrive API     https://drives.test/sim/drive
            SharePoint       https://drives.test/sim/_api/v2.0
            Box              https://drives.test/sim/2.0
            admin API        http://ADDRESS/_drivesim
        "#]],
    );
}

#[test]
fn an_outline_without_a_drive_line_is_the_drive_of_me() {
    let work = WorkDir::with(&[("team.outline", "Docs/\n  a.txt = \"hi\"\nb.txt\n")]);
    let serving = RunningServer::start(&work, &["--fixture", "team.outline"], &[]);
    assert_eq!(serving.names(CHILDREN), ["Docs", "b.txt"]);
    let drive = serving.json("/v1.0/me/drive");
    assert_eq!((&drive["name"], &drive["driveType"]), (&"team".into(), &"business".into()));
    assert_eq!(serving.json("/v1.0/me/drive/root:/Docs/a.txt")["size"], 2);
}

#[test]
fn a_folder_becomes_a_drive_with_its_entries() {
    let work = WorkDir::with_docs();
    let serving = RunningServer::start(&work, &["--fixture", "Docs", "--with-content"], &[]);
    assert_eq!(serving.names(CHILDREN), ["2024", "a.txt"]);
    assert_eq!(serving.names("/v1.0/me/drive/root:/2024:/children"), ["empty.txt", "q1.txt"]);
    assert_eq!(serving.json("/v1.0/me/drive")["name"], "Docs");
}

#[test]
fn several_fixtures_are_served_in_their_order() {
    let work = WorkDir::with(&[
        ("Docs/a.txt", "hello"),
        ("Site/b.txt", ""),
        ("two.outline", "drive home profile=personal owner=me\nc.txt\ndrive plans owner=group:g\nd.txt\n"),
    ]);
    let seeds = ["--fixture", "Docs", "--fixture", "two.outline", "--fixture", "Site"];
    let serving = RunningServer::start(&work, &seeds, &[]);
    assert_eq!(serving.names("/v1.0/drives"), ["Docs", "home", "plans", "Site"]);
    let kinds = ["business", "personal", "business", "business"];
    assert_eq!(serving.listed("/v1.0/drives", "driveType"), kinds);
    assert_eq!(serving.names(CHILDREN), ["c.txt"]);
    assert_eq!(serving.names("/v1.0/groups/g/drive/root/children"), ["d.txt"]);
    assert_eq!(serving.names("/v1.0/drives/Docs/root/children"), ["a.txt"]);
    assert_eq!(serving.names("/v1.0/drives/Site/root/children"), ["b.txt"]);
}

#[test]
fn invalid_items_are_left_out_and_reported() {
    let work =
        WorkDir::with(&[("Docs/a:b.txt", ""), ("Docs/ok.txt", ""), ("x.outline", "con/\n  in.txt\nfine\n")]);
    let serving = RunningServer::start(&work, &["--fixture", "Docs", "--fixture", "x.outline"], &[]);
    assert_eq!(serving.names(CHILDREN), ["ok.txt"]);
    assert_eq!(serving.names("/v1.0/drives/x/root/children"), ["fine"]);
    let stderr = serving.stop("-TERM").2;
    let messages: Vec<&str> = stderr.lines().collect();
    assert_eq!(messages.len(), 2, "{stderr}");
    assert!(messages[0].starts_with("left out \"con\" at line 1, column 1 of \"x.outline\": "), "{stderr}");
    assert!(
        messages[1].starts_with("left out \"Docs/a:b.txt\": the name \"a:b.txt\" is not allowed"),
        "{stderr}"
    );
}

#[test]
fn requests_need_a_token_if_tokens_are_checked() {
    let args = [
        "--token-check",
        "on",
        "--token",
        "reader=Files.Read,Sites.Read.All",
        "--token",
        "nobody=offline_access",
        "--token",
        "site=Sites.Selected,User.Read",
    ];
    let serving = RunningServer::start(&WorkDir::with(&[]), &args, &[]);
    assert_eq!(serving.request(CHILDREN, "reader").0, 200);
    assert_eq!(serving.request(CHILDREN, "nobody").0, 403);
    assert_eq!(serving.request(CHILDREN, "site").0, 403);
    assert_eq!(serving.request(CHILDREN, "another").0, 401);
    assert_eq!(
        serving.stop("-TERM").2,
        "warning: the scope Sites.Selected of the token \"site\" allows nothing here, though it does at the service\n"
    );
}

#[test]
fn a_reachable_admin_api_causes_a_warning() {
    let work = WorkDir::with(&[]);
    let token = ["--admin", "token", "--admin-token", "s3cret"];
    for (args, has_warning) in [
        (&["--listen", "0.0.0.0:0"][..], true),
        (&["--listen", "0.0.0.0:0", "--admin", "off"][..], false),
        (&[&["--listen", "0.0.0.0:0"][..], &token].concat(), false),
        (&["--listen", "127.0.0.1:0"][..], false),
    ] {
        let (_, stdout, stderr) = RunningServer::start(&work, args, &[]).stop("-TERM");
        assert_eq!(stderr.lines().count(), usize::from(has_warning), "{args:?}: {stderr}");
        if has_warning {
            assert!(stderr.contains("--admin off") && stderr.contains("--admin-token"), "{stderr}");
        }
        assert_eq!(stdout.contains("admin API"), !args.contains(&"off"), "{stdout}");
        assert!(!stdout.contains("s3cret") && !stderr.contains("s3cret"));
    }
}

#[test]
fn urls_depend_on_the_id_seed() {
    let work = WorkDir::with(&[("x.outline", "drive x profile=business owner=me\na.txt = \"a\"\n")]);
    let url = |seed: &str| {
        let check = ["--fixture", "x.outline", "--token-check", "on", "--token", "t=Files.Read"];
        let serving = RunningServer::start(&work, &[&check[..], &["--id-seed", seed]].concat(), &[]);
        let (status, item) = serving.request("/v1.0/me/drive/root:/a.txt", "t");
        assert_eq!(status, 200, "{item}");
        let item: Value = serde_json::from_str(&item).unwrap();
        let url = item["@microsoft.graph.downloadUrl"].as_str().unwrap();
        url.split_once("/_download/").unwrap().1.to_owned()
    };
    assert_eq!(url("7"), url("7"));
    assert_ne!(url("7"), url("8"));
}

#[test]
fn every_flag_is_a_variable_too() {
    let work = WorkDir::with(&[("Docs/a.txt", ""), ("two.outline", "drive two profile=personal\nb.txt\n")]);
    let env = [
        ("DRIVESIM_LISTEN", "[::1]:0"),
        ("DRIVESIM_FIXTURE", "Docs;two.outline"),
        ("DRIVESIM_OUTLINE", "no"),
        ("DRIVESIM_WITH_CONTENT", "1"),
        ("DRIVESIM_MAX_CONTENT", "1 MiB"),
        ("DRIVESIM_STRICT", "yes"),
        ("DRIVESIM_CLOCK", "manual"),
        ("DRIVESIM_PACE", "3polls"),
        ("DRIVESIM_PUBLIC_URL", "https://drives.test"),
        ("DRIVESIM_TOKEN_CHECK", "on"),
        ("DRIVESIM_TOKEN", "one=Files.Read,Files.ReadWrite;two=Files.Read"),
        ("DRIVESIM_USER", "7=Ann Lee <ann@x.test>;8=Ben Bo <ben@x.test>"),
        ("DRIVESIM_STRICT_REQUESTS", "all"),
        ("DRIVESIM_ADMIN", "token"),
        ("DRIVESIM_ADMIN_TOKEN", "s3cret"),
        ("DRIVESIM_ADMIN_HOST", "drives;other.test"),
        ("DRIVESIM_ID_SEED", "7"),
        ("DRIVESIM_LOG", "error"),
    ];
    let help = work.run_ok(&["serve", "--help"]).stdout;
    for flag in help.lines().filter_map(|line| line.trim_start().strip_prefix("--")) {
        let flag = flag.split(' ').next().unwrap();
        let variable = format!("DRIVESIM_{}", flag.replace('-', "_").to_uppercase());
        // Limits are tested with what they limit.
        let is_tested =
            variable.starts_with("DRIVESIM_MAX_") || env.iter().any(|(known, _)| *known == variable);
        assert!(is_tested, "{variable} is not tested");
        assert!(help.contains(&format!("[env: {variable}")), "{help}");
    }
    // Not every machine has this address.
    let listen = if std::net::TcpListener::bind("[::1]:0").is_ok() { env[0].1 } else { "127.0.0.1:0" };
    let serving = RunningServer::start(&work, &[], &[&env[1..], &[("DRIVESIM_LISTEN", listen)]].concat());
    assert_eq!(serving.address.starts_with("[::1]:"), listen.starts_with('['));
    for (token, status) in [("one", 200), ("two", 200), ("three", 401)] {
        assert_eq!(serving.request("/v1.0/drives/two/root:/b.txt", token).0, status);
    }
    for (token, status) in [("s3cret", 200), ("one", 401)] {
        assert_eq!(serving.request("/_drivesim/health", token).0, status);
    }
    for (host, status) in [("drives", 200), ("other.test:80", 200), ("drives.test", 403)] {
        assert_eq!(serving.ask_at(host, "/_drivesim/health", "s3cret").0, status, "{host}");
    }
    // The manual clock starts with the year 2024.
    let (_, item) = serving.request("/v1.0/me/drive/root:/a.txt", "one");
    assert!(item.contains("\"createdDateTime\":\"2024-01-01T00:00:00"), "{item}");
    assert!(serving.stop("-TERM").1.contains(" https://drives.test/v1.0\n"));
}

#[test]
fn a_usage_error_is_reported_before_the_server_listens() {
    let work = WorkDir::with_docs();
    fs::write(work.path("team.outline"), "drive Docs owner=me\n").unwrap();
    fs::write(work.path("owned.outline"), "drive x owner=me\ndrive y owner=me\n").unwrap();
    fs::write(work.path("options.outline"), "a\n  b\n").unwrap();
    fs::write(work.path("versions.outline"), "drive x\na/ # versions=3\n").unwrap();
    let table: &[(&[&str], &str)] = &[
        (&["--listen", "8080"], "expected HOST:PORT"),
        (&["--fixture", "Nothing"], "cannot read \"Nothing\": No such file"),
        (
            &["--fixture", "Docs", "--fixture", "team.outline"],
            "the seeds \"Docs\" and \"team.outline\" both have a drive \"Docs\", names of drives must differ",
        ),
        (&["--fixture", "owned.outline"], "the drives \"x\" and \"y\" have the same owner me"),
        (&["--fixture", "options.outline"], "\"options.outline\" is not an outline: line 2, column 3"),
        (&["--fixture", "versions.outline"], "\"versions.outline\": no drive can hold the outline: line 2"),
        (&["--token-check", "on"], "--token-check on without a token rejects all requests"),
        (&["--token", "t1=Files.Read"], "--token is given, but tokens are not checked"),
        (&["--token-check", "on", "--token", "t1"], "expected NAME=SCOPES"),
        (
            &["--token-check", "on", "--token", "t=Files.Read;t=Files.ReadWrite"],
            "--token: the token \"t\": the name \"t\" is given twice",
        ),
        (&["--token", "t=Files.Readwrite.All"], "the nearest one is Files.ReadWrite.All"),
        (&["--token", "t=https://graph.microsoft.com/.default"], "means the scopes that an app was given"),
        (
            &["--token", "t=Files.ReadWrite.All,app,user=ann"],
            "the token of an application cannot have a user",
        ),
        (&["--token", "nobody="], "a token needs a scope, as in t1=Files.Read"),
        (&["--token", "a b=Files.Read"], "the name \"a b\" of a token has a blank"),
        (&["--token", "t=Files.Read,,work"], "a part of a token is empty"),
        (&["--token", "t=root_readwirte"], "the nearest one is root_readwrite"),
        (&["--pace", "quick"], "is not a pace"),
        (
            &["--admin", "token"],
            "--admin token without a token rejects all requests: give --admin-token TOKEN",
        ),
        (&["--admin-token", "x"], "--admin-token is given, but it is not checked: also give --admin token"),
        (
            &["--admin", "token", "--admin-token", "a b"],
            "--admin-token: the token of the admin API: it must consist",
        ),
        (&["--admin", "maybe"], "[possible values: on, off, token]"),
        (
            &["--admin-host", "drives:8080"],
            "--admin-host: the name \"drives:8080\" of the admin API: it must be without a port",
        ),
        (&["--id-seed", "x"], "expected a non-negative integer to"),
        (&["--public-url", "drives.test"], "it must begin with http:// or https://"),
        (&["--clock", "sundial"], "[possible values: system, manual]"),
        (&["--log", "loud"], "[possible values: off, error, warn, info, debug, trace]"),
    ];
    for (args, message) in table {
        let ran = work.run(&[&["serve"], *args].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{args:?}\n{}", ran.stderr);
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.contains(message),
            "{args:?}\n{}",
            ran.stderr
        );
    }
}

#[test]
fn the_error_of_a_port_in_use_names_the_address() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = WorkDir::with(&[]).run(&["serve", "--listen", &address]);
    assert_eq!(ran.code, 2);
    let message = format!("error: --listen: cannot listen on {address}: Address ");
    assert!(ran.stderr.starts_with(&message) && ran.stderr.lines().count() == 1, "{}", ran.stderr);
}
