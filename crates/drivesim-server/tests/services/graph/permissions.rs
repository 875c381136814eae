//! Tests what each permission allows to each kind of token on each kind of drive, by operation: the tables of the
//! pages.

use drivesim_server::{ServerOptions, Token, TokenKind};

use crate::graph::support::{TestRequest, TestServer};

/// What a permission allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Allowed {
    Nothing,
    Reading,
    Writing,
}

use Allowed::{Nothing, Reading, Writing};

/// The permissions with what they allow: to a token without a kind on a business drive and on a personal drive, and to
/// tokens of the kinds work, personal and application on the drives that they see.
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

/// Every operation: its method, what it requires, its path, and its status if allowed.
const OPERATIONS: [(&str, Allowed, &str, u16); 14] = [
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

/// URLs of the drive, with the error that an application gets.
const DRIVES: [(&str, Option<(u16, &str)>); 4] = [
    ("/v1.0/me/drive", Some((400, "BadRequest"))),
    ("/drive", Some((400, "invalidRequest"))),
    ("/_api/v2.0/drive", None),
    ("/v1.0/drives/mine", None),
];

/// The profile of a drive, and the kinds of tokens that see it.
const BUSINESS: (&str, [Option<TokenKind>; 3]) =
    ("business", [None, Some(TokenKind::Work), Some(TokenKind::Application)]);
const PERSONAL: (&str, [Option<TokenKind>; 2]) = ("personal", [None, Some(TokenKind::Personal)]);

/// The status of a response, and the code of an error.
type Outcome = (u16, Option<&'static str>);

/// Sends every operation through every URL of a drive.
fn check(
    profile: &str,
    token: &Token,
    expected: impl Fn(Allowed, u16, Option<(u16, &'static str)>) -> Outcome,
) {
    let outline = format!("drive mine profile={profile} owner=me\na.txt = \"a\"\nTo/\n");
    let new = || TestServer::with_options(ServerOptions::default().with_token(token.clone()), &outline);
    // A failed request changes nothing, so the next one can use the same server.
    let mut unchanged = None;
    for (drive, application_error) in DRIVES {
        for (method, required, path, status) in OPERATIONS {
            let wire = unchanged.take().unwrap_or_else(new);
            let before = wire.sim.outline().unwrap();
            let headers = [
                ("content-type", "application/json"),
                ("authorization", "Bearer t"),
                ("prefer", "respond-async"),
            ];
            let body: &[u8] = match method {
                "POST" | "PATCH" if path.ends_with("permanentDelete") => b"",
                // The OneDrive API requires the target of a copy.
                "POST" if path.ends_with("copy") => {
                    br#"{"name":"b.txt","parentReference":{"path":"/drive/root:"}}"#
                }
                "POST" | "PATCH" => br#"{"name":"b.txt","folder":{}}"#,
                _ => b"",
            };
            let url = format!("{drive}{path}");
            let response = wire.send(&TestRequest { method, url: &url, headers: &headers, body });
            let context = format!("{method} {url} with {token:?} on a {profile} drive");
            let (status, code) = expected(required, status, application_error);
            assert_eq!(response.status, status, "{context}: {}", String::from_utf8_lossy(&response.body));
            let Some(code) = code else { continue };
            if method != "HEAD" {
                assert_eq!(response.json()["error"]["code"], code, "{context}");
            }
            assert_eq!(wire.sim.outline().unwrap(), before, "{context}");
            assert_eq!(wire.sim.jobs().len(), 0, "{context}");
            unchanged = Some(wire);
        }
    }
}

/// Sends every operation with a token whose kind sees the drive.
fn check_seen(profile: &str, token: &Token, allowed: Allowed) {
    check(profile, token, |required, status, application_error| {
        let is_application = token.kind == Some(TokenKind::Application);
        match application_error.filter(|_| is_application) {
            Some((status, code)) => (status, Some(code)),
            None if allowed >= required => (status, None),
            None => (403, Some("accessDenied")),
        }
    });
}

/// Sends every operation with a token whose kind does not see the drive.
fn check_unseen(profile: &str, token: &Token, allowed: Allowed) {
    check(profile, token, |required, _, application_error| {
        let is_application = token.kind == Some(TokenKind::Application);
        match application_error.filter(|_| is_application) {
            Some((status, code)) => (status, Some(code)),
            None if allowed >= required => (404, Some("itemNotFound")),
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
fn a_token_without_a_kind_has_the_kind_of_the_drive() {
    check_column("business", None);
    check_column("personal", None);
}

#[test]
fn a_work_token_has_the_permissions_of_its_table_and_sees_no_personal_drive() {
    check_column("business", Some(TokenKind::Work));
    check_column("personal", Some(TokenKind::Work));
}

#[test]
fn a_personal_token_has_the_permissions_of_its_table_and_sees_no_business_drive() {
    check_column("business", Some(TokenKind::Personal));
    check_column("personal", Some(TokenKind::Personal));
}

#[test]
fn an_application_token_has_the_permissions_of_its_table_and_no_me() {
    check_column("business", Some(TokenKind::Application));
    check_column("personal", Some(TokenKind::Application));
}

#[test]
fn permissions_of_a_token_are_combined() {
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
