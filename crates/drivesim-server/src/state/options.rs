//! Defines the options of a server that do not belong to its simulator.

use std::fmt;

use axum::http::Uri;

use crate::http::host::{is_host, split_host};
use crate::limits::Limits;
use crate::state::start_error::StartError;
use crate::state::token::{Token, TokenError};
use crate::state::user::User;

/// How a server responds. By default it checks no tokens, and links follow the host that the client used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "options have no effect until a server is started with them"]
pub struct ServerOptions {
    /// The beginning of absolute links in responses, `https://host:port/path`. Without it, the scheme and host of the
    /// request, and the path that the router is nested at.
    pub public_url: Option<String>,
    /// The accepted tokens and what they allow. Without them every request is allowed everything.
    pub tokens: Option<Vec<Token>>,
    /// The users whose id, name and login differ. Others are shown by the text that drivesim knows them by.
    pub users: Vec<User>,
    /// The limits.
    pub limits: Limits,
    /// Which parts of a request are refused.
    pub strict: Strictness,
    /// Who may use the admin API.
    pub admin: Admin,
    /// Host names of the admin API, besides those of this machine and the address that is listened on.
    pub admin_hosts: Vec<String>,
    /// The seed of the secret in URLs of uploads, downloads and monitors. Without it the secret is random. These URLs
    /// have a secret only where tokens are checked.
    pub url_seed: Option<u64>,
}

/// Who may use the admin API, `/_drivesim/`.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admin {
    /// Everyone who reaches the server, except web pages of other origins.
    #[default]
    On,
    /// Nobody: it fails with 404, as if it did not exist.
    Off,
    /// Requests with this token, `Authorization: Bearer TOKEN`.
    Token(String),
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Admin::On => "On",
            Admin::Off => "Off",
            Admin::Token(_) => "Token(***)",
        })
    }
}

/// Which parts of a request are refused, beyond those that the service refuses (docs/strictness.md).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Strictness {
    /// Malformed values. Members and options without effect are accepted, and the journal of the admin API lists them
    /// as `ignored`.
    #[default]
    Formats,
    /// Malformed values, and members and options without effect.
    All,
}

impl ServerOptions {
    /// Sets the beginning of absolute links.
    pub fn public_url(self, url: impl Into<String>) -> ServerOptions {
        ServerOptions { public_url: Some(url.into().trim_end_matches('/').to_owned()), ..self }
    }

    /// Accepts a token with these scopes. From then on, requests without a token fail. See
    /// [`ServerOptions::with_token`] for a token with a kind, a user or an app.
    ///
    /// ```
    /// use drivesim_server::ServerOptions;
    ///
    /// assert!(ServerOptions::default().token("t", &["Files.ReadWrite"]).check().is_ok());
    /// let error = ServerOptions::default().token("t", &["Files.Readwrite"]).check().unwrap_err();
    /// assert!(error.to_string().ends_with("the nearest one is Files.ReadWrite"));
    /// ```
    pub fn token(self, name: impl Into<String>, scopes: &[&str]) -> ServerOptions {
        self.with_token(Token::new(name, scopes))
    }

    /// Accepts a token. From then on, requests without a token fail.
    ///
    /// ```
    /// use drivesim_server::{ServerOptions, Token, TokenKind};
    ///
    /// let nightly = Token::new("t", &["Files.ReadWrite.All"]).kind(TokenKind::Application).app("nightly");
    /// assert!(ServerOptions::default().with_token(nightly).check().is_ok());
    /// ```
    pub fn with_token(self, token: Token) -> ServerOptions {
        let mut tokens = self.tokens.unwrap_or_default();
        tokens.push(token);
        ServerOptions { tokens: Some(tokens), ..self }
    }

    /// Describes a user by an id, a name and a login.
    ///
    /// ```
    /// use drivesim_server::{ServerOptions, User};
    ///
    /// let ann = || User::new("7", "Ann Lee", "ann@example.com");
    /// assert!(ServerOptions::default().user(ann()).check().is_ok());
    /// assert!(ServerOptions::default().user(ann()).user(ann()).check().is_err());
    /// ```
    pub fn user(mut self, user: User) -> ServerOptions {
        self.users.push(user);
        self
    }

    /// Returns the described user with an id or login.
    pub(crate) fn user_of(&self, text: &str) -> Option<&User> {
        self.users.iter().find(|user| user.is(text))
    }

    /// Sets the limits.
    pub fn limits(self, limits: Limits) -> ServerOptions {
        ServerOptions { limits, ..self }
    }

    /// Sets which parts of a request are refused.
    ///
    /// ```
    /// use drivesim_server::{ServerOptions, Strictness};
    ///
    /// let options = ServerOptions::default().strict(Strictness::All);
    /// assert_eq!(options.strict, Strictness::All);
    /// ```
    pub fn strict(self, strict: Strictness) -> ServerOptions {
        ServerOptions { strict, ..self }
    }

    /// Sets who may use the admin API.
    ///
    /// ```
    /// use drivesim_server::{Admin, ServerOptions};
    ///
    /// let options = ServerOptions::default().admin(Admin::Token("secret".to_owned()));
    /// assert!(options.check().is_ok() && !format!("{options:?}").contains("secret"));
    /// assert!(ServerOptions::default().admin(Admin::Token(String::new())).check().is_err());
    /// ```
    pub fn admin(self, admin: Admin) -> ServerOptions {
        ServerOptions { admin, ..self }
    }

    /// Adds a host name of the admin API, without a port: that of a container, or of a proxy.
    ///
    /// ```
    /// use drivesim_server::ServerOptions;
    ///
    /// assert!(ServerOptions::default().admin_host("drives").admin_host("10.0.0.1").check().is_ok());
    /// let error = ServerOptions::default().admin_host("drives:8080").check().unwrap_err();
    /// assert!(error.to_string().ends_with("without a port"));
    /// ```
    pub fn admin_host(self, name: impl Into<String>) -> ServerOptions {
        let mut admin_hosts = self.admin_hosts;
        admin_hosts.push(name.into());
        ServerOptions { admin_hosts, ..self }
    }

    /// Sets the seed of the secret in URLs of uploads, downloads and monitors, so that two runs have the same URLs. The
    /// seed must be kept secret if the URLs are to be.
    ///
    /// ```
    /// use drivesim_server::ServerOptions;
    ///
    /// assert_eq!(ServerOptions::default().url_seed(7).url_seed, Some(7));
    /// ```
    pub fn url_seed(self, seed: u64) -> ServerOptions {
        ServerOptions { url_seed: Some(seed), ..self }
    }

    /// Checks the options. Starting a server does so too.
    ///
    /// ```
    /// # use drivesim_server::ServerOptions;
    /// assert!(ServerOptions::default().public_url("https://drives.test/sim").check().is_ok());
    /// assert!(ServerOptions::default().public_url("drives.test").check().is_err());
    /// ```
    ///
    /// # Errors
    /// [`StartError::PublicUrl`], [`StartError::Token`], [`StartError::User`], [`StartError::AdminToken`],
    /// [`StartError::AdminHost`], [`StartError::Limit`].
    pub fn check(&self) -> Result<(), StartError> {
        if let Some(url) = &self.public_url {
            let error = |why| StartError::PublicUrl { url: url.clone(), why };
            check_public_url(url).map_err(error)?;
        }
        check_tokens(self.tokens.as_deref().unwrap_or_default())?;
        check_users(&self.users)?;
        check_admin(&self.admin)?;
        for host in &self.admin_hosts {
            let error = |why| StartError::AdminHost { host: host.clone(), why };
            check_admin_host(host).map_err(error)?;
        }
        Ok(self.limits.check()?)
    }
}

fn check_admin(admin: &Admin) -> Result<(), StartError> {
    let Admin::Token(token) = admin else { return Ok(()) };
    let is_allowed = |byte: u8| byte.is_ascii_graphic();
    match token.is_empty() || !token.bytes().all(is_allowed) {
        true => Err(StartError::AdminToken { why: "it must consist of visible ASCII characters" }),
        false => Ok(()),
    }
}

fn check_admin_host(host: &str) -> Result<(), &'static str> {
    match split_host(host) {
        ("", None) => Err("it must not be empty"),
        _ if !is_host(host) => Err("it must be a name or an address, such as drives.test or [::1]"),
        (_, Some(_)) => Err("it must be without a port"),
        _ => Ok(()),
    }
}

fn check_tokens(tokens: &[Token]) -> Result<(), StartError> {
    for (at, token) in tokens.iter().enumerate() {
        let name = || token.name.clone();
        token.check().map_err(|why| StartError::Token { name: name(), why })?;
        if tokens[..at].iter().any(|other| other.name == token.name) {
            return Err(StartError::Token { name: name(), why: TokenError::GivenTwice { name: name() } });
        }
    }
    Ok(())
}

/// Fails if two users permit an id or login.
fn check_users(users: &[User]) -> Result<(), StartError> {
    for (at, user) in users.iter().enumerate() {
        let error = |why| StartError::User { id: user.id.clone(), why };
        user.check().map_err(error)?;
        if users[..at].iter().any(|other| other.is(&user.id) || other.is(&user.login)) {
            return Err(error("another user has this id or login"));
        }
    }
    Ok(())
}

/// Returns the defect of a public URL.
fn check_public_url(url: &str) -> Result<(), &'static str> {
    let (scheme, rest) = url.split_once("://").ok_or("it must begin with http:// or https://")?;
    if !["http", "https"].contains(&scheme) {
        return Err("it must begin with http:// or https://");
    }
    if rest.is_empty() || rest.starts_with(['/', ':', '?', '#']) {
        return Err("it must name a host");
    }
    // The rest of a link would become part of the query or the fragment.
    if rest.contains(['?', '#']) {
        return Err("it must have no query and no fragment");
    }
    let not_a_uri = "it is not a URI as in RFC 3986";
    // The parser of URIs accepts these.
    if url.contains(['"', '\\']) {
        return Err(not_a_uri);
    }
    let uri: Uri = url.parse().map_err(|_| not_a_uri)?;
    let host = uri.authority().ok_or("it must name a host")?;
    if host.as_str().contains('@') {
        return Err("it must not have a user or a password in front of the host");
    }
    // The colons of an address in brackets do not start a port.
    let after_host = host.as_str().rsplit(']').next().unwrap_or_default();
    match after_host.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_err() => Err("its port must be a number up to 65535"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_one_of_http_with_a_host_and_no_more_than_a_path() {
        for good in [
            "http://drives.test",
            "https://drives.test:8443/sim",
            "http://[::1]:80",
            "http://[::1]",
            "http://127.0.0.1:1/a%20b",
        ] {
            assert_eq!(check_public_url(good), Ok(()), "{good}");
        }
        let cases = [
            ("", "begin with"),
            ("drives.test", "begin with"),
            ("ftp://drives.test", "begin with"),
            ("http://", "a host"),
            ("http:///x", "a host"),
            ("http://:80", "a host"),
            ("http://x?y", "no query"),
            ("http://x/#y", "no fragment"),
            ("http://x y", "RFC 3986"),
            ("http://x/a b", "RFC 3986"),
            ("http://x/a\"b", "RFC 3986"),
            ("http://x/a\\b", "RFC 3986"),
            ("http://me:secret@x", "user"),
            ("http://x:99999", "port"),
            ("http://x:", "port"),
            ("http://[::1]:x", ""),
        ];
        for (bad, why) in cases {
            let error = check_public_url(bad).unwrap_err();
            assert!(error.contains(why), "{bad}: {error}");
        }
    }
}
