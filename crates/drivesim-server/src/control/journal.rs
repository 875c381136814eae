//! The only place that keeps which requests came over the wire and what they were told.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use drivesim::{JobId, Timestamp};
use parking_lot::Mutex;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::reply::Reply;

/// The requests of a server, but for those to the side door, by number.
#[derive(Debug)]
pub(crate) struct Journal {
    book: Mutex<Book>,
    limit: usize,
}

#[derive(Debug, Default)]
struct Book {
    /// How often the journal was begun anew: what comes in from before is not written into it.
    run: u64,
    n_requests: u64,
    entries: BTreeMap<u64, Entry>,
}

/// The number of a request that is being answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    run: u64,
    number: u64,
}

impl Ticket {
    /// Returns an id for the request that no other of this run has: the same in each run.
    pub(crate) fn request_id(self) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("drivesim request {}", self.number).as_bytes())
    }
}

/// What is asked, as far as it could be read.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Decoded, or as it was sent if it could not be.
    pub(crate) path: String,
    /// As it was sent.
    pub(crate) query: Option<String>,
    pub(crate) dialect: Option<&'static str>,
    pub(crate) at: Timestamp,
}

#[derive(Debug)]
struct Entry {
    asked: Asked,
    status: StatusCode,
    job: Option<JobId>,
    told: Map<String, Value>,
    truth: Option<Value>,
}

impl Journal {
    pub(crate) fn new(limit: usize) -> Journal {
        Journal { book: Mutex::default(), limit }
    }

    /// Gives the next request its number.
    pub(crate) fn begin(&self) -> Ticket {
        let mut book = self.book.lock();
        book.n_requests += 1;
        Ticket { run: book.run, number: book.n_requests }
    }

    /// Writes down how a request was answered, unless the journal was begun anew meanwhile.
    pub(crate) fn record(&self, ticket: Ticket, asked: Asked, reply: &Reply) {
        let touched = reply.touched.clone();
        let (job, truth) = touched.map_or((None, None), |touched| (Some(touched.job), touched.truth));
        let told = if truth.is_some() { reply.told() } else { Map::new() };
        let entry = Entry { asked, status: reply.status, job, told, truth };
        let mut book = self.book.lock();
        if book.run == ticket.run {
            book.entries.insert(ticket.number, entry);
            while book.entries.len() > self.limit {
                book.entries.pop_first();
            }
        }
    }

    /// Forgets everything: the next request is the first.
    pub(crate) fn reset(&self) {
        let mut book = self.book.lock();
        *book = Book { run: book.run + 1, ..Book::default() };
    }

    /// Shows at most `limit` requests with a number above `since`, and whether there are more.
    pub(crate) fn show(&self, since: u64, limit: usize) -> Value {
        let book = self.book.lock();
        let above = since.saturating_add(1)..;
        let mut entries = book.entries.range(above);
        let shown: Vec<Value> =
            entries.by_ref().take(limit).map(|(number, entry)| entry.show(*number)).collect();
        json!({ "requests": shown, "more": entries.next().is_some(), "lastNumber": book.n_requests })
    }
}

impl Entry {
    fn show(&self, number: u64) -> Value {
        let mut value = json!({
            "number": number,
            "method": self.asked.method,
            "path": self.asked.path,
            "query": self.asked.query,
            "status": self.status.as_u16(),
            "dialect": self.asked.dialect,
            "at": self.asked.at.to_string(),
            "job": self.job.map(|job| job.to_string()),
        });
        if let Some(truth) = &self.truth {
            value["told"] = json!(self.told);
            value["true"] = truth.clone();
        }
        value
    }
}
