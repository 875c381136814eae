//! Tests of Microsoft Graph, the OneDrive API and SharePoint on the wire: requests and responses as text, read without
//! the types of the server.

// Clippy treats only functions under `#[test]` as tests, not their helpers.
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
