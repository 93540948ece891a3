// SPDX-License-Identifier: GPL-2.0

//! Whether a parenthesis is a cast.

use crate::text::{
    cursor::Cursor,
    prototype, //
};

pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the parenthesis before `cursor` is a cast.
///
/// Words of C's own tell. A lone name is a type's if stars follow; or a value that cannot follow a
/// value; or if it looks like one (`u32`, `pid_t`) before what can be an operator of either kind.
pub(super) fn is_cast(mut cursor: Cursor<'_>) -> bool {
    cursor.skip_blanks();
    let word = cursor.take_ascii(is_word);
    match (word, word.bytes().next()) {
        (_, None | Some(b'0'..=b'9')) | ("true" | "false" | "NULL" | "out" | "sizeof", _) => {
            return false
        }
        _ => {}
    }
    if prototype::begins_type(word) {
        return true;
    }
    let mut certain = false;
    loop {
        cursor.skip_blanks();
        let mut after = cursor;
        // A star, or what qualifies the pointer.
        if after.eat(b'*') || prototype::begins_type(after.take_ascii(is_word)) {
            certain = true;
            cursor = after;
        } else {
            break;
        }
    }
    if !cursor.eat(b')') {
        return false;
    }
    if certain {
        return true;
    }
    cursor.skip_blanks();
    let mut next = cursor;
    match next.bump() {
        Some(b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9') => true,
        Some(b'"' | b'\'' | b'$' | b'(' | b'~') => true,
        Some(b'!') => next.peek() != Some(b'='),
        Some(b'-') => next.peek() != Some(b'>') && looks_like_type(word),
        Some(b'&') => next.peek() != Some(b'&') && looks_like_type(word),
        Some(b'+' | b'*') => looks_like_type(word),
        _ => false,
    }
}

/// Whether a name looks like a typedef of a number.
pub(super) fn looks_like_type(word: &str) -> bool {
    let short = word.trim_start_matches('_');
    let short = short
        .strip_prefix("le")
        .or(short.strip_prefix("be"))
        .unwrap_or(short.get(1..).unwrap_or_default());
    let fixed = matches!(short, "8" | "16" | "32" | "64")
        && matches!(
            word.trim_start_matches('_').as_bytes(),
            [b's' | b'u' | b'l' | b'b', ..]
        );
    fixed || word.ends_with("_t") || matches!(word, "uint" | "ulong" | "ushort" | "uchar")
}
