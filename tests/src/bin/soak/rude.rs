//! Misuses a server in ways that no client should, on separate drives.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use drivesim_tests::http::{Client, Request, Response};
use drivesim_tests::random::Random;
use serde_json::json;

use crate::{Shared, rude_bytes};

/// Maximum number of connections that a rude client leaves open.
const MAX_OPEN: usize = 60;
/// Longer than a response of a running server takes.
const WATCHDOG: Duration = Duration::from_secs(60);

/// The drive that rude clients use.
const DRIVE: &str = "rude";

/// Returns the outline of the drive that only rude clients use: folders with many files.
pub fn fixture() -> String {
    let mut text = format!("drive {DRIVE} profile=business owner=user:{DRIVE}\n");
    text += &tree(60, 100);
    text
}

/// Returns an outline of folders with files.
fn tree(n_folders: usize, n_files: usize) -> String {
    let mut text = String::new();
    for folder in 0..n_folders {
        let _ = writeln!(text, "f{folder}/");
        for file in 0..n_files {
            let _ = writeln!(text, "  {file}.bin = 1 KiB");
        }
    }
    text
}

/// A rude client.
pub struct RudeClient<'a> {
    pub shared: &'a Shared,
    pub random: Random,
    client: Client,
    /// Connections that stay open and unused.
    open: VecDeque<TcpStream>,
}

/// The name of a fault, and the function that causes it.
type Fault<'a> = (&'static str, fn(&mut RudeClient<'a>));

fn faults<'a>() -> Vec<Fault<'a>> {
    vec![
        ("answers never read", RudeClient::never_reads),
        ("half heads and bodies", RudeClient::half),
        ("connections left open", RudeClient::idle),
        ("any bytes", RudeClient::any_bytes),
        ("bodies of many values", RudeClient::many_values),
        ("deep JSON", RudeClient::deep),
        ("bodies too long", RudeClient::too_long),
        ("bad ranges", RudeClient::bad_ranges),
        ("sessions left open", RudeClient::sessions),
        ("expanded listings", RudeClient::expand),
        ("cross-site requests", RudeClient::foreign),
        ("floods of copies", RudeClient::copies),
        ("outlines of versions", RudeClient::versions),
        ("drives replaced", RudeClient::replace),
        ("purged folders", RudeClient::purge),
        ("drives made and removed", RudeClient::drives),
        ("reads of everything", RudeClient::look),
    ]
}

pub fn run(shared: &Shared, random: Random) {
    let client = Client::new(shared.address, WATCHDOG);
    let mut rude = RudeClient { shared, random, client, open: VecDeque::new() };
    let faults = faults();
    while !shared.is_over() {
        let (what, fault) = *rude.random.pick(&faults);
        fault(&mut rude);
        shared.stats.count_fault(what);
    }
}

impl RudeClient<'_> {
    /// Sends a request. The response must be valid; the connection may also end without one.
    fn ask(&mut self, request: &Request) -> Option<Response> {
        let answer = self.client.send(request).ok()?;
        self.shared.stats.check_response(request, &answer);
        Some(answer)
    }

    /// Sends a request that must fail.
    fn refused(&mut self, what: &str, request: &Request) {
        if let Some(answer) = self.ask(request).filter(|answer| answer.status < 400) {
            self.shared.stats.fail(format!("{what} was not rejected: {} {answer:?}", request.target));
        }
    }

    /// Sends bytes and leaves the connection open. Closes the oldest connection if there are too many.
    fn leave(&mut self, bytes: &[u8]) {
        let Ok(stream) = self.client.connect() else { return };
        let _ = stream.set_nonblocking(true);
        let mut writer = &stream;
        let _ = std::io::Write::write(&mut writer, bytes);
        self.open.push_back(stream);
        if self.open.len() > MAX_OPEN {
            self.open.pop_front();
        }
    }

    fn never_reads(&mut self) {
        let host = self.shared.address.to_string();
        let get =
            Request::new("GET", format!("/v1.0/drives/{DRIVE}/root/children?$top=1000&$expand=children"));
        self.leave(&get.to_bytes(&host, false).repeat(10));
    }

    fn half(&mut self) {
        let halves = rude_bytes::INCOMPLETE_REQUESTS;
        let half = *self.random.pick(halves);
        self.leave(half.as_bytes());
    }

    fn idle(&mut self) {
        for _ in 0..10 {
            self.leave(b"");
        }
    }

    fn any_bytes(&mut self) {
        let bytes = rude_bytes::random_bytes(&mut self.random);
        self.leave(&bytes);
    }

    fn many_values(&mut self) {
        let body = format!("{{\"name\":\"n\",\"x\":[{}0]}}", "0,".repeat(400_000));
        let request = Request::new("POST", format!("/v1.0/drives/{DRIVE}/root/children"));
        self.refused("a body of many values", &request.header("Content-Type", "application/json").body(body));
    }

    fn deep(&mut self) {
        let body = "{\"a\":".repeat(100_000);
        let request = Request::new("PATCH", format!("/v1.0/drives/{DRIVE}/root:/f0"));
        self.refused("deep JSON", &request.header("Content-Type", "application/json").body(body));
    }

    fn too_long(&mut self) {
        let request = Request::new("POST", format!("/v1.0/drives/{DRIVE}/root/children"));
        let body = vec![b' '; 3 << 20];
        self.refused(
            "a body that is too long",
            &request.header("Content-Type", "application/json").body(body),
        );
        let request = Request::new("GET", format!("/v1.0/drives/{DRIVE}/root:/{}", "x".repeat(20_000)));
        self.refused("a URL that is too long", &request);
    }

    /// Opens an upload and returns the path of its URL.
    fn open_upload(&mut self) -> Option<String> {
        let name = self.random.below(1000);
        let target = format!("/v1.0/drives/{DRIVE}/root:/up{name}.bin:/createUploadSession");
        let body = json!({ "item": { "description": "d".repeat(500) } });
        let opened = self.ask(&Request::new("POST", target).json(&body))?.json();
        Some(format!("/{}", opened["uploadUrl"].as_str()?.splitn(4, '/').nth(3)?))
    }

    fn bad_ranges(&mut self) {
        let Some(url) = self.open_upload() else { return };
        for range in rude_bytes::INVALID_RANGES {
            let request = Request::new("PUT", url.clone()).header("Content-Range", *range).body("12345");
            self.refused(range, &request);
        }
        self.ask(&Request::new("DELETE", url));
    }

    fn sessions(&mut self) {
        let Some(url) = self.open_upload() else { return };
        let range = "bytes 0-99999/1000000";
        self.ask(&Request::new("PUT", url.clone()).header("Content-Range", range).body(vec![7; 100_000]));
        // Some sessions stay open until there are too many.
        if !self.random.one_in(20) {
            self.ask(&Request::new("DELETE", url));
        }
    }

    fn expand(&mut self) {
        for options in ["$top=1000&$expand=children", "$expand=children($expand=children)&$top=999"] {
            self.ask(&Request::new("GET", format!("/v1.0/drives/{DRIVE}/root/children?{options}")));
        }
        self.ask(&Request::new(
            "GET",
            "/2.0/folders/0/items?fields=path_collection,item_collection&limit=1000",
        ));
    }

    fn foreign(&mut self) {
        let request =
            Request::new("POST", "/_drivesim/drives").body(r#"{"name":"evil","profile":"business"}"#);
        let foreign =
            request.clone().header("Origin", "http://evil.example").header("Content-Type", "text/plain");
        self.refused("a foreign Origin", &foreign);
        self.refused("a foreign page", &request.header("Sec-Fetch-Site", "cross-site"));
        let Ok(stream) = self.client.connect() else { return };
        let bytes = Request::new("GET", "/_drivesim/outline?drive=rude").to_bytes("evil.example", true);
        let _ = std::io::Write::write_all(&mut &stream, &bytes);
        match drivesim_tests::http::read_response(&mut std::io::BufReader::new(stream), false) {
            Ok(Some(answer)) if answer.status < 400 => self.shared.stats.fail("a foreign Host was served"),
            _ => {}
        }
    }

    fn copies(&mut self) {
        let parent = json!({ "driveId": DRIVE, "path": format!("/drives/{DRIVE}/root:/f1") });
        for _ in 0..50 {
            let name = format!("c{}", self.random.number());
            let body = json!({ "name": name, "parentReference": parent });
            let from = self.random.below(20);
            let target = format!("/v1.0/drives/{DRIVE}/root:/f0/{from}.bin:/copy");
            self.ask(&Request::new("POST", target).json(&body));
        }
    }

    fn versions(&mut self) {
        let mut text = String::new();
        for line in 0..5000 {
            let _ = writeln!(text, "v{line}.bin = 1 KiB # versions=400");
        }
        self.refused("an outline of two million versions", &self.outline(text));
    }

    fn outline(&self, text: String) -> Request {
        Request::new("PUT", format!("/_drivesim/outline?drive={DRIVE}")).body(text)
    }

    fn replace(&mut self) {
        let n_folders = 20 + self.random.below(60);
        self.ask(&self.outline(tree(n_folders, 100)));
    }

    fn purge(&mut self) {
        let folder = self.random.below(60);
        self.ask(&Request::new("POST", format!("/v1.0/drives/{DRIVE}/root:/f{folder}:/permanentDelete")));
    }

    fn drives(&mut self) {
        let name = format!("d{}", self.random.below(20));
        let body = json!({ "name": name, "profile": "personal" });
        self.ask(&Request::new("POST", "/_drivesim/drives").json(&body));
        self.ask(&Request::new("PUT", format!("/_drivesim/outline?drive={name}")).body(tree(3, 50)));
        self.ask(&Request::new("DELETE", format!("/_drivesim/drives/{name}")));
    }

    fn look(&mut self) {
        let paths =
            ["/_drivesim/outline", "/_drivesim/jobs", "/_drivesim/requests?limit=1000", "/_drivesim/health"];
        for path in paths {
            self.ask(&Request::new("GET", path));
        }
    }
}
