//! Creates the trees to copy through the verbs, with realistic names and sizes.

use drivesim::{ItemId, Sim};

/// A deterministic pseudo-random number generator.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Rng {
        Rng(seed.wrapping_add(0x9e37_79b9_7f4a_7c15))
    }

    pub fn next_u64(&mut self) -> u64 {
        // The generator splitmix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next_u64() % end.max(1) as u64) as usize
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Returns file name number `number` of a folder: 8 to 40 bytes, a third of them the same in all folders.
pub fn file_name(folder: usize, number: usize) -> String {
    match number % 6 {
        0 => format!("IMG_{number:06}.jpeg"),
        1 => format!("Protocol of the meeting {folder:04}-{number:06}.docx"),
        2 => format!("invoice {:08}.pdf", folder * 1000 + number),
        3 => format!("scan-{number:05}.tiff"),
        4 => format!("quarter {folder:04} results v{number:06}.xlsx"),
        _ => format!("notes_{:07}.md", folder * 7 + number * 11),
    }
}

/// Returns the name of folder number `number`.
pub fn folder_name(number: usize) -> String {
    format!("project {number:06}")
}

/// Returns the names of `n_files` files in listing order.
fn sorted_names(folder: usize, n_files: usize) -> Vec<String> {
    let mut names: Vec<String> = (0..n_files).map(|number| file_name(folder, number)).collect();
    names.sort_by_cached_key(|name| name.to_lowercase());
    names.dedup();
    names
}

fn new_file(sim: &Sim, folder: ItemId, name: &str, size: u64) {
    sim.create_sized(folder, name, size).expect("the name is free");
}

/// Runs several works in parallel threads, because creating the trees takes longer than the measurements.
pub fn run_in_parallel<T: Send, const N: usize>(works: [&(dyn Fn() -> T + Sync); N]) -> [T; N] {
    std::thread::scope(|scope| {
        works.map(|work| scope.spawn(work)).map(|thread| thread.join().expect("no work panics"))
    })
}

/// Creates `n_folders` folders of `n_files` files below `/source`, in listing order.
pub fn wide(sim: &Sim, n_folders: usize, n_files: usize) -> ItemId {
    let top = sim.create_folder("/", "source").expect("the name is free");
    for number in 0..n_folders {
        let folder = sim.create_folder(top, &folder_name(number)).expect("the name is free");
        fill(sim, folder, number, n_files);
    }
    top
}

/// Fills a folder in listing order.
pub fn fill(sim: &Sim, folder: ItemId, number: usize, n_files: usize) {
    for (at, name) in sorted_names(number, n_files).iter().enumerate() {
        new_file(sim, folder, name, (at * 37 % 100_000) as u64);
    }
}

/// Creates the same tree as [`wide`], with the files in random order.
pub fn wide_in_random_order(sim: &Sim, n_folders: usize, n_files: usize) -> ItemId {
    let top = sim.create_folder("/", "source").expect("the name is free");
    let folders: Vec<ItemId> = (0..n_folders)
        .map(|number| sim.create_folder(top, &folder_name(number)).expect("the name is free"))
        .collect();
    let names: Vec<Vec<String>> = (0..n_folders).map(|number| sorted_names(number, n_files)).collect();
    let mut files: Vec<(usize, usize)> = names
        .iter()
        .enumerate()
        .flat_map(|(folder, names)| (0..names.len()).map(move |at| (folder, at)))
        .collect();
    Rng::new(1).shuffle(&mut files);
    for (folder, at) in files {
        new_file(sim, folders[folder], &names[folder][at], (at * 37 % 100_000) as u64);
    }
    top
}

/// Creates one folder of files.
pub fn flat(sim: &Sim, n_files: usize) -> ItemId {
    let top = sim.create_folder("/", "source").expect("the name is free");
    fill(sim, top, 0, n_files);
    top
}

/// Creates a chain of nested folders.
pub fn chain(sim: &Sim, depth: usize) -> ItemId {
    let top = sim.create_folder("/", "source").expect("the name is free");
    let mut folder = top;
    for level in 0..depth {
        folder = sim.create_folder(folder, &format!("level {:04}", level % 5000)).expect("the name is free");
    }
    top
}

/// Creates a binary tree with `2^height` files as leaves.
pub fn binary(sim: &Sim, height: u32) -> ItemId {
    let top = sim.create_folder("/", "source").expect("the name is free");
    let mut level = vec![top];
    for _ in 1..height {
        let children = level.iter().flat_map(|&folder| {
            ["left half", "right half"].map(|name| sim.create_folder(folder, name).expect("the name is free"))
        });
        level = children.collect();
    }
    for (number, folder) in level.into_iter().enumerate() {
        for side in 0..2 {
            new_file(
                sim,
                folder,
                &format!("leaf {side} of {:05}.txt", number % 20_000),
                number as u64 % 5000,
            );
        }
    }
    top
}

/// Creates the names below a real folder in the order of the directory, at most `most` of them.
pub fn from_directory(sim: &Sim, root: &std::path::Path, most: usize) -> ItemId {
    let top = sim.create_folder("/", "source").expect("the name is free");
    let mut folders = vec![top];
    let entries = walkdir::WalkDir::new(root).min_depth(1).into_iter().filter_map(Result::ok);
    for entry in entries.take(most) {
        folders.truncate(entry.depth());
        let parent = *folders.last().expect("the top stays");
        let name = entry.file_name().to_string_lossy();
        if entry.file_type().is_dir() {
            folders.push(sim.create_folder(parent, &name).expect("a name stands once in a folder"));
        } else {
            new_file(sim, parent, &name, 0);
        }
    }
    top
}

/// Returns the number of items of a subtree, including its top.
pub fn count(sim: &Sim, folder: ItemId) -> usize {
    let totals = sim.totals(folder).expect("the folder is there");
    (totals.files + totals.folders) as usize
}
