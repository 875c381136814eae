//! Gathers the tests of the Box API.

mod access;
mod assigned_ids;
mod copy;
mod events;
mod files;
mod folders;
mod large_copies;
mod members;
mod names;
mod outline_page;
mod page_examples;
mod search;
mod service;
mod settings;
mod strict;
mod strict_bodies;
mod strict_ids;
mod strict_members;
mod strict_paging;
mod strict_queries;
mod strict_routes;
mod strict_times;
mod support;
mod tokens;
mod transcripts;
mod trash;
