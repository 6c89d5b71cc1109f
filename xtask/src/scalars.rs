//! Records in `tests/oracle` how each version decodes values and documents.
//!
//! The verdicts come from the oracles; the questions are the lists in this file.

use std::fmt::Write as _;

use crate::oracle::{self, Question, VERSIONS, write_recorded};

/// What a value is decoded into: a name, a document with `@` where the value goes, and a value that is fine.
///
/// A version whose oracle refuses even that value has no such field.
const TARGETS: &[(&str, &str, &str)] = &[
    ("string", "version: v1alpha1\nmachine:\n  token: @\n", "a"),
    ("bool", "version: v1alpha1\ndebug: @\n", "true"),
    ("int", "version: v1alpha1\nmachine:\n  network:\n    interfaces:\n    - mtu: @\n", "1"),
    ("*int32", "apiVersion: v1alpha1\nkind: BondConfig\nresendIGMP: @\n", "1"),
    (
        "uint8",
        "version: v1alpha1\nmachine:\n  network:\n    interfaces:\n    - bond:\n        allSlavesActive: @\n",
        "1",
    ),
    ("uint16", "version: v1alpha1\nmachine:\n  network:\n    interfaces:\n    - vlans:\n      - vlanId: @\n", "1"),
    (
        "uint32",
        "version: v1alpha1\nmachine:\n  network:\n    interfaces:\n    - dhcpOptions:\n        routeMetric: @\n",
        "1",
    ),
    ("uint64", "version: v1alpha1\nmachine:\n  systemDiskEncryption:\n    state:\n      blockSize: @\n", "1"),
    ("filemode", "version: v1alpha1\nmachine:\n  files:\n  - permissions: @\n", "0o644"),
    ("enum insensitive", "apiVersion: v1alpha1\nkind: NetworkDefaultActionConfig\ningress: @\n", "block"),
    ("enum exact", "apiVersion: v1alpha1\nkind: BondConfig\nfailOverMac: @\n", "none"),
    ("enum of numbers", "apiVersion: v1alpha1\nkind: LinkConfig\nroutes:\n- table: @\n", "main"),
    ("duration", "version: v1alpha1\nmachine:\n  time:\n    bootTimeout: @\n", "1m"),
    ("url", "version: v1alpha1\ncluster:\n  controlPlane:\n    endpoint: @\n", "https://a"),
    ("*url", "apiVersion: v1alpha1\nkind: KmsgLogConfig\nurl: @\n", "udp://a"),
    ("ip", "apiVersion: v1alpha1\nkind: LinkConfig\nroutes:\n- gateway: @\n", "192.0.2.1"),
    ("ip-port", "apiVersion: v1alpha1\nkind: KubeSpanEndpointsConfig\nextraAnnouncedEndpoints:\n- @\n", "192.0.2.1:1"),
    ("prefix", "apiVersion: v1alpha1\nkind: NetworkRuleConfig\ningress:\n- subnet: @\n", "192.0.2.0/24"),
    ("hwaddr", "apiVersion: v1alpha1\nkind: DummyLinkConfig\nhardwareAddr: @\n", "00:00:5e:00:53:01"),
    ("port-range", "apiVersion: v1alpha1\nkind: NetworkRuleConfig\nportSelector:\n  ports:\n  - @\n", "1-2"),
    ("bytesize", "apiVersion: v1alpha1\nkind: VolumeConfig\nprovisioning:\n  minSize: @\n", "1GiB"),
    ("bytesize-or-percent", "apiVersion: v1alpha1\nkind: VolumeConfig\nprovisioning:\n  maxSize: @\n", "1GiB"),
    ("disk-size", "version: v1alpha1\nmachine:\n  disks:\n  - partitions:\n    - size: @\n", "1GB"),
    ("disk-size-match", "version: v1alpha1\nmachine:\n  install:\n    diskSelector:\n      size: @\n", "'>= 1GB'"),
    ("cel", "apiVersion: v1alpha1\nkind: VolumeConfig\nprovisioning:\n  diskSelector:\n    match: @\n", "system_disk"),
    ("base64", "version: v1alpha1\ncluster:\n  ca:\n    crt: @\n", "YQ=="),
    ("base64-key", "version: v1alpha1\ncluster:\n  ca:\n    key: @\n", "YQ=="),
    (
        "base64 bytes",
        "version: v1alpha1\nmachine:\n  registries:\n    config:\n      a:\n        tls:\n          ca: @\n",
        "YQ==",
    ),
    // A map of texts before 1.13.
    ("arg", "version: v1alpha1\ncluster:\n  etcd:\n    extraArgs:\n      a: @\n", "a"),
    ("map<arg>", "version: v1alpha1\ncluster:\n  etcd:\n    extraArgs: @\n", "{}"),
    ("map<string>", "version: v1alpha1\nmachine:\n  sysctls: @\n", "{}"),
    ("map<string> value", "version: v1alpha1\nmachine:\n  sysctls:\n    a: @\n", "a"),
    ("map<string> key", "version: v1alpha1\nmachine:\n  sysctls: {? @ : a}\n", "a"),
    ("list<string>", "version: v1alpha1\nmachine:\n  certSANs: @\n", "[]"),
    ("list<string> item", "version: v1alpha1\nmachine:\n  certSANs:\n  - @\n", "a"),
    ("struct", "version: v1alpha1\nmachine: @\n", "{}"),
    ("*struct", "version: v1alpha1\nmachine:\n  kubelet: @\n", "{}"),
    ("key of a struct", "version: v1alpha1\nmachine: {? @ : null}\n", "token"),
    ("list<struct>", "apiVersion: v1alpha1\nkind: NetworkRuleConfig\ningress: @\n", "[]"),
    ("list<struct> item", "apiVersion: v1alpha1\nkind: NetworkRuleConfig\ningress:\n- @\n", "{}"),
    ("list<*struct> item", "version: v1alpha1\nmachine:\n  network:\n    interfaces:\n    - @\n", "{}"),
    ("map<*struct> value", "version: v1alpha1\nmachine:\n  registries:\n    mirrors:\n      a: @\n", "{}"),
    ("inlineManifests", "version: v1alpha1\ncluster:\n  inlineManifests: @\n", "[]"),
    ("certificate and key", "version: v1alpha1\ncluster:\n  ca: @\n", "{}"),
    ("unstructured", "version: v1alpha1\nmachine:\n  baseRuntimeSpecOverrides: @\n", "{}"),
    ("any", "version: v1alpha1\nmachine:\n  baseRuntimeSpecOverrides:\n    a: @\n", "a"),
    ("key in any", "version: v1alpha1\nmachine:\n  baseRuntimeSpecOverrides:\n    a: {? @ : b}\n", "a"),
    ("list<unstructured> item", "version: v1alpha1\nmachine:\n  pods:\n  - @\n", "{}"),
    ("document", "@\n", "machine: {}"),
];

/// Values that are tried for every target, as YAML writes them.
const VALUES: &[&str] = &[
    // Numbers in every notation, and what only looks like one.
    "0",
    "1",
    "-1",
    "+1",
    "014",
    "0o14",
    "0O14",
    "0b101",
    "0B101",
    "0x1F",
    "0X1f",
    "-0x1F",
    "-0b1",
    "-0o7",
    "-014",
    "1_000",
    "1__0",
    "_1",
    "1_",
    "0x_1",
    "0o_7",
    "1e3",
    "1E3",
    "1e-3",
    "1.0",
    "1.5",
    "-1.0",
    "255.0",
    ".5",
    "-.5",
    "1.",
    "1e400",
    "0x",
    "0b",
    "0o",
    "08",
    "09",
    "00",
    "-0",
    "0x1p4",
    "1,000",
    "190:20:30",
    "12:30:45",
    "127",
    "128",
    "255",
    "256",
    "-128",
    "-129",
    "65535",
    "65536",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "0xFFFFFFFFFFFFFFFF",
    "0x10000000000000000",
    ".inf",
    "-.inf",
    "+.inf",
    ".Inf",
    ".INF",
    ".nan",
    ".NaN",
    "inf",
    "nan",
    "١",
    // Quoted.
    "\"1\"",
    "'1'",
    "\"\"",
    "''",
    "\"true\"",
    "\"null\"",
    "\"multi\\nline\"",
    "\"a\\tb\"",
    "\" 1 \"",
    // Null and booleans.
    "",
    "~",
    "null",
    "Null",
    "NULL",
    "nULL",
    "true",
    "True",
    "TRUE",
    "tRUE",
    "false",
    "False",
    "FALSE",
    "yes",
    "Yes",
    "YES",
    "no",
    "No",
    "NO",
    "on",
    "On",
    "ON",
    "off",
    "Off",
    "OFF",
    "y",
    "Y",
    "n",
    "N",
    // Dates.
    "2001-01-01",
    "2001-1-1",
    "2001-13-01",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43.10 -5",
    "2001-12-14T21:59:43Z",
    // Signs of YAML.
    "=",
    "<<",
    "-",
    "?",
    ":",
    "a b",
    "a # b",
    "a: b",
    "@a",
    "`a",
    "%a",
    "*a",
    "&a x",
    "&a",
    "!a",
    "a",
    "héllo",
    // Tags.
    "!!str 1",
    "!!str",
    "!!str null",
    "!!str true",
    "!!str [a]",
    "!!int \"1\"",
    "!!int 1",
    "!!int 1.0",
    "!!int a",
    "!!int 0x1F",
    "!!int 014",
    "!!int",
    "!!float 1",
    "!!float \"1\"",
    "!!float 1.5",
    "!!float a",
    "!!bool true",
    "!!bool \"true\"",
    "!!bool yes",
    "!!bool \"yes\"",
    "!!bool a",
    "!!null null",
    "!!null ''",
    "!!null a",
    "!!binary aGVsbG8=",
    "!!binary \"YQ==\"",
    "!!binary not-base64",
    "!!binary",
    "!!timestamp 2001-01-01",
    "!!timestamp a",
    "!!merge <<",
    "!!map {}",
    "!!map []",
    "!!seq []",
    "!!seq {}",
    "!!set {a}",
    "!!omap [a: b]",
    "!foo bar",
    "!foo [a]",
    "!foo {a: b}",
    "! 1",
    "! a",
    "!<tag:yaml.org,2002:str> 1",
    "!<tag:yaml.org,2002:int> 1",
    "!<!foo> 1",
    "!!foo 1",
    "!!str a b",
    // Collections.
    "[]",
    "{}",
    "[a]",
    "[1]",
    "[1, 2]",
    "[null]",
    "[~, a]",
    "[[]]",
    "[[a]]",
    "[{}]",
    "[{a: b}]",
    "[true]",
    "{a: b}",
    "{a: 1}",
    "{a: null}",
    "{a: }",
    "{a}",
    "{a: [b]}",
    "{a: {}}",
    "{1: a}",
    "{1.5: a}",
    "{true: a}",
    "{null: a}",
    "{~: a}",
    "{[a]: b}",
    "{{}: b}",
    "{<<: {a: b}}",
    "{a: b, a: c}",
    "{a: b, \"a\": c}",
    "[a, a]",
    "[a,]",
    "[,]",
    "{a: b,}",
    "{,}",
    // Block scalars.
    "|\n                block",
    "|-\n                1",
    ">-\n                1",
    "|\n",
    "|2\n                block",
    "|0\n                block",
    ">\n                a\n                b",
];

/// Values that only matter to a target that reads a scalar.
const NOTATIONS: &[&str] = &[
    "block",
    "BLOCK",
    "Block",
    "\"block\"",
    "none",
    "None",
    "main",
    "MAIN",
    "254",
    "\"254\"",
    "1s",
    "1.5h",
    "1m30s",
    "-1s",
    "+1s",
    "1 s",
    "1d",
    "1S",
    "\"1s\"",
    ".5s",
    "1.s",
    "s",
    "1us",
    "1µs",
    "1μs",
    "1h1",
    "http://a",
    "a b://c",
    "://a",
    "http://[::1",
    "http://::1/",
    "http://a:b",
    "http://a:99999",
    "%zz",
    "http://a/%zz",
    "http://a b/",
    "1:2",
    ":a",
    "a:b",
    "192.0.2.1",
    "192.0.2.01",
    "192.0.2",
    "::1",
    "fe80::1%eth0",
    "::ffff:192.0.2.1",
    "\"::1\"",
    "1.2.3.4.5",
    "192.0.2.1:1",
    "192.0.2.1:0",
    "192.0.2.1:65536",
    "192.0.2.1:",
    "\"[::1]:1\"",
    "\"::1:1\"",
    "\"[fe80::1%a]:1\"",
    "a:1",
    "192.0.2.0/24",
    "192.0.2.1/24",
    "192.0.2.0/33",
    "192.0.2.0/024",
    "192.0.2.0/-1",
    "::/0",
    "::/129",
    "fe80::1%a/64",
    "192.0.2.0",
    "00:00:5e:00:53:01",
    "00-00-5e-00-53-01",
    "0000.5e00.5301",
    "00:00:5e:00:53:1",
    "00:00:5E:00:53:01",
    ":::",
    "0g",
    "00",
    "abc",
    "abcd",
    "1-2",
    "2-1",
    "1-",
    "-1-2",
    "1-65536",
    "1 - 2",
    "01-02",
    "+1-2",
    "a-b",
    "1-2-3",
    "\"1-2\"",
    "1GiB",
    "1 GiB",
    "1gib",
    "1G",
    "1g",
    "1Gi",
    "1GB",
    "1 gb",
    "1.5GB",
    "1,5GB",
    "1,000",
    "-1GiB",
    "+1GiB",
    "- 1",
    "1XB",
    "1YB",
    "16EB",
    "16EiB",
    "20EiB",
    "1e3B",
    "0",
    "GB",
    "1.2.3GB",
    "50%",
    "100%",
    "101%",
    "-5%",
    "-0%",
    "5.5%",
    "%",
    "\"%\"",
    "5%%",
    "5% ",
    "+5%",
    "1e1%",
    "Inf%",
    "NaN%",
    "0x5%",
    ">= 1GB",
    ">=1GB",
    "> 1GB",
    "\">= 1GB\"",
    "\"> 1GB\"",
    "<= 1GB",
    "== 1GB",
    "= 1GB",
    "!= 1GB",
    "'>= 1GB'",
    "'== 1GB'",
    "'= 1GB'",
    "'!= 1GB'",
    "'>=>= 1GB'",
    "'>='",
    "'<1GB'",
    "' 1GB'",
    "YQ==",
    "YQ",
    "YQ=",
    "YQ== ",
    "\"YQ==\\n\"",
    "\"Y Q==\"",
    "YR==",
    "Y-Q_",
    "'******'",
    "******",
    "system_disk",
    "'1 +'",
];

/// Documents as a whole: what they try, and their text. A name with "patch:" before it is asked as a patch.
#[rustfmt::skip]
const DOCUMENTS: &[(&str, &[u8])] = &include!("scalars/documents.in");

/// Records the verdicts.
pub(crate) fn record() -> Result<(), String> {
    let mut questions = Vec::new();
    for (_, template, fine) in TARGETS {
        questions.push(Question { text: template.replace('@', fine).into_bytes(), patch: false });
    }
    let mut pairs: Vec<(usize, &str)> = Vec::new();
    for (target, (_, template, fine)) in TARGETS.iter().enumerate() {
        let scalar = !fine.starts_with(['{', '[']) && *template != "@\n";
        let mut values: Vec<&str> = Vec::new();
        for value in VALUES.iter().chain(NOTATIONS.iter().filter(|_| scalar)) {
            if !values.contains(value) {
                values.push(value);
                pairs.push((target, value));
                questions.push(Question { text: template.replace('@', value).into_bytes(), patch: false });
            }
        }
    }
    for (name, text) in DOCUMENTS {
        questions.push(Question { text: text.to_vec(), patch: name.starts_with("patch:") });
    }

    let mut verdicts: Vec<Vec<bool>> = Vec::new();
    for version in VERSIONS {
        let answers = oracle::ask(version, &questions)?;
        verdicts.push(answers.iter().map(|answer| answer.ok).collect());
    }

    let targets_end = TARGETS.len();
    let values_end = targets_end + pairs.len();
    let columns = VERSIONS.join("\t");

    let mut targets = format!("{HEADER}target\tdocument\tversions_without\n");
    for (index, (target, template, _)) in TARGETS.iter().enumerate() {
        let without: Vec<&str> = VERSIONS
            .iter()
            .zip(&verdicts)
            .filter(|(_, verdicts)| !verdicts[index])
            .map(|(version, _)| *version)
            .collect();
        let _ = writeln!(targets, "{target}\t{}\t{}", escape(template.as_bytes()), without.join(","));
    }
    write_recorded("tests/oracle/targets.tsv", &targets)?;

    let mut scalars = format!("{HEADER}target\tvalue\t{columns}\n");
    for (place, (target, value)) in pairs.iter().enumerate() {
        let cells: Vec<&str> = verdicts
            .iter()
            .map(|verdicts| match (verdicts[*target], verdicts[targets_end + place]) {
                (false, _) => "-",
                (true, true) => "ok",
                (true, false) => "err",
            })
            .collect();
        let _ = writeln!(scalars, "{}\t{}\t{}", TARGETS[*target].0, escape(value.as_bytes()), cells.join("\t"));
    }
    write_recorded("tests/oracle/scalars.tsv", &scalars)?;

    let mut documents = format!("{HEADER}about\tpatch\ttext\t{columns}\n");
    for (place, (name, text)) in DOCUMENTS.iter().enumerate() {
        let cells: Vec<&str> =
            verdicts.iter().map(|verdicts| if verdicts[values_end + place] { "ok" } else { "err" }).collect();
        let (patch, name) = name.strip_prefix("patch:").map_or(("no", *name), |name| ("yes", name.trim_start()));
        let _ = writeln!(documents, "{name}\t{patch}\t{}\t{}", escape(text), cells.join("\t"));
    }
    write_recorded("tests/oracle/documents.tsv", &documents)
}

const HEADER: &str =
    "# Recorded by `cargo xtask oracle`. In the texts \\n, \\t, \\r, \\\\ and \\xNN stand for bytes.\n";

/// Writes bytes as text in one cell.
fn escape(bytes: &[u8]) -> String {
    let mut escaped = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\n' => escaped.push_str("\\n"),
                '\t' => escaped.push_str("\\t"),
                '\r' => escaped.push_str("\\r"),
                '\\' => escaped.push_str("\\\\"),
                // Also what an editor would not show, or would change.
                '\0'..=' ' | '\u{7f}'..='\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{fe00}'..='\u{ffff}'
                    if character != ' ' =>
                {
                    let mut buffer = [0; 4];
                    for byte in character.encode_utf8(&mut buffer).bytes() {
                        let _ = write!(escaped, "\\x{byte:02x}");
                    }
                }
                _ => escaped.push(character),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(escaped, "\\x{byte:02x}");
        }
    }
    // A cell does not begin or end with white space.
    if let Some(rest) = escaped.strip_prefix(' ') {
        escaped = format!("\\x20{rest}");
    }
    if let Some(rest) = escaped.strip_suffix(' ') {
        escaped = format!("{rest}\\x20");
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_no_control_characters() {
        assert_eq!(escape(b" a\tb\\\n\xff\x00 "), "\\x20a\\tb\\\\\\n\\xff\\x00\\x20");
    }
}
