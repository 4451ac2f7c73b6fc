//! What somebody signs in with and from where, in as few words as their owner needs to know it
//! again: the browser and the system, the network and not the host.

use http::{HeaderMap, header};
use salon_chat::accounts::Origin;
use std::net::IpAddr;

/// Characters of a program's name that are kept.
const PROGRAM_CHARS_MAX: usize = 40;

/// Names in the order in which they must be looked for: most browsers claim to be others too.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

pub(crate) fn origin(headers: &HeaderMap, address: IpAddr) -> Origin {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    Origin {
        device: device(agent),
        address: network(address),
    }
}

fn device(agent: &str) -> String {
    let known = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (known(BROWSERS), known(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) => one.to_owned(),
        (None, _) => {
            let name = agent.split(['/', ' ']).next().unwrap_or_default();
            name.chars()
                .filter(|c| c.is_ascii_graphic())
                .take(PROGRAM_CHARS_MAX)
                .collect()
        }
    }
}

/// The first three quarters of an IPv4 address, the first 48 bits of an IPv6 one.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.x")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_named_as_its_owner_knows_it() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1";
        for (agent, expected) in [
            (chrome, "Chrome · Linux"),
            (phone, "Safari · iPhone"),
            ("curl/8.5.0", "curl"),
            ("", ""),
        ] {
            assert_eq!(device(agent), expected);
        }
    }

    #[test]
    fn a_network_tells_no_host() {
        for (address, expected) in [
            ("203.0.113.77", "203.0.113.x"),
            ("::ffff:203.0.113.77", "203.0.113.x"),
            ("2001:db8:1:2::9", "2001:db8:1::"),
        ] {
            assert_eq!(network(address.parse().unwrap()), expected);
        }
    }
}
