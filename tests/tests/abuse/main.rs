//! Tests that what no client should do neither stops a server nor fills the machine.
//!
//! Each abuse is done against a server with small limits. What is held afterwards is bounded, what is refused has changed
//! nothing, and the next request on another connection is answered.

mod abused;
mod answers;
mod bodies;
mod http;
mod kept;
mod pages;
mod texts;
