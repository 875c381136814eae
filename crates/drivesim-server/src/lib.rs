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
//! once. Give each test its own server: it starts in milliseconds and takes a free port.
//!
//! | to | use |
//! |---|---|
//! | serve a port | [`Server::start`], [`Server::start_on`] |
//! | serve within another axum program, or without a port | [`router`], [`router_with`] |
//! | let time pass | [`Sim::advance`](drivesim::Sim::advance), or the route `/_drivesim/clock`; a copy moves at the [`Pace`](drivesim::Pace) of the simulator |
//! | see what a client sent | [`Server::requests`] |
//! | check tokens, reject options without effect, set the base URL of links | [`ServerOptions`] |
//! | bound memory, sizes and times | [`Limits`] |
//! | change a rule of a service | [`wire_options`], and the options of a [`Profile`](drivesim::Profile) |
//! | list what is served | [`routes`] |
//!
//! Every drive is served as its profile says; a drive with the profile `plain` is served as a business drive.

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
