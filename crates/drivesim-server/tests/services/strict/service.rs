//! Serves a small tree as one of three drives, and sends requests to forks of it.

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderName, HeaderValue, Request};
use drivesim::Sim;
use drivesim::item::Content;
use drivesim::outline::Detail;
use drivesim_server::{ServerOptions, router_with};
use serde_json::Value;
use tower::ServiceExt;

/// The service under test, with the kind of its drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Business,
    Personal,
    Box,
}

impl Service {
    /// Returns the name in reports and in docs/strictness.md.
    pub fn name(self) -> &'static str {
        match self {
            Service::Business => "business",
            Service::Personal => "personal",
            Service::Box => "box",
        }
    }
}

const TREE: &str = "Docs/\n  a.txt = \"hello\"\n  b.txt = \"b\"\n  gone.txt = \"gone\"\n  lost/\n  in/\n    c.txt = \"c\"\nTo/\n";

impl Service {
    /// Returns the vendor of the service, as named in exceptions.
    pub fn vendor(self) -> &'static str {
        if self == Service::Box { "box" } else { "microsoft" }
    }
}

/// A request.
#[derive(Clone, Debug, Default)]
pub struct TestRequest {
    pub method: String,
    /// The path and the query, encoded.
    pub url: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Bytes,
}

impl TestRequest {
    /// Creates a request without headers and body.
    pub fn new(method: &str, url: &str) -> TestRequest {
        TestRequest { method: method.to_owned(), url: url.to_owned(), ..TestRequest::default() }
    }

    /// Adds a JSON body.
    pub fn json(self, body: impl Into<Bytes>) -> TestRequest {
        let mut headers = self.headers;
        headers.push(("content-type".to_owned(), b"application/json".to_vec()));
        TestRequest { headers, body: body.into(), ..self }
    }
}

impl std::fmt::Display for TestRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:.300}", self.method, self.url)?;
        for (name, value) in &self.headers {
            write!(f, " | {name}: {:.100}", String::from_utf8_lossy(value))?;
        }
        if !self.body.is_empty() && self.body.len() < 1000 {
            write!(f, " | {:.400}", String::from_utf8_lossy(&self.body))?;
        }
        Ok(())
    }
}

/// A response.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub location: Option<String>,
    pub body: Bytes,
}

impl Response {
    /// Returns whether the request was accepted.
    pub fn is_accepted(&self) -> bool {
        self.status < 400
    }

    /// Returns the body as JSON, or null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Returns the code of the error, followed by the more specific one.
    pub fn code(&self) -> String {
        let body = self.json();
        if let Some(code) = body["code"].as_str().or(body["error"].as_str()) {
            return code.to_owned();
        }
        let error = &body["error"];
        let code = error["code"].as_str().unwrap_or_default().to_owned();
        let inner = error.get("innerError").or(error.get("innererror"));
        match inner.and_then(|inner| inner["code"].as_str()) {
            Some(inner) => format!("{code}/{inner}"),
            None => code,
        }
    }
}

/// A state of a simulator. Each request is sent to a fork of it.
pub struct Fixture {
    pub service: Service,
    pub ids: Ids,
    /// The state as text, from [`Server::state`].
    pub state: String,
    sim: Sim,
    options: ServerOptions,
}

/// The wire ids of the items in a [`Seed`].
#[derive(Clone, Debug, Default)]
pub struct Ids {
    pub drive: String,
    /// `/Docs/a.txt`.
    pub file: String,
    /// `/Docs/b.txt`, which has a past version.
    pub versioned_file: String,
    /// The past version of `/Docs/b.txt`.
    pub version: String,
    /// `/Docs`.
    pub folder: String,
    /// `/To`.
    pub target: String,
    /// A file from `/Docs` in the bin.
    pub deleted_file: String,
    /// A folder from `/Docs` in the bin.
    pub deleted_folder: String,
}

impl Fixture {
    /// Creates the tree, a second version of `Docs/b.txt`, and two items in the bin.
    pub fn new(service: Service, options: ServerOptions) -> Fixture {
        let line = match service {
            Service::Business => "drive work profile=business owner=me",
            Service::Personal => "drive home profile=personal owner=me",
            Service::Box => "drive vault profile=box owner=me",
        };
        let sim = Sim::builder().outline(format!("{line}\n{TREE}")).build().unwrap();
        sim.write("/Docs/b.txt", Content::from(&b"bb"[..])).unwrap();
        let mut seed = Fixture { service, ids: Ids::default(), state: String::new(), sim, options };
        let server = Server { sim: seed.sim.clone(), router: seed.router(&seed.sim) };
        seed.ids = if service == Service::Box { Ids::of_box(&server) } else { Ids::of_graph(&server) };
        seed.state = server.state();
        seed
    }

    /// Sets the options of the server.
    pub fn with_options(self, options: ServerOptions) -> Fixture {
        Fixture { options, ..self }
    }

    fn router(&self, sim: &Sim) -> Router {
        router_with(sim.clone(), self.options.clone()).unwrap()
    }

    /// Starts a new server in this state.
    pub fn start(&self) -> Server {
        let sim = self.sim.fork();
        let router = self.router(&sim);
        Server { sim, router }
    }
}

impl Ids {
    fn of_graph(server: &Server) -> Ids {
        let id = |path: &str| server.get(&format!("/v1.0/me/drive{path}"))["id"].as_str().unwrap().to_owned();
        let ids = Ids {
            drive: id(""),
            file: id("/root:/Docs/a.txt"),
            versioned_file: id("/root:/Docs/b.txt"),
            version: "1.0".to_owned(),
            folder: id("/root:/Docs"),
            target: id("/root:/To"),
            deleted_file: id("/root:/Docs/gone.txt"),
            deleted_folder: id("/root:/Docs/lost"),
        };
        for path in ["gone.txt", "lost"] {
            server.send(&TestRequest::new("DELETE", &format!("/v1.0/me/drive/root:/Docs/{path}")));
        }
        ids
    }

    fn of_box(server: &Server) -> Ids {
        let find = |folder: &str, name: &str| {
            let list = server.get(&format!("/2.0/folders/{folder}/items"));
            let entries = list["entries"].as_array().unwrap().clone();
            let found = entries.into_iter().find(|entry| entry["name"] == name).unwrap();
            found["id"].as_str().unwrap().to_owned()
        };
        let folder = find("0", "Docs");
        let (gone, lost, written) =
            (find(&folder, "gone.txt"), find(&folder, "lost"), find(&folder, "b.txt"));
        let versions = server.get(&format!("/2.0/files/{written}/versions"));
        let ids = Ids {
            drive: String::new(),
            file: find(&folder, "a.txt"),
            version: versions["entries"][0]["id"].as_str().unwrap().to_owned(),
            target: find("0", "To"),
            folder,
            versioned_file: written,
            deleted_file: gone,
            deleted_folder: lost,
        };
        for url in
            [format!("/2.0/files/{}", ids.deleted_file), format!("/2.0/folders/{}", ids.deleted_folder)]
        {
            assert_eq!(server.send(&TestRequest::new("DELETE", &url)).status, 204);
        }
        ids
    }
}

/// A server without a socket.
pub struct Server {
    pub sim: Sim,
    router: Router,
}

impl Server {
    /// Sends a request. Returns `None` if HTTP does not allow it.
    pub fn try_send(&self, sent: &TestRequest) -> Option<Response> {
        let mut request = Request::builder().method(sent.method.as_str()).uri(sent.url.as_str());
        request = request.header("host", "drive.test");
        for (name, value) in &sent.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            request = request.header(name, HeaderValue::from_bytes(value).ok()?);
        }
        let request = request.body(Body::from(sent.body.clone())).ok()?;
        Some(pollster::block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            let location = parts.headers.get("location").map(|value| value.to_str().unwrap().to_owned());
            Response { status: parts.status.as_u16(), location, body }
        }))
    }

    /// Sends a request.
    pub fn send(&self, sent: &TestRequest) -> Response {
        self.try_send(sent).unwrap_or_else(|| panic!("no request: {sent}"))
    }

    /// Returns the JSON of a GET request, which must succeed.
    pub fn get(&self, url: &str) -> Value {
        let answer = self.send(&TestRequest::new("GET", url));
        assert_eq!(answer.status, 200, "{url}: {answer:?}");
        answer.json()
    }

    /// Returns everything that a request can change: the drives, their bins, and the jobs.
    pub fn state(&self) -> String {
        let drive = self.sim.drives()[0].clone();
        let bin = self.sim.bin(&drive).unwrap();
        let quota = self.sim.quota(&drive).unwrap();
        let outline = self.sim.outline_with(Detail::Attributes).unwrap();
        format!("{outline}\n{bin:?}\n{quota:?}\n{} jobs", self.sim.jobs().len())
    }
}
