//! Prints drives as an outline in pieces, which can be sent on.

use std::collections::VecDeque;

use drivesim_core::Detail;
use drivesim_core::outline::{self, write_header};

use crate::address::DriveRef;
use crate::error::Error;
use crate::sim::Sim;
use crate::state::Shared;

/// An outline of drives in pieces; see [`Sim::outline_pieces`].
#[derive(Clone, Debug)]
pub struct OutlinePieces {
    /// The remaining output: the line of a drive, if it is printed, and its items.
    left: VecDeque<(Option<String>, outline::OutlinePieces)>,
}

impl Sim {
    /// Prints all drives like [`Sim::outline_with`], in pieces of about 64 KiB. Later changes of a drive do not appear,
    /// and are not delayed.
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::outline::Detail;
    /// let sim = Sim::builder().outline("a.txt\n").build()?;
    /// let pieces = sim.outline_pieces(Detail::Names)?;
    /// sim.delete("/a.txt")?;
    /// assert_eq!(pieces.collect::<String>(), "a.txt\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`drivesim_core::Error::TooDeep`].
    pub fn outline_pieces(&self, detail: Detail) -> Result<OutlinePieces, Error> {
        let sim = self.state();
        sim.run_due();
        let pieces = all_pieces(&sim, detail);
        // The pieces may be kept for as long as a client likes.
        sim.note_fork();
        pieces
    }

    /// Prints a drive like [`Sim::drive_outline`], in pieces like [`Sim::outline_pieces`].
    ///
    /// ```
    /// # use drivesim::Sim;
    /// # use drivesim::outline::Detail;
    /// let sim = Sim::builder().outline("drive home\na\ndrive work\nb\n").build()?;
    /// let pieces = sim.drive_outline_pieces(sim.drive("work")?, Detail::Names)?;
    /// assert_eq!(pieces.collect::<String>(), "b\n");
    /// # Ok::<(), drivesim::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NoDrive`], [`drivesim_core::Error::TooDeep`].
    pub fn drive_outline_pieces(
        &self,
        drive: impl Into<DriveRef>,
        detail: Detail,
    ) -> Result<OutlinePieces, Error> {
        let sim = self.state();
        sim.run_due();
        let items = sim.drives.by_ref(&drive.into())?.fork().outline_pieces(detail);
        sim.note_fork();
        Ok(OutlinePieces { left: VecDeque::from([(None, items?)]) })
    }
}

fn all_pieces(sim: &Shared, detail: Detail) -> Result<OutlinePieces, Error> {
    let drives = sim.drives.all();
    let mut left = VecDeque::with_capacity(drives.len());
    for cell in drives.iter() {
        let line = (drives.len() > 1 || cell.has_header).then(|| {
            let mut line = String::new();
            // Writing to a string cannot fail.
            let _ = write_header(&mut line, &sim.drives.header_of(cell));
            line
        });
        left.push_back((line, cell.fork().outline_pieces(detail)?));
    }
    Ok(OutlinePieces { left })
}

impl Iterator for OutlinePieces {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        loop {
            let (line, items) = self.left.front_mut()?;
            let piece = line.take().or_else(|| items.next());
            if piece.is_some() {
                return piece;
            }
            // Printed items are not kept any longer.
            self.left.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sim: &Sim) -> Vec<String> {
        for detail in [Detail::Names, Detail::Attributes] {
            let pieces: Vec<String> = sim.outline_pieces(detail).unwrap().collect();
            assert!(pieces.concat() == sim.outline_with(detail).unwrap(), "the pieces differ from the whole");
        }
        for drive in sim.all_drives() {
            let pieces = sim.drive_outline_pieces(&drive, Detail::Names).unwrap();
            assert!(pieces.collect::<String>() == sim.drive_outline(&drive, Detail::Names).unwrap());
        }
        sim.outline_pieces(Detail::Names).unwrap().collect()
    }

    #[test]
    fn the_pieces_of_many_items_make_the_whole_outline() {
        let outline = "drive a profile=plain\nDocs/\n  in/\n    x = \"hi\"\n  y/\nz\ndrive b profile=box\n";
        let sim = Sim::builder().outline(outline).build().unwrap();
        assert_eq!(check(&sim).concat(), outline);
        let docs = sim.drive("a").unwrap().at("/Docs/in");
        for number in 0..10_000 {
            sim.create_sized(&docs, &format!("file number {number}"), number).unwrap();
        }
        let pieces = check(&sim);
        assert!((5..10).contains(&pieces.len()), "{}", pieces.len());
        let n_most = pieces.iter().map(String::len).max().unwrap();
        assert!(n_most < (64 << 10) + 1000, "{n_most}");
    }

    #[test]
    fn long_content_is_split_into_pieces() {
        let sim = Sim::builder().build().unwrap();
        let marks = "a\u{301}'\"\n".repeat(40_000);
        let only_marks = "\u{301}".repeat(100_000);
        let bytes: Vec<u8> = (0..200_000_u32).map(|number| (number * 7 % 256) as u8).collect();
        for (name, content) in
            [("marks", marks.into_bytes()), ("bytes", bytes), ("é", "é".repeat(90_000).into_bytes())]
        {
            sim.write(format!("/{name}"), content).unwrap();
        }
        let pieces = check(&sim);
        let n_most = pieces.iter().map(String::len).max().unwrap();
        assert!(pieces.len() > 10 && n_most < 200 << 10, "{} {n_most}", pieces.len());
        // A piece that begins with a mark is written differently, and means the same.
        sim.write("/only marks", only_marks.as_str()).unwrap();
        let printed: String = sim.outline_pieces(Detail::Names).unwrap().collect();
        let again = Sim::builder().outline(printed).build().unwrap();
        assert_eq!(again.read("/only marks").unwrap(), only_marks.into_bytes());
    }

    #[test]
    fn a_tree_that_is_too_deep_fails_before_anything_is_printed() {
        let sim = Sim::builder().build().unwrap();
        let mut folder = sim.item("/").unwrap().id;
        for _ in 0..2002 {
            folder = sim.create_folder(folder, "f").unwrap();
        }
        let refused = sim.outline_pieces(Detail::Names).unwrap_err();
        assert_eq!(refused, sim.outline().unwrap_err());
    }
}
