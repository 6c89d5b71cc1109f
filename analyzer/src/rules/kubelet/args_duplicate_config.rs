//! `kubelet/args-duplicate-config`

use crate::context::Context;
use crate::finding::{Profile, Related, Severity};
use crate::fix::Remedy;
use crate::input::InputKind;
use crate::rule::{Example, Findings, Rule};
use crate::settings::{self, Written};
use crate::syntax::NodeRef;
use crate::tables;

pub(crate) const RULE: Rule = Rule {
    name: "kubelet/args-duplicate-config",
    severity: Severity::Info,
    profile: Profile::Default,
    summary: "A setting of the kubelet is given as a flag and in its configuration too.",
    why: "The flag wins, and the field has no effect. Who changes the field later wonders why nothing happens.",
    avoid: Example::new(
        "machine:\n  kubelet:\n    extraArgs:\n      max-pods: \"200\"\n    extraConfig:\n      maxPods: 150\n",
    ),
    follow: Example::new("machine:\n  kubelet:\n    extraConfig:\n      maxPods: 150\n"),
    references: &[],
    check,
};

/// Where the flags of the kubelet stand.
const FLAGS: [(&str, &[&str]); 2] =
    [(tables::V1ALPHA1, &["machine", "kubelet", "extraArgs"]), ("KubeletConfig", &["extraArgs"])];

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    // Most configurations give no flags at all, and there are many settings.
    let gives = |(document, path): &(&str, &[&str])| !context.find(document, path).is_empty();
    let has_patch = context.inputs.iter().any(|input| matches!(input.kind, InputKind::JsonPatch));
    if !has_patch && !FLAGS.iter().any(gives) {
        return;
    }
    for setting in settings::settings().iter().filter(|setting| setting.id.starts_with("kubelet.")) {
        let effective = context.effective(setting);
        let Some((flag, name)) = effective.written.iter().find_map(|written| Some((written, written.place.flag?)))
        else {
            continue;
        };
        // What is not known yet may come to nothing.
        let is_known = |written: &Written<'_, '_>| written.is_list() || written.text().is_some();
        let fields = effective.written.iter().filter(|written| written.place.flag.is_none());
        for field in fields.filter(|field| is_known(field) && is_known(flag)) {
            let message = format!("this has no effect: the flag `--{name}` of the kubelet is given too, and wins");
            let mut finding = rule.finding(context, field.node, message);
            finding.help = Some("keep one of the two, the field rather than the flag".to_owned());
            finding.related = vec![Related::here(flag.node.visible_span(), "the flag is here")];
            let key = field.node.key().map_or("the field", NodeRef::value);
            let remedy = Remedy::safe(format!("Remove `{key}`, which has no effect")).remove(field.node);
            findings.push(finding.with_remedy(remedy));
        }
    }
}
