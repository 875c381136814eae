//! Tests of the services on the wire: Microsoft Graph, the OneDrive API, SharePoint and Box.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod box_api;
mod box_uploads;
mod contract;
mod cross_service;
mod graph;
mod nested;
mod strict;
#[path = "../support/mod.rs"]
mod support;
