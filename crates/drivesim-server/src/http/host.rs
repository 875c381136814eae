//! Checks hosts, and splits them from their ports.

use std::net::Ipv6Addr;

/// Returns whether a text is a host with or without a port, `uri-host [":" port]` of RFC 9110, 7.2. The empty text is
/// one.
pub(crate) fn is_host(text: &str) -> bool {
    let (host, port) = split_host(text);
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(&byte);
    let is_good = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => host.bytes().all(is_name),
    };
    let is_port = |port: &str| port.is_empty() || (port.parse::<u16>().is_ok() && !port.starts_with('+'));
    is_good && port.is_none_or(is_port) && (!host.is_empty() || port.is_none())
}

/// Splits a host from its port. The colons of an address in brackets do not start a port.
pub(crate) fn split_host(text: &str) -> (&str, Option<&str>) {
    let from = text.rfind(']').map_or(0, |at| at + 1);
    match text[from..].find(':') {
        Some(at) => (&text[..from + at], Some(&text[from + at + 1..])),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_a_port_is_a_number() {
        for good in ["", "x", "x:80", "x:", "127.0.0.1:65535", "[::1]", "[::1]:80", "a-b_c.test", "x."] {
            assert!(is_host(good), "{good:?}");
        }
        for bad in [
            ":80", "x:99999", "x:y", "x:+1", "x:80:80", "me@x", "a b", "a/b", "a?b", "a#b", "[::1", "::1",
            "[x]", "[::1]x", "é", "a\"b", "a\\b", "http://x",
        ] {
            assert!(!is_host(bad), "{bad:?}");
        }
    }
}
