//! The language server of talint. It will stand on `talint_analyzer`; nothing is in it yet.
