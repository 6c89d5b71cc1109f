//! Texts that nobody writes by hand: each is answered, with findings or without, and soon.

use std::fmt::Write as _;
use std::time::{Duration, Instant};
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{Analysis, Options, Source, analyze, analyze_layered, layered_settings};

/// A generous bound for one text, in a build without optimisation: what is not linear takes minutes or for ever.
const SOON: Duration = Duration::from_secs(60);

fn ask(name: &str, bytes: &[u8]) -> Analysis {
    let start = Instant::now();
    let analysis = analyze("controlplane.yaml", bytes, &Options::default());
    let took = start.elapsed();
    assert!(took < SOON, "{name} took {took:?}");
    for finding in &analysis.findings {
        let (start, end) = (finding.span.start as usize, finding.span.end as usize);
        assert!(start <= end && end <= bytes.len(), "{name}: {} is outside of the text", finding.rule);
    }
    analysis
}

/// Asks about a text below `machine:` and says which rules of YAML speak.
fn rules(name: &str, below: &str) -> Vec<String> {
    let text = format!("version: v1alpha1\nmachine:\n  token: a\n{below}");
    let analysis = ask(name, text.as_bytes());
    assert!(analysis.documents > 0, "{name}");
    let mut rules: Vec<_> = analysis.findings.into_iter().map(|finding| finding.rule.into_owned()).collect();
    rules.retain(|rule| rule.starts_with("yaml/") || rule.starts_with("schema/"));
    rules.dedup();
    rules
}

fn repeat(part: &str, count: usize) -> String {
    part.repeat(count)
}

#[test]
fn nesting_has_a_limit() {
    for (name, part) in [("lists", "["), ("mappings", "{a: "), ("entries", "- "), ("keys", "? "), ("mixed", "[{a: ")] {
        let text = format!("  x: {}", repeat(part, 100_000));
        assert!(!rules(name, &text).is_empty(), "{name}");
        let text = format!("  x:\n    {}", repeat(part, 100_000));
        assert!(!rules(name, &text).is_empty(), "{name}");
        ask(name, repeat(part, 100_000).as_bytes());
    }
    let closed = format!("  x: {}{}\n", repeat("[", 100_000), repeat("]", 100_000));
    assert!(rules("closed lists", &closed).iter().any(|rule| rule == "yaml/limits"));
}

#[test]
fn indentation_has_a_limit() {
    let mut text = String::new();
    for depth in 1..5_000 {
        let _ = writeln!(text, "{}a:", " ".repeat(depth + 1));
    }
    assert!(rules("indentation", &text).iter().any(|rule| rule == "yaml/limits"));
}

#[test]
fn settings_are_listed_soon() {
    let list = |name: &str, below: &str| {
        let text = format!("version: v1alpha1\nmachine:\n  type: controlplane\n  token: a\n{below}");
        let base = Source::file("controlplane.yaml", text.as_bytes());
        let start = Instant::now();
        let analysis = analyze_layered(base, &[], &Options::default());
        let settings = layered_settings(base, &[], &Options::default(), &analysis.layered);
        let took = start.elapsed();
        assert!(took < SOON && settings.len() > 100, "{name} took {took:?} for {} settings", settings.len());
    };
    let mut bomb = "  kubelet:\n    extraConfig:\n      a0: &a0 {x: [x, x, x, x, x, x, x, x, x, x]}\n".to_owned();
    for level in 1..20 {
        let of = level - 1;
        let _ = writeln!(bomb, "      a{level}: &a{level} {{a: *a{of}, b: *a{of}, c: [*a{of}, *a{of}]}}");
    }
    list("alias bomb", &bomb);
    let plugins: Vec<String> = (0..50_000).map(|number| format!("P{number}")).collect();
    let plugins = plugins.join(",");
    let given = format!("cluster:\n  apiServer:\n    extraArgs:\n      enable-admission-plugins: \"{plugins}\"\n");
    list("a long list", &given);
    let mut many = "cluster:\n  etcd:\n    extraArgs:\n".to_owned();
    for number in 0..20_000 {
        let _ = writeln!(many, "      a{number}: b");
    }
    list("many arguments", &many);
}

#[test]
fn aliases_are_not_expanded() {
    let mut bomb = "  baseRuntimeSpecOverrides:\n    a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..200 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(bomb, "    a{level}: &a{level} [{below}]");
    }
    assert_eq!(rules("alias bomb", &bomb), Vec::<&str>::new());
    // The same in a place where the decoder knows the shapes, so that aliases are followed.
    let mut text = "  kubelet: {extraMounts: &a0 [&m {options: [x]}, *m]}\n  pods: &p0 [{a: b}]\n".to_owned();
    text.push_str("  sysctls: &s {a: b}\n  sysfs: *s\n  env: *s\n  nodeLabels: *s\n");
    assert_eq!(rules("aliases of known shapes", &text), Vec::<&str>::new());
    let mut merges = "  baseRuntimeSpecOverrides:\n    m0: &m0 {a: b}\n".to_owned();
    for level in 1..2_000 {
        let _ = writeln!(merges, "    m{level}: &m{level} {{<<: [*m{}, *m{}]}}", level - 1, level - 1);
    }
    ask("merges", format!("version: v1alpha1\nmachine:\n{merges}").as_bytes());
    // Many aliases of one anchor, and many anchors.
    let many = format!("  certSANs: [&a b{}]\n", repeat(", *a", 100_000));
    assert_eq!(rules("many aliases", &many), Vec::<&str>::new());
    let mut anchors = "  certSANs:\n".to_owned();
    for number in 0..50_000 {
        let _ = write!(anchors, "  - &a{number} b\n  - *a{number}\n");
    }
    assert_eq!(rules("many anchors", &anchors), Vec::<&str>::new());
}

#[test]
fn an_alias_inside_of_what_it_stands_for_has_no_end() {
    for text in [
        "  kubelet: &a {extraConfig: *a}\n",
        "  baseRuntimeSpecOverrides: &a {x: *a}\n",
        "  baseRuntimeSpecOverrides: {x: &a [b, {c: [*a]}]}\n",
        "  network: &n {interfaces: &i [{bridge: *n}, *i]}\n",
    ] {
        assert!(rules("cycle", text).iter().any(|rule| rule == "yaml/limits"), "{text}");
    }
    ask("cycle at the root", b"&a\nmachine: *a\n");
    ask("cycle as a key", b"machine: {baseRuntimeSpecOverrides: {x: &a {*a : b}}}\n");
    ask("cycle of merges", b"machine: {baseRuntimeSpecOverrides: &a {<<: *a}}\n");
}

#[test]
fn merges_of_aliases_end_where_the_decoder_follows_them() {
    let talos = |minor| Options { talos: Some(MinorVersion { major: 1, minor }), ..Options::default() };
    let mut bomb = "machine:\n  baseRuntimeSpecOverrides:\n    m0: &m0 {vm.swappiness: \"1\"}\n".to_owned();
    for level in 1..60 {
        let _ = writeln!(bomb, "    m{level}: &m{level} {{<<: *m{}, <<: *m{}}}", level - 1, level - 1);
    }
    bomb.push_str("  sysctls:\n    <<: *m59\n");
    for minor in 9..=14 {
        // What stands inside of itself is refused by every version.
        let cycle = b"machine:\n  sysctls: &a\n    vm.swappiness: \"1\"\n    <<: *a\n";
        let findings = analyze("controlplane.yaml", cycle, &talos(minor)).findings;
        let expected = if minor < 14 { "yaml/limits" } else { "schema/unknown-field" };
        assert!(findings.iter().any(|finding| finding.rule == expected), "Talos 1.{minor}: {findings:?}");
        let start = Instant::now();
        let _ = analyze("controlplane.yaml", bomb.as_bytes(), &talos(minor));
        assert!(start.elapsed() < SOON, "Talos 1.{minor}: merges of merges");
    }
}

#[test]
fn long_scalars_are_read_once() {
    let long = repeat("a", 10 * 1024 * 1024);
    for (name, text) in [
        ("plain", format!("  hostname: {long}\n")),
        ("quoted", format!("  hostname: \"{long}\"\n")),
        ("words", format!("  hostname: {}\n", repeat("a ", 5 * 1024 * 1024))),
        ("literal", format!("  hostname: |\n    {long}\n")),
        ("folded lines", format!("  hostname: >\n{}", repeat("    a\n", 1024 * 1024))),
        ("escapes", format!("  hostname: \"{}\"\n", repeat("\\n", 5 * 1024 * 1024))),
        ("comment", format!("  # {long}\n")),
        ("comments", repeat("# a\n", 500_000)),
        ("tabs", format!("  hostname: \"{}\"\n", repeat("a\t", 1024 * 1024))),
        ("tabs in brackets", format!("  certSANs: [\n{}  ]\n", repeat("\t\ta,\n", 200_000))),
        ("blank lines", repeat("\n", 5 * 1024 * 1024)),
        ("spaces", format!("  hostname: a{}\n", repeat(" ", 10 * 1024 * 1024))),
    ] {
        rules(name, &text);
    }
    for (name, text) in [
        ("unterminated double quotes", format!("  hostname: \"{long}")),
        ("unterminated single quotes", format!("  hostname: '{long}")),
        ("unterminated quotes over lines", format!("  hostname: \"{}", repeat("a\n", 1024 * 1024))),
        ("unterminated list", format!("  certSANs: [{}", repeat("a, ", 200_000))),
    ] {
        assert!(rules(name, &text).iter().any(|rule| rule == "yaml/syntax"), "{name}");
    }
}

#[test]
fn odd_bytes_are_told_or_read() {
    for (name, text, wanted) in [
        ("NUL", "  hostname: a\0b\n", "yaml/syntax"),
        ("byte order mark in a later document", "---\n\u{feff}machine: {token: b}\n", "yaml/syntax"),
        ("tab as indentation", "\thostname: a\n", "yaml/syntax"),
        ("half of a character", "  hostname: \"\\ud800\"\n", "yaml/syntax"),
        ("character in halves", "  hostname: \"\\ud83d\\ude00\"\n", "yaml/syntax"),
        ("escape cut off", "  hostname: \"\\u12", "yaml/syntax"),
        ("backslash at the end", "  hostname: \"\\", "yaml/syntax"),
        ("same key twice", "  token: b\n", "yaml/duplicate-key"),
        ("alias without anchor", "  hostname: *a\n", "yaml/syntax"),
        ("alias as a key", "  ca: &a {}\n  *a : b\n", "schema/unknown-field"),
        ("long key", &format!("  {}: a\n", repeat("k", 2_000)), "yaml/syntax"),
        ("key over lines", "  \"host\n  name\": a\n", "yaml/syntax"),
        ("tag without end", "  hostname: !<a", "yaml/syntax"),
        ("directive", "...\n%YAML 1.2\n---\nmachine: {token: b}\n", "yaml/syntax"),
    ] {
        assert!(rules(name, text).iter().any(|rule| rule == wanted), "{name}: {:?}", rules(name, text));
    }
    for (name, text) in [("line feeds", "\n"), ("carriage returns with line feeds", "\r\n"), ("carriage returns", "\r")]
    {
        let text = "version: v1alpha1\nmachine:\n  token: a\n  network: {}\n".replace('\n', text);
        let analysis = ask(name, text.as_bytes());
        assert_eq!(analysis.documents, 1, "{name}");
        let syntax = analysis.findings.iter().find(|finding| finding.rule.starts_with("yaml/"));
        assert_eq!(syntax, None, "{name}");
    }
    let marked = ask("byte order mark", "\u{feff}version: v1alpha1\nmachine:\n  token: a\n".as_bytes());
    assert_eq!(marked.documents, 1);
    let broken = ask("bytes that are no text", b"machine:\n  token: a\n  network: {hostname: \xff\xfe\x80}\n");
    assert!(broken.findings.iter().any(|finding| finding.rule == "yaml/syntax"));
}

#[test]
fn texts_without_content_give_nothing() {
    for text in [
        "", " ", "\n", "\t", "---", "...", "\u{feff}", "#", "%", "\0", "--- ---", "&a", "*a", "!", "|", "?", ":", "-",
        "<<",
    ] {
        let analysis = ask(text, text.as_bytes());
        assert!(analysis.findings.is_empty(), "{text:?}: {:?}", analysis.findings);
    }
}

#[test]
fn many_keys_are_compared_through_a_table() {
    let mut keys = "  sysctls:\n".to_owned();
    for number in 0..200_000 {
        let _ = writeln!(keys, "    net.key{number}: \"1\"");
    }
    assert_eq!(rules("many keys", &keys), Vec::<&str>::new());
    let unknown = keys.replace("  sysctls:\n", "  network:\n");
    assert!(rules("many unknown keys", &unknown).iter().any(|rule| rule == "schema/unknown-field"));
    let twice = format!("  sysctls:\n{}", repeat("    a: \"1\"\n", 20_000));
    assert!(rules("one key many times", &twice).iter().any(|rule| rule == "yaml/duplicate-key"));
    let mut items = "  certSANs:\n".to_owned();
    items.push_str(&repeat("  - [a]\n", 50_000));
    assert!(rules("many wrong items", &items).iter().any(|rule| rule == "schema/wrong-type"));
    let documents = repeat("apiVersion: v1alpha1\nkind: KmsgLogConfig\nname: a\n---\n", 2_000);
    let analysis = ask("one document many times", documents.as_bytes());
    assert!(
        analysis.findings.iter().any(|finding| finding.rule.ends_with("-document") || finding.rule.ends_with("twice"))
    );
    let broken = repeat("machine: [\n", 5_000);
    ask("many broken lines", broken.as_bytes());
    let broken = repeat("---\nmachine: @a\n", 5_000);
    ask("many broken documents", broken.as_bytes());
}
