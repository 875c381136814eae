//! Tests the case folding of every character, and its table, against the data of ICU4X.

use std::fmt::Write;

use drivesim_core::NameRules;
use expect_test::expect_file;
use icu_casemap::CaseMapper;

fn all() -> impl Iterator<Item = char> {
    '\0'..=char::MAX
}

#[test]
fn every_character_folds_as_in_unicode_data() {
    let mapper = CaseMapper::new();
    let mut text = [0; 4];
    let wrong: Vec<char> = all()
        .filter(|character| {
            let folded = mapper.simple_fold(*character);
            !NameRules::BOX.name(&*character.encode_utf8(&mut text)).canonical().chars().eq([folded])
        })
        .collect();
    assert!(wrong.is_empty(), "{} characters, among them {:?}", wrong.len(), &wrong[..wrong.len().min(20)]);
}

/// The characters from `first` to `last` in steps of `step`; `add` is the distance to their folded form.
struct Row {
    first: u32,
    last: u32,
    step: u32,
    add: i64,
}

impl Row {
    /// Adds a character if it continues the row. Returns whether it does.
    fn try_extend(&mut self, code: u32, add: i64) -> bool {
        let (distance, is_single) = (code - self.last, self.first == self.last);
        let fits = add == self.add && if is_single { distance <= 2 } else { distance == self.step };
        if fits {
            (self.step, self.last) = (distance, code);
        }
        fits
    }
}

#[test]
fn the_table_equals_the_unicode_data() {
    let mapper = CaseMapper::new();
    let mut rows: Vec<Row> = Vec::new();
    for character in all().filter(|character| mapper.simple_fold(*character) != *character) {
        let code = u32::from(character);
        let add = i64::from(u32::from(mapper.simple_fold(character))) - i64::from(code);
        if !rows.last_mut().is_some_and(|row| row.try_extend(code, add)) {
            rows.push(Row { first: code, last: code, step: 1, add });
        }
    }
    let mut table = String::from(
        "//! Lists Unicode's simple case folding. Made by `UPDATE_EXPECT=1 cargo test -p drivesim-tests case_folding`.\n\n\
         use super::{Row, row};\n\n#[rustfmt::skip]\n",
    );
    writeln!(table, "pub(super) const ROWS: [Row; {}] = [", rows.len()).unwrap();
    for some in rows.chunks(3) {
        let some: Vec<_> = some
            .iter()
            .map(|row| format!("row(0x{:X}, 0x{:X}, {}, {}),", row.first, row.last, row.step, row.add))
            .collect();
        writeln!(table, "    {}", some.join(" ")).unwrap();
    }
    table.push_str("];\n");
    expect_file!["../../crates/drivesim-core/src/name/case_folding/table.rs"].assert_eq(&table);
}
