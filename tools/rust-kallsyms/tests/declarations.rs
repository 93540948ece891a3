// SPDX-License-Identifier: GPL-2.0

//! C's declarations, and what `lookup` says of types.

mod random;

use random::Random;
use rust_kallsyms::{
    answer::{
        counts,
        Evaluation,
        Event,
        Found,
        Running,
        Symbol, //
    },
    declaration::{
        Declaration,
        Prototype, //
    },
    stack,
    types::Type, //
};

#[test]
fn a_name_and_its_type() {
    for (text, ty, name) in [
        ("unsigned long x", "unsigned long", "x"),
        ("unsigned long", "unsigned long", ""),
        ("pid_t nr", "pid_t", "nr"),
        ("pid_t", "pid_t", ""),
        ("const char *fmt", "const char *", "fmt"),
        ("const pid_t", "const pid_t", ""),
        ("struct pid *", "struct pid *", ""),
        ("struct pid", "struct pid", ""),
        ("struct pid **pids", "struct pid **", "pids"),
        ("struct upid numbers[1]", "struct upid[1]", "numbers"),
        ("int a[2][3]", "int[2][3]", "a"),
        (
            "int (*fn)(void *, const char *)",
            "int (*)(void *, const char *)",
            "fn",
        ),
        ("int (*)(void)", "int (*)(void)", ""),
        ("void (**table)(int)", "void (**)(int)", "table"),
        ("...", "...", ""),
    ] {
        let parsed = Declaration::parse(text);
        assert_eq!(
            (parsed.ty.as_str(), parsed.name.as_str()),
            (ty, name),
            "{text}"
        );
        assert_eq!(parsed.to_string(), text);
    }
}

#[test]
fn prototypes_are_parsed_and_printed_again() {
    for text in [
        "unsigned long int_sqrt(unsigned long x)",
        "int _printk(const char *fmt, ...)",
        "struct pid *find_vpid(int nr)",
        "void schedule(void)",
        "int kallsyms_on_each_symbol(int (*fn)(void *, const char *, unsigned long), void *data)",
        "void (*f(int nr))(int)",
        "struct pid **f(struct pid *pids[2], int (*cb)(int (*)(void), int))",
        "int foo.isra.0(int x)",
    ] {
        let prototype = Prototype::parse(text).expect(text);
        assert_eq!(prototype.to_string(), text);
    }
    let prototype =
        Prototype::parse("int kstrtoint(const char *s, unsigned int base, int *res)").unwrap();
    assert_eq!(
        (prototype.name.as_str(), prototype.returns.as_str()),
        ("kstrtoint", "int")
    );
    assert_eq!(prototype.parameters.len(), 3);
    assert_eq!(prototype.parameter("base").unwrap().ty, "unsigned int");
    assert_eq!(Prototype::parse("struct pid"), None);
    assert_eq!(Prototype::parse("unsigned long"), None);
}

/// A declaration as the module prints it.
fn declaration(random: &mut Random, name: &str, depth: usize) -> String {
    let bases = [
        "int",
        "unsigned long",
        "struct pid",
        "const char",
        "u8",
        "enum pid_type",
        "void",
    ];
    let base = *random.one_of(&bases);
    let kinds = if depth == 0 { 3 } else { 4 };
    match random.below(kinds) {
        0 => format!("{base} {name}").trim_end().to_owned(),
        1 => format!("{base} *{name}"),
        2 => format!("{base} {name}[{}]", random.below(100)).replace(" [", "["),
        _ => {
            let list = list(random, depth - 1);
            format!("{base} (*{name})({list})")
        }
    }
}

fn list(random: &mut Random, depth: usize) -> String {
    let count = random.below(4);
    let parameters = (0..count).map(|index| {
        let name = if depth % 2 == 0 {
            format!("p{index}")
        } else {
            String::new()
        };
        declaration(random, &name, depth)
    });
    let all = parameters.collect::<Vec<_>>().join(", ");
    if all.is_empty() {
        "void".to_owned()
    } else {
        all
    }
}

#[test]
fn any_declaration_is_parsed_and_printed_again() {
    let mut random = Random::new();
    for _ in 0..20_000 {
        let text = declaration(&mut random, "name", 2);
        let parsed = Declaration::parse(&text);
        assert_eq!((parsed.name.as_str(), parsed.to_string()), ("name", text));
        let text = format!("struct pid *f({})", list(&mut random, 2));
        assert_eq!(Prototype::parse(&text).expect(&text).to_string(), text);
    }
}

const STRUCT: &str = "struct pid_namespace {
\tint nr;\t/*     0     4 */
\tunsigned int flag:1;\t/*     4: 3     4 */
\tunion {
\t\tstruct {
\t\t\tstruct list_head list;\t/*     8    16 */
\t\t};\t/*     8    16 */
\t\tu64 word;\t/*     8     8 */
\t};\t/*     8    16 */
\tstruct {
\t\tint x;\t/*    24     4 */
\t} parts[2];\t/*    24     8 */
\tint (*fn)(struct pid *);\t/*    32     8 */
\t/* size: 40, members: 5 */
};";

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn a_structure_has_its_members() {
    let ty = Type::parse(&lines(STRUCT)).expect("it is a type");
    let Type::Whole {
        name,
        size,
        members,
    } = &ty
    else {
        panic!("{ty:?}");
    };
    assert_eq!(
        (name.as_str(), *size, members.len()),
        ("struct pid_namespace", 40, 5)
    );
    assert_eq!(members[1].bits, Some((3, 1)));
    assert_eq!((members[1].offset, members[1].size), (4, 4));
    assert_eq!(members[2].declaration.ty, "union {...}");
    assert_eq!(members[3].declaration.ty, "struct {...}[2]");
    assert_eq!(members[3].declaration.name, "parts");
    assert_eq!(members[3].members[0].offset, 24);
    let names = ty
        .members()
        .into_iter()
        .map(|member| member.declaration.name.as_str());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["nr", "flag", "list", "word", "parts", "fn"]
    );
}

#[test]
fn other_types() {
    let Some(Type::Enum {
        name,
        size,
        constants,
    }) = Type::parse(&[
        "enum pid_type {",
        "\tPIDTYPE_PID = 0,",
        "\tPIDTYPE_MAX = -1,",
        "\t/* size: 4 */",
        "};",
    ])
    else {
        panic!("it is an enumeration");
    };
    assert_eq!((name.as_str(), size), ("enum pid_type", 4));
    assert_eq!(
        constants,
        [
            ("PIDTYPE_PID".to_owned(), 0),
            ("PIDTYPE_MAX".to_owned(), -1)
        ]
    );
    let Some(Type::Whole { name, .. }) = Type::parse(&[
        "typedef struct {",
        "\tint counter;\t/*     0     4 */",
        "\t/* size: 4, members: 1 */",
        "} atomic_t;",
    ]) else {
        panic!("it is a structure");
    };
    assert_eq!(name, "atomic_t");
    let Some(Type::Plain {
        declaration,
        typedef,
        size,
    }) = Type::parse(&["typedef __kernel_pid_t pid_t;\t/* size: 4 */"])
    else {
        panic!("it is a typedef");
    };
    assert_eq!(
        (
            declaration.ty.as_str(),
            declaration.name.as_str(),
            typedef,
            size
        ),
        ("__kernel_pid_t", "pid_t", true, Some(4))
    );
    let Some(Type::Plain {
        declaration, size, ..
    }) = Type::parse(&["struct nothing;\t/* the kernel has no more than the name */"])
    else {
        panic!("it is incomplete");
    };
    assert_eq!((declaration.ty.as_str(), size), ("struct nothing", None));
    let Some(Type::Member(member)) = Type::parse(&["u64 vruntime;\t/*   264     8 */"]) else {
        panic!("it is a member");
    };
    assert_eq!(
        (member.declaration.name.as_str(), member.offset, member.size),
        ("vruntime", 264, 8)
    );
    for other in [
        vec![],
        vec![""],
        vec!["struct x {"],
        vec!["struct x {", "};"],
        vec!["a", "b"],
    ] {
        assert_eq!(Type::parse(&other), None);
    }
}

#[test]
fn a_call_has_its_function() {
    let evaluation = Evaluation::parse(&[
        "-22 (-EINVAL), res = 0",
        "int kstrtoint(const char *s, unsigned int base, int *res)  [vmlinux, text, 0x90 bytes]",
        "36354 ns",
    ])
    .expect("it is a call");
    let function = evaluation.function.expect("it has a function");
    assert_eq!((function.module.as_str(), function.size), ("vmlinux", 0x90));
    assert_eq!(function.prototype.name, "kstrtoint");
    assert_eq!(evaluation.nanoseconds, 36354);
    let evaluation =
        Evaluation::parse(&["\"init\"", "char[16]", "0 ns"]).expect("it is an expression");
    assert_eq!(
        (evaluation.ty.as_str(), evaluation.function),
        ("char[16]", None)
    );
    // Bytes that look like a number.
    let evaluation = Evaluation::parse(&[
        "1, dst = 12345678",
        "int in4_pton(const char *src, u8 *dst)  [vmlinux, text, 0x1 bytes]",
        "1 ns",
    ]);
    assert_eq!(evaluation.unwrap().outcome.out[0].1.to_string(), "12345678");
    assert_eq!(Evaluation::parse(&["1\tinit"]), None);
    assert_eq!(Evaluation::parse(&["1", "2", "3"]), None);
}

#[test]
fn lines_of_symbols() {
    let symbol =
        Symbol::parse("ffffffff81234560 t int_sqrt [vmlinux] 0x90").expect("it is a symbol");
    assert_eq!(
        (symbol.address.as_str(), symbol.name.as_str(), symbol.size),
        ("0xffffffff81234560", "int_sqrt", 0x90)
    );
    let symbol = Symbol::parse(
        "ffffffff81234560 t f [ext4] 0x40 section=.text stack=0 sympos=2  int f(int nr);  exported GPL-only, unsafe (it takes a, b), traceable",
    )
    .expect("it is a symbol");
    assert_eq!(symbol.keys[2], ("sympos".to_owned(), "2".to_owned()));
    assert_eq!(symbol.prototype.unwrap().name, "f");
    assert_eq!(
        symbol.marks,
        ["exported GPL-only", "unsafe (it takes a, b)", "traceable"]
    );
    let symbol =
        Symbol::parse("ffffffff81234560 t f [vmlinux] 0x40 section=.text sympos=1  traceable")
            .unwrap();
    assert_eq!((symbol.prototype, symbol.marks.len()), (None, 1));
    assert_eq!(Symbol::parse("struct pid {"), None);
    let found =
        Found::parse("vmlinux  struct pid *find_vpid(int nr);  exported, no call (a; b)").unwrap();
    assert_eq!((found.module.as_str(), found.marks.len()), ("vmlinux", 2));
    assert_eq!(
        counts("module a b", "xfs 1 2"),
        Some(("xfs", vec![("a", 1), ("b", 2)]))
    );
    assert_eq!(Event::parse("lost events=12"), Some(Event::Lost(12)));
    assert!(matches!(
        Event::parse("coming xfs symbols=3"),
        Some(Event::Change { symbols: 3, .. })
    ));
    let running = Running::parse("msleep  3 s  pid 123  abandoned").expect("it is a call");
    assert_eq!(
        (
            running.function.as_str(),
            running.seconds,
            running.pid,
            running.state.as_str()
        ),
        ("msleep", 3, 123, "abandoned")
    );
    assert_eq!(Running::parse("msleep 3 123"), None);
}

#[test]
fn a_place_of_rust_code_says_what_its_name_means() {
    for (line, place) in [
        (
            "[<0>] _RNvMNtCs1_6kernel7condvarNtB2_7CondVar6notify+0x12/0x40 [rust_kallsyms]",
            Some("<kernel::condvar::CondVar>::notify+0x12/0x40 [rust_kallsyms]"),
        ),
        ("[<0>] msleep+0x2d/0x40", Some("msleep+0x2d/0x40")),
        ("[<0>] 0xffffffffc0301000", Some("0xffffffffc0301000")),
        ("[<0>] _Readers+0x1/0x2", Some("_Readers+0x1/0x2")),
        // C's own, although Rust's older names may begin so.
        ("[<0>] _ZN4core3fmtE+0x1/0x2", Some("_ZN4core3fmtE+0x1/0x2")),
        ("", None),
    ] {
        assert_eq!(stack::place(line).as_deref(), place, "{line}");
    }
}
