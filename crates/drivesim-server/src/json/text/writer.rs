//! Writes the pieces of JSON into a buffer: punctuation and texts.

use std::fmt;

use serde::Serialize;

use super::escapes::{must_escape, needs_escapes};
use super::text_kind::TextKind;

// Names are known at compile time: inlining copies their bytes without a loop.
pub(super) struct Writer<'a> {
    pub(super) out: &'a mut Vec<u8>,
    /// What is known about the next text.
    pub(super) known: TextKind,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Writer<'a> {
        Writer { out, known: TextKind::Unknown }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// Writes a value with `serde_json`.
    pub(super) fn fallback(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), fmt::Error> {
        serde_json::to_writer(&mut *self.out, value).map_err(|_| fmt::Error)
    }

    pub(super) fn text(&mut self, text: &str) {
        match std::mem::take(&mut self.known) {
            TextKind::Verbatim => self.push(text),
            TextKind::NoEscape => {
                debug_assert!(!needs_escapes(text.as_bytes()), "{text:?} is not plain");
                self.quoted(text);
            }
            TextKind::Unknown if needs_escapes(text.as_bytes()) => self.escaped(text),
            TextKind::Unknown => self.quoted(text),
        }
    }

    fn escaped(&mut self, text: &str) {
        self.push("\"");
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| must_escape(&byte)) {
            let (before, from) = rest.split_at(at);
            self.push(before);
            let mut bytes = from.bytes();
            match bytes.next().unwrap_or_default() {
                b'"' => self.push("\\\""),
                b'\\' => self.push("\\\\"),
                b'\n' => self.push("\\n"),
                b'\r' => self.push("\\r"),
                b'\t' => self.push("\\t"),
                0x08 => self.push("\\b"),
                0x0C => self.push("\\f"),
                control => self.push(&format!("\\u{control:04x}")),
            }
            rest = &from[1..];
        }
        self.push(rest);
        self.push("\"");
    }

    #[inline(always)]
    pub(super) fn quoted(&mut self, text: &str) {
        self.push("\"");
        self.push(text);
        self.push("\"");
    }

    /// Starts an object with the name of a variant as its only key.
    pub(super) fn variant(&mut self, name: &str, open: &str) {
        self.push("{");
        self.quoted(name);
        self.push(":");
        self.push(open);
    }
}
