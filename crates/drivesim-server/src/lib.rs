//! Serves a simulator over HTTP as Microsoft Graph, as the OneDrive API, as SharePoint and as Box.
//!
//! ```
//! use drivesim::{Profile, Sim};
//! use drivesim_server::Server;
//!
//! let sim = Sim::builder().outline("drive mine profile=business owner=me\nDocs/\n  a.txt = \"hi\"\n").build()?;
//! let server = Server::start(sim.clone())?;
//! println!("{}/v1.0/me/drive/root/children", server.url());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The server and the program that embeds it share one [`Sim`](drivesim::Sim): each sees the changes of the other at
//! once.

mod admin;
mod app;
mod attachment;
mod body_limiter;
mod box_api;
mod budget;
mod caller;
mod connection;
mod content_body;
mod decimal;
mod dispatch;
mod download_ticket;
mod downloads;
mod excerpt;
mod fair;
mod graph;
mod gzip;
mod hashes;
mod head;
mod in_memory;
mod json_text;
mod lazy_timer;
mod limits;
mod listing;
mod offload;
mod options;
mod ordered_json;
mod range_response;
mod ranges;
mod request;
mod response;
mod response_budget;
mod rfc3339;
mod routes;
mod scopes;
mod secret;
mod server;
mod service;
mod splitmix;
mod token;
mod unique_json;
mod url;
mod user;

pub use crate::admin::logged::LoggedRequest;
pub use crate::admin::messages::LoggedMessage;
pub use crate::app::StartError;
#[doc(hidden)]
pub use crate::in_memory::InMemory;
pub use crate::limits::{LimitInfo, LimitValue, Limits};
pub use crate::options::{Admin, ServerOptions, Strictness};
pub use crate::routes::{PathWord, RouteInfo, path_words, routes};
pub use crate::server::{Server, router, router_with};
pub use crate::token::{Token, TokenError, TokenKind};
pub use crate::user::User;
