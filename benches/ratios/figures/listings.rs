//! Measures pages of listings in a huge folder against pages in a small one, and what it costs to keep their order.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use drivesim::{CopyOptions, Item, ItemId, Pace, Profile, Sim, Update};

use crate::trees::{self, Dice};
use drivesim_benches::report::{Goal, Report, median_ratio, median_time};

const HUGE: usize = 1_000_000;
const SMALL: usize = 1000;
/// How many items a page has: what Graph gives when nobody asks for more or fewer.
const PAGE: usize = 200;
/// How often a page is timed.
const TIMES: usize = 300;
/// How often it is timed where each time needs a copy of the folder, or another outline.
const FEW_TIMES: usize = 3;

/// A simulator with a large folder, `/folder`, and what the figures need beside it.
struct Bed {
    sim: Sim,
    n_items: usize,
    dice: Dice,
    n_new: usize,
}

/// Returns the rules of a kind of drive without the limit of items in a copy.
fn unlimited(profile: Profile) -> Profile {
    let mut profile = profile;
    profile.max_items_per_copy = None;
    profile
}

fn sim(profile: &Profile) -> Sim {
    Sim::builder().profile(profile.clone()).build().expect("an empty drive")
}

/// Returns the name of item number `number`: by name, `f10` comes before `f9`.
fn name(number: usize) -> String {
    format!("f{number}")
}

impl Bed {
    /// Plants files, and a folder for each nine of them, in random order.
    fn new(profile: &Profile, n_items: usize) -> Bed {
        let (sim, mut dice) = (sim(profile), Dice::new(3));
        let [folder, _] =
            ["folder", "aside"].map(|name| sim.create_folder("/", name).expect("the name is free"));
        let mut numbers: Vec<usize> = (0..n_items).collect();
        dice.shuffle(&mut numbers);
        for number in numbers {
            match number % 10 {
                9 => drop(sim.create_folder(folder, &name(number)).expect("the name is free")),
                _ => drop(sim.create_sized(folder, &name(number), 5).expect("the name is free")),
            }
        }
        Bed { sim, n_items, dice, n_new: 0 }
    }

    fn folder(&self) -> ItemId {
        self.sim.item("/folder").expect("it is there").id
    }

    fn page(&self, folder: ItemId, from: usize) -> (Duration, Vec<Item>) {
        let start = Instant::now();
        let items = self.sim.listing_at(folder, from as u32, PAGE);
        (start.elapsed(), items.expect("it is a folder"))
    }

    /// Times a page that begins somewhere.
    fn anywhere(&mut self, folder: ItemId, n_items: usize) -> Duration {
        let from = self.dice.below(n_items - PAGE);
        let (spent, items) = self.page(folder, from);
        assert_eq!(items.len(), PAGE);
        spent
    }

    fn any_path(&mut self) -> String {
        let from = self.dice.below(self.n_items - PAGE);
        let items = self.sim.listing_at("/folder", from as u32, 1).expect("it is a folder");
        format!("/folder/{}", items[0].name)
    }

    fn new_name(&mut self) -> String {
        self.n_new += 1;
        format!("{} {}", name(self.dice.below(self.n_items)), self.n_new)
    }

    /// Copies the folder at once, or so that half of it is shown.
    fn copy(&mut self, is_halved: bool) -> ItemId {
        let target = self.new_name();
        let pace = if is_halved { Pace::Held } else { Pace::Instant };
        let options = CopyOptions::named(&target).pace(pace);
        let job = self.sim.copy("/folder", "/", options).expect("the name is free");
        if is_halved {
            job.step(self.n_items / 2 + 1).expect("it is held");
        }
        self.sim.item(format!("/{target}")).expect("it is there").id
    }
}

/// What is done before a page is timed; the time of the page is returned.
type Case = (&'static str, usize, fn(&mut Bed, ItemId) -> Duration);

const CASES: [Case; 14] = [
    ("first page", TIMES, |bed, folder| bed.page(folder, 0).0),
    ("page in the middle", TIMES, |bed, folder| bed.page(folder, bed.n_items / 2).0),
    ("last page", TIMES, |bed, folder| bed.page(folder, bed.n_items - PAGE).0),
    ("page anywhere", TIMES, |bed, folder| bed.anywhere(folder, bed.n_items)),
    ("first page after a create", TIMES, |bed, folder| {
        let new = bed.new_name();
        bed.sim.create_sized(folder, &new, 5).expect("the name is free");
        let spent = bed.page(folder, 0).0;
        bed.sim.delete_permanently(format!("/folder/{new}")).expect("it is there");
        spent
    }),
    ("first page after an upload over a file", TIMES, |bed, folder| {
        bed.sim.write("/folder/f0", "new").expect("it is a file");
        bed.page(folder, 0).0
    }),
    ("first page after a rename", TIMES, |bed, folder| {
        let (path, new) = (bed.any_path(), bed.new_name());
        bed.sim.rename(path, &new).expect("the name is free");
        bed.page(folder, 0).0
    }),
    ("first page after a move out and in", TIMES, |bed, folder| {
        let path = bed.any_path();
        let item = bed.sim.item(path).expect("it is there").id;
        for parent in ["/aside", "/folder"] {
            bed.sim.update(item, Update::default().parent(parent)).expect("the name is free");
        }
        bed.page(folder, 0).0
    }),
    ("page anywhere after a delete and a restore", TIMES, |bed, folder| {
        let path = bed.any_path();
        let item = bed.sim.item(path).expect("it is there").id;
        bed.sim.delete(item).expect("it is there");
        let spent = bed.anywhere(folder, bed.n_items - 1);
        bed.sim.restore_item(item).expect("it is in the bin");
        spent.max(bed.anywhere(folder, bed.n_items))
    }),
    ("first page of a fork and after a create in it", TIMES, |bed, folder| {
        let fork = Bed { sim: bed.sim.fork(), dice: bed.dice.clone(), ..*bed };
        let spent = fork.page(folder, 0).0;
        fork.sim.create_sized(folder, "new", 5).expect("the name is free");
        spent.max(fork.page(folder, 0).0)
    }),
    ("first page of a copy", FEW_TIMES, |bed, _| {
        let copy = bed.copy(false);
        bed.page(copy, 0).0
    }),
    ("page anywhere in a copy after a create", FEW_TIMES, |bed, _| {
        let copy = bed.copy(false);
        bed.sim.create_sized(copy, "f1 new", 5).expect("the name is free");
        bed.anywhere(copy, bed.n_items)
    }),
    ("first page of a copy half shown", FEW_TIMES, |bed, _| {
        let copy = bed.copy(true);
        bed.page(copy, 0).0
    }),
    ("page anywhere in a copy half shown after a create", FEW_TIMES, |bed, _| {
        let copy = bed.copy(true);
        bed.sim.create_sized(copy, "f1 new", 5).expect("the name is free");
        bed.anywhere(copy, bed.n_items / 2)
    }),
];

/// Times a page after the folder came with an outline.
fn after_an_outline(bed: &mut Bed) -> Duration {
    let mut outline = String::from("folder/\n");
    for number in 0..bed.n_items {
        let end = if number % 10 == 9 { "/" } else { "" };
        // Writing to a string cannot fail.
        let _ = writeln!(outline, "  {}{end}", name(number));
    }
    let drive = bed.sim.drives()[0].name().to_owned();
    bed.sim.replace_outline(&drive, &outline).expect("an outline");
    bed.page(bed.folder(), 0).0
}

pub fn run(report: &mut Report) {
    for (kind, profile) in [("business", Profile::BUSINESS), ("personal", Profile::PERSONAL)] {
        let profile = unlimited(profile);
        let [mut huge, mut small] =
            trees::together([&|| Bed::new(&profile, HUGE), &|| Bed::new(&profile, SMALL)]);
        for (what, n_times, case) in CASES {
            let [huge_folder, small_folder] = [&huge, &small].map(Bed::folder);
            let (mut in_huge, mut in_small) = (Vec::new(), Vec::new());
            for _ in 0..n_times {
                in_small.push(case(&mut small, small_folder));
                in_huge.push(case(&mut huge, huge_folder));
            }
            let (in_huge, in_small) = (median_time(&in_huge), median_time(&in_small));
            report.per_item(format!("{what}, {kind}, 1 M"), in_huge, PAGE);
            report.ratio(
                format!("{what}, {kind}, 1 M against 1 k"),
                in_huge.as_secs_f64() / in_small.as_secs_f64(),
                2.0,
            );
        }
        let [in_huge, in_small] = [&mut huge, &mut small].map(after_an_outline);
        let ratio = in_huge.as_secs_f64() / in_small.as_secs_f64();
        report.ratio(format!("first page after an outline, {kind}, 1 M against 1 k"), ratio, 2.0);
    }
    creates(report);
    copies(report);
}

/// Makes files one by one in an empty drive and tells how long that took.
fn create(profile: &Profile, names: &[String]) -> Duration {
    let sim = sim(profile);
    let folder = sim.create_folder("/", "folder").expect("the name is free");
    let start = Instant::now();
    for name in names {
        sim.create_sized(folder, name, 5).expect("the name is free");
    }
    start.elapsed()
}

/// Tells what it costs to keep the order while files are made, against a drive that lists in canonical order.
fn creates(report: &mut Report) {
    const FILES: usize = 100_000;
    let counted: Vec<String> = (0..FILES).map(name).collect();
    let mixed: Vec<String> = (0..FILES).map(|number| trees::file_name(0, number)).collect();
    let mut random = mixed.clone();
    Dice::new(5).shuffle(&mut random);
    for (order, names) in [("f1, f2 …", counted), ("mixed names", mixed), ("random order", random)] {
        let plain = |by: &Profile| Profile::clone(by);
        for (kind, profile) in [("business", Profile::BUSINESS), ("personal", Profile::PERSONAL)] {
            let mut by_name = plain(&profile);
            by_name.listing_order = drivesim::ListingOrder::Name;
            let (mut kept, mut without) = (Vec::new(), Vec::new());
            for _ in 0..7 {
                without.push(create(&by_name, &names));
                kept.push(create(&profile, &names));
            }
            report.per_item(format!("create of 100 k files, {order}, {kind}"), median_time(&kept), FILES);
            report.ratio(format!("{order}, {kind}, against order=name"), median_ratio(&kept, &without), 1.3);
        }
    }
}

/// Tells what it costs to copy the order, against a drive that lists in canonical order.
fn copies(report: &mut Report) {
    for (kind, profile) in [("business", Profile::BUSINESS), ("personal", Profile::PERSONAL)] {
        let profile = unlimited(profile);
        let mut by_name = profile.clone();
        by_name.listing_order = drivesim::ListingOrder::Name;
        let [mut without, mut kept] =
            trees::together([&|| Bed::new(&by_name, HUGE), &|| Bed::new(&profile, HUGE)]);
        let timed = |bed: &mut Bed, source: &str| {
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
            let (spent, copy) = timed(&mut without, "/folder");
            others.push(spent);
            sources[0] = copy;
            let (spent, copy) = timed(&mut kept, "/folder");
            times.push(spent);
            sources[1] = copy;
        }
        // Where the order of the source is no canonical one, natural places are looked up for each child.
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
            others.push(timed(&mut without, &sources[0]).0);
            times.push(timed(&mut kept, &sources[1]).0);
        }
        report.per_item(format!("copy of a copy of 1 M, {kind}"), median_time(&times), HUGE);
        report.ratio(
            format!("copy of a copy, {kind}, against order=name"),
            median_ratio(&times, &others),
            1.3,
        );
    }
}
