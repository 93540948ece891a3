// SPDX-License-Identifier: GPL-2.0

//! How an error is written.

use crate::text::{
    arguments,
    call,
    ParseError, //
};

#[test]
fn says_where_and_what() {
    let error = arguments(b"1, 2, \"ab").find_map(Result::err).unwrap();
    assert_eq!(error.to_string(), "column 7: unterminated string");
}

#[test]
fn moves_with_the_text_around_it() {
    let text = b" int_sqrt(12, 1.5)\n";
    let call = call(text).unwrap();
    let error = arguments(call.args).find_map(Result::err).unwrap();
    assert_eq!(error.column, 6);
    assert_eq!(error.at(call.offset).column, 16);
    assert_eq!(text[15], b'.');
}

#[test]
fn cannot_overflow() {
    let error = ParseError {
        column: 2,
        what: "",
    };
    assert_eq!(error.at(usize::MAX).column, usize::MAX);
}
