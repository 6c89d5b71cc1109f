//! What is measured against: the bare event scan, and how times are taken.

#[allow(dead_code, reason = "each benchmark uses a part of it")]
pub(crate) mod repository;

use granit_parser::Parser;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Reads all events of a text, and does nothing with them.
pub(crate) fn scan(text: &str) {
    for event in Parser::new_from_str_with_options(
        black_box(text),
        granit_parser::options! { max_buffered_comment_events: usize::MAX },
    ) {
        if black_box(event).is_err() {
            break;
        }
    }
}

/// How long some work takes.
pub(crate) fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The time that half of them stay below.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
