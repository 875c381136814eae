//! Knows the scopes of Microsoft Graph and of Box, and says which one a misspelt word is nearest to.

use std::sync::LazyLock;

/// The scopes of Microsoft Graph, one a line (permissions reference of Graph; its scopes of OpenID Connect). Most of them
/// allow nothing that a drive has.
const GRAPH: &str = include_str!("scopes/graph.txt");
/// The scopes of Box, one a line: those that an app is given, and those that a token can be narrowed to (OpenAPI
/// description of Box; guide to scopes).
const BOX: &str = include_str!("scopes/box.txt");

/// Where scopes of Graph may be written as URLs: the hosts of Graph and of its national clouds (page on national clouds).
const HOSTS: [&str; 4] = [
    "https://graph.microsoft.com/",
    "https://graph.microsoft.us/",
    "https://dod-graph.microsoft.us/",
    "https://microsoftgraph.chinacloudapi.cn/",
];

/// What stands for all scopes that an app was given (page on scopes and consent).
pub(crate) const DEFAULT: &str = ".default";

/// Which scopes of Graph are meant by those of SharePoint and of the older APIs of OneDrive, in small letters: what a refusal
/// names, no more.
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
/// The scopes that allow something with drives at the services, but nothing here.
///
/// That `Sites.Selected`, the other scopes that end in `.Selected`, and those of containers of files allow nothing *differs*
/// from Graph, where an application is granted single sites, lists, files or containers. That `Files.ReadWrite.AppFolder`
/// allows nothing *differs* from Graph, where an application has a folder of its own. That the scopes that a token can be
/// narrowed to, as `item_download` and `base_explorer`, allow nothing *differs* from Box, where each allows some requests.
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
/// What the scopes of drives begin with.
const OF_DRIVES: [&str; 3] = ["Files.", "Sites.", "root_"];

/// All scopes, in the order in which a nearest one is looked for.
static KNOWN: LazyLock<Vec<&str>> = LazyLock::new(|| GRAPH.lines().chain(BOX.lines()).collect());

/// Returns the scopes that a text names: words between blanks, as OAuth 2 has them, each without the URL of Graph.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(bare)
}

/// Returns a scope of Graph without its URL, `Files.Read` for `https://graph.microsoft.com/Files.Read`. A URL that ends in
/// anything else is no scope, and stays as it is.
pub(crate) fn bare(scope: &str) -> &str {
    let Some(bare) = HOSTS.iter().find_map(|host| scope.strip_prefix(host)) else { return scope };
    // `//` before `.default` is what a URL with a slash at its end gives (page on scopes and consent).
    if bare.trim_start_matches('/') == DEFAULT {
        return DEFAULT;
    }
    if GRAPH.lines().any(|known| known == bare) { bare } else { scope }
}

/// Returns whether a word is several scopes with something other than blanks or commas between them, as
/// `Files.Read+Files.Write`. One of them at least is a scope, the others may be misspelt.
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

/// Returns the scope that a word is nearest to; `None` if it is like none of them.
pub(crate) fn nearest(word: &str) -> Option<&'static str> {
    let word = word.trim_end_matches('/');
    let word = word.rsplit('/').next().unwrap_or(word).to_lowercase();
    if let Some((_, scope)) = LEGACY.iter().find(|(legacy, _)| *legacy == word) {
        return Some(scope);
    }
    // What is misspelt has most of its letters right; a scope of drives is meant where only half of them are.
    let length = word.chars().count();
    let distance = |scope: &str| strsim::damerau_levenshtein(&word, &scope.to_lowercase());
    let is_near = |far: usize, scope: &str| {
        let is_of_drives = OF_DRIVES.iter().any(|prefix| scope.starts_with(prefix));
        far <= if is_of_drives { length / 2 } else { length / 4 }
    };
    let near =
        KNOWN.iter().map(|scope| (distance(scope), *scope)).filter(|(far, scope)| is_near(*far, scope));
    // Of two that are as far the one with more letters in common is meant: `Files.Write` is no `Files.Read`.
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
            assert_eq!(bare(scope), *scope);
        }
        assert!(seen.len() > 600, "{}", seen.len());
    }

    #[test]
    fn what_is_misspelt_has_a_nearest_scope_and_what_is_like_none_has_none() {
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
    fn several_scopes_in_one_word_are_found_whatever_stands_between() {
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
    fn what_has_no_effect_here_is_a_scope() {
        for scope in WITHOUT_EFFECT {
            assert!(is_known(scope), "{scope}");
        }
        let selected = |scope: &&&str| scope.ends_with(".Selected") || scope.ends_with(".AppFolder");
        let others: Vec<_> =
            KNOWN.iter().filter(selected).filter(|scope| !is_without_effect(scope)).collect();
        assert_eq!(others, [] as [&&str; 0]);
    }

    #[test]
    fn scopes_stand_between_blanks_and_may_be_urls() {
        let words = |text| words(text).collect::<Vec<_>>();
        assert_eq!(words(" Files.Read\tFiles.ReadWrite "), ["Files.Read", "Files.ReadWrite"]);
        assert_eq!(words("https://graph.microsoft.us/Files.Read"), ["Files.Read"]);
        assert_eq!(words("https://graph.microsoft.com//.default"), [DEFAULT]);
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
