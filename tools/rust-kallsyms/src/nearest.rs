// SPDX-License-Identifier: GPL-2.0

//! The names that somebody may have meant.

/// How many are worth reading.
const MOST: usize = 3;

/// Whether one letter, or the order of two, makes a name another.
pub fn is_typing_error(name: &str, other: &str) -> bool {
    strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase()) <= 1
}

/// The names nearest to `name`, the nearest first: none that differs in more than a quarter of its
/// letters.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let limit = (name.len() / 4).clamp(1, 3);
    let mut found = Vec::<(usize, &str)>::new();
    for other in names {
        if other.len().abs_diff(name.len()) > limit || other == name {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
        if distance <= limit {
            found.push((distance, other));
        }
    }
    found.sort();
    found.dedup();
    // What is much farther than the nearest was not meant.
    let best = found.first().map_or(0, |(distance, _)| *distance);
    let found = found
        .into_iter()
        .take_while(|(distance, _)| *distance <= best + 1);
    found.take(MOST).map(|(_, name)| name.to_owned()).collect()
}
