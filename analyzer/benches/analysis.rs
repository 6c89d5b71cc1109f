//! What an analysis costs beside the bare YAML event scan of the same bytes, in one run.
//!
//! The two are measured in turns, so that what else the machine does falls on both, and their medians are compared. The
//! ratio is what counts: the times themselves say more about the machine.

#![allow(clippy::print_stdout, clippy::panic, reason = "it prints its figures, and stops where it cannot go on")]

mod measure;

use measure::repository::commented;
use measure::{median, scan, time};
use std::hint::black_box;
use std::path::Path;
use talint_analyzer::{Options, analyze};

/// The most that an analysis may cost, in event scans of the same bytes.
const WANTED: f64 = 2.0;

fn main() {
    // `cargo test --benches` runs this too, and then only wants to see that it runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { 301 } else { 3 };
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus/generated");
    println!("{:34} {:>9} {:>12} {:>12} {:>7}", "source", "bytes", "event scan", "analysis", "ratio");
    for version in ["talos-1.9", "talos-1.12", "talos-1.14"] {
        let path = corpus.join(version).join("controlplane.yaml");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        compare(&format!("{version}/controlplane.yaml"), &[commented(&text)], rounds);
        compare(&format!("{version}/controlplane.yaml, bare"), &[text], rounds);
    }
    let path = corpus.join("talos-1.14/controlplane.yaml");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let thousand: Vec<String> =
        (0..1000).map(|number| text.replace("cluster.local", &format!("c{number}.local"))).collect();
    compare("1,000 control-plane configurations", &thousand, rounds / 60 + 1);
}

fn compare(name: &str, texts: &[String], rounds: usize) {
    let bytes: usize = texts.iter().map(String::len).sum();
    let options = Options::default();
    let (mut scans, mut analyses) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        scans.push(time(|| texts.iter().for_each(|text| scan(text))));
        analyses.push(time(|| {
            for text in texts {
                black_box(analyze("controlplane.yaml", black_box(text.as_bytes()), &options));
            }
        }));
    }
    let (bare, whole) = (median(scans), median(analyses));
    let ratio = whole.as_secs_f64() / bare.as_secs_f64();
    let verdict = if ratio <= WANTED { "" } else { "  more than wanted" };
    println!("{name:34} {bytes:9} {bare:>12.1?} {whole:>12.1?} {ratio:7.2}{verdict}");
}
