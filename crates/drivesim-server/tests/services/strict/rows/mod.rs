//! The table of docs/strictness.md: each row is a request with its response.

mod box_bodies;
mod box_headers;
mod box_queries;
mod graph_bodies;
mod graph_headers;
mod graph_queries;
mod graph_urls;

use drivesim_server::{ServerOptions, Strictness};

use crate::strict::request;
use crate::strict::service::{Fixture, Ids, Server, Service, TestRequest};

/// The placeholder in a request that the value of a row replaces.
pub const PLACEHOLDER: char = '§';

/// Rows with different values for the same placeholder.
#[derive(Debug)]
pub struct Group {
    /// The heading of the group.
    pub title: &'static str,
    pub service: Service,
    /// The method and the URL. Words in brackets are replaced by ids.
    pub request: &'static str,
    pub headers: &'static [(&'static str, &'static str)],
    pub body: &'static str,
    pub rows: &'static [Row],
}

/// A value, and the response to the request with it.
#[derive(Debug)]
pub struct Row {
    pub value: &'static str,
    /// The status and the code, `400 invalidRequest/invalidPath`. After a comma, what the journal lists as ignored.
    pub expected: &'static str,
    /// The source of the rule.
    pub source: &'static str,
}

const fn row(value: &'static str, answer: &'static str, source: &'static str) -> Row {
    Row { value, expected: answer, source }
}

/// The headers of a JSON body.
const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

/// Returns all groups. Groups with the same heading are adjacent.
pub fn all() -> Vec<&'static Group> {
    let parts = [
        graph_bodies::GROUPS,
        graph_queries::GROUPS,
        graph_urls::GROUPS,
        graph_headers::GROUPS,
        box_bodies::GROUPS,
        box_queries::GROUPS,
        box_headers::GROUPS,
    ];
    parts.concat()
}

/// Sends the request of a row and returns the response in the format of [`Row::answer`].
pub fn send_row(group: &Group, row: &Row, seeds: &Fixtures) -> String {
    let seed = if group.title == AUTHORIZATION {
        seeds.with_tokens(group.service)
    } else {
        seeds.plain(group.service)
    };
    let server = seed.start();
    let fill = |text: &str| replace_words(&text.replace(PLACEHOLDER, row.value), &seed.ids, &server);
    let (method, url) = group.request.split_once(' ').unwrap();
    let mut sent = TestRequest::new(method, &fill(url));
    for (name, value) in group.headers {
        // A line break repeats the header, and `(absent)` omits it.
        let values = fill(value);
        let values = values.split('\n').filter(|value| *value != ABSENT);
        sent.headers.extend(values.map(|value| ((*name).to_owned(), value.as_bytes().to_vec())));
    }
    sent.body = fill(group.body).into_bytes().into();
    let answer = server.try_send(&sent).unwrap_or_else(|| panic!("no request: {sent}"));
    let ignored = if group.title == AUTHORIZATION { Vec::new() } else { ignored(&server) };
    let mut text = answer.status.to_string();
    if !answer.is_accepted() && !answer.code().is_empty() {
        text = format!("{text} {}", answer.code());
    } else if !ignored.is_empty() {
        text = format!("{text}, ignored: {}", ignored.join(" "));
    }
    assert!(answer.is_accepted() || server.state() == seed.state, "{sent} failed, and something changed");
    text
}

/// The heading of the rows whose server checks tokens: `t`, which allows everything, and `none`, which allows nothing.
const AUTHORIZATION: &str = "Authorization";
/// The value of a header that is not sent.
const ABSENT: &str = "(absent)";

/// Returns what the journal lists as ignored in the last request.
fn ignored(server: &Server) -> Vec<String> {
    let requests = server.get("/_drivesim/requests")["requests"].clone();
    let names = requests.as_array().and_then(|requests| requests.last()?["ignored"].as_array()).cloned();
    names.unwrap_or_default().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Replaces the words in brackets.
fn replace_words(text: &str, ids: &Ids, server: &Server) -> String {
    let mut text = text.to_owned();
    for (word, id) in [
        ("[drive]", &ids.drive),
        ("[file]", &ids.file),
        ("[written]", &ids.versioned_file),
        ("[version]", &ids.version),
        ("[folder]", &ids.folder),
        ("[to]", &ids.target),
        ("[gone]", &ids.deleted_file),
    ] {
        text = text.replace(word, id);
    }
    if text.contains("[download]") {
        text = text.replace("[download]", &download(ids, server));
    }
    if text.contains("[session]") {
        text = text.replace("[session]", &session(server));
    }
    if text.contains("[part]") {
        text = text.replace(
            "[part]",
            &format!("/api/2.0/files/upload_sessions/{}", request::open_box_session(server)),
        );
    }
    text
}

/// Returns the path of the URL that a download redirects to.
fn download(ids: &Ids, server: &Server) -> String {
    let url = match ids.drive.is_empty() {
        true => format!("/2.0/files/{}/content", ids.file),
        false => "/v1.0/me/drive/root:/Docs/a.txt:/content".to_owned(),
    };
    let url = server.send(&TestRequest::new("GET", &url)).location.unwrap();
    url.trim_start_matches("http://drive.test").to_owned()
}

/// Opens an upload session of four bytes and returns the path of its URL.
fn session(server: &Server) -> String {
    let url = "/v1.0/me/drive/root:/Docs/new.txt:/createUploadSession";
    let answer = server.send(&TestRequest::new("POST", url).json(r#"{"item":{"fileSize":4}}"#)).json();
    let url = answer["uploadUrl"].as_str().unwrap();
    url.trim_start_matches("http://drive.test").to_owned()
}

/// The servers that receive the rows.
pub struct Fixtures {
    plain: Vec<Fixture>,
    with_tokens: Vec<Fixture>,
}

const SERVICES: [Service; 3] = [Service::Business, Service::Personal, Service::Box];

impl Fixtures {
    pub fn new(strict: Strictness) -> Fixtures {
        let plain = ServerOptions::default().strict(strict);
        let scopes = ["Files.ReadWrite", "root_readwrite"];
        let with_tokens = plain.clone().token("t", &scopes).token("none", &[]);
        let seeds = |options: &ServerOptions| {
            SERVICES
                .map(|service| Fixture::new(service, ServerOptions::default()).with_options(options.clone()))
                .into()
        };
        Fixtures { plain: seeds(&plain), with_tokens: seeds(&with_tokens) }
    }

    fn plain(&self, service: Service) -> &Fixture {
        self.plain.iter().find(|seed| seed.service == service).unwrap()
    }

    fn with_tokens(&self, service: Service) -> &Fixture {
        self.with_tokens.iter().find(|seed| seed.service == service).unwrap()
    }
}
