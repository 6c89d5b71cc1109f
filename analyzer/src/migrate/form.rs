//! What values must be for a document to take them, where it is stricter than the field.

use crate::input::is_unknown;
use crate::syntax::{Kind, NodeRef};
use crate::tables::Form;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How many bits longer the network of a node may be than that of all pods.
const MOST_NODE_BITS: u8 = 16;

/// How many bits of an address may count within the network of services.
const MOST_SERVICE_BITS: u8 = 20;

/// The least MTU that a `KubeSpanConfig` takes.
const LEAST_KUBESPAN_MTU: u32 = 1280;

/// How many bits must count within a network.
const LEAST_BITS: u8 = 4;

/// Whether `node` is of a form; `None` when that is only known later.
pub(super) fn is_of(node: NodeRef<'_, '_>, form: Form) -> Option<bool> {
    if node.items().any(is_unknown) {
        return None;
    }
    let text = node.value();
    let is_scalar = node.kind() == Kind::Scalar;
    Some(match form {
        Form::Filled => is_scalar && !text.is_empty(),
        Form::NotEmpty => node.children().next().is_some(),
        Form::KubespanMtu => text.parse::<u32>().is_ok_and(|mtu| mtu >= LEAST_KUBESPAN_MTU),
        Form::NotNegative => is_scalar && !text.starts_with('-'),
        Form::Alone => {
            node.parent().is_some_and(|section| section.entries().filter(|(_, value)| !is_blank(*value)).count() == 1)
        }
        Form::NetworkPlugin => {
            node.get("name").is_some_and(|name| matches!(name.value(), "flannel" | "none" | "custom"))
        }
        Form::Pair => ["crt", "key"].iter().all(|key| node.get(key).is_some_and(|part| !is_blank(part))),
        Form::DnsName => is_dns_name(text),
        Form::Address => text.parse::<IpAddr>().is_ok(),
        Form::Addresses => node.items().all(|item| item.value().parse::<IpAddr>().is_ok()),
        Form::Subnets => node.items().all(|item| is_subnet(item.value())),
        Form::PodNetworks => are_networks(node, |bits, all| {
            let of_node = if all == 32 { 24 } else { 64 };
            bits <= of_node && of_node - bits <= MOST_NODE_BITS
        }),
        Form::ServiceNetworks => are_networks(node, |bits, all| all - bits <= MOST_SERVICE_BITS),
        Form::HttpUrls => {
            node.items().all(|item| ["http://", "https://"].iter().any(|scheme| item.value().starts_with(scheme)))
        }
        Form::ClusterSecret => STANDARD.decode(text).is_ok_and(|secret| secret.len() == 32),
        Form::Variables => node.kind() == Kind::Mapping && node.entries().all(|(key, _)| is_variable(key.value())),
    })
}

fn is_blank(node: NodeRef<'_, '_>) -> bool {
    node.is_null() || node.kind() == Kind::Scalar && node.value().is_empty()
}

fn is_dns_name(text: &str) -> bool {
    let is_part = |part: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !part.is_empty() && part.chars().all(inner) && !part.starts_with('-') && !part.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_part)
}

fn is_variable(text: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !text.is_empty() && text.chars().all(is_inner) && !text.starts_with(|c: char| c.is_ascii_digit())
}

fn is_subnet(text: &str) -> bool {
    let text = text.strip_prefix('!').unwrap_or(text);
    text.parse::<IpAddr>().is_ok() || network(text).is_some()
}

/// Whether a list holds networks, one of each family at most, whose length suits.
fn are_networks(list: NodeRef<'_, '_>, suits: impl Fn(u8, u8) -> bool) -> bool {
    let networks: Option<Vec<(IpAddr, u8)>> = list.items().map(|item| network(item.value())).collect();
    let Some(networks) = networks else { return false };
    let of_v4 = networks.iter().filter(|(address, _)| address.is_ipv4()).count();
    let fits = |(address, bits): &(IpAddr, u8)| {
        let all = if address.is_ipv4() { 32 } else { 128 };
        all - bits >= LEAST_BITS && is_masked(*address, *bits) && suits(*bits, all)
    };
    !networks.is_empty() && of_v4 <= 1 && networks.len() - of_v4 <= 1 && networks.iter().all(fits)
}

/// An address with the length of its network.
fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    bits.parse().ok().filter(|bits| *bits <= all).map(|bits| (address, bits))
}

/// Whether no bit of the address is set behind the length of its network.
fn is_masked(address: IpAddr, bits: u8) -> bool {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask) == address
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            Ipv6Addr::from_bits(address.to_bits() & mask) == address
        }
    }
}
