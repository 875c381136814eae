//! Parses the settings in the body of a change of a file or folder of Box: members other than name, parent and
//! description, and the events of their changes.

use drivesim::Item;
use drivesim::item::{Json, MemberChange, Timestamp};
use drivesim::options::Update;

use crate::box_api::body::{Members, Shape};
use crate::box_api::context::RequestContext;
use crate::box_api::derived_token::derived_token;
use crate::box_api::error::BoxError;
use crate::box_api::users::BoxUser;
use crate::box_api::{file_lock, shared_link};
use crate::json::ordered::{Map, Value, json};
use crate::state::event_log::EventKind;
use crate::state::splitmix::splitmix;

/// The boolean members of folders.
const FLAGS: [&str; 3] = [
    "can_non_owners_invite",
    "can_non_owners_view_collaborators",
    "is_collaboration_restricted_to_enterprise",
];
const SYNC_STATES: &[&str] = &["synced", "not_synced", "partially_synced"];
/// The largest number of tags of an item (reference of files).
const MAX_TAGS: usize = 100;

const LOCK: Shape = Shape::of(&["access", "type", "expires_at", "is_download_prevented"]).with_read_only(&[
    "id",
    "created_by",
    "created_at",
    "expired_at",
    "app_type",
]);
const UPLOAD_EMAIL: Shape = Shape::of(&["access"]).with_read_only(&["email"]);

/// The settings in a body.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) changes: Vec<MemberChange>,
    /// The kinds of events to emit.
    pub(crate) events: Vec<EventKind>,
}

impl Settings {
    /// Parses the settings of an item. Setting a member to its current value is not a change.
    ///
    /// ASSUMED: Each change of a member that clients of Box can set, such as tags, a shared link and a lock, changes
    /// the etag and the time of the last change (no option: no other reading is known).
    pub(crate) fn read(
        context: &RequestContext<'_>,
        item: &Item,
        members: &Members<'_>,
    ) -> Result<Settings, BoxError> {
        let mut settings = Settings::default();
        if members.has("shared_link") {
            settings.put_link(item, shared_link::read(context, item, members)?);
        }
        if let Some(tags) = members.texts("tags")? {
            settings.put_tags(item, &tags)?;
        }
        match item.is_folder() {
            true => settings.put_of_folder(context, item, members)?,
            false => settings.put_of_file(context, item, members)?,
        }
        Ok(settings)
    }

    /// Parses the settings of a new folder.
    pub(crate) fn of_new_folder(
        context: &RequestContext<'_>,
        folder: &Item,
        members: &Members<'_>,
    ) -> Result<Settings, BoxError> {
        let mut settings = Settings::default();
        settings.put_of_folder(context, folder, members)?;
        Ok(settings)
    }

    /// Adds the settings to an update.
    pub(crate) fn apply(&self, update: Update) -> Update {
        let changes = self.changes.iter().cloned();
        changes.fold(update, |update, (name, value)| update.member(name, value))
    }

    /// Adds a member, unless it already has the value.
    fn put(&mut self, item: &Item, name: &str, value: Option<Value>, event: EventKind) {
        let value = value.map(|value| to_json(&value));
        // A member that is null is rendered like one that was not set.
        let old = item.members.get(name).filter(|old| !old.is_null());
        if old != value.as_ref() {
            self.changes.push((name.to_owned(), value));
            self.add_event(event);
        }
    }

    fn add_event(&mut self, event: EventKind) {
        if !self.events.contains(&event) {
            self.events.push(event);
        }
    }

    fn put_link(&mut self, item: &Item, link: Option<Value>) {
        let event = match (shared_link::of(item).is_some(), link.is_some()) {
            (_, false) => EventKind::Unshare,
            (false, true) => EventKind::Share,
            (true, true) => EventKind::UpdateShare,
        };
        self.put(item, "shared_link", link, event);
    }

    fn put_lock(&mut self, item: &Item, lock: Option<Value>) {
        let event = if lock.is_some() { EventKind::Lock } else { EventKind::Unlock };
        self.put(item, "lock", lock, event);
    }

    /// ASSUMED: An empty list removes all tags of an item of Box: its description requires at least one tag, but has no
    /// other way (no option: no other reading is known).
    /// ASSUMED: An empty tag fails at Box (no option: rare).
    /// ASSUMED: Box stores tags in the order in which they were sent, and a duplicate tag once (no option: rare).
    fn put_tags(&mut self, item: &Item, tags: &[String]) -> Result<(), BoxError> {
        if tags.len() > MAX_TAGS {
            let expected = format!("a list of at most {MAX_TAGS} tags");
            return Err(BoxError::invalid("tags", &format!("({} tags)", tags.len()), &expected));
        }
        if tags.iter().any(String::is_empty) {
            return Err(BoxError::invalid("tags", "", "a list of tags that are not empty"));
        }
        let mut unique: Vec<&String> = Vec::new();
        for tag in tags {
            if !unique.contains(&tag) {
                unique.push(tag);
            }
        }
        let before = item.members.get("tags").map(|json| Value::parse(json.as_str())).unwrap_or_default();
        let has = |tag: &String| matches!(&before, Value::Array(old) if old.iter().any(|old| *old == **tag));
        let event = if unique.iter().all(|tag| has(tag)) { EventKind::Modify } else { EventKind::Tag };
        let value = (!unique.is_empty()).then(|| json!(unique));
        self.put(item, "tags", value, event);
        Ok(())
    }

    fn put_of_file(
        &mut self,
        context: &RequestContext<'_>,
        file: &Item,
        members: &Members<'_>,
    ) -> Result<(), BoxError> {
        if members.has("lock") {
            file_lock::check_change(context, file)?;
            self.put_lock(file, lock(context, file, members)?);
        }
        if let Some(at) = members.time("disposition_at")? {
            self.put(file, "disposition_at", Some(disposition(context, file, at)?), EventKind::Modify);
        }
        Ok(())
    }

    fn put_of_folder(
        &mut self,
        context: &RequestContext<'_>,
        folder: &Item,
        members: &Members<'_>,
    ) -> Result<(), BoxError> {
        if let Some(state) = members.word("sync_state", SYNC_STATES)? {
            let event = if state == "not_synced" { EventKind::Unsync } else { EventKind::Sync };
            self.put(folder, "sync_state", Some(json!(state)), event);
        }
        for name in FLAGS {
            if let Some(flag) = members.flag(name)? {
                self.put(folder, name, Some(json!(flag)), EventKind::Modify);
            }
        }
        if members.has("folder_upload_email") {
            self.put(
                folder,
                "folder_upload_email",
                upload_email(context, folder, members)?,
                EventKind::Modify,
            );
        }
        Ok(())
    }
}

/// Converts a value to the JSON type of the core.
fn to_json(value: &Value) -> Json {
    // Cannot fail: the text was just serialized.
    value.to_string().parse().unwrap_or_else(|_| Json::text(""))
}

/// Returns the lock that a body sets; `None` if the body removes it. The description requires a `type` but has an
/// `access`, so neither is required here.
///
/// ASSUMED: A second lock of the same user on a file of Box replaces the first (no option: no other reading is known).
/// ASSUMED: A lock that would end in the past fails at Box, like a shared link (no option: no other reading is known).
fn lock(context: &RequestContext<'_>, file: &Item, members: &Members<'_>) -> Result<Option<Value>, BoxError> {
    let Some(body) = members.object("lock", &LOCK)? else { return Ok(None) };
    for name in ["access", "type"] {
        body.word(name, &["lock"])?;
    }
    let renderer = context.renderer();
    let mut lock = Map::new();
    let mut put = |key: &str, value: Value| lock.insert(key.to_owned(), value);
    let number = splitmix(file.id.to_bits() ^ u64::from(file.etag).rotate_left(40)) % 10_000_000_000;
    put("id", json!((10_000_000_000 + number).to_string()));
    put("type", json!("lock"));
    put("created_by", json!(BoxUser::of(&context.app.options, context.user)));
    put("created_at", json!(renderer.time(context.app.sim.now())));
    if let Some(at) = body.time("expires_at")? {
        let rendered = json!(renderer.time(at));
        if at <= context.app.sim.now() {
            return Err(BoxError::invalid("lock.expires_at", &rendered.to_string(), "a time in the future"));
        }
        put("expired_at", rendered);
    }
    put("is_download_prevented", json!(body.flag("is_download_prevented")?.unwrap_or(false)));
    put("app_type", Value::Null);
    Ok(Some(lock.into()))
}

/// Returns the time of disposition. It can be moved later, but not earlier (reference of files).
fn disposition(context: &RequestContext<'_>, file: &Item, at: Timestamp) -> Result<Value, BoxError> {
    let old = file.members.get("disposition_at").map(|json| Value::parse(json.as_str()));
    let old = match old {
        Some(Value::String(text)) => text.parse::<Timestamp>().ok(),
        _ => None,
    };
    let rendered = json!(context.renderer().time(at));
    if old.is_some_and(|old| at < old) {
        let expected = "no earlier than the current one: it cannot be shortened";
        return Err(BoxError::invalid("disposition_at", &rendered.to_string(), expected));
    }
    Ok(rendered)
}

/// Returns the email address for uploads to a folder; `None` if the body removes it.
///
/// ASSUMED: The upload address of a folder of Box that is set without an access is open to everybody, and has the form
/// of Box's only example (no option: no other reading is known).
fn upload_email(
    context: &RequestContext<'_>,
    folder: &Item,
    members: &Members<'_>,
) -> Result<Option<Value>, BoxError> {
    let Some(body) = members.object("folder_upload_email", &UPLOAD_EMAIL)? else { return Ok(None) };
    let access = body.word("access", &["open", "collaborators"])?.unwrap_or("open");
    let name: String = folder.name.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let name = if name.is_empty() { "folder".to_owned() } else { name };
    let token = derived_token(context, folder, "upload email");
    let email = format!("upload.{name}.{:.7}@u.box.com", token);
    Ok(Some(json!({ "access": access, "email": email })))
}
