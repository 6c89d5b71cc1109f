//! Values for what fields take: good ones, bad ones, and odd ones whose verdict only Talos knows.

/// Scalars that are something else than they look like, somewhere.
pub(super) const ODD: &[&str] = &[
    "014",
    "0o14",
    "0b101",
    "0x1F",
    "1_000",
    "1e3",
    "1.0",
    "1.5",
    "-1",
    "+1",
    "0",
    "00",
    "-0",
    ".5",
    ".inf",
    ".nan",
    "08",
    "2001-01-01",
    "2001-12-14T21:59:43Z",
    "12:30:45",
    "yes",
    "No",
    "on",
    "off",
    "y",
    "true",
    "True",
    "tRUE",
    "false",
    "null",
    "~",
    "Null",
    "nULL",
    "\"\"",
    "''",
    "\"1\"",
    "'true'",
    "\"null\"",
    "!!str 1",
    "!!int \"1\"",
    "!!int a",
    "!!bool yes",
    "!!binary YQ==",
    "!!null ''",
    "!!float 1",
    "!local a",
    "! 1",
    "\"a\\nb\"",
    "\" a \"",
    "a b",
    "a#b",
    "a:b",
    "@a",
    "`a",
    "%a",
    "=",
    "<<",
    "héllo",
    "\"\\u00e9\"",
    "65536",
    "4294967296",
    "18446744073709551616",
    "255",
    "256",
    "{}",
    "[]",
    "[a]",
    "{a: b}",
    "[[a]]",
    "[{}]",
    "[null]",
    "{a: null}",
    "{a: [b]}",
    "|\n    a",
    ">-\n    1",
    "a, b",
    "*a",
    "&a b",
];

/// Values that a format takes in every version.
pub(super) fn good(format: &str) -> &'static [&'static str] {
    match format {
        "string" | "cel" | "any" => {
            &["a", "eth0", "\"quoted\"", "'it''s'", "1", "true", "a b", "v1.2.3", "/dev/sda", "\"\""]
        }
        "bool" => &["true", "false", "True", "FALSE", "yes", "off"],
        "int" | "uint" | "uint16" | "uint32" | "uint64" | "int32" => &["0", "1", "100", "1500", "0x1F", "0o17"],
        "uint8" => &["0", "1", "255", "0x10"],
        "int8" => &["0", "-1", "127"],
        "filemode" => &["0o644", "0644", "420", "0x1a4"],
        "duration" => &["1s", "1h30m", "500ms", "-1s", "0s", "\"0\"", "1.5h", "168h0m0s"],
        "url" => {
            &["https://192.0.2.10:6443", "https://a", "http://a/b?c#d", "udp://[::1]:514", "\"\"", "a/b", "mailto:a"]
        }
        "ip" => &["192.0.2.1", "\"2001:db8::1\"", "2001:db8::1", "fe80::1%eth0", "\"\""],
        "prefix" => &["192.0.2.0/24", "192.0.2.1/24", "2001:db8::/32", "0.0.0.0/0", "\"\""],
        "ip-port" => &["192.0.2.1:51820", "\"[2001:db8::1]:51820\"", "\"\""],
        "hwaddr" => &["aa:bb:cc:00:11:22", "AA:BB:CC:00:11:22", "aabbcc001122"],
        "port-range" => &["80", "8000-8080", "1-65535"],
        "bytesize" => &["10GiB", "1.5GB", "100", "1 MiB", "1,000", "\"\""],
        "bytesize-or-percent" => &["10GiB", "50%", "100%", "5.5%", "0"],
        "disk-size" => &["10GB", "1.5GiB", "100", "1 MB"],
        "disk-size-match" => &["'>= 100GB'", "<= 1TB", "1GB", "== 10GiB", "\"<1GB\""],
        "base64" | "base64-key" => &["YQ==", "YWJj", "\"\"", "\"YQ==\\n\""],
        "arg" => &["a", "1", "true", "\"\""],
        _ => &[],
    }
}

/// Values that a format refuses in some version at least.
pub(super) fn bad(format: &str) -> &'static [&'static str] {
    match format {
        "string" | "cel" => &["[a]", "{a: b}", "[]", "{}"],
        "bool" => &["1", "0", "ja", "\"true\"", "[true]", "{}", "tRUE", "y", "Yes", "a"],
        "int" | "uint" | "uint64" => {
            &["a", "\"1\"", "1.5", "-1", "true", "99999999999999999999", "[1]", "{}", "1 000", "2001-01-01"]
        }
        "uint8" => &["256", "-1", "a", "1.5", "\"1\""],
        "uint16" => &["65536", "-1", "a", "1.5", "\"1\""],
        "uint32" => &["4294967296", "-1", "a", "1.5", "\"1\""],
        "int8" => &["128", "-129", "a"],
        "int32" => &["2147483648", "a", "1.5"],
        "filemode" => &["rw-r--r--", "\"0644\"", "-1", "u=rw", "08", "1.5"],
        "duration" => &["1", "10", "1d", "1 s", "\"\"", "s", "1h1", "0", "1.0", "1S", "true", "[]"],
        "url" => &["://a", "http://a b/", "http://[::1", "http://a:b", "%zz", "a:b:c", "\":a\"", "[a]"],
        "ip" => &["192.0.2", "192.0.2.256", "192.0.2.01", "a", "192.0.2.1/24", "\"::1::\"", "{}", "1"],
        "prefix" => &["192.0.2.0", "192.0.2.0/33", "192.0.2.0/024", "a/8", "\"::/129\"", "fe80::1%a/64", "{}"],
        "ip-port" => &["192.0.2.1", "192.0.2.1:65536", "a:1", "2001:db8::1:1", "192.0.2.1:", "{}"],
        "hwaddr" => &["aa:bb:cc:00:11:2", "aa-bb-cc-00-11-22", "zz:bb:cc:00:11:22", "[1, 2]", "a"],
        "port-range" => &["65536", "-1", "a", "80-", "1-65536", "\"80\"", "1.5", "80-90-100"],
        "bytesize" | "bytesize-or-percent" => {
            &["10XB", "GiB", "-1GiB", "1e3", "{}", "101%", "a%", "NaN%", "16EiB", "+1GiB"]
        }
        "disk-size" => &["10XB", "GB", "-1GB", "\"\"", "{}", "a"],
        "disk-size-match" => &["!= 1GB", "'=> 1GB'", "'>='", "a", "\"\"", "[a]", "{}"],
        "base64" | "base64-key" => &["a", "YQ", "Y-Q_", "'******'", "[a]", "YQ== YQ=="],
        "arg" => &["[a, b]", "[]", "[[a]]", "{a: b}", "[1, null]", "null"],
        _ => &[],
    }
}

/// Text that makes a line something else, or no YAML.
pub(super) const SYNTAX: &[&str] = &[
    "'", "\"", "[", "]", "{", "}", "{{", "- ", ": ", ":", "@", "`", "%", "*", "&", "!", "|", ">", "#", " #", ",", "?",
    "? ", "\t", "\\", "...", "---", "--- ", "\u{7}", "\u{0}", "\u{85}", "\u{2028}", "\u{feff}", "\u{a0}", "😀", "- - ",
    "a: b: c",
];
