//! Lists the wire options of Box.

use drivesim::profile::Service;

use crate::box_api::options::{
    BoxOptions, ConflictsShape, DuplicateCreate, FieldsBase, LinkAccess, OffsetBeyondEnd, TrashedFileGet,
};
use crate::state::wire_option::{WireOption, WireRow, error_status, flag, wire_row};

const BOX: &[Service] = &[Service::Box];

/// Parses a number of requests, or `none`.
fn rate_limit(value: &str) -> Option<Option<u32>> {
    match value {
        "none" => Some(None),
        number => number.parse().ok().map(Some),
    }
}

/// Parses a UTC offset such as `+01:00` into minutes.
fn offset_minutes(value: &str) -> Option<i16> {
    let (sign, rest) = match value.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, value.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let part = |text: &str, most: i16| -> Option<i16> {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|&number| is_number && number <= most)
    };
    Some(sign * (part(hours, 23)? * 60 + part(minutes, 59)?))
}

#[rustfmt::skip]
pub(super) const OPTIONS: &[WireRow<BoxOptions>] = &[
    wire_row!(BOX, conflicts_shape, "per_call, array or object", "how the response to a taken name reports the item that has it: as seen in the responses to each call, or always as a list or as one item", ConflictsShape::parse),
    wire_row!(BOX, fields_base, "base or mini", "the fields of a response besides the requested ones", FieldsBase::parse),
    wire_row!(BOX, copy_root_status, "500 or another status", "the error status of a copy of the root", error_status),
    wire_row!(BOX, cyclic_copy_status, "400 or another status", "the error status of a copy of a folder into itself or below", error_status),
    wire_row!(BOX, file_as_target_status, "404 or another status", "the error status for a file as the target folder", error_status),
    wire_row!(BOX, foreign_version_status, "404 or another status", "the error status of a copy of a version that the file does not have", error_status),
    wire_row!(BOX, copy_without_room_status, "403 or another status", "the error status of a copy for which there is no room", error_status),
    wire_row!(BOX, if_none_match_on_copy, "true or false", "whether a copy fails with 304 if the source has the etag in If-None-Match", flag),
    wire_row!(BOX, trashed_file_get, "200 or 404", "the status of a request for a file that is in the trash", TrashedFileGet::parse),
    // The loop of the guide to offset-based pagination, box-csharp-sdk-v2 issue 61 and the connector of Elastic need
    // the empty page; a third party compared its own replica with the service and saw an error (agent-diff).
    wire_row!(BOX, offset_beyond_end, "empty or refuse", "the response to a page of a folder with an offset beyond the last entry", OffsetBeyondEnd::parse),
    wire_row!(BOX, duplicate_create, "item_name_in_use or name_temporarily_reserved", "the error of a creation whose name was taken in the same second", DuplicateCreate::parse),
    wire_row!(BOX, shared_link_access, "company, open or collaborators", "who may use a new shared link for which no access is requested", LinkAccess::parse),
    wire_row!(BOX, forbidden_by_policy, "false or true", "whether copies are forbidden by an information barrier", flag),
    wire_row!(BOX, rate_limit, "none or another number", "the maximum number of requests per minute, by the clock of the simulator", rate_limit),
    wire_row!(BOX, time_zone, "-08:00 or another offset", "the UTC offset of times in responses", offset_minutes),
];
