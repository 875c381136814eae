//! Checks the types of the members of bodies, also of members that drivesim ignores.
//!
//! The gateway checks the whole body against the service's metadata first. A facet of the wrong type fails ("Property
//! folder in payload has a value that does not match schema", seen for `"folder": []`), and so does a null that the
//! metadata does not allow. Items, identities and some others are open types: they may have members that are not
//! listed.

use serde_json::{Map, Value};

use crate::graph::error::{ErrorCode, GraphError};
use crate::graph::time;

/// The type of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyType {
    /// A driveItem to create.
    Create,
    /// Changes of a driveItem.
    Change,
    /// The parameters of a copy.
    Copy,
    /// The parameters of createUploadSession.
    UploadSession,
    /// The parameters of restore.
    Restore,
    /// No known members.
    Empty,
}

impl BodyType {
    fn type_name(self) -> &'static str {
        match self {
            BodyType::Create | BodyType::Change => "driveItem",
            BodyType::Copy => "copy",
            BodyType::UploadSession => "createUploadSession",
            BodyType::Restore => "restore",
            BodyType::Empty => "",
        }
    }
}

/// The types and their members: each member with its type, and `!` if it cannot be null.
const TYPES: &[(&str, &str)] = &[
    (
        "driveItem",
        "@content.downloadUrl:text! @microsoft.graph.conflictBehavior:text! @microsoft.graph.downloadUrl:text! \
         @microsoft.graph.sourceUrl:text! @name.conflictBehavior:text! @odata.conflictBehavior:text! \
         @odata.context:text! @odata.editLink:text! @odata.etag:text! @odata.id:text! @odata.type:text! \
         analytics:object audio:audio bundle:bundle cTag:text children:[driveItem] children@odata.context:text! \
         children@odata.count:int64! children@odata.nextLink:text! content:text createdBy:identitySet \
         createdByUser:object createdDateTime:time! deleted:deleted description:text eTag:text file:file \
         fileSystemInfo:fileSystemInfo folder:folder id:text! image:image lastModifiedBy:identitySet \
         lastModifiedByUser:object lastModifiedDateTime:time! listItem:object location:geoCoordinates \
         malware:malware name:text package:package parentReference:itemReference \
         pendingOperations:pendingOperations permissions:[permission] photo:photo publication:publicationFacet \
         remoteItem:remoteItem retentionLabel:itemRetentionLabel root:object searchResult:searchResult \
         shared:shared sharepointIds:sharepointIds size:int64 specialFolder:specialFolder subscriptions:[object] \
         thumbnails:[thumbnailSet] versions:[driveItemVersion] video:video webDavUrl:text webUrl:text \
         workbook:object",
    ),
    ("copy", "childrenOnly:flag includeAllVersionHistory:flag name:text parentReference:itemReference"),
    ("restore", "@microsoft.graph.conflictBehavior:text! name:text parentReference:itemReference"),
    // Some clients omit the object that contains the members.
    (
        "createUploadSession",
        "@microsoft.graph.conflictBehavior:text! @name.conflictBehavior:text! deferCommit:flag description:text \
         driveItemSource:driveItemSource fileSize:int64 fileSystemInfo:fileSystemInfo \
         item:driveItemUploadableProperties mediaSource:mediaSource name:text",
    ),
    (
        "driveItemUploadableProperties",
        "@microsoft.graph.conflictBehavior:text! @name.conflictBehavior:text! @odata.type:text! description:text \
         driveItemSource:driveItemSource fileSize:int64 fileSystemInfo:fileSystemInfo mediaSource:mediaSource \
         name:text",
    ),
    ("album", "coverImageItemId:text"),
    (
        "audio",
        "album:text albumArtist:text artist:text bitrate:int64 composers:text copyright:text disc:int16 \
         discCount:int16 duration:int64 genre:text hasDrm:flag isVariableBitrate:flag title:text track:int32 \
         trackCount:int32 year:int32",
    ),
    ("bundle", "album:album childCount:int32"),
    ("deleted", "state:text"),
    ("driveItemSource", "application:driveItemSourceApplication externalId:text"),
    (
        "driveItemVersion",
        "content:text id:text! lastModifiedBy:identitySet lastModifiedDateTime:time publication:publicationFacet \
         size:int64",
    ),
    ("file", "hashes:hashes mimeType:text processingMetadata:flag"),
    ("fileSystemInfo", "createdDateTime:time lastAccessedDateTime:time lastModifiedDateTime:time"),
    ("folder", "childCount:int32 view:folderView"),
    ("folderView", "sortBy:text sortOrder:text viewType:text"),
    ("geoCoordinates", "altitude:real latitude:real longitude:real"),
    ("hashes", "crc32Hash:text quickXorHash:text sha1Hash:text sha256Hash:text"),
    ("identity", "displayName:text email:text id:text loginName:text"),
    ("identitySet", "application:identity device:identity user:identity"),
    ("image", "height:int32 width:int32"),
    (
        "itemReference",
        "@odata.type:text! driveId:text driveType:text id:text name:text path:text shareId:text \
         sharepointIds:sharepointIds siteId:text",
    ),
    (
        "itemRetentionLabel",
        "id:text! isLabelAppliedExplicitly:flag labelAppliedBy:identitySet labelAppliedDateTime:time name:text \
         retentionSettings:retentionLabelSettings",
    ),
    ("malware", "description:text"),
    ("mediaSource", "contentCategory:mediaSourceContentCategory"),
    ("package", "type:text"),
    ("pendingContentUpdate", "queuedDateTime:time"),
    ("pendingOperations", "pendingContentUpdate:pendingContentUpdate"),
    (
        "permission",
        "expirationDateTime:time grantedTo:identitySet grantedToIdentities:[identitySet] \
         grantedToIdentitiesV2:[sharePointIdentitySet] grantedToV2:sharePointIdentitySet hasPassword:flag id:text! \
         inheritedFrom:itemReference invitation:sharingInvitation link:sharingLink roles:[text] shareId:text",
    ),
    (
        "photo",
        "cameraMake:text cameraModel:text exposureDenominator:real exposureNumerator:real fNumber:real \
         focalLength:real iso:int32 orientation:int16 takenDateTime:time",
    ),
    ("publicationFacet", "checkedOutBy:identitySet level:text versionId:text"),
    (
        "remoteItem",
        "createdBy:identitySet createdDateTime:time file:file fileSystemInfo:fileSystemInfo folder:folder id:text \
         image:image lastModifiedBy:identitySet lastModifiedDateTime:time name:text package:package \
         parentReference:itemReference shared:shared sharepointIds:sharepointIds size:int64 \
         specialFolder:specialFolder video:video webDavUrl:text webUrl:text",
    ),
    (
        "retentionLabelSettings",
        "behaviorDuringRetentionPeriod:text isContentUpdateAllowed:flag isDeleteAllowed:flag \
         isLabelUpdateAllowed:flag isMetadataUpdateAllowed:flag isRecordLocked:flag",
    ),
    ("searchResult", "onClickTelemetryUrl:text"),
    ("shared", "owner:identitySet scope:text sharedBy:identitySet sharedDateTime:time"),
    (
        "sharePointGroupIdentity",
        "displayName:text email:text id:text loginName:text principalId:text title:text",
    ),
    ("sharePointIdentity", "displayName:text email:text id:text loginName:text"),
    (
        "sharePointIdentitySet",
        "application:identity device:identity group:identity sharePointGroup:sharePointGroupIdentity \
         siteGroup:sharePointIdentity siteUser:sharePointIdentity user:identity",
    ),
    (
        "sharepointIds",
        "listId:text listItemId:text listItemUniqueId:text siteId:text siteUrl:text tenantId:text webId:text",
    ),
    ("sharingInvitation", "email:text invitedBy:identitySet redeemedBy:text signInRequired:flag"),
    (
        "sharingLink",
        "application:identity preventsDownload:flag scope:text type:text webHtml:text webUrl:text",
    ),
    ("specialFolder", "name:text"),
    ("thumbnail", "content:text height:int32 sourceItemId:text url:text width:int32"),
    ("thumbnailSet", "id:text! large:thumbnail medium:thumbnail small:thumbnail source:thumbnail"),
    (
        "video",
        "audioBitsPerSample:int32 audioChannels:int32 audioFormat:text audioSamplesPerSecond:int32 bitrate:int32 \
         duration:int64 fourCC:text frameRate:real height:int32 width:int32",
    ),
];

/// The enumerations and their values.
const ENUMERATIONS: &[(&str, &str)] = &[
    (
        "driveItemSourceApplication",
        "teams yammer sharePoint oneDrive stream powerPoint office loki loop other unknownFutureValue",
    ),
    (
        "mediaSourceContentCategory",
        "meeting liveStream presentation screenRecording story profile chat note comment unknownFutureValue",
    ),
];

/// Fails if a member of a body has another type than in the metadata of the service.
pub(crate) fn check(body: BodyType, members: &Map<String, Value>) -> Result<(), GraphError> {
    let mut open = vec![(body.type_name(), members)];
    while let Some((of, members)) = open.pop() {
        for (key, value) in members {
            let Some(kind) = kind_of(of, key) else { continue };
            let (kind, is_nullable) = match kind.strip_suffix('!') {
                Some(kind) => (kind, false),
                None => (kind, !kind.starts_with('[')),
            };
            if value.is_null() && is_nullable {
                continue;
            }
            check_one(kind, value, &mut open).ok_or_else(|| mismatch(key, kind))?;
        }
    }
    Ok(())
}

/// Checks a value, and adds the objects in it to `open`.
fn check_one<'a>(
    kind: &'static str,
    value: &'a Value,
    open: &mut Vec<(&'static str, &'a Map<String, Value>)>,
) -> Option<()> {
    let Some(kind) = kind.strip_prefix('[') else {
        let of = check_value(kind, value)?;
        open.extend(of.map(|members| (kind, members)));
        return Some(());
    };
    let kind = kind.trim_end_matches(']');
    for value in value.as_array()? {
        open.extend(check_value(kind, value)?.map(|members| (kind, members)));
    }
    Some(())
}

/// Returns the members of a value, if it is an object; the outer `None` if the value does not have the type.
fn check_value<'a>(kind: &str, value: &'a Value) -> Option<Option<&'a Map<String, Value>>> {
    let is_within =
        |least: i64, most: i64| value.as_i64().is_some_and(|number| (least..=most).contains(&number));
    let is_valid = match kind {
        "text" => value.is_string(),
        "flag" => value.is_boolean(),
        "int16" => is_within(i16::MIN.into(), i16::MAX.into()),
        "int32" => is_within(i32::MIN.into(), i32::MAX.into()),
        "int64" => is_within(i64::MIN, i64::MAX),
        "real" => value.is_number(),
        "time" => value.as_str().is_some_and(|text| time::parse(text).is_some()),
        kind => match ENUMERATIONS.iter().find(|(name, _)| *name == kind) {
            Some((_, words)) => value.as_str().is_some_and(|text| words.split(' ').any(|word| word == text)),
            None => return Some(Some(value.as_object()?)),
        },
    };
    is_valid.then_some(None)
}

/// Returns the type of a member.
fn kind_of(of: &str, key: &str) -> Option<&'static str> {
    let (_, members) = TYPES.iter().find(|(name, _)| *name == of)?;
    members.split(' ').find_map(|member| member.strip_prefix(key)?.strip_prefix(':'))
}

fn mismatch(key: &str, kind: &str) -> GraphError {
    let expected = match kind {
        "text" => "a string",
        "flag" => "true or false",
        "int16" | "int32" | "int64" => "a whole number of its type",
        "real" => "a number",
        "time" => "a time as in 2024-01-31T12:00:00Z",
        _ if ENUMERATIONS.iter().any(|(name, _)| *name == kind) => "one of its values",
        _ if kind.starts_with('[') => "a list of values of its type",
        _ => "an object",
    };
    let message =
        format!("Property {key} in payload has a value that does not match schema: it must be {expected}.");
    GraphError::invalid(message).with_inner_code(ErrorCode::InvalidParameterFormat)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn is_valid(body: BodyType, value: &Value) -> bool {
        check(body, value.as_object().unwrap()).is_ok()
    }

    #[test]
    fn members_have_their_types_at_any_depth() {
        for (valid, value) in [
            (true, json!({})),
            (true, json!({ "name": null, "size": 7, "nosuch": [], "audio": { "year": 1970, "more": 1 } })),
            (true, json!({ "children": [{ "name": "x", "children": [] }], "folder": {}, "root": {} })),
            (false, json!({ "size": "7" })),
            (false, json!({ "size": 1.5 })),
            (false, json!({ "folder": [] })),
            (false, json!({ "id": null })),
            (false, json!({ "audio": { "year": "1970" } })),
            (false, json!({ "audio": { "year": 4_000_000_000_u64 } })),
            (false, json!({ "children": [{ "folder": { "childCount": true } }] })),
            (false, json!({ "children": null })),
            (false, json!({ "children": [7] })),
            (false, json!({ "permissions": [{ "roles": ["read", 7] }] })),
            (false, json!({ "createdDateTime": "2024-01-31" })),
        ] {
            assert_eq!(is_valid(BodyType::Change, &value), valid, "{value}");
        }
        assert!(is_valid(BodyType::Copy, &json!({ "childrenOnly": null, "parentReference": { "id": "1" } })));
        assert!(!is_valid(BodyType::Copy, &json!({ "childrenOnly": "true" })));
        assert!(!is_valid(BodyType::UploadSession, &json!({ "item": { "fileSize": "7" } })));
        assert!(is_valid(BodyType::Empty, &json!({ "name": 7 })));
    }

    #[test]
    fn every_named_type_is_listed() {
        let plain = ["text", "flag", "int16", "int32", "int64", "real", "time", "object"];
        for (of, members) in TYPES {
            for member in members.split(' ') {
                let kind = member.rsplit_once(':').unwrap().1.trim_matches(['[', ']', '!']);
                let mut listed = TYPES.iter().chain(ENUMERATIONS).map(|(name, _)| *name).chain(plain);
                let is_listed = listed.any(|name| name == kind);
                assert!(is_listed, "{of}: {member}");
            }
        }
    }
}
