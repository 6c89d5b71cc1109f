//! Addresses and networks as they are configured, for the rules about the plan of addresses.

use super::documents::find_in_version;
use crate::context::Context;
use crate::input::is_unknown;
use crate::settings::Found;
use crate::syntax::NodeRef;
use crate::tables;
use std::net::IpAddr;

/// A network: all addresses with the same first bits. A single address is one of all bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `192.0.2.0/24`, or an address alone.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) =
            text.trim().split_once('/').map_or((text.trim(), None), |(left, right)| (left, Some(right)));
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (bits <= most).then_some(Self { address, bits })
    }

    /// The address as it is written, alone.
    pub(super) fn address(self) -> Self {
        Self { bits: if self.address.is_ipv4() { 32 } else { 128 }, ..self }
    }

    /// Whether the addresses are those of IPv4.
    pub(super) fn is_ipv4(self) -> bool {
        self.address.is_ipv4()
    }

    /// Whether every address of `other` is in it.
    pub(super) fn contains(self, other: Self) -> bool {
        self.bits <= other.bits && self.has_start_of(other)
    }

    /// Whether some address is in both.
    pub(super) fn overlaps(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    fn has_start_of(self, other: Self) -> bool {
        match (self.address, other.address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.bits);
                own.to_bits().checked_shr(shift).unwrap_or(0) == other.to_bits().checked_shr(shift).unwrap_or(0)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - u32::from(self.bits);
                own.to_bits().checked_shr(shift).unwrap_or(0) == other.to_bits().checked_shr(shift).unwrap_or(0)
            }
            _ => false,
        }
    }
}

/// A network with the place it is written at.
#[derive(Clone, Copy)]
pub(super) struct Written<'t, 's> {
    pub network: Network,
    pub node: NodeRef<'t, 's>,
}

/// Where the networks of pods are set.
const PODS: [(&str, &[&str]); 2] =
    [(tables::V1ALPHA1, &["cluster", "network", "podSubnets", "[]"]), ("KubeNetworkConfig", &["podSubnets", "[]"])];

/// Where the networks of services are set.
const SERVICES: [(&str, &[&str]); 2] = [
    (tables::V1ALPHA1, &["cluster", "network", "serviceSubnets", "[]"]),
    ("KubeNetworkConfig", &["serviceSubnets", "[]"]),
];

/// Where addresses of the machine itself are set.
const OWN: [(&str, &[&str]); 13] = [
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "addresses", "[]"]),
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "cidr"]),
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "vlans", "[]", "addresses", "[]"]),
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "vlans", "[]", "cidr"]),
    ("BondConfig", &["addresses", "[]", "address"]),
    ("BridgeConfig", &["addresses", "[]", "address"]),
    ("DummyLinkConfig", &["addresses", "[]", "address"]),
    ("LinkConfig", &["addresses", "[]", "address"]),
    ("VLANConfig", &["addresses", "[]", "address"]),
    ("VRFConfig", &["addresses", "[]", "address"]),
    ("VethConfig", &["addresses", "[]", "address"]),
    ("VethConfig", &["peer", "addresses", "[]", "address"]),
    ("WireguardConfig", &["addresses", "[]", "address"]),
];

/// Where shared addresses are set.
const SHARED: [(&str, &[&str]); 4] = [
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "vip", "ip"]),
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "vlans", "[]", "vip", "ip"]),
    ("HCloudVIPConfig", &["name"]),
    ("Layer2VIPConfig", &["name"]),
];

/// The networks of pods.
pub(super) fn pods<'t, 's>(context: &Context<'t, 's>) -> Vec<Written<'t, 's>> {
    networks(context, &PODS)
}

/// The networks of services.
pub(super) fn services<'t, 's>(context: &Context<'t, 's>) -> Vec<Written<'t, 's>> {
    networks(context, &SERVICES)
}

/// The addresses of the machine, each with its network.
pub(super) fn own<'t, 's>(context: &Context<'t, 's>) -> Vec<Written<'t, 's>> {
    networks(context, &OWN)
}

/// The addresses that machines of the control plane share.
pub(super) fn shared<'t, 's>(context: &Context<'t, 's>) -> Vec<Written<'t, 's>> {
    networks(context, &SHARED)
}

/// Whether every address that is set for the machine is known.
pub(super) fn is_known(context: &Context<'_, '_>) -> bool {
    find_in_version(context, &OWN).iter().all(|found| Network::parse(found.node.value()).is_some())
}

/// The networks at `places`, those that are known.
pub(super) fn networks<'t, 's>(context: &Context<'t, 's>, places: &[(&str, &[&str])]) -> Vec<Written<'t, 's>> {
    let known = |found: Found<'t, 's>| {
        let network = Network::parse(found.node.value()).filter(|_| !is_unknown(found.node))?;
        Some(Written { network, node: found.node })
    };
    find_in_version(context, places).into_iter().filter_map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn networks_and_their_addresses() {
        let network = |text: &str| Network::parse(text).unwrap();
        assert!(network("10.244.0.0/16").contains(network("10.244.3.4")));
        assert!(!network("10.244.0.0/16").contains(network("10.245.3.4")));
        assert!(network("10.96.0.0/12").overlaps(network("10.100.0.0/16")));
        assert!(!network("10.96.0.0/12").overlaps(network("10.112.0.0/16")));
        assert!(network("0.0.0.0/0").contains(network("255.255.255.255")));
        assert!(!network("0.0.0.0/0").contains(network("::1")));
        assert!(network("::/0").contains(network("2001:db8::1")));
        assert!(network("2001:db8::/56").overlaps(network("2001:db8:0:ff::/64")));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "example.org", "::1/129", "10.0.0.0/"] {
            assert_eq!(Network::parse(wrong), None, "{wrong}");
        }
    }
}
