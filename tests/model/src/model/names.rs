//! Implements the rules of each service in the model: names, numbers, conflict behaviors.

use drivesim::Conflict;
use drivesim::item::ItemKind;

use crate::op::Service;

/// Names that OneDrive reserves in any case, alone or with an extension.
const RESERVED: [&str; 6] = [".lock", "CON", "PRN", "AUX", "NUL", "desktop.ini"];
/// The maximum length of a name on OneDrive and Box, in units.
const NAME_UNITS: usize = 255;

impl Service {
    pub(super) fn offers_copy(self, conflict: Conflict) -> bool {
        conflict == Conflict::Fail || matches!(self, Service::Plain | Service::Business)
    }

    pub(super) fn offers_create(self, conflict: Conflict) -> bool {
        conflict == Conflict::Fail || self != Service::Box
    }

    pub(super) fn offers_move(self, conflict: Conflict) -> bool {
        conflict == Conflict::Fail || self != Service::Box
    }

    /// Returns whether the call fails if the name of a copy is taken.
    pub(super) fn refuses_taken_at_once(self, named: bool, conflict: Conflict) -> bool {
        self != Service::Business || (named && conflict == Conflict::Fail)
    }

    /// Returns the text between the name of a copy and its number.
    pub(super) fn before_copy_number(self) -> &'static str {
        if self == Service::Business { "" } else { " " }
    }

    fn max_units(self) -> usize {
        if self == Service::Plain { usize::MAX } else { NAME_UNITS }
    }

    /// Returns whether a name is allowed.
    pub(super) fn allows(self, name: &str, kind: ItemKind) -> bool {
        let always = !["", ".", ".."].contains(&name) && !name.contains(['/', '\0']);
        always
            && units(name) <= self.max_units()
            && match self {
                Service::Plain => true,
                Service::Business => onedrive_allows(name, kind) && !is_reserved_by_sharepoint(name, kind),
                Service::Personal => onedrive_allows(name, kind),
                Service::Box => box_allows(name),
            }
    }

    /// Returns the name of a copied file: Box removes the characters that it does not allow.
    pub(super) fn for_copied_file(self, name: &str) -> String {
        if self != Service::Box {
            return name.to_owned();
        }
        let kept: String =
            name.chars().filter(|c| !['/', '\\'].contains(c) && !c.is_ascii_control()).collect();
        kept.trim_end_matches(' ').to_owned()
    }

    /// Returns a name with a number, which goes before the last period of a file. The name is cut so that it fits.
    pub(super) fn numbered(self, name: &str, kind: ItemKind, before: &str, number: u32) -> String {
        let dot = name.rfind('.').filter(|at| !name[..*at].chars().all(|c| c == '.'));
        let (stem, extension) = match (kind, dot) {
            (ItemKind::File, Some(at)) => name.split_at(at),
            _ => (name, ""),
        };
        let tail = format!("{before}{number}{extension}");
        let mut stem = stem.to_owned();
        while !stem.is_empty() && units(&stem) + units(&tail) > self.max_units() {
            stem.pop();
        }
        stem + &tail
    }
}

/// Returns whether SharePoint reserves a name.
fn is_reserved_by_sharepoint(name: &str, kind: ItemKind) -> bool {
    let upper = name.to_ascii_uppercase();
    upper.contains("_VTI_") || (kind == ItemKind::Folder && upper == "FORMS")
}

fn onedrive_allows(name: &str, kind: ItemKind) -> bool {
    let upper = name.to_ascii_uppercase();
    let is_word = |word: &str| {
        let word = word.to_ascii_uppercase();
        upper == word || upper.starts_with(&format!("{word}."))
    };
    let is_port = (0..10).any(|port| is_word(&format!("COM{port}")) || is_word(&format!("LPT{port}")));
    let broken = [
        name.contains(['"', '*', ':', '<', '>', '?', '/', '\\', '|']),
        name.contains(|c: char| c.is_ascii_control()),
        name.starts_with(' '),
        name.ends_with([' ', '.']),
        kind == ItemKind::Folder && name.starts_with('~'),
        name.starts_with("~$"),
        has_entity(name),
        RESERVED.into_iter().any(is_word),
        is_port,
    ];
    !broken.contains(&true)
}

fn box_allows(name: &str) -> bool {
    let is_bad = |c: char| c == '\\' || c.is_ascii_control() || c > '\u{FFFF}';
    !name.contains(is_bad) && !name.ends_with(' ')
}

/// Returns whether a name contains something like `&#169;`.
fn has_entity(name: &str) -> bool {
    name.split("&#").skip(1).any(|rest| {
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        digits > 0 && rest[digits..].starts_with(';')
    })
}

/// Counts UTF-16 units.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Returns whether two names are the same for a service.
pub(super) fn same(service: Service, a: &str, b: &str) -> bool {
    let form = |name| match service {
        Service::Plain => str::to_owned(name),
        // The pairs that were seen on personal drives.
        Service::Personal => folded(name).replace('æ', "ae").replace('\u{FA16}', "\u{732A}"),
        Service::Business | Service::Box => folded(name),
    };
    form(a) == form(b)
}

/// Returns the sort key of siblings: the folded name, then the name.
pub(super) fn canonical(name: &str) -> (String, String) {
    (folded(name), name.to_owned())
}

/// Folds case one character at a time, through the capital letter so that `ſ` and `s` are the same. Characters without
/// a single capital or small letter, such as `ß`, stay. Sufficient for the names in histories, but not for all
/// characters.
pub(super) fn folded(name: &str) -> String {
    let only = |mut chars: Box<dyn Iterator<Item = char>>, or: char| match (chars.next(), chars.next()) {
        (Some(c), None) => c,
        _ => or,
    };
    let fold = |c: char| {
        let upper = only(Box::new(c.to_uppercase()), c);
        only(Box::new(upper.to_lowercase()), upper)
    };
    name.chars().map(|c| if c.is_ascii() { c.to_ascii_lowercase() } else { fold(c) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_before_the_last_period_of_files_only() {
        let numbered = |name, kind| Service::Plain.numbered(name, kind, " ", 1);
        assert_eq!(numbered("a.tar.gz", ItemKind::File), "a.tar 1.gz");
        assert_eq!(numbered("a.tar.gz", ItemKind::Folder), "a.tar.gz 1");
        assert_eq!(numbered(".hidden", ItemKind::File), ".hidden 1");
        assert_eq!(Service::Business.numbered("a.txt", ItemKind::File, "", 2), "a2.txt");
        assert_eq!(units(&Service::Box.numbered(&"x".repeat(255), ItemKind::Folder, " ", 10)), 255);
    }

    #[test]
    fn names_are_the_same_in_any_case_except_on_plain_drives() {
        assert!(same(Service::Box, "Éa.TXT", "éA.txt"));
        assert!(!same(Service::Plain, "A", "a"));
        assert!(!same(Service::Business, "ß", "ss"));
    }

    #[test]
    fn personal_drives_take_some_spellings_for_the_same() {
        for (one, other) in [("xÆy", "XaEY"), ("\u{FA16}", "\u{732A}")] {
            let same = Service::ALL.map(|service| same(service, one, other));
            assert_eq!(same, [false, false, true, false], "{one} and {other}");
        }
    }
}
