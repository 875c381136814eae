//! Creates trees of a given shape and size, and computes checksums to compare them.

use drivesim::{Error, ItemId, Sim};

/// The shape of a tree.
///
/// Closed: a new variant is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Folders of a thousand files each (of thirty, below 30,000 items).
    Wide,
    /// One folder full of files.
    Flat,
    /// A chain of nested folders.
    Chain,
    /// Each folder contains two, down to files.
    Binary,
    /// Like the folders of people and programs: few files in most folders and hundreds in some, ten levels and more,
    /// recurring names. Generated; the same on every machine.
    Bushy,
}

/// Creates a tree of about `n_items` items at `/source` and returns its top folder.
///
/// Names have 8 to 40 bytes and repeat from folder to folder, as in real trees.
///
/// # Errors
/// Fails if `/source` is taken, or if the drive's profile does not allow such a deep tree.
pub fn populate(sim: &Sim, shape: Shape, n_items: u64) -> Result<ItemId, Error> {
    let top = sim.create_folder("/", "source")?;
    match shape {
        Shape::Wide => {
            let per_folder = if n_items < 30_000 { 30 } else { 1000 };
            for folder in 0..n_items / (per_folder + 1) {
                let folder = sim.create_folder(top, &format!("folder {folder:06}"))?;
                create_files(sim, folder, per_folder)?;
            }
        }
        Shape::Flat => create_files(sim, top, n_items)?,
        Shape::Chain => {
            let mut folder = top;
            for depth in 0..n_items {
                folder = sim.create_folder(folder, &format!("level {:03}", depth % 1000))?;
            }
        }
        Shape::Binary => {
            let mut level = vec![top];
            let mut n_created = 1;
            while n_created + 2 * level.len() as u64 <= n_items / 2 {
                let mut next = Vec::with_capacity(2 * level.len());
                for folder in level {
                    next.push(sim.create_folder(folder, "left half")?);
                    next.push(sim.create_folder(folder, "right half")?);
                }
                n_created += next.len() as u64;
                level = next;
            }
            for folder in level {
                create_files(sim, folder, 2)?;
            }
        }
        Shape::Bushy => create_bushy(sim, top, n_items)?,
    }
    Ok(top)
}

/// The names of folders and files that recur in a bushy tree.
const FOLDERS: [&str; 6] = ["src", "tests", "docs", "assets", "2024 invoices", "node_modules"];
const FILES: [&str; 6] =
    ["mod.rs", "README.md", "index.html", "photo.jpeg", "minutes (final).docx", "data.json"];

/// Adds items to folders that are picked among all unfilled ones, so that some branches get deep.
fn create_bushy(sim: &Sim, top: ItemId, n_items: u64) -> Result<(), Error> {
    let mut numbers = Numbers(1);
    let (mut open, mut n_created) = (vec![top], 0);
    while n_created < n_items && !open.is_empty() {
        let folder = open.swap_remove(numbers.below(open.len() as u64) as usize);
        // Most folders have a handful of files, one in twenty has hundreds.
        let n_files = match numbers.below(20) {
            0 => numbers.below(400),
            1..=4 => numbers.below(60),
            5..=12 => numbers.below(15),
            _ => numbers.below(4),
        };
        let n_folders = numbers.below(7) + u64::from(open.is_empty());
        let (n_files, n_folders) = (n_files.min(n_items - n_created), n_folders.min(n_items - n_created));
        for number in 0..n_folders {
            let name = FOLDERS.get(number as usize).copied().unwrap_or("more");
            open.push(sim.create_folder(folder, name)?);
        }
        for number in 0..n_files {
            let name = FILES[(number % FILES.len() as u64) as usize];
            let name = if number < 6 { name.to_owned() } else { format!("{:04} {name}", number / 6) };
            sim.create_sized(folder, &name, numbers.below(5000))?;
        }
        n_created += n_files + n_folders;
    }
    Ok(())
}

/// Numbers that look random and are the same in each run: the generator splitmix64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }
}

fn create_files(sim: &Sim, folder: ItemId, n_files: u64) -> Result<(), Error> {
    for number in 0..n_files {
        let long = if number % 7 == 0 { " of a rather long report" } else { "" };
        sim.create_sized(folder, &format!("{number:07}{long}.txt"), number % 5000)?;
    }
    Ok(())
}

/// Computes a checksum of everything below a folder: names, kinds, sizes and structure, in canonical order.
///
/// # Errors
/// Fails if the folder does not exist.
pub fn checksum(sim: &Sim, folder: ItemId) -> Result<u64, Error> {
    let mut sum = Fnv::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for item in sim.children(folder)? {
            sum.add(item.name.as_bytes());
            sum.add(&item.size.to_le_bytes());
            sum.add(&[u8::from(item.is_folder())]);
            if item.is_folder() {
                folders.push(item.id);
            }
        }
        sum.add(b"end of folder");
    }
    Ok(sum.0)
}

/// The hash function FNV-1a, 64 bits: the same on every machine and in every version.
struct Fnv(u64);

impl Fnv {
    fn new() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_have_about_the_requested_size_and_different_checksums() {
        let mut sums = std::collections::BTreeSet::new();
        for shape in [Shape::Wide, Shape::Flat, Shape::Chain, Shape::Binary, Shape::Bushy] {
            let sim = Sim::builder().build().unwrap();
            let top = populate(&sim, shape, 1000).unwrap();
            let tally = sim.totals(top).unwrap();
            let n_items = tally.files + tally.folders;
            assert!((500..=1500).contains(&n_items), "{shape:?}: {n_items}");
            sums.insert(checksum(&sim, top).unwrap());
        }
        assert_eq!(sums.len(), 5);
    }
}
