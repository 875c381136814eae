//! Lists the segments that Microsoft's services know below a drive and below an item.
//!
//! The service knows the segments listed here, whether drivesim supports them or not, and rejects all others. The names
//! are those of drive, driveItem and baseItem in the metadata of Microsoft Graph, and of the pages of 2015 on the
//! OneDrive API.

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

/// Properties of both, which clients can request one by one with OData.
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

/// Returns whether the service knows a segment below a drive.
pub(super) fn is_of_drive(segment: &str) -> bool {
    is_known(OF_DRIVE, segment)
}

/// Returns whether the service knows a segment below an item.
pub(super) fn is_of_item(segment: &str) -> bool {
    is_known(OF_ITEM, segment)
}

/// `$count`, `$value`, `$ref` and the like are segments of OData, which may follow anywhere.
fn is_known(names: &[&str], segment: &str) -> bool {
    names.contains(&segment) || PROPERTIES.contains(&segment) || segment.starts_with('$')
}

/// Returns the first name of an action, without the arguments of a function and further segments.
pub(super) fn first_name(action: &str) -> &str {
    action.split(['/', '(']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_segments_are_distinguished_from_unknown_ones() {
        for known in ["delta", "search(q='a/b')", "versions/1.0/content", "$count", "name"] {
            assert!(is_of_item(first_name(known)), "{known}");
        }
        for known in ["special/approot", "recent()", "search(q=':')", "items", "$value"] {
            assert!(is_of_drive(first_name(known)), "{known}");
        }
        for unknown in ["explode", "Docs/a.txt", "Delta", "special", ""] {
            assert!(!is_of_item(first_name(unknown)), "{unknown}");
        }
        assert!(!is_of_drive("delta") && !is_of_drive("rootx"));
    }
}
