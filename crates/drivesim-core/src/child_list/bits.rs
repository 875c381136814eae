//! Provides a bit set with counts, whose groups clones share.

use crate::traffic::make_mut_counted;
use std::sync::Arc;

/// How many bits a group has.
const GROUP: u32 = 32 * 1024;
/// How many bits a block of a group has. The set bits of each block are counted.
const BLOCK: u32 = 1024;
const WORDS: usize = (BLOCK / u64::BITS) as usize;
const BLOCKS: usize = (GROUP / BLOCK) as usize;

/// A number of bits, all clear at first.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    /// Each with the number of its set bits.
    groups: Vec<(u32, Arc<Group>)>,
    n_set: u32,
}

#[derive(Clone, Debug)]
struct Group {
    n_set: [u16; BLOCKS],
    words: [[u64; WORDS]; BLOCKS],
}

/// Returns the group, the block, the word and the mask of a bit.
fn place(at: u32) -> (usize, usize, usize, u64) {
    let word = (at % BLOCK / u64::BITS) as usize;
    ((at / GROUP) as usize, (at % GROUP / BLOCK) as usize, word, 1 << (at % u64::BITS))
}

impl Bits {
    pub(super) fn new(len: u32) -> Bits {
        let clear = Arc::new(Group { n_set: [0; BLOCKS], words: [[0; WORDS]; BLOCKS] });
        Bits { groups: vec![(0, clear); len.div_ceil(GROUP) as usize], n_set: 0 }
    }

    /// Returns how many bits are set.
    pub(super) fn n_set(&self) -> u32 {
        self.n_set
    }

    pub(super) fn get(&self, at: u32) -> bool {
        let (group, block, word, bit) = place(at);
        self.groups.get(group).is_some_and(|(_, group)| group.words[block][word] & bit != 0)
    }

    pub(super) fn set(&mut self, at: u32, value: bool) {
        let (group, block, word, bit) = place(at);
        if self.get(at) == value {
            return;
        }
        let Some((n_set, group)) = self.groups.get_mut(group) else { return };
        let group = make_mut_counted(group, size_of_val);
        group.words[block][word] ^= bit;
        let counts = (&mut group.n_set[block], n_set, &mut self.n_set);
        if value {
            (*counts.0, *counts.1, *counts.2) = (*counts.0 + 1, *counts.1 + 1, *counts.2 + 1);
        } else {
            (*counts.0, *counts.1, *counts.2) = (*counts.0 - 1, *counts.1 - 1, *counts.2 - 1);
        }
    }

    /// Returns the position of set bit number `rank`, counted from 0.
    pub(super) fn select(&self, rank: u32) -> Option<u32> {
        let mut left = rank;
        let mut passes = |n_set: u32| {
            let is_passed = left >= n_set;
            left -= if is_passed { n_set } else { 0 };
            is_passed
        };
        let group_idx = self.groups.iter().position(|(n_set, _)| !passes(*n_set))?;
        let (_, group) = self.groups.get(group_idx)?;
        let block = group.n_set.iter().position(|&n_set| !passes(n_set.into()))?;
        let word_idx = group.words[block].iter().position(|word| !passes(word.count_ones()))?;
        let mut word = group.words[block][word_idx];
        // Clears the lowest set bit once for each bit to skip.
        (0..left).for_each(|_| word &= word - 1);
        let block = group_idx as u32 * GROUP + block as u32 * BLOCK;
        Some(block + word_idx as u32 * u64::BITS + word.trailing_zeros())
    }

    /// Returns the position of the first set bit from `from` on.
    pub(super) fn next(&self, from: u32) -> Option<u32> {
        let (group_idx, block_idx, word_idx, bit) = place(from);
        let mut block_from = block_idx;
        for (number, (n_set, group)) in self.groups.iter().enumerate().skip(group_idx) {
            if *n_set == 0 {
                block_from = 0;
                continue;
            }
            for (block, words) in group.words.iter().enumerate().skip(block_from) {
                if group.n_set[block] == 0 {
                    continue;
                }
                let is_first = number == group_idx && block == block_idx;
                let word_from = if is_first { word_idx } else { 0 };
                for (word, &bits) in words.iter().enumerate().skip(word_from) {
                    let bits = if is_first && word == word_idx { bits & !(bit - 1) } else { bits };
                    if bits != 0 {
                        let block = number as u32 * GROUP + block as u32 * BLOCK;
                        return Some(block + word as u32 * u64::BITS + bits.trailing_zeros());
                    }
                }
            }
            block_from = 0;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_behave_like_a_set(
            changes in prop::collection::vec((0u32..100_000, any::<bool>()), 0..200),
            from in 0u32..100_000,
        ) {
            let (mut bits, mut model) = (Bits::new(100_000), BTreeSet::new());
            let empty = bits.clone();
            for (at, value) in changes {
                bits.set(at, value);
                if value { model.insert(at) } else { model.remove(&at) };
                prop_assert_eq!(bits.get(at), value);
            }
            prop_assert_eq!(bits.n_set(), model.len() as u32);
            for (rank, &at) in model.iter().enumerate() {
                prop_assert_eq!(bits.select(rank as u32), Some(at));
                prop_assert_eq!(bits.next(at), Some(at));
                prop_assert_eq!(bits.next(at + 1), model.range(at + 1..).next().copied());
            }
            prop_assert_eq!(bits.select(bits.n_set()), None);
            prop_assert_eq!(bits.next(from), model.range(from..).next().copied());
            prop_assert_eq!((empty.n_set(), empty.select(0), empty.next(0)), (0, None, None));
        }
    }

    #[test]
    fn every_bit_can_be_set() {
        let mut bits = Bits::new(GROUP + 1);
        (0..=GROUP).for_each(|at| bits.set(at, true));
        bits.set(GROUP, true);
        assert_eq!(bits.n_set(), GROUP + 1);
        for rank in 0..=GROUP {
            assert_eq!((bits.select(rank), bits.next(rank)), (Some(rank), Some(rank)));
        }
        assert_eq!((bits.select(GROUP + 1), bits.next(GROUP + 1)), (None, None));
    }
}
