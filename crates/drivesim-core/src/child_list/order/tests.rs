//! Tests orders against a plain list.

use proptest::prelude::*;

use super::search::partition_point;
use super::*;

/// Checks the shape of an order and returns its slots.
fn slots_of(order: &Order) -> Vec<u32> {
    if let Order::Many(branches) = order {
        for branch in branches.iter() {
            assert!(!branch.pieces.is_empty() && branch.pieces.len() <= BRANCH);
            assert_eq!(branch.len, branch.pieces.iter().map(Piece::len).sum::<u32>());
            let lens_agree = |piece: &Piece| match piece {
                Piece::Slots(slots) => slots.len as usize == slots.slots.len(),
                Piece::Row(_) => true,
            };
            assert!(branch.pieces.iter().all(lens_agree));
            assert!(branch.pieces.iter().all(|piece| (1..=PIECE as u32).contains(&piece.len())
                || matches!(piece, Piece::Row(row) if row.len > 0)));
        }
    }
    let slots: Vec<u32> = order.iter_from(0).collect();
    assert_eq!(slots.len(), order.len() as usize);
    assert_eq!(slots.last().copied(), order.last());
    slots
}

fn check_reads(order: &Order, expected: &[u32], rank: usize) {
    assert_eq!(order.get(rank as u32), expected.get(rank).copied());
    assert_eq!(order.iter_from(rank as u32).next(), expected.get(rank).copied());
    let rest: Vec<u32> = order.iter_from(rank as u32).collect();
    assert_eq!(rest, &expected[rank.min(expected.len())..]);
    for n_skipped in [0, 1, 255, 700] {
        let mut rest = order.iter_from(rank as u32);
        let index = rank.saturating_add(n_skipped);
        assert_eq!(rest.nth(n_skipped), expected.get(index).copied());
        assert_eq!(rest.next(), expected.get(index + 1).copied());
    }
    let mut parts = order.iter_from(rank as u32);
    assert_eq!(parts.is_done(), rank >= expected.len());
    let mut n_slots = 0;
    while let Some(part) = parts.next_part() {
        n_slots += match part {
            OrderPart::Row(row) => row.len as usize,
            OrderPart::Slots(slots) => slots.len(),
        };
    }
    assert!(parts.is_done());
    assert_eq!(n_slots, expected.len().saturating_sub(rank));
}

proptest! {
    #[test]
    fn an_order_behaves_like_a_plain_list_and_its_clones_do_not_change(
        len in 0u32..1500,
        operations in prop::collection::vec((0u8..8, any::<u32>()), 1..600),
    ) {
        let mut order = Order::Row(SlotRange::new(1000, len));
        let mut model: Vec<u32> = (1000..1000 + len).collect();
        let (before, model_before) = (order.clone(), model.clone());
        let mut next = 1_000_000;
        for (what, at) in operations {
            let len = model.len() as u32;
            match what {
                0..=2 if len > 0 => {
                    model.remove((at % len) as usize);
                    order.remove(at % len);
                }
                // As when items are created in listing order.
                3 => {
                    for _ in 0..at % 40 {
                        next += 1;
                        order.insert(model.len() as u32, next);
                        model.push(next);
                    }
                }
                _ => {
                    next += 2;
                    let rank = at % (len + 1);
                    model.insert(rank as usize, next);
                    order.insert(rank, next);
                }
            }
        }
        prop_assert_eq!(slots_of(&order), &model[..]);
        prop_assert_eq!(slots_of(&before), model_before);
        let built = Order::from_slots(&model);
        prop_assert_eq!(slots_of(&built), &model[..]);
        check_reads(&built, &model, model.len() / 3);
        for rank in [0, 1, model.len() / 2, model.len().saturating_sub(1), model.len(), model.len() + 1] {
            check_reads(&order, &model, rank);
        }
        let ranks: std::collections::HashMap<u32, usize> =
            model.iter().enumerate().map(|(rank, &slot)| (slot, rank)).collect();
        for point in [0, 1, model.len() / 3, model.len()] {
            prop_assert_eq!(order.partition_point(|slot| ranks[&slot] < point) as usize, point.min(model.len()));
            for n_children in [0, 1, point / 2, point, point + 200, model.len(), model.len() + 1] {
                // Children after the searched ones are not tested.
                let found = order.partition_point_among(n_children as u32, |slot| {
                    assert!(ranks[&slot] < n_children);
                    ranks[&slot] < point
                });
                prop_assert_eq!(found as usize, point.min(n_children).min(model.len()));
            }
        }
    }
}

#[test]
fn many_slots_are_added_and_removed_in_any_order() {
    let mut order = Order::Row(SlotRange::default());
    let mut model = Vec::new();
    // A step without a common factor visits each position once.
    for number in 0..40_000u32 {
        let rank = number.wrapping_mul(2_654_435_761) % (number + 1);
        order.insert(rank, 3 * number);
        model.insert(rank as usize, 3 * number);
    }
    assert!(matches!(&order, Order::Many(branches) if branches.len() > 1));
    assert_eq!(slots_of(&order), model);
    while !model.is_empty() {
        let rank = (model.len() as u32).wrapping_mul(2_654_435_761) % model.len() as u32;
        order.remove(rank);
        model.remove(rank as usize);
        if model.len() % 4000 == 0 {
            assert_eq!(slots_of(&order), model);
        }
    }
    assert!(matches!(order, Order::Row(SlotRange { len: 0, .. })));
}

#[test]
fn a_row_that_is_often_split_in_one_place_has_few_pieces() {
    let mut order = Order::Row(SlotRange::new(0, 100_000));
    for number in 0..200 {
        order.insert(50_000 + number, 200_000 + 2 * number);
    }
    let Order::Many(branches) = &order else { panic!("a split row has many pieces") };
    assert!(branches.iter().map(|branch| branch.pieces.len()).sum::<usize>() < 8);
}

#[test]
fn a_search_by_quarters_finds_the_same_as_one_by_halves() {
    for len in 0..300u32 {
        let parts: Vec<u32> = (0..len).collect();
        for point in 0..=len {
            let found = partition_point(&parts, |&part| part < point);
            assert_eq!(found, point as usize, "{point} of {len}");
        }
    }
}

#[test]
fn internal_iteration_returns_the_same_as_external_iteration() {
    let mut order = Order::Row(SlotRange::new(0, 5000));
    (0..2000).for_each(|number| order.insert(number * 2, 10_000 + 2 * number));
    for rank in [0, 1, 255, 256, 3000, 6999, 7000] {
        let mut one_by_one = Vec::new();
        for slot in order.iter_from(rank) {
            one_by_one.push(slot);
        }
        let mut at_once = Vec::new();
        order.iter_from(rank).for_each(|slot| at_once.push(slot));
        assert_eq!(at_once, one_by_one, "from number {rank} on");
    }
}
