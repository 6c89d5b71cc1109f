//! What `talint explain` says of fields and of kinds of documents.

use snapbox::cmd::{Command, cargo_bin};
use snapbox::str;

fn explain(name: &str) -> Command {
    Command::new(cargo_bin("talint")).args(["explain", name])
}

fn said(name: &str) -> String {
    let output = explain(name).assert().success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

#[test]
fn a_field_with_what_hangs_on_it() {
    explain("machine.features.rbac").assert().success().stdout_eq(str![[r#"
machine.features.rbac  (field)

Whether the Talos API looks at the roles in client certificates. Until Talos 1.11 absent means that
every valid certificate may do anything; later roles always count.

  takes       true or false (in every known version of Talos)

Settings:

  talos.features.rbac  default false (until Talos 1.11); true (from Talos 1.12)

Rules:

  talos-api/rbac  Roles are not enforced in the Talos API.

"#]]);
}

#[test]
fn a_kind_of_document_with_its_fields() {
    explain("Layer2VIPConfig").assert().success().stdout_eq(str![[r#"
Layer2VIPConfig  (document)

An address shared by the control plane machines: the one that etcd elects has it on its link and
announces it to the network.

  versions    from Talos 1.12
  number      several, told apart by `name`
  not with    HCloudVIPConfig of the same name

Fields:

  apiVersion  The form of the document, always `v1alpha1`.
  kind        What the document is.
  link        The name or alias of the link that holds the address; the machines must share its layer 2 network.
  name        The shared IP address.

"#]]);
}

#[test]
fn a_structure_with_its_fields() {
    explain("BondConfig.addresses").assert().success().stdout_eq(str![[r#"
BondConfig.addresses  (field)

Static addresses of the link, beside those that DHCP, router advertisements or the platform give.

  takes       a list, each item a mapping (from Talos 1.12)

Fields:

  address        The address with the length of its network's prefix, as `10.0.0.5/24`; the prefix decides what is reached directly.
  routePriority  The metric of the route that the address brings with it; lower wins.

"#]]);
}

#[test]
fn what_differs_by_version() {
    explain("cluster.proxy.extraArgs").assert().success().stdout_eq(str![[r#"
cluster.proxy.extraArgs  (field)

Flags of kube-proxy beyond those that Talos sets. Merging goes by flag; from Talos 1.13 one flag can
have several values.

  takes       a mapping, each value a string (until Talos 1.12)
  takes       a mapping, each value an argument or a list of arguments (from Talos 1.13)
  deprecated  from Talos 1.14; instead KubeProxyConfig

Settings:

  proxy.metricsBindAddress  default 127.0.0.1:10249 (in every known version of Talos)

Rules:

  proxy/denied-argument  kube-proxy is given an argument that Talos sets itself or refuses.
  proxy/metrics-exposed  kube-proxy serves its metrics on more than the machine itself, without authentication.

"#]]);
}

#[test]
fn a_field_of_two_structures_that_take_turns() {
    // `mount` is another structure from Talos 1.13, with the same field.
    assert!(said("ExistingVolumeConfig.mount.readOnly").contains("  takes       true or false (from Talos 1.11)\n"));
}

#[test]
fn words_by_version() {
    let said = said("UserVolumeConfig.filesystem.type");
    assert!(said.contains("one of ext4, iso9660, none, vfat, xfs (only in Talos 1.10)\n"), "{said}");
    assert!(said.contains("btrfs"), "{said}");
}

#[test]
fn a_field_is_deprecated_with_what_it_stands_in() {
    assert!(
        said("cluster.apiServer.certSANs").contains("  deprecated  from Talos 1.14; instead KubeAPIServerConfig\n")
    );
}

#[test]
fn a_secret_field_is_called_one() {
    for secret in ["machine.token", "cluster.ca.key", "WireguardConfig.peers.presharedKey"] {
        assert!(said(secret).contains("  secret  "), "{secret}");
    }
    assert!(!said("cluster.ca.crt").contains("  secret  "));
}

#[test]
fn lists_are_stepped_into_as_people_and_editors_write_it() {
    let path = "machine.network.interfaces[].mtu";
    for same in
        ["machine.network.interfaces.mtu", "machine.network.interfaces[0].mtu", ".machine.network.interfaces[2].mtu"]
    {
        assert_eq!(said(same), said(path), "{same}");
    }
}

#[test]
fn keys_that_are_not_of_talos() {
    let key = said(r#"machine.registries.mirrors["docker.io"].endpoints"#);
    assert!(key.starts_with("machine.registries.mirrors.*.endpoints  (field)\n"), "{key}");
    let flag = said("machine.kubelet.extraArgs.pod-max-pids");
    assert!(flag.starts_with("machine.kubelet.extraArgs  (field, with pod-max-pids inside)\n"), "{flag}");
    assert!(flag.contains("  kubelet.podPidsLimit  default -1"), "{flag}");
    assert!(!flag.contains("  kubelet.maxPods"), "{flag}");
    assert!(said("machine.kubelet.extraArgs").contains("  kubelet.maxPods"));
    assert!(said(r#"machine.sysctls["kernel.kptr_restrict"]"#).contains("  sysctl/weakened  "));
}

#[test]
fn a_schematic_and_its_fields() {
    assert!(said("schematic").contains("  customization  "));
    let with_kind = said("schematic.customization.meta.key");
    assert!(with_kind.contains("a whole number from 0 to 255"), "{with_kind}");
    assert_eq!(said("customization.meta[0].key"), with_kind);
}

#[test]
fn what_is_spelt_nearly_so_is_offered() {
    for (name, meant) in [
        ("machine.kubelet.extraArg", "machine.kubelet.extraArgs"),
        ("bondconfig.bondmode", "BondConfig.bondMode"),
        ("hostnameconfig", "HostnameConfig"),
    ] {
        explain(name)
            .assert()
            .code(2)
            .stdout_eq("")
            .stderr_eq(format!("talint: `{name}` is nothing that is known; did you mean `{meant}`?\n"));
    }
}

#[test]
fn a_name_alone_is_told_where_it_stands() {
    explain("registerWithFQDN").assert().code(2).stderr_eq(str![[r#"
talint: `registerWithFQDN` is nothing that is known; fields of that name: `KubeNodeConfig.registerWithFQDN`, `machine.kubelet.registerWithFQDN`

"#]]);
    for nothing in ["", ".", "[", "machine..token", "HostnameConfig.", "x y"] {
        explain(nothing).assert().code(2).stdout_eq("");
    }
}
