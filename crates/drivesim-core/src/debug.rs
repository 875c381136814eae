//! Prints for Rust's `Debug`: errors as their messages, and what grows with a drive in a few words.

use std::fmt;

use crate::copy::{Attached, Opened, Planned, Staged, Ticket};
use crate::drive::{Changes, Drive, Freed, Page, ParseChangeTokenError};
use crate::error::Error;
use crate::item::ParseItemIdError;
use crate::name::NameFault;
use crate::options::OptionError;
use crate::outline::OutlineError;
use crate::path::PathFault;
use crate::seed::SeedError;

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
    SeedError,
);

/// How many entries of a list are printed.
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
        write!(f, "Drive {{ profile: {}, {} items }}", self.profile.name, self.tree.arena.n_used())
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
        let mut shown = f.debug_struct("Changes");
        shown.field("changes", &Few(changes)).field("token", token).field("more", more).finish()
    }
}

impl fmt::Debug for Freed {
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
        let Attached { item, path, refused, n_items, filling, n_tasks } = self;
        let mut shown = f.debug_struct("Attached");
        shown.field("item", item).field("path", path).field("refused", &Few(refused)).field("n_items", n_items);
        shown.field("filling", filling).field("n_tasks", n_tasks).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_prints_its_beginning_and_how_much_is_left_out() {
        assert_eq!(format!("{:?}", Few(&[1, 2])), "[1, 2]");
        let numbers: Vec<usize> = (0..1000).collect();
        assert_eq!(format!("{:?}", Few(&numbers)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 990 more]");
    }
}
