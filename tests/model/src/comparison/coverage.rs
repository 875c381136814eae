//! Counts the events of histories, and fails if some are too rare.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::model::{Mark, ModelError};

static COUNTS: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// The events that must occur in a run, by group.
const NEEDED: &[(&str, &[&str])] = &[
    (
        "verb",
        &[
            "create_folder_with",
            "create_file_with",
            "create_sized",
            "write",
            "rename",
            "move_to_with",
            "update",
            "delete",
            "delete_permanently",
            "restore_item_with",
            "purge",
            "purge_all",
            "restore_version",
            "delete_version",
            "set_times",
            "set_description",
            "set_access",
            "set_quota",
            "lock",
            "unlock",
            "copy",
            "copy children",
            "poll",
            "step",
            "advance",
            "run_until_idle",
            "add_drive",
            "remove_drive",
        ],
    ),
    (
        "error",
        &[
            "NotFound",
            "BadPath",
            "NameTaken",
            "BadName",
            "PathTooLong",
            "NotAFolder",
            "NotAFile",
            "IsRoot",
            "IntoItself",
            "ChildrenOfAFile",
            "ChildrenOnlyWithName",
            "TooManyItems",
            "SizeOverflow",
            "ConflictNotOffered",
            "NoDrive",
            "DriveExists",
            "AcrossDrives",
            "NotHeld",
            "Pace",
            "TagMismatch",
            "NothingToMatch",
            "AccessDenied",
            "Locked",
            "NoLock",
            "QuotaExceeded",
            "NoVersion",
            "CurrentVersion",
            "TimesNotSettable",
            "DescriptionTooLong",
            "NotInBin",
        ],
    ),
    (
        "failure",
        &[
            "NotFound",
            "NameTaken",
            "SomeFailed",
            "IntoItself",
            "NoDrive",
            "AccessDenied",
            "Locked",
            "QuotaExceeded",
        ],
    ),
    (
        "fact",
        &[
            "folder ctag moved",
            "move that changes nothing",
            "several facts in one step",
            "times made a version",
            "version dropped by limit",
            "version brought its name back",
            "deleted version still listed",
            "copy of one version",
            "copy with past versions",
            "restored with a number",
            "restored elsewhere",
            "purged by time",
            "access read",
            "access none",
            "access write",
            "access level removed",
            "copy locked its ends",
        ],
    ),
    (
        "look",
        &[
            "bin",
            "change seen",
            "tombstone seen",
            "page of changes",
            "last page of changes",
            "restored together",
            "search",
        ],
    ),
    ("profile", &["plain", "business", "personal", "box"]),
    ("copy to", &["plain", "business", "personal", "box"]),
    ("pace", &["Instant", "Held", "ItemsPerSecond", "BytesPerSecond", "After", "Polls"]),
    (
        "job",
        &[
            "accepted",
            "started",
            "revealed partly",
            "completed",
            "failed at start",
            "failed while running",
            "failed with some items",
            "leftovers removed",
        ],
    ),
    (
        "settled",
        &[
            "renamed file",
            "renamed folder",
            "create replaces file",
            "create replaces folder",
            "move replaces file",
            "copy replaces file",
            "restore replaces file",
        ],
    ),
];

/// Counts an event.
pub(super) fn count(what: String) {
    *COUNTS.lock().unwrap_or_else(PoisonError::into_inner).entry(what).or_default() += 1;
}

pub(super) fn count_mark(mark: &Mark) {
    count(match mark {
        Mark::Job(what) => format!("job {what}"),
        Mark::Failed(error) => format!("failure {}", name_of(error)),
        Mark::Fact(what) => format!("fact {what}"),
        Mark::Settled(how, kind) => format!("settled {how} {kind}"),
    });
}

/// Returns the name of a failure, without its data.
pub(super) fn name_of(error: &ModelError) -> String {
    let text = format!("{error:?}");
    text.split('(').next().unwrap_or_default().to_owned()
}

/// Prints the number of each event in this process, and fails if one occurred fewer than `needed` times.
///
/// # Panics
/// Panics if an event was too rare.
pub fn check(needed: u64) {
    let counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    for (what, n) in &counts {
        println!("{n:8} {what}");
    }
    let all =
        NEEDED.iter().flat_map(|(group, names)| names.iter().map(move |name| format!("{group} {name}")));
    let rare: Vec<String> = all.filter(|what| counts.get(what).copied().unwrap_or(0) < needed).collect();
    assert!(rare.is_empty(), "happened fewer than {needed} times: {rare:?}");
}
