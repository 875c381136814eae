//! Lists the reasons why a server does not start.

use std::fmt;

use drivesim::error::OptionError;

use crate::json::excerpt::Quoted;
use crate::limits::LimitError;
use crate::state::token::TokenError;

/// The reason why a server did not start.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// The cause.
        source: std::io::Error,
    },
    /// Two drives have the same owner. A URL could not name the drive of that owner.
    #[error(
        "the drives {first:?} and {second:?} have the same owner {owner}; an owner may have only one drive"
    )]
    OwnedTwice {
        /// The owner.
        owner: String,
        /// The name of the one drive.
        first: String,
        /// The name of the other.
        second: String,
    },
    /// A drive has a wire option that its service does not have, or not with this value.
    #[error("the drive {}: {fault}", Quoted(.drive))]
    WireOption {
        /// The name of the drive.
        drive: String,
        /// What is wrong with the option.
        fault: OptionError,
    },
    /// Links cannot start with this URL.
    #[error("the public URL {url:?} cannot be used: {why}")]
    PublicUrl {
        /// The URL.
        url: String,
        /// The rule that it breaks.
        why: &'static str,
    },
    /// A token is invalid, or given twice.
    #[error("the token {name:?}: {why}")]
    Token {
        /// The text of the token.
        name: String,
        /// The rule that it breaks.
        why: TokenError,
    },
    /// A user is invalid, or has the id or login of another user.
    #[error("the user {id:?}: {why}")]
    User {
        /// The id of the user.
        id: String,
        /// The rule that it breaks.
        why: &'static str,
    },
    /// The token of the admin API is invalid.
    #[error("the token of the admin API: {why}")]
    AdminToken {
        /// The rule that it breaks.
        why: &'static str,
    },
    /// The admin API cannot have this host name.
    #[error("the name {host:?} of the admin API: {why}")]
    AdminHost {
        /// The host name.
        host: String,
        /// The rule that it breaks.
        why: &'static str,
    },
    /// The system has no random numbers for the secret in URLs.
    #[error("cannot make the secret in URLs: {source}")]
    Random {
        /// The cause.
        source: std::io::Error,
    },
    /// A limit is too small for any request.
    #[error(transparent)]
    Limit(#[from] LimitError),
}

// Shows the message, because `unwrap` prints this form.
impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
