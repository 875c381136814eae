//! Tests of what copies keep of their sources.

use jiff::Timestamp;

use super::*;
use crate::conflict::Conflict;
use crate::copy::tests::drive;
use crate::copy::{CopySpec, open};
use crate::drive::Times;
use crate::history::Versions;
use crate::profile::{CopyKeeps, Profile};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn times_of_files_and_descriptions_are_kept_where_the_profile_keeps_them() {
    for (content_times, description) in [(false, false), (false, true), (true, false), (true, true)] {
        let profile = Profile { copy_keeps: CopyKeeps { content_times, description }, ..Profile::PLAIN };
        let mut drive = drive(profile, "d/\n  described\n  plain\nto/\n");
        let times = Times { fs_modified_at: Some(second(7)), ..Times::default() };
        for path in ["/d", "/d/described", "/d/plain"] {
            drive.set_times(drive.find(path).unwrap(), times, NOW).unwrap();
        }
        for path in ["/d", "/d/described"] {
            drive.set_description(drive.find(path).unwrap(), "about it", NOW).unwrap();
        }
        let spec = CopySpec::new(drive.find("/d").unwrap(), drive.find("/to").unwrap());
        drive.copy(&spec, second(9), usize::MAX).unwrap();
        for (path, is_file, is_described) in
            [("/to/d", false, true), ("/to/d/described", true, true), ("/to/d/plain", true, false)]
        {
            let item = drive.item(drive.find(path).unwrap()).unwrap();
            let time = if content_times && is_file { 7 } else { 9 };
            assert_eq!(item.fs_modified_at, second(time), "{path} {content_times} {description}");
            assert_eq!(
                item.description.is_some(),
                description && is_described,
                "{path} {content_times} {description}"
            );
            assert_eq!(item.modified_at, second(9));
        }
        drive.check_invariants();
    }
}

#[test]
fn a_copy_across_drives_imports_a_few_handles_at_a_time() {
    let mut source = drive(Profile::PLAIN, "d/\n  a = \"1\"\n  b = \"22\"\n  c = \"333\"\n");
    for (path, texts) in [("/d/a", &["first", "second"][..]), ("/d/b", &["other"])] {
        for (at, text) in texts.iter().enumerate() {
            source.write(source.find(path).unwrap(), Content::from(*text), second(at as i64 + 1)).unwrap();
        }
    }
    for (limit, requested) in
        [1, 2, 3, 100].into_iter().flat_map(|limit| [(limit, Versions::All), (limit, Versions::Current)])
    {
        let mut target = Drive::new(Profile::PLAIN, NOW);
        let spec = CopySpec::new(source.find("/d").unwrap(), target.root()).versions(requested);
        let mut planned = open(&source, &target, &spec).unwrap().plan().unwrap();
        let mut n_calls = 1;
        while target.import(&mut planned, limit, NOW).unwrap() {
            n_calls += 1;
        }
        // Four names, three contents, and two histories if versions are copied.
        let n_handles = if requested == Versions::All { 9usize } else { 7 };
        assert!(n_calls >= n_handles.div_ceil(limit), "{limit}: {n_calls}");
        let ticket = target.reserve(&planned, NOW).unwrap();
        target.attach(planned.build(ticket, usize::MAX)).unwrap();
        target.check_invariants();
        for path in ["/d/a", "/d/b", "/d/c"] {
            let (original, copy) = (source.find(path).unwrap(), target.find(path).unwrap());
            assert_eq!(target.content(copy), source.content(original), "{path}");
        }
        if requested == Versions::Current {
            continue;
        }
        for path in ["/d/a", "/d/b", "/d/c"] {
            let (original, copy) = (source.find(path).unwrap(), target.find(path).unwrap());
            let sizes = |drive: &Drive, file| -> Vec<u64> {
                drive.versions(file).unwrap().iter().map(|version| version.size).collect()
            };
            assert_eq!(sizes(&target, copy), sizes(&source, original), "{path}");
            assert_eq!(target.version_content(copy, 1), source.version_content(original, 1), "{path}");
        }
        target.check_invariants();
    }
}

#[test]
fn a_file_that_was_written_once_is_copied_without_versions() {
    let mut drive = drive(Profile::PLAIN, "a = \"1\"\nb = \"2\"\nto/\n");
    let target = drive.find("/to").unwrap();
    let file = drive.find("/b").unwrap();
    drive.write(file, Content::from("22"), second(1)).unwrap();
    // The time of its first version differs from the modification time of the item.
    drive
        .set_times(
            drive.find("/a").unwrap(),
            Times { modified_at: Some(second(5)), ..Times::default() },
            second(6),
        )
        .unwrap();
    let all = CopySpec::new(drive.find("/a").unwrap(), target).versions(Versions::All).named("dated");
    let dated = drive.copy(&all, second(9), usize::MAX).unwrap();
    assert_eq!(drive.versions(dated).unwrap()[0].modified_at, second(9));
    for (path, n_versions) in [("/a", 1), ("/b", 2)] {
        let spec = CopySpec::new(drive.find(path).unwrap(), target).versions(Versions::All);
        let all = drive.copy(&spec, NOW, usize::MAX).unwrap();
        assert_eq!(drive.versions(all).unwrap().len(), n_versions, "{path}");
        let one = drive.copy(
            &spec.versions(Versions::Current).named("one").on_conflict(Conflict::Rename),
            NOW,
            usize::MAX,
        );
        assert_eq!(drive.versions(one.unwrap()).unwrap().len(), 1, "{path}");
    }
}
