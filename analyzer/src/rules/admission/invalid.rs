//! `admission/invalid`

use super::super::pod_security;
use crate::context::Context;
use crate::finding::{Profile, Related, Severity};
use crate::fix::{Remedy, spelt};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::schema::closest;
use crate::syntax::{Kind, NodeRef};
use crate::version::MinorVersion;

pub(crate) const RULE: Rule = Rule {
    name: "admission/invalid",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The configuration of Pod Security admission is not one the API server takes.",
    why: "The API server does not start with an admission configuration that it cannot read, or that names something twice. \
          Talos does not look into it.",
    avoid: Example::new(
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          defaults:\n            enforce: base-line\n",
    ),
    follow: Example::new(
        "cluster:\n  apiServer:\n    admissionControl:\n      - name: PodSecurity\n        configuration:\n          defaults:\n            enforce: baseline\n",
    ),
    references: &[],
    check,
};

const ROOT_KEYS: &[&str] = &["apiVersion", "kind", "defaults", "exemptions"];
const DEFAULT_KEYS: &[&str] = &["enforce", "enforce-version", "audit", "audit-version", "warn", "warn-version"];
const EXEMPTION_KEYS: &[&str] = &["namespaces", "usernames", "runtimeClasses"];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for configuration in pod_security::configurations(context) {
        let mut report = |node: NodeRef<'_, '_>, message: String, help: Option<String>, remedy: Option<Remedy>| {
            let span = node.visible_span();
            let mut finding = rule.finding_at(span, context.kind_of(node), node.path(), message);
            finding.help = help;
            findings.push(finding.with_remedy(remedy));
        };
        keys(configuration, ROOT_KEYS, &mut report);
        if let Some(defaults) = configuration.get("defaults") {
            keys(defaults, DEFAULT_KEYS, &mut report);
            for (key, value) in defaults.entries().filter(|(_, value)| value.kind() == Kind::Scalar && !is_unknown(*value)) {
                let text = value.value();
                if key.value().ends_with("-version") {
                    if text != "latest" && !(text.starts_with('v') && MinorVersion::parse(text).is_some()) {
                        report(value, format!("`{text}` is not a version of the Pod Security Standards"), Some("write `latest`, or a version such as `v1.34`".to_owned()), None);
                    }
                } else if DEFAULT_KEYS.contains(&key.value()) && pod_security::rank(text).is_none() {
                    let near = closest(text, pod_security::LEVELS.into_iter());
                    let help = near
                        .map_or_else(|| "write one of `privileged`, `baseline`, `restricted`".to_owned(), |near| format!("did you mean `{near}`?"));
                    report(value, format!("`{text}` is not a level of the Pod Security Standards"), Some(help), near.map(|near| spelt(value, near)));
                }
            }
        }
        if let Some(exemptions) = configuration.get("exemptions") {
            keys(exemptions, EXEMPTION_KEYS, &mut report);
            for (_, list) in exemptions.entries() {
                let mut seen: Vec<NodeRef<'_, '_>> = Vec::new();
                for item in list.items().filter(|item| !is_unknown(*item)) {
                    let Some(first) = seen.iter().find(|first| first.value() == item.value()) else {
                        seen.push(item);
                        continue;
                    };
                    let message = format!("`{}` is exempt twice; the API server does not start with that", item.value());
                    let mut finding = rule.finding(context, item, message);
                    finding.help = Some("keep one of the two".to_owned());
                    finding.related = vec![Related::here(first.span(), "the first one is here")];
                    findings.push(finding.with_remedy(Remedy::safe("Remove the repetition").remove(item)));
                }
            }
        }
    }
}

fn keys<'t, 's>(
    mapping: NodeRef<'t, 's>,
    known: &[&'static str],
    report: &mut impl FnMut(NodeRef<'t, 's>, String, Option<String>, Option<Remedy>),
) {
    for (key, _) in mapping.entries().filter(|(key, _)| !is_unknown(*key) && key.value() != "$patch") {
        let name = key.value();
        if known.contains(&name) {
            continue;
        }
        let elsewhere = [("defaults", DEFAULT_KEYS), ("exemptions", EXEMPTION_KEYS)];
        let place = elsewhere.iter().find(|(_, keys)| keys.contains(&name)).map(|(place, _)| format!("it belongs under `{place}`"));
        let near = closest(name, known.iter().copied());
        let place = place.or_else(|| ROOT_KEYS.contains(&name).then(|| "it belongs one level up, beside `defaults`".to_owned()));
        let meant = near.filter(|near| place.is_none() && mapping.entry(near).is_none());
        let remedy = meant.map(|near| Remedy::changing(format!("Rename to `{near}`")).rename(key, near));
        report(key, format!("the configuration of Pod Security admission has no key `{name}` here"), place.or_else(|| near.map(|near| format!("did you mean `{near}`?"))), remedy);
    }
}
