//! What a prefix of addresses covers.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ranges that are set aside, with what for: the first that holds a network says what it is.
const SET_ASIDE: [(&str, u32, &str); 14] = [
    ("10.0.0.0", 8, "private"),
    ("172.16.0.0", 12, "private"),
    ("192.168.0.0", 16, "private"),
    ("100.64.0.0", 10, "shared with the provider (carrier-grade NAT), not public"),
    ("127.0.0.0", 8, "the machine itself"),
    ("169.254.0.0", 16, "of the link alone"),
    ("192.0.2.0", 24, "for documentation"),
    ("198.51.100.0", 24, "for documentation"),
    ("203.0.113.0", 24, "for documentation"),
    ("224.0.0.0", 4, "multicast"),
    ("fc00::", 7, "private (unique local)"),
    ("fe80::", 10, "of the link alone"),
    ("2001:db8::", 32, "for documentation"),
    ("ff00::", 8, "multicast"),
];

/// What the prefix `text` covers: first and last address, how many, and whether they are private. `None` when it is none.
pub(super) fn prefix(text: &str) -> Option<String> {
    let (address, bits) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let (width, bits) = (width(address), bits.parse::<u32>().ok()?);
    let host_bits = width.checked_sub(bits)?;
    let hosts = 1_u128.checked_shl(host_bits).map_or(u128::MAX, |count| count - 1);
    let first = number(address) & !hosts;
    let (network, last) = (of(first, width), of(first | hosts, width));
    let count = match host_bits {
        0 => ", 1 address".to_owned(),
        1..=40 => format!(", {} addresses", 1_u64 << host_bits),
        _ => String::new(),
    };
    let mut out = format!("**{text}**\n\n{network} – {last}{count}, {}", reach(first, width, bits));
    if network != address {
        let _ = write!(out, "\n\nThe network is `{network}/{bits}`; `{address}` is a host in it.");
    }
    Some(out)
}

/// How far a network reaches.
fn reach(first: u128, width: u32, bits: u32) -> &'static str {
    if bits == 0 {
        return "every address";
    }
    let holds = |(start, length, _): &&(&str, u32, &str)| {
        let start = start.parse().ok().filter(|start| self::width(*start) == width);
        let shift = width - length;
        *length <= bits && start.is_some_and(|start| number(start) >> shift == first >> shift)
    };
    SET_ASIDE.iter().find(holds).map_or("public", |(_, _, what)| what)
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

/// The address of a number.
fn of(number: u128, width: u32) -> IpAddr {
    match u32::try_from(number) {
        Ok(number) if width == 32 => Ipv4Addr::from(number).into(),
        _ => Ipv6Addr::from(number).into(),
    }
}
