//! Defects planted in configurations that Talos generates: those of the examples of all rules, and those of the cases of
//! Talos's validation, one by one and several at once.

use super::{Layers, corpus, files_below, try_fixes};
use std::fs;
use std::path::{Path, PathBuf};
use talint_analyzer::directives::Role;
use talint_analyzer::finding::Profile;
use talint_analyzer::version::MinorVersion;
use talint_analyzer::{Options, analyze_layered, config, generated, rules};

/// The seed of the configurations: others find others.
const SEED: u64 = 0x7a10_5f1c_5eed;
/// How many configurations are made.
const CONFIGURATIONS: usize = 300;

/// A defect: a patch, or a configuration by itself.
struct Defect {
    name: String,
    text: String,
    /// The versions that it is one in.
    minors: Vec<u8>,
    /// The role of the machines that it is one on, if that is said.
    role: Option<Role>,
}

/// The examples of what rules find.
fn examples() -> impl Iterator<Item = Defect> {
    rules::all().map(|rule| {
        let text = rule.avoid.text.to_owned();
        Defect { name: rule.name.to_owned(), text, minors: vec![rule.avoid.version().minor()], role: None }
    })
}

/// The cases of validation that Talos does not take: `tests/validation/cases`.
fn cases() -> Vec<Defect> {
    let mut defects: Vec<Defect> = Vec::new();
    for file in files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validation/cases")) {
        let mut is_wanted = false;
        for line in fs::read_to_string(&file).unwrap().lines() {
            if let Some(header) = line.strip_prefix("#! ") {
                let words: Vec<&str> = header.split(' ').collect();
                is_wanted = matches!(words[0], "refused" | "warned");
                defects.extend(is_wanted.then(|| of_header(&words)));
            } else if let Some(defect) = defects.last_mut().filter(|_| is_wanted) {
                defect.text.push_str(line);
                defect.text.push('\n');
            }
        }
    }
    defects
}

fn of_header(words: &[&str]) -> Defect {
    let minor = |text: &str| text.strip_prefix("1.").and_then(|minor| minor.parse::<u8>().ok());
    let range = words.iter().find_map(|word| {
        let (first, last) = word.split_once('-').unwrap_or((word, word));
        Some(minor(first)?..=minor(last)?)
    });
    let base = words.iter().position(|word| *word == "over").and_then(|at| words.get(at + 1));
    let role = base.map(|base| if base.ends_with("worker") { Role::Worker } else { Role::ControlPlane });
    let minors = match (range, base) {
        (Some(range), _) => range.collect(),
        // From 1.14 on a generated configuration has documents in the place of fields.
        (None, Some(base)) if base.starts_with("fields-") => (9..=13).collect(),
        (None, _) => (9..=14).collect(),
    };
    Defect { name: words[1].to_owned(), text: String::new(), minors, role }
}

/// The files of the corpus in which rules speak, but for those with patches of their own.
fn corpus_files() -> Vec<Defect> {
    let all = files_below(&corpus().join("rules")).into_iter();
    let fires = all.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("fires")));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).ok().filter(|text| !text.contains("#~ patch"))?;
        let named = text.split("talos=1.").nth(1).and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
        let minors = named.and_then(|minor| minor.parse().ok()).map_or((9..=14).collect(), |minor| vec![minor]);
        Some(Defect { name: path.strip_prefix(corpus()).ok()?.display().to_string(), text, minors, role: None })
    };
    fires.filter_map(read).collect()
}

/// Whether there is a fix for a defect.
fn has_fix(defect: &Defect) -> bool {
    let minor = defect.minors[defect.minors.len() - 1];
    let base = base(minor, defect.role.unwrap_or(Role::ControlPlane));
    let files = vec![("base.yaml".to_owned(), base), ("patch.yaml".to_owned(), defect.text.clone())];
    let layers = Layers { name: String::new(), files, options: options(minor) };
    layers.findings().iter().any(|(file, finding)| *file > 0 && finding.fix.is_some())
}

fn options(minor: u8) -> Options {
    let talos = Some(MinorVersion { major: 1, minor: u16::from(minor) });
    Options { talos, profile: Some(Profile::Strict), ..Options::default() }
}

fn base(minor: u8, role: Role) -> String {
    generated(talint_analyzer::version::TalosVersion::nearest(minor), role).to_owned()
}

/// Layers as one file; `None` when Talos cannot lay them over each other.
fn as_one(layers: &Layers) -> Option<String> {
    let sources = layers.sources();
    let layered = analyze_layered(sources[0], &sources[1..], &layers.options).layered;
    layered.refusals.is_empty().then(|| config::render(&layered.documents))
}

#[test]
fn fixes_of_planted_defects_keep_their_promises() {
    let (mut report, mut tried) = (String::new(), 0);
    for defect in examples() {
        // A machine of the other role is no place for it.
        let is_of = |role: &Role| match role {
            Role::ControlPlane => !defect.text.contains("type: worker"),
            Role::Worker => !defect.text.contains("type: controlplane"),
        };
        for role in [Role::ControlPlane, Role::Worker].into_iter().filter(is_of) {
            let minor = defect.minors[0];
            let files =
                vec![("base.yaml".to_owned(), base(minor, role)), ("patch.yaml".to_owned(), defect.text.clone())];
            let name = format!("{} over a {role:?}", defect.name);
            let layers = Layers { name, files, options: options(minor) };
            tried += try_fixes(&layers, &mut report);
            if let Some(text) = as_one(&layers) {
                let name = format!("{}, as one file", layers.name);
                let files = vec![("whole.yaml".to_owned(), text)];
                tried += try_fixes(&Layers { name, files, ..layers }, &mut report);
            }
        }
    }
    println!("{tried} fixes");
    assert!(report.is_empty(), "\n{report}");
    assert!(tried > 100, "only {tried} fixes were tried");
}

#[test]
fn fixes_of_what_validation_finds_keep_their_promises() {
    let (mut report, mut tried) = (String::new(), 0);
    for defect in cases() {
        let minor = defect.minors[defect.minors.len() - 1];
        let name = format!("{} in 1.{minor}", defect.name);
        let of_base = defect.role.map(|role| ("base.yaml".to_owned(), base(minor, role)));
        let files = of_base.into_iter().chain([("patch.yaml".to_owned(), defect.text.clone())]).collect();
        // The base by itself is tried elsewhere.
        let options = Options { select: ["talos/", "install/"].map(str::to_owned).to_vec(), ..options(minor) };
        tried += try_fixes(&Layers { name, files, options }, &mut report);
    }
    println!("{tried} fixes");
    assert!(report.is_empty(), "\n{report}");
    assert!(tried > 40, "only {tried} fixes were tried");
}

/// Numbers that look like chance, the same ones for the same seed: xorshift64*.
struct Random(u64);

impl Random {
    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(bits).unwrap() % limit
    }

    /// One of some defects: the same one when others are added, unless it is one of those.
    fn one_of<'d>(&mut self, defects: &[&'d Defect]) -> &'d Defect {
        let seed = u64::try_from(self.below(1 << 30)).unwrap();
        // FNV-1a.
        let hash = |defect: &Defect| {
            let bytes = defect.name.bytes().chain(defect.text.bytes());
            bytes.fold(0xcbf2_9ce4_8422_2325 ^ seed, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
        };
        defects.iter().min_by_key(|defect| hash(defect)).unwrap()
    }

    /// Whether something happens that does so once in `times`.
    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// A configuration of a version and a role with some defects, in the base or in patches over it.
fn configuration(random: &mut Random, (with_fix, others): (&[Defect], &[Defect]), number: usize) -> Layers {
    let minor = u8::try_from(9 + random.below(6)).unwrap();
    let role = if random.once_in(2) { Role::Worker } else { Role::ControlPlane };
    let fits = |defect: &&Defect| defect.minors.contains(&minor) && defect.role.is_none_or(|wanted| wanted == role);
    let with_fix: Vec<&Defect> = with_fix.iter().filter(fits).collect();
    let others: Vec<&Defect> = others.iter().filter(fits).collect();
    let mut layers = Layers {
        name: format!("{number}: a {role:?} of 1.{minor}"),
        files: vec![("base.yaml".to_owned(), base(minor, role))],
        options: options(minor),
    };
    for at in 0..=random.below(5) {
        let among = if random.once_in(4) { &others } else { &with_fix };
        let defect = random.one_of(among);
        layers.name = format!("{}, {}", layers.name, defect.name);
        let patch = (format!("{at}.patch.yaml"), defect.text.clone());
        if random.once_in(2) {
            layers.files.push(patch);
            continue;
        }
        let (name, text) = layers.files[0].clone();
        let (files, name_of_both) = (vec![(name, text), patch], layers.name.clone());
        let both = Layers { name: name_of_both, files, options: layers.options.clone() };
        match as_one(&both) {
            Some(text) => layers.files[0].1 = text,
            None => layers.files.extend(both.files.into_iter().skip(1)),
        }
    }
    if random.once_in(6) {
        for (_, text) in &mut layers.files {
            *text = text.replace('\n', "\r\n");
        }
    }
    if random.once_in(3) {
        for (_, text) in &mut layers.files {
            *text = commented(random, text);
        }
    }
    layers
}

/// A text with a comment behind some of its keys.
fn commented(random: &mut Random, text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let content = line.trim_end();
        let is_key = content.ends_with(':') && !content.contains(['#', '"', '\'', '|', '>']);
        if is_key && random.once_in(4) { format!("{content} # why{}", &line[content.len()..]) } else { line.to_owned() }
    });
    lines.collect()
}

#[test]
fn fixes_of_several_defects_at_once_keep_their_promises() {
    let all = examples().chain(cases()).chain(corpus_files());
    // Those without a fix are there to be in the way.
    let (with_fix, others): (Vec<Defect>, Vec<Defect>) = all.partition(has_fix);
    println!("{} defects with a fix, {} without one", with_fix.len(), others.len());
    let (mut report, mut tried) = (String::new(), 0);
    let mut random = Random(SEED);
    for number in 0..CONFIGURATIONS {
        tried += try_fixes(&configuration(&mut random, (&with_fix, &others), number), &mut report);
    }
    println!("{tried} fixes");
    assert!(report.is_empty(), "\n{report}");
    assert!(tried > 100, "only {tried} fixes were tried");
}
