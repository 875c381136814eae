//! Checks which members a response has and lacks, and the forms of parents, tags, hashes and URLs.

use data_encoding::{BASE32_NOPAD, BASE64, BASE64_NOPAD};
use serde_json::Value;

use super::Exchange;
use super::body_kind::Service;

/// Members that every item has.
const EVERY: [&str; 10] = [
    "id",
    "name",
    "size",
    "webUrl",
    "createdDateTime",
    "lastModifiedDateTime",
    "createdBy",
    "lastModifiedBy",
    "parentReference",
    "fileSystemInfo",
];
/// Members that no response has, or only on request.
const NEVER: [&str; 7] = [
    "@microsoft.graph.conflictBehavior",
    "@name.conflictBehavior",
    "deleted",
    "package",
    "publication",
    "sharepointIds",
    "content",
];
/// Files up to this size always have hashes.
const HASHED: u64 = 64 << 20;
const URLS: [&str; 2] = ["@microsoft.graph.downloadUrl", "@content.downloadUrl"];

/// What is wrong with a response.
#[derive(Default)]
struct Violations(Vec<String>);

impl Violations {
    fn require(&mut self, is_right: bool, what: impl FnOnce() -> String) {
        if !is_right {
            self.0.push(what());
        }
    }

    fn has(&mut self, value: &Value, member: &str, is_there: bool) {
        let is = if is_there { "is missing" } else { "is there" };
        self.require(value.get(member).is_some() == is_there, || format!("{member} {is}"));
    }
}

/// Returns what is wrong with the members of a whole item.
pub(crate) fn of_item(item: &Value, dialect: Service) -> Vec<String> {
    let mut faults = Violations::default();
    EVERY.iter().for_each(|member| faults.has(item, member, true));
    NEVER.iter().for_each(|member| faults.has(item, member, false));
    let is_root = item.get("root").is_some();
    let is_folder = item.get("folder").is_some();
    let is_personal = item["parentReference"]["driveType"] == "personal";
    faults.has(item, "file", !is_folder);
    faults.require(!is_root || (is_folder && item["name"] == "root"), || "a root is a folder".to_owned());
    faults.require(item["size"].is_u64(), || "size is no number from 0".to_owned());
    let is_url = item["webUrl"].as_str().is_some_and(|url| url.starts_with("http"));
    faults.require(is_url, || format!("webUrl is {}", item["webUrl"]));
    for member in ["createdDateTime", "lastModifiedDateTime"] {
        faults.has(&item["fileSystemInfo"], member, true);
    }
    if is_folder {
        let count = &item["folder"]["childCount"];
        faults.require(count.is_u64(), || format!("childCount is {count}"));
    } else {
        check_file(&mut faults, item, is_personal);
    }
    check_url(&mut faults, item, dialect, !is_folder);
    check_parent(&mut faults, item, dialect, is_root);
    check_tags(&mut faults, item, is_root, is_personal);
    faults.0
}

fn check_file(faults: &mut Violations, item: &Value, is_personal: bool) {
    let file = &item["file"];
    faults.require(file["mimeType"].is_string(), || "mimeType is missing".to_owned());
    let Some(hashes) = file["hashes"].as_object() else {
        let size = &item["size"];
        return faults.require(size.as_u64() > Some(HASHED), || format!("no hashes for {size} bytes"));
    };
    let quick = hashes.get("quickXorHash").and_then(Value::as_str).unwrap_or_default();
    let n_bytes = BASE64.decode(quick.as_bytes()).map(|bytes| bytes.len());
    faults.require(n_bytes == Ok(20), || format!("quickXorHash is {quick:?}"));
    faults.require(is_personal || hashes.len() == 1, || format!("a work drive has one hash, not {hashes:?}"));
}

/// Checks that the URL of the content has the spelling of the service.
fn check_url(faults: &mut Violations, item: &Value, dialect: Service, is_file: bool) {
    let [graph, direct] = URLS.map(|member| item.get(member).is_some());
    let expected = match dialect {
        _ if !is_file => (false, false),
        Service::PreAuthenticatedUrl => (graph, !graph),
        _ => (!dialect.is_direct(), dialect.is_direct()),
    };
    faults.require((graph, direct) == expected, || format!("{URLS:?} are there: {graph}, {direct}"));
}

fn check_parent(faults: &mut Violations, item: &Value, dialect: Service, is_root: bool) {
    let parent = &item["parentReference"];
    let kind = parent["driveType"].as_str().unwrap_or_default();
    faults.require(["personal", "business", "documentLibrary"].contains(&kind), || {
        format!("driveType {kind:?}")
    });
    faults.require(parent["driveId"].is_string(), || "driveId is missing".to_owned());
    if is_root {
        let n_members = parent.as_object().map(|parent| parent.len());
        return faults.require(n_members == Some(2), || format!("the parent of a root is {parent}"));
    }
    for member in ["id", "name", "path"] {
        faults.require(parent[member].is_string(), || format!("{member} of the parent is missing"));
    }
    let path = parent["path"].as_str().unwrap_or_default();
    let (short, long) = (
        "/drive/root:".to_owned(),
        format!("/drives/{}/root:", parent["driveId"].as_str().unwrap_or_default()),
    );
    let heads = match (kind, dialect) {
        ("personal", _) | (_, Service::OneDrive) => vec![short],
        (_, Service::PreAuthenticatedUrl) => vec![short, long],
        _ => vec![long],
    };
    let below = heads.iter().find_map(|head| path.strip_prefix(head.as_str()));
    let is_well_formed = below.is_some_and(|below| below.is_empty() || below.starts_with('/'));
    faults.require(is_well_formed, || format!("path of the parent is {path:?}, not below {heads:?}"));
}

/// Returns the GUID in the id of an item of a business drive, in the form that tags use.
fn guid(id: &str) -> Option<String> {
    if let Ok(guid) = uuid::Uuid::parse_str(id) {
        return Some(guid.to_string().to_uppercase());
    }
    let bytes = BASE32_NOPAD.decode(id.strip_prefix("01")?.as_bytes()).ok()?;
    let guid = bytes.get(4..)?.try_into().ok().map(uuid::Uuid::from_bytes_le)?;
    Some(guid.to_string().to_uppercase())
}

fn check_tags(faults: &mut Violations, item: &Value, is_root: bool, is_personal: bool) {
    let is_folder = item.get("folder").is_some();
    let id = item["id"].as_str().unwrap_or_default();
    for (member, kind, is_there) in
        [("eTag", "", is_personal || !is_root), ("cTag", "c:", is_personal || !is_folder)]
    {
        faults.has(item, member, is_there);
        let Some(tag) = item[member].as_str() else { continue };
        let count_text = if is_personal {
            let bytes = tag.strip_prefix('a').and_then(|tag| BASE64_NOPAD.decode(tag.as_bytes()).ok());
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            text.and_then(|text| Some(text.strip_prefix(&format!("{kind}{id}."))?.to_owned()))
        } else {
            let head = format!("\"{kind}{{{}}},", guid(id).unwrap_or_default());
            tag.strip_prefix(&head).and_then(|tag| tag.strip_suffix('"')).map(str::to_owned)
        };
        let is_count = count_text.is_some_and(|count| count.parse::<u32>().is_ok());
        faults.require(is_count, || format!("{member} of {id} is {tag}"));
    }
}

/// Returns what is wrong with the body of an upload session. Only a new session has an upload URL.
pub(crate) fn of_session(session: &Value, is_new: bool) -> Vec<String> {
    let mut faults = Violations::default();
    faults.has(session, "expirationDateTime", true);
    faults.require(session["nextExpectedRanges"].is_array(), || "nextExpectedRanges is missing".to_owned());
    faults.require(session["uploadUrl"].is_string() == is_new, || "uploadUrl is for new sessions".to_owned());
    faults.0
}

/// Returns what is wrong with the body of a monitor.
pub(crate) fn of_monitor(status: &Value, dialect: Service) -> Vec<String> {
    let mut faults = Violations::default();
    let (is_done, is_failed) = (status["status"] == "completed", status["status"] == "failed");
    let is_business = dialect == Service::SharePoint;
    faults.has(status, "resourceId", is_done);
    faults.has(status, "percentageComplete", !(is_failed && is_business));
    faults.has(status, "error", is_failed);
    if is_business {
        faults.has(status, "percentComplete", !is_failed);
        faults.has(status, "resourceLocation", is_done);
        for member in ["@odata.context", "id", "createdDateTime", "lastActionDateTime"] {
            faults.has(status, member, true);
        }
    } else {
        faults.has(status, "operation", true);
    }
    faults.0
}

/// Returns what is wrong with the envelope of an error.
pub(crate) fn of_error(exchange: &Exchange<'_>, dialect: Service, value: &Value) -> Vec<String> {
    let mut faults = Violations::default();
    let error = &value["error"];
    let names = ["innererror", "innerError"];
    let (inner, other) = if dialect.is_direct() { (names[0], names[1]) } else { (names[1], names[0]) };
    faults.has(error, inner, true);
    faults.has(error, other, false);
    let inner = &error[inner];
    let id = inner["request-id"].as_str();
    faults.require(id.is_some() && id == exchange.header("request-id"), || format!("request-id is {id:?}"));
    let date = inner["date"].as_str().unwrap_or_default();
    let has_form = date.len() == "2024-03-01T10:00:00".len() && !date.ends_with('Z');
    faults.require(has_form, || format!("date is {date:?}, without a zone is expected"));
    for member in ["code", "message"] {
        let is_present = error[member].as_str().is_some_and(|text| !text.is_empty());
        faults.require(is_present, || format!("{member} is missing"));
    }
    let is_known = exchange.status < 500 || matches!(exchange.status, 501 | 507);
    faults.require(is_known, || "the status is one of a broken server".to_owned());
    faults.0
}
