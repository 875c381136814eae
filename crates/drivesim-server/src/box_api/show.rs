//! The only place that shows files, folders and users as Box does.

use data_encoding::HEXLOWER;
use drivesim::{BinItem, Item, ItemId, Timestamp};
use jiff::tz::Offset;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::box_api::fields::{FILE, FOLDER, Fields};
use crate::box_api::ids;
use crate::box_api::items::{self, Order};
use crate::box_api::place::Place;
use crate::box_api::refusal::Refusal;
use crate::call::Call;
use crate::hashes::{self, Which};

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

/// An item, and whether it is in the trash.
#[derive(Clone, Copy)]
struct Shown<'a> {
    item: &'a Item,
    binned: Option<&'a BinItem>,
}

impl Shower<'_> {
    /// Shows an item.
    pub(crate) fn item(&self, item: &Item, fields: &Fields) -> Result<Value, Refusal> {
        self.show(Shown { item, binned: None }, fields)
    }

    /// Shows an item of the trash.
    pub(crate) fn binned(&self, binned: &BinItem, fields: &Fields) -> Result<Value, Refusal> {
        self.show(Shown { item: &binned.item, binned: Some(binned) }, fields)
    }

    /// Shows an item in its short form.
    pub(crate) fn mini(&self, item: &Item) -> Result<Value, Refusal> {
        self.item(item, &Fields::Mini)
    }

    /// Returns what has a name in a folder.
    pub(crate) fn named(&self, folder: ItemId, name: &str) -> Option<Item> {
        let path = self.app.sim.path(self.place.at(folder)).ok()?;
        let path = format!("{}/{name}", path.trim_end_matches('/'));
        self.app.sim.item(self.place.at(path)).ok()
    }

    /// Shows what has a name in a folder, in short form.
    pub(crate) fn holder(&self, folder: ItemId, name: &str) -> Option<Value> {
        self.mini(&self.named(folder, name)?).ok()
    }

    fn show(&self, shown: Shown<'_>, fields: &Fields) -> Result<Value, Refusal> {
        let kind = if shown.item.is_folder() { &FOLDER } else { &FILE };
        let mut members = Map::new();
        for member in fields.members(kind, self.place.wire.fields_base) {
            let value = match self.common(shown, member)? {
                Some(value) => value,
                None if shown.item.is_folder() => self.of_folder(shown.item, member)?,
                None if member == "sha1" => match self.sha1(shown.item) {
                    Some(hash) => json!(hash),
                    // It is a text in all schemas: one that is not known is left out.
                    None => continue,
                },
                None => self.of_file(shown.item, member),
            };
            members.insert(member.to_owned(), value);
        }
        Ok(Value::Object(members))
    }

    /// Returns a member that files and folders have alike.
    fn common(&self, shown: Shown<'_>, member: &str) -> Result<Option<Value>, Refusal> {
        let Shown { item, binned } = shown;
        let is_root = item.parent.is_none() && binned.is_none();
        let unless_root = |value: Value| if is_root { Value::Null } else { value };
        Ok(Some(match member {
            "id" => json!(id_of(item)),
            "etag" | "sequence_id" => unless_root(json!(item.etag.to_string())),
            "name" => json!(if is_root { "All Files" } else { &item.name }),
            "description" => json!(item.description.as_deref().unwrap_or_default()),
            "size" => json!(item.size),
            "path_collection" => self.path_collection(shown)?,
            "created_at" => unless_root(self.time(item.created_at)),
            "modified_at" => unless_root(self.time(item.modified_at)),
            "content_created_at" => unless_root(self.time(item.fs_created_at)),
            "content_modified_at" => unless_root(self.time(item.fs_modified_at)),
            "trashed_at" => binned.map_or(Value::Null, |binned| self.time(binned.deleted_at)),
            "purged_at" => binned.and_then(|binned| binned.purge_at).map_or(Value::Null, |at| self.time(at)),
            "created_by" if is_root => json!({ "type": "user", "id": "", "name": "", "login": "" }),
            "created_by" => user(&item.created_by),
            "modified_by" => user(&item.modified_by),
            "owned_by" => user(&self.place.owner),
            "shared_link" | "classification" => Value::Null,
            "parent" => self.parent(item)?,
            "item_status" => json!(if binned.is_some() { "trashed" } else { "active" }),
            "tags" => json!([]),
            "watermark_info" => json!({ "is_watermarked": false }),
            "allowed_invitee_roles" => json!(ROLES),
            "has_collaborations"
            | "is_externally_owned"
            | "is_accessible_via_shared_link"
            | "is_associated_with_app_item" => json!(false),
            _ => return Ok(None),
        }))
    }

    fn of_file(&self, item: &Item, member: &str) -> Value {
        match member {
            "type" => json!("file"),
            "file_version" => {
                let mut version =
                    json!({ "type": "file_version", "id": ids::version(item.id, item.version) });
                if let Some(hash) = self.sha1(item) {
                    version["sha1"] = json!(hash);
                }
                version
            }
            "version_number" => json!(item.version.to_string()),
            "comment_count" => json!(0),
            "permissions" => all_true(&FILE_PERMISSIONS),
            "extension" => {
                json!(item.name.rsplit_once('.').map_or("", |(_, extension)| extension))
            }
            "is_package" => json!(false),
            "representations" => json!({ "entries": [] }),
            "uploader_display_name" => json!(&*item.created_by),
            "shared_link_permission_options" => json!(["can_preview", "can_download"]),
            "expiring_embed_link" => json!({
                "url": format!("{}/2.0/files/{}/content", self.call.base, ids::file(item.id)),
            }),
            // `lock`, `expires_at`, `disposition_at`.
            _ => Value::Null,
        }
    }

    fn of_folder(&self, item: &Item, member: &str) -> Result<Value, Refusal> {
        Ok(match member {
            "type" => json!("folder"),
            "item_collection" => self.entries(item)?,
            "sync_state" => json!("not_synced"),
            "permissions" => all_true(&FOLDER_PERMISSIONS),
            "can_non_owners_invite" | "can_non_owners_view_collaborators" => json!(true),
            "is_collaboration_restricted_to_enterprise" => json!(false),
            "allowed_shared_link_access_levels" => json!(["open", "company", "collaborators"]),
            // `folder_upload_email`.
            _ => Value::Null,
        })
    }

    /// Returns the first entries of a folder; one in the trash has none.
    fn entries(&self, folder: &Item) -> Result<Value, Refusal> {
        let entries = match self.app.sim.exists(self.place.at(folder.id)) {
            true => items::part(self, folder, (0, N_ENTRIES), Order::NATURAL)?,
            false => Vec::new(),
        };
        let shown: Result<Vec<Value>, Refusal> = entries.iter().map(|entry| self.mini(entry)).collect();
        let n_entries = if entries.is_empty() { 0 } else { folder.child_count };
        Ok(items::collection(n_entries, shown?, (0, N_ENTRIES), Order::NATURAL))
    }

    /// Returns the folder that an item is in, or was in.
    fn parent(&self, item: &Item) -> Result<Value, Refusal> {
        let Some(parent) = item.parent else { return Ok(Value::Null) };
        match self.app.sim.item(self.place.at(parent)) {
            Ok(parent) => self.mini(&parent),
            Err(_) => Ok(Value::Null),
        }
    }

    /// Returns the folders from the root to the parent.
    fn path_collection(&self, shown: Shown<'_>) -> Result<Value, Refusal> {
        if shown.binned.is_some() {
            let trash = json!({
                "type": "folder", "id": ids::TRASH, "sequence_id": null, "etag": null, "name": "Trash",
            });
            return Ok(json!({ "total_count": 1, "entries": [trash] }));
        }
        let mut entries = Vec::new();
        let mut above = shown.item.parent;
        while let Some(id) = above {
            let Ok(folder) = self.app.sim.item(self.place.at(id)) else { break };
            entries.push(self.mini(&folder)?);
            above = folder.parent;
        }
        entries.reverse();
        Ok(json!({ "total_count": entries.len(), "entries": entries }))
    }

    /// Returns the hash of what a file holds.
    fn sha1(&self, file: &Item) -> Option<String> {
        let at = || self.place.at(file.id);
        let content = self.app.sim.content(at()).or_else(|_| self.app.sim.bin_content(at())).ok()?;
        let hashes = hashes::of_one_of_many(self.app, self.call, &content, Which::Box)?;
        hashes.sha1.map(|hash| HEXLOWER.encode(&hash))
    }

    /// Tells a time in whole seconds, with the offset of the account's time zone.
    pub(crate) fn time(&self, time: Timestamp) -> Value {
        let offset =
            Offset::from_seconds(i32::from(self.place.wire.offset_minutes) * 60).unwrap_or(Offset::UTC);
        json!(
            offset.to_datetime(time).strftime("%Y-%m-%dT%H:%M:%S").to_string()
                + &written(self.place.wire.offset_minutes)
        )
    }
}

/// Writes an offset, `-08:00`.
fn written(minutes: i16) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
}

/// Returns the id of an item.
pub(crate) fn id_of(item: &Item) -> String {
    match (item.is_folder(), item.parent) {
        (true, None) => ids::ROOT.to_owned(),
        (true, Some(_)) => ids::folder(item.id),
        (false, _) => ids::file(item.id),
    }
}

/// Shows a user in short form. Who is no address of mail gets one.
pub(crate) fn user(name: &str) -> Value {
    let login = if name.contains('@') { name.to_owned() } else { format!("{name}@example.com") };
    json!({ "type": "user", "id": ids::user(name), "name": name, "login": login })
}

fn all_true(keys: &[&str]) -> Value {
    keys.iter().map(|&key| (key.to_owned(), json!(true))).collect::<Map<String, Value>>().into()
}
