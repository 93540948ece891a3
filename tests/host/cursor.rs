// SPDX-License-Identifier: GPL-2.0

//! How an error is printed.

use crate::{
    properties::Memory,
    text::{
        expressions,
        symbol_name,
        ParseError, //
    }, //
};

#[test]
fn says_where_and_what() {
    let mut memory = Memory::new();
    let error = expressions(b"1, 2, \"ab", &mut memory.nodes, &mut memory.pending).unwrap_err();
    assert_eq!(error.to_string(), "column 7: unterminated string");
}

#[test]
fn moves_with_the_text_around_it() {
    let error = symbol_name(b"a:b:c").unwrap_err();
    assert_eq!(error.column, 4);
    assert_eq!(error.at(10).column, 14);
}

#[test]
fn cannot_overflow() {
    let error = ParseError {
        column: 2,
        what: "",
    };
    assert_eq!(error.at(usize::MAX).column, usize::MAX);
}
