//! Tests that misuse neither stops a server nor fills the machine.
//!
//! Each test misuses a server with small limits. Afterwards the held memory is bounded, rejected requests have changed
//! nothing, and the next request on another connection gets a response.

mod bodies;
mod http;
mod pages;
mod responses;
mod server_state;
mod test_server;
mod texts;
