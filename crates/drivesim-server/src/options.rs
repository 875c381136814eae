//! The only place for what a server can be told beside its simulator.

/// How a server answers. The default checks no tokens and lets links follow the host that the client used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerOptions {
    /// What absolute links in answers start with, `https://host:port`; without it the scheme and host of the request.
    pub public_url: Option<String>,
    /// The tokens that are accepted and what they allow; without them every request is allowed everything.
    pub tokens: Option<Vec<Token>>,
    /// How much is accepted.
    pub limits: Limits,
}

/// A token and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What clients send after `Bearer`.
    pub name: String,
    /// The permissions it carries, as `Files.ReadWrite.All`.
    pub scopes: Vec<String>,
}

/// How much a server accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of the body of one request that is not an upload.
    pub max_json: usize,
    /// Bytes of one upload, or of one range of one.
    pub max_upload: usize,
    /// Bytes of a URL's path and query.
    pub max_url: usize,
    /// Children in one page of a listing.
    pub max_page: usize,
    /// Upload sessions that are open at the same time.
    pub max_sessions: usize,
    /// Requests that the journal of the side door keeps; the oldest go first.
    pub max_journal: usize,
    /// Snapshots that the side door keeps.
    pub max_snapshots: usize,
    /// Bytes of all upload sessions together that are not files yet.
    pub max_session_bytes: usize,
}

impl Default for Limits {
    /// 250 MiB an upload (driveItem: put content), 1,000 children a page (onedrive-api-docs issue 319). That 1 MiB of
    /// JSON, 16 KiB of URL and 1,000 upload sessions with 1 GiB in them are accepted, and no more, is *assumed*. The
    /// journal keeps 10,000 requests, and 100 snapshots are kept.
    fn default() -> Limits {
        Limits {
            max_json: 1 << 20,
            max_upload: 250 << 20,
            max_url: 16 << 10,
            max_page: 1000,
            max_sessions: 1000,
            max_journal: 10_000,
            max_snapshots: 100,
            max_session_bytes: 1 << 30,
        }
    }
}

impl ServerOptions {
    /// Sets what absolute links start with.
    pub fn public_url(self, url: impl Into<String>) -> ServerOptions {
        ServerOptions { public_url: Some(url.into().trim_end_matches('/').to_owned()), ..self }
    }

    /// Accepts a token, and from then on no request without one.
    pub fn token(self, name: impl Into<String>, scopes: &[&str]) -> ServerOptions {
        let mut tokens = self.tokens.unwrap_or_default();
        tokens.push(Token {
            name: name.into(),
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        });
        ServerOptions { tokens: Some(tokens), ..self }
    }

    /// Sets how much is accepted.
    pub fn limits(self, limits: Limits) -> ServerOptions {
        ServerOptions { limits, ..self }
    }
}
