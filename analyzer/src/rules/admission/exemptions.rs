//! `admission/exemptions`

use super::super::pod_security;
use crate::context::Context;
use crate::finding::{Profile, Related, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "admission/exemptions",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Namespaces, users or runtime classes are exempt from Pod Security admission.",
    why: "An exempt namespace, user or runtime class passes every check at every level. Talos exempts `kube-system` only. \
          A namespace that needs more is better given a level of its own by its labels, where it can be seen.",
    avoid: Example::new(
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          exemptions:\n            namespaces: [kube-system, monitoring]\n",
    ),
    follow: Example::new(
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          exemptions:\n            namespaces: [kube-system]\n",
    ),
    references: &["CIS 1.12 5.2.1"],
    check,
};

/// The lists of exemptions, what is in them by default, and what an entry does.
const LISTS: [(&str, &[&str], &str); 3] = [
    ("namespaces", &["kube-system"], "namespaces"),
    ("usernames", &[], "users"),
    ("runtimeClasses", &[], "runtime classes"),
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for configuration in pod_security::configurations(context) {
        let Some(exemptions) = configuration.get("exemptions") else { continue };
        for (list, default, noun) in LISTS {
            let items = exemptions.get(list).into_iter().flat_map(|list| list.items());
            let extra: Vec<_> = items.filter(|item| !is_unknown(*item) && !default.contains(&item.value())).collect();
            let Some((first, others)) = extra.split_first() else { continue };
            let names: Vec<String> = extra.iter().map(|item| format!("`{}`", item.value())).collect();
            let message = format!("these {noun} are exempt from Pod Security admission: {}", names.join(", "));
            let mut finding = rule.finding(context, *first, message);
            finding.help = Some(match list {
                "namespaces" => "expected is `kube-system` alone: give other namespaces the label `pod-security.kubernetes.io/enforce`".to_owned(),
                _ => format!("expected are no {noun}"),
            });
            finding.related = others.iter().map(|item| Related { span: item.span(), message: format!("`{}` too", item.value()) }).collect();
            findings.push(finding);
        }
    }
}
