// SPDX-License-Identifier: GPL-2.0

//! Tests of `src/text/`, the logic that needs no kernel.
//!
//! Tables say what single texts mean, or what is wrong with them and where. The [`properties`] hold
//! for any text: they are checked with generated texts here, and by the fuzzers in `tests/fuzz/`.

#[allow(unused_imports)]
#[path = "../../src/text/mod.rs"]
mod text;

mod arithmetic;
mod choice;
mod cursor;
mod expression;
mod generated;
mod literal;
mod machine;
mod no_panic;
mod printf;
mod program;
mod properties;
mod prototype;
mod random;
mod word;

use text::ParseError;

/// A text, the column of its error, and how the error begins.
type Bad<'a> = (&'a str, usize, &'a str);

/// Checks that `parse` fails for each text with the error in the table.
#[track_caller]
fn refuse<'a, T: std::fmt::Debug>(
    table: &[Bad<'a>],
    parse: impl Fn(&'a [u8]) -> Result<T, ParseError>,
) {
    let mut wrong = Vec::new();
    for &(text, column, what) in table {
        match parse(text.as_bytes()) {
            Err(error) if error.column == column && error.what.starts_with(what) => {}
            result => wrong.push(format!("{text:?}: {result:?}, not column {column}: {what}")),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
