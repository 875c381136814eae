//! Folds the case of one character: Unicode simple case folding from a table.
//!
//! The table is small and complete, so that a drive needs no crate with Unicode data. The test `case_folding` of the
//! workspace generates it from ICU4X's data and compares every character with that.

mod table;

use self::table::ROWS;

/// A range of characters with the same offset to their folded form.
struct Row {
    first: u32,
    last: u32,
    /// Of the characters from `first` to `last`, every `step`-th folds.
    step: u32,
    /// The offset of the folded character.
    add: i32,
}

const fn row(first: u32, last: u32, step: u32, add: i32) -> Row {
    Row { first, last, step, add }
}

/// Returns the folded form of a character: one character, usually itself.
pub(super) fn fold_char(character: char) -> char {
    let code = u32::from(character);
    let at = ROWS.partition_point(|row| row.last < code);
    let folds = |row: &&Row| row.first <= code && (code - row.first) % row.step == 0;
    let folded = ROWS.get(at).filter(folds).and_then(|row| code.checked_add_signed(row.add));
    folded.and_then(char::from_u32).unwrap_or(character)
}
