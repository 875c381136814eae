//! The promises of a drive, kept by drivesim, with copies at once and step by step, and by the model.

use drivesim_testkit::contract::{EngineSubject, ModelSubject, SteppedSubject, ask_all};

drivesim_testkit::contract_tests!(engine, EngineSubject);
drivesim_testkit::contract_tests!(stepped, SteppedSubject);
drivesim_testkit::contract_tests!(model, ModelSubject);

#[test]
fn drivesim_is_asked_all_promises() {
    for (name, told) in [("at once", ask_all::<EngineSubject>()), ("stepped", ask_all::<SteppedSubject>())] {
        println!("drivesim, {name}: {told}");
        assert_eq!(told.skipped, [""; 0]);
    }
}

#[test]
fn the_model_is_asked_all_but_what_takes_it_back() {
    let told = ask_all::<ModelSubject>();
    println!("the model: {told}");
    // No call of the model puts it back to an earlier state.
    assert_eq!(told.skipped, ["a_token_from_before_the_drive_was_put_back_is_refused"]);
    assert!(told.asked.len() >= 202, "{told}");
}
