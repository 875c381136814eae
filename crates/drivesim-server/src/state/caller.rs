//! Finds the user and the application that send a request to a Microsoft drive, and writes both into one name.

use std::borrow::Cow;
use std::sync::Arc;

use drivesim::Sim;

use crate::state::token::{Token, TokenKind};

/// The prefix of an actor's name that is an application.
const APPLICATION: &str = "app:";
/// The text between a user and the application that acts for them.
const THROUGH: &str = " via app:";
/// The application of a token that names none.
const SOME_APPLICATION: &str = "app";

/// The sender of a request, from its token. The default is a request without a checked token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) kind: Option<TokenKind>,
    /// The user, if the token names one.
    pub(crate) user: Option<Arc<str>>,
    /// The actor's name in the simulator. Without one, the name of the simulator's handle counts.
    actor: Option<Arc<str>>,
}

impl Caller {
    /// Returns the user and the application of a token. `me` is the user of the handle of the simulator.
    pub(crate) fn of(token: &Token, me: &str) -> Caller {
        let user = token.user.as_deref();
        let actor = match (token.kind, &token.app) {
            (Some(TokenKind::Application), app) => {
                Some([APPLICATION, app.as_deref().unwrap_or(SOME_APPLICATION)].concat())
            }
            (_, Some(app)) => Some([user.unwrap_or(me), THROUGH, app].concat()),
            (_, None) => user.map(str::to_owned),
        };
        Caller { kind: token.kind, user: user.map(Arc::from), actor: actor.map(Arc::from) }
    }

    /// Returns a handle of the simulator that acts as the caller.
    pub(crate) fn acting_on<'a>(&self, sim: &'a Sim) -> Cow<'a, Sim> {
        match &self.actor {
            Some(actor) => Cow::Owned(sim.acting_as(actor)),
            None => Cow::Borrowed(sim),
        }
    }
}

/// The user and the application in the name of an actor: `ann`, `app:backup`, or `ann via app:backup`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ActorParts<'a> {
    pub(crate) user: Option<&'a str>,
    pub(crate) application: Option<&'a str>,
}

impl<'a> ActorParts<'a> {
    pub(crate) fn parse(name: &'a str) -> ActorParts<'a> {
        if let Some(application) = name.strip_prefix(APPLICATION) {
            return ActorParts { user: None, application: Some(application) };
        }
        match name.split_once(THROUGH) {
            Some((user, application)) => ActorParts { user: Some(user), application: Some(application) },
            None => ActorParts { user: Some(name), application: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_actor_contains_user_and_application_of_the_token() {
        let token = || Token::new("t", &[]);
        let app = || token().kind(TokenKind::Application);
        for (token, name, user, application) in [
            (token(), None, None, None),
            (token().user("ann"), Some("ann"), Some("ann"), None),
            (token().app("backup"), Some("me via app:backup"), Some("me"), Some("backup")),
            (token().user("ann").app("backup"), Some("ann via app:backup"), Some("ann"), Some("backup")),
            (app(), Some("app:app"), None, Some("app")),
            (app().app("backup"), Some("app:backup"), None, Some("backup")),
        ] {
            let caller = Caller::of(&token, "me");
            assert_eq!(caller.actor.as_deref(), name, "{token:?}");
            if let Some(name) = name {
                assert_eq!(ActorParts::parse(name), ActorParts { user, application }, "{name}");
            }
        }
    }
}
