//! Holds the state of the source as it was when the copy started.

use jiff::Timestamp;

use crate::arena::{Node, Nodes};
use crate::content::Content;
use crate::copy::{CopySpec, Scope};
use crate::cow::Table;
use crate::drive::Drive;
use crate::error::Error;
use crate::history::{History, PastTotals, Versions};
use crate::listing_order::ListingOrder;
use crate::members::Members;
use crate::metadata::{Metadata, Users};
use crate::name::NameRules;
use crate::name_table::NameTable;
use crate::profile::{CopiedMembers, CopyKeeps};
use crate::tree::Pin;

/// The state of the source when the copy started.
#[derive(Debug)]
pub(crate) struct SourceView {
    pub(crate) nodes: Nodes,
    /// The order in which the source lists folders.
    pub(crate) listing_order: ListingOrder,
    /// The tables that a copy across drives needs, as handles mean something else in the target.
    pub(crate) cross_drive: Option<CrossDrive>,
    /// The metadata of the source, if the copy keeps something of it.
    pub(crate) kept_metadata: Option<KeptMetadata>,
    /// The histories, if the copy includes them.
    pub(crate) histories: Option<Histories>,
    /// The past version to copy, if one is requested.
    pub(crate) old_version: Option<OldVersion>,
    _pin: Pin,
}

/// The metadata that a copy keeps of its source.
#[derive(Debug)]
pub(crate) struct KeptMetadata {
    pub(crate) keeps: CopyKeeps,
    members: CopiedMembers,
    metadata: Table<Metadata>,
}

/// A past version of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OldVersion {
    content: u32,
    size: u64,
    /// When it was written.
    pub(crate) modified_at: Timestamp,
}

/// The histories of the source, and how many versions of each may be copied.
#[derive(Debug)]
pub(crate) struct Histories {
    table: Table<History>,
    max_versions: Option<u32>,
}

#[derive(Debug)]
pub(crate) struct CrossDrive {
    pub(crate) names: NameTable,
    pub(crate) contents: Table<Content>,
    pub(crate) users: Users,
    /// The rules of the target, if they differ from those of the source.
    pub(crate) rules: Option<NameRules>,
}

impl SourceView {
    pub(crate) fn new(
        source: &Drive,
        target: &Drive,
        spec: &CopySpec,
        old: Option<OldVersion>,
    ) -> SourceView {
        let crosses = !std::ptr::eq(source, target);
        SourceView {
            nodes: source.tree.nodes().clone(),
            listing_order: source.tree.listing_order,
            cross_drive: crosses.then(|| CrossDrive::of(source, target)),
            kept_metadata: KeptMetadata::of(source, target),
            histories: Histories::of(source, target, spec),
            old_version: old,
            _pin: source.tree.pin(),
        }
    }

    /// Returns the content of an item in the copy.
    pub(crate) fn content_of(&self, node: &Node) -> u32 {
        self.old_version.map_or_else(|| node.content(), |old| old.content)
    }

    /// Returns the size of an item in the copy.
    pub(crate) fn size_of(&self, node: &Node) -> u64 {
        self.old_version.map_or(node.size, |old| old.size)
    }
}

impl KeptMetadata {
    fn of(source: &Drive, target: &Drive) -> Option<KeptMetadata> {
        let (keeps, members) = (target.profile.copy_keeps, target.profile.copy_keeps_members);
        let keeps_any = keeps.content_times || keeps.description || !members.is_empty();
        let metadata = keeps_any.then(|| source.tree.metadata.clone())?;
        Some(KeptMetadata { keeps, members, metadata })
    }

    /// Returns the metadata with this handle.
    pub(crate) fn metadata(&self, handle: u32) -> Option<&Metadata> {
        self.metadata.get(handle)
    }

    /// Returns whether the copy of an item with this metadata keeps something of it.
    pub(crate) fn keeps_any(&self, handle: u32, is_folder: bool) -> bool {
        let has_kept_text = |metadata: &Metadata| {
            self.keeps.description && metadata.description.is_some()
                || !self.members.is_empty() && !metadata.members.is_empty()
        };
        self.keeps.content_times && !is_folder || self.metadata(handle).is_some_and(has_kept_text)
    }

    /// Returns the members that a copy keeps of an item with this metadata.
    pub(crate) fn members_of(&self, metadata: &Metadata) -> Members {
        if metadata.members.is_empty() {
            return Members::NONE;
        }
        metadata.members.copied(&self.members.names().collect::<Vec<_>>())
    }
}

impl OldVersion {
    /// Finds the version that a copy requests; `None` if it is the current one or no single one is requested.
    ///
    /// # Errors
    /// [`Error::NotAFile`], [`Error::NoVersion`].
    pub(crate) fn requested(source: &Drive, spec: &CopySpec, top: u32) -> Result<Option<OldVersion>, Error> {
        let Versions::Number(number) = spec.versions else { return Ok(None) };
        if source.tree.node(top).is_folder() || spec.scope == Scope::ChildrenOnly {
            return Err(Error::NotAFile { item: source.tree.path(top) });
        }
        if number == source.version_of(top) {
            return Ok(None);
        }
        let past = source.past_version(top, number)?;
        Ok(Some(OldVersion { content: past.content, size: past.size, modified_at: past.modified_at }))
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }
}

impl Histories {
    pub(crate) fn of(source: &Drive, target: &Drive, spec: &CopySpec) -> Option<Histories> {
        let table = (spec.versions == Versions::All).then(|| source.tree.histories.clone())?;
        Some(Histories { table, max_versions: target.profile.max_versions })
    }

    /// Returns whether a file was written more than once. Of one that was not, the copy keeps nothing, whether it has a
    /// history or not: it is written when it is copied.
    pub(crate) fn has_past_versions(&self, handle: u32) -> bool {
        self.table.get(handle).is_some_and(|history| history.current > 1)
    }

    /// Returns the history of the copy of a file. All versions are copied and then counted against the limit of the
    /// target (Graph page on copying).
    pub(crate) fn copied_history(&self, handle: u32) -> Option<History> {
        self.table.get(handle).map(|history| history.copied(self.max_versions))
    }

    /// Returns the past versions of a copied file and their bytes.
    pub(crate) fn past_sum(&self, node: &Node) -> PastTotals {
        let copied = node.history().and_then(|handle| self.copied_history(handle));
        copied.map_or(PastTotals::default(), |history| history.totals())
    }
}

impl CrossDrive {
    fn of(source: &Drive, target: &Drive) -> CrossDrive {
        let rules = &target.profile.names;
        CrossDrive {
            names: source.tree.names.without_index(),
            contents: source.tree.contents.clone(),
            users: source.tree.users.clone(),
            rules: (*rules != source.profile.names).then(|| rules.clone()),
        }
    }
}
