//! What becomes of files, written out: text before, text after.

use super::{Layers, all_fixes_that};
use talint_analyzer::Options;
use talint_analyzer::directives::Role;
use talint_analyzer::finding::Profile;
use talint_analyzer::version::MinorVersion;

pub(super) fn options() -> Options {
    let talos = Some(MinorVersion { major: 1, minor: 12 });
    Options { talos, profile: Some(Profile::Strict), ..Options::default() }
}

/// The texts after all fixes of a rule: a base, and patches over it.
pub(super) fn fixed_with(rule: &str, texts: &[&str], options: Options) -> Vec<String> {
    let names = ["base.yaml", "first.patch.yaml", "second.patch.yaml"];
    let files = names.iter().zip(texts).map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let layers = Layers { name: rule.to_owned(), files, options };
    let (next, _) = all_fixes_that(&layers, |finding, _| finding.rule == rule);
    next.files.into_iter().map(|(_, text)| text).collect()
}

pub(super) fn fixed(rule: &str, texts: &[&str]) -> Vec<String> {
    fixed_with(rule, texts, options())
}

/// The text after all fixes of a rule.
pub(super) fn one(rule: &str, text: &str) -> String {
    fixed(rule, &[text]).remove(0)
}

#[test]
fn what_goes_takes_its_comments_along_and_leaves_the_others() {
    let before = "\
# The machine.
machine:
  # Old.
  features: # what it can do
    # RBAC is on.
    rbac: true # for good

    # Quota.
    diskQuotaSupport: true
";
    let after = "\
# The machine.
machine:
  # Old.
  features: # what it can do

    # Quota.
    diskQuotaSupport: true
";
    assert_eq!(one("schema/unused-field", before), after);
}

#[test]
fn carriage_returns_and_a_byte_order_mark_stay() {
    let before =
        "\u{feff}machine:\r\n  type: control-plane\r\n  features:\r\n    rbac: true\r\n    diskQuotaSupport: true\r\n";
    let after = "\u{feff}machine:\r\n  type: control-plane\r\n  features:\r\n    diskQuotaSupport: true\r\n";
    assert_eq!(one("schema/unused-field", before), after);
    let after =
        "\u{feff}machine:\r\n  type: controlplane\r\n  features:\r\n    rbac: true\r\n    diskQuotaSupport: true\r\n";
    assert_eq!(one("talos/machine-type", before), after);
}

#[test]
fn brackets_stay_brackets() {
    let before = "machine: {type: worker, features: {rbac: true, diskQuotaSupport: true}}\n";
    let after = "machine: {type: worker, features: {diskQuotaSupport: true}}\n";
    assert_eq!(one("schema/unused-field", before), after);
    // What nothing is left of goes too.
    let before = "machine: {type: worker, features: {rbac: true}}\n";
    assert_eq!(one("schema/unused-field", before), "machine: {type: worker}\n");
}

#[test]
fn what_is_written_keeps_its_quotes() {
    let before = "machine:\n  sysctls: {a: b}\n  type: 'control-plane' # yes\n";
    assert_eq!(one("talos/machine-type", before), before.replace("control-plane", "controlplane"));
    let before = "machine:\n  sysctls: {a: b}\n  type: \"Worker\"\n";
    assert_eq!(one("talos/machine-type", before), before.replace("Worker", "worker"));
}

#[test]
fn a_value_that_a_patch_sets_goes_where_it_is_set() {
    let base = "machine:\n  type: worker\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.34.1\n";
    let first = "machine:\n  features:\n    rbac: true\n";
    let second = "machine:\n  features:\n    diskQuotaSupport: true\n";
    assert_eq!(fixed("schema/unused-field", &[base, first, second]), [base, "machine: {}\n", second]);
}

#[test]
fn a_value_that_hides_another_goes_with_it() {
    let base = "machine:\n  type: worker\n  features:\n    rbac: true\n    diskQuotaSupport: true\n";
    let first = "machine:\n  sysctls:\n    a: b\n";
    let second = "machine:\n  sysctls:\n    c: d\n  features:\n    rbac: false # no\n    diskQuotaSupport: true\n";
    let after = fixed("schema/unused-field", &[base, first, second]);
    assert_eq!(
        after,
        [base.replace("    rbac: true\n", ""), first.to_owned(), second.replace("    rbac: false # no\n", "")]
    );
    // What several of them make together is not taken apart.
    let base = "machine:\n  type: worker\n  network:\n    interfaces:\n      - interface: eth0\n        vip: {ip: 192.0.2.9}\n";
    let patch = "machine:\n  network:\n    interfaces:\n      - interface: eth0\n        vip: {ip: 192.0.2.10}\n";
    assert_eq!(fixed("talos/vip-on-worker", &[base, patch]), [base, patch]);
}

#[test]
fn a_value_of_a_patch_is_written_in_the_patch() {
    let base = "machine:\n  type: worker\n  logging:\n    destinations:\n      - endpoint: tcp://127.0.0.1:514\n        format: json_lines\n";
    let first = "machine:\n  nodeTaints:\n    gpu: \"yes:noschedule\" # not for all\n";
    let after = fixed("talos/node-labels", &[base, first]);
    assert_eq!(after, [base, "machine:\n  nodeTaints:\n    gpu: \"yes:NoSchedule\" # not for all\n"]);
}

#[test]
fn an_operation_of_a_json_patch_goes_as_a_whole() {
    let base = "machine:\n  type: worker\n  features:\n    diskQuotaSupport: true\n";
    let patch = "- op: add\n  path: /machine/features/rbac\n  value: true\n- op: add\n  path: /machine/sysctls\n  value: {a: b}\n";
    let after = "- op: add\n  path: /machine/sysctls\n  value: {a: b}\n";
    assert_eq!(fixed("schema/unused-field", &[base, patch]), [base, after]);
    let patch = "- op: add\n  path: /machine/features/rbac\n  value: true\n";
    assert_eq!(fixed("schema/unused-field", &[base, patch]), [base, "[]\n"]);
}

#[test]
fn what_an_alias_repeats_is_left_alone() {
    let text = "machine:\n  type: worker\n  nodeTaints: &taints\n    gpu: noschedule\n  nodeLabels: *taints\n";
    assert_eq!(one("talos/node-labels", text), text);
}

#[test]
fn a_template_is_left_alone_where_lines_may_be_missing() {
    let text = "machine:\n  type: worker\n  features:\n{% if rbac %}\n    rbac: true\n{% endif %}\n    diskQuotaSupport: true\n";
    assert_eq!(one("schema/unused-field", text), text);
}

#[test]
fn a_document_goes_from_its_mark_to_the_next() {
    let worker = Options { role: Some(Role::Worker), ..options() };
    let worker = Options { talos: Some(MinorVersion { major: 1, minor: 14 }), ..worker };
    let scheduler = "---\n# Not here.\napiVersion: v1alpha1\nkind: KubeSchedulerConfig\nimage: registry.k8s.io/kube-scheduler:v1.36.0\n";
    let (before, after) =
        ("machine:\n  type: worker\n", "---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: one\n");
    let rule = "talos/controlplane-document-on-worker";
    let text = format!("{before}{scheduler}{after}");
    assert_eq!(fixed_with(rule, &[&text], worker.clone()), [format!("{before}{after}")]);
    let text = format!("{before}{scheduler}");
    assert_eq!(fixed_with(rule, &[&text], worker.clone()), [before]);
    // Of a patch that is nothing but the document something must be left.
    let patch = scheduler.trim_start_matches("---\n");
    assert_eq!(fixed_with(rule, &[before, patch], worker), [before, patch]);
}

#[test]
fn a_mark_too_many_goes_and_what_is_below_it_stays() {
    let old = Options { talos: Some(MinorVersion { major: 1, minor: 11 }), ..options() };
    let rule = "yaml/empty-document";
    let text = "machine:\n  type: worker\n---\n# to be continued\n";
    assert_eq!(fixed_with(rule, &[text], old.clone()), ["machine:\n  type: worker\n# to be continued\n"]);
    let text = "---\n---\nmachine:\n  type: worker\n";
    assert_eq!(fixed_with(rule, &[text], old), ["---\nmachine:\n  type: worker\n"]);
}

#[test]
fn of_two_keys_that_say_the_same_one_stays() {
    let text = "machine:\n  sysctls:\n    a: \"1\"\n    # Again.\n    a: '1'\n    b: \"2\"\n";
    assert_eq!(one("yaml/duplicate-key", text), "machine:\n  sysctls:\n    a: \"1\"\n    b: \"2\"\n");
    let text = "machine:\n  sysctls:\n    a: \"1\"\n    a: \"2\"\n";
    assert_eq!(one("yaml/duplicate-key", text), text);
    let text = "machine:\n  features: {rbac: true}\n  features:\n    rbac: true\n";
    assert_eq!(one("yaml/duplicate-key", text), "machine:\n  features: {rbac: true}\n");
}

#[test]
fn entries_that_a_list_has_already_go_out_of_the_patch() {
    let base = "machine:\n  certSANs:\n    - 192.0.2.1\n    - 192.0.2.2\n  time:\n    servers: [a.example.org]\n";
    let patch = "machine:\n  certSANs:\n    - 192.0.2.1 # the first\n    - 192.0.2.3\n    - 192.0.2.2\n";
    let rule = "patch/list-appends";
    assert_eq!(fixed(rule, &[base, patch])[1], "machine:\n  certSANs:\n    - 192.0.2.3\n");
    let patch = "machine:\n  certSANs: [192.0.2.2, 192.0.2.1]\n  time: {servers: [b.example.org]}\n";
    assert_eq!(fixed(rule, &[base, patch])[1], "machine:\n  time: {servers: [b.example.org]}\n");
}

#[test]
fn a_patch_loses_what_changes_nothing() {
    let base = "machine:\n  type: worker\n  kubelet:\n    image: ghcr.io/siderolabs/kubelet:v1.34.1\n  certSANs: [192.0.2.1]\n";
    let patch = "machine:\n  kubelet:\n    image: \"\" # as before\n    nodeIP:\n      validSubnets: [192.0.2.0/24]\n  certSANs: []\n";
    let after = "machine:\n  kubelet:\n    nodeIP:\n      validSubnets: [192.0.2.0/24]\n";
    assert_eq!(fixed("patch/no-effect", &[base, patch]), [base, after]);
    let patch = "machine:\n  sysctls:\n    a: b\n  files:\n    $patch: delete\n";
    assert_eq!(fixed("patch/no-effect", &[base, patch]), [base, "machine:\n  sysctls:\n    a: b\n"]);
}

#[test]
fn a_patch_says_what_is_to_stay() {
    let base = "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  diskSelector:\n    match: disk.transport == \"nvme\"\n  minSize: 10GiB # small\n  maxSize: 100GiB\n";
    let patch = "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  maxSize: 200GiB\n";
    let after = format!("{patch}  diskSelector:\n    match: disk.transport == \"nvme\"\n  minSize: 10GiB\n");
    assert_eq!(fixed("patch/resets-omitted", &[base, patch]), [base, &after]);
}

#[test]
fn what_only_one_word_can_mean_is_written() {
    let text =
        "apiVersion: v1alpha1\nkind: KubeNetworkConfig\npodSubnets: [10.244.3.0/16]\nserviceSubnets: [10.96.0.0/12]\n";
    let newest = Options { talos: Some(MinorVersion { major: 1, minor: 14 }), ..options() };
    assert_eq!(
        fixed_with("talos/kubernetes-network", &[text], newest),
        [text.replace("10.244.3.0/16", "10.244.0.0/16")]
    );
    let text = "apiVersion: v1alpha1\nkind: NetworkRuleConfig\nname: a\nportSelector:\n  ports:\n    - 443-80\n  protocol: tcp\ningress:\n  - subnet: 192.0.2.0/24\n";
    assert_eq!(one("talos/firewall-rule", text), text.replace("443-80", "80-443"));
    let text = "cluster:\n  controlPlane:\n    endpoint: 192.0.2.10:6443\n";
    assert_eq!(one("talos/cluster-endpoint", text), text.replace("192.0.2.10:6443", "https://192.0.2.10:6443"));
    let text = "kind: HostnameConfig\nhostname: one\n";
    assert_eq!(one("schema/unknown-kind", text), format!("{text}apiVersion: v1alpha1\n"));
}

#[test]
fn what_could_mean_several_things_is_left_alone() {
    for (rule, text) in [
        (
            "talos/bond",
            "machine:\n  network:\n    interfaces:\n      - interface: bond0\n        bond:\n          interfaces: [eth0]\n          mode: fast\n",
        ),
        ("talos/machine-type", "machine:\n  type: master\n"),
        (
            "talos/firewall-rule",
            "apiVersion: v1alpha1\nkind: NetworkRuleConfig\nname: a\nportSelector:\n  ports: [80-90, 85-95]\n  protocol: tcp\ningress:\n  - subnet: 192.0.2.0/24\n",
        ),
        (
            "talos/field-beside-document",
            "machine:\n  type: worker\n  network:\n    hostname: one\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: two\n",
        ),
    ] {
        assert_eq!(one(rule, text), text, "{rule}");
    }
}

#[test]
fn of_two_documents_that_say_the_same_one_stays() {
    let document = "apiVersion: v1alpha1\nkind: HostnameConfig\nhostname: one\n";
    let text = format!("machine:\n  sysctls: {{a: b}}\nversion: v1alpha1\n---\n{document}---\n{document}");
    let after = format!("machine:\n  sysctls: {{a: b}}\nversion: v1alpha1\n---\n{document}");
    assert_eq!(one("talos/duplicate-document", &text), after);
    let other = text.replacen("one", "two", 1);
    assert_eq!(one("talos/duplicate-document", &other), other);
}

#[test]
fn a_comment_names_the_rule_that_was_meant() {
    let text = "machine:\n  sysctls: {a: b}\ndebug: true # talint: ignore[machine/debgu, schema/unused-field] ours\n";
    let after = "machine:\n  sysctls: {a: b}\ndebug: true # talint: ignore[machine/debug] ours\n";
    assert_eq!(one("suppression/unused", text), after);
}

#[test]
fn nothing_is_added_that_a_later_patch_may_delete() {
    let base = "version: v1alpha1\nmachine:\n  type: worker\n  token: wax5gv.lnvaarixa0ckem1r\n  kubelet:\n    extraConfig:\n      maxPods: 200\ncluster:\n  controlPlane:\n    endpoint: https://192.0.2.1:6443\n";
    let added = base.replace("maxPods: 200\n", "maxPods: 200\n      podPidsLimit: 4096\n");
    let other = "machine:\n  type: worker\n";
    assert_eq!(fixed("kubelet/pod-pids-limit", &[base, other]), [&added, other]);
    let patch = "machine:\n  kubelet:\n    extraConfig:\n      $patch: delete\n";
    assert_eq!(fixed("kubelet/pod-pids-limit", &[base, patch]), [base, patch]);
}
