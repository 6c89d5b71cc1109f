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

/// Values of a field that load, near to where validation draws its lines; by the field's name first, then by its
/// format. Empty when there are none of their own.
pub(super) fn near(key: &str, format: &str) -> &'static [&'static str] {
    if format == "string" {
        return match key {
            "name" => &[
                "\"\"",
                "eth0",
                "eth0.100",
                "local",
                "data_1",
                "STATE",
                "EPHEMERAL",
                "IMAGECACHE",
                "ETCD",
                "LOG",
                "a b",
                "10.0.0.7",
                "10.0.0.0/24",
                "\"100\"",
                "docker.io",
                "net%d",
                "Data",
                "flannel",
                "custom",
                "none",
                ".",
                "a/b",
                "a-name-that-is-longer-than-all-that-may-have-a-name-in-any-of-the-kinds-of-documents",
                "resolv.conf",
                "node",
                "cri/conf.d/x",
                "default",
                "a-name-that-is-thirty-eight-long-for-it",
            ],
            "interface" | "link" | "parent" | "vrf" => &["eth0", "eth1", "bond0", "\"\""],
            "interfaces" | "links" => &["eth0", "eth1", "eth7"],
            "network"
            | "source"
            | "gateway"
            | "ip"
            | "cidr"
            | "addresses"
            | "allowedIPs"
            | "validSubnets"
            | "advertisedSubnets"
            | "listenSubnets"
            | "subnet"
            | "endpoints"
            | "excludeAdvertisedNetworks"
            | "podSubnets"
            | "serviceSubnets" => &[
                "10.0.0.1",
                "10.0.0.0/8",
                "\"!10.0.0.0/8\"",
                "\"fd00::1\"",
                "\"fd00::/64\"",
                "10.0.0.256",
                "10.0.0.1/33",
                "\"\"",
                "a",
                "\"::\"",
                "\"!\"",
                "010.0.0.1",
                "10.0.0.1/24",
            ],
            "endpoint" => &[
                "192.0.2.1:51820",
                "192.0.2.1",
                "\"[fd00::1]:80\"",
                "\":80\"",
                "host:port",
                "\"\"",
                "https://192.0.2.1",
                "\"a:b:c\"",
                "https://discovery.example.org/path",
            ],
            "urls" | "manifests" | "extraManifests" => {
                &["https://example.org/a.yaml", "\"\"", "a", "http://a", "\"://\"", "ftp://a"]
            }
            "mode" => &[
                "802.3ad",
                "active-backup",
                "balance-rr",
                "balance-xor",
                "broadcast",
                "balance-tlb",
                "balance-alb",
                "0",
                "host",
                "none",
                "nftables",
                "iptables",
                "ipvs",
                "\"\"",
                "bridge",
            ],
            "lacpRate" => &["fast", "slow", "\"\"", "faster"],
            "xmitHashPolicy" => &["layer2", "layer3+4", "layer2+3", "vlan+srcmac", "layer7", "\"\""],
            "arpValidate" => &["none", "active", "all", "filter", "\"\"", "some"],
            "arpAllTargets" => &["any", "all", "none", "\"\""],
            "primaryReselect" => &["always", "better", "failure", "never", "\"\""],
            "failOverMac" => &["none", "active", "follow", "all", "\"\""],
            "adSelect" => &["stable", "bandwidth", "count", "1", "\"\""],
            "type" => &[
                "worker",
                "controlplane",
                "init",
                "join",
                "\"\"",
                "ssd",
                "nvme",
                "sd",
                "RBAC",
                "Node",
                "Webhook",
                "rbac",
                "xfs",
            ],
            "format" => &["json_lines", "json", "\"\""],
            "nodeAddressSortAlgorithm" => &["v1", "v2", "v3", "\"\""],
            "allowedRoles" => {
                &["os:admin", "os:reader", "os:operator", "os:etcd:backup", "os:impersonator", "admin", "\"\""]
            }
            "dnsDomain" => &["cluster.local", "\"\"", "a_b", "A.b", "-a", "a..b", "a."],
            "privateKey" | "publicKey" | "presharedKey" => &[
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd",
                "a",
                "\"\"",
            ],
            "image" => &[
                "ghcr.io/siderolabs/installer:v1.9.0",
                "\"\"",
                "nginx",
                "A/b:c",
                "a@b",
                "ghcr.io/a/b:1/c",
                "a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "\"*\"",
                "ghcr.io/*",
            ],
            "nodeLabels" | "nodeAnnotations" | "nodeTaints" | "labels" | "annotations" | "taints" => &[
                "a",
                "\"\"",
                "NoSchedule",
                "\"a:NoExecute\"",
                "\"a:b\"",
                "a b",
                "\":NoSchedule\"",
                "-a",
                "a_b.c",
                "PreferNoSchedule",
            ],
            "capabilities" | "add" | "drop" => &["ALL", "NET_ADMIN", "CAP_NET_ADMIN", "net_admin", "\"\"", "NET-ADMIN"],
            "options" => &["ro", "rw", "noexec", "rbind", "rshared", "bind", "\"\""],
            "networks" => &["addresses", "connectivity", "hostname", "etcfiles", "dns"],
            "containers" => &["agent", "sidecar", "nobody", "\"\""],
            "environment" => &["A=b", "A", "=b", "A=", "\"\""],
            "cpu" => &["500m", "1", "0m", "m", "1.5m", "-1m"],
            "memory" | "size" => &["64MiB", "64Mi", "1", "a", "\"\""],
            "destination" | "paths" | "mountPath" | "mountpoint" => &["/data", "data", "\"\"", "/tmp"],
            "profile" => &["restricted", "privileged", "\"\"", "baseline"],
            "clusterSecret" | "secret" | "clusterID" | "id" => {
                &["o6Qwh7EuFamjZTjKZylAOJacttcSqiPfAWjarTeqSqQ=", "YQ==", "\"\"", "a b"]
            }
            "hostname" => &[
                "node",
                "node.example.org",
                "\"\"",
                ".example.org",
                "a b",
                "a-label-that-is-longer-than-the-sixty-three-letters-a-label-may-have.org",
            ],
            "device" => &["/dev/watchdog0", "/dev/sdb", "\"\""],
            "disk" => &["/dev/sda", "\"\""],
            "ca" | "cert" | "key" | "certificate" | "certificates" | "acceptedCAs" => &["a", "\"\""],
            "subject" | "subjectRegex" | "issuer" | "tag" | "volumeGroup" | "backendType" | "username"
            | "identityToken" | "auth" | "apiToken" | "tlsServerName" | "content" => &["a", "\"\""],
            _ => &["a", "\"\"", "1", "a b"],
        };
    }
    match format {
        "int" | "int32" => &["0", "1", "-1", "100", "101", "1279", "1280", "7445", "65535", "65536", "24", "33"],
        "uint" | "uint64" | "uint32" => &["0", "1", "2", "100", "200", "250", "1279", "1280", "65000"],
        "uint16" => &["0", "1", "100", "4094", "4095", "65535"],
        "uint8" => &["0", "1", "2", "255"],
        "duration" => &["0s", "1ms", "-1s", "9s", "10s", "1m", "24h"],
        "url" => &[
            "https://example.org",
            "http://example.org/a",
            "udp://192.0.2.1:514",
            "tcp://192.0.2.1",
            "grpc://a:1",
            "\"\"",
            "a/b",
            "https:///a",
            "https://192.0.2.1:6443/",
            "ftp://a",
            "https://",
            "\"//a\"",
            "https://a_b:99999",
        ],
        "ip" => &["10.0.0.1", "\"fd00::1\"", "0.0.0.0", "\"::\"", "\"\""],
        "prefix" => &[
            "10.0.0.0/8",
            "10.0.0.1/24",
            "0.0.0.0/0",
            "\"::/0\"",
            "\"fd00::/64\"",
            "\"\"",
            "10.244.0.0/16",
            "10.96.0.0/30",
            "10.10.0.0/15",
            "10.96.0.0/31",
            "\"fd00::/108\"",
            "10.244.0.0/25",
            "10.0.0.0/7",
        ],
        "bytesize" => &["1GiB", "100GiB", "0", "\"\"", "100"],
        "bytesize-or-percent" => &["1GiB", "100GiB", "0", "\"\"", "10%", "100%", "0%"],
        "cel" => &[
            "\"true\"",
            "disk.transport == \"nvme\"",
            "\"1.0\"",
            "\"\"",
            "volume.name == \"a\"",
            "disk.nothing",
            "\"a +\"",
            "system_disk",
            "link.driver == \"a\"",
            "disk.size",
        ],
        "port-range" => &["80", "8000-8080", "8080-8000", "8040-9000", "0", "1-65535"],
        "hwaddr" => &["00:01:00:01:2b:3c", "\"\""],
        "base64" => &["\"\"", "YQ=="],
        _ => &[],
    }
}

/// Text that makes a line something else, or no YAML.
pub(super) const SYNTAX: &[&str] = &[
    "'", "\"", "[", "]", "{", "}", "{{", "- ", ": ", ":", "@", "`", "%", "*", "&", "!", "|", ">", "#", " #", ",", "?",
    "? ", "\t", "\\", "...", "---", "--- ", "\u{7}", "\u{0}", "\u{85}", "\u{2028}", "\u{feff}", "\u{a0}", "😀", "- - ",
    "a: b: c",
];
