// SPDX-License-Identifier: GPL-2.0

//! Expressions, one by one.

use crate::{
    properties::{
        single,
        Memory,
        ProgramMemory, //
    },
    refuse,
    text::{
        self,
        Literal,
        NodeKind,
        ParseError,
        Tree, //
    },
    Bad, //
};

/// A tree as text in which every operator has its operands in parentheses.
pub(crate) fn lisp(tree: &Tree<'_, '_>) -> String {
    let mut stack: Vec<String> = Vec::new();
    for node in tree.nodes() {
        let mut take = |count: usize| stack.split_off(stack.len() - count).join(" ");
        let mark = if node.is_unsafe { "!" } else { "" };
        let text = match node.kind {
            NodeKind::Value(value) => value.to_string(),
            NodeKind::Symbol(name) => format!("[{name}]"),
            NodeKind::History(None) => "$".to_string(),
            NodeKind::History(Some(number)) => format!("${number}"),
            NodeKind::Out => "out".to_string(),
            NodeKind::SizeOf(ty) => format!("(sizeof {ty})"),
            NodeKind::Buffer => format!("(out {})", take(1)),
            NodeKind::PerCpu(name) => format!("(per_cpu {name} {})", take(1)),
            NodeKind::Call(name, 0) => format!("({mark}{name})"),
            NodeKind::Call(name, count) => format!("({mark}{name} {})", take(count)),
            NodeKind::Member(name) => format!("(.{name} {})", take(1)),
            NodeKind::Pointee(name) => format!("({mark}->{name} {})", take(1)),
            NodeKind::Index => format!("([] {})", take(2)),
            NodeKind::Unary(operator) => format!("({mark}{operator:?} {})", take(1)),
            NodeKind::Cast(ty) => format!("(<{ty}> {})", take(1)),
            NodeKind::Binary(operator) => format!("({operator:?} {})", take(2)),
            NodeKind::Branch { .. } => continue,
            NodeKind::TypeOf => {
                take(1);
                continue;
            }
            NodeKind::Local(number, name) => format!("{name}#{number}"),
            NodeKind::OffsetOf(ty, member) => format!("(offsetof {ty} {member})"),
            NodeKind::SizeOfValue => format!("(sizeof-value {})", take(1)),
            NodeKind::ContainerOf { ty, member, .. } => {
                format!("(container_of {} {ty} {member})", take(1))
            }
            NodeKind::PerCpuPointer => format!("(per_cpu_ptr {})", take(2)),
            NodeKind::Unsafe { .. } => format!("(unsafe {})", take(1)),
            NodeKind::Assign(None) => format!("(= {})", take(2)),
            NodeKind::Assign(Some(operator)) => format!("({operator:?}= {})", take(2)),
            NodeKind::Step { up, after } => format!("({up} {after} {})", take(1)),
            NodeKind::Declare(_)
            | NodeKind::Column(_)
            | NodeKind::Print(_)
            | NodeKind::Drop
            | NodeKind::Circle(_) => panic!("{node:?}"),
            NodeKind::Conditional => format!("(? {})", take(3)),
            NodeKind::Field(name) => format!("(.{name}= {})", take(1)),
            NodeKind::Braces(count) => format!("{{{}}}", take(count)),
            NodeKind::Arguments(count) => format!("<{}>", take(count)),
        };
        stack.push(text);
    }
    assert_eq!(stack.len(), 1);
    stack.remove(0)
}

fn parse(text: &[u8]) -> Result<String, ParseError> {
    let mut memory = ProgramMemory::new();
    Ok(lisp(&single(text, &mut memory)?))
}

fn parse_list(text: &[u8]) -> Result<String, ParseError> {
    let mut memory = Memory::new();
    let tree = text::expressions(text, &mut memory.nodes, &mut memory.pending)?;
    Ok(lisp(&tree))
}

#[track_caller]
fn means(table: &[(&str, &str)]) {
    for &(text, tree) in table {
        assert_eq!(parse(text.as_bytes()).as_deref(), Ok(tree), "{text}");
    }
}

/// Texts to mutate.
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    [
        "f(*p->q.r[1 + $2], out[32], { .a = { .b = -1 }, .c = x }, \"s\" \"t\")",
        "(*(struct s *)&m:x).y ? per_cpu(z, 0) : (u8)~1 << 2",
        "unsafe a && b || c == d != e;",
    ]
    .into_iter()
}

#[test]
fn the_contract() {
    means(&[
        ("pid_vnr(find_vpid(1))", "(pid_vnr (find_vpid 1))"),
        (
            "find_task_by_vpid(1)->comm",
            "(->comm (find_task_by_vpid 1))",
        ),
        ("*find_vpid(1)", "(Dereference (find_vpid 1))"),
        (
            r#"__dev_get_by_name(&init_net, "lo")->mtu"#,
            r#"(->mtu (__dev_get_by_name &init_net "lo"))"#,
        ),
        (
            "(*(struct task_struct *)&init_task).pid",
            "(.pid (Dereference (<struct task_struct *> &init_task)))",
        ),
        (r#"kstrtoint("42", 10, out)"#, r#"(kstrtoint "42" 10 out)"#),
        (
            r#"sha256("abc", 3, out[32])"#,
            r#"(sha256 "abc" 3 (out 32))"#,
        ),
        (
            r#"snprintf(out[32], 32, "x=%d", 5)"#,
            r#"(snprintf (out 32) 32 "x=%d" 5)"#,
        ),
        ("time64_to_tm(86400, 0, out)", "(time64_to_tm 86400 0 out)"),
        (
            r#"crc32_le(0xffffffff, "123456789", 9)"#,
            r#"(crc32_le 4294967295U "123456789" 9)"#,
        ),
        (
            r#"kstrdup("abc", GFP_KERNEL)"#,
            r#"(kstrdup "abc" GFP_KERNEL)"#,
        ),
        ("$1", "$1"),
        ("$", "$"),
        ("unsafe put_pid($1)", "(unsafe (!put_pid $1))"),
        (
            "f({ .count = 1, .level = { .deep = -2 }, })",
            "(f {(.count= 1) (.level= {(.deep= -2)})})",
        ),
        (
            "per_cpu(runqueues, 0).nr_running",
            "(.nr_running (per_cpu runqueues 0))",
        ),
        ("ext4:ext4_iget($1, 2);\n", "(ext4:ext4_iget $1 2)"),
    ]);
}

#[test]
fn what_binds_how_strongly() {
    means(&[
        ("1+2*3", "(Add 1 (Multiply 2 3))"),
        ("(1+2)*3", "(Multiply (Add 1 2) 3)"),
        ("10-4-3", "(Subtract (Subtract 10 4) 3)"),
        ("1<<2+3", "(Left 1 (Add 2 3))"),
        ("a<b==c>d", "(Equal (Less a b) (Greater c d))"),
        ("a&b==c", "(BitAnd a (Equal b c))"),
        ("a|b^c&d", "(BitOr a (BitXor b (BitAnd c d)))"),
        ("a||b&&c", "(Or a (And b c))"),
        ("a&&b||c", "(Or (And a b) c)"),
        (
            "a<=b!=c>=d",
            "(NotEqual (LessEqual a b) (GreaterEqual c d))",
        ),
        ("a%b/c", "(Divide (Remainder a b) c)"),
        ("a?b:c", "(? a b c)"),
        ("a?b:c?d:e", "(? a b (? c d e))"),
        ("a?b?c:d:e", "(? a (? b c d) e)"),
        ("a||b?c|d:e+1", "(? (Or a b) (BitOr c d) (Add e 1))"),
        ("-a->b", "(Minus (->b a))"),
        ("*a[1]", "(Dereference ([] a 1))"),
        ("(*a)[1]", "([] (Dereference a) 1)"),
        ("**p", "(Dereference (Dereference p))"),
        ("!~-x", "(Not (Complement (Minus x)))"),
        ("- -1", "1"),
        ("-(1)", "-1"),
        ("+5", "5"),
        ("+x", "(Plus x)"),
        ("a - -1", "(Subtract a -1)"),
        ("a&&b", "(And a b)"),
        ("a& &b", "(BitAnd a &b)"),
        ("a->b.c[d->e].f", "(.f ([] (.c (->b a)) (->e d)))"),
        ("(u32)a->b", "(<u32> (->b a))"),
        ("f(1)+g()", "(Add (f 1) (g))"),
        ("a >> 3 & 1", "(BitAnd (Right a 3) 1)"),
    ]);
}

#[test]
fn addresses() {
    means(&[
        ("&init_net", "&init_net"),
        ("& init_net", "&init_net"),
        ("&(init_net)", "&init_net"),
        ("&ext4:ext4_fs_type", "&ext4:ext4_fs_type"),
        ("&a.b", "&a.b"),
        ("&(a.b)", "(Address (.b a))"),
        (
            "&find_vpid(1)->numbers[0]",
            "(Address ([] (->numbers (find_vpid 1)) 0))",
        ),
        ("&a->b", "(Address (->b a))"),
        ("&a[1]", "(Address ([] a 1))"),
        ("&$1->comm", "(Address (->comm $1))"),
        ("&*p", "(Address (Dereference p))"),
        ("a ? &b : c", "(? a &b c)"),
    ]);
}

#[test]
fn casts() {
    means(&[
        ("(struct pid *)0", "(<struct pid *> 0)"),
        ("(const char*)p", "(<const char *> p)"),
        ("(unsigned long)f(1)", "(<unsigned long> (f 1))"),
        ("(u32)-1", "(<u32> -1)"),
        ("(__be16)-1", "(<__be16> -1)"),
        ("(pid_t)-1", "(<pid_t> -1)"),
        ("(x)-1", "(Subtract x 1)"),
        ("(x)&y", "(BitAnd x y)"),
        ("(x)*y", "(Multiply x y)"),
        ("(gfp_t)&y", "(<gfp_t> &y)"),
        ("(gfp)x", "(<gfp> x)"),
        ("(x *)y", "(<x *> y)"),
        ("(x)", "x"),
        ("(x) != 1", "(NotEqual x 1)"),
        ("(x)!y", "(<x> (Not y))"),
        ("(x)->y", "(->y x)"),
        ("(bool)(1)", "(<bool> 1)"),
        ("(u8)(u16)x + 1", "(Add (<u8> (<u16> x)) 1)"),
        ("sizeof(struct page)", "(sizeof struct page)"),
        ("sizeof(x) * 2", "(Multiply (sizeof x) 2)"),
        ("-sizeof (int)", "(Minus (sizeof int))"),
        // A type may have a module's name before it.
        (
            "sizeof(struct xfs:xfs_mount)",
            "(sizeof struct xfs:xfs_mount)",
        ),
        (
            "sizeof(const struct xfs:xfs_mount *)",
            "(sizeof const struct xfs:xfs_mount *)",
        ),
        ("sizeof(xfs:xfs_ino_t)", "(sizeof xfs:xfs_ino_t)"),
        ("(union a:b *)x", "(<union a:b *> x)"),
        ("(enum a:b)-1", "(<enum a:b> -1)"),
        ("(a:int)", "[a:int]"),
        ("(a:b *)x", "(<a:b *> x)"),
        ("(a:b_t)1", "(<a:b_t> 1)"),
        ("(a:b)", "[a:b]"),
        (
            "x ? (struct a:b *)p : (a:b *)q",
            "(? x (<struct a:b *> p) (<a:b *> q))",
        ),
        ("x ? (a) : b", "(? x a b)"),
        ("per_cpu(x@2, 0)", "(per_cpu x@2 0)"),
    ]);
}

#[test]
fn names() {
    means(&[
        ("ext4:ext4_groupinfo_caches", "[ext4:ext4_groupinfo_caches]"),
        ("a ? b:c", "(? a b c)"),
        ("a ? b:c(1)", "(? a b (c 1))"),
        ("a ? (b:c(1)) : d", "(? a (b:c 1) d)"),
        ("a ? f(b:c(1)) : d", "(? a (f (b:c 1)) d)"),
        ("foo.constprop.0(1)", "(foo.constprop.0 1)"),
        ("m:foo.isra.0 (1)", "(m:foo.isra.0 1)"),
        ("out->x", "(->x out)"),
        ("out_of_memory()", "(out_of_memory)"),
        ("out()", "(out)"),
        ("unsafe x", "(unsafe x)"),
        ("(static s*volatile*const)n", "(<s * volatile * const> n)"),
        ("unsafely", "unsafely"),
        (
            "*(enumsft)(&u.eum)*nd",
            "(Multiply (Dereference (<enumsft> &u.eum)) nd)",
        ),
        ("per_cpu(m:x, 1 + 1)", "(per_cpu m:x (Add 1 1))"),
        ("per_cpu", "per_cpu"),
        ("\"a\" \"b\"[0]", "([] \"ab\" 0)"),
    ]);
}

#[test]
fn lists() {
    for (text, tree) in [
        ("", "<>"),
        (" \t\n", "<>"),
        ("144", "<144>"),
        ("1, 2 ,3", "<1 2 3>"),
        ("f(1, 2), g()", "<(f 1 2) (g)>"),
        (
            "{ .a = 1 }, out, out[2 * 4]",
            "<{(.a= 1)} out (out (Multiply 2 4))>",
        ),
        ("{}", "<{}>"),
        ("a ? b : c, d", "<(? a b c) d>"),
    ] {
        assert_eq!(parse_list(text.as_bytes()).as_deref(), Ok(tree), "{text}");
    }
}

#[test]
fn bad_expressions() {
    let table: &[Bad<'_>] = &[
        ("", 1, "a value is missing here"),
        ("(unsafe)&(a)&b", 8, "a value is missing before"),
        ("unsafe unsafe", 14, "a value is missing here"),
        ("(unsafe:x)", 8, "expected a value"),
        ("&long.nn->an", 2, "a type can only stand in a cast"),
        ("1 + struct", 5, "a type can only stand in a cast"),
        ("int(5)", 4, "expected the name of a local"),
        ("1 + int(5)", 5, "a type can only stand in a cast"),
        ("unsafe", 7, "a value is missing here"),
        ("1 +", 4, "a value is missing here"),
        ("a ? b", 3, "`:` and another value must follow"),
        ("a ? b : ", 9, "a value is missing here"),
        ("a : b", 3, "there is no question mark"),
        ("f(a ? b)", 5, "`:` and another value must follow"),
        ("f(1", 1, "the parenthesis of this call is never closed"),
        ("f(1,", 5, "a value is missing here"),
        ("f(1,)", 5, "an argument is missing after the comma"),
        ("f(,1)", 3, "an argument is missing before this comma"),
        (
            "f(1 2)",
            5,
            "expected an operator, a comma or `)` after this argument",
        ),
        ("(1", 1, "this parenthesis is never closed"),
        ("(1]", 3, "expected an operator or `)` after this value"),
        ("()", 2, "a value is missing before this parenthesis"),
        ("a[1", 2, "this bracket is never closed"),
        ("a[]", 3, "a value is missing before this bracket"),
        ("a[1)", 4, "expected an operator or `]` after this value"),
        ("out[1", 1, "this bracket is never closed"),
        ("1)", 2, "expected an operator, a comma, `;` or the end"),
        ("1 b", 3, "expected an operator, a comma, `;` or the end"),
        ("a->", 4, "a member's name must follow"),
        ("a->1", 4, "a member's name must follow"),
        ("1->x", 2, "what stands before this has no members"),
        ("NULL[0]", 5, "what stands before this has no members"),
        ("f(1)(2)", 5, "only a function can be called"),
        ("a++", 2, "only locals are assigned to"),
        ("--a", 1, "only locals are assigned to"),
        ("a += 1", 3, "only locals are assigned to"),
        ("&1->", 3, "what stands before this has no members"),
        ("&", 2, "a symbol's name must follow `&`"),
        ("&f(1)", 2, "only what is in memory has an address"),
        ("&(1 + 2)", 3, "only what is in memory has an address"),
        ("&&x", 1, "a value is missing before this operator"),
        ("1 + { .a = 1 }", 5, "braces can only be"),
        (
            "f({ 1 })",
            5,
            "in braces every value has its member before it",
        ),
        ("f({ .a 1 })", 8, "`=` and a value must follow"),
        ("f({ .a = 1", 5, "this brace is never closed"),
        (
            "f({ .a = 1 )",
            12,
            "expected an operator, a comma or `}` after this value",
        ),
        (
            "f({ .a = 1, 2 })",
            13,
            "in braces every value has its member before it",
        ),
        ("sizeof", 7, "a value is missing here"),
        ("sizeof()", 8, "a value is missing before"),
        ("(struct)x", 8, "a tag must follow"),
        ("(struct x", 10, "expected `*` or `)` after this type"),
        ("(int ****** p)1", 10, "more than 4 levels of pointers"),
        ("per_cpu(x)", 10, "expected a comma and the CPU's number"),
        ("per_cpu(, 1)", 9, "a symbol's name is missing"),
        ("$x", 2, "a number must follow `$`"),
        ("$99999999999999999999", 2, "a number must follow `$`"),
        ("a # b", 3, "expected an operator, a comma, `;` or the end"),
        ("@", 1, "expected a value"),
        ("1.5", 2, "floating point"),
        ("m:x:y(1)", 4, "only one colon"),
        ("\"a", 1, "unterminated string"),
    ];
    refuse(table, parse);
}

#[test]
fn bad_lists() {
    let table: &[Bad<'_>] = &[
        (",1", 1, "an argument is missing before this comma"),
        ("1,", 3, "an argument is missing after the comma"),
        ("1,,2", 3, "an argument is missing before this comma"),
        ("1;", 2, "expected a comma or the end after this argument"),
        (
            "\"a\"b",
            4,
            "expected a comma or the end after this argument",
        ),
        ("1)", 2, "expected a comma or the end after this argument"),
        ("-", 2, "a value must follow the sign"),
        ("a++", 2, "nothing can be assigned to"),
        ("--a", 1, "nothing can be assigned to"),
        ("a += 1", 3, "nothing can be assigned to"),
        ("a = 1", 3, "expected a comma or the end"),
        ("1 + { .a = 1 }", 5, "braces can only be"),
    ];
    refuse(table, parse_list);
}

/// Every branch goes forward, past what is not needed for the value.
#[test]
fn branches() {
    let mut memory = ProgramMemory::new();
    let tree = single(b"a && b ? c || d : e", &mut memory).unwrap();
    let to: Vec<_> = tree
        .nodes()
        .iter()
        .enumerate()
        .filter_map(|(index, node)| match node.kind {
            NodeKind::Branch { when, to } => Some((index, format!("{when:?}"), to)),
            _ => None,
        })
        .collect();
    // a, branch, b, &&, branch, c, branch, d, ||, branch, e, ?:
    let expected = [
        (1, "And", 3),
        (4, "Then", 10),
        (6, "Or", 8),
        (9, "Else", 11),
    ];
    let expected = expected.map(|(index, when, to)| (index, when.to_string(), to));
    assert_eq!(to, expected);
}

#[test]
fn memory_is_bounded() {
    let mut memory = Memory::new();
    let (nodes, pending) = (&mut memory.nodes[..4], &mut memory.pending[..2]);
    assert!(text::expressions(b"1 + 2", nodes, pending).is_ok());
    let error = text::expressions(b"1 + 2 + 3", nodes, pending).unwrap_err();
    assert_eq!(
        (error.column, error.what),
        (7, "this expression has too many parts")
    );
    assert!(text::expressions(b"((1))", nodes, pending).is_ok());
    let error = text::expressions(b"(((1)))", nodes, pending).unwrap_err();
    assert_eq!(
        (error.column, error.what),
        (3, "this expression is nested too deeply")
    );
    assert!(text::expressions(b"1", &mut [], &mut []).is_err());
}

#[test]
fn a_node_begins_where_its_text_does() {
    let mut memory = Memory::new();
    let text = b"f(1), -x + 2, *p->q";
    let tree = text::expressions(text, &mut memory.nodes, &mut memory.pending).unwrap();
    // f 1 (f) | x - 2 + | p ->q *
    let starts: Vec<_> = (0..tree.nodes().len())
        .map(|index| tree.start(index))
        .collect();
    assert_eq!(starts, [3, 1, 8, 7, 12, 7, 16, 16, 15, 1]);
    let values = tree.nodes().iter();
    let values =
        values.filter(|node| matches!(node.kind, NodeKind::Value(Literal::Integer { .. })));
    assert_eq!(values.count(), 2);
}
