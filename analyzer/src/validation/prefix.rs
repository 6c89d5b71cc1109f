//! IP prefixes as numbers.

use std::net::IpAddr;

/// An IP prefix, with the address that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) is_ipv4: bool,
    address: u128,
    /// How many bits of the address are the prefix.
    pub(super) length: u32,
}

impl Prefix {
    /// Reads a prefix; `None` when it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let length = length.parse().ok()?;
        let (is_ipv4, address) = match address.parse().ok()? {
            IpAddr::V4(address) => (true, u32::from(address).into()),
            IpAddr::V6(address) => (false, address.into()),
        };
        let prefix = Self { is_ipv4, address, length };
        (length <= prefix.bits()).then_some(prefix)
    }

    /// How many bits an address of the family has.
    fn bits(self) -> u32 {
        if self.is_ipv4 { 32 } else { 128 }
    }

    /// How many bits tell the hosts of the prefix apart.
    pub(super) fn host_bits(self) -> u32 {
        self.bits() - self.length
    }

    /// The address without what comes after `length` bits.
    fn masked(self, length: u32) -> u128 {
        let hosts = self.bits() - length;
        if hosts >= 128 { 0 } else { self.address >> hosts << hosts }
    }

    /// Whether nothing but zeros comes after the prefix.
    pub(super) fn is_masked(self) -> bool {
        self.masked(self.length) == self.address
    }

    /// The network of the prefix: its address with nothing but zeros after `length` bits.
    pub(super) fn network(self) -> String {
        let masked = self.masked(self.length);
        let address = match u32::try_from(masked) {
            Ok(masked) if self.is_ipv4 => IpAddr::from(masked.to_be_bytes()),
            _ => IpAddr::from(masked.to_be_bytes()),
        };
        format!("{address}/{}", self.length)
    }

    /// Whether an address is in both.
    pub(super) fn overlaps(self, other: Self) -> bool {
        let length = self.length.min(other.length);
        self.is_ipv4 == other.is_ipv4 && self.masked(length) == other.masked(length)
    }
}
