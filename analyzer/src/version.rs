//! Versions of Talos and Kubernetes, and sets of them.

use std::fmt;

/// A minor release of Talos that this crate knows: 1.9 to 1.14.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TalosVersion(u8);

impl TalosVersion {
    /// The oldest version known.
    pub const OLDEST: Self = Self(9);
    /// The newest version known.
    pub const NEWEST: Self = Self(14);

    /// All versions known, oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        (Self::OLDEST.0..=Self::NEWEST.0).map(Self)
    }

    /// The known version nearest to 1.`minor`.
    #[must_use]
    pub fn nearest(minor: u8) -> Self {
        Self(minor.clamp(Self::OLDEST.0, Self::NEWEST.0))
    }

    /// The minor number: 12 for 1.12.
    #[must_use]
    pub fn minor(self) -> u8 {
        self.0
    }

    fn bit(self) -> u16 {
        1 << (self.0 - Self::OLDEST.0)
    }
}

impl fmt::Display for TalosVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "1.{}", self.0)
    }
}

/// A set of Talos versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VersionSet(u16);

impl VersionSet {
    /// The set of a bit mask, bit 0 for the oldest version known: the form of the compiled tables.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The set of all versions known.
    #[must_use]
    pub fn all() -> Self {
        TalosVersion::all().fold(Self::default(), |set, version| set.union(Self::only(version)))
    }

    /// The set of one version.
    #[must_use]
    pub fn only(version: TalosVersion) -> Self {
        Self(version.bit())
    }

    /// The versions of both sets.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the set holds `version`.
    #[must_use]
    pub fn contains(self, version: TalosVersion) -> bool {
        self.0 & version.bit() != 0
    }

    /// The versions of either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The versions of the set, oldest first.
    #[must_use]
    pub fn iter(self) -> impl DoubleEndedIterator<Item = TalosVersion> {
        TalosVersion::all().filter(move |version| self.contains(*version))
    }

    /// How the set lies to `version`, in words: "from Talos 1.12", "until Talos 1.10", "from Talos 1.10 to 1.12".
    #[must_use]
    pub fn describe(self) -> String {
        let (Some(first), Some(last)) = (self.iter().next(), self.iter().next_back()) else {
            return "in no known version of Talos".to_owned();
        };
        match (first == TalosVersion::OLDEST, last == TalosVersion::NEWEST) {
            (true, true) => "in every known version of Talos".to_owned(),
            (false, true) => format!("from Talos {first}"),
            (true, false) => format!("until Talos {last}"),
            (false, false) if first == last => format!("only in Talos {first}"),
            (false, false) => format!("from Talos {first} to {last}"),
        }
    }
}

/// A version as a person or a file gives it, of which only the first two numbers count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinorVersion {
    /// The first number.
    pub major: u16,
    /// The second number.
    pub minor: u16,
}

impl MinorVersion {
    /// Reads `1.12`, `v1.12`, `v1.12.3`, `1.12.0-rc.1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = text.split(['.', '-', '+']);
        let number = |part: Option<&str>| {
            let part = part?;
            let is_number = !part.is_empty() && part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { part.parse().ok() } else { None }
        };
        let major = number(parts.next())?;
        let minor = number(parts.next())?;
        // What follows must look like the rest of a version: `1.12 or so` is none.
        let rest_ok = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'));
        rest_ok.then_some(Self { major, minor })
    }
}

impl fmt::Display for MinorVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}
