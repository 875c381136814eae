//! Property tests of copies of random trees.

use std::collections::{BTreeSet, HashSet};

use drivesim::item::Totals;
use drivesim::{Conflict, CopyOptions, Item, ItemId, JobStatus, Pace, Profile, Sim};
use proptest::prelude::*;

/// Generates outlines of folders and files with few names, so that there are deep paths and conflicts.
fn outlines() -> impl Strategy<Value = String> {
    let line = (0usize..5, 0usize..14, any::<bool>(), 0u64..5000);
    prop::collection::vec(line, 0..60).prop_map(|lines| {
        let mut outline = String::from("source/\n");
        let mut used_paths = HashSet::new();
        // The folders that may contain the next line, from the top.
        let mut folders = vec![String::from("/source")];
        for (depth, name, is_folder, size) in lines {
            folders.truncate(depth + 1);
            let path = format!("{}/item {name}.x", folders[folders.len() - 1]);
            if !used_paths.insert(path.clone()) {
                continue;
            }
            let indent = "  ".repeat(folders.len());
            if is_folder {
                outline += &format!("{indent}item {name}.x/\n");
                folders.push(path);
            } else {
                outline += &format!("{indent}item {name}.x = {size} B\n");
            }
        }
        outline + "target/\n  other = 7 B\n"
    })
}

fn profiles() -> impl Strategy<Value = Profile> {
    prop::sample::select(Profile::ALL.to_vec())
}

/// Generates paces of all kinds; [`copy`] runs the jobs to their end.
fn paces() -> impl Strategy<Value = Pace> {
    let texts = ["instant", "held", "3polls", "7items/s", "900B/s", "3s"];
    prop::sample::select(texts.to_vec()).prop_map(|text| text.parse().unwrap())
}

fn sim(profile: Profile, outline: &str) -> Sim {
    // Even one item uses threads: every property implies that the result does not depend on them.
    Sim::builder().profile(profile).outline(outline).parallel_from(1).threads(2).build().unwrap()
}

/// Copies `/source` into `/target` and runs the job to its end.
fn copy(sim: &Sim, options: CopyOptions) -> ItemId {
    let job = sim.copy("/source", "/target", options).unwrap();
    while job.status() != JobStatus::Completed {
        match job.pace() {
            Pace::Held => drop(job.step(2).unwrap()),
            Pace::Polls(_) => drop(job.poll()),
            _ => sim.run_until_idle(),
        }
    }
    sim.check_invariants();
    job.outcome().unwrap().unwrap()
}

/// Returns an item and everything below it.
fn subtree(sim: &Sim, root: ItemId) -> Vec<Item> {
    let mut items = vec![sim.item(root).unwrap()];
    let mut at = 0;
    while at < items.len() {
        if items[at].is_folder() {
            items.extend(sim.children(items[at].id).unwrap());
        }
        at += 1;
    }
    items
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_copy_looks_the_same_below_its_new_root(outline in outlines(), profile in profiles(), pace in paces()) {
        let sim = sim(profile, &outline);
        let new = copy(&sim, CopyOptions::named("copy").pace(pace));
        prop_assert_eq!(sim.outline_of(new).unwrap(), sim.outline_of("/source").unwrap());
    }

    #[test]
    fn all_ids_of_a_copy_are_new_and_distinct(outline in outlines(), pace in paces()) {
        let sim = sim(Profile::PLAIN, &outline);
        let before: BTreeSet<ItemId> = subtree(&sim, sim.item("/").unwrap().id).iter().map(|item| item.id).collect();
        let new = copy(&sim, CopyOptions::default().pace(pace));
        let copied: Vec<Item> = subtree(&sim, new);
        let ids: BTreeSet<ItemId> = copied.iter().map(|item| item.id).collect();
        prop_assert_eq!(ids.len(), copied.len());
        prop_assert!(ids.is_disjoint(&before));
    }

    #[test]
    fn the_source_is_unchanged(outline in outlines(), profile in profiles(), pace in paces()) {
        let sim = sim(profile, &outline);
        let source = sim.item("/source").unwrap().id;
        let before = subtree(&sim, source);
        copy(&sim, CopyOptions::default().pace(pace));
        prop_assert_eq!(subtree(&sim, source), before);
    }

    #[test]
    fn sizes_and_counts_are_right_up_to_the_root(outline in outlines(), pace in paces()) {
        let sim = sim(Profile::BUSINESS, &outline);
        let (all, source) = (sim.totals("/").unwrap(), sim.totals("/source").unwrap());
        copy(&sim, CopyOptions::default().pace(pace));
        let expected = Totals {
            files: all.files + source.files,
            folders: all.folders + source.folders,
            bytes: all.bytes + source.bytes,
        };
        prop_assert_eq!(sim.totals("/").unwrap(), expected);
        for item in subtree(&sim, sim.item("/").unwrap().id) {
            let below = subtree(&sim, item.id);
            let bytes: u64 = below.iter().filter(|item| !item.is_folder()).map(|file| file.size).sum();
            let children = below.iter().filter(|below| below.parent == Some(item.id)).count();
            prop_assert_eq!((item.size, item.child_count as usize), (bytes, children));
        }
    }

    #[test]
    fn deleting_a_copy_restores_the_drive(outline in outlines(), profile in profiles(), pace in paces()) {
        let sim = sim(profile, &outline);
        let before = subtree(&sim, sim.item("/").unwrap().id);
        let new = copy(&sim, CopyOptions::default().pace(pace));
        sim.delete(new).unwrap();
        sim.check_invariants();
        // The tags of the folders above may have changed.
        let untagged = |mut items: Vec<Item>| {
            items.iter_mut().for_each(|item| item.ctag = 0);
            items
        };
        prop_assert_eq!(untagged(subtree(&sim, sim.item("/").unwrap().id)), untagged(before));
    }

    #[test]
    fn a_copy_with_rename_never_conflicts(
        names in prop::collection::btree_set("(x|X|x 1|x1|x 2|x\\.t|x 1\\.t|X1\\.T|\\.x|\\.x 1)", 1..8),
        business in any::<bool>(),
        n_copies in 1usize..6,
    ) {
        let profile = if business { Profile::BUSINESS } else { Profile::PLAIN };
        let sim = Sim::builder().profile(profile).build().unwrap();
        let n_created = names.iter().filter(|name| sim.create_sized("/", name, 1).is_ok()).count();
        for name in &names {
            for _ in 0..n_copies {
                let renamed = CopyOptions::default().on_conflict(Conflict::Rename);
                sim.copy(format!("/{name}"), "/", renamed).unwrap().outcome().unwrap().unwrap();
            }
        }
        let children = sim.children("/").unwrap();
        let same = |name: &str| if business { name.to_lowercase() } else { name.to_owned() };
        let distinct: BTreeSet<String> = children.iter().map(|item| same(&item.name)).collect();
        prop_assert_eq!(distinct.len(), children.len());
        prop_assert_eq!(children.len(), n_created + names.len() * n_copies);
    }

    #[test]
    fn a_copy_has_the_sanitised_name_which_is_accepted_again(name in "[a/\\\\\u{1}. é~#]{0,12}") {
        let sim = Sim::builder().profile(Profile::BOX).outline("a.txt = 1 B\nd/\n").build().unwrap();
        match sim.copy("/a.txt", "/d", CopyOptions::named(name.clone())) {
            Err(_) => sim.assert_outline("a.txt = 1 B\nd/\n"),
            Ok(job) => {
                let name = sim.item(job.outcome().unwrap().unwrap()).unwrap().name;
                let again = sim.copy("/a.txt", "/", CopyOptions::named(name.clone())).unwrap();
                prop_assert_eq!(&sim.item(again.outcome().unwrap().unwrap()).unwrap().name, &name);
                sim.create_folder("/d", &format!("{name}x")).unwrap();
            }
        }
    }
}
