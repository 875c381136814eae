//! Knows the scopes of Microsoft Graph and of Box, and finds the scope nearest to a misspelt word.

use std::sync::LazyLock;

/// The scopes of Microsoft Graph, one per line (permissions reference of Graph; its scopes of OpenID Connect). Most of
/// them allow nothing with a drive.
const GRAPH: &str = include_str!("scopes/graph.txt");
/// The scopes of Box, one per line: those that an app is given, and those that a token can be narrowed to (OpenAPI
/// description of Box; guide to scopes).
const BOX: &str = include_str!("scopes/box.txt");

/// The URLs that may precede scopes of Graph: the hosts of Graph and of its national clouds (page on national clouds).
const HOSTS: [&str; 4] = [
    "https://graph.microsoft.com/",
    "https://graph.microsoft.us/",
    "https://dod-graph.microsoft.us/",
    "https://microsoftgraph.chinacloudapi.cn/",
];

/// Means all scopes that an app was given (page on scopes and consent).
pub(crate) const DEFAULT_SCOPE: &str = ".default";

/// Scopes of SharePoint and of the older APIs of OneDrive, in lower case, with the scope of Graph that is meant. Used
/// only in error messages.
const LEGACY: [(&str, &str); 11] = [
    ("allsites.read", "Sites.Read.All"),
    ("allsites.write", "Sites.ReadWrite.All"),
    ("allsites.manage", "Sites.Manage.All"),
    ("allsites.fullcontrol", "Sites.FullControl.All"),
    ("myfiles.read", "Files.Read"),
    ("myfiles.write", "Files.ReadWrite"),
    ("onedrive.readonly", "Files.Read"),
    ("onedrive.readwrite", "Files.ReadWrite"),
    ("onedrive.appfolder", "Files.ReadWrite.AppFolder"),
    ("wl.skydrive", "Files.Read"),
    ("wl.skydrive_update", "Files.ReadWrite"),
];
/// Scopes that allow something with drives at the services, but nothing here.
///
/// DIFFERS(Graph): `Sites.Selected`, the other scopes that end in `.Selected`, and those of containers of files allow
/// nothing; an application of Graph is granted single sites, lists, files or containers.
/// DIFFERS(Graph): `Files.ReadWrite.AppFolder` allows nothing; an application of Graph has its own folder.
/// DIFFERS(Box): The scopes that a token can be narrowed to, such as `item_download` and `base_explorer`, allow
/// nothing; at Box each allows some requests.
const WITHOUT_EFFECT: [&str; 20] = [
    "FileStorageContainer.Manage.All",
    "FileStorageContainer.Selected",
    "Files.Read.Selected",
    "Files.ReadWrite.AppFolder",
    "Files.ReadWrite.Selected",
    "Files.SelectedOperations.Selected",
    "ListItems.SelectedOperations.Selected",
    "Lists.SelectedOperations.Selected",
    "Sites.Selected",
    "base_explorer",
    "base_picker",
    "base_preview",
    "base_upload",
    "item_delete",
    "item_download",
    "item_preview",
    "item_read",
    "item_rename",
    "item_share",
    "item_upload",
];
/// The prefixes of scopes for drives.
const OF_DRIVES: [&str; 3] = ["Files.", "Sites.", "root_"];

/// All scopes, in the order in which the nearest one is searched.
static KNOWN: LazyLock<Vec<&str>> = LazyLock::new(|| GRAPH.lines().chain(BOX.lines()).collect());

/// Returns the scopes in a text: words between blanks, as in OAuth 2, each without the URL of Graph.
pub(crate) fn parse(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(strip_host)
}

/// Returns a scope of Graph without its URL, `Files.Read` for `https://graph.microsoft.com/Files.Read`. A URL that does
/// not end in a scope is returned unchanged.
pub(crate) fn strip_host(scope: &str) -> &str {
    let Some(bare) = HOSTS.iter().find_map(|host| scope.strip_prefix(host)) else { return scope };
    // A URL that ends in a slash leads to `//` before `.default` (page on scopes and consent).
    if bare.trim_start_matches('/') == DEFAULT_SCOPE {
        return DEFAULT_SCOPE;
    }
    if GRAPH.lines().any(|known| known == bare) { bare } else { scope }
}

/// Returns whether a word consists of several scopes with separators other than blanks or commas, such as
/// `Files.Read+Files.Write`. At least one of them is a scope, the others may be misspelt.
pub(crate) fn is_joined(word: &str) -> bool {
    let bare = HOSTS.iter().fold(word.to_owned(), |word, host| word.replace(host, ""));
    let in_scopes = |c: char| c.is_ascii_alphanumeric() || ['.', '_', '-'].contains(&c);
    let parts: Vec<&str> = bare.split(|c| !in_scopes(c)).filter(|part| !part.is_empty()).collect();
    let is_like_a_scope = |part: &&str| is_known(part) || nearest(part).is_some();
    parts.len() > 1 && parts.iter().any(|part| is_known(part)) && parts.iter().all(is_like_a_scope)
}

/// Returns whether a scope allows something with drives at the service, but nothing here.
pub(crate) fn is_without_effect(scope: &str) -> bool {
    WITHOUT_EFFECT.contains(&scope)
}

/// Returns whether a scope is one of Graph or of Box.
pub(crate) fn is_known(scope: &str) -> bool {
    KNOWN.contains(&scope)
}

/// Returns the scope that is nearest to a word; `None` if no scope is similar.
pub(crate) fn nearest(word: &str) -> Option<&'static str> {
    let word = word.trim_end_matches('/');
    let word = word.rsplit('/').next().unwrap_or(word).to_lowercase();
    if let Some((_, scope)) = LEGACY.iter().find(|(legacy, _)| *legacy == word) {
        return Some(scope);
    }
    // Most letters of a misspelt word are right. For a scope of drives half of them are enough.
    let length = word.chars().count();
    let distance = |scope: &str| strsim::damerau_levenshtein(&word, &scope.to_lowercase());
    let is_near = |far: usize, scope: &str| {
        let is_of_drives = OF_DRIVES.iter().any(|prefix| scope.starts_with(prefix));
        far <= if is_of_drives { length / 2 } else { length / 4 }
    };
    let near =
        KNOWN.iter().map(|scope| (distance(scope), *scope)).filter(|(far, scope)| is_near(*far, scope));
    // Of two at the same distance, the one with more letters in common wins: `Files.Write` is not `Files.Read`.
    let likeness = |scope: &str| strsim::jaro_winkler(&word, &scope.to_lowercase());
    let order = |(far, scope): &(usize, &str), (other_far, other): &(usize, &str)| {
        far.cmp(other_far).then_with(|| likeness(other).total_cmp(&likeness(scope)))
    };
    near.min_by(order).map(|(_, scope)| scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_listed_once_and_is_one_word() {
        let mut seen = std::collections::HashSet::new();
        for scope in KNOWN.iter() {
            assert!(seen.insert(*scope), "{scope} is listed twice");
            assert_eq!(scope.split_whitespace().collect::<Vec<_>>(), [*scope]);
            assert_eq!(strip_host(scope), *scope);
        }
        assert!(seen.len() > 600, "{}", seen.len());
    }

    #[test]
    fn a_misspelt_word_has_a_nearest_scope_and_an_unlike_word_has_none() {
        for (_, scope) in LEGACY {
            assert!(is_known(scope), "{scope}");
        }
        for (word, scope) in [
            ("Files.Readwrite.All", Some("Files.ReadWrite.All")),
            ("files.readwrite", Some("Files.ReadWrite")),
            ("Files.Write", Some("Files.ReadWrite")),
            ("File.ReadWrite.All", Some("Files.ReadWrite.All")),
            ("Sites.ReadWriteAll", Some("Sites.ReadWrite.All")),
            ("https://graph.microsoft.com/Flies.Read", Some("Files.Read")),
            ("offline-access", Some("offline_access")),
            ("root-readwrite", Some("root_readwrite")),
            ("root_readwirte", Some("root_readwrite")),
            ("onedrive.readwrite", Some("Files.ReadWrite")),
            ("OneDrive.ReadOnly", Some("Files.Read")),
            ("AllSites.Write", Some("Sites.ReadWrite.All")),
            ("https://x.sharepoint.com/AllSites.Read", Some("Sites.Read.All")),
            ("MyFiles.Write", Some("Files.ReadWrite")),
            ("https://graph.microsoft.com/Files.Read/", Some("Files.Read")),
            ("https://graph.microsoft.com/Files.ReadWrite.All//", Some("Files.ReadWrite.All")),
            ("https://graph.microsoft.com//Files.Read", Some("Files.Read")),
            ("https://graph.microsoft.com/root_readwrite", Some("root_readwrite")),
            ("Mial.Read", Some("Mail.Read")),
            ("everything", None),
            ("drive.readwrite", Some("Files.ReadWrite")),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(nearest(word), scope, "{word}");
        }
    }

    #[test]
    fn several_scopes_in_one_word_are_found_with_any_separator() {
        for word in [
            "Files.ReadWrite+Files.Read",
            "Files.Read|Files.Write",
            "Files.Read;Sites.Read.All",
            "Files.Read&Sites.Read.All",
            "Files.Read/Sites.Read.All/User.Read",
            "root_readonly|root_readwrite",
            "https://graph.microsoft.com/Files.Read+https://graph.microsoft.com/Files.ReadWrite",
            "https://graph.microsoft.com/Files.Read+Files.ReadWrite",
        ] {
            assert!(is_joined(word), "{word}");
        }
        for word in [
            "Files.Read",
            "Files.Readwrite",
            "Files.Read+",
            "+",
            "",
            "offline-access",
            "root-readwrite",
            "Files.Read.All+everything",
            "https://graph.microsoft.com/Files.Read",
            "https://graph.microsoft.com//Files.Read",
            "https://graph.microsoft.com/Files.Readwrite",
            "https://graph.microsoft.com/root_readwrite",
            "https://x.sharepoint.com/Files.Read",
            "https://x.sharepoint.com/AllSites.Read",
        ] {
            assert!(!is_joined(word), "{word}");
        }
    }

    #[test]
    fn scopes_without_effect_are_known_scopes() {
        for scope in WITHOUT_EFFECT {
            assert!(is_known(scope), "{scope}");
        }
        let selected = |scope: &&&str| scope.ends_with(".Selected") || scope.ends_with(".AppFolder");
        let others: Vec<_> =
            KNOWN.iter().filter(selected).filter(|scope| !is_without_effect(scope)).collect();
        assert_eq!(others, [] as [&&str; 0]);
    }

    #[test]
    fn scopes_are_separated_by_blanks_and_may_be_urls() {
        let words = |text| parse(text).collect::<Vec<_>>();
        assert_eq!(words(" Files.Read\tFiles.ReadWrite "), ["Files.Read", "Files.ReadWrite"]);
        assert_eq!(words("https://graph.microsoft.us/Files.Read"), ["Files.Read"]);
        assert_eq!(words("https://graph.microsoft.com//.default"), [DEFAULT_SCOPE]);
        for no_scope in
            ["https://graph.microsoft.com//Files.Read", "https://graph.microsoft.com/root_readwrite"]
        {
            assert_eq!(words(no_scope), [no_scope]);
        }
        assert_eq!(
            words("https://x.sharepoint.com/AllSites.Read"),
            ["https://x.sharepoint.com/AllSites.Read"]
        );
        assert_eq!(words(" "), [] as [&str; 0]);
    }
}
