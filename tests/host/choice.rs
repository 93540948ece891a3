// SPDX-License-Identifier: GPL-2.0

//! Choices and paths, one by one.

use crate::{
    refuse,
    text::{
        choices,
        type_path,
        Base,
        Choice,
        ParseError,
        Step, //
    },
    Bad, //
};

fn all(text: &[u8]) -> Result<Vec<Choice<'_>>, ParseError> {
    choices(text).collect()
}

#[test]
fn choices_have_values() {
    for text in ["", " \n\t "] {
        assert_eq!(all(text.as_bytes()), Ok(vec![]), "{text:?}");
    }
    for (text, expected) in [
        ("args=2", vec![("args", "2")]),
        ("limit=3\nname=x* \n", vec![("limit", "3"), ("name", "x*")]),
        (
            "returns='struct net_device *' takes=\"u32\"",
            vec![("returns", "struct net_device *"), ("takes", "u32")],
        ),
        // `rust-kallsyms find` writes this when the shell has removed the quotes.
        (
            "returns=struct net_device *  takes=const char * args=2",
            vec![
                ("returns", "struct net_device *"),
                ("takes", "const char *"),
                ("args", "2"),
            ],
        ),
        (
            "takes='a b=c' name=",
            vec![("takes", "a b=c"), ("name", "")],
        ),
        ("name=a=b", vec![("name", "a=b")]),
    ] {
        let parsed = all(text.as_bytes()).unwrap();
        let parsed: Vec<_> = parsed
            .iter()
            .map(|choice| (choice.key, std::str::from_utf8(choice.value).unwrap()))
            .collect();
        assert_eq!(parsed, expected, "{text:?}");
    }
    assert_eq!(all(b" a=1  bc=2").unwrap()[1].column, 7);
    assert_eq!(all(b" a=1  bc=2").unwrap()[1].value_column, 10);
    assert_eq!(all(b" a='1'").unwrap()[0].value_column, 5);
}

const BAD_CHOICES: &[Bad<'_>] = &[
    ("x", 1, "a choice is written"),
    ("=x", 1, "a choice is written"),
    (" A=x", 2, "a choice is written"),
    ("a='x", 3, "this quote is never closed"),
    ("a=1 b=\"x'", 7, "this quote is never closed"),
    ("a='x'y", 6, "a space must follow"),
];

#[test]
fn wrong_choices() {
    refuse(BAD_CHOICES, all);
}

#[test]
fn paths_have_steps() {
    let path = type_path(b"struct task_struct.signal->list[12].next\n").unwrap();
    assert_eq!(path.ty.base, Base::Struct("task_struct"));
    let steps: Vec<_> = path.steps.map(Result::unwrap).collect();
    let expected = [
        Step::Member("signal"),
        Step::Pointee("list"),
        Step::Element(12),
        Step::Member("next"),
    ];
    assert_eq!(steps, expected);
    let path = type_path(b"unsigned long *").unwrap();
    assert_eq!(path.ty.to_string(), "unsigned long *");
    assert_eq!(path.steps.count(), 0);
    let path = type_path(b"atomic_t.counter").unwrap();
    assert_eq!(path.ty.base, Base::Named("atomic_t"));
}

const BAD_PATHS: &[Bad<'_>] = &[
    ("", 1, "a type is missing"),
    (".x", 1, "a type is missing"),
    ("struct", 7, "a tag must follow"),
    ("struct pid x", 12, "expected `*` or nothing"),
    ("struct pid.", 12, "a member's name is missing"),
    ("struct pid.a..b", 14, "a member's name is missing"),
    ("struct pid.a-b", 13, "expected .member"),
    ("struct pid.a b", 13, "expected .member"),
    ("struct pid[x]", 11, "an element is written"),
    ("struct pid[]", 11, "an element is written"),
    ("struct pid[1", 11, "an element is written"),
    (
        "struct pid[99999999999999999999]",
        11,
        "an element is written",
    ),
];

#[test]
fn wrong_paths() {
    refuse(BAD_PATHS, type_path);
}
