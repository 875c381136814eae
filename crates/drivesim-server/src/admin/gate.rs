//! Rejects requests to the admin API that a foreign web page may have sent, and those without its token.
//!
//! A page of another site can send simple requests to a server on the machine of its reader. A page that points its own
//! host name at that machine can read the responses too. In all such requests, `Host`, `Origin` or `Sec-Fetch-Site`
//! names another site.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

use crate::admin::error::AdminError;
use crate::admin::error_code::AdminCode;
use crate::http::connection_info::ConnectionInfo;
use crate::http::host::split_host;
use crate::http::request::ApiRequest;
use crate::json::excerpt::Quoted;
use crate::state::options::{Admin, ServerOptions};
use crate::state::secret::constant_time_eq;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// Rejects a request to the admin API that this server must not answer.
///
/// Without a port, the program around the router is responsible for the host; the other rules are the same.
pub(crate) fn check(
    options: &ServerOptions,
    call: &ApiRequest,
    uri: &Uri,
    connected: Option<ConnectionInfo>,
) -> Result<(), AdminError> {
    let headers = &call.headers;
    if options.admin == Admin::Off {
        return Err(AdminError::new(AdminCode::NoRoute, format!("There is no route {}.", call.path)));
    }
    let hosts = hosts(headers, uri)?;
    if let Some(connected) = connected {
        check_hosts(options, &hosts, connected.local)?;
    }
    check_origin(headers, &hosts)?;
    check_site(headers)?;
    match &options.admin {
        Admin::Token(token) if !call.token().is_some_and(|given| constant_time_eq(given, token)) => {
            let message =
                "The admin API of this server needs the token of --admin-token: Authorization: Bearer TOKEN.";
            Err(AdminError::new(AdminCode::Unauthorized, message))
        }
        _ => Ok(()),
    }
}

/// Returns the hosts of a request: that of its target or of `Host`, and those that proxies report.
fn hosts<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Result<Vec<&'a str>, AdminError> {
    let unreadable = |_| refused("its Host or X-Forwarded-Host is not text");
    let text = |value: &'a HeaderValue| value.to_str().map_err(unreadable);
    let mut hosts = Vec::with_capacity(1);
    match (uri.authority().map(Authority::as_str), headers.get(header::HOST)) {
        (Some(host), _) => hosts.push(host),
        (None, Some(host)) => hosts.push(text(host)?),
        (None, None) => {}
    }
    for line in headers.get_all(X_FORWARDED_HOST) {
        hosts.extend(text(line)?.split(',').map(str::trim));
    }
    Ok(hosts)
}

/// Fails for hosts that are neither this machine, nor the address that was reached, nor set by an option. A request of
/// HTTP/1.0 without a host does not come from a browser.
fn check_hosts(options: &ServerOptions, hosts: &[&str], local: Option<SocketAddr>) -> Result<(), AdminError> {
    let is_ours = |host: &&&str| {
        let name = name_of(host);
        is_loopback(&name)
            || address_of(&name)
                .is_some_and(|address| local.is_some_and(|local| is_same_address(local.ip(), address)))
            || options.admin_hosts.iter().any(|named| name_of(named) == name)
    };
    match hosts.iter().find(|host| !is_ours(host)) {
        None => Ok(()),
        Some(host) => {
            let (name, _) = split_host(host);
            Err(refused(&format!(
                "its host {} is neither this machine nor the address of the server; \
                 to allow this name, start the server with --admin-host {}",
                Quoted(name),
                if name.is_empty() { "NAME" } else { name }
            )))
        }
    }
}

/// Fails for origins other than the server's own.
fn check_origin(headers: &HeaderMap, hosts: &[&str]) -> Result<(), AdminError> {
    for origin in headers.get_all(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or_default();
        if !hosts.iter().any(|host| is_origin_of(origin, host)) {
            return Err(refused(&format!(
                "its Origin {} is not that of the server: pages of other origins may not use the admin API",
                Quoted(origin)
            )));
        }
    }
    Ok(())
}

/// Fails for requests that the browser marks as coming from another site, or from another origin of the same site.
fn check_site(headers: &HeaderMap) -> Result<(), AdminError> {
    for site in headers.get_all(SEC_FETCH_SITE) {
        if !matches!(site.as_bytes(), b"same-origin" | b"none") {
            return Err(refused(&format!(
                "its Sec-Fetch-Site is {}: pages of other origins may not use the admin API",
                Quoted(&String::from_utf8_lossy(site.as_bytes()))
            )));
        }
    }
    Ok(())
}

fn refused(why: &str) -> AdminError {
    AdminError::new(AdminCode::Forbidden, format!("The admin API rejects the request: {why}."))
}

/// Returns whether an origin is one of HTTP at a host. Without a port, the default port of the origin's scheme counts.
fn is_origin_of(origin: &str, host: &str) -> bool {
    let (authority, port) = match origin.split_once("://") {
        Some(("http", authority)) => (authority, "80"),
        Some(("https", authority)) => (authority, "443"),
        _ => return false,
    };
    let of = |text: &str| {
        let given = split_host(text).1.filter(|port| !port.is_empty());
        (name_of(text), given.unwrap_or(port).to_owned())
    };
    !authority.is_empty() && of(authority) == of(host)
}

/// Returns the name of a host, without its port, in lower case.
pub(crate) fn name_of(host: &str) -> String {
    let (name, _) = split_host(host);
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// Returns the address in a name, with or without brackets.
fn address_of(name: &str) -> Option<IpAddr> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    match bare {
        Some(address) => address.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => name.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

/// Returns whether a name always means this machine.
fn is_loopback(name: &str) -> bool {
    name == "localhost"
        || name.ends_with(".localhost")
        || address_of(name).is_some_and(|address| address.to_canonical().is_loopback())
}

/// Returns whether two addresses are the same, as IPv4 or mapped to IPv6.
fn is_same_address(one: IpAddr, other: IpAddr) -> bool {
    one.to_canonical() == other.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_loopback_and_others_are_not() {
        for name in ["localhost", "a.localhost", "127.0.0.1", "127.9.8.7", "[::1]", "[::ffff:127.0.0.1]"] {
            assert!(is_loopback(&name_of(&format!("{name}:80"))), "{name}");
        }
        assert!(is_loopback(&name_of("LocalHost.")));
        for name in [
            "",
            "localhost.test",
            "xlocalhost",
            "127.0.0.1.nip.io",
            "128.0.0.1",
            "[::2]",
            "0x7f.1",
            "2130706433",
        ] {
            assert!(!is_loopback(&name_of(name)), "{name}");
        }
    }

    #[test]
    fn an_origin_is_that_of_the_host_with_the_port_of_its_scheme() {
        for (origin, host, expected) in [
            ("http://x", "x", true),
            ("http://x", "x:80", true),
            ("https://x", "x", true),
            ("https://X:443", "x", true),
            ("http://x:81", "x:81", true),
            ("http://[::1]:81", "[::1]:81", true),
            ("http://x", "x:443", false),
            ("http://x:81", "x", false),
            ("http://x:81", "x:82", false),
            ("http://y", "x", false),
            ("http://x.y", "x", false),
            ("null", "null", false),
            ("", "", false),
            ("http://", "", false),
            ("file://", "", false),
            ("ftp://x", "x", false),
            ("x", "x", false),
        ] {
            assert_eq!(is_origin_of(origin, host), expected, "{origin:?} of {host:?}");
        }
    }
}
