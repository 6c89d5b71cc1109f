//! `apiserver/anonymous-auth`

use super::super::documents;
use crate::context::Context;
use crate::finding::{Profile, Severity};
use crate::fix::{Remedy, Value};
use crate::input::is_unknown;
use crate::rule::{Example, Findings, Rule};
use crate::settings::go_bool;
use crate::syntax::NodeRef;

pub(crate) const RULE: Rule = Rule {
    name: "apiserver/anonymous-auth",
    severity: Severity::Error,
    profile: Profile::Default,
    summary: "The API server takes requests without authentication.",
    why: "Every mistake in the roles of the cluster is then one that anybody can use. Talos switches it off; with the documents \
          of Talos 1.14 anonymous requests may reach the health endpoints and nothing else, as KubeAuthenticationConfig says: \
          a configuration there that does not speak of anonymous requests leaves them on.",
    avoid: Example::new("cluster:\n  apiServer:\n    extraArgs:\n      anonymous-auth: \"true\"\n"),
    follow: Example::new("cluster:\n  apiServer:\n    extraArgs:\n      anonymous-auth: \"false\"\n"),
    references: &["CIS 1.12 1.2.1"],
    check,
};

/// What anonymous requests may reach in the configuration that Talos generates.
const HEALTH: [&str; 3] = ["/livez", "/readyz", "/healthz"];

const EXPECTED: &str =
    "expected is `enabled: true` with the conditions `path: /livez`, `/readyz` and `/healthz`, or `enabled: false`";

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    if let Some(effective) = context.effective_by_id("apiserver.anonymous-auth")
        && let Some(written) = effective.winner()
        && let Some(value) = written.text().filter(|text| go_bool(text.trim()) == Some(true))
    {
        let message =
            format!("`--anonymous-auth` is `{value}`: anyone who reaches the API server may send it requests");
        let mut finding = rule.finding(context, written.node, message);
        finding.help = Some("expected is `false`, which Talos sets: take it out".to_owned());
        findings.push(finding.with_remedy(Remedy::changing("Remove `anonymous-auth`").remove(written.node)));
    }
    let authentication = documents::in_version(context, "KubeAuthenticationConfig");
    for document in &authentication {
        if let Some(configuration) = document.get("configuration").filter(|node| !is_unknown(*node)) {
            document_findings(rule, context, configuration, findings);
        }
    }
    if let (Some(_), Some(server), true) = (
        context.whole_control_plane(),
        documents::in_version(context, "KubeAPIServerConfig").first(),
        authentication.is_empty(),
    )
    {
        let message =
            "with this document Talos no longer switches anonymous requests off, and no KubeAuthenticationConfig does";
        let place = server.get("kind").unwrap_or(*server);
        let mut finding = rule.finding(context, place, message);
        finding.help = Some("expected is a KubeAuthenticationConfig document: add one that says `anonymous: {enabled: false}`, or lets anonymous requests reach the health endpoints alone".to_owned());
        findings.push(finding);
    }
}

/// Looks at the configuration of a document, which takes the place of any other as a whole.
fn document_findings(rule: &Rule, context: &Context<'_, '_>, configuration: NodeRef<'_, '_>, findings: &mut Findings) {
    let mut report = |span, path: String, severity, message: String, remedy: Option<Remedy>| {
        let mut finding = rule.finding_at(span, context.kind_of(configuration), path, message);
        finding.severity = severity;
        finding.help = Some(EXPECTED.to_owned());
        findings.push(finding.with_remedy(remedy));
    };
    let Some(anonymous) = configuration.get("anonymous") else {
        let span = configuration.key().map_or(configuration.span(), NodeRef::span);
        let message = "nothing is said of anonymous requests, and the API server then takes them all";
        let off = Remedy::changing("Switch anonymous requests off");
        let off = off.put(configuration, &["anonymous", "enabled"], Value::Literal("false".to_owned()));
        report(span, configuration.path(), Severity::Error, message.to_owned(), Some(off));
        return;
    };
    let Some(enabled) = anonymous.get("enabled").filter(|enabled| go_bool(enabled.value().trim()) == Some(true)) else { return };
    let Some(conditions) =
        anonymous.get("conditions").filter(|list| list.items().next().is_some() || is_unknown(*list))
    else {
        let message =
            "anonymous requests are on without a condition: anyone who reaches the API server may send it requests";
        let off = Remedy::changing("Switch anonymous requests off").write_literal(enabled, "false");
        report(enabled.visible_span(), enabled.path(), Severity::Error, message.to_owned(), Some(off));
        return;
    };
    // Without any condition they could reach everything.
    let is_only = conditions.items().count() == 1;
    for (condition, path) in conditions.items().filter_map(|condition| Some((condition, condition.get("path")?))) {
        if !is_unknown(path) && !HEALTH.contains(&path.value()) {
            let message = format!("anonymous requests may reach `{}`, which is no health endpoint", path.value());
            let without = || Remedy::changing(format!("Remove the condition for `{}`", path.value())).remove(condition);
            report(path.visible_span(), path.path(), Severity::Warning, message, (!is_only).then(without));
        }
    }
}
