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

mod answer_room;
mod app;
mod aside;
mod attachment;
mod box_api;
mod budget;
mod call;
mod caller;
mod connection;
mod control;
mod coverage;
mod decimal;
mod dispatch;
mod download_ticket;
mod downloads;
mod excerpt;
mod fair;
mod family;
mod graph;
mod gzip;
mod hashes;
mod head;
mod in_memory;
mod instant;
mod intake;
mod json_text;
mod lazy_timer;
mod limits;
mod listing;
mod mix;
mod options;
mod ordered_json;
mod pieces;
mod ranged;
mod ranges;
mod reply;
mod scopes;
mod secret;
mod server;
mod token;
mod unique_json;
mod url;
mod user;

pub use crate::app::StartError;
pub use crate::control::logged::LoggedRequest;
pub use crate::control::messages::LoggedMessage;
pub use crate::coverage::{PathWord, RouteInfo, path_words, routes};
#[doc(hidden)]
pub use crate::in_memory::InMemory;
pub use crate::limits::{LimitInfo, LimitValue, Limits};
pub use crate::options::{Admin, ServerOptions, Strictness};
pub use crate::server::{Server, router, router_with};
pub use crate::token::{Token, TokenError, TokenKind};
pub use crate::user::User;
