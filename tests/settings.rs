//! The settings that a machine gets, through the program as its user runs it.
//!
//! `tests/settings/` has those of the generated configurations of every version, recorded by `cargo xtask settings`.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn talint(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_talint")).current_dir(folder).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A generated configuration `base.yaml` of a version with the patches `1.yaml`, `2.yaml` … over it.
struct Machine {
    folder: tempfile::TempDir,
    arguments: Vec<String>,
}

impl Machine {
    fn new(version: &str, role: &str, patches: &[&str]) -> Self {
        let base = workspace().join(format!("corpus/generated/talos-{version}/{role}.yaml"));
        Self::of(&std::fs::read_to_string(base).unwrap(), version, patches)
    }

    fn of(base: &str, version: &str, patches: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("base.yaml"), base).unwrap();
        let mut arguments: Vec<String> =
            ["render", "base.yaml", "--settings", "--talos-version", version].map(str::to_owned).to_vec();
        for (number, patch) in patches.iter().enumerate() {
            let name = format!("{}.yaml", number + 1);
            std::fs::write(folder.path().join(&name), patch).unwrap();
            arguments.extend(["--patch".to_owned(), name]);
        }
        Self { folder, arguments }
    }

    fn run(&self, more: &[&str]) -> Output {
        let arguments: Vec<&str> = self.arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        talint(self.folder.path(), &arguments)
    }

    fn text(&self, more: &[&str]) -> String {
        let output = self.run(more);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        stdout(&output)
    }

    /// The value and the origin of a setting, with one space between the columns; `None` when it is not listed.
    fn line(&self, component: &str, name: &str) -> Option<String> {
        let text = self.text(&[]);
        let (_, rest) = text.split_once(&format!("\n{component}\n"))?;
        let group = rest.split("\n\n").next()?;
        let line = group.lines().find(|line| line.split_whitespace().next() == Some(name))?;
        let line = line.trim_start().strip_prefix(name)?;
        Some(line.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn gets(&self, component: &str, name: &str, expected: &str) {
        assert_eq!(self.line(component, name).as_deref(), Some(expected), "{component} {name}");
    }

    fn lacks(&self, component: &str, name: &str) {
        assert_eq!(self.line(component, name), None, "{component} {name}");
    }
}

const ROLES: [&str; 2] = ["controlplane", "worker"];
const VERSIONS: [&str; 6] = ["1.9", "1.10", "1.11", "1.12", "1.13", "1.14"];

#[test]
fn generated_configurations_get_what_is_recorded() {
    for version in VERSIONS {
        for role in ROLES {
            let folder = workspace().join(format!("corpus/generated/talos-{version}"));
            let output = talint(&folder, &["render", &format!("{role}.yaml"), "--settings"]);
            let recorded = workspace().join(format!("tests/settings/talos-{version}-{role}.txt"));
            let recorded = std::fs::read_to_string(recorded).unwrap();
            let listed = stdout(&output);
            let difference = similar::TextDiff::from_lines(&recorded, &listed).unified_diff().to_string();
            assert_eq!(difference, "", "{version} {role}: record anew and read what changes: cargo xtask settings");
        }
    }
}

fn arguments(component: &str, arguments: &str) -> String {
    format!("cluster:\n  {component}:\n    extraArgs:\n      {arguments}\n")
}

#[test]
fn an_argument_takes_the_place_of_what_talos_sets() {
    let machine = Machine::new("1.12", "controlplane", &[&arguments("apiServer", "audit-log-maxage: \"60\"")]);
    machine.gets("kube-apiserver", "--audit-log-maxage", "60 1.yaml:4");
    machine.gets("kube-apiserver", "--audit-log-maxbackup", "10 default");
}

#[test]
fn an_argument_that_adds_up_keeps_what_talos_sets() {
    let machine =
        Machine::new("1.12", "controlplane", &[&arguments("apiServer", "enable-admission-plugins: AlwaysPullImages")]);
    machine.gets("kube-apiserver", "--enable-admission-plugins", "NodeRestriction,AlwaysPullImages 1.yaml:4");
    let twice = &arguments("controllerManager", "controllers: \"-ttl,*\"");
    Machine::new("1.13", "controlplane", &[twice]).gets(
        "kube-controller-manager",
        "--controllers",
        "*,tokencleaner,-ttl 1.yaml:4",
    );
}

#[test]
fn what_adds_up_in_one_version_is_replaced_in_another() {
    let suites = &arguments("apiServer", "tls-cipher-suites: TLS_AES_128_GCM_SHA256");
    let line = Machine::new("1.9", "controlplane", &[suites]).line("kube-apiserver", "--tls-cipher-suites").unwrap();
    assert!(line.contains("TLS_RSA_WITH_AES_128_GCM_SHA256,TLS_AES_128_GCM_SHA256 1.yaml:4"), "{line}");
    let legacy = Machine::new("1.14", "contract-1.13-controlplane", &[suites]);
    legacy.gets("kube-apiserver", "--tls-cipher-suites", "TLS_AES_128_GCM_SHA256 1.yaml:4");
}

#[test]
fn an_argument_that_is_denied_is_left_out() {
    let machine =
        Machine::new("1.12", "controlplane", &[&arguments("apiServer", "etcd-servers: https://192.0.2.9:2379")]);
    machine.gets("kube-apiserver", "--etcd-servers", "https://127.0.0.1:2379 default");
    let machine = Machine::new("1.12", "controlplane", &[&arguments("etcd", "data-dir: /var/other")]);
    machine.gets("etcd", "--data-dir", "/var/lib/etcd default");
}

#[test]
fn an_argument_that_is_not_known_is_listed() {
    let machine = Machine::new("1.12", "controlplane", &[&arguments("etcd", "election-timeout: \"5000\"")]);
    machine.gets("etcd", "--election-timeout", "5000 1.yaml:4");
}

#[test]
fn an_argument_may_be_given_several_times_from_1_13_on() {
    let machine = Machine::new("1.13", "controlplane", &[&arguments("apiServer", "feature-gates: [A=true, B=false]")]);
    machine.gets("kube-apiserver", "--feature-gates", "A=true,B=false 1.yaml:4");
}

#[test]
fn an_admission_plugin_of_old_is_on_until_it_is_switched_off() {
    let on = "cluster:\n  apiServer:\n    disablePodSecurityPolicy: false\n";
    let machine = Machine::new("1.11", "controlplane", &[on]);
    machine.gets("kube-apiserver", "--enable-admission-plugins", "NodeRestriction,PodSecurityPolicy default");
    let machine = Machine::new("1.12", "controlplane", &[on]);
    machine.gets("kube-apiserver", "--enable-admission-plugins", "NodeRestriction default");
}

#[test]
fn taints_that_a_node_registers_with_come_from_the_node() {
    let machine = Machine::new("1.13", "controlplane", &[]);
    machine.gets("kubelet", "registerWithTaints", "node-role.kubernetes.io/control-plane:NoSchedule default");
    let schedules = "cluster:\n  allowSchedulingOnControlPlanes: true\n";
    Machine::new("1.13", "controlplane", &[schedules]).lacks("kubelet", "registerWithTaints");
    let taint = "apiVersion: v1alpha1\nkind: KubeNodeConfig\ntaints: {a: b:NoSchedule}\n";
    Machine::new("1.14", "worker", &[taint]).gets("kubelet", "registerWithTaints", "a=b:NoSchedule 1.yaml:3");
}

#[test]
fn what_hangs_on_other_fields_has_their_place() {
    let patch = "cluster:\n  network:\n    serviceSubnets: [10.1.0.0/16, \"fd00::/108\"]\n    dnsDomain: example.org\n";
    let machine = Machine::new("1.12", "controlplane", &[patch]);
    machine.gets("kube-apiserver", "--service-cluster-ip-range", "10.1.0.0/16,fd00::/108 1.yaml:3");
    machine.gets("kubelet", "clusterDNS", "10.1.0.10,fd00::a 1.yaml:3");
    machine.gets("kubelet", "clusterDomain", "example.org 1.yaml:4");
    let patch = "apiVersion: v1alpha1\nkind: KubeNetworkConfig\nnodeCIDRMaskSizeIPv4: 25\n";
    let machine = Machine::new("1.14", "controlplane", &[patch]);
    machine.gets("kube-controller-manager", "--node-cidr-mask-size-ipv4", "25 1.yaml:3");
    machine.lacks("kube-controller-manager", "--node-cidr-mask-size-ipv6");
}

#[test]
fn modes_of_authorization_take_the_place_of_the_file() {
    let machine = Machine::new("1.12", "controlplane", &[&arguments("apiServer", "authorization-mode: Webhook")]);
    machine.gets("kube-apiserver", "--authorization-mode", "Node,RBAC,Webhook 1.yaml:4");
    machine.lacks("kube-apiserver", "--authorization-config");
    machine.gets("authorization", "3", "webhook Webhook 1.yaml:4");
}

#[test]
fn authorizers_stand_behind_those_of_talos() {
    let patch = "cluster:\n  apiServer:\n    authorizationConfig:\n      - type: Webhook\n        name: opa\n      - type: RBAC\n        name: own\n";
    let machine = Machine::new("1.12", "controlplane", &[patch]);
    machine.gets("authorization", "1", "node Node default");
    machine.gets("authorization", "2", "opa Webhook 1.yaml:4");
    machine.gets("authorization", "3", "own RBAC 1.yaml:6");
}

#[test]
fn a_default_that_hangs_on_kubernetes_says_so() {
    let cloud = "cluster:\n  externalCloudProvider:\n    enabled: true\n";
    let machine = Machine::new("1.10", "controlplane", &[cloud]);
    machine.lacks("kube-apiserver", "--cloud-provider");
    let older = machine.text(&["--kubernetes-version", "1.32"]);
    let line = older.lines().find(|line| line.contains("--cloud-provider") && line.contains("Kubernetes")).unwrap();
    assert_eq!(
        line.split_whitespace().collect::<Vec<_>>()[1..],
        ["external", "default", "for", "this", "Kubernetes", "version"]
    );
}

const KUBELET_FIELD: &str = "machine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: 100\n      maxPods: 200\n      memorySwap: {swapBehavior: NoSwap}\n";

#[test]
fn a_field_of_the_kubelet_takes_the_place_of_the_default() {
    Machine::new("1.12", "worker", &[]).gets("kubelet", "podPidsLimit", "-1 default of Kubernetes");
    let machine = Machine::new("1.12", "worker", &[KUBELET_FIELD]);
    machine.gets("kubelet", "podPidsLimit", "100 1.yaml:4");
    machine.gets("kubelet", "maxPods", "200 1.yaml:5");
    machine.gets("kubelet", "memorySwap.swapBehavior", "NoSwap 1.yaml:6");
}

#[test]
fn a_flag_of_the_kubelet_wins_over_the_field() {
    let flag = "machine:\n  kubelet:\n    extraArgs:\n      pod-max-pids: \"300\"\n";
    let machine = Machine::new("1.12", "worker", &[KUBELET_FIELD, flag]);
    machine.gets("kubelet", "podPidsLimit", "300 2.yaml:4");
    machine.gets("kubelet", "--pod-max-pids", "300 2.yaml:4");
}

#[test]
fn a_field_that_is_zero_is_one_that_is_not_set() {
    let patch = "machine:\n  kubelet:\n    extraConfig:\n      streamingConnectionIdleTimeout: 0s\n      systemReserved: {}\n      shutdownGracePeriod: 0s\n";
    let machine = Machine::new("1.12", "worker", &[patch]);
    machine.gets("kubelet", "streamingConnectionIdleTimeout", "5m default");
    machine.gets("kubelet", "systemReserved", "cpu=50m,ephemeral-storage=256Mi,memory=384Mi,pid=100 default");
    machine.gets("kubelet", "shutdownGracePeriod", "0s 1.yaml:6");
}

#[test]
fn a_document_of_the_kubelet_counts_from_1_14() {
    let patch = "apiVersion: v1alpha1\nkind: KubeletConfig\nconfig:\n  podPidsLimit: 100\n";
    Machine::new("1.14", "worker", &[patch]).gets("kubelet", "podPidsLimit", "100 1.yaml:4");
}

#[test]
fn a_machine_that_is_not_a_node_lets_everyone_in() {
    let patch = "machine:\n  kubelet:\n    skipNodeRegistration: true\n";
    let machine = Machine::new("1.12", "worker", &[patch]);
    machine.gets("kubelet", "authorization.mode", "AlwaysAllow default");
    machine.gets("kubelet", "authentication.webhook.enabled", "false default");
    machine.lacks("kubelet", "--kubeconfig");
}

#[test]
fn a_kernel_parameter_takes_the_place_of_the_default() {
    let patch = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n    vm.max_map_count: \"262144\"\n  sysfs:\n    module.a.b: \"1\"\n";
    let machine = Machine::new("1.12", "worker", &[patch]);
    machine.gets("sysctl", "kernel.kptr_restrict", "0 1.yaml:3");
    machine.gets("sysctl", "vm.max_map_count", "262144 1.yaml:4");
    machine.gets("sysctl", "kernel.dmesg_restrict", "1 default");
    machine.gets("sysfs", "module.a.b", "1 1.yaml:6");
}

#[test]
fn a_kernel_parameter_in_another_spelling_is_written_over_by_the_default() {
    let patch = "machine:\n  sysctls:\n    net/core/bpf_jit_harden: \"0\"\n";
    let machine = Machine::new("1.12", "worker", &[patch]);
    machine.gets("sysctl", "net.core.bpf_jit_harden", "2 default");
    machine.lacks("sysctl", "net/core/bpf_jit_harden");
}

#[test]
fn the_document_of_kernel_parameters_wins() {
    let patch = "apiVersion: v1alpha1\nkind: SysctlConfig\nparams:\n  vm.max_map_count: \"2\"\n";
    let machine = Machine::new("1.14", "worker", &["machine:\n  sysctls:\n    vm.max_map_count: \"1\"\n", patch]);
    machine.gets("sysctl", "vm.max_map_count", "2 2.yaml:4");
}

const KERNEL: &str = "machine:\n  install:\n    extraKernelArgs:\n      - -init_on_alloc\n      - mitigations=auto,nosmt\n      - pti=auto\n";

#[test]
fn kernel_arguments_are_added_and_taken_away() {
    let machine = Machine::new("1.11", "worker", &[KERNEL]);
    machine.gets("kernel", "init_on_alloc", "(removed) 1.yaml:4, where the machine boots with GRUB");
    machine.gets("kernel", "mitigations", "auto,nosmt 1.yaml:5, where the machine boots with GRUB");
    let text = machine.text(&[]);
    let values: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("  pti ")).map(str::trim_start).collect();
    assert_eq!(values.iter().map(|value| value.split(' ').next().unwrap()).collect::<Vec<_>>(), ["on", "auto"]);
}

#[test]
fn kernel_arguments_of_the_installer_do_not_count_beside_those_of_the_image() {
    let machine = Machine::new("1.14", "worker", &[KERNEL]);
    machine.lacks("kernel", "mitigations");
    let keeps_own = "machine:\n  install:\n    grubUseUKICmdline: true\n";
    Machine::new("1.13", "worker", &[KERNEL, keeps_own]).lacks("kernel", "mitigations");
    let has_none = "machine:\n  install:\n    grubUseUKICmdline: false\n";
    assert!(Machine::new("1.13", "worker", &[KERNEL, has_none]).line("kernel", "mitigations").is_some());
}

#[test]
fn a_schematic_has_a_kernel_command_line_and_nothing_else() {
    let schematic = "customization:\n  extraKernelArgs: [-selinux, quiet]\n";
    let machine = Machine::of(schematic, "1.12", &[]);
    machine.gets("kernel", "selinux", "(removed) base.yaml:2");
    machine.gets("kernel", "quiet", "base.yaml:2");
    machine.lacks("sysctl", "kernel.kptr_restrict");
}

#[test]
fn pod_security_without_a_configuration_lets_everything_in() {
    let base = "version: v1alpha1\nmachine:\n  type: controlplane\n  token: wax5gv.lnvaarixa0ckem1r\ncluster:\n  controlPlane: {endpoint: \"https://192.0.2.1:6443\"}\n";
    let machine = Machine::of(base, "1.12", &[]);
    machine.gets("admission", "PodSecurity.defaults.enforce", "privileged default of Kubernetes");
    machine.gets("encryption", "secrets", "identity default");
    machine.gets("audit", "rules.0", "level=Metadata default");
    machine.gets("authorization", "1", "node Node default");
}

#[test]
fn policies_are_listed_with_their_places() {
    let patch = "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          defaults:\n            enforce: restricted\n    auditPolicy:\n      omitStages: [RequestReceived]\n      rules:\n        - level: None\n          verbs: [get, watch]\n        - level: Metadata\n";
    let base = "version: v1alpha1\nmachine:\n  type: controlplane\n  token: wax5gv.lnvaarixa0ckem1r\ncluster:\n  controlPlane: {endpoint: \"https://192.0.2.1:6443\"}\n  aescbcEncryptionSecret: a\n";
    let machine = Machine::of(base, "1.12", &[patch]);
    machine.gets("admission", "PodSecurity.defaults.enforce", "restricted 1.yaml:7");
    machine.gets("admission", "PodSecurity.defaults.warn", "privileged default of Kubernetes");
    machine.gets("audit", "rules.0", "level=None,verbs=[get,watch] 1.yaml:11");
    machine.gets("audit", "rules.1", "level=Metadata 1.yaml:13");
    machine.gets("audit", "omitStages", "RequestReceived 1.yaml:9");
    machine.gets("encryption", "secrets", "aescbc,identity base.yaml:7");
}

#[test]
fn documents_of_1_14_put_nothing_in_by_themselves() {
    let machine = Machine::new("1.14", "controlplane", &[]);
    machine.lacks("kube-apiserver", "--anonymous-auth");
    machine.gets("authentication", "anonymous.enabled", "true base.yaml:173");
    machine.gets("encryption", "secrets", "secretbox base.yaml:191");
    let legacy = Machine::new("1.14", "contract-1.13-controlplane", &[]);
    legacy.gets("kube-apiserver", "--anonymous-auth", "false default");
}

#[test]
fn a_component_that_is_switched_off_has_no_settings() {
    let machine = Machine::new("1.12", "controlplane", &["cluster:\n  proxy:\n    disabled: true\n"]);
    machine.lacks("kube-proxy", "--proxy-mode");
    let machine =
        Machine::new("1.14", "controlplane", &["apiVersion: v1alpha1\nkind: KubeProxyConfig\nenabled: false\n"]);
    machine.lacks("kube-proxy", "--config");
    Machine::new("1.12", "worker", &[]).lacks("kube-apiserver", "--profiling");
}

#[test]
fn secrets_are_redacted_unless_asked_for() {
    let patch = "machine:\n  install:\n    extraKernelArgs: [talos.config.oauth.client_secret=sesame]\n  kubelet:\n    extraConfig:\n      apiToken: open-sesame-0123456789\n";
    let machine = Machine::new("1.11", "worker", &[patch]);
    for more in [&[][..], &["--format", "json"], &["--diff"]] {
        let text = machine.text(more);
        assert!(text.contains("<redacted>") && !text.contains("sesame"), "{text}");
        assert!(machine.text(&[more, &["--show-secrets"]].concat()).contains("sesame"));
    }
}

#[test]
fn a_difference_shows_what_patches_change() {
    let machine = Machine::new("1.12", "worker", &["machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n"]);
    let expected = "--- base.yaml\n+++ base.yaml with patches\n-sysctl kernel.kptr_restrict: 2\n+sysctl kernel.kptr_restrict: 0 # 1.yaml:3\n";
    assert_eq!(machine.text(&["--diff"]), expected);
    let machine = Machine::new("1.12", "worker", &["machine:\n  nodeLabels: {a: b}\n"]);
    assert_eq!(machine.text(&["--diff"]), "");
}

#[test]
fn a_difference_without_patches_is_from_the_defaults() {
    let base = "version: v1alpha1\nmachine:\n  type: worker\n  token: wax5gv.lnvaarixa0ckem1r\n  sysctls: {kernel.dmesg_restrict: \"0\"}\ncluster:\n  controlPlane: {}\n";
    let expected = "--- defaults of Talos 1.12\n+++ base.yaml\n-sysctl kernel.dmesg_restrict: 1\n+sysctl kernel.dmesg_restrict: 0 # base.yaml:5\n+talos machine.type: worker # base.yaml:3\n";
    assert_eq!(Machine::of(base, "1.12", &[]).text(&["--diff"]), expected);
}

#[test]
fn a_difference_may_be_to_another_version() {
    let machine = Machine::new("1.13", "worker", &[]);
    let text = machine.text(&["--diff=1.14"]);
    assert!(
        text.starts_with("--- base.yaml in Talos 1.13\n+++ base.yaml in Talos 1.14\n-kernel init_on_alloc: 1\n"),
        "{text}"
    );
    assert!(text.contains("+sysctl net.ipv4.conf.all.send_redirects: 0 # default\n"), "{text}");
    assert!(!text.contains("pti"), "{text}");
    assert_eq!(machine.run(&["--diff=next"]).status.code(), Some(2));
}

#[test]
fn another_version_may_make_another_configuration_of_the_same_patches() {
    let base = "machine:\n  kubelet:\n    extraArgs:\n      v: \"4\"\n";
    let machine = Machine::of(base, "1.12", &["machine:\n  kubelet:\n    extraArgs:\n      v: \"\"\n"]);
    let arguments: Vec<&str> =
        machine.arguments.iter().map(String::as_str).filter(|word| *word != "--settings").collect();
    let output = talint(machine.folder.path(), &[arguments.as_slice(), &["--diff=1.13"]].concat());
    let text = stdout(&output);
    assert!(text.contains("-            v: \"4\"\n+            v: \"\"\n"), "{text}");
}

#[test]
fn what_another_version_refuses_is_told() {
    let machine = Machine::new("1.14", "worker", &[]);
    let output = machine.run(&["--diff=1.11"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("base.yaml:"));
}

#[test]
fn programs_get_a_versioned_document() {
    let patch = &arguments("apiServer", "audit-log-maxage: \"60\"");
    let machine = Machine::new("1.12", "controlplane", &[patch]);
    let document: Value = serde_json::from_str(&machine.text(&["--format", "json"])).unwrap();
    assert_eq!(document["version"], 1);
    assert_eq!(document["talos_version"], "1.12");
    assert_eq!(document["kubernetes_version"], "1.35");
    let settings = document["settings"].as_array().unwrap();
    let setting = |component: &str, name: &str| {
        settings.iter().find(|setting| setting["component"] == component && setting["name"] == name).unwrap().clone()
    };
    let written = setting("kube-apiserver", "--audit-log-maxage");
    assert_eq!(
        (&written["value"], &written["default"], &written["by"]),
        (&"60".into(), &"30".into(), &"configuration".into())
    );
    assert_eq!(written["source"]["file"], "1.yaml");
    assert_eq!(written["source"]["range"]["start"]["line"], 4);
    let default = setting("kubelet", "podPidsLimit");
    assert_eq!((&default["by"], &default["source"]), (&"kubernetes".into(), &Value::Null));
    let later = setting("kubelet", "--node-ip");
    assert_eq!((&later["value"], &later["known_on_the_machine"]), (&Value::Null, &"the addresses of the node".into()));
    let difference: Value = serde_json::from_str(&machine.text(&["--format", "json", "--diff"])).unwrap();
    let changes: Vec<&str> =
        difference["settings"].as_array().unwrap().iter().map(|setting| setting["change"].as_str().unwrap()).collect();
    assert_eq!(changes, ["removed", "added"]);
}

#[test]
fn a_format_is_for_settings() {
    let machine = Machine::new("1.12", "worker", &[]);
    assert_eq!(talint(machine.folder.path(), &["render", "base.yaml", "--format", "json"]).status.code(), Some(2));
}

#[test]
fn explanations_say_when_a_default_holds() {
    let explain = |name: &str| stdout(&talint(workspace(), &["explain", name]));
    let text = explain("apiserver.cloud-provider");
    let expected = "default   external (from Talos 1.10, until Kubernetes 1.32, when cluster.externalCloudProvider.enabled is true)";
    assert!(text.contains(expected), "{text}");
    assert!(explain("kubelet.clusterDomain").contains("default   that of cluster.network.dnsDomain (in every"));
    assert!(
        explain("kubelet.podPidsLimit")
            .contains("default   -1 (in every known version of Talos, by Kubernetes itself)")
    );
    assert!(explain("etcd.data-dir").contains("the flag --data-dir, which Talos does not let be set"));
    assert!(!explain("kernel.panic").contains("sysctl/weakened"));
}
