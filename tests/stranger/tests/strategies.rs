//! Draws names and trees in threads with the small stacks of tests.

use drivesim::item::ItemKind;
use drivesim::{Profile, Sim};
use drivesim_testkit::shrinking::shrunk;
use drivesim_testkit::strategies::{allowed_names, trees};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::with_cases(64)
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_allowed_name_is_accepted(name in allowed_names(&Profile::BOX, ItemKind::Folder)) {
        Sim::builder().profile(Profile::BOX).build()?.create_folder("/", &name)?;
    }

    #[test]
    fn a_tree_is_built_and_printed(tree in trees(&Profile::PERSONAL)) {
        let sim = Sim::builder().profile(Profile::PERSONAL).outline(tree.to_string()).build()?;
        sim.assert_outline(&tree.to_string());
    }
}

#[test]
fn a_strategy_of_its_own_shrinks() {
    assert_eq!(shrunk(&(0..1000u32), |number| *number >= 17), 17);
}

#[test]
fn a_tree_that_fails_shrinks_to_its_smallest_form() {
    let failed = TestRunner::new(config()).run(&trees(&Profile::BUSINESS), |tree| {
        prop_assert!(tree.drives[0].lines.len() < 2);
        Ok(())
    });
    let Err(TestError::Fail(_, tree)) = failed else { panic!("nothing failed") };
    assert_eq!(tree.drives[0].lines.len(), 2, "{tree}");
}
