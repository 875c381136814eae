//! Tests that misuse neither stops a server nor fills the machine.
//!
//! Each test misuses a server with small limits. Afterwards the held memory is bounded, rejected requests have changed
//! nothing, and the next request on another connection gets a response.

mod abused;
mod answers;
mod bodies;
mod http;
mod kept;
mod pages;
mod texts;
