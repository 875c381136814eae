//! Measures listing pages of a huge folder against those of a small one, and the cost of keeping the order.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use drivesim::options::Update;
use drivesim::profile::ListingOrder;
use drivesim::{CopyOptions, ItemId, Pace, Profile, Sim};

use crate::trees::{self, Rng};
use drivesim_benches::report::{Goal, Report, median_ratio, median_time};

const HUGE: usize = 1_000_000;
const SMALL: usize = 1000;
/// The number of items of a page: the default of Graph.
const PAGE: usize = 200;
/// The number of measurements of a page.
const TIMES: usize = 300;
/// The number of measurements if each one needs a copy of the folder, or another outline.
const FEW_TIMES: usize = 5;

/// A simulator with items in one or many folders below `/source`, and the state of the measurements.
struct ListingFixture {
    sim: Sim,
    n_folders: usize,
    /// The number of items of each folder.
    n_items: usize,
    dice: Rng,
    n_new: usize,
}

/// Returns a profile without the limit of items in a copy.
fn unlimited(profile: Profile) -> Profile {
    let mut profile = profile;
    profile.max_copy_items = None;
    profile
}

fn sim(profile: &Profile) -> Sim {
    Sim::builder().profile(profile.clone()).build().expect("an empty drive")
}

/// Returns the name of item number `number`. Sorted by name, `f10` comes before `f9`.
fn name(number: usize) -> String {
    format!("f{number}")
}

impl ListingFixture {
    /// Creates files and folders, nine to one, in random order.
    fn new(profile: &Profile, n_folders: usize, n_items: usize) -> ListingFixture {
        let (sim, mut dice) = (sim(profile), Rng::new(3));
        sim.create_folder("/", "aside").expect("the name is free");
        let top = sim.create_folder("/", "source").expect("the name is free");
        let folders: Vec<ItemId> = (0..n_folders)
            .map(|number| sim.create_folder(top, &number.to_string()).expect("the name is free"))
            .collect();
        let mut numbers: Vec<usize> = (0..n_folders * n_items).collect();
        dice.shuffle(&mut numbers);
        for number in numbers {
            let (folder, number) = (folders[number % n_folders], number / n_folders);
            match number % 10 {
                9 => drop(sim.create_folder(folder, &name(number)).expect("the name is free")),
                _ => drop(sim.create_sized(folder, &name(number), 5).expect("the name is free")),
            }
        }
        ListingFixture { sim, n_folders, n_items, dice, n_new: 0 }
    }

    /// Returns the path of a random folder.
    fn any_folder(&mut self) -> String {
        format!("/source/{}", self.dice.below(self.n_folders))
    }

    fn id(&self, path: &str) -> ItemId {
        self.sim.item(path).expect("it is there").id
    }

    /// Measures the page that begins with item number `from`.
    fn page(&self, folder: &str, from: usize) -> Duration {
        let folder = self.id(folder);
        let start = Instant::now();
        let items = self.sim.listing_at(folder, from as u32, PAGE);
        let spent = start.elapsed();
        assert_eq!(items.expect("it is a folder").len(), PAGE);
        spent
    }

    /// Measures a random page of `n_items` items.
    fn anywhere(&mut self, folder: &str, n_items: usize) -> Duration {
        let from = self.dice.below(n_items - PAGE);
        self.page(folder, from)
    }

    /// Returns the path of a random item of a folder.
    fn any_item(&mut self, folder: &str) -> String {
        let from = self.dice.below(self.n_items - PAGE);
        let items = self.sim.listing_at(folder, from as u32, 1).expect("it is a folder");
        format!("{folder}/{}", items[0].name)
    }

    fn new_name(&mut self) -> String {
        self.n_new += 1;
        format!("{} {}", name(self.dice.below(self.n_items)), self.n_new)
    }

    /// Copies everything, or pauses the copy when half of it is revealed. Returns the path of a folder of the copy that
    /// is at least half revealed.
    fn copy(&mut self, is_halved: bool) -> String {
        let target = self.new_name();
        let pace = if is_halved { Pace::Held } else { Pace::Instant };
        let job =
            self.sim.copy("/source", "/", CopyOptions::named(&target).pace(pace)).expect("the name is free");
        if is_halved {
            job.step(self.n_folders * (self.n_items / 2 + 1) + 1).expect("it is held");
        }
        format!("/{target}/{}", self.dice.below(self.n_folders.div_ceil(3)))
    }
}

/// The name of a case, the number of measurements, and the function that prepares and measures a page.
type Case = (&'static str, usize, fn(&mut ListingFixture, &str) -> Duration);

const CASES: [Case; 14] = [
    ("first page", TIMES, |bed, folder| bed.page(folder, 0)),
    ("page in the middle", TIMES, |bed, folder| bed.page(folder, bed.n_items / 2)),
    ("last page", TIMES, |bed, folder| bed.page(folder, bed.n_items - PAGE)),
    ("random page", TIMES, |bed, folder| bed.anywhere(folder, bed.n_items)),
    ("first page after a create", TIMES, |bed, folder| {
        let new = bed.new_name();
        bed.sim.create_sized(folder, &new, 5).expect("the name is free");
        let spent = bed.page(folder, 0);
        bed.sim.delete_permanently(format!("{folder}/{new}")).expect("it is there");
        spent
    }),
    ("random page after an upload over a file", TIMES, |bed, folder| {
        bed.sim.write(format!("{folder}/f0"), "new").expect("it is a file");
        bed.anywhere(folder, bed.n_items)
    }),
    ("random page after a rename", TIMES, |bed, folder| {
        let (path, new) = (bed.any_item(folder), bed.new_name());
        bed.sim.rename(&path, &new).expect("the name is free");
        let spent = bed.anywhere(folder, bed.n_items);
        let old = path.rsplit('/').next().unwrap_or_default();
        bed.sim.rename(format!("{folder}/{new}"), old).expect("the name is free");
        spent
    }),
    ("random page after a move out and in", TIMES, |bed, folder| {
        let item = bed.any_item(folder);
        let item = bed.id(&item);
        for parent in ["/aside", folder] {
            bed.sim.update(item, Update::default().parent(parent)).expect("the name is free");
        }
        bed.anywhere(folder, bed.n_items)
    }),
    ("random page after a delete and a restore", TIMES, |bed, folder| {
        let item = bed.any_item(folder);
        let item = bed.id(&item);
        bed.sim.delete(item).expect("it is there");
        let spent = bed.anywhere(folder, bed.n_items - 1);
        bed.sim.restore_item(item).expect("it is in the bin");
        spent.max(bed.anywhere(folder, bed.n_items))
    }),
    ("random page in a fork after a create", TIMES, |bed, folder| {
        let mut fork = ListingFixture { sim: bed.sim.fork(), dice: bed.dice.clone(), ..*bed };
        bed.dice.next_u64();
        fork.sim.create_sized(folder, "new", 5).expect("the name is free");
        fork.anywhere(folder, bed.n_items)
    }),
    ("first page of a copy", FEW_TIMES, |bed, _| {
        let copy = bed.copy(false);
        bed.page(&copy, 0)
    }),
    ("random page in a copy after a create", FEW_TIMES, |bed, _| {
        let copy = bed.copy(false);
        bed.sim.create_sized(&copy, "f1 new", 5).expect("the name is free");
        bed.anywhere(&copy, bed.n_items)
    }),
    ("first page of a half-revealed copy", FEW_TIMES, |bed, _| {
        let copy = bed.copy(true);
        bed.page(&copy, 0)
    }),
    ("random page in a copy half shown after a create", FEW_TIMES, |bed, _| {
        let copy = bed.copy(true);
        bed.sim.create_sized(&copy, "f1 new", 5).expect("the name is free");
        bed.anywhere(&copy, bed.n_items / 2)
    }),
];

/// Measures a page after an outline replaced all items.
fn after_an_outline(bed: &mut ListingFixture) -> Duration {
    let mut outline = String::from("source/\n");
    for folder in 0..bed.n_folders {
        // Writing to a string cannot fail.
        let _ = writeln!(outline, "  {folder}/");
        for number in 0..bed.n_items {
            let end = if number % 10 == 9 { "/" } else { "" };
            let _ = writeln!(outline, "    {}{end}", name(number));
        }
    }
    let drive = bed.sim.first_drive().expect("a drive");
    bed.sim.replace_outline(drive, &outline).expect("an outline");
    let folder = bed.any_folder();
    bed.anywhere(&folder, bed.n_items)
}

pub fn run(report: &mut Report) {
    for (kind, profile) in [("business", Profile::BUSINESS), ("personal", Profile::PERSONAL)] {
        let profile = unlimited(profile);
        let [mut huge, mut small] = trees::run_in_parallel([
            &|| ListingFixture::new(&profile, 1, HUGE),
            // The same number of items, so that memory is equally far away.
            &|| ListingFixture::new(&profile, HUGE / SMALL, SMALL),
        ]);
        let outline: Case = ("random page after an outline", FEW_TIMES, |bed, _| after_an_outline(bed));
        for (what, n_times, case) in CASES.into_iter().chain([outline]) {
            let (mut in_huge, mut in_small) = (Vec::new(), Vec::new());
            for _ in 0..n_times {
                for (bed, times) in [(&mut small, &mut in_small), (&mut huge, &mut in_huge)] {
                    let folder = bed.any_folder();
                    times.push(case(bed, &folder));
                }
            }
            let (in_huge, in_small) = (median_time(&in_huge), median_time(&in_small));
            report.per_item(format!("{what}, {kind}, 1 M"), in_huge, PAGE);
            let ratio = in_huge.as_secs_f64() / in_small.as_secs_f64();
            report.ratio(format!("{what}, {kind}, 1 M against 1 k"), ratio, 2.0);
        }
    }
    alone(report);
    creates(report);
    copies(report);
}

/// Measures pages against those of a folder that fits into the processor's caches, in a drive with nothing else.
fn alone(report: &mut Report) {
    for (kind, profile) in [("business", Profile::BUSINESS), ("personal", Profile::PERSONAL)] {
        let [mut huge, mut small] =
            trees::run_in_parallel([&|| ListingFixture::new(&profile, 1, HUGE), &|| {
                ListingFixture::new(&profile, 1, SMALL)
            }]);
        for (what, _, case) in CASES.into_iter().take(4) {
            let (mut in_huge, mut in_small) = (Vec::new(), Vec::new());
            for _ in 0..TIMES {
                in_small.push(case(&mut small, "/source/0"));
                in_huge.push(case(&mut huge, "/source/0"));
            }
            let ratio = median_time(&in_huge).as_secs_f64() / median_time(&in_small).as_secs_f64();
            report.ratio(format!("{what}, {kind}, 1 M against 1 k alone in a drive"), ratio, 2.0);
        }
    }
}

/// Creates files one by one in an empty drive and returns the time.
fn create(profile: &Profile, names: &[String]) -> Duration {
    let sim = sim(profile);
    let folder = sim.create_folder("/", "folder").expect("the name is free");
    let start = Instant::now();
    for name in names {
        sim.create_sized(folder, name, 5).expect("the name is free");
    }
    start.elapsed()
}

/// Measures the cost of keeping the order while files are created, against a drive that lists in canonical order.
fn creates(report: &mut Report) {
    const FILES: usize = 100_000;
    let counted: Vec<String> = (0..FILES).map(name).collect();
    let mixed: Vec<String> = (0..FILES).map(|number| trees::file_name(0, number)).collect();
    let [mut shuffled, mut random] = [&counted, &mixed].map(Vec::clone);
    for names in [&mut shuffled, &mut random] {
        Rng::new(5).shuffle(names);
    }
    let orders = [
        ("f1, f2 …", counted),
        ("mixed names", mixed),
        ("mixed names in random order", random),
        ("f1, f2 … in random order", shuffled),
    ];
    for (order, names) in orders {
        for (kind, profile) in [("business", Profile::BUSINESS), ("personal", Profile::PERSONAL)] {
            let mut by_name = profile.clone();
            by_name.listing_order = ListingOrder::Name;
            let (mut with_order, mut without_order) = (Vec::new(), Vec::new());
            for _ in 0..7 {
                without_order.push(create(&by_name, &names));
                with_order.push(create(&profile, &names));
            }
            report.per_item(
                format!("create of 100 k files, {order}, {kind}"),
                median_time(&with_order),
                FILES,
            );
            let ratio = median_ratio(&with_order, &without_order);
            report.ratio(format!("create, {order}, {kind}, against order=name"), ratio, 1.3);
        }
    }
}

/// Measures the cost of copying the order, against a drive that lists in canonical order.
fn copies(report: &mut Report) {
    for (kind, profile) in [("business", Profile::BUSINESS), ("personal", Profile::PERSONAL)] {
        let profile = unlimited(profile);
        let mut by_name = profile.clone();
        by_name.listing_order = ListingOrder::Name;
        let [mut without_order, mut with_order] =
            trees::run_in_parallel([&|| ListingFixture::new(&by_name, 1, HUGE), &|| {
                ListingFixture::new(&profile, 1, HUGE)
            }]);
        let timed = |bed: &mut ListingFixture, source: &str| {
            let options = CopyOptions::named(bed.new_name());
            let start = Instant::now();
            let job = bed.sim.copy(source, "/", options).expect("the name is free");
            let spent = start.elapsed();
            (
                spent,
                bed.sim.path(job.outcome().expect("it has ended").expect("it fits")).expect("it is there"),
            )
        };
        let (mut times, mut others) = (Vec::new(), Vec::new());
        let mut sources = [String::new(), String::new()];
        for _ in 0..5 {
            let (spent, copy) = timed(&mut without_order, "/source/0");
            others.push(spent);
            sources[0] = copy;
            let (spent, copy) = timed(&mut with_order, "/source/0");
            times.push(spent);
            sources[1] = copy;
        }
        // If the source is not in canonical order, the natural position of each child is looked up.
        let goal = if kind == "business" { Goal::AtMost(1.3) } else { Goal::None };
        report.per_item(format!("copy of 1 M made in random order, {kind}"), median_time(&times), HUGE);
        report.add(
            format!("copy of 1 M in random order, {kind}, against order=name"),
            median_ratio(&times, &others),
            "x",
            goal,
        );
        let (mut times, mut others) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            others.push(timed(&mut without_order, &sources[0]).0);
            times.push(timed(&mut with_order, &sources[1]).0);
        }
        report.per_item(format!("copy of a copy of 1 M, {kind}"), median_time(&times), HUGE);
        report.ratio(
            format!("copy of a copy, {kind}, against order=name"),
            median_ratio(&times, &others),
            1.3,
        );
    }
}
