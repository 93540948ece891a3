// SPDX-License-Identifier: GPL-2.0

//! Values: whatever the module prints is parsed, and printed again is the same.

mod random;

use random::Random;
use rust_kallsyms::{
    answer::{
        Evaluation,
        Event,
        Found,
        Symbol, //
    },
    layout::{
        in_hexadecimal,
        is_zero,
        Layout, //
    },
    value::{
        Member,
        Outcome,
        Value, //
    }, //
};

/// Lines that the module has printed.
const LINES: [&str; 30] = [
    "12",
    "-22 (-EINVAL)",
    "void",
    "true",
    "NULL",
    "ERR_PTR(-22) (-EINVAL)",
    "ERR_PTR(-4096)",
    "\"7.3.4+deb13-cloud-amd64\"",
    "\"a \\\"quoted\\\" \\\\\"",
    "\"cut\"...",
    "PIDTYPE_TGID (1)",
    "0xffffffff81234560",
    "0xffffffff81234560 <int_sqrt>",
    "0xffffffff81234565 <int_sqrt+0x5>",
    "0xffffffff81234565 <xfs_trans_alloc+0x5 [xfs]>",
    "(it may hold addresses, which you may not see)",
    "<fault>",
    "0, res = 42",
    "void, out = ba7816bf 8f01cfea 414140de 5dae2223",
    "true, mac = 52540012 3456",
    "1, dst = 7f000001",
    "void, result = (struct tm){ .tm_sec = 0, .tm_min = 0, .tm_yday = 1 }",
    "(struct pid){ .count = { .refs = { .counter = 2 } }, .level = 0, .lock = { { .rlock = { } } } }",
    "(struct list_head){ .next = (struct list_head *)0xffff888003a5c000, .prev = NULL }",
    "(struct callback_head){ .next = NULL, .func = 0xffffffff81234560 <delayed_put_pid> }",
    "(int[4]){ 1, 2, ... }",
    "(char[16])\"init\"",
    "(struct x){ .fn = (void (*)(struct x *))0xffff888003a5c000, .error = ERR_PTR(-2), .hidden = ? }",
    "{ 1, 2, 3, ... }, out = { (struct pid){ .level = 1 }, (struct pid){} }",
    "10, str = \"(0x4; 0x3)\"",
];

#[test]
fn what_was_printed_is_parsed_and_printed_again() {
    for line in LINES {
        // Braces that are empty have no blank.
        let line = line.replace("{ }", "{}");
        let outcome = Outcome::parse(&line, |name| name == "dst");
        assert_eq!(outcome.to_string(), line);
        assert!(
            !matches!(&outcome.value, Value::Word(word) if word.contains(' ') && !word.starts_with("(it")),
            "{outcome:?}"
        );
    }
}

#[test]
fn what_is_not_known_is_kept() {
    for line in [
        "12, ",
        "{ 1",
        "(struct x){ .a = 1, .b ...",
        "a b",
        "",
        "1 2",
        "{ .a 1 }",
        "\"open",
    ] {
        assert_eq!(Value::parse(line), Value::Word(line.to_owned()));
        assert_eq!(Outcome::parse(line, |_| false).to_string(), line);
    }
}

#[test]
fn values_have_their_kinds() {
    let outcome = Outcome::parse("-2 (-ENOENT), res = 12345678, dst = 12345678", |name| {
        name == "dst"
    });
    assert_eq!(
        outcome.value,
        Value::Number("-2".to_owned(), Some("-ENOENT".to_owned()))
    );
    assert_eq!(outcome.out[0].1, Value::Number("12345678".to_owned(), None));
    assert_eq!(outcome.out[1].1, Value::Bytes("12345678".to_owned()));
    assert_eq!(Value::parse("NULL"), Value::Word("NULL".to_owned()));
    let Value::Typed(ty, value) =
        Value::parse("(struct pid){ .level = 0, .p = (void (*)(int))0x10 <f> }")
    else {
        panic!("it has a type");
    };
    assert_eq!(ty, "struct pid");
    let Value::Members(members) = *value else {
        panic!("it has members");
    };
    assert_eq!(members[0].name.as_deref(), Some("level"));
    assert_eq!(
        members[1].value,
        Value::Pointer {
            ty: Some("void (*)(int)".to_owned()),
            address: "0x10".to_owned(),
            symbol: Some("f".to_owned()),
        }
    );
}

fn name(random: &mut Random) -> String {
    let names = ["a", "next", "comm", "_flags", "x1", "PIDTYPE_PID", "tv_sec"];
    random.one_of(&names).to_string()
}

fn text(random: &mut Random) -> String {
    let parts = [
        "a", " ", "\\\"", "\\\\", "\\n", "{ ", " }", ", ", "(x)", "\\x07", "=", "...", "<f>",
    ];
    (0..random.below(6))
        .map(|_| *random.one_of(&parts))
        .collect()
}

/// A value as the module may print it.
fn value(random: &mut Random, depth: usize) -> Value {
    let kinds = if depth == 0 { 8 } else { 11 };
    match random.below(kinds) {
        0 => Value::Number(random.number().to_string(), None),
        1 => Value::Constant(
            name(random),
            (depth % 2 == 0).then(|| random.number().to_string()),
        ),
        2 => Value::Pointer {
            ty: (random.below(2) == 0).then(|| "struct list_head *".to_owned()),
            address: format!("{:#x}", random.next()),
            symbol: (random.below(2) == 0).then(|| "vfs_read+0x10 [ext4]".to_owned()),
        },
        3 => Value::Error("-22".to_owned(), None),
        4 => Value::Text(text(random), random.below(3) == 0),
        5 => Value::Word(random.one_of(&["NULL", "true", "?", "<fault>"]).to_string()),
        6 => Value::Bytes("0a1b2c3d 4e".to_owned()),
        7 => Value::Number("18446744073709551615".to_owned(), None),
        8 => Value::List(
            (0..random.below(4))
                .map(|_| value(random, depth - 1))
                .collect(),
        ),
        9 => {
            let mut members: Vec<_> = (0..random.below(4) + 1)
                .map(|_| Member {
                    name: (random.below(4) > 0).then(|| name(random)),
                    value: value(random, depth - 1),
                })
                .collect();
            // Without any name they are elements.
            members[0].name = Some(name(random));
            Value::Members(members)
        }
        _ => match value(random, depth - 1) {
            pointer @ (Value::Pointer { .. } | Value::Typed(..)) => pointer,
            other => Value::Typed("struct { int (*f)(void); }".to_owned(), Box::new(other)),
        },
    }
}

#[test]
fn any_value_is_parsed_as_it_was_printed() {
    let mut random = Random::new();
    for _ in 0..20_000 {
        let outcome = Outcome {
            value: value(&mut random, 4),
            out: (0..random.below(3))
                .map(|_| (name(&mut random), value(&mut random, 3)))
                .collect(),
        };
        let line = outcome.to_string();
        let parsed = Outcome::parse(&line, |_| false);
        assert_eq!(parsed.to_string(), line);
        assert_eq!(parsed, outcome, "{line}");
    }
}

#[test]
fn any_text_is_kept() {
    let mut random = Random::new();
    let parts = [
        "{", "}", " ", ", ", ".a = ", "(", ")", "\"", "\\", "0x1", "12", "<", ">", "...", "name",
        "-", "ERR_PTR(", "ba78",
    ];
    for _ in 0..50_000 {
        let line: String = (0..random.below(12))
            .map(|_| *random.one_of(&parts))
            .collect();
        assert_eq!(Value::parse(&line).to_string(), line);
        assert_eq!(Outcome::parse(&line, |_| true).to_string(), line);
        let _ = Evaluation::parse(&[&line, &line, "1 ns"]);
        let _ = Symbol::parse(&line);
        let _ = Found::parse(&line);
        let _ = Event::parse(&line);
    }
}

/// Without blanks and line breaks, which is what the layout adds.
fn dense(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .replace(",}", "}")
}

#[test]
fn lines_have_what_the_value_has() {
    let mut random = Random::new();
    let narrow = Layout {
        width: Some(20),
        ..Layout::default()
    };
    for _ in 0..5_000 {
        let value = value(&mut random, 4);
        let outcome = Outcome {
            value,
            out: Vec::new(),
        };
        let text = narrow.outcome(&outcome);
        // What is folded is said.
        if !text.contains("zero */") {
            assert_eq!(dense(&text), dense(&outcome.to_string()));
        }
        assert_eq!(Layout::default().outcome(&outcome), outcome.to_string());
    }
}

#[test]
fn zeros_are_folded_only_where_lines_are_broken() {
    let line =
        "(struct x){ .a = 1, .b = 0, .c = NULL, .d = { .e = 0, .f = \"\" }, .g = { 5, 0, 0 } }";
    let outcome = Outcome::parse(line, |_| false);
    let at = |width| {
        Layout {
            width,
            ..Layout::default()
        }
        .outcome(&outcome)
    };
    assert_eq!(at(None), line);
    assert_eq!(at(Some(200)), line);
    assert_eq!(
        at(Some(40)),
        "(struct x){\n    .a = 1,\n    .g = { 5, 0, 0 },\n    /* 3 zero */\n}"
    );
    assert!(is_zero(&Value::parse(
        "{ .a = 0, .b = { 0, NULL }, .c = \"\" }"
    )));
    assert!(!is_zero(&Value::parse("{ .a = ? }")));
}

#[test]
fn numbers_become_hexadecimal() {
    let value =
        Value::parse("{ .a = 18446744073709551615, .b = -22, .c = { 0, 255 }, .d = \"12\" }");
    assert_eq!(
        in_hexadecimal(&value).to_string(),
        "{ .a = 0xffffffffffffffff, .b = -0x16, .c = { 0x0, 0xff }, .d = \"12\" }"
    );
}
