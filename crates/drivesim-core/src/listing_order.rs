//! Defines the orders in which services list folders, and compares names naturally.

use std::cmp::Ordering;

/// The order in which a service lists the items of a folder if a request sets no other order.
///
/// In each order, items that compare equal are in canonical order: by folded name, then by the name as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub enum ListingOrder {
    /// By name, which is the canonical order.
    Name,
    /// By name, with digits compared as numbers: `a1`, `a2`, `a10`.
    ///
    /// Names are compared without regard to case. A run of the digits 0 to 9, of any length, compares with another run
    /// by its value. Leading zeros count only between names that are otherwise the same; then the name with the zero
    /// comes first (`a01`, `a1`, `a02`). All other characters, including digits of other scripts, compare one by one.
    Natural,
    /// Folders before files, both by name.
    FoldersFirst,
}

/// Compares folded names naturally; see [`ListingOrder::Natural`]. Names that differ in leading zeros only are equal.
///
/// Digits are compared in place: a run of any length is never converted to a number.
pub(crate) fn compare_naturally(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let n_same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        // At the first difference, both names may be within a run of digits that begins in their common prefix.
        let (same, _) = a.split_at(n_same);
        let start = n_same - same.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits_a, rest_a) = split_digits(&a[start..]);
        let (digits_b, rest_b) = split_digits(&b[start..]);
        if digits_a.is_empty() || digits_b.is_empty() {
            // UTF-8 keeps the order of the characters, and no other character is between two digits.
            return a[n_same..].cmp(&b[n_same..]);
        }
        let by_value = compare_numbers(digits_a, digits_b);
        if by_value.is_ne() {
            return by_value;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

/// Compares two numbers of any length by their digits.
fn compare_numbers(a: &[u8], b: &[u8]) -> Ordering {
    let n_zeros = |digits: &[u8]| digits.iter().take_while(|&&digit| digit == b'0').count();
    let (a, b) = (&a[n_zeros(a)..], &b[n_zeros(b)..]);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::name::NameRules;

    /// Compares in the full order of a listing: naturally, then canonically.
    fn compare(a: &str, b: &str) -> Ordering {
        let (a, b) = (NameRules::PLAIN.name(a), NameRules::PLAIN.name(b));
        compare_naturally(a.folded(), b.folded()).then_with(|| a.cmp(&b))
    }

    #[test]
    fn names_are_ordered_naturally() {
        let ones = "1".repeat(10_000);
        let long_run = format!("z{ones}1");
        let longer_run = format!("z{ones}10");
        let zeros = format!("z{}2", "0".repeat(10_000));
        let in_order: &[&str] = &[
            " 1",
            "-1",
            "0",
            "00",
            "01",
            "1",
            "1.txt",
            "1a",
            "2",
            "10",
            "10.txt",
            "a",
            "a 1",
            "a 2",
            "a-1",
            "a01",
            "a1",
            "a1 1",
            "a01b",
            "a1b",
            "A1b1",
            "a1b02",
            "a1b2",
            "a01b3",
            "A1C",
            "a1z",
            "A2",
            "a2b",
            "a10",
            "a10b",
            "a18446744073709551615",
            "a18446744073709551616",
            "ab",
            "B1",
            "b2",
            "z1",
            &zeros,
            "z3",
            &long_run,
            &longer_run,
            "za",
            // Arabic digits do not count as digits here: ten, written with two of them, comes directly after one.
            "ä",
            "ä1",
            "ä2",
            "ä10",
            "١",
            "١٠",
            "٢",
            "😀1",
            "😀2",
            "😀10",
        ];
        for (a_idx, a) in in_order.iter().enumerate() {
            for (b_idx, b) in in_order.iter().enumerate() {
                assert_eq!(compare(a, b), a_idx.cmp(&b_idx), "{a:.20?} and {b:.20?}");
            }
        }
    }

    #[test]
    fn names_that_differ_only_in_leading_zeros_or_case_compare_equal_naturally() {
        for (a, b) in [("a1", "a001"), ("0", "000"), ("x01y02", "x1y2"), ("", "")] {
            assert_eq!(compare_naturally(a, b), Ordering::Equal, "{a:?} and {b:?}");
        }
        assert_eq!(compare("A1", "a1"), Ordering::Less, "the name as stored decides last");
        assert_eq!(compare("a1", "A2"), Ordering::Less);
        assert_eq!(compare("A1", "a2"), Ordering::Less);
    }

    /// Splits a name into the pieces that are compared: numbers without leading zeros, and characters.
    fn pieces(name: &str) -> Vec<(Option<String>, char)> {
        let (mut pieces, mut chars) = (Vec::new(), name.chars().peekable());
        while let Some(first) = chars.next() {
            let mut number = String::from(first);
            while first.is_ascii_digit() && chars.peek().is_some_and(char::is_ascii_digit) {
                number.extend(chars.next());
            }
            let value = number.trim_start_matches('0').to_owned();
            pieces.push((first.is_ascii_digit().then_some(value), first));
        }
        pieces
    }

    proptest! {
        #[test]
        fn names_compare_as_their_pieces_do(a in "[a0-2é٢ ]{0,8}", b in "[a0-2é٢ ]{0,8}") {
            let (pieces_a, pieces_b) = (pieces(&a), pieces(&b));
            let differing = pieces_a.iter().zip(&pieces_b).map(|(a, b)| match (a, b) {
                ((Some(a), _), (Some(b), _)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
                ((_, a), (_, b)) => a.cmp(b),
            });
            let expected = differing.into_iter().find(|order| order.is_ne());
            let expected = expected.unwrap_or_else(|| pieces_a.len().cmp(&pieces_b.len()));
            prop_assert_eq!(compare_naturally(&a, &b), expected);
        }
    }
}
