//! Measures deep copies of one tree: against the floor, with all cores, against peers.

use std::hint::black_box;
use std::time::{Duration, Instant};

use drivesim::{CopyOptions, ItemId, Sim};
use drivesim_testkit::shapes::checksum;

use crate::peers::{self, IndexTree, PathMap, Tmpfs, Vfs};
use crate::trees;
use drivesim_benches::report::{Goal, Report, median, median_ratio, median_time};

/// A simulator with a tree to copy. It keeps all copies, so that each uses fresh memory.
pub struct TreeFixture {
    pub sim: Sim,
    pub source: ItemId,
    pub n_items: usize,
    n_copies: usize,
}

impl TreeFixture {
    /// Creates a tree in a simulator that copies with one thread, or with all.
    pub fn new(parallel: bool, populate: impl FnOnce(&Sim) -> ItemId) -> TreeFixture {
        let builder = Sim::builder();
        let builder = if parallel { builder } else { builder.parallel_from(usize::MAX) };
        let sim = builder.build().expect("an empty drive");
        let source = populate(&sim);
        let n_items = trees::count(&sim, source);
        TreeFixture { sim, source, n_items, n_copies: 0 }
    }

    /// Copies the tree. Returns the time and the copy.
    pub fn copy(&mut self) -> (Duration, ItemId) {
        self.n_copies += 1;
        let name = format!("copy {}", self.n_copies);
        let start = Instant::now();
        let job = self.sim.copy(self.source, "/", CopyOptions::named(name));
        let spent = start.elapsed();
        let copy = job.expect("the name is free").outcome().expect("an instant job has ended");
        (spent, copy.expect("nothing refuses it"))
    }

    /// Copies once more and asserts that the copy equals its source.
    pub fn check(&mut self, what: &str, report: &mut Report) {
        let (_, copy) = self.copy();
        let sum = |top: ItemId| checksum(&self.sim, top).expect("it is there");
        let [source, copy] = trees::run_in_parallel([&|| sum(self.source), &|| sum(copy)]);
        assert_eq!(source, copy, "{what}: the copy is not like its source");
        report.checksum(what, copy);
    }
}

/// The number of rounds for figures of a million items.
const ROUNDS: usize = 5;

/// The number of rounds in which a peer copies a tree, a new one in each.
const PEER_ROUNDS: usize = 3;

const FOLDERS: usize = 1000;
const FILES: usize = 1000;

pub fn run(report: &mut Report) {
    let populate = || {
        trees::run_in_parallel([
            &|| TreeFixture::new(false, |sim| trees::wide(sim, FOLDERS, FILES)),
            &|| TreeFixture::new(true, |sim| trees::wide(sim, FOLDERS, FILES)),
            &|| TreeFixture::new(false, |sim| trees::wide_in_random_order(sim, FOLDERS, FILES)),
        ])
    };
    // Memory that a peer frees would be warm for others, so peers stay until the end too.
    let populate_peers = || trees::run_in_parallel([&|| IndexTree::wide(FOLDERS, FILES); PEER_ROUNDS]);
    let ([mut listed, mut parallel, mut random], mut peers) = rayon::join(populate, populate_peers);
    let n_items = listed.n_items;
    assert_eq!((parallel.n_items, random.n_items), (n_items, n_items));
    let records = peers::records(n_items);
    let mut warm = records.clone();
    let [mut floor, mut memcpy, mut one, mut two, mut shuffled, mut index] = [const { Vec::new() }; 6];
    let mut remaining_peers = peers.iter_mut();
    for _ in 0..ROUNDS {
        floor.push(peers::clone_records(&records));
        one.push(listed.copy().0);
        two.push(parallel.copy().0);
        shuffled.push(random.copy().0);
        memcpy.push(peers::copy_records(&records, &mut warm));
        if let Some(peer) = remaining_peers.next() {
            let (spent, n_nodes) = peer.copy();
            assert_eq!(n_nodes, 2 * n_items + 1);
            index.push(spent);
        }
    }
    report.per_item("floor: 1 M records of 48 bytes cloned, fresh memory", median_time(&floor), n_items);
    report.per_item("1 M records of 48 bytes copied, warm memory", median_time(&memcpy), n_items);
    report.per_item("copy of 1 M items, listing order, one thread", median_time(&one), n_items);
    report.per_item("copy of 1 M items, listing order, all cores", median_time(&two), n_items);
    report.per_item("copy of 1 M items, random order, one thread", median_time(&shuffled), n_items);
    report.per_item("first copy in indextree, 1 M nodes", median_time(&index), n_items);
    report.ratio("listing order, one thread, against the floor", median_ratio(&one, &floor), 1.5);
    report.ratio("random order, one thread, against the floor", median_ratio(&shuffled, &floor), 3.0);
    let bound = |at: usize| (0.7 * one[at].as_secs_f64()).max(1.5 * memcpy[at].as_secs_f64());
    let against_bound = (0..ROUNDS).map(|at| two[at].as_secs_f64() / bound(at)).collect();
    report.ratio("all cores against max(0.7 one thread, 1.5 warm memcpy)", median(against_bound), 1.0);
    report.add("all cores against one thread", median_ratio(&two, &one), "x", Goal::None);
    report.ratio("listing order, one thread, against indextree", median_ratio(&one, &index), 0.35);
    listed.check("1 M items, listing order", report);
    parallel.check("1 M items, listing order, all cores", report);
    random.check("1 M items, random order", report);
    let forks = (0..9).map(|_| {
        let floor = peers::clone_records(&records);
        let start = Instant::now();
        let fork = black_box(listed.sim.fork());
        let spent = start.elapsed();
        drop(fork);
        spent.as_secs_f64() / floor.as_secs_f64()
    });
    report.ratio("fork of 1 M items against cloning their bytes", median(forks.collect()), 0.05);
}

/// Measures copies against peers that are too slow for a million items.
pub fn against_file_systems(report: &mut Report) {
    let populate = || {
        let [small, large] =
            [100, 1000].map(|n_files| TreeFixture::new(false, |sim| trees::wide(sim, 100, n_files)));
        (small, large, PathMap::wide(100, 1000))
    };
    let ((mut small, mut large, mut map), tmpfs) = rayon::join(populate, || Tmpfs::wide(100, 1000));
    let vfs = Vfs::wide(100, 100);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..5 {
        theirs.push(vfs.copy(&format!("copy {round}")));
        ours.push(small.copy().0);
    }
    report.per_item("vfs::MemoryFS::copy_dir of 10 k items", median_time(&theirs), small.n_items);
    report.ratio("10 k items against vfs::MemoryFS::copy_dir", median_ratio(&ours, &theirs), 0.015);

    let mapped: Vec<Duration> = (0..3).map(|round| map.copy(&format!("/copy {round}")).0).collect();
    report.per_item("HashMap<PathBuf, _>, 100 k paths", median_time(&mapped), large.n_items);
    let Some(tmpfs) = tmpfs else { return println!("# there is no tmpfs at /dev/shm") };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..3 {
        theirs.push(tmpfs.copy(&format!("copy {round}")).expect("cp copies"));
        ours.push(large.copy().0);
    }
    report.per_item("tmpfs cp -r of 100 k files", median_time(&theirs), large.n_items);
    report.ratio("100 k items against tmpfs cp -r", median_ratio(&ours, &theirs), 0.003);
}
