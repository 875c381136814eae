//! Tests that the search accepts histories that are linearizable, and no others.

use drivesim::{Conflict, CopyOptions, Profile};
use drivesim_model::op::{Op, Service};

use super::engine::EngineReference;
use super::model::ModelReference;
use super::order::is_linear;
use super::record::RecordedOp;
use super::reference::Reference;
use super::terms::{Few, ItemAt, OpResult};

fn create_folder() -> Op<Few> {
    Op::CreateFolder { parent: ItemAt::Path("/"), name: "n".to_owned(), conflict: Conflict::Fail }
}

fn write_x() -> Op<Few> {
    Op::Write { file: ItemAt::Path("/x"), text: "much longer".to_owned() }
}

/// Returns whether a history is linearizable in which one thread creates a folder and another lists the root from a
/// given time, with or without the folder.
fn is_create_and_list_linear(sees_folder: bool, from: u64) -> bool {
    let engine = EngineReference::new(Profile::PLAIN, usize::MAX);
    let mut after = engine.fork();
    let list = Op::List { folder: ItemAt::Path("/") };
    let create = create_folder();
    let created = RecordedOp { got: after.run(&create), op: create, from: 0, to: 3 };
    let got = if sees_folder { after.run(&list) } else { engine.fork().run(&list) };
    let history = [vec![created], vec![RecordedOp { op: list, got, from, to: from + 1 }]];
    let model_ref = ModelReference::new(Service::Plain);
    let (by_engine, by_model) =
        (is_linear(&engine, &engine.start, &history), is_linear(&model_ref, &engine.start, &history));
    assert_eq!(by_engine, by_model);
    by_engine
}

#[test]
fn a_listing_during_a_create_may_contain_the_folder_or_not() {
    assert!(is_create_and_list_linear(true, 1));
    assert!(is_create_and_list_linear(false, 1));
}

#[test]
fn a_listing_after_a_create_must_contain_the_folder() {
    assert!(is_create_and_list_linear(true, 4));
    assert!(!is_create_and_list_linear(false, 4));
}

#[test]
fn two_threads_cannot_both_create_the_same_folder() {
    let engine = EngineReference::new(Profile::PLAIN, usize::MAX);
    let op = create_folder();
    let created =
        |id| vec![RecordedOp { op: op.clone(), got: OpResult::new("created", [id]), from: 0, to: 9 }];
    let failed = vec![RecordedOp { op: op.clone(), got: OpResult::failed("NameTaken"), from: 0, to: 9 }];
    assert!(!is_linear(&engine, &engine.start, &[created(1000), created(1001)]));
    assert!(!is_linear(&engine, &engine.start, &[created(engine.start[0]), failed.clone()]));
    assert!(is_linear(&engine, &engine.start, &[created(1000), failed]));
}

#[test]
fn a_copy_cannot_read_later_or_earlier_content() {
    let engine = EngineReference::new(Profile::PLAIN, usize::MAX);
    let mut after = engine.fork();
    let (write, list) = (write_x(), Op::List { folder: ItemAt::Path("/c") });
    let (source, target) = (ItemAt::Start(2), ItemAt::Start(1));
    let copy = Op::Copy { source, target, options: CopyOptions::named("n") };
    let start = engine.try_run(&Op::ListAll { drive: () }).unwrap().text;
    let names: Vec<&str> = start.lines().collect();
    assert!(names[1].contains("\"c\"") && names[2].contains("\"x\" 4"), "{names:?}");
    let copied = after.run(&copy);
    let old = after.run(&list);
    let written = after.run(&write);
    let record = |op: &Op<Few>, got: &OpResult, from, to| {
        vec![RecordedOp { op: op.clone(), got: got.clone(), from, to }]
    };
    let history = |copy_from, list_from| {
        [
            record(&copy, &copied, copy_from, copy_from + 2),
            record(&write, &written, 10, 12),
            record(&list, &old, list_from, list_from + 2),
        ]
    };
    for copy_from in [0, 11] {
        assert!(is_linear(&engine, &engine.start, &history(copy_from, 20)), "copied from {copy_from} on");
    }
    // A copy that starts after the write cannot have the old content.
    assert!(!is_linear(&engine, &engine.start, &history(13, 20)));
    // The copy cannot be listed before it starts.
    assert!(!is_linear(&engine, &engine.start, &history(11, 5)));
}
