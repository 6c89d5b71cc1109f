//! Stories of settings that are held to an expectation, of kernel arguments, and of what Talos keeps to itself.

use super::stories::{fixed as in_layers, fixed_with as in_layers_with, one, options};
use std::sync::Arc;
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{Options, project};

#[test]
fn a_flag_whose_default_is_right_goes() {
    let before = "\
cluster:
  scheduler:
    extraArgs:
      # For a day.
      profiling: \"true\" # really
      v: \"2\"
";
    let after = "\
cluster:
  scheduler:
    extraArgs:
      v: \"2\"
";
    assert_eq!(one("scheduler/profiling", before), after);
    let before = "cluster: {scheduler: {extraArgs: {v: \"2\", profiling: \"true\"}}}\n";
    assert_eq!(one("scheduler/profiling", before), "cluster: {scheduler: {extraArgs: {v: \"2\"}}}\n");
}

#[test]
fn where_a_flag_and_a_field_are_weak_both_go() {
    let before = "\
machine:
  kubelet:
    extraArgs:
      tls-min-version: VersionTLS12
      v: \"2\"
    extraConfig:
      maxPods: 150
      tlsMinVersion: VersionTLS10
";
    let after = "\
machine:
  kubelet:
    extraArgs:
      v: \"2\"
    extraConfig:
      maxPods: 150
";
    assert_eq!(one("kubelet/tls-min-version", before), after);
    // A field that is right counts as soon as the flag is gone.
    let before = before.replace("VersionTLS10", "VersionTLS13");
    let after = after.replace("150\n", "150\n      tlsMinVersion: VersionTLS13\n");
    assert_eq!(one("kubelet/tls-min-version", &before), after);
}

#[test]
fn wrong_words_go_out_of_a_list() {
    let list =
        |value: &str| format!("cluster:\n  apiServer:\n    extraArgs:\n      disable-admission-plugins: {value}\n");
    let fixed = |value: &str| one("apiserver/admission-plugins", &list(value));
    assert_eq!(fixed("\"PodSecurity,Priority,NodeRestriction\" # why"), list("\"Priority\" # why"));
    assert_eq!(fixed("Priority,PodSecurity"), list("Priority"));
    assert_eq!(fixed("'Priority, ServiceAccount, TaintNodesByCondition'"), list("'Priority,TaintNodesByCondition'"));
    // Where none is left, the flag goes.
    assert_eq!(fixed("PodSecurity"), "cluster: {}\n");
    assert_eq!(fixed("PodSecurity,NodeRestriction"), "cluster: {}\n");
}

#[test]
fn wrong_items_go_out_of_a_list() {
    let suites = |list: &str| {
        format!(
            "machine:\n  kubelet:\n    extraConfig:\n      tlsMinVersion: VersionTLS12\n      tlsCipherSuites: {list}\n"
        )
    };
    let (weak, strong) = ("TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
    let fixed = |list: &str| one("kubelet/tls-cipher-suites", &suites(list));
    assert_eq!(fixed(&format!("[{weak}, {strong}, TLS_RSA_WITH_AES_256_CBC_SHA]")), suites(&format!("[{strong}]")));
    let lines = |list: &[&str]| {
        let lines: Vec<String> = list.iter().map(|suite| format!("\n        - {suite} # {suite}")).collect();
        lines.concat()
    };
    let before = lines(&[weak, "TLS_RSA_WITH_AES_256_CBC_SHA", strong, "TLS_RSA_WITH_RC4_128_SHA"]);
    assert_eq!(fixed(&before), suites(&lines(&[strong])));
}

#[test]
fn a_value_is_set_in_the_style_of_the_one_before() {
    let limit = |value: &str| format!("machine:\n  kubelet:\n    extraConfig:\n      podPidsLimit: {value} # none\n");
    assert_eq!(one("kubelet/pod-pids-limit", &limit("-1")), limit("4096"));
    let flag = |value: &str| format!("machine:\n  kubelet:\n    extraArgs: {{pod-max-pids: {value}}}\n");
    assert_eq!(one("kubelet/pod-pids-limit", &flag("\"-1\"")), flag("\"4096\""));
    assert_eq!(one("kubelet/pod-pids-limit", &flag("'0'")), flag("'4096'"));
}

#[test]
fn what_is_not_set_is_added_where_it_belongs() {
    let machine = |kubelet: &str| {
        format!(
            "version: v1alpha1\nmachine:\n  type: worker\n  token: wax5gv.lnvaarixa0ckem1r\n{kubelet}cluster:\n  \
             controlPlane:\n    endpoint: https://192.0.2.10:6443\n"
        )
    };
    let fixed = |kubelet: &str| one("kubelet/pod-pids-limit", &machine(kubelet));
    let added = "    extraConfig:\n      podPidsLimit: 4096\n";
    assert_eq!(fixed("  kubelet: {} # as it comes\n"), machine(&format!("  kubelet: # as it comes\n{added}")));
    assert_eq!(
        fixed("  kubelet:\n    registerWithFQDN: true # yes\n    # No more.\n"),
        machine(&format!("  kubelet:\n    registerWithFQDN: true # yes\n{added}    # No more.\n"))
    );
    assert_eq!(
        fixed("  kubelet: {registerWithFQDN: true}\n"),
        machine("  kubelet: {registerWithFQDN: true, extraConfig: {podPidsLimit: 4096}}\n")
    );
    assert_eq!(fixed(""), machine(&format!("  kubelet:\n{added}")));
    // Beside what a patch has of it already.
    let patch = "machine:\n  kubelet:\n    extraConfig:\n      maxPods: 150\n";
    let files = in_layers("kubelet/pod-pids-limit", &[&machine(""), patch]);
    assert_eq!(files, [machine(""), format!("{patch}      podPidsLimit: 4096\n")]);
}

#[test]
fn missing_words_are_added_to_a_list() {
    let list =
        |value: &str| format!("cluster:\n  apiServer:\n    extraArgs:\n      enable-admission-plugins: {value}\n");
    let fixed = one("apiserver/admission-optional", &list("\"NodeRestriction,AlwaysPullImages\""));
    assert_eq!(fixed, list("\"NodeRestriction,AlwaysPullImages,DenyServiceExternalIPs\""));
}

#[test]
fn kernel_arguments_go_out_of_what_they_stand_in() {
    let schematic = |items: &str| format!("customization:\n  extraKernelArgs:{items}\n  meta: []\n");
    let fixed = |items: &str| one("kernel/mitigations", &schematic(items));
    assert_eq!(fixed("\n    - mitigations=off # fast\n    - quiet"), schematic("\n    - quiet"));
    assert_eq!(fixed("\n    - quiet mitigations=off console=tty0"), schematic("\n    - quiet console=tty0"));
    assert_eq!(fixed("\n    - mitigations=off quiet"), schematic("\n    - quiet"));
    assert_eq!(fixed("\n    - \"quiet  mitigations=off\""), schematic("\n    - \"quiet\""));
    assert_eq!(fixed(" [mitigations=off, quiet]"), schematic(" [quiet]"));
    assert_eq!(fixed(" [quiet, nospectre_v2, mitigations=off]"), schematic(" [quiet]"));
    assert_eq!(fixed("\n    - >-\n      quiet mitigations=off"), schematic("\n    - >-\n      quiet"));
    // What is folded out of several lines is left alone.
    let folded = "\n    - >-\n      quiet mitigations=off\n      console=tty0";
    assert_eq!(fixed(folded), schematic(folded));
    // A list of which nothing is left goes.
    assert_eq!(fixed("\n    - mitigations=off\n    - nospectre_v2 # too"), "customization:\n  meta: []\n");
}

#[test]
fn of_a_list_in_a_kernel_argument_only_the_wrong_word_goes() {
    let schematic = |argument: &str| format!("customization:\n  extraKernelArgs:\n    - {argument}\n    - quiet\n");
    let fixed = |argument: &str| one("kernel/memory-protection", &schematic(argument));
    assert_eq!(fixed("efi=debug,no_disable_early_pci_dma"), schematic("efi=debug"));
    assert_eq!(fixed("efi=no_disable_early_pci_dma"), "customization:\n  extraKernelArgs:\n    - quiet\n");
}

#[test]
fn a_default_that_was_taken_away_and_what_took_its_place_go_together() {
    let before = "customization:\n  extraKernelArgs:\n    - -pti\n    - pti=off\n    - quiet\n";
    assert_eq!(one("kernel/pti", before), "customization:\n  extraKernelArgs:\n    - quiet\n");
}

#[test]
fn a_kernel_argument_that_is_misspelt_is_written_as_it_is_meant() {
    let machine = |argument: &str| format!("machine:\n  install:\n    extraKernelArgs: [\"{argument} quiet\"]\n");
    let before = machine("talos.dashboard.disable=1");
    assert_eq!(one("kernel/unknown-talos-arg", &before), machine("talos.dashboard.disabled=1"));
}

#[test]
fn the_command_line_of_a_machine_is_left_alone() {
    let line = "init_on_alloc=1 slab_nomerge pti=on talos.platform=metal mitigations=off init_on_alloc=0\n";
    assert_eq!(one("kernel/mitigations", line), line);
    assert_eq!(one("kernel/init-on-alloc", line), line);
}

#[test]
fn an_operation_that_adds_what_is_wrong_goes() {
    let operation = |path: &str, value: &str| format!("- op: add\n  path: {path}\n  value: {value}\n");
    let other = operation("/machine/kubelet/extraArgs/v", "\"2\"");
    let flag = operation("/cluster/apiServer/extraArgs/profiling", "\"true\"");
    assert_eq!(one("apiserver/profiling", &format!("{flag}{other}")), other);
    let argument = operation("/machine/install/extraKernelArgs/-", "mitigations=off");
    assert_eq!(one("kernel/mitigations", &format!("{argument}{other}")), other);
    let limit = |value: &str| operation("/machine/kubelet/extraConfig/podPidsLimit", value);
    assert_eq!(one("kubelet/pod-pids-limit", &limit("-1")), limit("4096"));
}

#[test]
fn what_talos_keeps_to_itself_goes() {
    let before = "\
machine:
  kubelet:
    extraConfig:
      # Not ours.
      authentication:
        anonymous:
          enabled: true
      maxPods: 150
    extraArgs: {cert-dir: /var/lib/kubelet/other, v: \"2\"}
";
    let after = "\
machine:
  kubelet:
    extraConfig:
      maxPods: 150
    extraArgs: {v: \"2\"}
";
    let without_field = one("kubelet/protected-field", before);
    assert_eq!(one("kubelet/denied-argument", &without_field), after);
}

#[test]
fn kernel_parameters_fall_back_to_their_defaults() {
    let before = "machine:\n  sysctls:\n    kernel.kptr_restrict: \"0\"\n    net.ipv4.tcp_syncookie: \"1\"\n";
    let after = "machine:\n  sysctls:\n    net.ipv4.tcp_syncookie: \"1\"\n";
    assert_eq!(one("sysctl/weakened", before), after);
    assert_eq!(one("sysctl/unknown", after), after.replace("syncookie", "syncookies"));
    let ports = |value: &str| format!("machine:\n  sysctls:\n    net.ipv4.ip_local_reserved_ports: {value}\n");
    assert_eq!(one("sysctl/weakened", &ports("\"30000-32767\"")), ports("\"30000-32767,50000,50001\""));
}

#[test]
fn a_section_that_documents_take_the_place_of_is_not_begun() {
    let before = "\
version: v1alpha1
machine:
  type: controlplane
  token: wax5gv.lnvaarixa0ckem1r
cluster:
  controlPlane:
    endpoint: https://192.0.2.10:6443
";
    let in_1 = |minor| Options { talos: Some(MinorVersion { major: 1, minor }), ..options() };
    let rule = "apiserver/token-lifetime";
    let added = "  apiServer:\n    extraArgs:\n      service-account-extend-token-expiration: \"false\"\n";
    assert_eq!(in_layers_with(rule, &[before], in_1(13)), [format!("{before}{added}")]);
    assert_eq!(in_layers_with(rule, &[before], in_1(14)), [before]);
}

#[test]
fn pod_security_stays_where_a_patch_took_it_away() {
    let base = "cluster:\n  apiServer:\n    certSANs: [api.example.org]\n    admissionControl:\n";
    let deletion = "      - name: PodSecurity\n        $patch: delete\n";
    let other = "      - name: EventRateLimit\n        configuration: {}\n";
    let rule = "admission/pod-security-missing";
    assert_eq!(in_layers(rule, &[&format!("{base}{deletion}{other}")]), [format!("{base}{other}")]);
    let alone = "cluster:\n  apiServer:\n    certSANs: [api.example.org]\n";
    assert_eq!(in_layers(rule, &[&format!("{base}{deletion}")]), [alone]);
}

#[test]
fn what_an_organisation_expects_is_fixed_where_there_is_one_answer() {
    let own = |setting: &str, weak: &str| {
        let text = format!(
            "controls:\n  - rule: acme/own\n    severity: warning\n    summary: Ours.\n    why: Ours.\n    checks:\n      - \
             setting: {setting}\n        weak: {weak}\n        problem: not ours\n        expected: ours\n"
        );
        Options { project: Some(Arc::new(project::load(text.as_bytes()))), ..options() }
    };
    let fixed = |setting, weak, text: &str| in_layers_with("acme/own", &[text], own(setting, weak)).remove(0);
    let flag = |value: &str| format!("cluster:\n  apiServer:\n    extraArgs:\n      v: \"2\"\n      {value}\n");
    // The default is right.
    let text = flag("request-timeout: 5m0s");
    let right = "cluster:\n  apiServer:\n    extraArgs:\n      v: \"2\"\n";
    assert_eq!(fixed("apiserver.request-timeout", "{one-of: [5m0s]}", &text), right);
    // Only one value is.
    let text = flag("request-timeout: 5m0s");
    let after = flag("request-timeout: 2m0s");
    assert_eq!(fixed("apiserver.request-timeout", "{none-of: [2m0s]}", &text), after);
    // Several are.
    assert_eq!(fixed("apiserver.request-timeout", "{none-of: [2m0s, 3m0s]}", &text), text);
    let text = flag("enable-admission-plugins: Priority,Acme");
    assert_eq!(
        fixed("apiserver.enable-admission-plugins", "{holds: [Acme]}", &text),
        flag("enable-admission-plugins: Priority")
    );
    assert_eq!(
        fixed("apiserver.enable-admission-plugins", "{lacks: [Other]}", &text),
        flag("enable-admission-plugins: \"Priority,Acme,Other\"")
    );
}
