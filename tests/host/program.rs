// SPDX-License-Identifier: GPL-2.0

//! Programs: what they print on a machine of numbers, or what is wrong with them and where.

use crate::{
    expression::lisp,
    machine::Machine,
    properties::ProgramMemory,
    refuse,
    text::{
        self,
        Declared,
        Format,
        NodeKind,
        ParseError, //
    },
    Bad, //
};

/// Texts to mutate.
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    [
        "for (int i = 0, *p; i < 3; i++, p = &i) if (i == 1) continue; else { i, p; break; } i",
        "list_for_each_entry(struct task_struct *t, &init_task.tasks, tasks) t->pid, t->comm",
        "timeout=5 while (n->l) n = n->l; container_of(n, struct T, m.x[1])->key // the first",
        "/x typeof(*p) q = *p@8; auto r = unsafe f(sizeof q)->b; { r += 1; --r; } offsetof(struct T, x)",
        "xa_for_each(&m->i_pages, i, p) i, p; for_each_online_cpu(c) per_cpu_ptr(p, c)->x",
    ]
    .into_iter()
}

/// A machine with a tree and a list of three elements; the list's head is at 1, its first element
/// at 10.
fn machine() -> Machine {
    let mut machine = Machine::default();
    machine.names.extend([
        ("init_task", 1),
        ("head", 1),
        ("tree", 50),
        ("array", 60),
        ("nr_cpu_ids", 70),
        ("__cpu_online_mask", 61),
        ("first", 10),
        ("seven", 7),
    ]);
    for (node, next) in [(1, 10), (10, 11), (11, 12), (12, 1)] {
        machine.set(node, "next", next);
        machine.set(next, "prev", node);
        machine.set(node, "key", node * 2);
    }
    machine.set(1, "tasks", 1);
    machine.set(1, "first", 20);
    for (node, next) in [(20, 21), (21, 0)] {
        machine.set(node, "next", next);
        machine.set(node, "key", node);
    }
    machine.set(50, "rb_node", 31);
    for (node, left, next) in [(31, 30, 32), (30, 0, 31), (32, 0, 0)] {
        machine.set(node, "rb_left", left);
        machine.set(node, "rb_next", next);
        machine.set(node, "key", node);
    }
    machine.set(60, "next0", 100);
    machine.set(60, "next1", 101);
    machine.set(60, "[0]", 0b1010);
    machine.set(60, "[1]", 0b11);
    machine.set(61, "bits[0]", 0b101);
    machine.set(61, "bits[1]", 0b10);
    machine
}

fn run(text: &str) -> Result<String, String> {
    let mut memory = ProgramMemory::new();
    let program = text::program(text.as_bytes(), memory.lend());
    machine().run(&program.map_err(|error| error.to_string())?)
}

#[track_caller]
fn prints(table: &[(&str, &str)]) {
    for &(text, output) in table {
        assert_eq!(run(text).as_deref(), Ok(output), "{text}");
    }
}

#[test]
fn statements() {
    prints(&[
        ("1", "1;"),
        ("1;", "1;"),
        ("1; 2, 3\n;4", "1;2,3;4;"),
        ("x = 5; x", "5;"),
        ("x = 5; (x = 6); x", "6;6;"),
        ("x = y = 2; x + y", "4;"),
        ("int i = 2, j = i + 1; i * j", "6;"),
        ("int i; i", "0;"),
        ("auto i = 3; i += 4; i -= 1; i <<= 2; i |= 1; i", "25;"),
        ("i = 1; i++; ++i; i, (i--), i, (--i), i", "3,3,2,1,1;"),
        ("x = 1, y = 2; x, y", "1,2;"),
        ("x = 1, x, x++, x", "1,2;"),
        ("a = 1; a, a = 2", "1;"),
        ("i = 5; -i++, i", "-5,6;"),
        ("; ;; 1 ;", "1;"),
        ("{ 1; { 2 } } 3", "1;2;3;"),
        ("// a comment\n1 // and another\n; 2//", "1;2;"),
        ("1 +\n// between\n 2", "3;"),
        ("x = 0 ? 1 : seven; x", "7;"),
        ("seven, first->key", "7,20;"),
    ]);
}

#[test]
fn conditions() {
    prints(&[
        ("if (1) 2; 3", "2;3;"),
        ("if (0) 2; 3", "3;"),
        ("if (0) 2; else 3; 4", "3;4;"),
        ("if (1) 2; else 3; 4", "2;4;"),
        ("if (0) 1; else if (1) 2; else 3", "2;"),
        ("if (0) 1; else if (0) 2; else 3", "3;"),
        ("if (1) if (0) 1; else 2; 3", "2;3;"),
        ("if (1) { if (0) 1; } else 2; 3", "3;"),
        ("if (1 && 0 || 1) { 1; 2 } 3", "1;2;3;"),
        ("x = 3; if (x > 2) x = 1; else x = 2; x", "1;"),
        ("if (x = 0) 1; x", "0;"),
        ("if (0) ; else ; 1", "1;"),
    ]);
}

#[test]
fn loops() {
    prints(&[
        ("for (i = 0; i < 3; i++) i; i", "0;1;2;3;"),
        (
            "for (int i = 0, j = 9; i < j; i += 3, j--) i, j",
            "0,9;3,8;6,7;",
        ),
        ("i = 3; while (i) i--; i", "0;"),
        ("i = 0; while (1) { if (i == 2) break; i++; } i", "2;"),
        (
            "for (i = 0; i < 5; i++) { if (i & 1) continue; i; }",
            "0;2;4;",
        ),
        ("i = 0; for (;;) if (++i > 3) break; i", "4;"),
        (
            "i = 0; while (i < 4) { i++; if (i == 2) continue; i }",
            "1;3;4;",
        ),
        (
            "for (i = 0; i < 3; i++) for (j = 0; j < 3; j++) { if (j == i) break; i, j; }",
            "1,0;2,0;2,1;",
        ),
        ("for (i = 0; i < 2; i++) { int s = 0; s += i; s }", "0;1;"),
        ("for (i = 0; i < 2; i++); i", "2;"),
        (
            "s = 0; for (r = first; r->key != 2; r = r->next) s += r->key; s",
            "66;",
        ),
        (
            "for (i = 0; i < 3; i++) if (i == 1) i; else -i; i",
            "0;1;-2;3;",
        ),
    ]);
}

#[test]
fn scopes() {
    prints(&[
        ("int i = 1; { int i = 2; i } i", "2;1;"),
        ("int i = 1; for (int i = 5; i < 6; i++) i; i", "5;1;"),
        ("{ x = 4; } x", "4;"),
        ("int seven = 8; seven", "8;"),
        ("{ int seven = 8; } seven", "7;"),
        ("int a = 1; int a = a + 1; a", "2;"),
        ("int n = 5; (n)-1, sizeof(n)", "4,8;"),
    ]);
    assert_eq!(run("int i = 1; { i = 2; } j").unwrap_err(), "no j");
    assert_eq!(run("if (0) x = 1; x").unwrap_err(), "local 0: no value");
}

#[test]
fn the_kernels_loops() {
    let list = "20;22;24;";
    prints(&[
        ("list_for_each_entry(struct T *t, &head, m) t->key", list),
        ("struct T *t; list_for_each_entry(t, &head, m) t->key; t->key", "20;22;24;24;"),
        ("list_for_each_entry ( T *t , &head , m ) { t->key ; }", list),
        ("list_for_each_entry_reverse(struct T *t, &head, m) t->key", "24;22;20;"),
        (
            "list_for_each_entry(struct T *t, &head, m) if (t->key == 22) continue; else t->key",
            "20;24;",
        ),
        ("list_for_each_entry(struct T *t, &head, m) { t->key; break; } 1", "20;1;"),
        (
            "list_for_each_entry(struct T *a, &head, m) list_for_each_entry(struct T *b, a, m) b->key, a->key",
            "22,20;24,20;2,20;24,22;2,22;20,22;2,24;20,24;22,24;",
        ),
        ("hlist_for_each_entry(struct T *t, &head, m) t->key", "20;21;"),
        ("llist_for_each_entry(struct T *t, head->first, m) t->key", "20;21;"),
        ("list_for_each(p, &head) p->key", list),
        ("rb_for_each_entry(struct T *t, &tree, m) t->key", "30;31;32;"),
        ("xa_for_each(&array, i, p) i, p", "0,100;1,101;"),
        ("for_each_process(p) if (p->key > 20) p->key", "22;24;"),
        ("for_each_process(p) p->key; p->key", "20;22;24;24;"),
        ("for_each_online_cpu(cpu) cpu", "0;2;65;"),
        ("for_each_set_bit(b, array, 66) b", "1;3;64;65;"),
        ("for_each_online_cpu(cpu) { if (cpu == 2) continue; cpu } cpu", "0;65;70;"),
    ]);
}

#[test]
fn a_circle_ends() {
    let mut memory = ProgramMemory::new();
    let text = b"list_for_each_entry(struct T *t, &head, m) t->key";
    let program = text::program(text, memory.lend()).unwrap();
    let mut machine = machine();
    machine.set(12, "next", 11);
    assert!(machine.run(&program).unwrap_err().starts_with("a circle"));
}

/// The definition of every loop can be parsed, with as many arguments as it has parameters.
#[test]
fn every_definition() {
    let definitions = include_str!("../../src/text/program/for_each.txt");
    let mut count = 0;
    for definition in definitions.split("\n\n").skip(1) {
        let (name, rest) = definition.split_once('(').unwrap();
        let (parameters, _) = rest.split_once(')').unwrap();
        let arguments: Vec<_> = parameters
            .split(", ")
            .enumerate()
            .map(|(index, parameter)| match parameter {
                "=pos" | "=tpos" => format!("struct T *v{index}"),
                _ => format!("v{index}"),
            })
            .collect();
        let text = format!("{name}({}) 1", arguments.join(", "));
        let mut memory = ProgramMemory::new();
        let program = text::program(text.as_bytes(), memory.lend());
        assert!(program.is_ok(), "{text}: {program:?}");
        let text = format!("{name}({}, x) 1", arguments.join(", "));
        let mut memory = ProgramMemory::new();
        let error = text::program(text.as_bytes(), memory.lend()).unwrap_err();
        assert!(error.what.contains("fewer arguments"), "{text}: {error}");
        let text = format!("{name}({}) 1", arguments[1..].join(", "));
        let mut memory = ProgramMemory::new();
        assert!(
            text::program(text.as_bytes(), memory.lend()).is_err(),
            "{text}"
        );
        count += 1;
    }
    assert_eq!(count, 17);
}

#[test]
fn options_and_formats() {
    let mut memory = ProgramMemory::new();
    let program = text::program(b"timeout=5 msleep(10)", memory.lend()).unwrap();
    assert_eq!(program.options.timeout, Some(5));
    assert!(program.expression().is_some());
    for (text, format) in [
        ("f(1)", Some(Format::Plain)),
        (" f(1) ;\n", Some(Format::Plain)),
        ("/x f(1)", Some(Format::Hexadecimal)),
        ("/a f(1), g", None),
        ("f(1); g()", None),
        ("x = 1", None),
        ("x = 1, x", None),
        ("int i = 1; i", None),
        ("if (1) 2", None),
        ("timeout = 5; timeout", None),
        ("timeout == 5", Some(Format::Plain)),
    ] {
        let mut memory = ProgramMemory::new();
        let program = text::program(text.as_bytes(), memory.lend()).unwrap();
        let expression = program.expression();
        assert_eq!(expression.map(|(_, format)| format), format, "{text}");
        assert_eq!(program.options.timeout, None, "{text}");
    }
    let mut memory = ProgramMemory::new();
    let program = text::program(b"/a x, y", memory.lend()).unwrap();
    let last = program.tree.nodes().last().unwrap();
    assert_eq!(last.kind, NodeKind::Print(2));
}

#[test]
fn declarations() {
    let mut memory = ProgramMemory::new();
    let text =
        b"struct kstat s; unsigned long *p, a[3]; u64 n = 1; pid_t *q = 0; auto r = n; x = r";
    let program = text::program(text, memory.lend()).unwrap();
    let locals: Vec<_> = program
        .locals
        .iter()
        .map(|local| match local.declared {
            Declared::Type(ty) => format!("{ty} {}", local.name),
            Declared::Array(ty, length) => format!("{ty} {}[{length}]", local.name),
            Declared::Auto => format!("auto {}", local.name),
            Declared::Assigned => format!("{} @{}", local.name, local.column),
        })
        .collect();
    assert_eq!(
        locals,
        [
            "struct kstat s",
            "unsigned long * p",
            "unsigned long a[3]",
            "u64 n",
            "pid_t * q",
            "auto r",
            "x @78",
        ]
    );
}

fn parse(text: &[u8]) -> Result<String, ParseError> {
    let mut memory = ProgramMemory::new();
    let program = text::program(text, memory.lend())?;
    let (tree, _) = program.expression().expect("a single expression");
    assert_eq!(parse_again(&tree.to_string()), lisp(&tree));
    Ok(lisp(&tree))
}

fn parse_again(text: &str) -> String {
    let mut memory = ProgramMemory::new();
    let program = text::program(text.as_bytes(), memory.lend()).unwrap();
    lisp(&program.expression().unwrap().0)
}

#[test]
fn operators() {
    for (text, tree) in [
        ("*p@8", "(Slice (Dereference p) 8)"),
        ("p->a@n + 1", "(Add (Slice (->a p) n) 1)"),
        ("name@3(1)", "(name@3 1)"),
        ("&name@3", "&name@3"),
        ("&m:name@3", "&m:name@3"),
        ("x.isra.0(1)", "(x.isra.0 1)"),
        ("x.isra.0", "x.isra.0"),
        ("x.isra.y", "(.y (.isra x))"),
        ("offsetof(struct pid, level)", "(offsetof struct pid level)"),
        (
            "offsetof(struct pid, a.b[2])",
            "(offsetof struct pid a.b[2])",
        ),
        (
            "container_of(p, struct T, m)->key",
            "(->key (container_of p struct T m))",
        ),
        (
            "container_of(p, typeof(*q), m)",
            "(container_of p typeof(*q) m)",
        ),
        ("sizeof(*p)", "(sizeof-value (Dereference p))"),
        ("sizeof p->x", "(sizeof-value (->x p))"),
        ("sizeof(struct page)", "(sizeof struct page)"),
        ("sizeof(p->x) + 1", "(Add (sizeof-value (->x p)) 1)"),
        ("(typeof(p->x))y", "(<typeof(p->x)> y)"),
        ("(typeof(*p) *)y", "(<typeof(*p) *> y)"),
        ("per_cpu_ptr(p, 1)->x", "(->x (per_cpu_ptr p 1))"),
        ("unsafe f(g(1))", "(unsafe (!f (g 1)))"),
        (
            "unsafe f(g(1))->a->b + h()->c",
            "(Add (unsafe (!->b (!->a (!f (g 1))))) (->c (h)))",
        ),
        ("unsafe (f(g(1)) + h())", "(unsafe (Add (!f (!g 1)) (!h)))"),
        ("unsafe *p->q", "(unsafe (!Dereference (!->q p)))"),
        ("unsafe *(p->q)", "(unsafe (!Dereference (->q p)))"),
        ("unsafe a[f(1)]->b", "(unsafe (!->b ([] a (f 1))))"),
        (
            "unsafe *(int *)f(1)",
            "(unsafe (!Dereference (<int *> (!f 1))))",
        ),
        ("f(unsafe g(h()))", "(f (unsafe (!g (h))))"),
        ("&unsafe p->q", "(Address (unsafe (!->q p)))"),
        (r#"_printk(KERN_INFO "a" "b")"#, r#"(_printk "\0016ab")"#),
        (r#"_printk("x" KERN_ERR "y")"#, r#"(_printk "x\0013y")"#),
        ("KERN_INFO", "KERN_INFO"),
        ("current->comm", "(->comm current)"),
        ("a ? b\n: c", "(? a b c)"),
    ] {
        assert_eq!(parse(text.as_bytes()).as_deref(), Ok(tree), "{text}");
    }
}

#[test]
fn bad_programs() {
    let table: &[Bad<'_>] = &[
        ("", 1, "a value is missing here"),
        (" // nothing", 12, "a value is missing here"),
        ("list_for_each_foo(p, a) p", 1, "no loop has this name here"),
        ("f(a) p", 6, "expected an operator, a comma, `;`"),
        ("1 2", 3, "expected an operator, a comma, `;`"),
        ("1,", 3, "a value is missing here"),
        ("{ 1", 1, "this brace is never closed"),
        ("1 }", 3, "no brace is open"),
        ("if 1", 4, "a condition in parentheses"),
        ("if (1", 4, "this parenthesis is never closed"),
        ("if ()", 5, "a value is missing before this parenthesis"),
        ("if (1)", 7, "a statement is missing here"),
        ("else 1", 1, "no `if` is open"),
        ("if (1) { 2 } 3; else 4", 17, "no `if` is open"),
        ("while (1)", 10, "a statement is missing here"),
        ("for (i = 0)", 11, "expected an operator or `;`"),
        ("for (;;", 8, "a value is missing"),
        ("break", 1, "no loop is open"),
        ("if (1) continue;", 8, "no loop is open"),
        ("return 1", 1, "not supported"),
        ("1 = 2", 3, "only locals are assigned to"),
        ("jiffies += 2", 9, "only locals are assigned to"),
        ("p->x = 2", 6, "only locals are assigned to"),
        ("*p = 2", 4, "only locals are assigned to"),
        ("int a; a + 1 = 2", 14, "only locals are assigned to"),
        ("jiffies++", 8, "only locals are assigned to"),
        ("++jiffies", 1, "only locals are assigned to"),
        (
            "int a; a &&= 2",
            12,
            "this operator cannot stand before `=`",
        ),
        ("int", 4, "expected the name of a local"),
        ("int 5", 5, "expected the name of a local"),
        ("int if = 1", 5, "a word of C's own"),
        ("void x", 6, "a local cannot be void"),
        ("auto x", 7, "`auto` takes the type"),
        ("int a[0]", 6, "the length of an array"),
        ("int a = ", 9, "a value is missing here"),
        ("int a = 1 2", 11, "expected an operator, a comma, `;`"),
        ("/y 1", 1, "a statement may begin with /x or /a"),
        ("timeout=x 1", 9, "a time limit is a number of seconds"),
        ("timeout=5x 1", 9, "a time limit is a number of seconds"),
        ("timeout=5", 10, "a value is missing here"),
        (
            "list_for_each_entry(t, h) 1",
            26,
            "this loop takes more arguments",
        ),
        (
            "list_for_each_entry(t, h, m, n) 1",
            29,
            "this loop takes fewer arguments",
        ),
        (
            "for_each_process(a, b, c, d, e) 1",
            29,
            "this loop takes fewer arguments",
        ),
        (
            "list_for_each_entry(t, h, m",
            21,
            "the parenthesis before this is never closed",
        ),
        (
            "list_for_each_entry(t, h +, m) 1",
            27,
            "a value is missing here",
        ),
        (
            "list_for_each_entry(t, h, 5) 1",
            27,
            "a member's name is missing",
        ),
        ("list_for_each_entry(t->x, h, m) 1", 22, "expected a local"),
        (
            "for_each_process t",
            18,
            "`(` must follow the name of a loop",
        ),
        ("for_each_process(t)", 20, "a statement is missing here"),
        (
            "__container_of(p, struct T, m)",
            19,
            "a type can only stand",
        ),
        ("container_of(p)", 15, "expected a comma and a type"),
        (
            "container_of(p, struct T)",
            25,
            "expected a comma and a member",
        ),
        ("offsetof(struct T, 5)", 20, "a member's name is missing"),
        (
            "(typeof(f((typeof(x->y))z)))y",
            19,
            "typeof cannot stand in typeof",
        ),
        ("1 + while (x)", 5, "a word of C's own"),
        ("sizeof", 7, "a value is missing here"),
        ("typeof(x) + 1", 11, "expected the name of a local"),
    ];
    refuse(table, |text| {
        let mut memory = ProgramMemory::new();
        text::program(text, memory.lend()).map(|_| ())
    });
}

#[test]
fn memory_is_bounded() {
    let deep = "{".repeat(100);
    let nested = "if (1) ".repeat(100) + "1";
    let many: String = (0..100).map(|n| format!("int v{n};")).collect();
    for (text, what) in [
        (deep, "these statements are nested too deeply"),
        (nested, "these statements are nested too deeply"),
        (many, "this program has too many locals"),
        ("1;".repeat(2000), "this expression has too many parts"),
    ] {
        let mut memory = ProgramMemory::new();
        let error = text::program(text.as_bytes(), memory.lend()).unwrap_err();
        assert_eq!(error.what, what);
    }
}
