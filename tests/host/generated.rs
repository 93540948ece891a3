// SPDX-License-Identifier: GPL-2.0

//! Generated texts: valid ones whose meaning is known, random ones, and mutations of both.

use crate::{
    expression,
    literal,
    program,
    properties,
    prototype,
    random::Random,
    text::{
        self,
        Base,
        Declaration,
        Literal,
        NodeKind,
        ParameterDeclaration,
        Qualifiers,
        Rank,
        TypeName,
        MAX_PARAMETERS,
        MAX_POINTERS, //
    },
    word, //
};

const CASES: usize = 20_000;

#[test]
fn integers() {
    let mut random = Random::new(1);
    for _ in 0..CASES {
        let magnitude = random.next() >> random.below(64);
        let minus = random.chance(2);
        let sign = if minus { "-" } else { random.pick(&["", "+"]) };
        let digits = match random.below(7) {
            0 => format!("0x{magnitude:x}"),
            1 => format!("0X{magnitude:X}"),
            2 => format!("0{magnitude:o}"),
            3 => format!("0o{magnitude:o}"),
            4 => format!("0b{magnitude:b}"),
            _ => magnitude.to_string(),
        };
        let suffix = random.pick(&["", "", "u", "L", "ul", "LU", "ll", "ULL", "llu"]);
        let text = format!("{sign}{digits}{suffix}");
        let parsed = one(text.as_bytes(), |value| match value {
            Literal::Integer {
                negative,
                magnitude,
                ..
            } => (negative, magnitude),
            value => panic!("{text}: {value:?}"),
        });
        let unsigned = suffix.contains(['u', 'U']) || (digits.starts_with('0') && magnitude > 0);
        // An unsigned number stays unsigned, and the minus is an operator.
        match parsed {
            (value, false) => assert_eq!(value, (minus && magnitude != 0, magnitude), "{text}"),
            (value, true) => {
                assert!(minus && unsigned, "{text}");
                assert_eq!(value, (false, magnitude), "{text}");
            }
        }
        properties::expression(text.as_bytes());
    }
}

/// What `read` returns for the only value in the text, and whether an operator stands before it.
fn one<T>(text: &[u8], read: impl FnOnce(Literal<'_>) -> T) -> (T, bool) {
    let mut memory = properties::Memory::new();
    let tree = text::expressions(text, &mut memory.nodes, &mut memory.pending).unwrap();
    let nodes = tree.nodes();
    assert!((2..=3).contains(&nodes.len()));
    match nodes[0].kind {
        NodeKind::Value(value) => (read(value), nodes.len() == 3),
        kind => panic!("{kind:?}"),
    }
}

/// Writes one byte of a string in one of C's ways.
fn escape(random: &mut Random, byte: u8, text: &mut Vec<u8>) {
    let letter = match byte {
        7 => b'a',
        8 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        11 => b'v',
        12 => b'f',
        b'\r' => b'r',
        27 => b'e',
        b'"' | b'\'' | b'\\' | b'?' => byte,
        _ => 0,
    };
    let plain = byte == b'\t' || !byte.is_ascii_control() && byte != b'"' && byte != b'\\';
    match random.below(6) {
        // Begins another string: otherwise a digit here would belong to the hexadecimal escape.
        0 => text.extend(format!("\\x{byte:x}\" \"").bytes()),
        1 => text.extend(format!("\\{byte:03o}").bytes()),
        2 => text.extend(format!("\\{byte:o}\"\t\"").bytes()),
        _ if plain => text.push(byte),
        _ if letter != 0 => text.extend([b'\\', letter]),
        _ => text.extend(format!("\\{byte:03o}").bytes()),
    }
}

#[test]
fn strings() {
    let mut random = Random::new(2);
    for _ in 0..CASES {
        let length = random.below(20);
        let bytes: Vec<_> = (0..length).map(|_| random.byte().max(1)).collect();
        let mut text = vec![b'"'];
        for &byte in &bytes {
            escape(&mut random, byte, &mut text);
        }
        text.push(b'"');
        let (read, _) = one(&text, |value| match value {
            Literal::String(string) => string.bytes().collect::<Vec<_>>(),
            value => panic!("{value:?}"),
        });
        assert_eq!(read, bytes);
        properties::expression(&text);
    }
}

#[test]
fn characters() {
    for byte in 0..=u8::MAX {
        let text = Literal::Char(byte).to_string();
        one(text.as_bytes(), |value| {
            assert_eq!(value, Literal::Char(byte))
        });
    }
}

const NAMES: &[&str] = &[
    "a",
    "fmt",
    "x1",
    "_flags",
    "__len",
    "size_t",
    "u8",
    "list_head",
    "intx",
];

/// A base, and the words for it.
fn base(random: &mut Random) -> (Base<'static>, Vec<&'static str>) {
    let name = random.pick(NAMES);
    let signed = random.chance(2);
    let sign = if signed { "signed" } else { "unsigned" };
    let (base, mut words) = match random.below(14) {
        0 => (Base::Bool, vec![random.pick(&["bool", "_Bool"])]),
        1 => (Base::Char { signed: None }, vec!["char"]),
        2 => {
            let signed = Some(signed);
            (Base::Char { signed }, vec!["char", sign])
        }
        3 => (Base::Float("float"), vec!["float"]),
        4 => (Base::Float("double"), vec!["double"]),
        5 => (Base::Float("long double"), vec!["double", "long"]),
        6 => (Base::Struct(name), vec!["struct", name]),
        7 => (Base::Union(name), vec!["union", name]),
        8 => (Base::Enum(name), vec!["enum", name]),
        9 => (Base::Named(name), vec![name]),
        _ => {
            let (rank, mut words) = random.pick(&[
                (Rank::Short, ["short", ""]),
                (Rank::Int, ["int", ""]),
                (Rank::Long, ["long", ""]),
                (Rank::LongLong, ["long", "long"]),
            ]);
            let int = rank != Rank::Int && random.chance(2);
            random.shuffle(&mut words);
            let mut words = words.to_vec();
            words.push(if !signed || random.chance(3) {
                sign
            } else {
                ""
            });
            words.push(if int { "int" } else { "" });
            words.retain(|word| !word.is_empty());
            (Base::Integer { signed, rank }, words)
        }
    };
    if !matches!(words[0], "struct" | "union" | "enum") {
        random.shuffle(&mut words);
    }
    (base, words)
}

/// Qualifiers, and the words for them.
fn qualifiers(random: &mut Random) -> (Qualifiers, Vec<&'static str>) {
    let qualifiers = Qualifiers {
        constant: random.chance(3),
        volatile: random.chance(6),
    };
    let mut words = vec![
        if qualifiers.constant { "const" } else { "" },
        if qualifiers.volatile { "volatile" } else { "" },
        random.pick(&["", "", "", "__user", "restrict", "__rcu"]),
    ];
    words.retain(|word| !word.is_empty());
    random.shuffle(&mut words);
    (qualifiers, words)
}

/// A type, and the words for it.
fn ty(random: &mut Random) -> (TypeName<'static>, Vec<&'static str>) {
    let (mut ty, mut words) = if random.chance(8) {
        (TypeName::new(Base::Void), vec!["void"])
    } else {
        let (base, words) = base(random);
        (TypeName::new(base), words)
    };
    let (own, extra) = qualifiers(random);
    ty.qualifiers = own;
    // A tag stays after its keyword.
    let tag = matches!(words[0], "struct" | "union" | "enum");
    for word in extra {
        let place = if tag {
            words.len()
        } else {
            random.below(words.len() + 1)
        };
        words.insert(place, word);
    }
    let depth = match ty.base {
        Base::Void => 1 + random.below(MAX_POINTERS),
        _ => random.below(MAX_POINTERS + 1),
    };
    for _ in 0..depth {
        let (own, extra) = qualifiers(random);
        ty.point(own).unwrap();
        words.push("*");
        words.extend(extra);
    }
    (ty, words)
}

/// Joins words with random space; between two words that are not punctuation, there is some.
fn join(random: &mut Random, words: &[&str]) -> String {
    let mut text = String::new();
    let word = |byte: Option<char>| byte.is_some_and(|byte| byte.is_alphanumeric() || byte == '_');
    for next in words {
        if word(text.chars().last()) && word(next.chars().next()) {
            text.push(random.pick(&[' ', '\t', '\n']));
        }
        if random.chance(4) {
            text.push(' ');
        }
        text.push_str(next);
    }
    text
}

#[test]
fn prototypes() {
    let mut random = Random::new(3);
    for _ in 0..CASES {
        let (returns, mut words) = ty(&mut random);
        let name = random.pick(NAMES);
        words.extend([name, "("]);
        let mut expected = Declaration::new(name, returns);
        let length = random.below(MAX_PARAMETERS + 1);
        for index in 0..length {
            let (ty, extra) = ty(&mut random);
            let name = (!random.chance(3)).then(|| random.pick(NAMES));
            expected.push(ParameterDeclaration::new(name, ty)).unwrap();
            if index != 0 {
                words.push(",");
            }
            words.extend(extra);
            words.extend(name);
        }
        if length == 0 {
            words.extend(["void"]);
        } else if random.chance(3) {
            expected.variadic = true;
            words.extend([",", "..."]);
        }
        words.extend([")", ";"]);
        let text = join(&mut random, &words);
        match text::prototype(text.as_bytes()) {
            Ok(parsed) => assert_eq!(parsed, expected, "{text}"),
            Err(error) => panic!("{text}: {error}"),
        }
        properties::prototype(text.as_bytes());
    }
}

fn all(text: &[u8]) {
    properties::prototype(text);
    properties::query(text);
    properties::expression(text);
    properties::program(text);
}

#[test]
fn random_bytes() {
    let mut random = Random::new(4);
    for _ in 0..CASES {
        let length = random.below(40);
        let text: Vec<_> = (0..length).map(|_| random.byte()).collect();
        all(&text);
    }
}

#[test]
fn random_words() {
    const WORDS: &[&str] = &[
        "int", "long", "unsigned", "const", "char", "void", "struct", "f", "x", "*", "(", ")", ",",
        "...", "[", "]", ";", " ", "\t", "\n", "'", "\"", "\\", "\\x4", "0", "12", "0x", "-", "&",
        ":", "!", "?", "a-z", "\0", "\u{e9}",
    ];
    let mut random = Random::new(5);
    for _ in 0..CASES * 4 {
        let length = random.below(16);
        let text: String = (0..length).map(|_| random.pick(WORDS)).collect();
        all(text.as_bytes());
    }
}

#[test]
fn random_expressions() {
    const WORDS: &[&str] = &[
        "f(",
        "m:g(",
        "g()",
        "x",
        "m:x",
        "$",
        "$1",
        "out",
        "out[",
        "1",
        "\"s\"",
        "'c'",
        "NULL",
        "(",
        "(u32)",
        "(struct s *)",
        "(x)",
        "sizeof(int)",
        "per_cpu(x,",
        ")",
        ")",
        "]",
        "[",
        "->m",
        ".m",
        "*",
        "&",
        "-",
        "+",
        "~",
        "!",
        "/",
        "<<",
        ">>",
        "<",
        ">",
        "==",
        "!=",
        "&&",
        "||",
        "|",
        "^",
        "?",
        ":",
        ",",
        "{.m=",
        "{",
        "}",
        ".m=",
        " ",
        "&x",
        "&m:x",
        "unsafe ",
        ";",
    ];
    let mut random = Random::new(7);
    let mut good = 0;
    for _ in 0..CASES * 10 {
        let length = 1 + random.below(12);
        let text: String = (0..length).map(|_| random.pick(WORDS)).collect();
        properties::expression(text.as_bytes());
        let mut memory = properties::ProgramMemory::new();
        good += usize::from(properties::single(text.as_bytes(), &mut memory).is_ok());
    }
    assert!(good > CASES / 4, "{good}");
}

/// Writes a valid expression of at most this many levels.
fn write_expression(random: &mut Random, depth: usize, text: &mut String) {
    let operators = [
        "*", "/", "%", "+", "-", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&", "^", "|", "&&",
        "||",
    ];
    let inner = |random: &mut Random, text: &mut String| match depth.checked_sub(1) {
        Some(depth) => write_expression(random, depth, text),
        None => {
            text.push_str(random.pick(&["x", "1", "$2", "'c'", "g()", "(&m:y)", "\"s\"", "out"]))
        }
    };
    match random.below(9) {
        0 => {
            inner(random, text);
            text.push_str(random.pick(&operators));
            text.push(' ');
            inner(random, text);
        }
        1 => {
            text.push_str(random.pick(&["- ", "~", "!", "*", "+ ", "(u8)", "(struct s *)"]));
            inner(random, text);
        }
        2 => {
            text.push_str("f(");
            for index in 0..random.below(4) {
                text.push_str(if index == 0 { "" } else { "," });
                inner(random, text);
            }
            text.push(')');
        }
        3 => {
            text.push_str("f(1)");
            text.push_str(random.pick(&["->m", ".m", "->m.n"]));
        }
        4 => {
            text.push_str("x[");
            inner(random, text);
            text.push(']');
        }
        5 => {
            inner(random, text);
            text.push('?');
            inner(random, text);
            text.push_str(" : ");
            inner(random, text);
        }
        6 => {
            text.push_str("f({ .a = ");
            inner(random, text);
            text.push_str(" })");
        }
        _ => {
            text.push('(');
            inner(random, text);
            text.push(')');
        }
    }
}

#[test]
fn good_expressions() {
    let mut random = Random::new(8);
    for _ in 0..CASES {
        let mut text = String::new();
        let depth = random.below(4);
        write_expression(&mut random, depth, &mut text);
        let mut memory = properties::ProgramMemory::new();
        match properties::single(text.as_bytes(), &mut memory) {
            Ok(_) => {}
            Err(error) => assert!(error.what.contains("too many parts"), "{text}: {error}"),
        }
        properties::expression(text.as_bytes());
    }
}

#[test]
fn mutations() {
    let mut random = Random::new(6);
    let seeds: Vec<_> = literal::texts()
        .chain(prototype::texts())
        .chain(word::texts())
        .chain(expression::texts())
        .chain(program::texts())
        .collect();
    for _ in 0..CASES * 4 {
        let mut text = random.pick(&seeds).as_bytes().to_vec();
        for _ in 0..=random.below(4) {
            let place = random.below(text.len() + 1);
            match random.below(4) {
                0 => text.insert(place, random.byte()),
                1 => text.truncate(place),
                2 if place < text.len() => text[place] = random.byte(),
                2 => {}
                _ => {
                    let other = random.pick(&seeds).as_bytes();
                    let start = random.below(other.len() + 1);
                    text.splice(place..place, other[start..].iter().copied());
                }
            }
        }
        all(&text);
    }
}

#[test]
fn random_programs() {
    const WORDS: &[&str] = &[
        "x",
        "x",
        "y",
        "z",
        "1",
        "0",
        "=",
        "=",
        "==",
        "+=",
        "++",
        "--",
        ";",
        ";",
        ";",
        ",",
        "(",
        ")",
        "(",
        ")",
        "{",
        "}",
        "if (x) ",
        "else ",
        "while (x) ",
        "for (",
        "for (;;) ",
        "break;",
        "continue;",
        "int ",
        "auto ",
        "struct s ",
        "*",
        "->m",
        ".m",
        "[",
        "]",
        "sizeof ",
        "typeof(",
        "unsafe ",
        "container_of(x, ",
        "offsetof(struct s, m)",
        "@",
        "/x ",
        "timeout=1 ",
        "//",
        "\n",
        "list_for_each_entry(",
        "for_each_process(x) ",
        "xa_for_each(x, y, z) ",
        "&",
        "&&",
        "?",
        ":",
        "u64 ",
        "f(",
        "KERN_INFO \"a\"",
        "$",
    ];
    let mut random = Random::new(9);
    let mut good = 0;
    for _ in 0..CASES * 10 {
        let length = 1 + random.below(16);
        let text: String = (0..length).map(|_| random.pick(WORDS)).collect();
        properties::program(text.as_bytes());
        let mut memory = properties::ProgramMemory::new();
        good += usize::from(text::program(text.as_bytes(), memory.lend()).is_ok());
    }
    assert!(good > CASES / 4, "{good}");
}

/// Writes a valid statement of at most this many levels.
fn write_statement(random: &mut Random, depth: usize, text: &mut String) {
    let value = |random: &mut Random, text: &mut String| {
        let levels = random.below(3);
        write_expression(random, levels, text);
    };
    let Some(depth) = depth.checked_sub(1) else {
        value(random, text);
        return text.push(';');
    };
    match random.below(10) {
        0 => {
            text.push_str("if (");
            value(random, text);
            text.push(')');
            write_statement(random, depth, text);
            if random.chance(2) {
                text.push_str(" else ");
                write_statement(random, depth, text);
            }
        }
        1 => {
            text.push_str(random.pick(&["while (v = ", "for (i = 0; i < 5; i += "]));
            value(random, text);
            text.push(')');
            write_statement(random, depth, text);
        }
        2 => {
            text.push_str(random.pick(&[
                "list_for_each_entry(struct s *t, ",
                "hlist_for_each_entry(t, ",
                "rb_for_each_entry(struct s *t, ",
            ]));
            value(random, text);
            text.push_str(", m)");
            write_statement(random, depth, text);
        }
        3 => {
            text.push_str(random.pick(&["int a = ", "auto b = ", "c = ", "struct s *d = "]));
            value(random, text);
            text.push(';');
        }
        4 => text.push_str(random.pick(&["for (;;) { break; }", "while (x) continue;", ";"])),
        5 => {
            value(random, text);
            text.push(',');
            value(random, text);
            text.push(';');
        }
        _ => {
            text.push('{');
            for _ in 0..random.below(4) {
                write_statement(random, depth, text);
            }
            text.push('}');
        }
    }
}

#[test]
fn good_programs() {
    let mut random = Random::new(10);
    for _ in 0..CASES {
        let mut text = String::new();
        let depth = 1 + random.below(4);
        write_statement(&mut random, depth, &mut text);
        let mut memory = properties::ProgramMemory::new();
        match text::program(text.as_bytes(), memory.lend()) {
            Ok(_) => {}
            Err(error) => assert!(
                error.what.contains("too many parts") || error.what.contains("has no members"),
                "{text}: {error}"
            ),
        }
        properties::program(text.as_bytes());
    }
}
