//! `admission/exemptions`

use super::super::pod_security;
use crate::context::Context;
use crate::finding::{Profile, Related, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;

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

/// The lists of exemptions, what is in them by default, and what the entries are called.
const LISTS: [(&str, &[&str], &str); 3] = [
    ("namespaces", &["kube-system"], "namespaces"),
    ("usernames", &[], "users"),
    ("runtimeClasses", &[], "runtime classes"),
];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for (list, default, noun) in LISTS {
        let lists = pod_security::values(context, &["exemptions", list]);
        let mut groups: Vec<Vec<NodeRef<'_, '_>>> = lists.iter().map(|list| list.items().collect()).collect();
        // Items that a JSON patch adds one by one.
        let added = pod_security::values(context, &["exemptions", list, "[]"]);
        groups.extend(added.into_iter().filter(|item| !lists.iter().any(|list| Some(*list) == item.parent())).map(|item| vec![item]));
        for items in groups {
            let is_extra = |item: &NodeRef<'_, '_>| !is_unknown(*item) && !default.contains(&item.value());
            let extra: Vec<_> = items.into_iter().filter(is_extra).collect();
            let Some((first, others)) = extra.split_first() else { continue };
            let names: Vec<String> = extra.iter().map(|item| format!("`{}`", item.value())).collect();
            let message = format!("these {noun} are exempt from Pod Security admission: {}", names.join(", "));
            let mut finding = rule.finding(context, *first, message);
            finding.help = Some(match list {
                "namespaces" => "expected is `kube-system` alone: give other namespaces the label \
                                 `pod-security.kubernetes.io/enforce` with the level they need"
                    .to_owned(),
                _ => format!("expected are no {noun}"),
            });
            let too = |item: &NodeRef<'_, '_>| Related::here(item.span(), format!("`{}` too", item.value()));
            finding.related = others.iter().map(too).collect();
            findings.push(finding);
        }
    }
}
