//! Tab-separated data with a header line; lines that begin with `#` are comments.

use std::path::Path;

/// A row, with the place it stands for messages.
pub(crate) struct Row {
    place: String,
    cells: Vec<(String, String)>,
}

impl Row {
    /// The cell in column `column`.
    pub(crate) fn get(&self, column: &str) -> &str {
        match self.cells.iter().find(|(name, _)| name == column) {
            Some((_, value)) => value,
            None => panic!("{}: no column `{column}`", self.place),
        }
    }

    /// The flags of the cell `flags`, separated by commas, each with its value after `=` if it has one.
    pub(crate) fn flags(&self) -> impl Iterator<Item = (&str, &str)> {
        let flags = self.get("flags").split(',').filter(|flag| !flag.is_empty());
        flags.map(|flag| flag.split_once('=').unwrap_or((flag, "")))
    }

    /// Stops the build.
    pub(crate) fn fail(&self, message: &str) -> ! {
        panic!("{}: {message}", self.place)
    }

    /// The cell `versions` as a bit mask.
    pub(crate) fn versions(&self) -> u16 {
        versions(self.get("versions")).unwrap_or_else(|error| self.fail(error))
    }
}

/// Ranges of versions as a bit mask, bit 0 for 1.9: `1.9-1.11,1.13`.
pub(crate) fn versions(text: &str) -> Result<u16, &'static str> {
    let minor = |text: &str| {
        let minor = text.strip_prefix("1.").and_then(|minor| minor.parse().ok());
        minor.filter(|minor: &u16| (9..=14).contains(minor)).ok_or("not a known version")
    };
    let mut bits = 0;
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        for version in minor(first)?..=minor(last)? {
            bits |= 1 << (version - 9);
        }
    }
    Ok(bits)
}

/// The rows of a file.
pub(crate) fn read(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.is_empty());
    let Some((_, header)) = lines.next() else { panic!("{}: no header", path.display()) };
    let columns: Vec<&str> = header.split('\t').collect();
    lines
        .map(|(number, line)| {
            let cells: Vec<&str> = line.split('\t').collect();
            let place = format!("{}:{}", path.display(), number + 1);
            assert!(cells.len() == columns.len(), "{place}: {} cells, not {}", cells.len(), columns.len());
            let cells = columns.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.to_owned())).collect();
            Row { place, cells }
        })
        .collect()
}
