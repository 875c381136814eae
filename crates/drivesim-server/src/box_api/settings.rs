//! Reads what the body of a change sets of a file or folder of Box beside name, place and description: the members that
//! clients may set, and what events tell of it.

use drivesim::{Item, Json, MemberChange, Timestamp, Update};
use uuid::Uuid;

use crate::box_api::body::{Members, Shape};
use crate::box_api::event_log::Deed;
use crate::box_api::refusal::Refusal;
use crate::box_api::users::User;
use crate::box_api::{Asked, file_lock, shared_link};
use crate::mix::mix;
use crate::ordered_json::{Map, Value, json};

/// The members of folders that are true or false.
const FLAGS: [&str; 3] = [
    "can_non_owners_invite",
    "can_non_owners_view_collaborators",
    "is_collaboration_restricted_to_enterprise",
];
const SYNC_STATES: &[&str] = &["synced", "not_synced", "partially_synced"];
/// How many tags an item may have (reference of files).
const MOST_TAGS: usize = 100;

const LOCK: Shape = Shape::of(&["access", "type", "expires_at", "is_download_prevented"]).refusing(&[
    "id",
    "created_by",
    "created_at",
    "expired_at",
    "app_type",
]);
const UPLOAD_EMAIL: Shape = Shape::of(&["access"]).refusing(&["email"]);

/// What a body sets.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) changes: Vec<MemberChange>,
    /// What events tell of it.
    pub(crate) deeds: Vec<Deed>,
}

impl Settings {
    /// Reads the members of a body that set members of an item. What is set to what it is already is no change. That
    /// each change of a member of an item that clients of Box may set, as tags, a shared link and a lock, moves the
    /// etag and the time of the last change is *assumed* (no option: no other reading is known).
    pub(crate) fn read(asked: &Asked<'_>, item: &Item, members: &Members<'_>) -> Result<Settings, Refusal> {
        let mut settings = Settings::default();
        if members.has("shared_link") {
            settings.put_link(item, shared_link::read(asked, item, members)?);
        }
        if let Some(tags) = members.texts("tags")? {
            settings.put_tags(item, &tags)?;
        }
        match item.is_folder() {
            true => settings.put_of_folder(asked, item, members)?,
            false => settings.put_of_file(asked, item, members)?,
        }
        Ok(settings)
    }

    /// Reads what the body of a new folder sets.
    pub(crate) fn of_new_folder(
        asked: &Asked<'_>,
        folder: &Item,
        members: &Members<'_>,
    ) -> Result<Settings, Refusal> {
        let mut settings = Settings::default();
        settings.put_of_folder(asked, folder, members)?;
        Ok(settings)
    }

    /// Adds what is set to an update.
    pub(crate) fn apply(&self, update: Update) -> Update {
        let changes = self.changes.iter().cloned();
        changes.fold(update, |update, (name, value)| update.member(name, value))
    }

    /// Adds a member, unless it has the value already.
    fn put(&mut self, item: &Item, name: &str, value: Option<Value>, deed: Deed) {
        let value = value.map(|value| kept(&value));
        // One that was set to null is shown as one that was not set.
        let old = item.members.get(name).filter(|old| !old.is_null());
        if old != value.as_ref() {
            self.changes.push((name.to_owned(), value));
            self.tell(deed);
        }
    }

    fn tell(&mut self, deed: Deed) {
        if !self.deeds.contains(&deed) {
            self.deeds.push(deed);
        }
    }

    fn put_link(&mut self, item: &Item, link: Option<Value>) {
        let deed = match (shared_link::of(item).is_some(), link.is_some()) {
            (_, false) => Deed::Unshare,
            (false, true) => Deed::Share,
            (true, true) => Deed::UpdateShare,
        };
        self.put(item, "shared_link", link, deed);
    }

    fn put_lock(&mut self, item: &Item, lock: Option<Value>) {
        let deed = if lock.is_some() { Deed::Lock } else { Deed::Unlock };
        self.put(item, "lock", lock, deed);
    }

    /// That an empty list takes all tags of an item of Box away is *assumed*: its description wants one tag at least,
    /// but has no other way (no option: no other reading is known). That an empty tag is refused at Box is *assumed* (no
    /// option: rare). That Box keeps tags in the order in which they were
    /// sent, and a tag that is sent twice once, is *assumed* (no option: rare).
    fn put_tags(&mut self, item: &Item, tags: &[String]) -> Result<(), Refusal> {
        if tags.len() > MOST_TAGS {
            let must = format!("a list of at most {MOST_TAGS} tags");
            return Err(Refusal::invalid("tags", &format!("({} tags)", tags.len()), &must));
        }
        if tags.iter().any(String::is_empty) {
            return Err(Refusal::invalid("tags", "", "a list of tags that are not empty"));
        }
        let mut unique: Vec<&String> = Vec::new();
        for tag in tags {
            if !unique.contains(&tag) {
                unique.push(tag);
            }
        }
        let before = item.members.get("tags").map(|json| Value::parse(json.as_str())).unwrap_or_default();
        let has = |tag: &String| matches!(&before, Value::Array(old) if old.iter().any(|old| *old == **tag));
        let deed = if unique.iter().all(|tag| has(tag)) { Deed::Modify } else { Deed::Tag };
        let value = (!unique.is_empty()).then(|| json!(unique));
        self.put(item, "tags", value, deed);
        Ok(())
    }

    fn put_of_file(&mut self, asked: &Asked<'_>, file: &Item, members: &Members<'_>) -> Result<(), Refusal> {
        if members.has("lock") {
            file_lock::check(asked, file)?;
            self.put_lock(file, lock(asked, file, members)?);
        }
        if let Some(at) = members.time("disposition_at")? {
            self.put(file, "disposition_at", Some(disposition(asked, file, at)?), Deed::Modify);
        }
        Ok(())
    }

    fn put_of_folder(
        &mut self,
        asked: &Asked<'_>,
        folder: &Item,
        members: &Members<'_>,
    ) -> Result<(), Refusal> {
        if let Some(state) = members.word("sync_state", SYNC_STATES)? {
            let deed = if state == "not_synced" { Deed::Unsync } else { Deed::Sync };
            self.put(folder, "sync_state", Some(json!(state)), deed);
        }
        for name in FLAGS {
            if let Some(flag) = members.flag(name)? {
                self.put(folder, name, Some(json!(flag)), Deed::Modify);
            }
        }
        if members.has("folder_upload_email") {
            self.put(folder, "folder_upload_email", upload_email(asked, folder, members)?, Deed::Modify);
        }
        Ok(())
    }
}

/// Returns a value as the drive keeps it.
fn kept(value: &Value) -> Json {
    // What is written as JSON is read as such.
    value.to_string().parse().unwrap_or_else(|_| Json::text(""))
}

/// Returns the lock that a body sets, `None` for one that it takes away. The description wants a `type` and has an
/// `access`, so neither is asked for. That a lock of a file on Box is changed by a second one of the same user, which
/// begins anew, is *assumed* (no option: no other reading is known). That Box refuses a lock whose end is past, as it does
/// a shared link, is *assumed* (no option: no other reading is known).
fn lock(asked: &Asked<'_>, file: &Item, members: &Members<'_>) -> Result<Option<Value>, Refusal> {
    let Some(body) = members.object("lock", &LOCK)? else { return Ok(None) };
    for name in ["access", "type"] {
        body.word(name, &["lock"])?;
    }
    let shower = asked.shower();
    let mut lock = Map::new();
    let mut put = |key: &str, value: Value| lock.insert(key.to_owned(), value);
    let number = mix(file.id.to_bits() ^ u64::from(file.etag).rotate_left(40)) % 10_000_000_000;
    put("id", json!((10_000_000_000 + number).to_string()));
    put("type", json!("lock"));
    put("created_by", json!(User::of(&asked.app.options, asked.user)));
    put("created_at", json!(shower.time(asked.app.sim.now())));
    if let Some(at) = body.time("expires_at")? {
        let shown = json!(shower.time(at));
        if at <= asked.app.sim.now() {
            return Err(Refusal::invalid("lock.expires_at", &shown.to_string(), "a time that lies ahead"));
        }
        put("expired_at", shown);
    }
    put("is_download_prevented", json!(body.flag("is_download_prevented")?.unwrap_or(false)));
    put("app_type", Value::Null);
    Ok(Some(lock.into()))
}

/// Returns the time of disposition; one that is set may be put off, but not brought forward (reference of files).
fn disposition(asked: &Asked<'_>, file: &Item, at: Timestamp) -> Result<Value, Refusal> {
    let old = file.members.get("disposition_at").map(|json| Value::parse(json.as_str()));
    let old = match old {
        Some(Value::String(text)) => text.parse::<Timestamp>().ok(),
        _ => None,
    };
    let shown = json!(asked.shower().time(at));
    if old.is_some_and(|old| at < old) {
        let must = "no earlier than it is: it cannot be shortened";
        return Err(Refusal::invalid("disposition_at", &shown.to_string(), must));
    }
    Ok(shown)
}

/// Returns the address to which files are mailed into a folder, `None` where there is to be none. That anybody may mail
/// into a folder of Box whose upload address is set without an access is *assumed*, and so is the form of the address,
/// of which Box has one example (no option: no other reading is known).
fn upload_email(asked: &Asked<'_>, folder: &Item, members: &Members<'_>) -> Result<Option<Value>, Refusal> {
    let Some(body) = members.object("folder_upload_email", &UPLOAD_EMAIL)? else { return Ok(None) };
    let access = body.word("access", &["open", "collaborators"])?.unwrap_or("open");
    let name: String = folder.name.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let name = if name.is_empty() { "folder".to_owned() } else { name };
    let token = token(asked, folder, "upload email");
    let email = format!("upload.{name}.{:.7}@u.box.com", token);
    Ok(Some(json!({ "access": access, "email": email })))
}

/// Returns 32 small letters and digits of base 16 that belong to what an item is used for now.
pub(crate) fn token(asked: &Asked<'_>, item: &Item, what: &str) -> String {
    let name = format!("{what} {} {}", item.id, item.etag);
    Uuid::new_v5(&asked.place.drive.id().as_uuid(), name.as_bytes()).simple().to_string()
}
