//! Tests of the users of access tokens at Box.

use drivesim::Sim;
use drivesim_server::{ServerOptions, Token, TokenKind, User};
use serde_json::{Value, json};

use crate::box_api::support::TestServer;

fn wire() -> TestServer {
    let sim =
        Sim::builder().outline("drive box profile=box owner=user:owner\na.txt = \"a\"\n").build().unwrap();
    let options = ServerOptions::default()
        .token("plain", &["root_readwrite"])
        .with_token(Token::new("reader", &["root_readonly"]).user("ann"))
        .with_token(Token::new("ann", &["root_readwrite", "manage_webhook"]).user("ann"))
        .with_token(Token::new("service", &["root_readwrite"]).kind(TokenKind::Application).app("nightly"))
        .with_token(Token::new("narrow", &["item_download", "base_explorer"]));
    TestServer::with_options(sim, options)
}

fn me(wire: &TestServer, token: &str) -> Value {
    wire.get_with("/users/me", ("authorization", &format!("Bearer {token}"))).expect_status(200).json()
}

#[test]
fn changes_are_attributed_to_the_user_of_the_token() {
    let wire = wire();
    for (token, user) in [("plain", "owner"), ("reader", "ann"), ("ann", "ann"), ("service", "nightly")] {
        assert_eq!(me(&wire, token)["name"], user, "{token}");
    }
    for (token, user) in [("plain", "owner"), ("ann", "ann"), ("service", "nightly")] {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let body = json!({ "name": token, "parent": { "id": "0" } }).to_string();
        let created = wire.send("POST", "/folders", &headers, body).expect_status(201).json();
        assert_eq!(
            (&created["created_by"]["name"], &created["owned_by"]["name"]),
            (&json!(user), &json!("owner"))
        );
    }
    // `as-user` takes precedence over the user of the token.
    let id = me(&wire, "ann")["id"].as_str().unwrap().to_owned();
    let headers = [("authorization", "Bearer plain"), ("as-user", id.as_str())];
    assert_eq!(wire.send("GET", "/users/me", &headers, "").expect_status(200).json()["name"], "ann");
}

#[test]
fn a_configured_user_has_its_id_name_and_login() {
    let sim =
        Sim::builder().outline("drive box profile=box owner=user:33333\na.txt = \"a\"\n").build().unwrap();
    let options = ServerOptions::default()
        .user(User::new("33333", "Test User", "test@example.com"))
        .user(User::new("11446498", "Aaron Levie", "ceo@example.com"));
    let wire = TestServer::with_options(sim, options);
    let user_as = |user: &str| wire.get_with("/users/me?fields=id,name,login", ("as-user", user));
    let expected =
        |id: &str, name: &str, login: &str| json!({ "type": "user", "id": id, "name": name, "login": login });
    assert_eq!(
        user_as("33333").expect_status(200).json(),
        expected("33333", "Test User", "test@example.com")
    );
    assert_eq!(
        user_as("11446498").expect_status(200).json(),
        expected("11446498", "Aaron Levie", "ceo@example.com")
    );
    user_as("ceo@example.com").expect_status(404);
    let headers = [("as-user", "11446498"), ("content-type", "application/json")];
    let body = r#"{"name":"Docs","parent":{"id":"0"}}"#;
    let created = wire.send("POST", "/folders", &headers, body).expect_status(201).json();
    assert_eq!(created["created_by"], expected("11446498", "Aaron Levie", "ceo@example.com"));
    assert_eq!(created["owned_by"], expected("33333", "Test User", "test@example.com"));
}

#[test]
fn scopes_without_permissions_allow_nothing() {
    let wire = wire();
    wire.get_with("/folders/0", ("authorization", "Bearer narrow")).expect_error(403, "insufficient_scope");
}

#[test]
fn a_token_request_returns_the_token_of_the_named_user() {
    let wire = wire();
    let token_for = |subject: &str, id: &str| {
        let form = format!(
            "grant_type=client_credentials&client_id=i&client_secret=s&box_subject_type={subject}&box_subject_id={id}"
        );
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = wire.send("POST", "/oauth2/token", &headers, form).expect_status(200).json();
        answer["access_token"].as_str().unwrap().to_owned()
    };
    let ann = me(&wire, "ann")["id"].as_str().unwrap().to_owned();
    assert_eq!(token_for("user", &ann), "ann", "the one with write access");
    assert_eq!(token_for("enterprise", &ann), "plain", "the first with write access");
    assert_eq!(token_for("user", "12345"), "plain");
}
