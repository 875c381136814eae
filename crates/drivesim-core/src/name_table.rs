//! Stores the texts of names: each distinct name once, known by a handle.

use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::cow::Table;
use crate::cow_map::CowMap;
use crate::name::{Case, Name, NameEquality};
use crate::traffic::{count_made, count_parted, is_shared, make_mut_counted};

/// The handle of a name in its drive's table.
pub(crate) type NameId = u32;

/// The handle of the empty name, which is that of the root.
pub(crate) const NO_NAME: NameId = 0;

/// How many bytes of text a block holds; a longer name has its own block.
const BLOCK: usize = 64 * 1024;
/// The number of parts of the index: adding a name after a clone copies one of them.
const PARTS: usize = 256;

#[derive(Clone, Debug)]
struct NameEntry {
    block: u32,
    offset: u32,
    len: u32,
    /// The handle of the folded form; the name's own handle if folding changes nothing.
    fold: NameId,
}

/// The handles of names by the hashes of their texts, in parts; empty in a clone that is only read by handle.
type Index = Arc<Vec<Arc<HashTable<NameId>>>>;

/// The names of one drive. A clone shares all text; a copy reads its source's names from a clone.
#[derive(Clone, Debug)]
pub(crate) struct NameTable {
    entries: Table<NameEntry>,
    blocks: Arc<Vec<Arc<String>>>,
    /// Finds the handle of a text. Hashing is fixed, so the same calls create the same table.
    index: Index,
    hasher: FixedState,
    equality: NameEquality,
    /// The handles of canonical forms by those of folded texts, where they differ: hardly any name has a character that
    /// the service takes for another.
    collated: CowMap<NameId, NameId>,
    n_text_bytes: usize,
    n_unused_bytes: usize,
    /// The length in bytes of the longest name so far. No name has more UTF-16 units than bytes.
    longest: usize,
}

impl NameTable {
    pub(crate) fn new(equality: NameEquality) -> NameTable {
        NameTable {
            entries: Table::default(),
            blocks: Arc::default(),
            index: Arc::new(vec![Arc::default(); PARTS]),
            hasher: FixedState::with_seed(0),
            equality,
            collated: CowMap::default(),
            n_text_bytes: 0,
            n_unused_bytes: 0,
            longest: 0,
        }
    }

    /// Returns a clone for reading by handle. It cannot find a text, so it does not share the index, and adding a name
    /// meanwhile does not copy the index.
    pub(crate) fn without_index(&self) -> NameTable {
        NameTable { index: Arc::default(), ..self.clone() }
    }

    /// Returns which names are the same in this drive.
    pub(crate) fn equality(&self) -> NameEquality {
        self.equality
    }

    /// Returns a name of this drive, whether the table has it or not.
    pub(crate) fn name<'a>(&self, text: &'a str) -> Name<'a> {
        Name::new(text.into(), self.equality)
    }

    /// Returns an upper bound of the UTF-16 units of any name.
    pub(crate) fn max_units(&self) -> usize {
        self.longest
    }

    /// Returns the text of a name; empty for an unknown handle.
    pub(crate) fn text(&self, name: NameId) -> &str {
        self.entries.get(name).map_or("", |entry| text_of(&self.blocks, entry))
    }

    /// Returns the text of a name as bytes; UTF-8 keeps the order of the characters.
    fn bytes(&self, name: NameId) -> &[u8] {
        self.text(name).as_bytes()
    }

    /// Returns the handle of the folded form of a name.
    pub(crate) fn folded(&self, name: NameId) -> NameId {
        self.entries.get(name).map_or(name, |entry| entry.fold)
    }

    /// Returns the handle of the canonical form of a name, by which a child is found.
    pub(crate) fn canonical(&self, name: NameId) -> NameId {
        match self.equality.case {
            Case::Sensitive => name,
            Case::Folded => self.collated_form(self.folded(name)),
        }
    }

    fn collated_form(&self, folded: NameId) -> NameId {
        if self.collated.is_empty() { folded } else { self.collated.get(&folded).copied().unwrap_or(folded) }
    }

    /// Returns whether two names of the table may be the same although their folded texts differ.
    pub(crate) fn is_collated(&self) -> bool {
        !self.collated.is_empty()
    }

    /// Returns the handle of the canonical form of a name, if a child may have that form and another folded text.
    pub(crate) fn find_spellings(&self, name: &Name<'_>) -> Option<NameId> {
        let may_differ = name.collated().is_some() || self.is_collated() && name.has_spellings();
        if may_differ { self.find_canonical(name) } else { None }
    }

    /// Returns the folded text of a name and its text.
    pub(crate) fn forms(&self, name: NameId) -> (&str, &str) {
        let Some(entry) = self.entries.get(name) else { return ("", "") };
        let text = text_of(&self.blocks, entry);
        if entry.fold == name { (text, text) } else { (self.text(entry.fold), text) }
    }

    /// Reads the texts of names ahead, so that they are in the processor's cache when they are read one by one.
    pub(crate) fn prefetch(&self, names: impl Iterator<Item = NameId> + Clone) {
        let offsets = names.clone().map(|name| self.entries.get(name).map_or(0, |entry| entry.offset));
        std::hint::black_box(offsets.fold(0, u32::wrapping_add));
        let firsts = names.map(|name| self.bytes(name).first().copied().unwrap_or_default());
        std::hint::black_box(firsts.fold(0, u8::wrapping_add));
    }

    /// Returns the handle of `text` if the table has it.
    pub(crate) fn find(&self, text: &str) -> Option<NameId> {
        let hash = self.hash(text.as_bytes());
        let part = self.index.get(part_of(hash))?;
        part.find(hash, |&id| self.bytes(id) == text.as_bytes()).copied()
    }

    /// Returns the handle of the canonical form of a name, if the table has it.
    pub(crate) fn find_canonical(&self, name: &Name<'_>) -> Option<NameId> {
        self.find(name.canonical())
    }

    /// Returns the handle of a name, adding it and its folded form if they are new; `None` if the table is full.
    pub(crate) fn intern(&mut self, name: &Name<'_>) -> Option<NameId> {
        self.find(name.as_str()).or_else(|| self.add_new(name))
    }

    /// Works like [`NameTable::intern`], and folds the text only if the table does not have it.
    pub(crate) fn intern_text(&mut self, text: &str) -> Option<NameId> {
        self.find(text).or_else(|| self.add_new(&self.name(text)))
    }

    /// Adds a name that the table does not have.
    fn add_new(&mut self, name: &Name<'_>) -> Option<NameId> {
        let (text, folded) = (name.as_str(), name.folded());
        let fold_id = if text == folded { None } else { Some(self.find_or_add(folded)?) };
        let id = self.add(text, fold_id)?;
        if let Some(collated) = name.collated() {
            let canonical = self.find_or_add(collated)?;
            self.collated.insert(fold_id.unwrap_or(id), canonical);
        }
        Some(id)
    }

    /// Returns the handle of a text that folding does not change.
    fn find_or_add(&mut self, folded: &str) -> Option<NameId> {
        self.find(folded).or_else(|| self.add(folded, None))
    }

    /// Orders two names canonically: by folded text, then by the text itself.
    pub(crate) fn compare(&self, a: NameId, b: NameId) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        let (fold_a, fold_b) = (self.folded(a), self.folded(b));
        if fold_a != fold_b {
            return self.bytes(fold_a).cmp(self.bytes(fold_b));
        }
        self.bytes(a).cmp(self.bytes(b))
    }

    /// Returns a function that compares other names with this one, which is looked up once.
    pub(crate) fn order_against(&self, name: NameId) -> impl Fn(NameId) -> Ordering + Copy + '_ {
        let fold = self.folded(name);
        let (text, fold_text) = (self.bytes(name), self.bytes(fold));
        move |other| {
            let Some(entry) = self.entries.get(other).filter(|_| other != name) else {
                return Ordering::Equal;
            };
            if entry.fold == fold {
                return bytes_of(&self.blocks, entry).cmp(text);
            }
            let folded =
                if entry.fold == other { bytes_of(&self.blocks, entry) } else { self.bytes(entry.fold) };
            folded.cmp(fold_text)
        }
    }

    /// Compares name `a` with one that need not be in the table. They compare equal if they are the same.
    pub(crate) fn compare_name(&self, a: NameId, name: &Name<'_>) -> Ordering {
        let by_fold = self.bytes(self.folded(a)).cmp(name.folded().as_bytes());
        match name.case() {
            Case::Folded => by_fold,
            Case::Sensitive => by_fold.then_with(|| self.bytes(a).cmp(name.as_str().as_bytes())),
        }
    }

    /// Returns whether enough was added that a sweep may pay off.
    pub(crate) fn is_sweep_due(&self) -> bool {
        self.entries.is_sweep_due()
    }

    /// Returns one more than the largest handle.
    pub(crate) fn len(&self) -> u32 {
        self.entries.len()
    }

    /// Drops the names whose handles are not in `used`; packs the texts if half of their bytes are unused.
    pub(crate) fn sweep(&mut self, mut used: Vec<bool>, n_items: usize) {
        for id in 0..used.len() {
            if used[id] {
                let folded = self.folded(id as NameId);
                for form in [folded, self.collated_form(folded)] {
                    if let Some(used) = used.get_mut(form as usize) {
                        *used = true;
                    }
                }
            }
        }
        self.collated.retain(|&folded, _| used.get(folded as usize).copied().unwrap_or(false));
        let NameTable { entries, blocks, n_unused_bytes, .. } = self;
        entries.sweep(&used, n_items, |_, entry| *n_unused_bytes += entry.len as usize);
        if self.n_unused_bytes * 2 >= self.n_text_bytes {
            self.pack();
        } else {
            debug_assert!(blocks_hold(blocks, self.n_text_bytes));
        }
        self.rebuild_index();
    }

    /// Rewrites the used texts, so that the memory of unused ones is freed. Handles do not change.
    fn pack(&mut self) {
        let old = std::mem::take(&mut self.blocks);
        if is_shared(&old) {
            count_parted(self.n_text_bytes);
        }
        (self.n_text_bytes, self.n_unused_bytes) = (0, 0);
        for id in 0..self.entries.len() {
            let Some(entry) = self.entries.get(id) else { continue };
            let (block, offset) = self.store(text_of(&old, entry));
            if let Some(entry) = self.entries.get_mut(id) {
                (entry.block, entry.offset) = (block, offset);
            }
        }
    }

    fn rebuild_index(&mut self) {
        let n_names = self.entries.n_used() as usize;
        let mut index: Vec<_> = (0..PARTS).map(|_| HashTable::with_capacity(n_names / PARTS)).collect();
        for id in 0..self.entries.len() {
            if self.entries.get(id).is_some() {
                let hash = self.hash(self.bytes(id));
                if let Some(part) = index.get_mut(part_of(hash)) {
                    part.insert_unique(hash, id, |&other| self.hash(self.bytes(other)));
                }
            }
        }
        if is_shared(&self.index) {
            count_parted(self.index.iter().map(|part| part.capacity() * 5).sum());
        }
        self.index = Arc::new(index.into_iter().map(Arc::new).collect());
    }

    fn hash(&self, text: &[u8]) -> u64 {
        self.hasher.hash_one(text)
    }

    /// Adds a text that is not in the table. `fold` is its folded form; `None` if folding changes nothing.
    fn add(&mut self, text: &str, fold: Option<NameId>) -> Option<NameId> {
        let len = u32::try_from(text.len()).ok()?;
        self.longest = self.longest.max(text.len());
        let (block, offset) = self.store(text);
        let id = self.entries.add(NameEntry { block, offset, len, fold: 0 })?;
        self.entries.get_mut(id)?.fold = fold.unwrap_or(id);
        let hash = self.hash(text.as_bytes());
        let NameTable { index, entries, blocks, hasher, .. } = self;
        if let Some(part) =
            make_mut_counted(index, |parts| parts.len() * size_of::<usize>()).get_mut(part_of(hash))
        {
            make_mut_counted(part, |part| part.capacity() * 5).insert_unique(hash, id, |&other| {
                hasher.hash_one(entries.get(other).map_or(&[][..], |entry| bytes_of(blocks, entry)))
            });
        }
        Some(id)
    }

    /// Appends a text to the last block, or to a new one, and returns its position.
    fn store(&mut self, text: &str) -> (u32, u32) {
        self.n_text_bytes += text.len();
        count_made(text.len());
        let blocks = make_mut_counted(&mut self.blocks, |blocks| blocks.len() * size_of::<usize>());
        let fits = blocks.last().is_some_and(|block| block.len() + text.len() <= BLOCK);
        if !fits {
            blocks.push(Arc::new(String::with_capacity(text.len().max(BLOCK.min(text.len() * 16)))));
        }
        let block_idx = blocks.len() - 1;
        let block = make_mut_counted(&mut blocks[block_idx], |block| block.capacity());
        let offset = block.len();
        block.push_str(text);
        (block_idx as u32, offset as u32)
    }
}

/// Returns the part of the index for a hash. Tables use the lowest and the highest bits, so this uses those between.
fn part_of(hash: u64) -> usize {
    (hash >> 32) as usize % PARTS
}

fn text_of<'a>(blocks: &'a [Arc<String>], entry: &NameEntry) -> &'a str {
    let start = entry.offset as usize;
    let text =
        blocks.get(entry.block as usize).and_then(|block| block.get(start..start + entry.len as usize));
    // Blocks hold only whole names, so the text always exists.
    text.unwrap_or_default()
}

/// Returns the text of a name as bytes.
fn bytes_of<'a>(blocks: &'a [Arc<String>], entry: &NameEntry) -> &'a [u8] {
    text_of(blocks, entry).as_bytes()
}

fn blocks_hold(blocks: &[Arc<String>], n_bytes: usize) -> bool {
    blocks.iter().map(|block| block.len()).sum::<usize>() == n_bytes
}
