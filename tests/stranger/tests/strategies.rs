//! Draws histories and trees in threads with the small stacks of tests.

use drivesim::{Profile, Sim};
use drivesim_testkit::history::histories;
use drivesim_testkit::strategies::trees;
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
    fn a_history_has_verbs((_model, verbs) in histories(1..6)) {
        prop_assert!(!verbs.is_empty());
    }

    #[test]
    fn a_tree_is_built_and_printed(tree in trees(&Profile::PERSONAL)) {
        let sim = Sim::builder().profile(Profile::PERSONAL).outline(tree.to_string()).build()?;
        sim.assert_outline(&tree.to_string());
    }
}

#[test]
fn a_history_that_fails_shrinks_to_the_verbs_that_matter() {
    let failed = TestRunner::new(config()).run(&histories(1..12), |(_model, verbs)| {
        prop_assert!(verbs.len() < 3);
        Ok(())
    });
    let Err(TestError::Fail(_, (_model, verbs))) = failed else { panic!("nothing failed") };
    assert_eq!(verbs.len(), 3);
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
