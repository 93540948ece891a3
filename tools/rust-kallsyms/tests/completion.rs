// SPDX-License-Identifier: GPL-2.0

//! What Tab completes, and the names in BTF.

mod random;

use random::Random;
use rust_kallsyms::{
    btf::{
        beginning,
        Names, //
    },
    complete::{
        expression,
        hint,
        line,
        open_brackets,
        postfix,
        shell_line,
        Knowledge, //
    },
    declaration::Prototype,
    types::Type, //
};

/// A kernel of a few names.
struct Small;

const TYPES: [(&str, &[&str]); 6] = [
    (
        "struct task_struct",
        &[
            "pid_t pid;\t/* 0 4 */",
            "struct mm_struct *mm;\t/* 8 8 */",
            "char comm[16];\t/* 16 16 */",
            "struct list_head tasks;\t/* 32 16 */",
            "mm_t mmt;\t/* 48 8 */",
        ],
    ),
    (
        "struct mm_struct",
        &[
            "int map_count;\t/* 0 4 */",
            "struct task_struct *owner;\t/* 8 8 */",
            "struct rb_node nodes[4];\t/* 16 8 */",
        ],
    ),
    (
        "struct list_head",
        &[
            "struct list_head *next;\t/* 0 8 */",
            "struct list_head *prev;\t/* 8 8 */",
        ],
    ),
    ("struct rb_node", &["struct rb_node *rb_left;\t/* 0 8 */"]),
    (
        "struct timespec64",
        &["s64 tv_sec;\t/* 0 8 */", "long tv_nsec;\t/* 8 8 */"],
    ),
    ("struct rq", &["unsigned int nr_running;\t/* 0 4 */"]),
];

impl Knowledge for Small {
    fn names(&self, prefix: &str) -> Vec<String> {
        let names = [
            "find_task_by_vpid",
            "find_vpid",
            "init_task",
            "int_sqrt",
            "PIDTYPE_PID",
        ];
        names
            .iter()
            .filter(|name| name.starts_with(prefix))
            .map(|name| (*name).to_owned())
            .collect()
    }

    fn tags(&self, keyword: &str, prefix: &str) -> Vec<String> {
        let types = TYPES
            .iter()
            .filter_map(|(name, _)| name.strip_prefix(keyword));
        let tags = types.map(str::trim).filter(|tag| tag.starts_with(prefix));
        tags.map(str::to_owned).collect()
    }

    fn modules(&self, prefix: &str) -> Vec<String> {
        ["ext4", "xfs"]
            .iter()
            .filter(|name| name.starts_with(prefix))
            .map(|name| (*name).to_owned())
            .collect()
    }

    fn ty(&self, name: &str) -> Option<Type> {
        match name {
            "task_t" => {
                return Type::parse(&["typedef struct task_struct task_t;\t/* size: 64 */"])
            }
            "mm_t" => return Type::parse(&["typedef struct mm_struct *mm_t;\t/* size: 8 */"]),
            _ => {}
        }
        let (_, members) = TYPES.iter().find(|(other, _)| *other == name)?;
        let head = format!("{name} {{");
        let mut lines = vec![head.as_str()];
        lines.extend(*members);
        lines.extend(["\t/* size: 64, members: 1 */", "};"]);
        Type::parse(&lines)
    }

    fn prototype(&self, function: &str) -> Option<Prototype> {
        Prototype::parse(match function {
            "find_task_by_vpid" => "struct task_struct *find_task_by_vpid(pid_t nr)",
            "int_sqrt" => "unsigned long int_sqrt(unsigned long x)",
            "timespec64_to_jiffies" => {
                "unsigned long timespec64_to_jiffies(const struct timespec64 *value)"
            }
            "f" => "struct timespec64 f(int a, struct mm_struct *mm)",
            _ => return None,
        })
    }

    fn variable(&self, name: &str) -> Option<String> {
        match name {
            "init_task" => Some("struct task_struct".to_owned()),
            "runqueues" => Some("struct rq".to_owned()),
            "task" => Some("task_t *".to_owned()),
            _ => None,
        }
    }

    fn earlier(&self, number: Option<usize>) -> Option<String> {
        match number {
            Some(2) => Some("int".to_owned()),
            _ => Some("struct task_struct *".to_owned()),
        }
    }
}

/// What the end of an expression can become.
fn completed(text: &str) -> Vec<String> {
    expression(text, &Small).1
}

#[test]
fn names_by_their_beginning() {
    assert_eq!(
        expression("1 + find_", &Small),
        (
            4,
            vec!["find_task_by_vpid".to_owned(), "find_vpid".to_owned()]
        )
    );
    assert_eq!(completed("&init_t"), ["init_task"]);
    assert_eq!(completed("pid_task(x, PIDTYPE_"), ["PIDTYPE_PID"]);
    assert_eq!(completed("(struct li"), ["list_head"]);
    assert_eq!(completed("sizeof(struct rb_"), ["rb_node"]);
    for nothing in ["0x1", "12", "$1", "\"find_", "f(\"a\", \"find_", "", "1 + "] {
        assert_eq!(completed(nothing), [""; 0], "{nothing}");
    }
}

#[test]
fn members_by_the_type_of_what_stands_before() {
    for (text, members) in [
        ("find_task_by_vpid(1)->co", vec!["comm"]),
        (
            "find_task_by_vpid(find_vpid(\")\"))->mm->ma",
            vec!["map_count"],
        ),
        ("find_task_by_vpid(1)->mm->owner->mm->own", vec!["owner"]),
        ("1 + init_task.mm->nodes[f(3)].", vec!["rb_left"]),
        ("init_task.tasks.", vec!["next", "prev"]),
        ("(*find_task_by_vpid(1)).pi", vec!["pid"]),
        ("(&init_task)->pi", vec!["pid"]),
        ("((struct task_struct *)&x)->mm->ow", vec!["owner"]),
        ("(*(struct rq *)&x).nr", vec!["nr_running"]),
        ("per_cpu(runqueues, 0).nr_", vec!["nr_running"]),
        ("$->mm", vec!["mm", "mmt"]),
        ("$1->mmt->ma", vec!["map_count"]),
        ("task->mmt->own", vec!["owner"]),
        ("current->com", vec!["comm"]),
        ("struct mm_struct *m = f(); m->own", vec!["owner"]),
        ("container_of(p, struct rq, m)->nr", vec!["nr_running"]),
        ("$2->", vec![]),
        ("unknown->", vec![]),
        ("int_sqrt(4)->", vec![]),
        ("init_task.nothing.", vec![]),
        ("timespec64_to_jiffies({ .tv_", vec!["tv_sec", "tv_nsec"]),
        ("f(1, { .map_count = 2, .own", vec!["owner"]),
        ("f(1, { .nodes = { .rb", vec![]),
    ] {
        assert_eq!(completed(text), members, "{text}");
    }
    assert_eq!(
        postfix("find_task_by_vpid(1)->comm[3]", &Small).as_deref(),
        Some("char")
    );
    assert_eq!(
        postfix("1 + init_task.mm", &Small).as_deref(),
        Some("struct mm_struct *")
    );
}

#[test]
fn lines_of_shells_begin_with_commands_only() {
    let at = |text| shell_line(text, &Small);
    assert_eq!(at("fin"), (0, vec!["find".to_owned()]));
    assert_eq!(at(" fin"), (1, vec!["find".to_owned()]));
    assert_eq!(at("call").1, ["call", "calls"]);
    assert!(at("int_s").1.is_empty());
    assert_eq!(at("call int_s"), (5, vec!["int_sqrt".to_owned()]));
}

#[test]
fn lines_begin_with_commands() {
    let at = |text| line(text, &Small);
    assert_eq!(at("desc"), (0, vec!["describe ".to_owned()]));
    assert_eq!(
        at("fin"),
        (
            0,
            vec![
                "find ".to_owned(),
                "find_task_by_vpid".to_owned(),
                "find_vpid".to_owned()
            ]
        )
    );
    assert_eq!(at("describe find_v").1, ["find_vpid"]);
    assert_eq!(at("describe struct rb").1, ["rb_node"]);
    assert_eq!(
        at("describe struct task_struct.mm->ow"),
        (32, vec!["owner".to_owned()])
    );
    assert_eq!(at("list mo").1, ["module="]);
    assert_eq!(at("list module=ext4,x"), (17, vec!["xfs".to_owned()]));
    assert_eq!(at("list kind=text,noi").1, ["noinstr"]);
    assert_eq!(at("list filter=int_").1, ["int_sqrt"]);
    assert_eq!(
        at("find returns='struct rb"),
        (21, vec!["rb_node".to_owned()])
    );
    assert_eq!(at("find takes=str").1, ["struct "]);
    assert_eq!(at("find takes='struct pid *' na").1, ["name="]);
    assert_eq!(at("call init_task.co").1, ["comm"]);
    assert_eq!(at("help wa").1, ["watch"]);
    assert_eq!(at("modules x").1, [""; 0]);
}

#[test]
fn a_prototype_is_shown_after_its_parenthesis() {
    let hinted = |text| hint(text, &Small).map(|(prototype, number)| (prototype.name, number));
    assert_eq!(hinted("1 + int_sqrt("), Some(("int_sqrt".to_owned(), 0)));
    assert_eq!(hinted("f(int_sqrt(4), "), Some(("f".to_owned(), 1)));
    assert_eq!(hinted("f(1, { .map_count = "), Some(("f".to_owned(), 1)));
    assert_eq!(hinted("int_sqrt(4)"), None);
    assert_eq!(hinted("int_sqrt(\""), None);
    assert_eq!(hinted("(1 + "), None);
}

#[test]
fn brackets_in_strings_are_none() {
    let open = |text| {
        open_brackets(text)
            .into_iter()
            .map(|(_, c)| c)
            .collect::<String>()
    };
    assert_eq!(open("f(\")\", '(', { .a[1"), "({[");
    assert_eq!(open("f(1); // (\n{"), "{");
    assert_eq!(open("f(\"\\\")"), "(");
    assert_eq!(open("))("), "(");
}

#[test]
fn no_text_is_too_strange() {
    let mut random = Random::new();
    let parts = [
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        "->",
        "$",
        "$1",
        "*",
        "&",
        ",",
        " ",
        "\"",
        "\\",
        "é",
        "init_task",
        "find_task_by_vpid",
        "struct ",
        "mm",
        "per_cpu",
        "container_of",
        "=",
        "list ",
        "find ",
        "describe ",
        "module=",
    ];
    for _ in 0..50_000 {
        let text: String = (0..random.below(10))
            .map(|_| *random.one_of(&parts))
            .collect();
        let (start, _) = line(&text, &Small);
        assert!(text.is_char_boundary(start), "{text}");
        let _ = hint(&text, &Small);
    }
}

/// A BTF with these types, and its strings after those of `base`.
fn btf(types: &[(&str, u32, &[u32])], base: usize) -> Vec<u8> {
    let mut strings = if base == 0 { vec![0u8] } else { Vec::new() };
    let mut body = Vec::new();
    for (name, info, more) in types {
        let mut name_of = |name: &str| {
            let at = (base + strings.len()) as u32;
            strings.extend(name.as_bytes());
            strings.push(0);
            at
        };
        let name = name_of(name);
        body.extend([name, *info, 0].map(u32::to_le_bytes).concat());
        for word in *more {
            // Names of constants are numbers here.
            let word = if *word == 77 {
                name_of("CONSTANT")
            } else {
                *word
            };
            body.extend(word.to_le_bytes());
        }
    }
    let (types, strings_at) = (body.len() as u32, body.len() as u32);
    let mut whole = vec![0x9f, 0xeb, 1, 0];
    whole.extend(
        [24, 0, types, strings_at, strings.len() as u32]
            .map(u32::to_le_bytes)
            .concat(),
    );
    whole.extend(body);
    whole.extend(strings);
    whole
}

#[test]
fn names_are_read_from_btf() {
    let kernel = btf(
        &[
            ("int", 1 << 24, &[0]),
            ("pid", (4 << 24) | 1, &[0, 0, 0]),
            ("", (5 << 24) | 2, &[0; 6]),
            ("pid_type", (6 << 24) | 1, &[77, 0]),
            ("big", (19 << 24) | 1, &[77, 0, 0]),
            ("", 3 << 24, &[0; 3]),
            ("", (13 << 24) | 2, &[0; 4]),
            ("f", 12 << 24, &[]),
            ("v", 14 << 24, &[0]),
            ("nothing", 6 << 24, &[]),
            ("pid_t", 8 << 24, &[]),
        ],
        0,
    );
    let mut names = Names::default();
    names.add(&kernel, &[]);
    assert_eq!(names.structs, ["pid"]);
    assert_eq!(names.enums, ["pid_type", "big", "nothing"]);
    assert_eq!(names.constants, ["CONSTANT", "CONSTANT"]);
    assert_eq!(
        (names.functions, names.variables, names.typedefs),
        (
            vec!["f".to_owned()],
            vec!["v".to_owned()],
            vec!["pid_t".to_owned()]
        )
    );
    // A module's.
    let strings = 1 + [
        "int", "pid", "", "pid_type", "CONSTANT", "big", "CONSTANT", "", "", "f", "v", "nothing",
        "pid_t",
    ]
    .map(|name| name.len() + 1)
    .iter()
    .sum::<usize>();
    let mut names = Names::default();
    names.add(&btf(&[("g", 12 << 24, &[])], strings), &kernel);
    assert_eq!(names.functions, ["g"]);
    // What is cut, or is none.
    for end in 0..kernel.len() {
        Names::default().add(&kernel[..end], &[]);
    }
    let sorted = ["a", "ab", "abc", "b"].map(str::to_owned);
    assert_eq!(beginning(&sorted, "ab").collect::<Vec<_>>(), ["ab", "abc"]);
}
