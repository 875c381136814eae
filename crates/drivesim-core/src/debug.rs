//! Implements `Debug`: errors print as their messages, large values print in a few words.

use std::fmt;

use crate::copy::{Attached, Opened, Planned, Staged, Ticket};
use crate::drive::{Changes, Drive, Page, ParseChangeTokenError, Reclaimed};
use crate::error::Error;
use crate::fixture::FixtureError;
use crate::item::ParseItemIdError;
use crate::name::NameFault;
use crate::options::OptionError;
use crate::outline::OutlineError;
use crate::path::PathFault;
use crate::wire_id::{WireIdError, WireIds};

/// Prints errors as their messages: `unwrap` and `assert_eq` show `Debug` texts.
macro_rules! print_messages {
    ($($error:ty),* $(,)?) => {
        $(
            impl fmt::Debug for $error {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }
        )*
    };
}

print_messages!(
    Error,
    NameFault,
    OptionError,
    OutlineError,
    ParseChangeTokenError,
    ParseItemIdError,
    PathFault,
    FixtureError,
    WireIdError,
);

/// The maximum number of entries of a list that are printed.
const FEW: usize = 10;

/// Prints the first entries of a list and how many there are.
struct Few<'a, T>(&'a [T]);

impl<T: fmt::Debug> fmt::Debug for Few<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_more = self.0.len().saturating_sub(FEW);
        let mut list = f.debug_list();
        list.entries(self.0.iter().take(FEW));
        if n_more > 0 {
            list.entry(&format_args!("and {n_more} more"));
        }
        list.finish()
    }
}

impl fmt::Debug for Drive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Drive {{ profile: {}, {} items }}", self.profile.name(), self.tree.arena.n_used())
    }
}

impl fmt::Debug for WireIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (form, drive, n_items) = (self.form(), self.drive(), self.n_items());
        write!(f, "WireIds {{ form: {form:?}, drive: {drive:?}, {n_items} items }}")
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Page { items, next_after } = self;
        f.debug_struct("Page").field("items", &Few(items)).field("next_after", next_after).finish()
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Changes { changes, token, more } = self;
        let mut output = f.debug_struct("Changes");
        output.field("changes", &Few(changes)).field("token", token).field("more", more).finish()
    }
}

impl fmt::Debug for Reclaimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Freed {{ more: {} }}", self.more)
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened {{ {} top items, {} refused }}", self.roots.len(), self.refused.len())
    }
}

impl fmt::Debug for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Planned {{ {} items }}", self.n_items())
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket {{ {} items, {} bytes }}", self.n_items, self.n_bytes)
    }
}

impl fmt::Debug for Staged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Staged {{ {} items }}", self.n_items)
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Attached { item, path, refused, n_items, attached, n_tasks } = self;
        let mut output = f.debug_struct("Attached");
        output
            .field("item", item)
            .field("path", path)
            .field("refused", &Few(refused))
            .field("n_items", n_items);
        output.field("filling", attached).field("n_tasks", n_tasks).finish()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::conflict::Conflict;
    use crate::content::Content;
    use crate::copy::{CopySpec, open};
    use crate::drive::ChangeToken;
    use crate::profile::Profile;

    /// Checks both forms of a `Debug` text.
    fn check(value: &impl fmt::Debug, expected: &str) {
        assert_eq!(format!("{value:?}"), expected);
        assert_eq!(format!("{value:#?}"), expected);
    }

    #[test]
    fn a_large_drive_and_its_copies_print_briefly() {
        let now = Timestamp::UNIX_EPOCH;
        let mut drive = Drive::new(Profile::PLAIN, now);
        let folder = drive.create_folder(drive.root(), "folder", Conflict::Fail, now).unwrap();
        for number in 0..5000 {
            drive.create_file(folder, &number.to_string(), Content::empty(), Conflict::Fail, now).unwrap();
        }
        check(&drive, "Drive { profile: plain, 5002 items }");
        let page = drive.children_after(folder, None, usize::MAX).unwrap();
        assert!(format!("{page:#?}").len() < 10_000);
        let changes = drive.changes(None, usize::MAX).unwrap();
        assert!(format!("{changes:#?}").len() < 10_000);

        let spec = CopySpec::new(folder, drive.root()).named("copy").gradual();
        let opened = open(&drive, &drive, &spec).unwrap();
        check(&opened, "Opened { 1 top items, 0 refused }");
        let planned = opened.plan().unwrap();
        check(&planned, "Planned { 5001 items }");
        let ticket = drive.reserve(&planned, now).unwrap();
        check(&ticket, "Ticket { 5001 items, 0 bytes }");
        let staged = planned.build(ticket, usize::MAX);
        check(&staged, "Staged { 5001 items }");
        let attached = drive.attach(staged).unwrap();
        assert!(format!("{attached:#?}").len() < 1000);
        check(&attached.attached, "Filling { 0 of 5001 items }");
        drive.delete_permanently(folder).unwrap();
        check(&drive.reclaim_some(), "Freed { more: false }");
    }

    #[test]
    fn errors_print_as_their_messages() {
        check(&ParseItemIdError, "an item id is 16 hexadecimal digits");
        check(&NameFault::Empty, "a name must not be empty");
        check(
            &"x".parse::<ChangeToken>().unwrap_err(),
            "a change token is two or three hexadecimal numbers separated by hyphens",
        );
        check(&Error::ResyncRequired, "the changes since then are not known any more: read everything again");
        check(
            &crate::outline::parse("a/b").unwrap_err(),
            &crate::outline::parse("a/b").unwrap_err().to_string(),
        );
        let unknown = Profile::BOX.clone().set_option("x", "y").unwrap_err();
        check(&unknown, &unknown.to_string());
    }

    #[test]
    fn a_long_list_prints_its_start_and_the_number_of_other_entries() {
        assert_eq!(format!("{:?}", Few(&[1, 2])), "[1, 2]");
        let numbers: Vec<usize> = (0..1000).collect();
        assert_eq!(format!("{:?}", Few(&numbers)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 990 more]");
    }
}
