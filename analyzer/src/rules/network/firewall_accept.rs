//! `network/firewall-accept`

use crate::context::Context;
use crate::finding::{Profile, Related, Severity};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::text::Span;

pub(crate) const RULE: Rule = Rule {
    name: "network/firewall-accept",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Rules of the ingress firewall beside a default of accept.",
    why: "When the default is to accept, a rule turns around: it closes its ports to all sources but those it names, and \
          every port without a rule stays open. Rules written as a list of what is allowed leave the machine open then.",
    avoid: Example::new(concat!(
        "apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: accept\n",
        "---\napiVersion: v1alpha1\nkind: NetworkRuleConfig\nname: kubelet\nportSelector:\n  ports: [10250]\n  protocol: tcp\ningress:\n  - subnet: 192.0.2.0/24\n",
    )),
    follow: Example::new(concat!(
        "apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: block\n",
        "---\napiVersion: v1alpha1\nkind: NetworkRuleConfig\nname: kubelet\nportSelector:\n  ports: [10250]\n  protocol: tcp\ningress:\n  - subnet: 192.0.2.0/24\n",
    )),
    references: &[],
    check,
};

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    let Some(first) = context.documents("NetworkRuleConfig").next() else { return };
    let default = context.documents("NetworkDefaultActionConfig").next();
    let action = default.and_then(|default| default.get("ingress"));
    let mut finding = match (default, action) {
        (_, Some(action)) if is_unknown(action) => return,
        (_, Some(action)) if action.value().eq_ignore_ascii_case("block") => return,
        (_, Some(action)) => {
            let message = "the default is `accept`: the rules beside it only close their own ports to other sources, and all \
                           other ports stay open";
            let mut finding = rule.finding(context, action, message);
            // There may be hundreds, all alike.
            finding.related.push(Related::here(place(first), "the first rule is here"));
            finding
        }
        // Without a default in a whole configuration it is to accept; the patch that a file of rules is may well be
        // joined by another.
        (None, _) if context.whole().is_some() => {
            let message = "there is no default action, so it is to accept: the rules only close their own ports to other \
                           sources, and all other ports stay open";
            let place = place(first);
            rule.finding_at(place, context.kind_of(first), "", message)
        }
        _ => return,
    };
    finding.help = Some("expected is a NetworkDefaultActionConfig with `ingress: block`".to_owned());
    findings.push(finding);
}

fn place(document: NodeRef<'_, '_>) -> Span {
    document.get("name").or_else(|| document.get("kind")).map_or(document.span(), NodeRef::visible_span)
}
