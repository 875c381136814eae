//! Lists the segments that Microsoft's services know below a drive and below an item.
//!
//! A segment that stands here is one of the service, whether drivesim answers it or not. Another one is nonsense to the
//! service too. The names are those of drive, driveItem and baseItem in the metadata of Microsoft Graph, and of the pages
//! of 2015 on the OneDrive API.

/// Navigation properties and functions of a drive.
const OF_DRIVE: &[&str] = &[
    "activities",
    "bundles",
    "following",
    "items",
    "list",
    "recent",
    "root",
    "search",
    "sharedWithMe",
    "special",
    "view.recent",
];

/// Navigation properties, functions and actions of an item.
const OF_ITEM: &[&str] = &[
    "activities",
    "analytics",
    "assignSensitivityLabel",
    "checkin",
    "checkout",
    "children",
    "content",
    "contentStream",
    "copy",
    "createLink",
    "createUploadSession",
    "delta",
    "discardCheckout",
    "extractSensitivityLabels",
    "follow",
    "getActivitiesByInterval",
    "invite",
    "listItem",
    "permanentDelete",
    "permissions",
    "preview",
    "restore",
    "retentionLabel",
    "search",
    "subscriptions",
    "thumbnails",
    "unfollow",
    "upload.createSession",
    "validatePermission",
    "versions",
    "view.delta",
    "view.search",
    "workbook",
];

/// Properties of both, which OData lets clients ask for one by one.
const PROPERTIES: &[&str] = &[
    "audio",
    "bundle",
    "cTag",
    "createdBy",
    "createdByUser",
    "createdDateTime",
    "deleted",
    "description",
    "driveType",
    "eTag",
    "file",
    "fileSystemInfo",
    "folder",
    "id",
    "image",
    "lastModifiedBy",
    "lastModifiedByUser",
    "lastModifiedDateTime",
    "location",
    "malware",
    "name",
    "owner",
    "package",
    "parentReference",
    "pendingOperations",
    "photo",
    "publication",
    "quota",
    "remoteItem",
    "root",
    "searchResult",
    "sharePointIds",
    "shared",
    "sharepointIds",
    "size",
    "specialFolder",
    "system",
    "video",
    "webDavUrl",
    "webUrl",
];

/// Returns whether the service knows what is asked of a drive.
pub(super) fn is_of_drive(segment: &str) -> bool {
    is_known(OF_DRIVE, segment)
}

/// Returns whether the service knows what is asked of an item.
pub(super) fn is_of_item(segment: &str) -> bool {
    is_known(OF_ITEM, segment)
}

/// `$count`, `$value`, `$ref` and their like are OData's and may follow anywhere.
fn is_known(names: &[&str], segment: &str) -> bool {
    names.contains(&segment) || PROPERTIES.contains(&segment) || segment.starts_with('$')
}

/// Returns the name at the beginning of what is asked: without the arguments of a function and what follows.
pub(super) fn first(asked: &str) -> &str {
    asked.split(['/', '(']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_knows_is_told_from_nonsense() {
        for known in ["delta", "search(q='a/b')", "versions/1.0/content", "$count", "name"] {
            assert!(is_of_item(first(known)), "{known}");
        }
        for known in ["special/approot", "recent()", "search(q=':')", "items", "$value"] {
            assert!(is_of_drive(first(known)), "{known}");
        }
        for nonsense in ["explode", "Docs/a.txt", "Delta", "special", ""] {
            assert!(!is_of_item(first(nonsense)), "{nonsense}");
        }
        assert!(!is_of_drive("delta") && !is_of_drive("rootx"));
    }
}
