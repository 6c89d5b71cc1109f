//! What each field does, in words: `data/descriptions`, held to the schema in both directions.

use crate::tsv::{Row, read};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How long a text may be, in characters: it is read in a pop-up.
const MAX_LENGTH: usize = 300;

/// The field that stands for the document itself.
const DOCUMENT: &str = "-";

/// The type that stands for every kind of document.
const EVERY_DOCUMENT: &str = "*";

/// The texts, by type and field.
pub(crate) struct Descriptions {
    rows: BTreeMap<(String, String), Text>,
}

struct Text {
    row: Row,
    used: bool,
}

impl Descriptions {
    /// The texts of all tables of `folder`.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut rows = BTreeMap::new();
        for row in tables(folder).iter().flat_map(|path| read(path)) {
            let text = row.get("text");
            if text.chars().count() > MAX_LENGTH {
                row.fail(&format!("the text has more than {MAX_LENGTH} characters"));
            }
            if !text.ends_with('.') || text.trim() != text {
                row.fail("the text is to be whole sentences, and to end with a full stop");
            }
            let key = (row.get("type").to_owned(), row.get("field").to_owned());
            if let Some(Text { row, .. }) = rows.insert(key, Text { row, used: false }) {
                row.fail("another row has the same type and field");
            }
        }
        Self { rows }
    }

    /// What the document whose root is `structure` is for.
    pub(crate) fn of_document(&mut self, structure: &str) -> String {
        self.take(structure, DOCUMENT).unwrap_or_else(|| panic!("no text says what a document of `{structure}` is for"))
    }

    /// What the field `row` of `fields.tsv` does. Documents may leave to the row of all what all have.
    pub(crate) fn of_field(&mut self, row: &Row, is_document: bool) -> String {
        let (structure, field) = (row.get("type"), row.get("field"));
        let own = self.take(structure, field);
        let text = own.or_else(|| is_document.then(|| self.take(EVERY_DOCUMENT, field)).flatten());
        text.unwrap_or_else(|| row.fail("no text of data/descriptions says what this field does"))
    }

    fn take(&mut self, structure: &str, field: &str) -> Option<String> {
        let text = self.rows.get_mut(&(structure.to_owned(), field.to_owned()))?;
        text.used = true;
        Some(text.row.get("text").to_owned())
    }

    /// Stops the build at a text that no field has.
    pub(crate) fn finish(self) {
        if let Some(text) = self.rows.values().find(|text| !text.used) {
            text.row.fail("no version of Talos has such a field");
        }
    }
}

fn tables(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a folder can be read on").path());
    let mut tables: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ending| ending == "tsv")).collect();
    tables.sort();
    tables
}
