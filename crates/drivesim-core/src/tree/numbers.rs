//! Tracks which numbers of a name are taken in a folder, so that the lowest free one is found without trying each.
//!
//! The numbers of a name are collected when a number is first requested, by one walk of the folder. Linking and
//! unlinking update them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::item::ItemKind;
use crate::name::{Suffix, split_extension};
use crate::traffic::make_mut_counted;

/// A name to which numbers are added.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NumberedName {
    /// The canonical name: folded where case does not matter.
    pub(crate) canonical: String,
    pub(crate) kind: ItemKind,
    pub(crate) suffix: Suffix,
}

impl NumberedName {
    /// Returns the number with which this name becomes `name`, a canonical name, if there is one.
    pub(crate) fn number_in(&self, name: &str) -> Option<u64> {
        let (stem, extension) = split(&self.canonical, self.kind);
        let rest = name.strip_prefix(stem)?.strip_suffix(extension)?;
        let digits = match self.suffix {
            Suffix::Spaced => rest.strip_prefix(' ')?,
            Suffix::Joined => rest,
        };
        number(digits)
    }

    /// Returns all pairs of a name and a number that result in `name`, a canonical name.
    fn all_in(name: &str) -> impl Iterator<Item = (NumberedName, u64)> + '_ {
        let found = [ItemKind::File, ItemKind::Folder].into_iter().flat_map(move |kind| {
            let (stem, extension) = split(name, kind);
            let n_digits = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
            // Without a separator, digits may belong to the name or to the number.
            (stem.len() - n_digits..stem.len()).flat_map(move |at| {
                let (before, digits) = stem.split_at(at);
                let spaced = before.strip_suffix(' ').map(|before| (before, Suffix::Spaced));
                let of = [Some((before, Suffix::Joined)), spaced].into_iter().flatten();
                let number = number(digits);
                of.filter_map(move |(before, suffix)| {
                    Some((NumberedName { canonical: format!("{before}{extension}"), kind, suffix }, number?))
                })
            })
        });
        // A name with dots may be split differently without its number.
        found.filter(|(numbered, number)| numbered.number_in(name) == Some(*number))
    }
}

/// Returns the parts of a name before and after its number.
fn split(name: &str, kind: ItemKind) -> (&str, &str) {
    match kind {
        ItemKind::File => split_extension(name),
        ItemKind::Folder => (name, ""),
    }
}

/// Parses a number without leading zeros.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

/// The taken numbers as ranges: the first number of each range maps to the one after its last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TakenNumbers(BTreeMap<u64, u64>);

impl TakenNumbers {
    /// Returns the lowest number from `from` on that is not taken.
    pub(crate) fn free_from(&self, from: u64) -> u64 {
        match self.0.range(..=from).next_back() {
            Some((_, &end)) if end > from => end,
            _ => from,
        }
    }

    fn take(&mut self, number: u64) {
        if self.free_from(number) != number || number == u64::MAX {
            return;
        }
        let end = self.0.remove(&(number + 1)).unwrap_or(number + 1);
        match self.0.range_mut(..number).next_back() {
            Some((_, before)) if *before == number => *before = end,
            _ => drop(self.0.insert(number, end)),
        }
    }

    fn release(&mut self, number: u64) {
        let Some((&first, &end)) = self.0.range(..=number).next_back().filter(|&(_, &end)| end > number)
        else {
            return;
        };
        self.0.remove(&first);
        if first < number {
            self.0.insert(first, number);
        }
        if number + 1 < end {
            self.0.insert(number + 1, end);
        }
    }
}

impl FromIterator<u64> for TakenNumbers {
    fn from_iter<I: IntoIterator<Item = u64>>(numbers: I) -> TakenNumbers {
        let mut numbers: Vec<u64> = numbers.into_iter().collect();
        numbers.sort_unstable();
        // Each range is added when it ends.
        let mut spans = Vec::new();
        for number in numbers {
            match spans.last_mut() {
                Some((_, end)) if *end == number => *end = number.saturating_add(1),
                _ => spans.push((number, number.saturating_add(1))),
            }
        }
        TakenNumbers(spans.into_iter().collect())
    }
}

/// The maximum number of tracked names of a folder that are tried one by one. With more, the names that a name may
/// consist of are looked up.
const FEW: usize = 16;

type OfFolder = HashMap<NumberedName, Arc<TakenNumbers>, FixedState>;

/// The tracked numbers in the folders of a drive, by slot.
#[derive(Clone, Debug, Default)]
pub(crate) struct FolderNumbers(Arc<HashMap<u32, Arc<OfFolder>, FixedState>>);

impl FolderNumbers {
    pub(crate) fn tracks(&self, folder: u32) -> bool {
        self.0.contains_key(&folder)
    }

    pub(crate) fn get(&self, folder: u32, numbered: &NumberedName) -> Option<&TakenNumbers> {
        self.0.get(&folder)?.get(numbered).map(|taken| &**taken)
    }

    /// Starts to track which numbers of a name are taken in a folder.
    pub(crate) fn track(&mut self, folder: u32, numbered: NumberedName, taken: TakenNumbers) {
        let of_folder =
            make_mut_counted(&mut self.0, |folders| folders.len() * 24).entry(folder).or_default();
        make_mut_counted(of_folder, |known| known.len() * 96).insert(numbered, Arc::new(taken));
    }

    /// Records that a name in a folder is taken or free from now on.
    pub(crate) fn update(&mut self, folder: u32, name: &str, is_taken: bool) {
        let Some(of_folder) = self.0.get(&folder) else { return };
        let known: Vec<_> = if of_folder.len() <= FEW {
            let of_each = of_folder.keys().map(|numbered| Some((numbered, numbered.number_in(name)?)));
            of_each.flatten().map(|(numbered, number)| (numbered.clone(), number)).collect()
        } else {
            NumberedName::all_in(name).filter(|(numbered, _)| of_folder.contains_key(numbered)).collect()
        };
        for (numbered, number) in known {
            let of_folder =
                make_mut_counted(&mut self.0, |folders| folders.len() * 24).entry(folder).or_default();
            if let Some(taken) = make_mut_counted(of_folder, |known| known.len() * 96).get_mut(&numbered) {
                let taken = make_mut_counted(taken, |taken| taken.0.len() * 24);
                if is_taken { taken.take(number) } else { taken.release(number) }
            }
        }
    }

    /// Stops tracking a removed folder.
    pub(crate) fn untrack(&mut self, folder: u32) {
        if self.tracks(folder) {
            make_mut_counted(&mut self.0, |folders| folders.len() * 24).remove(&folder);
        }
    }

    /// Returns all tracked numbers, by folder.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, &NumberedName, &TakenNumbers)> {
        let folders = self.0.iter();
        folders.flat_map(|(&folder, known)| known.iter().map(move |(name, taken)| (folder, name, &**taken)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::name::NameRules;

    proptest! {
        #[test]
        fn taken_numbers_behave_like_a_set(
            first in prop::collection::btree_set(1u64..60, 0..40),
            operations in prop::collection::vec((any::<bool>(), 1u64..60), 0..80),
        ) {
            let mut taken: TakenNumbers = first.iter().copied().collect();
            let mut model: BTreeSet<u64> = first;
            for (take, number) in operations {
                if take {
                    taken.take(number);
                    model.insert(number);
                } else {
                    taken.release(number);
                    model.remove(&number);
                }
                prop_assert_eq!(&taken, &model.iter().copied().collect());
            }
            for from in 1..62 {
                let free = (from..).find(|number| !model.contains(number));
                prop_assert_eq!(Some(taken.free_from(from)), free);
            }
        }

        #[test]
        fn a_numbered_name_splits_into_name_and_number(
            name in "[a.0-9 ]{1,6}",
            folder in any::<bool>(),
            joined in any::<bool>(),
            number in prop_oneof![1u64..30, any::<u64>()],
        ) {
            prop_assume!(number > 0);
            let kind = if folder { ItemKind::Folder } else { ItemKind::File };
            let suffix = if joined { Suffix::Joined } else { Suffix::Spaced };
            let rules = NameRules::PLAIN;
            let full = rules.with_number(&rules.name(&name), kind, number, suffix).to_string();
            let numbered = NumberedName { canonical: name, kind, suffix };
            prop_assert_eq!(numbered.number_in(&full), Some(number));
            prop_assert!(NumberedName::all_in(&full).any(|found| found == (numbered.clone(), number)), "{}", full);
            for (numbered, number) in NumberedName::all_in(&full) {
                prop_assert_eq!(numbered.number_in(&full), Some(number), "{:?} in {}", numbered, full);
            }
        }
    }

    #[test]
    fn only_digits_without_leading_zeros_are_a_number() {
        for (text, expected) in [("1", Some(1)), ("120", Some(120)), ("", None), ("0", None), ("01", None)] {
            assert_eq!(number(text), expected, "{text}");
        }
        for text in ["+1", "-1", "1a", " 1", "99999999999999999999", "\u{663}"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn tracked_names_are_updated_for_any_number_of_names() {
        for n_known in [FEW, FEW + 1, 3 * FEW] {
            let mut numbers = FolderNumbers::default();
            let known = |at: usize| NumberedName {
                canonical: if at == 0 { "a.txt".to_owned() } else { format!("a {at}.txt") },
                kind: ItemKind::File,
                suffix: if at % 2 == 0 { Suffix::Spaced } else { Suffix::Joined },
            };
            (0..n_known).for_each(|at| numbers.track(1, known(at), TakenNumbers::default()));
            let names = [
                "a 1.txt",
                "a 10 1.txt",
                "a 12.txt",
                "a 2 7.txt",
                "a 12",
                "b 1.txt",
                "a 01.txt",
                "a 123.txt",
            ];
            for (taken, names) in [(true, &names[..]), (false, &names[2..5])] {
                names.iter().for_each(|name| numbers.update(1, name, taken));
            }
            for at in 0..n_known {
                let left = names.iter().enumerate().filter(|(name, _)| !(2..5).contains(name));
                let expected: TakenNumbers = left.filter_map(|(_, name)| known(at).number_in(name)).collect();
                assert_eq!(numbers.get(1, &known(at)), Some(&expected), "{n_known} {at}");
            }
        }
    }
}
