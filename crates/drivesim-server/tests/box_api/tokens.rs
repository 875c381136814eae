//! Tests the user of a token at Box.

use drivesim::Sim;
use drivesim_server::{ServerOptions, Token, TokenKind};
use serde_json::{Value, json};

use crate::support::Wire;

fn wire() -> Wire {
    let sim =
        Sim::builder().outline("drive box profile=box owner=user:owner\na.txt = \"a\"\n").build().unwrap();
    let options = ServerOptions::default()
        .token("plain", &["root_readwrite"])
        .with_token(Token::new("reader", &["root_readonly"]).user("ann"))
        .with_token(Token::new("ann", &["root_readwrite", "manage_webhook"]).user("ann"))
        .with_token(Token::new("service", &["root_readwrite"]).kind(TokenKind::Application).app("nightly"))
        .with_token(Token::new("narrow", &["item_download", "base_explorer"]));
    Wire::with(sim, options)
}

fn me(wire: &Wire, token: &str) -> Value {
    wire.get_with("/users/me", ("authorization", &format!("Bearer {token}"))).expect(200).json()
}

#[test]
fn the_user_of_the_token_is_who_does_what_is_done() {
    let wire = wire();
    for (token, user) in [("plain", "owner"), ("reader", "ann"), ("ann", "ann"), ("service", "nightly")] {
        assert_eq!(me(&wire, token)["name"], user, "{token}");
    }
    for (token, user) in [("plain", "owner"), ("ann", "ann"), ("service", "nightly")] {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
        let body = json!({ "name": token, "parent": { "id": "0" } }).to_string();
        let made = wire.send("POST", "/folders", &headers, body).expect(201).json();
        assert_eq!((&made["created_by"]["name"], &made["owned_by"]["name"]), (&json!(user), &json!("owner")));
    }
    // Who acts as another is the other.
    let id = me(&wire, "ann")["id"].as_str().unwrap().to_owned();
    let headers = [("authorization", "Bearer plain"), ("as-user", id.as_str())];
    assert_eq!(wire.send("GET", "/users/me", &headers, "").expect(200).json()["name"], "ann");
}

#[test]
fn scopes_that_are_no_more_than_known_allow_nothing() {
    let wire = wire();
    wire.get_with("/folders/0", ("authorization", "Bearer narrow")).refused(403, "insufficient_scope");
}

#[test]
fn a_token_that_is_asked_for_is_that_of_the_user_who_is_named() {
    let wire = wire();
    let given = |subject: &str, id: &str| {
        let form = format!(
            "grant_type=client_credentials&client_id=i&client_secret=s&box_subject_type={subject}&box_subject_id={id}"
        );
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = wire.send("POST", "/oauth2/token", &headers, form).expect(200).json();
        answer["access_token"].as_str().unwrap().to_owned()
    };
    let ann = me(&wire, "ann")["id"].as_str().unwrap().to_owned();
    assert_eq!(given("user", &ann), "ann", "the one that may write");
    assert_eq!(given("enterprise", &ann), "plain", "the first that may write");
    assert_eq!(given("user", "12345"), "plain");
}
