// SPDX-License-Identifier: GPL-2.0

//! Tests of `src/text/`, the logic that needs no kernel.
//!
//! Tables say what single texts mean, and what is wrong with them where. [`properties`] holds for
//! any text: it is tried on generated ones here, and by the fuzzers in `tests/fuzz/`.

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

/// Checks that `parse` finds in each text what the table says is wrong with it.
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
