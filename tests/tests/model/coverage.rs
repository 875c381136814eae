//! The only place that counts what the histories did, and says what they did too seldom.

use std::collections::BTreeMap;
use std::sync::Mutex;

use drivesim_testkit::model::{Mark, Refusal};

static COUNTS: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// Everything that must happen in a run.
const NEEDED: &[(&str, &[&str])] = &[
    (
        "verb",
        &[
            "create_folder_or",
            "create_file_or",
            "create_sized",
            "write",
            "rename",
            "move_to_or",
            "delete",
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
        "refusal",
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
        ],
    ),
    ("failure", &["NotFound", "NameTaken", "SomeFailed", "IntoItself", "NoDrive"]),
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
        ],
    ),
];

/// Counts something that happened.
pub(crate) fn count(what: String) {
    *COUNTS.lock().unwrap().entry(what).or_default() += 1;
}

pub(crate) fn count_mark(mark: &Mark) {
    count(match mark {
        Mark::Job(what) => format!("job {what}"),
        Mark::Failed(refusal) => format!("failure {}", name_of(refusal)),
        Mark::Settled(how, kind) => format!("settled {how} {kind}"),
    });
}

/// Returns the name of a refusal, without what it holds.
pub(crate) fn name_of(refusal: &Refusal) -> String {
    let text = format!("{refusal:?}");
    text.split('(').next().unwrap_or_default().to_owned()
}

/// Prints what happened how often, and refuses a run in which something hardly did.
pub(crate) fn check(needed: u64) {
    let counts = COUNTS.lock().unwrap().clone();
    for (what, n) in &counts {
        println!("{n:8} {what}");
    }
    let all =
        NEEDED.iter().flat_map(|(group, names)| names.iter().map(move |name| format!("{group} {name}")));
    let rare: Vec<String> = all.filter(|what| counts.get(what).copied().unwrap_or(0) < needed).collect();
    assert!(rare.is_empty(), "happened fewer than {needed} times: {rare:?}");
}
