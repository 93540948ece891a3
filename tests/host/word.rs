// SPDX-License-Identifier: GPL-2.0

//! Lists, globs, numbers, switches and names, one by one.

use crate::{
    refuse,
    text::{
        glob,
        hexadecimal,
        list,
        number,
        switch,
        symbol_name,
        ListItem,
        NameText,
        ParseError,
        MAX_MODULE_NAME,
        MAX_SYMBOL_NAME, //
    },
    Bad, //
};

fn items(text: &[u8]) -> Result<Vec<ListItem<'_>>, ParseError> {
    list(text).collect()
}

#[test]
fn lists() {
    for text in ["", "  ", "\n", "\t \n"] {
        assert_eq!(items(text.as_bytes()), Ok(vec![]), "{text:?}");
    }
    let items = items(b"ext4, vmlinux\t,ext4_da_*,[a-z]?\n").unwrap();
    let expected = [
        (1, "ext4"),
        (7, "vmlinux"),
        (16, "ext4_da_*"),
        (26, "[a-z]?"),
    ];
    assert_eq!(
        items,
        expected.map(|(column, text)| ListItem { column, text })
    );
}

#[test]
fn lists_end_after_an_error() {
    let mut list = list(b"a,,b");
    assert!(matches!(list.next(), Some(Ok(_))));
    assert!(matches!(list.next(), Some(Err(_))));
    assert_eq!(list.next(), None);
    assert_eq!(list.next(), None);
}

const BAD_LISTS: &[Bad<'_>] = &[
    (",", 1, "an item is missing"),
    (" ,a", 2, "an item is missing"),
    ("a,,b", 3, "an item is missing"),
    ("a, ,b", 4, "an item is missing"),
    ("a,", 3, "an item is missing"),
    ("a, ", 4, "an item is missing"),
    ("a b", 3, "a comma must separate two items"),
    ("x,a\tb", 5, "a comma must separate two items"),
    ("a\x01", 2, "only printable ASCII"),
    ("a,\x1b[m", 3, "only printable ASCII"),
    ("a \u{e9}", 3, "only printable ASCII"),
    ("a\n\n", 2, "only printable ASCII"),
    ("a\n,b", 2, "only printable ASCII"),
    ("\0", 1, "only printable ASCII"),
];

#[test]
fn bad_lists() {
    refuse(BAD_LISTS, items);
}

#[test]
fn globs() {
    for pattern in [
        "*",
        "a",
        "ext4_da_*",
        "?",
        "[a]",
        "[abc]",
        "[a-z]",
        "[!a-z]",
        "[]]",
        "[!]]",
        "[]-a]",
        "[a-]",
        "[-a]",
        "[--0]",
        "[a-a]",
        "[[]",
        "[\\]",
        "\\[",
        "\\*",
        "\\\\",
        "]",
        "a]b",
        "[!!]",
        "[a-z0-9_]*[!.]",
        "[!-~]",
    ] {
        assert_eq!(glob(pattern, 1), Ok(()), "{pattern:?}");
    }
}

const BAD_GLOBS: &[Bad<'_>] = &[
    ("", 1, "a pattern is missing"),
    ("\\", 1, "a character must follow this backslash"),
    ("abc\\", 4, "a character must follow this backslash"),
    ("\\\\\\", 3, "a character must follow this backslash"),
    ("[", 1, "this `[` is never closed"),
    ("ab[", 3, "this `[` is never closed"),
    ("[]", 1, "this `[` is never closed"),
    ("[!", 1, "this `[` is never closed"),
    ("[!]", 1, "this `[` is never closed"),
    ("[a", 1, "this `[` is never closed"),
    ("[a-", 1, "this `[` is never closed"),
    ("[a-z", 1, "this `[` is never closed"),
    ("[a][b", 4, "this `[` is never closed"),
    ("\\[[", 3, "this `[` is never closed"),
    ("[z-a]", 2, "this range ends before it begins"),
    ("*[a-c9-0]", 6, "this range ends before it begins"),
];

#[test]
fn bad_globs() {
    refuse(BAD_GLOBS, |text| {
        glob(std::str::from_utf8(text).unwrap(), 1)
    });
    assert_eq!(glob("ab[", 11).unwrap_err().column, 13);
}

#[test]
fn hexadecimal_numbers() {
    assert_eq!(hexadecimal(b"fF10"), Some(0xff10));
    assert_eq!(hexadecimal(b"ffffffffffffffff"), Some(usize::MAX));
    for wrong in [
        &b""[..],
        b"+1",
        b"-1",
        b"0x1",
        b"g",
        b"1 ",
        b"10000000000000000",
        b"\xff",
    ] {
        assert_eq!(hexadecimal(wrong), None, "{wrong:?}");
    }
}

#[test]
fn numbers() {
    for (text, value) in [
        ("0", 0),
        ("1", 1),
        (" 100 ", 100),
        ("0010", 10),
        ("100\n", 100),
        ("18446744073709551615", usize::MAX),
    ] {
        assert_eq!(number(text.as_bytes()), Ok(value), "{text:?}");
    }
}

const BAD_NUMBERS: &[Bad<'_>] = &[
    ("", 1, "a decimal number is missing"),
    ("  ", 3, "a decimal number is missing"),
    ("-1", 1, "not a decimal digit"),
    ("ten", 1, "not a decimal digit"),
    ("0x10", 2, "not a decimal digit"),
    ("1 2", 3, "not a decimal digit"),
    ("10\u{e9}", 3, "not a decimal digit"),
    ("18446744073709551616", 1, "this number is too large"),
    (" 99999999999999999999999", 2, "this number is too large"),
];

#[test]
fn bad_numbers() {
    refuse(BAD_NUMBERS, number);
}

#[test]
fn switches() {
    for text in [
        "1", "y", "Y", "yes", "t", "true", "on", "On", "ON", " 1 ", "y\n",
    ] {
        assert_eq!(switch(text.as_bytes()), Ok(true), "{text:?}");
    }
    for text in [
        "0", "n", "N", "no", "f", "False", "off", "OFF", "\t0", "0\n",
    ] {
        assert_eq!(switch(text.as_bytes()), Ok(false), "{text:?}");
    }
}

const BAD_SWITCHES: &[Bad<'_>] = &[
    ("", 1, "expected 1, y or on"),
    (" 2", 2, "expected 1, y or on"),
    ("o", 1, "expected 1, y or on"),
    ("onn", 1, "expected 1, y or on"),
    ("1\n\n", 1, "expected 1, y or on"),
    ("1 0", 3, "there is more than one word"),
];

#[test]
fn bad_switches() {
    refuse(BAD_SWITCHES, switch);
}

#[test]
fn names() {
    let (longest, module) = ("s".repeat(MAX_SYMBOL_NAME), "m".repeat(MAX_MODULE_NAME));
    for (module, symbol) in [
        (None, "printk"),
        (None, "_RNvNtCs1234_6kernel5print"),
        (None, "foo.isra.0"),
        (None, "$x"),
        (Some("ext4"), "ext4_iget"),
        (Some("snd-hda"), "a"),
        (None, &longest),
        (Some(&module), &longest),
    ] {
        let name = NameText {
            module,
            ..NameText::of(symbol)
        };
        assert_eq!(symbol_name(name.to_string().as_bytes()), Ok(name));
        assert_eq!(symbol_name(format!("{name}\n").as_bytes()), Ok(name));
    }
}

const BAD_NAMES: &[Bad<'_>] = &[
    ("", 1, "a symbol's name is missing"),
    ("\n", 1, "a symbol's name is missing"),
    (":", 1, "a module's name is missing"),
    (":a", 1, "a module's name is missing"),
    ("a:", 3, "a symbol's name is missing"),
    ("a::b", 3, "only one colon"),
    ("a:b:c", 4, "only one colon"),
    (" a", 1, "a space cannot be in a symbol's name"),
    ("a b", 2, "a space cannot be in a symbol's name"),
    ("m:a\tb", 4, "a space cannot be in a symbol's name"),
    ("a\n\n", 2, "only printable ASCII"),
    ("a\0", 2, "only printable ASCII"),
    ("caf\u{e9}", 4, "only printable ASCII"),
];

#[test]
fn bad_names() {
    refuse(BAD_NAMES, symbol_name);
    let (symbol, module) = ("s".repeat(512), format!("{}:s", "m".repeat(56)));
    let both = format!("m:{symbol}");
    refuse(
        &[
            (&symbol, 1, "a symbol's name has at most 511"),
            (&both, 3, "a symbol's name has at most 511"),
            (&module, 1, "a module's name has at most 55"),
        ],
        symbol_name,
    );
    assert_eq!(symbol_name(b"a\xff").unwrap_err().column, 2);
}

/// The seeds of the mutations in `generated`.
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    [BAD_LISTS, BAD_GLOBS, BAD_NUMBERS, BAD_SWITCHES, BAD_NAMES]
        .into_iter()
        .flatten()
        .map(|&(text, ..)| text)
        .chain([
            "ext4, [!a-z]*\\?, vmlinux",
            "ext4:ext4_iget(\"a)\\\"\", ')', 1);",
            "100",
        ])
}
