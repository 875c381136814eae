//! Promises about quotas: what counts, and what fails if the quota is exceeded.

use std::time::Duration;

use drivesim::item::Versions;
use drivesim::profile::Service;
use drivesim::{Conflict, CopyOptions, Profile};

use super::{Ended, Fixture, Subject, on_all, on_each};

const FULL: &str = "quotaLimitReached";
/// The services that count past versions and the bin.
const COUNTING: [Profile; 3] = [Profile::BUSINESS, Profile::PERSONAL, Profile::BOX];

/// The content of all files counts, also of copies.
pub fn all_files_count<S: Subject>() {
    for mut on in on_all::<S>("a = \"12345\"\nd/\n  b = \"123\"\nto/\n") {
        assert_eq!(on.used(), Ok(8));
        on.copies("/d", "/to", CopyOptions::default());
        on.does(|drive| drive.create_file("/", "c", "1"));
        assert_eq!(on.used(), Ok(12));
    }
}

/// A call that would exceed the quota fails; content that just fits is allowed.
pub fn nothing_grows_beyond_the_quota<S: Subject>() {
    for mut on in on_all::<S>("a = \"12345\"\nto/\n") {
        on.does(|drive| drive.set_quota(Some(9)));
        on.refuses(FULL, |drive| drive.create_file("/", "b", "12345"));
        on.refuses(FULL, |drive| drive.write("/b", "12345"));
        on.refuses(FULL, |drive| drive.write("/a", "1234567890"));
        on.copies_not(FULL, "/a", "/to", CopyOptions::default());
        on.does(|drive| drive.create_file("/", "b", "1234"));
        on.does(|drive| drive.create_folder("/", "c"));
        on.does(|drive| drive.create_file("/", "empty", ""));
        on.refuses(FULL, |drive| drive.create_file("/", "d", "1"));
        on.does(|drive| drive.set_quota(None));
        on.copies("/a", "/to", CopyOptions::default());
    }
}

/// Calls that do not use more bytes are allowed on a drive that exceeds its quota.
pub fn calls_that_use_no_more_bytes_are_allowed<S: Subject>() {
    for mut on in on_all::<S>("a = \"12345\"\nb = \"123\"\nto/\n") {
        let id = on.does(|drive| drive.id("/b"));
        on.does(|drive| drive.set_quota(Some(1)));
        on.does(|drive| drive.rename("/a", "c"));
        on.does(|drive| drive.move_to("/c", "/to", None));
        on.does(|drive| drive.create_folder("/", "d"));
        on.does(|drive| drive.delete("/b"));
        if on.profile().service == Service::Plain {
            on.refuses(FULL, |drive| drive.restore(&id, None, None, Conflict::Fail));
            on.does(|drive| drive.write("/to/c", "1234"));
        } else {
            on.does(|drive| drive.restore(&id, None, None, Conflict::Fail));
            on.refuses(FULL, |drive| drive.write("/to/c", "1234"));
        }
        on.does(|drive| drive.delete_permanently("/to/c"));
    }
}

/// Past versions count until they are deleted, except on plain drives.
pub fn past_versions_count_except_on_plain_drives<S: Subject>() {
    for mut on in on_all::<S>("a = \"12345\"\nto/\n") {
        let past = if on.profile().service == Service::Plain { 0 } else { 5 };
        on.does(|drive| drive.write("/a", "123"));
        assert_eq!(on.used(), Ok(3 + past));
        on.copies("/a", "/to", CopyOptions::named("now"));
        assert_eq!(on.used(), Ok(6 + past));
        on.copies("/a", "/to", CopyOptions::named("all").versions(Versions::All));
        assert_eq!(on.used(), Ok(9 + 2 * past));
        on.does(|drive| drive.delete_version("/a", 1));
        assert_eq!(on.used(), Ok(9 + past));
    }
}

/// A write fails if the quota does not also allow for the version before it, except on plain drives.
pub fn a_write_needs_quota_for_the_version_before_it<S: Subject>() {
    for mut on in on_all::<S>("a = \"12345\"\n") {
        on.does(|drive| drive.set_quota(Some(9)));
        if on.profile().service == Service::Plain {
            on.does(|drive| drive.write("/a", "123456789"));
        } else {
            on.refuses(FULL, |drive| drive.write("/a", "54321"));
            on.does(|drive| drive.write("/a", "1234"));
        }
    }
}

/// Items in the bin count until they are purged, except on plain drives; restored items count once.
pub fn the_bin_counts_except_on_plain_drives<S: Subject>() {
    for mut on in on_all::<S>("a = \"12345\"\nd/\n  b = \"123\"\n") {
        let counts = on.profile().service != Service::Plain;
        let [a, d] = ["/a", "/d"].map(|path| on.does(|drive| drive.id(path)));
        on.does(|drive| drive.delete("/a"));
        on.does(|drive| drive.delete("/d"));
        assert_eq!(on.used(), Ok(if counts { 8 } else { 0 }));
        on.does(|drive| drive.restore(&d, None, None, Conflict::Fail));
        assert_eq!(on.used(), Ok(if counts { 8 } else { 3 }));
        on.does(|drive| drive.purge(&a));
        assert_eq!(on.used(), Ok(3));
        on.does(|drive| drive.delete_permanently("/d"));
        assert_eq!(on.used(), Ok(0));
    }
}

/// An item that is purged when its time in the bin ends frees its bytes.
pub fn items_purged_by_time_free_their_bytes<S: Subject>() {
    for mut on in on_each::<S>(&COUNTING, "a = \"12345\"\n") {
        on.does(|drive| drive.set_quota(Some(5)));
        on.does(|drive| drive.delete("/a"));
        on.refuses(FULL, |drive| drive.create_file("/", "b", "12345"));
        on.pass(Duration::from_secs(93 * 24 * 60 * 60));
        assert_eq!(on.used(), Ok(0));
        on.does(|drive| drive.create_file("/", "b", "12345"));
    }
}

/// A restored file can use the bytes of the file that it replaces, and of that file's versions.
pub fn a_restored_file_can_use_the_bytes_of_the_replaced_file<S: Subject>() {
    for mut on in on_each::<S>(&[Profile::PLAIN, Profile::BUSINESS, Profile::PERSONAL], "a = \"12345\"\n") {
        let id = on.does(|drive| drive.id("/a"));
        on.does(|drive| drive.delete("/a"));
        on.does(|drive| drive.create_file("/", "a", "1234"));
        on.does(|drive| drive.write("/a", "123"));
        let used = on.does(|drive| drive.used());
        on.does(|drive| drive.set_quota(Some(used.max(5))));
        on.does(|drive| drive.restore(&id, None, None, Conflict::Replace));
        assert_eq!(on.used(), Ok(5));
    }
}

/// A running copy has reserved its bytes, and no other call can use them.
pub fn a_running_copy_reserves_its_bytes<S: Subject>() {
    for mut on in on_all::<S>("d/\n  a = \"12345\"\n  b = \"12345\"\nto/\n") {
        on.does(|drive| drive.set_quota(Some(25)));
        let job = on.does(|drive| drive.begin_copy("/d", "/to", CopyOptions::default()));
        on.does(|drive| drive.step_copy(&job, 1));
        assert_eq!(on.used(), Ok(10));
        on.refuses(FULL, |drive| drive.create_file("/", "c", "123456"));
        on.does(|drive| drive.create_file("/", "c", "12345"));
        assert_eq!(on.end_copy(&job), Ended::Completed("/to/d".to_owned()));
        assert_eq!(on.used(), Ok(25));
    }
}

/// A copy fails if the quota is exceeded when it starts, even if it was not at the time of the call.
pub fn a_copy_fails_if_the_quota_is_exceeded_when_it_starts<S: Subject>() {
    for mut on in on_all::<S>("a = \"12345\"\nto/\n") {
        on.does(|drive| drive.set_quota(Some(10)));
        let job = on.does(|drive| drive.begin_copy("/a", "/to", CopyOptions::default()));
        on.does(|drive| drive.create_file("/", "b", "1"));
        assert_eq!(on.end_copy(&job), Ended::Failed(FULL.to_owned()));
        on.holds("a = \"12345\"\nb = \"1\"\nto/\n");
    }
}

/// A quota counts what is in its drive, including copies from other drives.
pub fn each_drive_has_its_own_quota<S: Subject>() {
    let mut on = Fixture::<S>::on(&Profile::PLAIN, "a = \"12345\"\n");
    on.does(|drive| drive.set_quota(Some(5)));
    on.does(|drive| drive.add_drive("other", &Profile::PLAIN));
    on.does(|drive| drive.create_file("other:/", "b", "123"));
    assert_eq!(on.copies("/a", "other:/", CopyOptions::default()), "other:/a");
    on.copies_not(FULL, "other:/b", "/", CopyOptions::default());
    assert_eq!(on.used(), Ok(5));
}
