//! Describes users by an id, a name and a login.

use std::str::FromStr;

/// A user whose id, name and login differ. Services show all three; drives, items and tokens name the user by the id or
/// the login.
///
/// ```
/// use drivesim_server::{ServerOptions, User};
///
/// let aaron = User::new("11446498", "Aaron Levie", "ceo@example.com");
/// assert_eq!("11446498=Aaron Levie <ceo@example.com>".parse(), Ok(aaron.clone()));
/// assert!(ServerOptions::default().user(aaron).check().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// The id at the service. At Box it is a decimal number, which is derived from any other text.
    pub id: String,
    /// The name that is shown.
    pub name: String,
    /// The mail address.
    pub login: String,
}

impl User {
    /// Describes a user.
    pub fn new(id: impl Into<String>, name: impl Into<String>, login: impl Into<String>) -> User {
        User { id: id.into(), name: name.into(), login: login.into() }
    }

    /// Returns whether a text is the user's id or login.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.id == text || self.login == text
    }

    /// Returns the rule that a user breaks.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let texts = [&self.id, &self.name, &self.login];
        match texts.iter().any(|text| text.is_empty() || text.contains(char::is_control)) {
            true => Err("id, name and login must not be empty and have no control characters"),
            false => Ok(()),
        }
    }
}

impl FromStr for User {
    type Err = String;

    /// Parses `ID=NAME <LOGIN>`.
    fn from_str(text: &str) -> Result<User, String> {
        let expected = || "expected ID=NAME <LOGIN>, as in 11446498=Aaron Levie <ceo@example.com>".to_owned();
        let (id, rest) = text.split_once('=').ok_or_else(expected)?;
        let (name, login) = rest.rsplit_once('<').ok_or_else(expected)?;
        let login = login.trim_end().strip_suffix('>').ok_or_else(expected)?;
        let user = User::new(id.trim(), name.trim(), login.trim());
        user.check().map(|()| user).map_err(|_| expected())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_an_id_a_name_and_a_login() {
        let user: User = " 7 = Ann < Lee <ann@x.test> ".parse().unwrap();
        assert_eq!(user, User::new("7", "Ann < Lee", "ann@x.test"));
        assert!(user.is("7") && user.is("ann@x.test") && !user.is("Ann < Lee"));
        for bad in ["", "7", "7=Ann", "=Ann <a@x>", "7= <a@x>", "7=Ann <>", "7=Ann <a@x", "7=A\tnn <a@x>"] {
            assert!(bad.parse::<User>().unwrap_err().starts_with("expected ID=NAME <LOGIN>"), "{bad:?}");
        }
    }
}
