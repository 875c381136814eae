//! The only place that searches for names.

use crate::drive::Drive;
use crate::error::Error;
use crate::intern::NameId;
use crate::item::{Item, ItemId};
use crate::name::fold;
use crate::tree::Walk;

/// Whether a name was looked at, and whether it matches: names repeat, so each is looked at once.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Not,
    Matches,
    Differs,
}

impl Drive {
    /// Finds what is below a folder and has `text` in its name, whatever the case: the folder before what is in it,
    /// the items of a folder in canonical order. The first `skip` are passed over, at most `limit` are returned.
    ///
    /// It looks at every item below the folder up to the last one returned.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn search(&self, folder: ItemId, text: &str, skip: usize, limit: usize) -> Result<Vec<Item>, Error> {
        let found = self.found(self.require_folder(folder)?, text);
        Ok(found.skip(skip).take(limit).map(|slot| self.show(slot)).collect())
    }

    /// Hands on each item that [`Drive::search`] finds, so that not all need be kept.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn search_each(&self, folder: ItemId, text: &str, mut each: impl FnMut(Item)) -> Result<(), Error> {
        self.found(self.require_folder(folder)?, text).for_each(|slot| each(self.show(slot)));
        Ok(())
    }

    fn found(&self, folder: u32, text: &str) -> impl Iterator<Item = u32> {
        let wanted = fold(text).into_owned();
        let names = &self.tree.names;
        let mut seen = vec![Seen::Not; names.len() as usize];
        let mut matches = move |name: NameId| {
            let matches = || names.text(names.folded(name)).contains(&*wanted);
            let Some(seen) = seen.get_mut(name as usize) else { return false };
            if *seen == Seen::Not {
                *seen = if matches() { Seen::Matches } else { Seen::Differs };
            }
            *seen == Seen::Matches
        };
        Walk::below(self.tree.nodes(), folder).map(|(slot, _)| slot).filter(move |&slot| {
            let node = self.tree.node(slot);
            !node.is_hidden() && matches(node.name) && self.may_read(slot)
        })
    }
}
