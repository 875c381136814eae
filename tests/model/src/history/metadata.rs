//! Draws operations on metadata, access levels, locks and quotas.

use drivesim::access::{Access, LockScope};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use super::selectors::{conflict, contended_item, contended_pair, drive, name, selector};
use crate::op::{ItemUpdate, Op, Selected, Selector};

/// Draws ops that change metadata.
pub(super) fn metadata() -> Vec<(u32, BoxedStrategy<Op<Selected>>)> {
    let own = || proptest::option::weighted(0.2, -1000i64..1000);
    let of_content = || proptest::option::weighted(0.5, -1000i64..1000);
    let times = (selector(Selector::Any), own(), own(), of_content(), of_content())
        .prop_map(|(item, a, b, c, d)| Op::SetTimes { item, times: nanoseconds([a, b, c, d]) });
    let texts =
        vec![String::new(), "a string".to_owned(), "\u{1F389}".repeat(127) + "a", "\u{1F389}".repeat(128)];
    let updates = (
        (contended_pair(), any::<bool>(), proptest::option::of(name()), conflict()),
        proptest::option::weighted(0.7, select(texts.clone())),
        proptest::option::weighted(0.5, -1000i64..1000),
        proptest::option::weighted(0.1, -1000i64..1000),
    )
        .prop_map(|(((item, target), moves, name, conflict), text, of_content, own)| {
            let (target, times) =
                (Some(target).filter(|_| moves), nanoseconds([own, None, None, of_content]));
            Op::Update { item, update: ItemUpdate { target, name, conflict, text, times } }
        });
    let describe =
        (selector(Selector::Any), select(texts)).prop_map(|(item, text)| Op::SetDescription { item, text });
    vec![(4, times.boxed()), (5, describe.boxed()), (6, updates.boxed())]
}

/// Draws ops that set or remove access levels, quotas and locks; those that remove are more frequent.
pub(super) fn limits() -> Vec<(u32, BoxedStrategy<Op<Selected>>)> {
    let level = prop_oneof![
        3 => Just(Some(Access::Read)),
        2 => Just(Some(Access::None)),
        2 => Just(Some(Access::Write)),
    ];
    let set = (contended_item(), level.clone()).prop_map(|(item, access)| Op::SetAccess { item, access });
    // For all items, also those in the root.
    let set_any = (selector(Selector::Any), level).prop_map(|(item, access)| Op::SetAccess { item, access });
    let open = selector(Selector::Limited).prop_map(|item| Op::SetAccess { item, access: None });
    let more = prop_oneof![2 => select(vec![-5i64, 0, 3, 20, 4000]).prop_map(Some), 1 => Just(None)];
    let quota = (drive(), more).prop_map(|(drive, total)| Op::SetQuota { drive, total });
    let scope = select(vec![LockScope::Item, LockScope::Tree]);
    let lock = (contended_item(), scope.clone()).prop_map(|(item, scope)| Op::Lock { item, scope });
    let lock_folder = (selector(Selector::Folder), scope).prop_map(|(item, scope)| Op::Lock { item, scope });
    vec![
        (3, set.boxed()),
        (1, set_any.boxed()),
        (4, open.boxed()),
        (3, quota.boxed()),
        (3, lock.boxed()),
        (1, lock_folder.boxed()),
        (6, any::<u16>().prop_map(|lock| Op::Unlock { lock }).boxed()),
    ]
}

fn nanoseconds(seconds: [Option<i64>; 4]) -> [Option<i128>; 4] {
    seconds.map(|time| time.map(|seconds| i128::from(seconds) * 1_000_000_000))
}
