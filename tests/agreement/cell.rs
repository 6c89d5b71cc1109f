//! Bytes in the cells of the tables of recorded verdicts.

/// The bytes that a cell stands for: the inverse of how `cargo xtask oracle` writes them.
pub(crate) fn unescape(cell: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(cell.len());
    let mut rest = cell.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let Some((escape, tail)) = rest.split_first() else { break };
        rest = tail;
        match escape {
            b'n' => bytes.push(b'\n'),
            b't' => bytes.push(b'\t'),
            b'r' => bytes.push(b'\r'),
            b'x' => {
                let (digits, tail) = rest.split_at(2.min(rest.len()));
                rest = tail;
                let digits = std::str::from_utf8(digits).unwrap_or("");
                bytes.push(u8::from_str_radix(digits, 16).unwrap_or(b'?'));
            }
            other => bytes.push(*other),
        }
    }
    bytes
}
