//! Maps the folders of a page to the lists of their children.

use crate::child_list::List;
use crate::cow::PAGE;

const WORDS: usize = PAGE / u64::BITS as usize;

/// The lists of those folders of a page whose nodes do not describe their children.
///
/// A bit for each position is set if there is a list: most folders have none, and the bit answers without a search.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    has: [u64; WORDS],
    /// In the order of the positions.
    lists: Vec<List>,
}

fn bit(at: usize) -> (usize, u64) {
    (at / u64::BITS as usize, 1 << (at % u64::BITS as usize))
}

impl Lists {
    pub(crate) fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    /// Returns how many bytes a copy takes. What the lists share is not included.
    pub(crate) fn n_bytes(&self) -> usize {
        size_of::<Lists>() + self.lists.len() * size_of::<List>()
    }

    #[inline]
    pub(crate) fn has(&self, at: usize) -> bool {
        let (word, bit) = bit(at);
        self.has[word] & bit != 0
    }

    /// Returns how many positions before `at` have a list.
    fn rank(&self, at: usize) -> usize {
        let (word, bit) = bit(at);
        let words = self.has[..word].iter().map(|word| word.count_ones());
        (words.sum::<u32>() + (self.has[word] & (bit - 1)).count_ones()) as usize
    }

    /// Returns the list of the folder at position `at` of the page.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&List> {
        if self.has(at) { self.lists.get(self.rank(at)) } else { None }
    }

    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut List> {
        if !self.has(at) {
            return None;
        }
        let rank = self.rank(at);
        self.lists.get_mut(rank)
    }

    /// Sets or removes the list of the folder at position `at`; returns the old one.
    pub(crate) fn set(&mut self, at: usize, list: Option<List>) -> Option<List> {
        let (rank, (word, bit)) = (self.rank(at), bit(at));
        match (self.has(at), list) {
            (true, Some(list)) => Some(std::mem::replace(&mut self.lists[rank], list)),
            (true, None) => {
                self.has[word] &= !bit;
                Some(self.lists.remove(rank))
            }
            (false, Some(list)) => {
                self.lists.insert(rank, list);
                self.has[word] |= bit;
                None
            }
            (false, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::child_list::order::{Order, SlotRange};

    #[test]
    fn lists_behave_like_a_map() {
        let (mut lists, mut model) = (Lists::default(), BTreeMap::new());
        let list = |number| List::new(Order::Row(SlotRange::new(number, 1)));
        for number in 0..2000u32 {
            let at = (number * number + 7 * number) as usize % PAGE;
            let (had, had_number) = match number % 3 {
                0 => (lists.set(at, None), model.remove(&at)),
                _ => (lists.set(at, Some(list(number))), model.insert(at, number)),
            };
            assert_eq!(had.and_then(|list| list.order.get(0)), had_number);
            assert_eq!(lists.is_empty(), model.is_empty());
            for at in 0..PAGE {
                let found = lists.get(at).map(|list| list.order.get(0));
                assert_eq!(found, model.get(&at).map(|&number| Some(number)), "{at}");
                assert_eq!(lists.get_mut(at).map(|list| list.order.get(0)), found, "{at}");
            }
        }
    }
}
