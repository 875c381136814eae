//! Draws verbs on metadata, access levels, locks and quotas.

use drivesim::access::{Access, LockScope};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

use super::selectors::{conflict, contended_item, contended_pair, drive, name, selector};
use super::{Selector, Verb};

/// Draws verbs that change metadata.
pub(super) fn metadata() -> Vec<(u32, BoxedStrategy<Verb>)> {
    let own = || proptest::option::weighted(0.2, -1000i64..1000);
    let of_content = || proptest::option::weighted(0.5, -1000i64..1000);
    let times = (selector(Selector::Any), own(), own(), of_content(), of_content())
        .prop_map(|(item, a, b, c, d)| Verb::SetTimes { item, times: [a, b, c, d] });
    let texts =
        vec![String::new(), "a string".to_owned(), "\u{1F389}".repeat(127) + "a", "\u{1F389}".repeat(128)];
    let updates = (
        (contended_pair(), any::<bool>(), proptest::option::of(name()), conflict()),
        proptest::option::weighted(0.7, select(texts.clone())),
        proptest::option::weighted(0.5, -1000i64..1000),
        proptest::option::weighted(0.1, -1000i64..1000),
    )
        .prop_map(|(((item, target), moves, name, conflict), text, of_content, own)| Verb::Update {
            item,
            target: Some(target).filter(|_| moves),
            name,
            conflict,
            text,
            times: [own, None, None, of_content],
        });
    let describe =
        (selector(Selector::Any), select(texts)).prop_map(|(item, text)| Verb::SetDescription { item, text });
    vec![(4, times.boxed()), (5, describe.boxed()), (6, updates.boxed())]
}

/// Draws verbs that set or remove access levels, quotas and locks; those that remove are more frequent.
pub(super) fn limits() -> Vec<(u32, BoxedStrategy<Verb>)> {
    let level = prop_oneof![
        3 => Just(Some(Access::Read)),
        2 => Just(Some(Access::None)),
        2 => Just(Some(Access::Write)),
    ];
    let set = (contended_item(), level.clone()).prop_map(|(item, access)| Verb::SetAccess { item, access });
    // For all items, also those in the root.
    let set_any =
        (selector(Selector::Any), level).prop_map(|(item, access)| Verb::SetAccess { item, access });
    let open = selector(Selector::Limited).prop_map(|item| Verb::SetAccess { item, access: None });
    let more = prop_oneof![2 => select(vec![-5i64, 0, 3, 20, 4000]).prop_map(Some), 1 => Just(None)];
    let quota = (drive(), more).prop_map(|(drive, more)| Verb::SetQuota { drive, more });
    let scope = select(vec![LockScope::Item, LockScope::Tree]);
    let lock = (contended_item(), scope.clone()).prop_map(|(item, scope)| Verb::Lock { item, scope });
    let lock_folder =
        (selector(Selector::Folder), scope).prop_map(|(item, scope)| Verb::Lock { item, scope });
    vec![
        (3, set.boxed()),
        (1, set_any.boxed()),
        (4, open.boxed()),
        (3, quota.boxed()),
        (3, lock.boxed()),
        (1, lock_folder.boxed()),
        (6, any::<u16>().prop_map(|lock| Verb::Unlock { lock }).boxed()),
    ]
}
