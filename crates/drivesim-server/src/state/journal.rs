//! Keeps the requests that came over the wire and their responses.

mod job_state;
pub(crate) mod logged;
mod masks;
pub(crate) mod messages;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use axum::http::{HeaderMap, Method, StatusCode};
use drivesim::item::Timestamp;
use drivesim::job::{JobId, JobReport};
use parking_lot::Mutex;
use uuid::{Builder, Uuid};

use crate::http::listing::ListWriter;
use crate::http::response::ApiResponse;
use crate::json::ordered::{Map, Value, json};
use crate::limits::Limits;
use crate::limits::budget::{Budget, BudgetPart, OverBudget, Permit};
use crate::state::journal::logged::LoggedRequest;
use crate::state::journal::messages::{Messages, StoredMessage};
use crate::state::splitmix::splitmix;

/// The requests of a server by number, except those to the admin API.
#[derive(Debug)]
pub(crate) struct Journal {
    records: Mutex<Records>,
    /// The maximal number of requests.
    max_entries: usize,
    /// The maximal number of bytes of a body, and of the headers of a message.
    max_message: usize,
}

#[derive(Debug)]
struct Records {
    /// The number of resets. Requests from before the last reset are not recorded.
    run: u64,
    n_requests: u64,
    /// By number, from `first` on; `None` for requests without a response yet.
    entries: VecDeque<Option<Arc<Entry>>>,
    first: u64,
    n_entries: usize,
    /// The approximate memory of the entries.
    n_bytes: usize,
    /// The permit of the budget for `n_bytes`.
    permit: Permit,
}

impl Records {
    /// Creates a book. The permit must be empty.
    fn new(run: u64, permit: Permit) -> Records {
        Records { run, n_requests: 0, entries: VecDeque::new(), first: 0, n_entries: 0, n_bytes: 0, permit }
    }

    /// Stores an entry under its number, unless it is older than all entries.
    fn put(&mut self, number: u64, entry: Entry) {
        let place = number.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        let Some(place) = place else { return };
        if self.entries.len() <= place {
            self.entries.resize_with(place + 1, || None);
        }
        self.n_bytes += entry.n_bytes;
        self.n_entries += 1;
        self.entries[place] = Some(Arc::new(entry));
    }

    /// Drops the oldest entries until the limits hold.
    fn shrink(&mut self, most: usize) {
        while self.n_entries > most || self.permit.resize(self.n_bytes).is_err() {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.first += 1;
            if let Some(oldest) = oldest {
                self.n_entries -= 1;
                self.n_bytes -= oldest.n_bytes;
            }
        }
    }

    /// Returns the entries with numbers above `number`, and their numbers.
    fn above(&self, number: u64) -> impl Iterator<Item = (u64, &Arc<Entry>)> {
        let n_skipped = number.saturating_add(1).saturating_sub(self.first);
        let numbered = (self.first..).zip(&self.entries);
        let numbered = numbered.skip(usize::try_from(n_skipped).unwrap_or(usize::MAX));
        numbered.filter_map(|(number, entry)| Some((number, entry.as_ref()?)))
    }
}

/// The number of a request that is being processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestNumber {
    run: u64,
    number: u64,
}

impl RequestNumber {
    /// Returns an id that is unique among the requests of this run, and the same in each run.
    pub(crate) fn request_id(self) -> String {
        let halves = [splitmix(self.number), splitmix(!self.number)].map(u64::to_be_bytes);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&halves[0]);
        bytes[8..].copy_from_slice(&halves[1]);
        let id = Builder::from_custom_bytes(bytes).into_uuid();
        id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned()
    }
}

/// The first line of a request and its time, if they could be read.
#[derive(Clone, Debug)]
pub(crate) struct RequestLine {
    pub(crate) method: Cow<'static, str>,
    /// Decoded, or as it was sent if decoding failed.
    pub(crate) path: String,
    /// As it was sent.
    pub(crate) query: Option<String>,
    pub(crate) dialect: Option<&'static str>,
    pub(crate) at: Timestamp,
    /// The names of parameters that were sent and had no effect.
    pub(crate) ignored: Vec<String>,
}

/// Returns the name of a method. The usual ones take no memory.
pub(crate) fn method_name(method: &Method) -> Cow<'static, str> {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    match known.into_iter().find(|word| method.as_str() == *word) {
        Some(word) => Cow::Borrowed(word),
        None => Cow::Owned(method.as_str().to_owned()),
    }
}

/// The maximal number of bytes of a method, a path or a query.
const MOST_TEXT: usize = 2 << 10;

impl RequestLine {
    /// Shortens long texts. The number of bytes that were cut replaces the end.
    fn cut(self) -> RequestLine {
        RequestLine {
            method: cut_word(self.method),
            path: cut(self.path),
            query: self.query.map(cut),
            ignored: self.ignored.into_iter().map(cut).collect(),
            ..self
        }
    }
}

fn cut_word(word: Cow<'static, str>) -> Cow<'static, str> {
    match word {
        Cow::Borrowed(known) => Cow::Borrowed(known),
        Cow::Owned(word) => Cow::Owned(cut(word)),
    }
}

fn cut(text: String) -> String {
    if text.len() <= MOST_TEXT {
        return text;
    }
    let end = (0..=MOST_TEXT).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    format!("{}… ({} more bytes)", &text[..end], text.len() - end)
}

#[derive(Debug)]
struct Entry {
    line: RequestLine,
    status: StatusCode,
    job: Option<JobId>,
    reported: Map,
    actual: Option<Box<JobReport>>,
    messages: Messages,
    /// The approximate memory of the entry.
    n_bytes: usize,
}

/// Returns the approximate memory of a value beside its own size.
fn bytes_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(|value| size_of::<Value>() + bytes_of(value)).sum(),
        Value::Object(members) => bytes_of_all(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

fn bytes_of_all(members: &Map) -> usize {
    // A key, its hash and its slot in the table.
    let overhead = size_of::<Value>() + size_of::<String>() + 2 * size_of::<u64>();
    members.iter().map(|(key, value)| overhead + key.len() + bytes_of(value)).sum()
}

impl Journal {
    pub(crate) fn new(limits: &Limits, budget: &Budget) -> Journal {
        let keeps_any = limits.max_journal > 0 && budget.usage_of(BudgetPart::Journal).1 > 0;
        let records = Mutex::new(Records::new(0, budget.empty_permit(BudgetPart::Journal)));
        // Without entries, no messages are kept either.
        let most_of_message = if keeps_any { limits.max_journal_body } else { 0 };
        Journal { records, max_entries: limits.max_journal, max_message: most_of_message }
    }

    /// Keeps the headers of a message.
    pub(crate) fn keep_headers(&self, kept: &mut StoredMessage, headers: &HeaderMap) {
        match self.max_message {
            0 => {}
            most => kept.store_headers(headers, most),
        }
    }

    /// Keeps the beginning of the body of a request.
    pub(crate) fn keep_body(&self, kept: &mut StoredMessage, body: &[u8]) {
        kept.store_body(body, self.max_message);
    }

    /// Keeps the beginning of the body of a response, before it is compressed.
    pub(crate) fn keep_body_of(&self, kept: &mut StoredMessage, response: &ApiResponse) {
        let (beginning, n_bytes) = response.body_prefix(self.max_message);
        kept.store_prefix(beginning, n_bytes);
    }

    /// Assigns the next request its number.
    pub(crate) fn next_number(&self) -> RequestNumber {
        let mut records = self.records.lock();
        records.n_requests += 1;
        RequestNumber { run: records.run, number: records.n_requests }
    }

    /// Records the response to a request, unless the journal was reset meanwhile.
    pub(crate) fn record(
        &self,
        ticket: RequestNumber,
        line: RequestLine,
        response: &ApiResponse,
        messages: Messages,
    ) {
        let touched = response.job_note.clone();
        let (job, truth) = touched.map_or((None, None), |touched| (Some(touched.job), touched.actual));
        let reported = if truth.is_some() { job_state::reported_job_state(response) } else { Map::new() };
        let (line, status) = (line.cut(), response.status);
        let mut entry = Entry { line, status, job, reported, actual: truth, messages, n_bytes: 0 };
        entry.n_bytes = entry.count_bytes();
        let mut records = self.records.lock();
        if records.run == ticket.run {
            records.put(ticket.number, entry);
            records.shrink(self.max_entries);
        }
    }

    /// Removes all entries. The next request gets the number 1.
    pub(crate) fn reset(&self) {
        let mut records = self.records.lock();
        *records = Records::new(records.run + 1, records.permit.empty_like());
    }

    /// Writes at most `limit` requests with a number above `since`, as long as they fit into the list. Returns whether
    /// there are more, and the number of the last request.
    pub(crate) fn show(
        &self,
        list: &mut ListWriter,
        since: u64,
        limit: usize,
    ) -> Result<(bool, u64), OverBudget> {
        // Requests are recorded meanwhile: the lock is held only to find entries, not to write them.
        let (page, more, last) = {
            let records = self.records.lock();
            let mut entries = records.above(since);
            let page: Vec<_> =
                entries.by_ref().take(limit).map(|(number, entry)| (number, entry.clone())).collect();
            (page, entries.next().is_some(), records.n_requests)
        };
        for (number, entry) in page {
            if !list.push(&entry.show(number))? {
                return Ok((true, last));
            }
        }
        Ok((more, last))
    }

    /// Returns all requests in the journal.
    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        let entries: Vec<_> = {
            let records = self.records.lock();
            records.above(0).map(|(number, entry)| (number, entry.clone())).collect()
        };
        entries.iter().map(|(number, entry)| entry.logged(*number)).collect()
    }
}

impl Entry {
    fn count_bytes(&self) -> usize {
        let line = &self.line;
        let texts = line.method.len() + line.path.len() + line.query.as_ref().map_or(0, String::len);
        let ignored = line.ignored.iter().map(|name| size_of::<String>() + name.len());
        let texts = texts + ignored.sum::<usize>();
        let truth = self.actual.as_ref().map_or(0, |_| size_of::<JobReport>());
        let messages = self.messages.request.count_bytes() + self.messages.response.count_bytes();
        size_of::<(u64, Entry)>() + texts + bytes_of_all(&self.reported) + truth + messages
    }

    fn logged(&self, number: u64) -> LoggedRequest {
        let RequestLine { method, path, query, dialect, at, ignored } = &self.line;
        LoggedRequest {
            number,
            method: method.clone().into_owned(),
            path: path.clone(),
            query: query.as_deref().map(masks::text),
            status: self.status.as_u16(),
            dialect: *dialect,
            at: *at,
            job: self.job,
            ignored: ignored.clone(),
            truth: self.actual.as_deref().cloned(),
            request: self.messages.request.message(),
            response: self.messages.response.message(),
        }
    }

    fn show(&self, number: u64) -> Value {
        let mut value = self.logged(number).to_json();
        if self.actual.is_some() {
            value["told"] = json!(self.reported);
        }
        value
    }
}
