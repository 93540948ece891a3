// SPDX-License-Identifier: GPL-2.0

//! Properties that hold for any text, whatever is in it. Each function panics if one does not hold.

use crate::text::{
    self,
    Literal,
    Node,
    NodeKind,
    ParseError,
    Pending,
    Step,
    Tree,
    MAX_MODULE_NAME,
    MAX_PARAMETERS,
    MAX_SYMBOL_NAME, //
};

/// A place in the text, or its end.
fn inside(text: &[u8], column: usize) {
    assert!((1..=text.len() + 1).contains(&column));
}

fn place(text: &[u8], error: ParseError) {
    inside(text, error.column);
    assert!(!error.what.is_empty());
}

fn reason(error: ParseError) -> (usize, &'static str) {
    (error.column, error.what)
}

fn printable(text: &str) {
    assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
}

/// Memory for expressions.
pub(crate) struct Memory<'a> {
    pub(crate) nodes: [Node<'a>; 64],
    pub(crate) pending: [Pending<'a>; 24],
}

impl Memory<'_> {
    pub(crate) fn new() -> Self {
        Self {
            nodes: [Node::EMPTY; 64],
            pending: [Pending::EMPTY; 24],
        }
    }
}

/// Memory for programs.
pub(crate) struct ProgramMemory<'a> {
    nodes: Vec<Node<'a>>,
    locals: [text::Local<'a>; 40],
    pending: [Pending<'a>; 40],
    open: [text::Open; 40],
}

impl<'a> ProgramMemory<'a> {
    pub(crate) fn new() -> Self {
        Self {
            nodes: vec![Node::EMPTY; 1500],
            locals: [text::Local::EMPTY; 40],
            pending: [Pending::EMPTY; 40],
            open: [text::Open::EMPTY; 40],
        }
    }

    pub(crate) fn lend<'t>(&'t mut self) -> text::Memory<'t, 't, 'a> {
        text::Memory {
            nodes: &mut self.nodes,
            locals: &mut self.locals,
            pending: &mut self.pending,
            open: &mut self.open,
        }
    }
}

/// The single expression that a program is.
pub(crate) fn single<'t, 'a>(
    text: &'a [u8],
    memory: &'t mut ProgramMemory<'a>,
) -> Result<Tree<'t, 'a>, ParseError> {
    let program = text::program(text, memory.lend())?;
    let (tree, _) = program.expression().ok_or(ParseError {
        column: 1,
        what: "this is not a single expression",
    })?;
    Ok(tree)
}

/// How many values a node takes from the stack, and how many it leaves there.
fn effect(kind: NodeKind<'_>) -> (usize, usize) {
    match kind {
        NodeKind::Declare(_) | NodeKind::TypeOf | NodeKind::Print(_) => (0, 0),
        NodeKind::SizeOfValue => (0, 1),
        NodeKind::Column(_) | NodeKind::Drop => (1, 0),
        NodeKind::ContainerOf { .. } | NodeKind::Cast(_) => (1, 1),
        NodeKind::SizeOf(_) | NodeKind::OffsetOf(..) => (0, 1),
        NodeKind::Conditional | NodeKind::Binary(text::Binary::And | text::Binary::Or) => (1, 1),
        kind => (operands(kind), 1),
    }
}

/// On every way to a node of a program, the stack has the same number of values, and enough for the
/// node; at the end it is empty. Columns lie in the text, and only jumps go back.
pub(crate) fn program(text: &[u8]) {
    let mut memory = ProgramMemory::new();
    let program = match text::program(text, memory.lend()) {
        Ok(program) => program,
        Err(error) => return place(text, error),
    };
    let nodes = program.tree.nodes();
    let mut depths = vec![None; nodes.len() + 1];
    let mut next = vec![(0, 0)];
    while let Some((at, depth)) = next.pop() {
        match depths[at] {
            Some(known) => {
                assert_eq!(known, depth, "node {at} of {nodes:?}");
                continue;
            }
            None => depths[at] = Some(depth),
        }
        let Some(node) = nodes.get(at) else {
            assert_eq!(depth, 0);
            continue;
        };
        inside(text, node.column);
        assert!(node.first() <= at);
        match node.kind {
            NodeKind::Branch { when, to } => {
                use text::Branch::*;
                assert!(when == Jump || to > at);
                match when {
                    Jump | Else => next.push((to, depth)),
                    Then => next.extend([(to, depth - 1), (at + 1, depth - 1)]),
                    And | Or => next.extend([(to, depth), (at + 1, depth - 1)]),
                }
            }
            kind => {
                let (takes, leaves) = effect(kind);
                assert!(depth >= takes, "node {at} of {nodes:?}");
                next.push((at + 1, depth - takes + leaves));
            }
        }
    }
    for node in nodes {
        if let NodeKind::Local(number, _) | NodeKind::Declare(number) | NodeKind::Circle(number) =
            node.kind
        {
            assert!(number < program.locals.len());
        }
    }
    if let Some((single, _)) = program.expression() {
        tree(text, &single);
        let written = single.to_string();
        // A comment within `typeof` is not printed.
        if !text.windows(2).any(|bytes| bytes == b"//") {
            printable(&written);
            // Without parentheses an assignment would not be shown, and a name could be a loop's.
            let written = format!("({written})");
            let mut memory = ProgramMemory::new();
            let again = text::program(written.as_bytes(), memory.lend());
            let again = again.unwrap_or_else(|error| panic!("{written}: {error}"));
            let (again, _) = again.expression().expect(&written);
            assert_eq!(again, single, "{written}");
        }
    }
}

/// Memory for the same nodes; the text may have more parentheses.
fn again<'a>() -> ([Node<'a>; 64], [Pending<'a>; 128]) {
    ([Node::EMPTY; 64], [Pending::EMPTY; 128])
}

/// Whether the nodes of a `typeof` come before those of a type.
fn has_typeof(ty: text::TypeName<'_>) -> usize {
    matches!(ty.base, text::Base::TypeOf(..)).into()
}

/// How many operands a node has in the array, including branches.
fn operands(kind: NodeKind<'_>) -> usize {
    match kind {
        NodeKind::Value(_)
        | NodeKind::Symbol(_)
        | NodeKind::History(_)
        | NodeKind::Out
        | NodeKind::Local(..)
        | NodeKind::Declare(_)
        | NodeKind::Print(_)
        | NodeKind::Circle(_)
        | NodeKind::Branch { .. } => 0,
        NodeKind::SizeOf(ty) | NodeKind::OffsetOf(ty, _) => has_typeof(ty),
        NodeKind::SizeOfValue | NodeKind::TypeOf | NodeKind::PerCpuPointer => 2,
        NodeKind::ContainerOf { ty, .. } | NodeKind::Cast(ty) => 1 + has_typeof(ty),
        NodeKind::Unsafe { .. } | NodeKind::Step { .. } | NodeKind::Column(_) | NodeKind::Drop => 1,
        NodeKind::Assign(_) => 2,
        NodeKind::Buffer
        | NodeKind::PerCpu(_)
        | NodeKind::Member(_)
        | NodeKind::Pointee(_)
        | NodeKind::Unary(_)
        | NodeKind::Field(_) => 1,
        NodeKind::Binary(text::Binary::And | text::Binary::Or) => 3,
        NodeKind::Binary(_) | NodeKind::Index => 2,
        NodeKind::Conditional => 5,
        NodeKind::Call(_, count) | NodeKind::Braces(count) | NodeKind::Arguments(count) => count,
    }
}

/// A tree is well formed; columns lie in the text; branches go forward, to the end of what they are
/// in and no further.
fn tree(text: &[u8], tree: &Tree<'_, '_>) {
    let nodes = tree.nodes();
    assert!(nodes.len() <= text::most_nodes(text.len()));
    let mut stack: Vec<usize> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        inside(text, node.column);
        inside(text, tree.start(index));
        let mut first = index;
        for _ in 0..operands(node.kind) {
            first = nodes[stack.pop().unwrap()].first();
        }
        assert_eq!(node.first(), first);
        stack.push(index);
        if let NodeKind::Branch { to, .. } = node.kind {
            assert!(index + 1 < to && to < nodes.len());
            let end = (index..nodes.len()).find(|&after| nodes[after].first() < index);
            assert!(to <= end.unwrap_or(nodes.len()));
        }
    }
    assert_eq!(stack, [nodes.len() - 1]);
    for node in nodes {
        assert!(node.last <= text.len());
        if let NodeKind::Value(Literal::String(string)) = node.kind {
            assert_eq!(string.bytes().count(), string.len());
            assert!(string.bytes().all(|byte| byte != 0));
        }
    }
}

/// Lists of arguments survive being printed and parsed again; so do the strings in them.
pub(crate) fn expression(text: &[u8]) {
    let mut memory = Memory::new();
    let parsed = text::expressions(text, &mut memory.nodes, &mut memory.pending);
    match &parsed {
        Err(error) => place(text, *error),
        Ok(parsed) => {
            tree(text, parsed);
            let written = parsed.to_string();
            printable(&written);
            let (mut nodes, mut more) = again();
            let again = text::expressions(written.as_bytes(), &mut nodes, &mut more).unwrap();
            assert_eq!(again, *parsed, "{written}");
        }
    }
    // Everything that the parser begins takes at least one byte of the text.
    let mut few = Memory::new();
    let pending = few.pending.len().min(text.len());
    let same = text::expressions(text, &mut few.nodes, &mut few.pending[..pending]);
    assert_eq!(same.map_err(reason), parsed.map_err(reason));
}

/// A prototype survives being printed and parsed again.
pub(crate) fn prototype(text: &[u8]) {
    let prototype = match text::prototype(text) {
        Ok(prototype) => prototype,
        Err(error) => return place(text, error),
    };
    let mut column = 0;
    for parameter in prototype.parameters() {
        inside(text, parameter.column);
        assert!(parameter.column > column);
        column = parameter.column;
        assert!(!parameter.ty.is_void());
    }
    assert!(prototype.parameters().len() <= MAX_PARAMETERS);
    let written = prototype.to_string();
    printable(&written);
    let again = text::prototype(written.as_bytes()).unwrap();
    assert_eq!(again, prototype);
    assert_eq!(again.to_string(), written);
}

/// Lists are what splitting at commas gives; a glob is accepted if and only if the kernel takes it
/// as it is meant; names, numbers and switches survive being printed and parsed again. Choices and
/// paths are pieces of the text, and printed once more, they are the same.
pub(crate) fn find(text: &[u8]) {
    let mut again = Vec::new();
    let mut choices = Vec::new();
    for choice in text::choices(text) {
        match choice {
            Ok(choice) => {
                inside(text, choice.column);
                assert!(text[choice.column - 1..].starts_with(choice.key.as_bytes()));
                let quote = if choice.value.contains(&b'\'') {
                    '"'
                } else {
                    '\''
                };
                if !choice.value.contains(&(quote as u8)) {
                    again.extend(format!("{}={quote}", choice.key).bytes());
                    again.extend(choice.value);
                    again.extend(format!("{quote}\n").bytes());
                    choices.push((choice.key, choice.value));
                }
            }
            Err(error) => {
                place(text, error);
                assert_eq!(text::choices(text).skip_while(Result::is_ok).count(), 1);
            }
        }
    }
    let parsed = text::choices(&again).map(Result::unwrap);
    assert!(parsed.map(|choice| (choice.key, choice.value)).eq(choices));
    match text::type_path(text) {
        Ok(path) => {
            let mut written = path.ty.to_string();
            printable(&written);
            for step in path.steps.clone() {
                written += &match step.unwrap() {
                    Step::Member(name) => format!(".{name}"),
                    Step::Pointee(name) => format!("->{name}"),
                    Step::Element(index) => format!("[{index}]"),
                };
            }
            let again = text::type_path(written.as_bytes()).unwrap();
            assert_eq!(again.ty, path.ty);
            assert!(again.steps.eq(path.steps));
        }
        Err(error) => place(text, error),
    }
}

pub(crate) fn query(text: &[u8]) {
    find(text);
    match text::list(text).collect::<Result<Vec<_>, _>>() {
        Ok(items) => {
            let line = text.strip_suffix(b"\n").unwrap_or(text);
            let split = line.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
            let split: Vec<_> = split.collect();
            if split != [b""] {
                let texts = items.iter().map(|item| item.text.as_bytes());
                assert!(texts.eq(split));
            } else {
                assert!(items.is_empty());
            }
            for item in items {
                inside(text, item.column);
                assert!(item.text.bytes().all(|byte| byte.is_ascii_graphic()));
                glob(text, item.text, item.column);
            }
        }
        Err(error) => {
            place(text, error);
            assert_eq!(text::list(text).skip_while(Result::is_ok).count(), 1);
        }
    }
    match text::number(text) {
        Ok(number) => assert_eq!(text::number(number.to_string().as_bytes()), Ok(number)),
        Err(error) => place(text, error),
    }
    if let Err(error) = text::switch(text) {
        place(text, error);
    }
    match text::symbol_name(text) {
        Ok(name) => {
            assert!((1..=MAX_SYMBOL_NAME).contains(&name.symbol.len()));
            assert!((1..=MAX_MODULE_NAME).contains(&name.module.map_or(1, str::len)));
            let written = name.to_string();
            printable(&written);
            assert_eq!(text::symbol_name(written.as_bytes()), Ok(name));
        }
        Err(error) => place(text, error),
    }
}

fn glob(text: &[u8], pattern: &str, column: usize) {
    let result = text::glob(pattern, column);
    assert_eq!(result.is_ok(), understood(pattern.as_bytes()));
    if let Err(error) = result {
        place(text, error);
        assert!((column..=column + pattern.len()).contains(&error.column));
    }
}

/// Whether the kernel's `glob_match()` takes `pattern` as it is meant. These are the steps of
/// `lib/glob.c`, where a `goto literal` is a `false` here.
fn understood(pattern: &[u8]) -> bool {
    let at = |index: usize| pattern.get(index).copied().unwrap_or(0);
    let mut next = 0;
    while at(next) != 0 {
        next += 1;
        match at(next - 1) {
            b'[' => {
                let mut class = next + usize::from(at(next) == b'!');
                let mut a = at(class);
                class += 1;
                loop {
                    let mut b = a;
                    if a == 0 {
                        return false;
                    }
                    if at(class) == b'-' && at(class + 1) != b']' {
                        b = at(class + 1);
                        class += 2;
                        if b == 0 {
                            return false;
                        }
                    }
                    // Here the kernel's source asks: "Any special action if a > b?"
                    if a > b {
                        return false;
                    }
                    a = at(class);
                    class += 1;
                    if a == b']' {
                        break;
                    }
                }
                next = class;
            }
            b'\\' => {
                if at(next) == 0 {
                    return false;
                }
                next += 1;
            }
            _ => {}
        }
    }
    true
}
