//! Provides proptest strategies for names that a profile accepts or rejects, for trees and for members.

use drivesim::Profile;
use drivesim::item::{ItemKind, Json, Members};
use drivesim::outline::{Attributes, DriveOutline, Line, LineContent, Outline, Position};
use drivesim::profile::{Level, Name};
use proptest::collection::vec;
use proptest::num::usize::BinarySearch;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::NewTree;
use proptest::test_runner::TestRunner;

mod accepted;
mod known_names;

pub(crate) use accepted::{NO_NAMES, accepted_names, no_names};
pub use known_names::{TRICKY_NAMES, VALID_NAMES};

/// Characters of names: ordinary ones, and those that concern case, length and the rules of services. Some service does
/// not allow the last ones as a name alone; a character shrinks to one in the first half.
const CHARACTERS: &str = "abcxyzABC019-_$#%&;:*?<>|\"\\'éÉßſ漢\u{301}\u{1}\u{7f}🎉 .~";
/// The maximum number of lines of a tree, and its maximum depth. Small trees find the same failures as large ones, and
/// shrink faster.
const MOST_LINES: usize = 40;
const DEEPEST: usize = 6;

/// Draws one of the profiles.
pub fn profiles() -> impl Strategy<Value = Profile> + Clone {
    select(Profile::ALL.to_vec())
}

/// Draws names that the profile accepts for an item of this kind, in any folder: ordinary ones, ones that only look
/// reserved, and ones of the maximum length.
///
/// ```
/// use drivesim::{Conflict, Profile, Sim};
/// use drivesim::item::ItemKind;
/// use drivesim_testkit::strategies::allowed_names;
/// use proptest::prelude::*;
///
/// proptest!(|(name in allowed_names(&Profile::BOX, ItemKind::File))| {
///     let sim = Sim::builder().profile(Profile::BOX).build()?;
///     sim.create_file("/", &name, "hi")?;
/// });
/// ```
pub fn allowed_names(profile: &Profile, kind: ItemKind) -> BoxedStrategy<String> {
    let rules = profile.names.clone();
    let long = Most(rules.max_name.unwrap_or(1000)).prop_map(|n_units| "L".repeat(n_units.max(1)));
    let known = VALID_NAMES.into_iter().chain(TRICKY_NAMES).map(str::to_owned);
    let known = shortest_first(known.filter(|name| rules.check(name, kind, Level::Root).is_ok()));
    let characters: Vec<char> = CHARACTERS.chars().collect();
    let allowed: Vec<char> = characters
        .into_iter()
        .filter(|c| rules.check(&format!("a{c}a"), kind, Level::Root).is_ok())
        .collect();
    let random = vec(select(allowed), 1..20).prop_map(String::from_iter);
    let random = random.prop_filter("reserved", move |name| rules.check(name, kind, Level::Root).is_ok());
    prop_oneof![16 => select(known), 16 => random, 1 => long].boxed()
}

/// Always draws the same number, which shrinks to lower ones.
#[derive(Clone, Copy, Debug)]
struct Most(usize);

impl Strategy for Most {
    type Tree = BinarySearch;
    type Value = usize;

    fn new_tree(&self, _: &mut TestRunner) -> NewTree<Self> {
        Ok(BinarySearch::new(self.0))
    }
}

/// Sorts names so that a failing one shrinks to a short one.
fn shortest_first(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<String> = names.collect();
    names.sort_by_key(|name| Name::units_of(name));
    names
}

/// Draws names that the profile rejects for an item of this kind, in any folder: reserved ones, too long ones and ones
/// that contain a forbidden character.
pub fn refused_names(profile: &Profile, kind: ItemKind) -> BoxedStrategy<String> {
    let rules = profile.names.clone();
    let long = rules.max_name.map(|limit| "L".repeat(limit + 1));
    let known = TRICKY_NAMES.into_iter().map(str::to_owned).chain(long);
    let known = shortest_first(known.filter(|name| rules.check(name, kind, Level::Below).is_err()));
    if rules.forbidden.is_empty() {
        return select(known).boxed();
    }
    let corrupted =
        (allowed_names(profile, kind), select(rules.forbidden.to_vec()), any::<prop::sample::Index>());
    let corrupted = corrupted.prop_map(|(name, forbidden, at)| {
        let mut characters: Vec<char> = name.chars().collect();
        characters.insert(at.index(characters.len() + 1), forbidden);
        String::from_iter(characters)
    });
    prop_oneof![1 => select(known), 1 => corrupted].boxed()
}

/// Draws trees that are valid in a drive of the profile, as outlines: with empty files, files of text and of declared
/// size, empty and deep folders. Print them for [`drivesim::builder::SimBuilder::outline`]; failing tests print them in the same
/// form.
///
/// ```
/// use drivesim::{Profile, Sim};
/// use drivesim_testkit::strategies::trees;
/// use proptest::prelude::*;
///
/// proptest!(|(tree in trees(&Profile::BUSINESS))| {
///     let sim = Sim::builder().profile(Profile::BUSINESS).outline(tree.to_string()).build()?;
///     sim.assert_outline(&tree.to_string());
/// });
/// ```
pub fn trees(profile: &Profile) -> BoxedStrategy<Outline> {
    let content = prop_oneof![
        Just(LineContent::Empty),
        select(vec!["x", "hello"]).prop_map(|text| LineContent::Bytes(text.as_bytes().to_vec())),
        (1u64..5000).prop_map(LineContent::Size),
    ];
    trees_of(profile, MOST_LINES, content.boxed(), |_| true)
}

/// Draws trees of fewer than `most_lines` items, with such contents and with names that are all accepted.
pub(crate) fn trees_of(
    profile: &Profile,
    most_lines: usize,
    content: BoxedStrategy<LineContent>,
    accepts: impl Fn(&str) -> bool + Clone + 'static,
) -> BoxedStrategy<Outline> {
    let named = |kind| {
        let accepts = accepts.clone();
        let short = move |name: &str| Name::units_of(name) < 20 && accepts(name);
        let names = accepted_names(profile, kind, short).unwrap_or_else(no_names);
        names.prop_map(move |name| (name, kind))
    };
    let item = prop_oneof![2 => named(ItemKind::File), 3 => named(ItemKind::Folder)];
    let rules = profile.names.clone();
    vec((0..DEEPEST, item, content), 0..most_lines)
        .prop_map(move |lines| {
            let mut drive = DriveOutline::default();
            for (depth, (name, kind), content) in lines {
                add_line(&mut drive.lines, depth, name, kind, content, |a, b| rules.same(a, b));
            }
            Outline { drives: vec![drive] }
        })
        .boxed()
}

/// A value of each member that Box items can have, except `permissions`, which has other keys for each kind.
const MEMBERS: &[(&str, &str)] = &[
    ("allowed_invitee_roles", r#"["editor","co-owner"]"#),
    ("allowed_shared_link_access_levels", r#"["company"]"#),
    ("can_non_owners_invite", "false"),
    ("can_non_owners_view_collaborators", "false"),
    ("classification", r#"{"name":"Top Secret","color":"red"}"#),
    ("classification", "null"),
    ("comment_count", "10"),
    ("disposition_at", r#""2012-12-12T10:53:43-08:00""#),
    ("expires_at", r#""2012-12-12T10:53:43-08:00""#),
    ("expiring_embed_link", r#"{"expires_in":3600,"url":"https://cloud.app.box.com/x"}"#),
    ("folder_upload_email", r#"{"access":"open","email":"upload.x.y@u.box.com"}"#),
    ("has_collaborations", "true"),
    ("is_accessible_via_shared_link", "true"),
    ("is_associated_with_app_item", "true"),
    ("is_collaboration_restricted_to_enterprise", "true"),
    ("is_externally_owned", "true"),
    ("is_package", "true"),
    ("lock", r#"{"created_by":{"id":"7"},"id":"1","type":"lock"}"#),
    ("metadata", r#"{"global":{"properties":{"a # b":"c = d"}}}"#),
    ("representations", r#"{"entries":[{"representation":"pdf"}]}"#),
    ("shared_link", "null"),
    ("shared_link_permission_options", r#"["can_preview"]"#),
    ("sync_state", r#""synced""#),
    ("tags", r#"["approved","a \"b\" # c"]"#),
    ("tags", "[]"),
    ("uploader_display_name", r#""Ellis Wiggins""#),
    ("watermark_info", r#"{"is_watermarked":true}"#),
];

/// Draws members that an item of this kind can have in drives of the profile; empty if it has none.
///
/// ```
/// use drivesim::{Profile, Sim};
/// use drivesim::item::ItemKind;
/// use drivesim_testkit::strategies::members;
/// use proptest::prelude::*;
///
/// proptest!(|(members in members(&Profile::BOX, ItemKind::File))| {
///     let sim = Sim::builder().profile(Profile::BOX).outline("a.txt\n").build()?;
///     for (name, value) in members.iter() {
///         sim.set_member("/a.txt", name, value.as_str())?;
///     }
///     prop_assert_eq!(sim.members("/a.txt")?, members);
/// });
/// ```
pub fn members(profile: &Profile, kind: ItemKind) -> BoxedStrategy<Members> {
    let parsed = MEMBERS.iter().filter_map(|(name, value)| Some(((*name).to_owned(), value.parse().ok()?)));
    let allowed: Vec<(String, Json)> =
        parsed.filter(|(name, value)| profile.check_member(kind, name, Some(value)).is_ok()).collect();
    if allowed.is_empty() {
        return Just(Members::default()).boxed();
    }
    vec(select(allowed), 0..4).prop_map(|members| members.into_iter().collect()).boxed()
}

/// Adds a line at the end of the tree, at most at the deepest possible depth, unless its name is taken there.
fn add_line(
    lines: &mut Vec<Line>,
    depth: usize,
    name: String,
    kind: ItemKind,
    content: LineContent,
    same: impl Fn(&str, &str) -> bool,
) {
    let deepest = lines.last().map_or(0, |last| last.depth + usize::from(last.kind == ItemKind::Folder));
    let depth = depth.min(deepest);
    let folder = lines.iter().rev().take_while(|line| line.depth >= depth);
    if folder.filter(|line| line.depth == depth).any(|line| same(&line.name, &name)) {
        return;
    }
    let content = if kind == ItemKind::Folder { LineContent::Empty } else { content };
    lines.push(Line {
        depth,
        name,
        kind,
        content,
        attributes: Attributes::default(),
        at: Position::default(),
    });
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::collections::BTreeSet;

    use proptest::test_runner::RngSeed;

    use drivesim::outline::Detail;
    use drivesim::profile::Service;

    use super::*;
    use crate::shrinking::{printed, shrunk};

    const KINDS: [ItemKind; 2] = [ItemKind::File, ItemKind::Folder];

    fn config() -> ProptestConfig {
        ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() }
    }

    #[test]
    fn names_are_allowed_or_rejected_in_any_folder() {
        for (profile, kind) in Profile::ALL.iter().flat_map(|profile| KINDS.map(|kind| (profile, kind))) {
            proptest!(config(), |(allowed in allowed_names(profile, kind), refused in refused_names(profile, kind))| {
                for level in [Level::Root, Level::Below] {
                    prop_assert_eq!(profile.names.check(&allowed, kind, level), Ok(()));
                    prop_assert!(profile.names.check(&refused, kind, level).is_err(), "{:?}", refused);
                }
            });
        }
    }

    #[test]
    fn rejected_names_exist_without_forbidden_characters() {
        let mut profile = Profile::BUSINESS;
        profile.names.forbidden = &[];
        for kind in KINDS {
            proptest!(config(), |(refused in refused_names(&profile, kind))| {
                prop_assert!(profile.names.check(&refused, kind, Level::Below).is_err(), "{:?}", refused);
            });
        }
    }

    #[test]
    fn drives_can_hold_drawn_trees_and_some_are_deep() {
        let deepest = Cell::new(0);
        for profile in Profile::ALL {
            proptest!(config(), |(tree in trees(&profile))| {
                let text = tree.to_string();
                let sim = drivesim::Sim::builder().profile(profile.clone()).outline(text.as_str()).build()?;
                sim.assert_outline(&text);
                let depths = tree.drives[0].lines.iter().map(|line| line.depth);
                deepest.set(deepest.get().max(depths.max().unwrap_or(0)));
            });
        }
        assert_eq!(deepest.get(), DEEPEST - 1);
    }

    #[test]
    fn members_fit_the_kind_and_survive_an_outline() {
        let rules = Profile::BOX.members.iter().filter(|rule| rule.name != "permissions");
        let named: BTreeSet<&str> = MEMBERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, rules.map(|rule| rule.name).collect());
        let seen = std::cell::RefCell::new(BTreeSet::new());
        for (profile, kind) in Profile::ALL.iter().flat_map(|profile| KINDS.map(|kind| (profile, kind))) {
            proptest!(config(), |(members in members(profile, kind))| {
                let names = members.iter().map(|(name, _)| name.to_owned());
                seen.borrow_mut().extend(names.map(|name| (profile.name(), name)));
                let attributes = Attributes { members, ..Attributes::default() };
                let (name, at) = ("x".to_owned(), Position::default());
                let line = Line { depth: 0, name, kind, content: LineContent::Empty, attributes, at };
                let drives = vec![DriveOutline { header: None, lines: vec![line] }];
                let text = Outline { drives }.to_string();
                let sim = drivesim::Sim::builder().profile(profile.clone()).outline(text.as_str()).build()?;
                let printed = sim.drive_outline(sim.first_drive()?, Detail::Attributes)?;
                let again = drivesim::Sim::builder().profile(profile.clone()).outline(&*printed).build()?;
                prop_assert_eq!(sim.members("/x")?, again.members("/x")?);
                prop_assert_eq!(again.drive_outline(again.first_drive()?, Detail::Attributes)?, printed);
            });
        }
        assert_eq!(seen.borrow().len(), named.len(), "only Box has members, and all are drawn");
    }

    #[test]
    fn a_failing_profile_shrinks_to_the_first_and_prints_as_its_name() {
        assert_eq!(printed(&profiles(), |_| true), "Profile::PLAIN");
        assert_eq!(printed(&profiles(), |profile| profile.service == Service::Box), "Profile::BOX");
    }

    #[test]
    fn a_failing_name_shrinks_to_a_short_one() {
        for profile in Profile::ALL {
            assert_eq!(printed(&allowed_names(&profile, ItemKind::File), |_| true), "\"a\"");
            for length in [2, 3, 17] {
                let is_long = |name: &String| name.chars().count() >= length;
                let name = shrunk(&allowed_names(&profile, ItemKind::Folder), is_long);
                assert_eq!(name.chars().count(), length, "{name:?}");
            }
            let refused = shrunk(&refused_names(&profile, ItemKind::File), |_| true);
            assert!(refused.is_empty(), "{refused:?}");
            let refused = shrunk(&refused_names(&profile, ItemKind::File), |name| name.contains('/'));
            assert!(refused == "a/b" || refused.chars().count() == 2, "{refused:?}");
        }
    }

    #[test]
    fn a_failing_tree_shrinks_to_the_relevant_lines_and_prints_as_an_outline() {
        for profile in Profile::ALL {
            let trees = trees(&profile);
            let printed =
                |fails: fn(&Line) -> bool| printed(&trees, |tree| tree.drives[0].lines.iter().any(fails));
            assert_eq!(printed(|line| line.depth == 0), "outline:\n    a");
            assert_eq!(printed(|line| line.kind == ItemKind::Folder), "outline:\n    a/");
            assert_eq!(printed(|line| line.depth == 2), "outline:\n    a/\n      a/\n        a");
            assert_eq!(
                printed(|line| line.content == LineContent::Bytes(b"hello".to_vec())),
                "outline:\n    a = \"hello\""
            );
            assert_eq!(
                printed(|line| matches!(line.content, LineContent::Size(size) if size > 1000)),
                "outline:\n    a = 1001 B"
            );
        }
    }

    #[test]
    fn a_failing_tree_in_a_tuple_prints_as_an_outline() {
        let both = (profiles(), trees(&Profile::BOX));
        let printed = printed(&both, |(_, tree)| tree.drives[0].lines.len() >= 2);
        let expected = "(\n    Profile::PLAIN,\n    outline:\n        a\n        b,\n)";
        assert_eq!(printed, expected);
    }
}
