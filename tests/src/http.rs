//! Writes HTTP/1.1 requests and reads responses byte by byte, so that tests see the bytes on the wire.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// A request. `to_bytes` adds `Host` and `Content-Length`.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: impl Into<String>) -> Request {
        Request { method: method.to_owned(), target: target.into(), ..Request::default() }
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Request {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn body(self, body: impl Into<Vec<u8>>) -> Request {
        Request { body: body.into(), ..self }
    }

    pub fn json(self, body: &Value) -> Request {
        self.header("Content-Type", "application/json").body(body.to_string())
    }

    /// Returns whether the method is safe: the request must not change anything.
    pub fn is_safe(&self) -> bool {
        ["GET", "HEAD", "OPTIONS"].contains(&&*self.method)
    }

    /// Returns the bytes to send to a host.
    pub fn to_bytes(&self, host: &str, is_last: bool) -> Vec<u8> {
        let mut text = format!("{} {} HTTP/1.1\r\nHost: {host}\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || !self.is_safe() {
            text.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        if is_last {
            text.push_str("Connection: close\r\n");
        }
        text.push_str("\r\n");
        [text.as_bytes(), &self.body].concat()
    }
}

/// A response.
#[derive(Clone, Default)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(1000)]);
        write!(f, "{} {:?} {body}", self.status, self.headers)
    }
}

impl Response {
    /// Returns the first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    /// Returns the body as JSON, or `null` if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// Returns whether the server closes the connection after this response.
    pub fn is_last(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }
}

fn bad(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

/// Reads one response; `None` at the end of the stream. Skips interim responses.
///
/// # Errors
/// Fails if reading fails or the response is malformed, such as a body that is shorter than its `Content-Length`.
pub fn read_response(from: &mut impl BufRead, is_head: bool) -> io::Result<Option<Response>> {
    loop {
        let Some(mut answer) = read_head(from)? else { return Ok(None) };
        if answer.status < 200 {
            continue;
        }
        if !is_head && ![204, 304].contains(&answer.status) {
            answer.body = read_body(from, &answer)?;
        }
        return Ok(Some(answer));
    }
}

fn read_line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line)?;
    let line = String::from_utf8(line).map_err(|_| bad("a line is not UTF-8"))?;
    let whole = line.strip_suffix("\r\n").map(str::to_owned);
    if line.is_empty() {
        Ok(line)
    } else {
        whole.ok_or_else(|| bad(format!("{line:?} is not a complete line")))
    }
}

fn read_head(from: &mut impl BufRead) -> io::Result<Option<Response>> {
    let line = read_line(from)?;
    if line.is_empty() {
        return Ok(None);
    }
    let rest = line.strip_prefix("HTTP/1.1 ").or(line.strip_prefix("HTTP/1.0 "));
    let status = rest.and_then(|rest| rest.get(..3)?.parse().ok());
    let status = status.ok_or_else(|| bad(format!("{line:?} is not a status line")))?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(from)?;
        if line.is_empty() {
            return Ok(Some(Response { status, headers, body: Vec::new() }));
        }
        let (name, value) = line.split_once(": ").or(line.split_once(':')).ok_or_else(|| bad(&*line))?;
        headers.push((name.to_owned(), value.to_owned()));
    }
}

fn read_body(from: &mut impl BufRead, answer: &Response) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if answer.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        loop {
            let line = read_line(from)?;
            let n_bytes = u64::from_str_radix(&line, 16).map_err(|_| bad(format!("a chunk of {line:?}")))?;
            if from.by_ref().take(n_bytes).read_to_end(&mut body)? as u64 != n_bytes {
                return Err(bad("a chunk that ends early"));
            }
            let end = read_line(from)?;
            if !end.is_empty() {
                return Err(bad(format!("{end:?} behind a chunk")));
            }
            if n_bytes == 0 {
                return Ok(body);
            }
        }
    }
    match answer.header("content-length") {
        Some(length) => {
            let length: u64 = length.parse().map_err(|_| bad(format!("a length of {length}")))?;
            let n_read = from.take(length).read_to_end(&mut body)? as u64;
            if n_read == length { Ok(body) } else { Err(bad(format!("{n_read} of {length} bytes"))) }
        }
        None => from.read_to_end(&mut body).map(|_| body),
    }
}

/// A client that keeps its connection open as long as the server does.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    watchdog: Duration,
    open: Option<BufReader<TcpStream>>,
}

impl Client {
    /// Creates a client with a timeout for connecting, reading and writing.
    pub fn new(address: SocketAddr, watchdog: Duration) -> Client {
        Client { address, watchdog, open: None }
    }

    /// Opens a connection for the caller.
    ///
    /// # Errors
    /// Returns errors of the system.
    pub fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&self.address, self.watchdog)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(self.watchdog))?;
        stream.set_write_timeout(Some(self.watchdog))?;
        Ok(stream)
    }

    /// Sends a request and reads the response. Reconnects if the open connection has ended.
    ///
    /// # Errors
    /// Returns errors of the system, and an error for a malformed response.
    pub fn send(&mut self, request: &Request) -> io::Result<Response> {
        if let Some(open) = self.open.take() {
            if let Ok(answer) = self.send_on(open, request) {
                return Ok(answer);
            }
        }
        let stream = self.connect()?;
        self.send_on(BufReader::new(stream), request)
    }

    fn send_on(&mut self, mut open: BufReader<TcpStream>, request: &Request) -> io::Result<Response> {
        // A server that rejects a body does not read all of it; its response still counts.
        let sent = open.get_mut().write_all(&request.to_bytes(&self.address.to_string(), false));
        match read_response(&mut open, request.method == "HEAD") {
            Ok(Some(answer)) => {
                if !answer.is_last() && sent.is_ok() {
                    self.open = Some(open);
                }
                Ok(answer)
            }
            Ok(None) => Err(sent.err().unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into())),
            Err(error) => Err(error),
        }
    }

    pub fn get(&mut self, target: &str) -> io::Result<Response> {
        self.send(&Request::new("GET", target))
    }
}
