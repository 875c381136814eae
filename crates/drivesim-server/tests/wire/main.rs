//! The only place for tests of the Microsoft family as it is on the wire: requests and answers as text, read without
//! the types of the server.

// Clippy takes only functions marked as tests for tests, not what they share.
#![allow(clippy::panic, clippy::unwrap_used)]

mod access;
mod addresses;
#[path = "../support/answers/mod.rs"]
mod answers;
mod bad_input;
mod changes;
mod checks;
mod clients;
mod clients_files;
mod conflicts;
mod copy;
mod dialects;
mod fit;
mod folders;
mod given_ids;
mod handed_out;
mod heads;
mod life;
mod links;
mod listing_order;
mod long_texts;
mod members_of_bodies;
mod monitor;
mod options;
mod owners;
mod page_graph;
mod page_onedrive;
mod pages;
mod permissions;
mod references;
mod refusals;
#[path = "../support/replay.rs"]
mod replay;
mod segments;
mod shapes;
mod signed_urls;
mod socket;
mod strict_bodies;
mod strict_queries;
mod support;
mod tokens;
mod upload_fragments;
mod upload_targets;
