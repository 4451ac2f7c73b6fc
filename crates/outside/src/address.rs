//! Which addresses may be asked. Pure.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};
use url::{Host, Url};

/// Ports of the web; others speak what an HTTP request may do harm to.
const PORTS: [u16; 2] = [80, 443];

/// IPv4 addresses that are nobody's on the internet, or this network's own (IANA's registry of
/// special addresses), and one by which a large host answers its guests alone.
const NOT_PUBLIC_4: [Ipv4Net; 16] = [
    four([0, 0, 0, 0], 8),
    four([10, 0, 0, 0], 8),
    four([100, 64, 0, 0], 10),
    four([127, 0, 0, 0], 8),
    // Among them 169.254.169.254, where clouds hand out keys.
    four([169, 254, 0, 0], 16),
    four([172, 16, 0, 0], 12),
    four([192, 0, 0, 0], 24),
    four([192, 0, 2, 0], 24),
    four([192, 88, 99, 0], 24),
    four([192, 168, 0, 0], 16),
    four([198, 18, 0, 0], 15),
    four([198, 51, 100, 0], 24),
    four([203, 0, 113, 0], 24),
    four([224, 0, 0, 0], 4),
    four([240, 0, 0, 0], 4),
    four([168, 63, 129, 16], 32),
];

/// The only IPv6 addresses that are given out to anybody.
const PUBLIC_6: Ipv6Net = six([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// What is something else within them: protocols' own and Teredo, documentation, 6to4, whose
/// addresses carry an IPv4 address that nobody has looked at.
const NOT_PUBLIC_6: [Ipv6Net; 4] = [
    six([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    six([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    six([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    six([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

const fn four(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn six(parts: [u16; 8], prefix: u8) -> Ipv6Net {
    let [a, b, c, d, e, f, g, h] = parts;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix)
}

/// Whether an address is somebody's on the internet. What carries an IPv4 address in an IPv6 one
/// is that IPv4 address where every system takes it for that, and refused where only some do
/// (NAT64, 6to4, Teredo, IPv4-compatible).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(it) => !NOT_PUBLIC_4.iter().any(|net| net.contains(&it)),
        IpAddr::V6(it) => {
            PUBLIC_6.contains(&it) && !NOT_PUBLIC_6.iter().any(|net| net.contains(&it))
        }
    }
}

/// Whether this address may be connected to.
pub(crate) fn may_be_asked(address: SocketAddr, allowed: &[Allowed]) -> bool {
    let is_web = PORTS.contains(&address.port());
    (is_web && is_public(address.ip())) || allowed.iter().any(|it| it.covers(address))
}

/// Addresses of the operator's own network that may be asked all the same: `10.1.0.0/16`, or
/// `10.1.2.3`, on the ports of the web; `10.1.2.3:8080` on that port alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Allowed {
    net: IpNet,
    port: Option<u16>,
}

/// No address and no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no address: write 10.1.2.3, 10.1.0.0/16, 10.1.2.3:8080 or [fd00::1]:8080")]
pub struct BadAllowed(String);

impl Allowed {
    /// Whether a URL's host is one of these, written as an address.
    pub fn names(&self, url: &Url) -> bool {
        let ip = match url.host() {
            Some(Host::Ipv4(it)) => IpAddr::V4(it),
            Some(Host::Ipv6(it)) => IpAddr::V6(it),
            _ => return false,
        };
        let port = url.port_or_known_default();
        port.is_some_and(|port| self.covers(SocketAddr::new(ip, port)))
    }

    fn covers(&self, address: SocketAddr) -> bool {
        let ports = self.port.as_ref().map_or(&PORTS[..], std::slice::from_ref);
        ports.contains(&address.port()) && self.net.contains(&address.ip().to_canonical())
    }
}

impl FromStr for Allowed {
    type Err = BadAllowed;

    fn from_str(text: &str) -> Result<Self, BadAllowed> {
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Self {
                net: address.ip().to_canonical().into(),
                port: Some(address.port()),
            });
        }
        let net = match text.parse::<IpAddr>() {
            Ok(address) => address.to_canonical().into(),
            Err(_) => text.parse().map_err(|_| BadAllowed(text.to_owned()))?,
        };
        Ok(Self { net, port: None })
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => SocketAddr::new(self.net.addr(), port).fmt(f),
            None => self.net.fmt(f),
        }
    }
}

impl TryFrom<String> for Allowed {
    type Error = BadAllowed;

    fn try_from(text: String) -> Result<Self, BadAllowed> {
        text.parse()
    }
}

impl From<Allowed> for String {
    fn from(allowed: Allowed) -> Self {
        allowed.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(address: &str, allowed: &[Allowed]) -> bool {
        may_be_asked(address.parse().unwrap(), allowed)
    }

    #[test]
    fn the_internet_is_asked_on_the_ports_of_the_web() {
        for address in [
            "1.1.1.1:80",
            "1.1.1.1:443",
            "100.63.255.255:443",
            "172.32.0.1:80",
            "192.0.1.1:80",
            "[2606:4700::1111]:443",
            "[::ffff:1.1.1.1]:443",
        ] {
            assert!(asked(address, &[]), "{address}");
        }
        for port in [21, 22, 25, 79, 81, 444, 6379, 8080, 8443] {
            assert!(!asked(&format!("1.1.1.1:{port}"), &[]), "{port}");
        }
    }

    #[test]
    fn nothing_of_ones_own_network_is_asked() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::101:101",
            "64:ff9b:1::7f00:1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let address: IpAddr = address.parse().unwrap();
            for port in PORTS {
                let address = SocketAddr::new(address, port);
                assert!(!may_be_asked(address, &[]), "{address}");
            }
        }
    }

    #[test]
    fn what_the_operator_names_is_asked_and_nothing_beside_it() {
        let allowed = ["10.1.0.0/16", "127.0.0.1:8081", "fd00::7"].map(|it| it.parse().unwrap());
        for address in [
            "10.1.2.3:80",
            "[::ffff:10.1.2.3]:443",
            "127.0.0.1:8081",
            "[fd00::7]:443",
        ] {
            assert!(asked(address, &allowed), "{address}");
        }
        for address in [
            "10.2.0.1:80",
            "10.1.2.3:8081",
            "127.0.0.1:80",
            "127.0.0.1:8082",
            "127.0.0.2:8081",
            "[fd00::8]:443",
        ] {
            assert!(!asked(address, &allowed), "{address}");
        }
    }

    #[test]
    fn an_allowance_is_written_as_it_is_read_and_anything_else_is_refused() {
        for text in ["10.1.0.0/16", "127.0.0.1:8081", "[fd00::7]:8080"] {
            let allowed: Allowed = text.parse().unwrap();
            assert_eq!(allowed.to_string(), text);
        }
        for text in ["", "intranet", "10.1.0.0/33", "10.1.2.3:http", "*"] {
            assert!(text.parse::<Allowed>().is_err(), "{text}");
        }
    }
}
