//! `kubelet/protected-field`

use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::Remedy;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "kubelet/protected-field",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The configuration of the kubelet has a field that Talos keeps to itself.",
    why: "Talos sets these fields, and refuses a configuration that has one of them, whatever its value. Two more fields are \
          not refused, but always overwritten.",
    avoid: Example::new("machine:\n  kubelet:\n    extraConfig:\n      authorization:\n        mode: AlwaysAllow\n"),
    follow: Example::new("machine:\n  kubelet:\n    extraConfig:\n      maxPods: 150\n"),
    references: &[],
    check,
};

/// The fields, with what to do instead where there is something.
const PROTECTED: [(&str, &str); 13] = [
    ("apiVersion", ""),
    ("authentication", ""),
    ("authorization", ""),
    ("cgroupRoot", ""),
    ("kind", ""),
    ("kubeletCgroups", ""),
    ("port", ""),
    ("protectKernelDefaults", ""),
    ("resolvConf", ""),
    ("rotateCertificates", ""),
    ("systemCgroups", ""),
    ("staticPodPath", "write static pods in machine.pods, from Talos 1.14 in KubeStaticPodConfig documents"),
    (
        "seccompDefault",
        "set defaultRuntimeSeccompProfileEnabled of machine.kubelet, from Talos 1.14 of a KubeletConfig document",
    ),
];

/// The fields that Talos overwrites without a word.
const OVERWRITTEN: [&str; 2] = ["staticPodURL", "containerRuntimeEndpoint"];

/// Where the configuration of the kubelet stands, with the first version that has it there.
const PLACES: [(&str, &[&str], u8); 2] =
    [(tables::V1ALPHA1, &["machine", "kubelet", "extraConfig"], 9), ("KubeletConfig", &["config"], 14)];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let refused = PROTECTED.iter().map(|(field, instead)| (*field, Some(*instead)));
    for (field, instead) in refused.chain(OVERWRITTEN.iter().map(|field| (*field, None))) {
        for (document, path, _) in PLACES.iter().filter(|(_, _, since)| context.talos().minor() >= *since) {
            let path: Vec<&str> = path.iter().copied().chain([field]).collect();
            for found in context.find(document, &path) {
                if found.node.get("$patch").is_some() {
                    continue;
                }
                let message = match instead {
                    Some(_) => {
                        format!("Talos sets `{field}` of the kubelet itself, and refuses a configuration that has it")
                    }
                    None => format!("Talos sets `{field}` of the kubelet itself, and this has no effect"),
                };
                let key = found.node.key().filter(|key| key.value() == field);
                let span = key.map_or(found.node.visible_span(), NodeRef::span);
                let mut finding = rule.finding_at(span, found.kind, found.node.path(), message);
                if instead.is_none() {
                    finding.severity = Severity::Warning;
                }
                finding.help = Some(match instead {
                    None | Some("") => "take it out".to_owned(),
                    Some(instead) => format!("take it out, and {instead}"),
                });
                let is_lost = instead.is_some_and(|instead| !instead.is_empty());
                let remedy = Remedy::new(!is_lost, format!("Remove `{field}`"));
                findings.push(finding.with_remedy(remedy.remove(found.node)));
            }
        }
    }
}
