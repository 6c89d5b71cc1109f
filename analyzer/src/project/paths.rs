//! Patterns of paths, as .gitignore has them.

use super::check::has_wildcard;
use globset::{GlobBuilder, GlobMatcher};

/// Patterns of which the last that matches a path decides, a `!` before one taking back what others took.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    list: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    is_negated: bool,
    /// The path itself, and what is below it.
    matchers: [GlobMatcher; 2],
}

impl Patterns {
    /// Adds a pattern.
    ///
    /// # Errors
    /// When it is none, with the reason.
    pub fn add(&mut self, pattern: &str) -> Result<(), String> {
        let (is_negated, glob) = pattern.strip_prefix('!').map_or((false, pattern), |rest| (true, rest));
        let glob = glob.trim_end_matches('/');
        // Without a slash before its end a pattern counts in every folder.
        let glob = match glob.strip_prefix("./").or(glob.strip_prefix('/')) {
            Some(rooted) => rooted.to_owned(),
            None if glob.is_empty() => return Err("it names no file".to_owned()),
            None if glob.contains('/') => glob.to_owned(),
            None => format!("**/{glob}"),
        };
        let build = |glob: &str| GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build();
        let build =
            |glob: &str| build(glob).map(|glob| glob.compile_matcher()).map_err(|error| error.kind().to_string());
        self.list.push(Pattern { is_negated, matchers: [build(&glob)?, build(&format!("{glob}/**"))?] });
        Ok(())
    }

    /// Whether a path, from the folder of the project file and with `/`, is one of them.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let is_match = |pattern: &&Pattern| pattern.matchers.iter().any(|matcher| matcher.is_match(path));
        self.list.iter().rfind(is_match).is_some_and(|pattern| !pattern.is_negated)
    }

    /// Whether there is no pattern.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

/// Whether `path` is a file that a path of a machine names: in its last part `*` and `?` are wildcards.
#[must_use]
pub fn matches_file(named: &str, path: &str) -> bool {
    let glob = GlobBuilder::new(named).literal_separator(true).build();
    named == path || has_wildcard(named) && glob.is_ok_and(|glob| glob.compile_matcher().is_match(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_those_of_gitignore() {
        let rows: [(&[&str], &str, bool); 14] = [
            (&["secrets.yaml"], "secrets.yaml", true),
            (&["secrets.yaml"], "a/b/secrets.yaml", true),
            (&["/secrets.yaml"], "a/secrets.yaml", false),
            (&["debug/"], "patches/debug/a.yaml", true),
            (&["a/*.yaml"], "a/b.yaml", true),
            (&["a/*.yaml"], "a/b/c.yaml", false),
            (&["a/*.yaml"], "b/a/c.yaml", false),
            (&["a/**/c.yaml"], "a/b/b/c.yaml", true),
            (&["**/c.yaml"], "c.yaml", true),
            (&["*.yaml", "!keep.yaml"], "a/keep.yaml", false),
            (&["*.yaml", "!keep.yaml"], "a/other.yaml", true),
            (&["./a"], "a/c.yaml", true),
            (&["./a"], "b/a/c.yaml", false),
            (&["node-[12].yaml"], "node-2.yaml", true),
        ];
        for (list, path, expected) in rows {
            let mut patterns = Patterns::default();
            for pattern in list {
                patterns.add(pattern).unwrap();
            }
            assert_eq!(patterns.matches(path), expected, "{list:?} {path}");
        }
        assert!(Patterns::default().add("/").is_err());
        assert!(Patterns::default().add("a[").is_err());
    }
}
