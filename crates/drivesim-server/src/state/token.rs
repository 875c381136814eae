//! Defines the tokens that a server accepts: their user, their kind, and what they allow.

use std::fmt;
use std::str::FromStr;

use crate::state::scopes;

/// The kind of account that a token is for: the rows of the tables of permissions (driveItem: copy, and its
/// neighbours).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// A user with a work or school account, through an app: `work`.
    Work,
    /// A user with a personal account, through an app: `personal`.
    Personal,
    /// An app without a signed-in user: `app`.
    Application,
}

impl TokenKind {
    /// All kinds.
    pub(crate) const ALL: [TokenKind; 3] = [TokenKind::Work, TokenKind::Personal, TokenKind::Application];

    fn word(self) -> &'static str {
        match self {
            TokenKind::Work => "work",
            TokenKind::Personal => "personal",
            TokenKind::Application => "app",
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for TokenKind {
    type Err = TokenError;

    /// Parses `work`, `personal` or `app`.
    fn from_str(text: &str) -> Result<TokenKind, TokenError> {
        let kind = TokenKind::ALL.into_iter().find(|kind| kind.word() == text);
        kind.ok_or_else(|| TokenError::UnknownKind { kind: text.to_owned() })
    }
}

/// A token and what it allows.
///
/// It is written as `NAME=PART,PART,…`, where a part is a scope, a kind (`work`, `personal`, `app`, or `kind=` before
/// one of them), `user=ID`, or `app=NAME`:
///
/// ```
/// use drivesim_server::{Token, TokenKind};
///
/// let nightly: Token = "t1=Files.ReadWrite.All,app".parse()?;
/// assert_eq!(nightly, Token::new("t1", &["Files.ReadWrite.All"]).kind(TokenKind::Application));
/// let ann: Token = "t2=Files.ReadWrite,offline_access,kind=work,user=ann,app=backup".parse()?;
/// assert_eq!((ann.user.as_deref(), ann.app.as_deref()), (Some("ann"), Some("backup")));
/// # Ok::<(), drivesim_server::TokenError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token {
    /// The text that clients send after `Bearer`.
    pub name: String,
    /// The permissions, such as `Files.ReadWrite.All` or `root_readwrite`. They may include real ones that allow
    /// nothing with a drive, such as `offline_access`.
    pub scopes: Vec<String>,
    /// The kind of account. Without a kind, it is that of a user with the account that the requested drive needs.
    pub kind: Option<TokenKind>,
    /// The user. `me` means the drive with `owner=user:ID`, and the user is the actor of all changes. Without a user,
    /// the user of the simulator counts.
    pub user: Option<String>,
    /// The app, which Graph shows with the changes made through it.
    pub app: Option<String>,
}

impl Token {
    /// Creates a token with scopes and no kind. A text may contain several scopes between blanks, and those of Graph
    /// may be URLs, such as `https://graph.microsoft.com/Files.Read`.
    ///
    /// ```
    /// use drivesim_server::Token;
    ///
    /// let token = Token::new("t", &["https://graph.microsoft.com/Files.Read offline_access"]);
    /// assert_eq!(token.scopes, ["Files.Read", "offline_access"]);
    /// ```
    pub fn new(name: impl Into<String>, scopes: &[&str]) -> Token {
        let words = scopes.iter().flat_map(|text| scopes::parse(text));
        let scopes = words.map(str::to_owned).collect();
        Token { name: name.into(), scopes, kind: None, user: None, app: None }
    }

    /// Sets the kind of account.
    ///
    /// ```
    /// use drivesim_server::{Token, TokenKind};
    ///
    /// let token = Token::new("t", &["Files.ReadWrite"]).kind(TokenKind::Personal);
    /// assert_eq!(token.kind, Some(TokenKind::Personal));
    /// ```
    #[must_use]
    pub fn kind(self, kind: TokenKind) -> Token {
        Token { kind: Some(kind), ..self }
    }

    /// Sets the user: the ID of `owner=user:ID`, or `me`.
    ///
    /// ```
    /// use drivesim_server::Token;
    ///
    /// assert_eq!(Token::new("t", &["Files.Read"]).user("ann").user.as_deref(), Some("ann"));
    /// ```
    #[must_use]
    pub fn user(self, user: impl Into<String>) -> Token {
        Token { user: Some(user.into()), ..self }
    }

    /// Sets the app.
    ///
    /// ```
    /// use drivesim_server::Token;
    ///
    /// assert_eq!(Token::new("t", &["Files.Read"]).app("backup").app.as_deref(), Some("backup"));
    /// ```
    #[must_use]
    pub fn app(self, app: impl Into<String>) -> Token {
        Token { app: Some(app.into()), ..self }
    }

    /// Checks that each scope is a real one, and that kind, user and app fit together. Starting a server does so too.
    ///
    /// ```
    /// use drivesim_server::{Token, TokenError};
    ///
    /// let error = Token::new("t", &["Files.Readwrite"]).check();
    /// let nearest = Some("Files.ReadWrite");
    /// assert_eq!(error, Err(TokenError::UnknownScope { scope: "Files.Readwrite".to_owned(), nearest }));
    /// ```
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn check(&self) -> Result<(), TokenError> {
        if self.name.is_empty() {
            return Err(TokenError::NoName);
        }
        if self.name.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
            return Err(TokenError::BlankInName { name: self.name.clone() });
        }
        self.scopes.iter().try_for_each(|scope| check_scope(scope))?;
        let mut scopes = self.scopes.iter().enumerate();
        if let Some((_, scope)) = scopes.find(|(at, scope)| self.scopes[..*at].contains(scope)) {
            return Err(TokenError::ScopeTwice { scope: scope.clone() });
        }
        for (what, value) in [("user", &self.user), ("app", &self.app)] {
            if value.as_ref().is_some_and(|value| value.trim().is_empty()) {
                return Err(TokenError::EmptyValue { what });
            }
        }
        match &self.user {
            Some(user) if self.kind == Some(TokenKind::Application) => {
                Err(TokenError::UserOfApplication { user: user.clone() })
            }
            Some(user) if OWNERS.iter().any(|prefix| user.starts_with(prefix)) => {
                Err(TokenError::NoUser { user: user.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Returns the scopes that allow something with drives at the service, but nothing here, such as `Sites.Selected`.
    ///
    /// ```
    /// use drivesim_server::Token;
    ///
    /// let token = Token::new("t", &["Files.Read", "Sites.Selected", "offline_access"]);
    /// assert_eq!(token.scopes_without_effect().collect::<Vec<_>>(), ["Sites.Selected"]);
    /// ```
    pub fn scopes_without_effect(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(String::as_str).filter(|scope| scopes::is_without_effect(scope))
    }

    /// Adds one part of the written form.
    fn with_part(self, part: &str) -> Result<Token, TokenError> {
        let twice = |what| TokenError::Twice { what };
        match part.split_once('=') {
            None if TokenKind::ALL.iter().any(|kind| kind.word() == part) => {
                self.with_part(&format!("kind={part}"))
            }
            None if part.is_empty() => Err(TokenError::EmptyPart),
            None if is_like_a_kind(part) => Err(TokenError::UnknownKind { kind: part.to_owned() }),
            None => {
                let Token { mut scopes, .. } = self;
                scopes.extend(scopes::parse(part).map(str::to_owned));
                Ok(Token { scopes, ..self })
            }
            Some(("kind", _)) if self.kind.is_some() => Err(twice("kind")),
            Some(("kind", kind)) => Ok(self.kind(kind.trim().parse()?)),
            Some(("user", _)) if self.user.is_some() => Err(twice("user")),
            Some(("user", user)) => Ok(self.user(user.trim())),
            Some(("app", _)) if self.app.is_some() => Err(twice("app")),
            Some(("app", app)) => Ok(self.app(app.trim())),
            Some(_) => Err(TokenError::UnknownPart { part: part.to_owned() }),
        }
    }
}

/// The prefixes of owners of drives, which users do not have.
const OWNERS: [&str; 3] = ["user:", "group:", "site:"];

/// Returns whether a text is a kind in other letters, or another name of a kind. None of these is a scope.
fn is_like_a_kind(part: &str) -> bool {
    let others = ["application", "delegated", "business", "school"];
    let mut kinds = TokenKind::ALL.into_iter().map(TokenKind::word).chain(others);
    kinds.any(|kind| kind.eq_ignore_ascii_case(part))
}

fn check_scope(scope: &str) -> Result<(), TokenError> {
    if scopes::is_known(scope) {
        return Ok(());
    }
    let scope = scope.to_owned();
    if scopes::strip_host(&scope) == scopes::DEFAULT_SCOPE || scope.ends_with("/.default") {
        return Err(TokenError::DefaultScope { scope });
    }
    if scopes::is_joined(&scope) {
        return Err(TokenError::JoinedScopes { scope });
    }
    let nearest = scopes::nearest(&scope);
    Err(TokenError::UnknownScope { scope, nearest })
}

impl FromStr for Token {
    type Err = TokenError;

    /// Parses `NAME=PART,PART,…` with at least one scope, and checks it as [`Token::check`] does.
    fn from_str(text: &str) -> Result<Token, TokenError> {
        let (name, parts) = text.split_once('=').ok_or(TokenError::NoName)?;
        let token = Token::new(name, &[]);
        let token = match parts.trim() {
            "" => token,
            parts => parts.split(',').map(str::trim).try_fold(token, Token::with_part)?,
        };
        token.check()?;
        if token.scopes.is_empty() { Err(TokenError::NoScope) } else { Ok(token) }
    }
}

/// The reason why a token is invalid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It has no name.
    #[error("expected NAME=SCOPES with commas between the scopes, as in t1=Files.ReadWrite,Sites.Read.All")]
    NoName,
    /// No client can send a name with a blank in it.
    #[error(
        "the name {name:?} of a token has a blank or a control character in it, which no client can send"
    )]
    BlankInName {
        /// The name.
        name: String,
    },
    /// The written form has no scope.
    #[error(
        "a token needs a scope, as in t1=Files.Read; one that allows nothing with a drive is t1=offline_access"
    )]
    NoScope,
    /// A scope is given twice.
    #[error("the scope {scope:?} of a token is given twice")]
    ScopeTwice {
        /// The scope.
        scope: String,
    },
    /// There is nothing between two commas of the written form.
    #[error("a part of a token is empty: there is a comma with nothing before or behind it")]
    EmptyPart,
    /// A scope belongs neither to Microsoft Graph nor to Box.
    #[error("{scope:?} is not a scope of Microsoft Graph or Box{}", or_nearest(*.nearest))]
    UnknownScope {
        /// The scope.
        scope: String,
        /// The nearest scope, if one is similar.
        nearest: Option<&'static str>,
    },
    /// Several scopes are separated by something other than blanks or commas.
    #[error("{scope:?} is not a scope of Microsoft Graph or Box; several are separated by blanks or commas")]
    JoinedScopes {
        /// The text.
        scope: String,
    },
    /// `.default` is not a scope but means those that an app was given.
    #[error("{scope:?} means the scopes that an app was given; name those, such as Files.ReadWrite.All")]
    DefaultScope {
        /// The text.
        scope: String,
    },
    /// The kind does not exist.
    #[error("unknown kind {kind:?} of a token; it must be work, personal or app")]
    UnknownKind {
        /// The kind.
        kind: String,
    },
    /// A part of the written form has an unknown key.
    #[error(
        "{part:?} is not a part of a token: expected a scope, work, personal, app, kind=KIND, user=ID or app=NAME"
    )]
    UnknownPart {
        /// The part.
        part: String,
    },
    /// A part of the written form is given twice.
    #[error("a token may have only one {what}, two are given")]
    Twice {
        /// `kind`, `user` or `app`.
        what: &'static str,
    },
    /// A user or an app has no name.
    #[error("the {what} of a token has no name")]
    EmptyValue {
        /// `user` or `app`.
        what: &'static str,
    },
    /// The token of an application cannot have a user.
    #[error("the token of an application cannot have a user, {user:?} is given")]
    UserOfApplication {
        /// The user.
        user: String,
    },
    /// The user is the owner of a drive in the written form of owners.
    #[error(
        "a token needs a user, {user:?} is the owner of a drive; for the owner user:ann give the user ann"
    )]
    NoUser {
        /// The user.
        user: String,
    },
    /// Two tokens of a server have the same name.
    #[error("the name {name:?} is given twice; the names of tokens must differ")]
    GivenTwice {
        /// The name.
        name: String,
    },
}

fn or_nearest(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |scope| format!("; the nearest one is {scope}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_parsed_from_its_parts_in_any_order() {
        let token = |text: &str| text.parse::<Token>();
        let files = || Token::new("t", &["Files.Read"]);
        assert_eq!(
            token("t=Files.Read, Sites.Read.All"),
            Ok(Token::new("t", &["Files.Read", "Sites.Read.All"]))
        );
        assert_eq!(
            token("t=Files.Read Sites.Read.All"),
            Ok(Token::new("t", &["Files.Read", "Sites.Read.All"]))
        );
        assert_eq!(token("t=https://graph.microsoft.com/Files.Read"), Ok(files()));
        // Without the written form, a token may allow nothing.
        assert_eq!(Token::new("t", &[]).check(), Ok(()));
        for (parts, kind) in [
            ("work,Files.Read", TokenKind::Work),
            ("Files.Read,kind=work", TokenKind::Work),
            ("Files.Read,personal", TokenKind::Personal),
            ("Files.Read,app", TokenKind::Application),
            ("kind = app,Files.Read", TokenKind::Application),
        ] {
            let parts = parts.replace("kind = ", "kind=");
            assert_eq!(token(&format!("t={parts}")), Ok(files().kind(kind)), "{parts}");
        }
        let whole = files().kind(TokenKind::Work).user("ann@contoso.com").app("the backup");
        assert_eq!(token("t=app=the backup,user=ann@contoso.com,Files.Read,work"), Ok(whole));
    }

    #[test]
    fn an_invalid_token_fails_with_a_reason() {
        for (text, why) in [
            ("t", "NAME=SCOPES"),
            ("", "NAME=SCOPES"),
            ("=Files.Read", "NAME=SCOPES"),
            ("t=Files.Readwrite.All", "the nearest one is Files.ReadWrite.All"),
            ("t=files.read", "the nearest one is Files.Read"),
            ("t=Files.Read Files.Readwrite", "\"Files.Readwrite\" is not a scope"),
            ("t=https://graph.microsoft.com/Files.Readwrite", "the nearest one is Files.ReadWrite"),
            ("t=https://x.sharepoint.com/AllSites.Read", "is not a scope of Microsoft Graph"),
            ("t=https://graph.microsoft.com/.default", "means the scopes"),
            ("t=.default", "means the scopes"),
            ("t=root_readwirte", "the nearest one is root_readwrite"),
            ("t=everything", "\"everything\" is not a scope of Microsoft Graph or Box"),
            ("t=onedrive.readwrite", "the nearest one is Files.ReadWrite"),
            (
                "t=https://graph.microsoft.com/root_readwrite",
                "\"https://graph.microsoft.com/root_readwrite\" is not a scope of Microsoft Graph or Box; the nearest one is \
                 root_readwrite",
            ),
            ("t=https://graph.microsoft.com//Files.Read", "the nearest one is Files.Read"),
            ("t=https://graph.microsoft.com/Files.Read/", "the nearest one is Files.Read"),
            ("t=", "a token needs a scope"),
            ("t= ", "a token needs a scope"),
            ("t=work", "a token needs a scope"),
            ("t=user=ann", "a token needs a scope"),
            ("t=Files.Read,,work", "a part of a token is empty"),
            ("t=Files.Read,", "a part of a token is empty"),
            ("t=,Files.Read", "a part of a token is empty"),
            ("t=,", "a part of a token is empty"),
            ("t=Files.Read,Files.Read", "the scope \"Files.Read\" of a token is given twice"),
            ("t=Files.Read https://graph.microsoft.com/Files.Read", "given twice"),
            ("t=root_readwrite,Files.Read,root_readwrite", "\"root_readwrite\" of a token is given twice"),
            ("a b=Files.Read", "the name \"a b\" of a token has a blank"),
            (" a=Files.Read", "has a blank"),
            ("a\n=Files.Read", "has a blank"),
            ("t=Files.ReadWrite+Files.Read", "several are separated by blanks or commas"),
            ("t=Files.Read|Files.Write", "several are separated by blanks or commas"),
            (
                "t=Files.Read,application",
                "unknown kind \"application\" of a token; it must be work, personal or app",
            ),
            (
                "t=Files.Read,delegated",
                "unknown kind \"delegated\" of a token; it must be work, personal or app",
            ),
            ("t=Files.Read,WORK", "unknown kind \"WORK\" of a token; it must be work, personal or app"),
            ("t=Files.Read,kind=Work", "unknown kind \"Work\" of a token; it must be work, personal or app"),
            ("t=kind=boss", "unknown kind \"boss\""),
            ("t=kind=", "unknown kind \"\""),
            ("t=scope=Files.Read", "not a part of a token"),
            ("t=app,work", "only one kind"),
            ("t=user=a,user=b", "only one user"),
            ("t=app=a,app=b", "only one app"),
            ("t=user=", "the user of a token has no name"),
            ("t=app=", "the app of a token has no name"),
            ("t=app,user=ann", "cannot have a user"),
            ("t=user=user:ann", "give the user ann"),
        ] {
            let error = text.parse::<Token>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn scopes_without_effect_are_accepted() {
        let scopes =
            ["offline_access", "openid", "profile", "email", "User.Read", "Mail.Read", "Sites.Selected"];
        assert_eq!(Token::new("t", &scopes).check(), Ok(()));
        assert_eq!(Token::new("t", &["manage_webhook", "item_download", "base_explorer"]).check(), Ok(()));
    }
}
