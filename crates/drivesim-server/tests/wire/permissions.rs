//! Holds what each permission allows to each kind of token on each kind of drive, verb by verb: the tables of the pages.

use drivesim_server::{ServerOptions, Token, TokenKind};

use crate::support::{Sent, Wire};

/// What a permission allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Allowed {
    Nothing,
    Reading,
    Writing,
}

use Allowed::{Nothing, Reading, Writing};

/// The permissions with what they allow: to a token without a kind on a work drive and on one of a person, and to
/// tokens of work, of a person and of an application on the drives that they see.
const PERMISSIONS: [(&str, [Allowed; 5]); 14] = [
    ("Files.Read", [Reading, Reading, Reading, Reading, Nothing]),
    ("Files.Read.All", [Reading, Reading, Reading, Reading, Reading]),
    ("Files.ReadWrite", [Writing, Writing, Writing, Writing, Nothing]),
    ("Files.ReadWrite.All", [Writing, Writing, Writing, Writing, Writing]),
    ("Sites.Read.All", [Reading, Nothing, Reading, Nothing, Reading]),
    ("Sites.ReadWrite.All", [Writing, Nothing, Writing, Nothing, Writing]),
    ("Sites.Manage.All", [Writing, Nothing, Writing, Nothing, Writing]),
    ("Sites.FullControl.All", [Writing, Nothing, Writing, Nothing, Writing]),
    ("Sites.Selected", [Nothing; 5]),
    ("Mail.ReadWrite", [Nothing; 5]),
    ("Files.ReadWrite.AppFolder", [Nothing; 5]),
    ("offline_access", [Nothing; 5]),
    ("User.Read", [Nothing; 5]),
    ("root_readwrite", [Nothing; 5]),
];

/// Every verb with what it needs, where it is sent, and how it is answered where that is allowed.
const VERBS: [(&str, Allowed, &str, u16); 14] = [
    ("GET", Reading, "", 200),
    ("GET", Reading, "/root", 200),
    ("GET", Reading, "/root/children", 200),
    ("GET", Reading, "/root:/a.txt", 200),
    ("GET", Reading, "/root:/a.txt:/content", 302),
    ("HEAD", Reading, "/root:/a.txt:/content", 302),
    ("POST", Writing, "/root:/a.txt:/copy", 202),
    ("POST", Writing, "/root/children", 201),
    ("POST", Writing, "/root:/b.txt:/createUploadSession", 200),
    ("PATCH", Writing, "/root:/a.txt", 200),
    ("PUT", Writing, "/root:/b.txt:/content", 201),
    ("PUT", Writing, "/root:/a.txt:/content", 200),
    ("DELETE", Writing, "/root:/a.txt", 204),
    ("POST", Writing, "/root:/a.txt:/permanentDelete", 204),
];

/// The ways to the drive, with how an application is refused on them.
const DRIVES: [(&str, Option<(u16, &str)>); 4] = [
    ("/v1.0/me/drive", Some((400, "BadRequest"))),
    ("/drive", Some((400, "invalidRequest"))),
    ("/_api/v2.0/drive", None),
    ("/v1.0/drives/mine", None),
];

/// A drive that tokens of the kinds are sent to: its profile, and which kinds see it.
const BUSINESS: (&str, [Option<TokenKind>; 3]) =
    ("business", [None, Some(TokenKind::Work), Some(TokenKind::Application)]);
const PERSONAL: (&str, [Option<TokenKind>; 2]) = ("personal", [None, Some(TokenKind::Personal)]);

/// How a request is answered: its status, and the code if that is an error.
type Outcome = (u16, Option<&'static str>);

/// Sends every verb by every way to a drive.
fn check(
    profile: &str,
    token: &Token,
    expected: impl Fn(Allowed, u16, Option<(u16, &'static str)>) -> Outcome,
) {
    let outline = format!("drive mine profile={profile} owner=me\na.txt = \"a\"\nTo/\n");
    let new = || Wire::with(ServerOptions::default().with_token(token.clone()), &outline);
    // A request that was refused leaves everything as it was for the next.
    let mut unchanged = None;
    for (drive, to_applications) in DRIVES {
        for (method, needed, path, status) in VERBS {
            let wire = unchanged.take().unwrap_or_else(new);
            let before = wire.sim.outline().unwrap();
            let headers = [
                ("content-type", "application/json"),
                ("authorization", "Bearer t"),
                ("prefer", "respond-async"),
            ];
            let body: &[u8] = match method {
                "POST" | "PATCH" if path.ends_with("permanentDelete") => b"",
                // The OneDrive API wants to know where a copy goes.
                "POST" if path.ends_with("copy") => {
                    br#"{"name":"b.txt","parentReference":{"path":"/drive/root:"}}"#
                }
                "POST" | "PATCH" => br#"{"name":"b.txt","folder":{}}"#,
                _ => b"",
            };
            let url = format!("{drive}{path}");
            let answer = wire.send(&Sent { method, url: &url, headers: &headers, body });
            let what = format!("{method} {url} with {token:?} on a {profile} drive");
            let (status, code) = expected(needed, status, to_applications);
            assert_eq!(answer.status, status, "{what}: {}", String::from_utf8_lossy(&answer.body));
            let Some(code) = code else { continue };
            if method != "HEAD" {
                assert_eq!(answer.json()["error"]["code"], code, "{what}");
            }
            assert_eq!(wire.sim.outline().unwrap(), before, "{what}");
            assert_eq!(wire.sim.jobs().len(), 0, "{what}");
            unchanged = Some(wire);
        }
    }
}

/// Sends every verb with a token of some permissions and a kind that sees the drive.
fn check_seen(profile: &str, token: &Token, allowed: Allowed) {
    check(profile, token, |needed, status, to_applications| {
        let is_application = token.kind == Some(TokenKind::Application);
        match to_applications.filter(|_| is_application) {
            Some((status, code)) => (status, Some(code)),
            None if allowed >= needed => (status, None),
            None => (403, Some("accessDenied")),
        }
    });
}

/// Sends every verb with a token of some permissions and a kind that does not see the drive.
fn check_unseen(profile: &str, token: &Token, allowed: Allowed) {
    check(profile, token, |needed, _, to_applications| {
        let is_application = token.kind == Some(TokenKind::Application);
        match to_applications.filter(|_| is_application) {
            Some((status, code)) => (status, Some(code)),
            None if allowed >= needed => (404, Some("itemNotFound")),
            None => (403, Some("accessDenied")),
        }
    });
}

fn token(scopes: &[&str], kind: Option<TokenKind>) -> Token {
    let token = Token::new("t", scopes);
    match kind {
        Some(kind) => token.kind(kind),
        None => token,
    }
}

/// Checks a column of the table on a drive of one profile.
fn check_column(profile: &str, kind: Option<TokenKind>) {
    let (column, is_seen) = match (kind, profile) {
        (None, "business") => (0, true),
        (None, _) => (1, true),
        (Some(TokenKind::Work), profile) => (2, profile == "business"),
        (Some(TokenKind::Personal), profile) => (3, profile == "personal"),
        (Some(_), profile) => (4, profile == "business"),
    };
    for (scope, allowed) in PERMISSIONS {
        let (token, allowed) = (token(&[scope], kind), allowed[column]);
        if is_seen { check_seen(profile, &token, allowed) } else { check_unseen(profile, &token, allowed) }
    }
}

#[test]
fn a_token_without_a_kind_is_allowed_what_the_account_of_the_drive_is() {
    check_column("business", None);
    check_column("personal", None);
}

#[test]
fn a_token_of_work_is_allowed_what_its_table_says_and_sees_no_drive_of_a_person() {
    check_column("business", Some(TokenKind::Work));
    check_column("personal", Some(TokenKind::Work));
}

#[test]
fn a_token_of_a_person_is_allowed_what_its_table_says_and_sees_no_drive_of_work() {
    check_column("business", Some(TokenKind::Personal));
    check_column("personal", Some(TokenKind::Personal));
}

#[test]
fn a_token_of_an_application_is_allowed_what_its_table_says_and_has_no_me() {
    check_column("business", Some(TokenKind::Application));
    check_column("personal", Some(TokenKind::Application));
}

#[test]
fn permissions_add_up() {
    for kind in BUSINESS.1 {
        let check = |scopes: &[&str], allowed| check_seen(BUSINESS.0, &token(scopes, kind), allowed);
        check(&["Mail.ReadWrite", "Files.Read", "Sites.ReadWrite.All"], Writing);
        check(&[], Nothing);
    }
    for kind in PERSONAL.1 {
        let check = |scopes: &[&str], allowed| check_seen(PERSONAL.0, &token(scopes, kind), allowed);
        check(&["Sites.ReadWrite.All", "Files.Read"], Reading);
        check(&["Sites.Read.All", "Files.ReadWrite"], Writing);
        check(&[], Nothing);
    }
}
