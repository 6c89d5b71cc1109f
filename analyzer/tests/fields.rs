//! Every field of every kind of document is found by its path, and says what it does.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use talint_analyzer::schema::all_places;
use talint_analyzer::tables::{documents, field_at, schematic};

#[test]
fn every_place_leads_to_its_field() {
    let places = all_places();
    assert!(places.len() > 1000, "{}", places.len());
    for place in places {
        let field = field_at(place.kind, &place.path).unwrap_or_else(|| panic!("{} {}", place.kind, place.path));
        assert_eq!((field.path(), field.rest.len()), (place.path.clone(), 0), "{}", place.kind);
        assert!(!field.versions().is_empty(), "{} {}", place.kind, place.path);
    }
}

#[test]
fn every_kind_of_document_says_what_it_is_for() {
    let roots = documents().iter().map(|document| document.root);
    for root in roots.chain([schematic()]) {
        assert!(!root.description.is_empty(), "{}", root.name);
    }
}

#[test]
fn no_two_fields_of_a_document_are_said_to_do_the_same() {
    let mut seen: BTreeMap<(&str, String), String> = BTreeMap::new();
    for place in all_places() {
        let field = field_at(place.kind, &place.path).unwrap();
        let (parent, _) = place.path.rsplit_once('.').unwrap_or(("", ""));
        let parent = format!("{} {parent}", place.kind);
        if let Some(other) = seen.insert((field.description, parent), place.path.clone()) {
            panic!("{}: {other} and {} have the same text", place.kind, place.path);
        }
    }
}
