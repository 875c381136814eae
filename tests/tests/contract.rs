//! Runs the contract on drivesim, with instant and with stepped copies, and on the model.

use drivesim_model::ModelSubject;
use drivesim_testkit::contract::{EngineSubject, SteppedSubject, ask_all};

drivesim_testkit::contract_tests!(engine, EngineSubject);
drivesim_testkit::contract_tests!(stepped, SteppedSubject);
drivesim_testkit::contract_tests!(model, ModelSubject);

#[test]
fn drivesim_runs_all_promises() {
    for (name, run) in [("at once", ask_all::<EngineSubject>()), ("stepped", ask_all::<SteppedSubject>())] {
        println!("drivesim, {name}: {run}");
        assert_eq!(run.skipped, [""; 0]);
    }
}

#[test]
fn the_model_runs_all_promises_but_the_restore_of_a_drive() {
    let run = ask_all::<ModelSubject>();
    println!("the model: {run}");
    // The model cannot be restored to an earlier state.
    assert_eq!(run.skipped, ["tokens_from_before_a_state_restore_are_rejected"]);
    assert!(run.asked.len() >= 202, "{run}");
}
