//! The only place that shows files, folders and users as Box does.

use std::borrow::Cow;

use data_encoding::HEXLOWER;
use drivesim::{BinItem, Item, ItemId, Timestamp};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::box_api::fields::{FILE, FOLDER, Fields};
use crate::box_api::ids;
use crate::box_api::items::{self, Order};
use crate::box_api::place::Place;
use crate::box_api::users::User;
use crate::call::Call;
use crate::hashes::{self, Which};
use crate::instant::Instant;

/// How many entries a folder is shown with.
const N_ENTRIES: usize = 100;
/// What an item that nobody restricted may be done with (all *assumed*).
const FILE_PERMISSIONS: [&str; 12] = [
    "can_download",
    "can_preview",
    "can_upload",
    "can_comment",
    "can_rename",
    "can_delete",
    "can_share",
    "can_set_share_access",
    "can_invite_collaborator",
    "can_annotate",
    "can_view_annotations_all",
    "can_view_annotations_self",
];
const FOLDER_PERMISSIONS: [&str; 7] = [
    "can_download",
    "can_upload",
    "can_rename",
    "can_delete",
    "can_share",
    "can_invite_collaborator",
    "can_set_share_access",
];
const ROLES: [&str; 7] =
    ["editor", "viewer", "previewer", "uploader", "previewer uploader", "viewer uploader", "co-owner"];

/// What everything here is shown with.
#[derive(Clone, Copy)]
pub(crate) struct Shower<'a> {
    pub(crate) app: &'a App,
    pub(crate) call: &'a Call,
    pub(crate) place: &'a Place,
}

/// An item to be shown: which members, and whether it is in the trash.
pub(crate) struct Shown<'a> {
    shower: Shower<'a>,
    item: Cow<'a, Item>,
    binned: Option<&'a BinItem>,
    members: Cow<'static, [&'static str]>,
}

impl<'a> Shower<'a> {
    /// Shows an item.
    pub(crate) fn item(self, item: &'a Item, fields: &Fields) -> Shown<'a> {
        self.show(Cow::Borrowed(item), None, fields)
    }

    /// Shows an item of the trash.
    pub(crate) fn binned(self, binned: &'a BinItem, fields: &Fields) -> Shown<'a> {
        self.show(Cow::Borrowed(&binned.item), Some(binned), fields)
    }

    /// Shows an item in its short form.
    fn mini(self, item: Item) -> Shown<'a> {
        self.show(Cow::Owned(item), None, &Fields::Mini)
    }

    fn show(self, item: Cow<'a, Item>, binned: Option<&'a BinItem>, fields: &Fields) -> Shown<'a> {
        let kind = if item.is_folder() { &FOLDER } else { &FILE };
        let members = fields.members(kind, self.place.wire.fields_base);
        Shown { shower: self, item, binned, members }
    }

    /// Returns what has a name in a folder.
    pub(crate) fn named(&self, folder: ItemId, name: &str) -> Option<Item> {
        let path = self.app.sim.path(self.place.at(folder)).ok()?;
        let path = format!("{}/{name}", path.trim_end_matches('/'));
        self.app.sim.item(self.place.at(path)).ok()
    }

    /// Shows what has a name in a folder, in short form.
    pub(crate) fn holder(self, folder: ItemId, name: &str) -> Option<Value> {
        // All keys are texts, so that nothing can fail.
        serde_json::to_value(self.mini(self.named(folder, name)?)).ok()
    }

    /// Tells a time in whole seconds, with the offset of the account's time zone.
    pub(crate) fn time(&self, time: Timestamp) -> Instant {
        Instant::with_offset(time, self.place.wire.offset_minutes)
    }

    /// Returns the hash of what a file holds.
    fn sha1(&self, file: &Item) -> Option<String> {
        let at = || self.place.at(file.id);
        let content = self.app.sim.content(at()).or_else(|_| self.app.sim.bin_content(at())).ok()?;
        let hashes = hashes::of_one_of_many(self.app, self.call, &content, Which::Box)?;
        hashes.sha1.map(|hash| HEXLOWER.encode(&hash))
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // Made once for the two members that tell it.
        let has_hash = self.members.contains(&"sha1") || self.members.contains(&"file_version");
        let sha1 = (has_hash && !self.item.is_folder()).then(|| self.shower.sha1(&self.item)).flatten();
        for &member in &*self.members {
            if !self.put_own(&mut map, member)? && !self.put_about(&mut map, member)? {
                match self.item.is_folder() {
                    true => self.put_of_folder(&mut map, member)?,
                    false => self.put_of_file(&mut map, member, sha1.as_deref())?,
                }
            }
        }
        map.end()
    }
}

impl Shown<'_> {
    fn is_root(&self) -> bool {
        self.item.parent.is_none() && self.binned.is_none()
    }

    /// Puts a member in that the item itself has; `false` if it is none of those.
    fn put_own<M: SerializeMap>(&self, map: &mut M, member: &str) -> Result<bool, M::Error> {
        let (item, shower) = (&*self.item, &self.shower);
        let unless_root = |time| (!self.is_root()).then(|| shower.time(time));
        match member {
            "id" => map.serialize_entry(member, &id_of(item)),
            "etag" | "sequence_id" if self.is_root() => map.serialize_entry(member, &()),
            "etag" | "sequence_id" => map.serialize_entry(member, &item.etag.to_string()),
            "name" if self.is_root() => map.serialize_entry(member, ALL_FILES),
            "name" => map.serialize_entry(member, &item.name),
            "description" => map.serialize_entry(member, item.description.as_deref().unwrap_or_default()),
            "size" => map.serialize_entry(member, &item.size),
            "created_at" => map.serialize_entry(member, &unless_root(item.created_at)),
            "modified_at" => map.serialize_entry(member, &unless_root(item.modified_at)),
            "content_created_at" => map.serialize_entry(member, &unless_root(item.fs_created_at)),
            "content_modified_at" => map.serialize_entry(member, &unless_root(item.fs_modified_at)),
            "created_by" if self.is_root() => map.serialize_entry(member, &User::NOBODY),
            "created_by" => map.serialize_entry(member, &User::named(&item.created_by)),
            "modified_by" => map.serialize_entry(member, &User::named(&item.modified_by)),
            "item_status" => {
                let status = if self.binned.is_some() { "trashed" } else { "active" };
                map.serialize_entry(member, status)
            }
            _ => return Ok(false),
        }?;
        Ok(true)
    }

    /// Puts a member in that files and folders have alike from where they are; `false` if it is none of those.
    fn put_about<M: SerializeMap>(&self, map: &mut M, member: &str) -> Result<bool, M::Error> {
        let shower = &self.shower;
        let time = |at: Option<Timestamp>| at.map(|at| shower.time(at));
        match member {
            "path_collection" => {
                let entries = self.above();
                let n_entries = entries.len();
                map.serialize_entry(member, &Collection { total_count: n_entries, entries })
            }
            "parent" => map.serialize_entry(member, &self.parent()),
            "owned_by" => map.serialize_entry(member, &User::named(&shower.place.owner)),
            "trashed_at" => map.serialize_entry(member, &time(self.binned.map(|binned| binned.deleted_at))),
            "purged_at" => map.serialize_entry(member, &time(self.binned.and_then(|binned| binned.purge_at))),
            "shared_link" | "classification" => map.serialize_entry(member, &()),
            "tags" => map.serialize_entry(member, &[(); 0]),
            "watermark_info" => map.serialize_entry(member, &json!({ "is_watermarked": false })),
            "allowed_invitee_roles" => map.serialize_entry(member, &ROLES),
            "has_collaborations"
            | "is_externally_owned"
            | "is_accessible_via_shared_link"
            | "is_associated_with_app_item" => map.serialize_entry(member, &false),
            _ => return Ok(false),
        }?;
        Ok(true)
    }

    fn put_of_file<M: SerializeMap>(
        &self,
        map: &mut M,
        member: &str,
        sha1: Option<&str>,
    ) -> Result<(), M::Error> {
        let item = &*self.item;
        match member {
            "type" => map.serialize_entry(member, "file"),
            "file_version" => map.serialize_entry(
                member,
                &FileVersion { kind: "file_version", id: ids::version(item.id, item.version), sha1 },
            ),
            // It is a text in all schemas: one that is not known is left out.
            "sha1" => sha1.map_or(Ok(()), |hash| map.serialize_entry(member, hash)),
            "version_number" => map.serialize_entry(member, &item.version.to_string()),
            "comment_count" => map.serialize_entry(member, &0),
            "permissions" => map.serialize_entry(member, &all_true(&FILE_PERMISSIONS)),
            "extension" => {
                let extension = item.name.rsplit_once('.').map_or("", |(_, extension)| extension);
                map.serialize_entry(member, extension)
            }
            "is_package" => map.serialize_entry(member, &false),
            "representations" => map.serialize_entry(member, &json!({ "entries": [] })),
            "uploader_display_name" => map.serialize_entry(member, &*item.created_by),
            "shared_link_permission_options" => map.serialize_entry(member, &["can_preview", "can_download"]),
            "expiring_embed_link" => {
                let url = format!("{}/2.0/files/{}/content", self.shower.call.base, ids::file(item.id));
                map.serialize_entry(member, &json!({ "url": url }))
            }
            // `lock`, `expires_at`, `disposition_at`.
            _ => map.serialize_entry(member, &()),
        }
    }

    fn put_of_folder<M: SerializeMap>(&self, map: &mut M, member: &str) -> Result<(), M::Error> {
        match member {
            "type" => map.serialize_entry(member, "folder"),
            "item_collection" => map.serialize_entry(member, &self.entries()),
            "sync_state" => map.serialize_entry(member, "not_synced"),
            "permissions" => map.serialize_entry(member, &all_true(&FOLDER_PERMISSIONS)),
            "can_non_owners_invite" | "can_non_owners_view_collaborators" => {
                map.serialize_entry(member, &true)
            }
            "is_collaboration_restricted_to_enterprise" => map.serialize_entry(member, &false),
            "allowed_shared_link_access_levels" => {
                map.serialize_entry(member, &["open", "company", "collaborators"])
            }
            // `folder_upload_email`.
            _ => map.serialize_entry(member, &()),
        }
    }

    /// Returns the first entries of a folder; one in the trash has none.
    fn entries(&self) -> Listing<Shown<'_>> {
        let order = Order::NATURAL;
        let items = items::part(&self.shower, &self.item, (0, N_ENTRIES), order).unwrap_or_default();
        let n_entries = if items.is_empty() { 0 } else { self.item.child_count };
        let entries = items.into_iter().map(|item| self.shower.mini(item)).collect();
        Listing { total_count: n_entries, entries, offset: 0, limit: N_ENTRIES, order: order.told() }
    }

    /// Returns the folder that an item is in, or was in.
    fn parent(&self) -> Option<Shown<'_>> {
        let parent = self.shower.app.sim.item(self.shower.place.at(self.item.parent?)).ok()?;
        Some(self.shower.mini(parent))
    }

    /// Returns the folders from the root to the parent; of an item in the trash that.
    fn above(&self) -> Vec<Folder<'_>> {
        if self.binned.is_some() {
            return vec![Folder::Trash];
        }
        let (mut entries, mut above) = (Vec::new(), self.item.parent);
        while let Some(id) = above {
            let Ok(folder) = self.shower.app.sim.item(self.shower.place.at(id)) else { break };
            above = folder.parent;
            entries.push(Folder::Of(self.shower.mini(folder)));
        }
        entries.reverse();
        entries
    }
}

/// A folder on the way to an item.
enum Folder<'a> {
    Of(Shown<'a>),
    Trash,
}

impl Serialize for Folder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Folder::Of(folder) => folder.serialize(serializer),
            Folder::Trash => json!({
                "type": "folder", "id": ids::TRASH, "sequence_id": null, "etag": null, "name": "Trash",
            })
            .serialize(serializer),
        }
    }
}

/// What the root is called.
const ALL_FILES: &str = "All Files";

#[derive(Serialize)]
struct Collection<T> {
    total_count: usize,
    entries: Vec<T>,
}

/// A part of a list by offset, as answers have it.
#[derive(Serialize)]
pub(crate) struct Listing<T> {
    pub(crate) total_count: u32,
    pub(crate) entries: Vec<T>,
    pub(crate) offset: usize,
    pub(crate) limit: usize,
    pub(crate) order: Value,
}

#[derive(Serialize)]
struct FileVersion<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha1: Option<&'a str>,
}

/// Returns the id of an item.
pub(crate) fn id_of(item: &Item) -> String {
    match (item.is_folder(), item.parent) {
        (true, None) => ids::ROOT.to_owned(),
        (true, Some(_)) => ids::folder(item.id),
        (false, _) => ids::file(item.id),
    }
}

fn all_true(keys: &[&str]) -> Value {
    keys.iter().map(|&key| (key.to_owned(), json!(true))).collect::<Map<String, Value>>().into()
}
