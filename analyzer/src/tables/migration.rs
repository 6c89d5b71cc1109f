//! Which documents take the place of fields of the machine configuration.

use crate::version::TalosVersion;

/// Fields that move into a document. `analyzer/data/migrations.yaml` says what each part means.
#[derive(Debug)]
pub struct Migration {
    /// The kind of the document.
    pub document: &'static str,
    /// The minor number of the first version that takes all of it.
    pub since: u8,
    /// The name of the document, when it is always the same.
    pub name: Option<&'static str>,
    /// The list or mapping of which every member becomes a document; the other paths then start at the member.
    pub each: Option<&'static [&'static str]>,
    /// The fields that move, in the order they are written.
    pub fields: &'static [MovedField],
    /// What is written besides.
    pub constants: &'static [Constant],
    /// Fields that the document says by being there.
    pub dropped: &'static [&'static [&'static str]],
    /// Sections of which nothing may be left.
    pub scope: &'static [&'static [&'static str]],
    /// Documents that must be written too, if there is anything for them.
    pub with: &'static [&'static str],
    /// A section that makes the document even if none of the fields is there.
    pub trigger: Option<&'static [&'static str]>,
    /// What must be so for the row to count at all.
    pub when: &'static [Condition],
    /// What must be so for Talos to get the same.
    pub needs: &'static [Condition],
    /// Whether it holds in a patch, whatever that is laid over.
    pub in_patches: bool,
    /// Why the fields are never moved.
    pub stays: Option<&'static str>,
}

impl Migration {
    /// Whether `version` takes the document.
    #[must_use]
    pub fn holds_in(&self, version: TalosVersion) -> bool {
        self.since <= version.minor()
    }
}

/// A field that moves.
#[derive(Debug)]
pub struct MovedField {
    /// The way to it; empty for the member itself, or its key.
    pub from: &'static [&'static str],
    /// Where it goes in the document.
    pub to: &'static [&'static str],
    /// How its value is written there.
    pub transform: Transform,
    /// Without it there is no such document.
    pub required: bool,
    /// What is written when it is not there.
    pub default: Option<&'static str>,
    /// Whether it stays where it is too.
    pub copied: bool,
}

/// How a value is written in its new place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    /// As it is.
    Same,
    /// Each entry of the mapping by itself, as it is.
    Entries,
    /// `true` for `false`, and `false` for `true`.
    Negated,
    /// Base64 as the text it holds.
    Pem,
    /// The same, as a list of one.
    PemList,
    /// The key of the member.
    Key,
    /// The member itself.
    Member,
    /// The namespace and the name of the pod that the member is.
    PodName,
    /// A list as one of mappings with a key, and a field of the member that each gets too.
    Items(&'static str, Option<&'static str>),
    /// A text in which `<value>` stands for the value.
    Into(&'static str),
}

/// Something a document says that no field says.
#[derive(Debug)]
pub struct Constant {
    /// Where.
    pub to: &'static [&'static str],
    /// What.
    pub value: &'static str,
    /// The minor number of the first version in which it is needed.
    pub since: u8,
    /// The type of machine it is for; `None` for every one.
    pub on: Option<&'static str>,
    /// A field that makes it untrue by being true.
    pub unless: Option<&'static [&'static str]>,
    /// Whether it is only for a document that was not there before.
    pub new: bool,
}

/// Something that must be so.
#[derive(Debug)]
pub struct Condition {
    /// The field it is about.
    pub path: &'static [&'static str],
    /// The value it must have.
    pub is: Option<&'static str>,
    /// Whether it may be absent, or, without a value, must be.
    pub absent: bool,
    /// What the value must be.
    pub form: Option<Form>,
    /// A list that must be as long.
    pub as_many_as: Option<&'static [&'static str]>,
    /// Why, as a clause.
    pub because: &'static str,
}

/// What a value must be to be written in its new place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A text that is not empty.
    Filled,
    /// A list or mapping that is not empty.
    NotEmpty,
    /// An MTU that is large enough for `KubeSpan`.
    KubespanMtu,
    /// A number or duration without a minus.
    NotNegative,
    /// Something beside which nothing else stands in its section.
    Alone,
    /// A network plugin that Talos knows, by name.
    NetworkPlugin,
    /// A certificate with its key.
    Pair,
    /// The name of a resource of Kubernetes.
    DnsName,
    /// An IP address.
    Address,
    /// A list of IP addresses.
    Addresses,
    /// A list of subnets or addresses, each perhaps with a `!` before it.
    Subnets,
    /// The networks of pods: at most one of IPv4 and one of IPv6, of a size from which nodes get theirs.
    PodNetworks,
    /// The networks of services: at most one of IPv4 and one of IPv6, of a size that Kubernetes takes.
    ServiceNetworks,
    /// A list of addresses that begin with `http://` or `https://`.
    HttpUrls,
    /// A mapping of which every key is the name of a variable.
    Variables,
    /// Base64 of 32 bytes.
    ClusterSecret,
}
