//! The only place that keeps which requests came over the wire and what they were told.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::Arc;

use axum::http::{HeaderMap, Method, StatusCode};
use drivesim::{JobId, JobReport, Timestamp};
use parking_lot::Mutex;
use uuid::{Builder, Uuid};

use crate::budget::{Budget, OverBudget, Part, Share};
use crate::control::logged::LoggedRequest;
use crate::control::masks;
use crate::control::messages::{Kept, Messages};
use crate::limits::Limits;
use crate::listing::List;
use crate::mix::mix;
use crate::ordered_json::{Map, Value, json};
use crate::reply::Reply;

/// The requests of a server, but for those to the side door, by number.
#[derive(Debug)]
pub(crate) struct Journal {
    book: Mutex<Book>,
    /// How many requests are kept.
    most: usize,
    /// How many bytes of a body, and of the headers of a message, are kept.
    most_of_message: usize,
}

#[derive(Debug)]
struct Book {
    /// How often the journal was begun anew: what comes in from before is not written into it.
    run: u64,
    n_requests: u64,
    /// By number, from `first` on; none of those that are not answered yet.
    entries: VecDeque<Option<Arc<Entry>>>,
    first: u64,
    n_kept: usize,
    /// What the entries take, about.
    n_bytes: usize,
    /// So many bytes of the budget.
    share: Share,
}

impl Book {
    /// Begins a book whose entries count against a share that holds nothing yet.
    fn new(run: u64, share: Share) -> Book {
        Book { run, n_requests: 0, entries: VecDeque::new(), first: 0, n_kept: 0, n_bytes: 0, share }
    }

    /// Puts an entry in its place; one that is older than all there are is not kept.
    fn put(&mut self, number: u64, entry: Entry) {
        let place = number.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        let Some(place) = place else { return };
        if self.entries.len() <= place {
            self.entries.resize_with(place + 1, || None);
        }
        self.n_bytes += entry.n_bytes;
        self.n_kept += 1;
        self.entries[place] = Some(Arc::new(entry));
    }

    /// Forgets the oldest entries until there are not too many.
    fn shrink(&mut self, most: usize) {
        while self.n_kept > most || self.share.resize(self.n_bytes).is_err() {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.first += 1;
            if let Some(oldest) = oldest {
                self.n_kept -= 1;
                self.n_bytes -= oldest.n_bytes;
            }
        }
    }

    /// Returns the entries with numbers above one, and these.
    fn above(&self, number: u64) -> impl Iterator<Item = (u64, &Arc<Entry>)> {
        let n_skipped = number.saturating_add(1).saturating_sub(self.first);
        let numbered = (self.first..).zip(&self.entries);
        let numbered = numbered.skip(usize::try_from(n_skipped).unwrap_or(usize::MAX));
        numbered.filter_map(|(number, entry)| Some((number, entry.as_ref()?)))
    }
}

/// The number of a request that is being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    run: u64,
    number: u64,
}

impl Ticket {
    /// Returns an id for the request that no other of this run has: the same in each run.
    pub(crate) fn request_id(self) -> String {
        let halves = [mix(self.number), mix(!self.number)].map(u64::to_be_bytes);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&halves[0]);
        bytes[8..].copy_from_slice(&halves[1]);
        let id = Builder::from_custom_bytes(bytes).into_uuid();
        id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned()
    }
}

/// What is asked, as far as it could be read.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Cow<'static, str>,
    /// Decoded, or as it was sent if it could not be.
    pub(crate) path: String,
    /// As it was sent.
    pub(crate) query: Option<String>,
    pub(crate) dialect: Option<&'static str>,
    pub(crate) at: Timestamp,
    /// The names of what was sent and had no effect.
    pub(crate) ignored: Vec<String>,
}

/// Returns the word of a method; those of most requests take no memory.
pub(crate) fn word_of(method: &Method) -> Cow<'static, str> {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    match known.into_iter().find(|word| method.as_str() == *word) {
        Some(word) => Cow::Borrowed(word),
        None => Cow::Owned(method.as_str().to_owned()),
    }
}

/// How many bytes of a method, a path or a query are kept.
const MOST_TEXT: usize = 2 << 10;

impl Asked {
    /// Returns it without the ends of long texts; in their place stands how much there was.
    fn cut(self) -> Asked {
        Asked {
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
    asked: Asked,
    status: StatusCode,
    job: Option<JobId>,
    told: Map,
    truth: Option<Box<JobReport>>,
    messages: Messages,
    /// What it takes, about.
    n_bytes: usize,
}

/// Returns the memory that a value takes beside itself, about.
fn bytes_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(|value| size_of::<Value>() + bytes_of(value)).sum(),
        Value::Object(members) => bytes_of_all(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

fn bytes_of_all(members: &Map) -> usize {
    // A key, its hash and its place in the table.
    let overhead = size_of::<Value>() + size_of::<String>() + 2 * size_of::<u64>();
    members.iter().map(|(key, value)| overhead + key.len() + bytes_of(value)).sum()
}

impl Journal {
    pub(crate) fn new(limits: &Limits, budget: &Budget) -> Journal {
        let keeps_any = limits.max_journal > 0 && budget.of(Part::Journal).1 > 0;
        let book = Mutex::new(Book::new(0, budget.share(Part::Journal)));
        // Where no request is kept at all, nothing of one is.
        let most_of_message = if keeps_any { limits.max_journal_body } else { 0 };
        Journal { book, most: limits.max_journal, most_of_message }
    }

    /// Keeps the headers of a message.
    pub(crate) fn keep_headers(&self, kept: &mut Kept, headers: &HeaderMap) {
        match self.most_of_message {
            0 => {}
            most => kept.keep_headers(headers, most),
        }
    }

    /// Keeps the beginning of the body of a request.
    pub(crate) fn keep_body(&self, kept: &mut Kept, body: &[u8]) {
        kept.keep_body(body, self.most_of_message);
    }

    /// Keeps the beginning of the body of a response, before it is packed.
    pub(crate) fn keep_body_of(&self, kept: &mut Kept, reply: &Reply) {
        let (beginning, n_bytes) = reply.beginning(self.most_of_message);
        kept.keep_beginning(beginning, n_bytes);
    }

    /// Gives the next request its number.
    pub(crate) fn begin(&self) -> Ticket {
        let mut book = self.book.lock();
        book.n_requests += 1;
        Ticket { run: book.run, number: book.n_requests }
    }

    /// Writes down how a request was answered, unless the journal was begun anew meanwhile.
    pub(crate) fn record(&self, ticket: Ticket, asked: Asked, reply: &Reply, messages: Messages) {
        let touched = reply.touched.clone();
        let (job, truth) = touched.map_or((None, None), |touched| (Some(touched.job), touched.truth));
        let told = if truth.is_some() { reply.told() } else { Map::new() };
        let (asked, status) = (asked.cut(), reply.status);
        let mut entry = Entry { asked, status, job, told, truth, messages, n_bytes: 0 };
        entry.n_bytes = entry.count_bytes();
        let mut book = self.book.lock();
        if book.run == ticket.run {
            book.put(ticket.number, entry);
            book.shrink(self.most);
        }
    }

    /// Forgets everything: the next request is the first.
    pub(crate) fn reset(&self) {
        let mut book = self.book.lock();
        *book = Book::new(book.run + 1, book.share.sibling());
    }

    /// Writes at most `limit` requests with a number above `since`, as far as the answer has room for them. Returns whether
    /// there are more, and the number of the last.
    pub(crate) fn show(&self, list: &mut List, since: u64, limit: usize) -> Result<(bool, u64), OverBudget> {
        // Others write requests down meanwhile: what is locked is only found, and shown without the lock.
        let (page, more, last) = {
            let book = self.book.lock();
            let mut entries = book.above(since);
            let page: Vec<_> =
                entries.by_ref().take(limit).map(|(number, entry)| (number, entry.clone())).collect();
            (page, entries.next().is_some(), book.n_requests)
        };
        for (number, entry) in page {
            if !list.push(&entry.show(number))? {
                return Ok((true, last));
            }
        }
        Ok((more, last))
    }

    /// Returns all requests that are kept.
    pub(crate) fn requests(&self) -> Vec<LoggedRequest> {
        let kept: Vec<_> = {
            let book = self.book.lock();
            book.above(0).map(|(number, entry)| (number, entry.clone())).collect()
        };
        kept.iter().map(|(number, entry)| entry.logged(*number)).collect()
    }
}

impl Entry {
    fn count_bytes(&self) -> usize {
        let asked = &self.asked;
        let texts = asked.method.len() + asked.path.len() + asked.query.as_ref().map_or(0, String::len);
        let ignored = asked.ignored.iter().map(|name| size_of::<String>() + name.len());
        let texts = texts + ignored.sum::<usize>();
        let truth = self.truth.as_ref().map_or(0, |_| size_of::<JobReport>());
        let messages = self.messages.request.count_bytes() + self.messages.response.count_bytes();
        size_of::<(u64, Entry)>() + texts + bytes_of_all(&self.told) + truth + messages
    }

    fn logged(&self, number: u64) -> LoggedRequest {
        let Asked { method, path, query, dialect, at, ignored } = &self.asked;
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
            truth: self.truth.as_deref().cloned(),
            request: self.messages.request.message(),
            response: self.messages.response.message(),
        }
    }

    fn show(&self, number: u64) -> Value {
        let mut value = self.logged(number).show();
        if self.truth.is_some() {
            value["told"] = json!(self.told);
        }
        value
    }
}
