//! Searches the items below a folder by name.

use crate::drive::Drive;
use crate::error::Error;
use crate::item::{Item, ItemId};
use crate::name_table::NameId;
use crate::tree::Walk;

/// The cached result for a name: names repeat, so each is compared once.
#[derive(Clone, Copy, PartialEq)]
enum Match {
    Unknown,
    Matches,
    Differs,
}

impl Drive {
    /// Finds the items below a folder whose names contain `text`, ignoring case. A folder comes before its children,
    /// and the items of a folder are in canonical order. The first `skip` are skipped, at most `limit` are returned.
    ///
    /// It visits every item below the folder up to the last one returned.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn search(&self, folder: ItemId, text: &str, skip: usize, limit: usize) -> Result<Vec<Item>, Error> {
        let found = self.found(self.require_folder(folder)?, text);
        Ok(found.skip(skip).take(limit).map(|slot| self.item_at_slot(slot)).collect())
    }

    /// Calls `each` with each item that [`Drive::search`] finds, so that they need not be stored.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NotAFolder`].
    pub fn search_each(&self, folder: ItemId, text: &str, mut each: impl FnMut(Item)) -> Result<(), Error> {
        self.found(self.require_folder(folder)?, text).for_each(|slot| each(self.item_at_slot(slot)));
        Ok(())
    }

    fn found(&self, folder: u32, text: &str) -> impl Iterator<Item = u32> {
        let names = &self.tree.names;
        let folded_text = names.name(text).folded().to_owned();
        let mut seen = vec![Match::Unknown; names.len() as usize];
        let mut matches = move |name: NameId| {
            let matches = || names.text(names.folded(name)).contains(&*folded_text);
            let Some(seen) = seen.get_mut(name as usize) else { return false };
            if *seen == Match::Unknown {
                *seen = if matches() { Match::Matches } else { Match::Differs };
            }
            *seen == Match::Matches
        };
        Walk::below(self.tree.nodes(), folder).map(|(slot, _)| slot).filter(move |&slot| {
            let node = self.tree.node(slot);
            !node.is_hidden() && matches(node.name) && self.may_read(slot)
        })
    }
}
