//! Tests of Microsoft Graph, the OneDrive API and SharePoint on the wire: requests and responses as text, read without
//! the types of the server.

// Clippy treats only functions under `#[test]` as tests, not their helpers.
#![allow(clippy::panic, clippy::unwrap_used)]

mod absolute_links;
mod access;
mod addresses;
#[path = "../support/answers/mod.rs"]
mod answers;
mod bad_input;
mod changes;
mod clients;
mod clients_files;
mod conflicts;
mod copy;
mod copy_errors;
mod error_sizes;
mod fixed_ids;
mod folders;
mod head_requests;
mod item_members;
mod listing_order;
mod monitor;
mod monitor_lifetime;
mod null_members;
mod options;
mod owners;
mod page_graph;
mod page_onedrive;
mod pages;
mod patterns;
mod permissions;
mod references;
#[path = "../support/replay.rs"]
mod replay;
mod response_check_tests;
mod services;
mod signed_urls;
mod socket;
mod strict_bodies;
mod strict_queries;
mod support;
mod tokens;
mod tokens_at_signed_urls;
mod unknown_routes;
mod upload_fragments;
mod upload_targets;
