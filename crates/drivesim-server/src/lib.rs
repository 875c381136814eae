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
mod box_api;
mod connection;
mod dispatch;
mod graph;
mod head;
mod http;
mod in_memory;
mod json;
mod limits;
mod routes;
mod server;
mod service;
mod state;
mod wire_options;

pub use crate::http::route_info::{PathWord, RouteInfo, path_words};
#[doc(hidden)]
pub use crate::in_memory::InMemory;
pub use crate::limits::{LimitError, LimitInfo, LimitValue, Limits};
pub use crate::routes::routes;
pub use crate::server::{Server, router, router_with};
pub use crate::state::journal::logged::LoggedRequest;
pub use crate::state::journal::messages::LoggedMessage;
pub use crate::state::options::{Admin, ServerOptions, Strictness};
pub use crate::state::start_error::StartError;
pub use crate::state::token::{Token, TokenError, TokenKind};
pub use crate::state::user::User;
pub use crate::state::wire_option::WireOption;
pub use crate::wire_options::{check_wire_options, wire_options};
