// SPDX-License-Identifier: GPL-2.0

//! Literals, one by one, as arguments.

use crate::{
    properties::Memory,
    refuse,
    text::{
        self,
        Escaped,
        IntegerType,
        Literal,
        NameText,
        NodeKind,
        Number,
        ParseError, //
    },
    Bad, //
};

/// An argument that is only a literal, and the column in which it begins.
#[derive(Debug)]
struct Argument<'a> {
    column: usize,
    value: Literal<'a>,
}

/// The arguments in a text, all of which are only literals.
fn parse(text: &[u8]) -> Result<Vec<Argument<'_>>, ParseError> {
    let mut memory = Memory::new();
    let tree = text::expressions(text, &mut memory.nodes, &mut memory.pending)?;
    let values = tree.nodes().iter().filter_map(|node| match node.kind {
        NodeKind::Value(value) => Some(Argument {
            column: node.column,
            value,
        }),
        _ => None,
    });
    Ok(values.collect())
}

fn one(text: &str) -> Literal<'_> {
    match parse(text.as_bytes()) {
        Ok(arguments) if arguments.len() == 1 => arguments[0].value,
        result => panic!("{text:?}: {result:?}"),
    }
}

#[test]
fn nothing_is_no_argument() {
    for text in ["", " ", " \t ", "\n", "  \n"] {
        assert!(parse(text.as_bytes()).unwrap().is_empty(), "{text:?}");
    }
}

#[test]
fn integers() {
    for (text, negative, magnitude) in [
        ("0", false, 0),
        ("-0", false, 0),
        ("+0", false, 0),
        ("144", false, 144),
        ("+144", false, 144),
        ("-144", true, 144),
        ("0x0", false, 0),
        ("0x7F", false, 127),
        ("0XfF", false, 255),
        ("-0x80", true, 128),
        ("0644", false, 0o644),
        ("00", false, 0),
        ("0o644", false, 0o644),
        ("0O17", false, 0o17),
        ("0b101", false, 5),
        ("0B11", false, 3),
        ("1u", false, 1),
        ("1UL", false, 1),
        ("1lu", false, 1),
        ("1ll", false, 1),
        ("1uLL", false, 1),
        ("1LLU", false, 1),
        ("0xffUL", false, 255),
        ("0u", false, 0),
        ("07l", false, 7),
        ("0b1u", false, 1),
        ("18446744073709551615", false, u64::MAX),
        ("-18446744073709551615", true, u64::MAX),
        ("0xffffffffffffffff", false, u64::MAX),
        ("01777777777777777777777", false, u64::MAX),
        ("00000000000000000000000000000001", false, 1),
        ("-9223372036854775808", true, 1 << 63),
    ] {
        match one(text) {
            Literal::Integer {
                negative: n,
                magnitude: m,
                ..
            } => assert_eq!((n, m), (negative, magnitude), "{text:?}"),
            value => panic!("{text:?}: {value:?}"),
        }
    }
}

#[test]
fn types_of_integers() {
    use IntegerType::*;
    for (text, ty, written) in [
        ("0", Int, "0"),
        ("2147483647", Int, "2147483647"),
        ("2147483648", Long, "2147483648"),
        ("9223372036854775807", Long, "9223372036854775807"),
        ("9223372036854775808", Huge, "9223372036854775808"),
        ("0x7fffffff", Int, "2147483647"),
        ("0x80000000", Unsigned, "2147483648U"),
        ("0xffffffff", Unsigned, "4294967295U"),
        ("0x100000000", Long, "4294967296"),
        ("0x8000000000000000", UnsignedLong, "9223372036854775808UL"),
        ("037777777777", Unsigned, "4294967295U"),
        ("1u", Unsigned, "1U"),
        ("0xffffffffu", Unsigned, "4294967295U"),
        ("4294967296u", UnsignedLong, "4294967296UL"),
        ("1l", Long, "1L"),
        ("2147483648l", Long, "2147483648"),
        ("0xffffffffl", Long, "4294967295"),
        ("1ul", UnsignedLong, "1UL"),
        (
            "18446744073709551615ull",
            UnsignedLong,
            "18446744073709551615UL",
        ),
        ("-1", Int, "-1"),
        ("-1l", Long, "-1L"),
        ("-2147483648", Long, "-2147483648"),
        ("-9223372036854775808", Huge, "-9223372036854775808"),
    ] {
        match one(text) {
            value @ Literal::Integer { ty: read, .. } => {
                assert_eq!(read, ty, "{text}");
                assert_eq!(value.to_string(), written);
                assert_eq!(one(written), value);
            }
            value => panic!("{text:?}: {value:?}"),
        }
    }
    assert_eq!(Number::of_literal(true, (1 << 63) + 1, Huge), None);
    assert!(Number::of_literal(true, 1 << 63, Huge).is_some());
}

#[test]
fn characters() {
    for (text, byte) in [
        ("'c'", b'c'),
        ("' '", b' '),
        ("'\t'", b'\t'),
        ("','", b','),
        ("'\"'", b'"'),
        (r"'\''", b'\''),
        (r"'\\'", b'\\'),
        (r"'\n'", b'\n'),
        (r"'\0'", 0),
        (r"'\012'", b'\n'),
        (r"'\377'", 255),
        (r"'\xff'", 255),
        (r"'\x0'", 0),
        (r"'\e'", 27),
        (r"'\?'", b'?'),
    ] {
        assert_eq!(one(text), Literal::Char(byte), "{text:?}");
    }
    assert_eq!(parse(b"'\xff'").unwrap()[0].value, Literal::Char(255));
}

#[test]
fn words() {
    assert_eq!(one("true"), Literal::Bool(true));
    assert_eq!(one("false"), Literal::Bool(false));
    assert_eq!(one("NULL"), Literal::Null);
    for name in ["_", "TRUE", "null", "true1", "PIDTYPE_TGID", "_x9", "u"] {
        assert_eq!(one(name), Literal::Name(name));
    }
}

#[test]
fn strings() {
    for (text, bytes) in [
        (r#""""#, &b""[..]),
        (r#""abc""#, b"abc"),
        (r#""a,b""#, b"a,b"),
        (r#""n=%d s=%s\n""#, b"n=%d s=%s\n"),
        (
            r#""\a\b\f\v\e\t\r\?\'\"\\""#,
            b"\x07\x08\x0c\x0b\x1b\t\r?'\"\\",
        ),
        (r#""it's""#, b"it's"),
        (r#""\0016""#, b"\x016"),
        (r#""\18""#, b"\x018"),
        (r#""\377\xFf\xf""#, b"\xff\xff\x0f"),
        (r#""\x000041g""#, b"Ag"),
        (r#""a" "b""#, b"ab"),
        ("\"a\"\"b\"\t\"\" \"c\" ", b"abc"),
        (r#""\x41" "1""#, b"A1"),
        ("\"\t\u{e9}\"", b"\t\xc3\xa9"),
    ] {
        let Literal::String(string) = one(text) else {
            panic!("{text:?}");
        };
        assert_eq!(string.bytes().collect::<Vec<_>>(), bytes, "{text:?}");
        assert_eq!(string.len(), bytes.len(), "{text:?}");
        assert_eq!(string.is_empty(), bytes.is_empty(), "{text:?}");
    }
}

#[test]
fn strings_are_equal_by_their_bytes() {
    assert_eq!(one(r#""a\n""#), one(r#""\x61" "\012""#));
    assert_ne!(one(r#""a""#), one(r#""ab""#));
    assert_ne!(one(r#""1""#), one("1"));
}

#[test]
fn strings_end() {
    let Literal::String(string) = parse(br#""a", "b""#).unwrap()[0].value else {
        panic!();
    };
    let mut bytes = string.bytes();
    assert_eq!(bytes.next(), Some(b'a'));
    assert_eq!(bytes.clone().next(), None);
    assert_eq!(bytes.next(), None);
    assert_eq!(bytes.next(), None);
}

#[test]
fn addresses() {
    let long = "s".repeat(511);
    let module = "m".repeat(55);
    for (module, symbol) in [
        (None, "jiffies"),
        (None, "__UNIQUE_ID_foo.123"),
        (None, "_R$LT$"),
        (Some("ext4"), "ext4_fs_type"),
        (Some("a"), "b"),
        (Some(&module), &long),
    ] {
        let name = NameText {
            module,
            ..NameText::of(symbol)
        };
        assert_eq!(one(&format!("&{name}")), Literal::Address(name));
    }
}

#[test]
fn columns() {
    let columns = |text| -> Vec<_> {
        let arguments = parse(text).unwrap().into_iter();
        arguments.map(|argument| argument.column).collect()
    };
    assert_eq!(columns(b"1"), [1]);
    assert_eq!(columns(b"1,2"), [1, 3]);
    assert_eq!(columns(b"  -1 ,\t'c', \"a\" \"b\" ,&x\n"), [3, 8, 13, 22]);
}

#[test]
fn is_written_as_c() {
    for (text, written) in [
        ("0x10", "16"),
        ("-0b11", "-3"),
        (r"'\x41'", "'A'"),
        (r#"'"'"#, r#"'"'"#),
        (r"'\''", r"'\''"),
        (r"'\0'", r"'\000'"),
        (r#""it's" " \"x\"\n\x7f\e1""#, r#""it's \"x\"\n\177\0331""#),
        ("true", "true"),
        ("NULL", "NULL"),
        ("&ext4:x.0", "&ext4:x.0"),
    ] {
        assert_eq!(one(text).to_string(), written);
    }
    assert_eq!(
        Escaped(b"\x00\xff\\\"'".iter().copied()).to_string(),
        r#"\000\377\\\"'"#
    );
}

const BAD: &[Bad<'_>] = &[
    // Between arguments.
    (",", 1, "an argument is missing before this comma"),
    (" ,1", 2, "an argument is missing before this comma"),
    ("1,,2", 3, "an argument is missing before this comma"),
    ("1,", 3, "an argument is missing after the comma"),
    ("1, \t\n", 5, "an argument is missing after the comma"),
    ("1 2", 3, "expected a comma or the end"),
    ("'a'b", 4, "expected a comma or the end"),
    ("\"a\" b", 5, "expected a comma or the end"),
    ("1\n\n", 2, "expected a comma or the end"),
    ("1,\n2", 3, "expected a value"),
    // Beginnings.
    ("1, #", 4, "expected a value"),
    ("\u{e9}", 1, "expected a value"),
    ("\0", 1, "expected a value"),
    // Numbers.
    ("-", 2, "a value must follow the sign"),
    ("--1", 1, "nothing can be assigned to"),
    ("1.5", 2, "floating point is not supported"),
    ("0.5", 2, "floating point is not supported"),
    (".5", 1, "floating point is not supported"),
    ("1e5", 2, "floating point is not supported"),
    ("0x1p3", 4, "floating point is not supported"),
    ("0x1.8", 4, "floating point is not supported"),
    ("1f", 2, "not a digit, and not one of the suffixes"),
    ("12ab", 3, "not a digit, and not one of the suffixes"),
    ("1lL", 2, "not a digit, and not one of the suffixes"),
    ("1uu", 2, "not a digit, and not one of the suffixes"),
    ("1lul", 2, "not a digit, and not one of the suffixes"),
    ("0x1g", 4, "not a digit, and not one of the suffixes"),
    ("1_000", 2, "digits cannot be separated"),
    ("0x_1", 3, "a hexadecimal digit must follow `0x`"),
    ("0x", 3, "a hexadecimal digit must follow `0x`"),
    ("5,0xg", 5, "a hexadecimal digit must follow `0x`"),
    ("0o8", 3, "an octal digit must follow `0o`"),
    ("0b", 3, "a binary digit must follow `0b`"),
    ("0b2", 3, "a binary digit must follow `0b`"),
    ("0b12", 4, "not a binary digit"),
    ("08", 2, "not an octal digit"),
    ("0649", 4, "not an octal digit"),
    (
        "18446744073709551616",
        1,
        "this number does not fit in 64 bits",
    ),
    (
        "1, -18446744073709551616",
        5,
        "this number does not fit in 64 bits",
    ),
    (
        "0x10000000000000000",
        1,
        "this number does not fit in 64 bits",
    ),
    (
        "99999999999999999999999999ul",
        1,
        "this number does not fit in 64 bits",
    ),
    // Characters.
    ("'", 1, "unterminated character"),
    ("'a", 1, "unterminated character"),
    ("1, 'a", 4, "unterminated character"),
    (r"'\'", 1, "unterminated character"),
    ("''", 1, "a character is missing between the quotes"),
    ("'ab'", 3, "a character is one byte"),
    ("'\u{e9}'", 3, "a character is one byte"),
    (r"'\", 2, "unterminated escape"),
    (r"'\400'", 2, "this escape does not fit in a byte"),
    (r"'\0000'", 6, "a character is one byte"),
    (r"'\q'", 2, "unknown escape"),
    (r"'\u0041'", 2, "unknown escape"),
    (
        "'\n'",
        2,
        "a control character must be written as an escape",
    ),
    // Strings.
    ("\"", 1, "unterminated string"),
    ("\"abc", 1, "unterminated string"),
    ("\"abc\n", 1, "unterminated string"),
    ("1, 2, \"abc", 7, "unterminated string"),
    ("\"a\" \"b", 5, "unterminated string"),
    (r#""a\""#, 1, "unterminated string"),
    (r#""a\"#, 3, "unterminated escape"),
    (r#""a\0b""#, 3, "a string cannot hold a NUL"),
    (r#""\x00""#, 2, "a string cannot hold a NUL"),
    (r#""\000""#, 2, "a string cannot hold a NUL"),
    (r#""a" "\0""#, 6, "a string cannot hold a NUL"),
    (
        "\"a\0\"",
        3,
        "a control character must be written as an escape",
    ),
    (
        "\"a\x1b\"",
        3,
        "a control character must be written as an escape",
    ),
    (
        "\"a\x7f\"",
        3,
        "a control character must be written as an escape",
    ),
    (
        "\"a\nb\"",
        3,
        "a control character must be written as an escape",
    ),
    (r#""\x""#, 2, "a hexadecimal digit must follow `\\x`"),
    (r#""\xg""#, 2, "a hexadecimal digit must follow `\\x`"),
    (r#""ab\x1ff""#, 4, "this escape does not fit in a byte"),
    (
        r#""\x11111111111111111111""#,
        2,
        "this escape does not fit in a byte",
    ),
    (r#""\777""#, 2, "this escape does not fit in a byte"),
    (r#""\8""#, 2, "unknown escape"),
    (r#""a\ ""#, 3, "unknown escape"),
    // Addresses.
    ("&", 2, "a symbol's name must follow `&`"),
    ("&&x", 1, "a value is missing before this operator"),
    ("1,&,2", 4, "a symbol's name must follow `&`"),
    ("&:x", 2, "a module's name is missing"),
    ("&m:", 4, "a symbol's name is missing"),
    ("&a:b:c", 5, "only one colon"),
];

#[test]
fn bad_arguments() {
    refuse(BAD, parse);
}

#[test]
fn too_long_names() {
    let symbol = format!("1,&{}", "s".repeat(512));
    let module = format!("&{}:s", "m".repeat(56));
    let both = format!("&m:{}", "s".repeat(512));
    refuse(
        &[
            (&symbol, 4, "a symbol's name has at most 511 characters"),
            (&module, 2, "a module's name has at most 55 characters"),
            (&both, 4, "a symbol's name has at most 511 characters"),
        ],
        parse,
    );
}

#[test]
fn bytes_that_are_not_utf8() {
    let error = parse(b"\xff").unwrap_err();
    assert_eq!(error.column, 1);
    let error = parse(b"1 \xff").unwrap_err();
    assert_eq!(error.column, 3);
    let error = parse(b"&x\xff").unwrap_err();
    assert_eq!(error.column, 3);
}

/// The seeds of the mutations in `generated`.
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    BAD.iter().map(|&(text, ..)| text).chain([
        r#""n=%d s=%s\n", 42, "abc" "\x41\101""#,
        "-0x7f, 0644UL, 0b101, 0o17, '\\n', true, false, NULL, PIDTYPE_TGID, &ext4:ext4_fs_type",
    ])
}
