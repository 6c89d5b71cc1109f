//! `install/image`

use super::super::images::{self, Image};
use crate::context::{Context, VersionSource};
use crate::finding::{Profile, Severity};
use crate::rule::{Example, Findings, Rule};
use crate::syntax::NodeRef;
use crate::tables;
use crate::text::Span;
use crate::version::MinorVersion;

pub(crate) const RULE: Rule = Rule {
    name: "install/image",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "The image of the installer is not a fixed version, not that of this Talos or platform, or not to be had.",
    why: "What the installer image holds is what the machine boots. A tag that moves makes two machines of one configuration \
          differ, and another version than the one in mind reads the configuration by other rules. The plain installer of \
          ghcr.io has no extensions in it, and from Talos 1.14 there is none.",
    avoid: Example::new("machine:\n  install:\n    image: ghcr.io/siderolabs/installer:latest\n"),
    follow: Example::talos(
        12,
        "machine:\n  install:\n    image: factory.talos.dev/metal-installer/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba:v1.12.4\n",
    ),
    references: &[],
    check,
};

/// The first version whose installer is only served by the Image Factory.
const FACTORY_ONLY: MinorVersion = MinorVersion { major: 1, minor: 14 };

fn check(rule: &Rule, context: &Context<'_, '_>, findings: &mut Findings) {
    for node in images::installers(context) {
        let image = Image::parse(node.value());
        let found = moving_tag(image)
            .or_else(|| other_version(context, image))
            .or_else(|| not_published(context, image))
            .or_else(|| other_platform(context, image))
            .or_else(|| without_extensions(context, image));
        let Some((message, help)) = found else { continue };
        let mut finding = rule.finding(context, node, message);
        finding.span = part(node, context.text, image);
        finding.help = Some(help);
        findings.push(finding);
    }
}

/// The tag, when it is there to be seen, else the image.
fn part(node: NodeRef<'_, '_>, text: &str, image: Image<'_>) -> Span {
    let span = node.span();
    let Some(tag) = image.tag.filter(|tag| !tag.is_empty() && !image.is_plain_installer()) else { return span };
    match span.slice(text).rfind(&format!(":{tag}")) {
        Some(offset) => {
            let start = span.start as usize + offset + 1;
            Span::new(start, start + tag.len())
        }
        None => span,
    }
}

fn moving_tag(image: Image<'_>) -> Option<(String, String)> {
    let problem = match image.tag {
        None if image.has_digest => return None,
        None => "the installer image has no tag, so it is whatever is newest on the day of the installation",
        Some("latest") => "the installer image is `latest`, whatever that is on the day of the installation",
        Some(_) => return None,
    };
    Some((problem.to_owned(), "expected is the tag of a version, such as v1.12.4".to_owned()))
}

fn other_version(context: &Context<'_, '_>, image: Image<'_>) -> Option<(String, String)> {
    let is_told = matches!(context.versions.talos_source, VersionSource::Asked | VersionSource::Modeline);
    let own = MinorVersion { major: 1, minor: u16::from(context.talos().minor()) };
    let told = context.versions.talos_named.unwrap_or(own);
    let found = MinorVersion::parse(image.tag?).filter(|found| is_told && *found != told)?;
    let message =
        format!("the installer image is of Talos {found}, and this configuration is read as one of Talos {told}");
    Some((message, format!("expected is a tag of Talos {told}: change the tag, or the version that is asked for")))
}

fn not_published(context: &Context<'_, '_>, image: Image<'_>) -> Option<(String, String)> {
    let own = MinorVersion { major: 1, minor: u16::from(context.talos().minor()) };
    let version = image.tag.and_then(MinorVersion::parse).unwrap_or(own);
    let is_gone = image.is_plain_installer() && version >= FACTORY_ONLY;
    is_gone.then(|| {
        let message = format!(
            "`{}` is not published from Talos 1.14 on, so the installation of {version} finds no image",
            image.name
        );
        (
            message,
            "expected is an installer of the Image Factory: factory.talos.dev/metal-installer/<schematic>:<version>"
                .to_owned(),
        )
    })
}

/// Shared addresses of a cloud, whose interface only machines of its platform can ask.
const CLOUD_ADDRESSES: [(&str, &[&str], &str); 3] = [
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "vip", "hcloud"], "hcloud"),
    ("HCloudVIPConfig", &["apiToken"], "hcloud"),
    (tables::V1ALPHA1, &["machine", "network", "interfaces", "[]", "vip", "equinixMetal"], "equinixMetal"),
];

fn other_platform(context: &Context<'_, '_>, image: Image<'_>) -> Option<(String, String)> {
    let own = image.platform()?;
    let wanted = CLOUD_ADDRESSES.into_iter().find(|(kind, path, _)| !context.find(kind, path).is_empty());
    let (_, _, wanted) = wanted.filter(|(_, _, wanted)| *wanted != own)?;
    let message = format!("the installer is for the platform `{own}`, and the shared address is one of `{wanted}`");
    Some((message, format!("expected is the installer of that platform: `{wanted}-installer`")))
}

fn without_extensions(context: &Context<'_, '_>, image: Image<'_>) -> Option<(String, String)> {
    let asked_for =
        context.find(tables::V1ALPHA1, &["machine", "install", "extensions", "[]"]).into_iter().next();
    let asked_for = asked_for.map(|_| "machine.install.extensions asks for extensions");
    let service = context.documents("ExtensionServiceConfig").next();
    let asked_for = asked_for.or(service.map(|_| "an ExtensionServiceConfig configures an extension"))?;
    image.is_plain_installer().then(|| {
        let message = format!("{asked_for}, and `{}` has none in it", image.name);
        (
            message,
            "expected is an installer of the Image Factory, made of a schematic that names the extensions".to_owned(),
        )
    })
}
