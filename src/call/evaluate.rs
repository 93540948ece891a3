// SPDX-License-Identifier: GPL-2.0

//! Evaluates expressions: from the first node to the last, with a stack of values.
//!
//! Every call in an expression is a checked call, whether its value is the result or an argument of
//! another. Memory is read by the kernel's fault-tolerant function only.

use super::{
    argument::{
        self,
        Complaint,
        Given, //
    },
    locked_down,
    signature::{
        self,
        Kind, //
    },
    typed::{
        read,
        Ty,
        Types, //
    },
    value::{
        may_be_address,
        string,
        Value, //
    },
    Caller,
    Outcome,
    Request,
    GREETING, //
};
use crate::{
    failure::Failure,
    kallsyms::Shape,
    print::{
        to_c_string,
        Pure, //
    },
    text::{
        self,
        Binary,
        Branch,
        Node,
        Pending,
        Tree,
        Unary, //
    }, //
};
use kernel::{
    bindings,
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::{
        BStr,
        CString, //
    }, //
};

/// How many parts an expression can have, and how deep they can be within each other.
const MAX_NODES: usize = 1024;
const MAX_DEPTH: usize = 64;

/// How large an object can be that is shown.
const MAX_OBJECT: usize = 64 << 10;

/// How long an expression is shown: a line of the log has about 1000 bytes, in which its value must fit too.
const MAX_TEXT: usize = 400;

const NO_NUMBER: &str = "a number is wanted here";

/// A value on the stack.
#[derive(Clone, Copy)]
enum Item<'a> {
    /// None: of a function that returns `void`.
    Void,
    /// What was written, whose type is not known yet.
    Literal(text::Value<'a>),
    /// An integer, a `bool`, an enumeration's or a pointer; in 64 bits, with its sign.
    Scalar(Ty, u64),
    /// What is in memory at an address.
    Object(Ty, usize),
}

/// An integer of any type.
#[derive(Clone, Copy)]
struct Number {
    negative: bool,
    magnitude: u64,
}

/// Evaluates one text.
struct Evaluator<'c, 'r, 'a> {
    caller: &'c Caller,
    request: &'r Request<'r>,
    /// Whether the user may see addresses.
    show: bool,
    types: Types<'c>,
    stack: KVec<(Item<'a>, usize)>,
    /// Memory that what was called may point into.
    strings: KVec<KVec<KVec<u8>>>,
    /// The last call that was made.
    last: Option<Outcome>,
    nanoseconds: i64,
}

/// What the parser fills.
struct Memory<'a> {
    nodes: KVVec<Node<'a>>,
    pending: KVVec<Pending<'a>>,
}

impl Memory<'_> {
    /// Enough for `text`.
    fn new(text: &[u8]) -> Result<Self, Failure> {
        let nodes = (2 * text.len() + 2).min(MAX_NODES);
        Ok(Self {
            nodes: KVVec::from_elem(Node::EMPTY, nodes, GFP_KERNEL)?,
            pending: KVVec::from_elem(Pending::EMPTY, MAX_DEPTH, GFP_KERNEL)?,
        })
    }
}

impl Caller {
    /// Calls the function that `request` asks for, with the values of the expressions it asks for. `show`
    /// says whether the user may see addresses. Sleeps.
    #[inline(never)]
    pub(crate) fn call(&self, request: &Request<'_>, show: bool) -> Result<Outcome, Failure> {
        let args = match request.args {
            None if matches!(request.name, b"printk" | b"_printk" | b"vmlinux:_printk") => GREETING,
            args => args.unwrap_or_default(),
        };
        locked_down()?;
        let parse = |error| Failure::parse(request.place, error);
        let mut memory = Memory::new(args)?;
        let tree =
            text::expressions(args, &mut memory.nodes, &mut memory.pending).map_err(parse)?;
        let end = args.trim_ascii_end().len();
        let mut evaluator = Evaluator::new(self, request, show)?;
        evaluator.run(&tree)?;
        let count = evaluator.stack.len();
        let request = Request {
            args_offset: end,
            ..*request
        };
        evaluator.make_call(&tree, &request, count)?;
        let mut outcome = evaluator.last.take().ok_or(EINVAL)?;
        outcome.call = shorten(to_c_string(fmt!("{}({})", &*outcome.name, Pure(tree)))?)?;
        Ok(outcome)
    }

    /// Evaluates the expression in `text`. The function that is called last, if the expression is a call, is
    /// chosen as `request` says. Sleeps.
    #[inline(never)]
    pub(crate) fn evaluate(
        &self,
        text: &[u8],
        request: &Request<'_>,
        show: bool,
    ) -> Result<Outcome, Failure> {
        locked_down()?;
        let parse = |error| Failure::parse(request.place, error);
        let mut memory = Memory::new(text)?;
        let (tree, vouched) =
            text::expression(text, &mut memory.nodes, &mut memory.pending).map_err(parse)?;
        let request = Request {
            unsafe_call: request.unsafe_call || vouched,
            ..*request
        };
        let mut evaluator = Evaluator::new(self, &request, show)?;
        evaluator.run(&tree)?;
        let is_call =
            matches!(tree.nodes().last(), Some(node) if matches!(node.kind, text::Kind::Call(..)));
        let tainted = evaluator.last.as_ref().is_some_and(|last| last.tainted);
        let mut outcome = match evaluator.last.take() {
            Some(outcome) if is_call => outcome,
            _ => {
                let (value, prototype) = evaluator.result(&tree)?;
                Outcome {
                    name: to_c_string(fmt!(""))?,
                    alias: false,
                    module: to_c_string(fmt!(""))?,
                    size: 0,
                    prototype,
                    call: to_c_string(fmt!(""))?,
                    value,
                    nanoseconds: 0,
                    tainted,
                }
            }
        };
        outcome.nanoseconds = evaluator.nanoseconds;
        outcome.call = shorten(to_c_string(fmt!("{}", Pure(tree)))?)?;
        Ok(outcome)
    }
}

/// A text that is not too long for a line: a long one only in part.
fn shorten(text: CString) -> Result<CString, Failure> {
    match text.to_bytes().get(..MAX_TEXT) {
        None => Ok(text),
        Some(start) => Ok(to_c_string(fmt!("{}...)", BStr::from_bytes(start)))?),
    }
}

impl<'c, 'r, 'a> Evaluator<'c, 'r, 'a> {
    fn new(caller: &'c Caller, request: &'r Request<'r>, show: bool) -> Result<Self, Failure> {
        Ok(Self {
            types: Types::new(caller.kallsyms())?,
            caller,
            request,
            show,
            stack: KVec::new(),
            strings: KVec::new(),
            last: None,
            nanoseconds: 0,
        })
    }

    /// What is wrong in a column.
    fn fail(&self, column: usize, errno: Error, what: fmt::Arguments<'_>) -> Failure {
        Failure::new(
            errno,
            fmt!("{}: column {column}: {what}", self.request.place),
        )
    }

    fn push(&mut self, item: Item<'a>, node: usize) -> Result<(), Failure> {
        Ok(self.stack.push((item, node), GFP_KERNEL)?)
    }

    /// Takes the value on top. The parser leaves none out.
    fn pop(&mut self) -> Result<(Item<'a>, usize), Failure> {
        Ok(self.stack.pop().ok_or(EINVAL)?)
    }

    /// Goes through all nodes. The value of the whole, or of each argument, is on the stack then.
    fn run(&mut self, tree: &Tree<'_, 'a>) -> Result<(), Failure> {
        let nodes = tree.nodes();
        let mut index = 0;
        while let Some(node) = nodes.get(index) {
            index = match node.kind {
                text::Kind::Branch { when, to } => match self.branches(tree, when, node.column)? {
                    true => to,
                    false => index + 1,
                },
                _ => {
                    self.node(tree, node, index)?;
                    index + 1
                }
            };
        }
        Ok(())
    }

    /// Whether a branch is taken.
    fn branches(
        &mut self,
        tree: &Tree<'_, 'a>,
        when: Branch,
        column: usize,
    ) -> Result<bool, Failure> {
        if when == Branch::Else {
            return Ok(true);
        }
        let (item, node) = self.pop()?;
        let item = self.load(tree, item, node)?;
        let truth = self.truth(item, column)?;
        let skips = match when {
            Branch::Or => truth,
            _ => !truth,
        };
        if skips && when != Branch::Then {
            self.push(boolean(truth), node)?;
        }
        Ok(skips)
    }

    /// Evaluates one node, whose operands are on the stack.
    #[inline(never)]
    fn node(&mut self, tree: &Tree<'_, 'a>, node: &Node<'a>, index: usize) -> Result<(), Failure> {
        use text::Kind;

        let column = node.column;
        let item = match node.kind {
            Kind::Value(value) => Item::Literal(value),
            Kind::SizeOf(ty) => {
                let ty = self.said(&ty, column)?;
                number_item(false, self.types.size(ty) as u64)
            }
            Kind::Call(name, count) => {
                return self.nested_call(tree, name, count, index);
            }
            Kind::Member(name) => {
                let (item, operand) = self.pop()?;
                match item {
                    Item::Object(ty, address) => self.member(ty, address, name, column)?,
                    _ => {
                        let _ = operand;
                        return Err(self.fail(
                            column,
                            EINVAL,
                            fmt!("what stands before this is no structure in memory"),
                        ));
                    }
                }
            }
            Kind::Pointee(name) => {
                let (ty, address) = self.pop_pointer(tree, column)?;
                self.member(ty, address, name, column)?
            }
            Kind::Index => {
                let (item, operand) = self.pop()?;
                let item = self.load(tree, item, operand)?;
                let by = self.number(item, tree.start(operand))?;
                let (ty, address) = self.pop_pointer(tree, column)?;
                let size = self.types.size(ty) as u64;
                let offset = by.bits().wrapping_mul(size) as usize;
                Item::Object(ty, address.wrapping_add(offset))
            }
            Kind::Unary(Unary::Dereference) => {
                let (ty, address) = self.pop_pointer(tree, column)?;
                Item::Object(ty, address)
            }
            Kind::Unary(Unary::Address) => match self.pop()? {
                (Item::Object(ty, address), _) => Item::Scalar(ty.pointer(), address as u64),
                _ => {
                    return Err(self.fail(
                        column,
                        EINVAL,
                        fmt!("only what is in memory, and no bit-field, has an address"),
                    ))
                }
            },
            Kind::Unary(operator) => {
                let (item, operand) = self.pop()?;
                let item = self.load(tree, item, operand)?;
                match operator {
                    Unary::Not => boolean(!self.truth(item, column)?),
                    _ => {
                        let number = self.number(item, column)?;
                        let value = match operator {
                            Unary::Minus => -number.value(),
                            Unary::Complement => !number.value(),
                            _ => number.value(),
                        };
                        self.in_range(value, column)?
                    }
                }
            }
            Kind::Cast(ty) => {
                let (item, operand) = self.pop()?;
                let to = self.said(&ty, column)?;
                let item = self.load(tree, item, operand)?;
                self.cast(item, to, column)?
            }
            Kind::Binary(Binary::And | Binary::Or) => {
                let (item, operand) = self.pop()?;
                let item = self.load(tree, item, operand)?;
                boolean(self.truth(item, column)?)
            }
            Kind::Binary(operator) => {
                let (right, operand) = self.pop()?;
                let right = self.load(tree, right, operand)?;
                let (left, operand) = self.pop()?;
                let left = self.load(tree, left, operand)?;
                self.binary(operator, left, right, column)?
            }
            Kind::Conditional | Kind::Arguments(_) | Kind::Branch { .. } => return Ok(()),
            Kind::Symbol(_)
            | Kind::History(_)
            | Kind::Out
            | Kind::Buffer
            | Kind::PerCpu(_)
            | Kind::Field(_)
            | Kind::Braces(_) => {
                return Err(self.fail(
                    column,
                    signature::EOPNOTSUPP(),
                    fmt!("this is not supported in expressions yet"),
                ))
            }
        };
        self.push(item, index)
    }

    /// Makes a call within an expression.
    #[inline(never)]
    fn nested_call(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: text::Name<'a>,
        count: usize,
        index: usize,
    ) -> Result<(), Failure> {
        let column = tree.start(index);
        let name = to_c_string(fmt!("{}", Pure(name)))?;
        let whole = index + 1 == tree.nodes().len();
        let request = Request {
            place: self.request.place,
            name: name.to_bytes(),
            position: if whole { self.request.position } else { 0 },
            args: None,
            args_offset: column - 1,
            sig: self.request.sig.filter(|_| whole),
            unsafe_call: self.request.unsafe_call,
        };
        let item = self.make_call(tree, &request, count)?;
        self.push(item, index)
    }

    /// Calls a function with the last `count` values of the stack.
    #[inline(never)]
    fn make_call(
        &mut self,
        tree: &Tree<'_, 'a>,
        request: &Request<'_>,
        count: usize,
    ) -> Result<Item<'a>, Failure> {
        let mut given = KVec::with_capacity(count, GFP_KERNEL)?;
        let first = self.stack.len().saturating_sub(count);
        for index in first..self.stack.len() {
            let (item, node) = self.stack[index];
            given.push(self.given(tree, item, node)?, GFP_KERNEL)?;
        }
        self.stack.truncate(first);
        let called = self.caller.call_checked(request, &self.types, &given)?;
        let register = called.register as u64;
        self.nanoseconds = self.nanoseconds.saturating_add(called.outcome.nanoseconds);
        self.strings.push(called.strings, GFP_KERNEL)?;
        let kind = called.returns;
        self.last = Some(called.outcome);
        if kind == Kind::Void {
            return Ok(Item::Void);
        }
        let ty = match called.ty {
            Some((btf, id)) => self.types.add(btf, id)?,
            None => match kind {
                Kind::Integer { size, signed } | Kind::Enum { size, signed, .. } => {
                    let number = Number::of(extend(register, size, signed), signed);
                    return Ok(number_item(number.negative, number.magnitude));
                }
                Kind::Bool => return Ok(number_item(false, register & 1)),
                _ => Ty::VOID_POINTER,
            },
        };
        Ok(Item::Scalar(ty, self.fill(ty, register)))
    }

    /// An argument.
    #[inline(never)]
    fn given(
        &self,
        tree: &Tree<'_, 'a>,
        item: Item<'a>,
        node: usize,
    ) -> Result<Given<'a>, Failure> {
        let column = tree.start(node);
        let (value, pointer) = match self.load(tree, item, node)? {
            Item::Literal(value) => (value, None),
            Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                self.check_object(tree, bits, node)?;
                (text::Value::Null, Some((ty, bits as usize)))
            }
            item @ Item::Scalar(..) => {
                let number = self.number_of(item).ok_or(EINVAL)?;
                let value = text::Value::Integer {
                    negative: number.negative,
                    magnitude: number.magnitude,
                };
                (value, None)
            }
            Item::Void => {
                return Err(self.fail(column, EINVAL, fmt!("this function returns no value")))
            }
            Item::Object(ty, _) => {
                return Err(self.fail(
                    column,
                    signature::EOPNOTSUPP(),
                    fmt!("a `{}` cannot be passed by value", self.types.display(ty)),
                ))
            }
        };
        Ok(Given {
            column,
            value,
            pointer,
        })
    }

    /// Fails if a pointer, which is the value of `node`, is null or an error, and no object is there.
    #[inline(never)]
    fn check_object(&self, tree: &Tree<'_, 'a>, bits: u64, node: usize) -> Result<(), Failure> {
        let column = tree.start(node);
        let error = bits as i64;
        let errors = -i64::from(bindings::MAX_ERRNO)..0;
        if bits != 0 && !errors.contains(&error) {
            return Ok(());
        }
        let nodes = tree.nodes();
        let what = match nodes.get(node).map(|node| node.kind) {
            Some(text::Kind::Call(name, _)) => to_c_string(fmt!("{}() returned", Pure(name)))?,
            Some(text::Kind::Pointee(name) | text::Kind::Member(name)) => {
                to_c_string(fmt!("the member {name} is"))?
            }
            _ => to_c_string(fmt!("this is"))?,
        };
        let what = &*what;
        if bits == 0 {
            return Err(self.fail(column, EFAULT, fmt!("{what} NULL")));
        }
        match self.caller.error_name(error) {
            Some(name) => Err(self.fail(column, EFAULT, fmt!("{what} ERR_PTR({error}) ({name})"))),
            None => Err(self.fail(column, EFAULT, fmt!("{what} ERR_PTR({error})"))),
        }
    }

    /// Takes a pointer to an object from the stack: the object's type and address.
    #[inline(never)]
    fn pop_pointer(&mut self, tree: &Tree<'_, 'a>, column: usize) -> Result<(Ty, usize), Failure> {
        let (item, node) = self.pop()?;
        let item = self.load(tree, item, node)?;
        let Item::Scalar(ty, bits) = item else {
            let what = match item {
                Item::Literal(text::Value::Address(_)) => {
                    "the kernel has no type for a symbol; a cast gives it one: (struct name *)&symbol"
                }
                _ => "a pointer is wanted here",
            };
            return Err(self.fail(column, EINVAL, fmt!("{what}")));
        };
        let Some(target) = self.types.pointee(ty) else {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!(
                    "a pointer is wanted here, not a `{}`",
                    self.types.display(ty)
                ),
            ));
        };
        self.check_object(tree, bits, node)?;
        Ok((target, bits as usize))
    }

    /// The member of an object.
    #[inline(never)]
    fn member(
        &self,
        ty: Ty,
        address: usize,
        name: &str,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let Some(found) = self.types.member(ty, name) else {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!("`{}` has no member {name}", self.types.display(ty)),
            ));
        };
        let Some(bits) = found.bits else {
            let address = address.wrapping_add(found.bit_offset / 8);
            return Ok(Item::Object(found.ty, address));
        };
        // The bytes that have the bits: at most nine, of which eight are enough for what C allows.
        let begin = found.bit_offset / 8;
        let shift = found.bit_offset % 8;
        let length = (shift + bits as usize).div_ceil(8).min(8);
        let mut bytes = [0u8; 8];
        self.read(address.wrapping_add(begin), &mut bytes[..length], column)?;
        let signed = matches!(
            self.types.shape(found.ty),
            Shape::Integer { signed: true, .. } | Shape::Enum { signed: true, .. }
        );
        let spare = 64u32.saturating_sub(bits);
        let value = (u64::from_le_bytes(bytes) >> shift).wrapping_shl(spare);
        let value = match signed {
            true => ((value as i64).wrapping_shr(spare)) as u64,
            false => value.wrapping_shr(spare),
        };
        Ok(Item::Scalar(found.ty, value))
    }

    /// Reads memory for what is in `column`.
    fn read(&self, address: usize, to: &mut [u8], column: usize) -> Result<(), Failure> {
        read(address, to)
            .map_err(|errno| self.fail(column, errno, fmt!("the memory of this cannot be read")))
    }

    /// The value of what is in memory; an array's is a pointer to its first element.
    #[inline(never)]
    fn load(&self, tree: &Tree<'_, 'a>, item: Item<'a>, node: usize) -> Result<Item<'a>, Failure> {
        let Item::Object(ty, address) = item else {
            return Ok(item);
        };
        if let Some(element) = self.types.element(ty) {
            return Ok(Item::Scalar(element.pointer(), address as u64));
        }
        let column = tree.nodes().get(node).map_or(1, |node| node.column);
        let size = self.types.size(ty);
        match self.types.shape(ty) {
            Shape::Aggregate if size > 0 => return Ok(item),
            Shape::Bool | Shape::Integer { .. } | Shape::Enum { .. } | Shape::Pointer
                if (1..=8).contains(&size) => {}
            _ => {
                return Err(self.fail(
                    column,
                    EINVAL,
                    fmt!("a `{}` has no value", self.types.display(ty)),
                ))
            }
        }
        let mut bytes = [0u8; 8];
        self.read(address, &mut bytes[..size], column)?;
        Ok(Item::Scalar(ty, self.fill(ty, u64::from_le_bytes(bytes))))
    }

    /// A value of the type in 64 bits, of which the upper ones may mean nothing.
    fn fill(&self, ty: Ty, bits: u64) -> u64 {
        match self.types.shape(ty) {
            Shape::Bool => u64::from(bits & 0xff != 0),
            Shape::Integer { size, signed } | Shape::Enum { size, signed } => {
                extend(bits, size, signed)
            }
            _ => bits,
        }
    }

    /// The number that a value is, if it is one.
    fn number_of(&self, item: Item<'a>) -> Option<Number> {
        use text::Value::*;
        match item {
            Item::Literal(Integer {
                negative,
                magnitude,
            }) => Some(Number {
                negative,
                magnitude,
            }),
            Item::Literal(Char(byte)) => Some(Number::of(byte.into(), false)),
            Item::Literal(Bool(value)) => Some(Number::of(value.into(), false)),
            Item::Scalar(ty, bits) => match self.types.shape(ty) {
                Shape::Bool => Some(Number::of(bits, false)),
                Shape::Integer { signed, .. } | Shape::Enum { signed, .. } => {
                    Some(Number::of(bits, signed))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The number that a value is, to compute with.
    fn number(&self, item: Item<'a>, column: usize) -> Result<Number, Failure> {
        let Some(number) = self.number_of(item) else {
            return Err(self.fail(column, EINVAL, fmt!("{NO_NUMBER}")));
        };
        let typed = matches!(item, Item::Scalar(..));
        if typed && !self.show && !number.negative && may_be_address(number.magnitude) {
            return Err(self.fail(
                column,
                EPERM,
                fmt!("this may be an address, which you may not see; nothing is computed with it"),
            ));
        }
        Ok(number)
    }

    /// Whether a value is not zero.
    fn truth(&self, item: Item<'a>, column: usize) -> Result<bool, Failure> {
        match item {
            Item::Scalar(_, bits) => Ok(bits != 0),
            Item::Literal(text::Value::Null) => Ok(false),
            Item::Literal(text::Value::String(_) | text::Value::Address(_)) => Ok(true),
            item => Ok(self.number(item, column)?.magnitude != 0),
        }
    }

    /// A computed number, if it fits in 64 bits.
    fn in_range(&self, value: i128, column: usize) -> Result<Item<'a>, Failure> {
        if !(-(1 << 63)..1 << 64).contains(&value) {
            return Err(self.fail(column, ERANGE, fmt!("the result does not fit in 64 bits")));
        }
        Ok(number_item(value < 0, value.unsigned_abs() as u64))
    }

    /// Computes.
    #[inline(never)]
    fn binary(
        &self,
        operator: Binary,
        left: Item<'a>,
        right: Item<'a>,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let pointer = |item| match item {
            Item::Literal(text::Value::Null) => Some(0),
            Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => Some(bits),
            _ => None,
        };
        if let (Some(left), Some(right)) = (pointer(left), pointer(right)) {
            match operator {
                Binary::Equal => return Ok(boolean(left == right)),
                Binary::NotEqual => return Ok(boolean(left != right)),
                _ => {}
            }
        }
        let (left, right) = (self.number(left, column)?, self.number(right, column)?);
        let (a, b) = (left.value(), right.value());
        let value = match operator {
            Binary::Add => a + b,
            Binary::Subtract => a - b,
            Binary::BitAnd => a & b,
            Binary::BitOr => a | b,
            Binary::BitXor => a ^ b,
            Binary::Less => return Ok(boolean(a < b)),
            Binary::Greater => return Ok(boolean(a > b)),
            Binary::LessEqual => return Ok(boolean(a <= b)),
            Binary::GreaterEqual => return Ok(boolean(a >= b)),
            Binary::Equal => return Ok(boolean(a == b)),
            Binary::NotEqual => return Ok(boolean(a != b)),
            Binary::And | Binary::Or => return Ok(boolean(a != 0)),
            Binary::Multiply => {
                let Some(product) = left.magnitude.checked_mul(right.magnitude) else {
                    return self.in_range(i128::MAX, column);
                };
                Number {
                    negative: left.negative != right.negative,
                    magnitude: product,
                }
                .value()
            }
            Binary::Divide | Binary::Remainder => {
                if right.magnitude == 0 {
                    return Err(self.fail(column, EINVAL, fmt!("a division by zero")));
                }
                let (magnitude, negative) = match operator {
                    Binary::Divide => (
                        left.magnitude / right.magnitude,
                        left.negative != right.negative,
                    ),
                    _ => (left.magnitude % right.magnitude, left.negative),
                };
                Number {
                    negative,
                    magnitude,
                }
                .value()
            }
            Binary::Left | Binary::Right => {
                if right.negative || right.magnitude > 62 {
                    return Err(self.fail(column, EINVAL, fmt!("a shift is by 0 to 62 bits")));
                }
                match operator {
                    Binary::Left => a << right.magnitude,
                    _ => a >> right.magnitude,
                }
            }
        };
        self.in_range(value, column)
    }

    /// The type that the user wrote.
    fn said(&self, ty: &text::Type<'_>, column: usize) -> Result<Ty, Failure> {
        self.types
            .said(ty)?
            .ok_or_else(|| self.fail(column, EINVAL, fmt!("the kernel has no type {}", Pure(ty))))
    }

    /// Makes a value one of another type.
    #[inline(never)]
    fn cast(&self, item: Item<'a>, to: Ty, column: usize) -> Result<Item<'a>, Failure> {
        let Some(target) = self.types.pointee(to) else {
            let bits = match item {
                Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                    self.check_shown(column)?;
                    bits
                }
                item => self.number(item, column)?.bits(),
            };
            return match self.types.shape(to) {
                Shape::Bool => Ok(Item::Scalar(to, u64::from(bits != 0))),
                Shape::Integer { .. } | Shape::Enum { .. } => {
                    Ok(Item::Scalar(to, self.fill(to, bits)))
                }
                _ => Err(self.fail(
                    column,
                    EINVAL,
                    fmt!("nothing can be cast to a `{}`", self.types.display(to)),
                )),
            };
        };
        match item {
            Item::Literal(text::Value::Null) => Ok(Item::Scalar(to, 0)),
            Item::Literal(text::Value::Address(name)) => {
                self.check_shown(column)?;
                let complaint = Complaint {
                    place: self.request.place,
                    column,
                    declaration: &to_c_string(fmt!("{}", self.types.display(to)))?,
                };
                let kallsyms = self.caller.kallsyms();
                let size = self.types.size(target);
                let address = argument::address(kallsyms, &name, true, size, &complaint)?;
                let constant = argument::address(kallsyms, &name, false, size, &complaint).is_err();
                Ok(Item::Scalar(to.of_symbol(constant), address as u64))
            }
            Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                self.check_shown(column)?;
                Ok(Item::Scalar(to, bits))
            }
            item => {
                let number = self.number(item, column)?;
                if number.magnitude == 0 {
                    return Ok(Item::Scalar(to, 0));
                }
                if !self.request.unsafe_call {
                    return Err(self.fail(
                        column,
                        EPERM,
                        fmt!("an address as a number needs unsafe_call=1, or `unsafe` before the expression"),
                    ));
                }
                self.check_shown(column)?;
                Ok(Item::Scalar(to, number.bits()))
            }
        }
    }

    /// Fails if the user may not see addresses: by a cast they could be read in parts.
    fn check_shown(&self, column: usize) -> Result<(), Failure> {
        match self.show {
            true => Ok(()),
            false => Err(self.fail(
                column,
                EPERM,
                fmt!("pointers can only be cast by who may read addresses in /proc/kallsyms"),
            )),
        }
    }

    /// The value of the whole expression, and its type as C.
    #[inline(never)]
    fn result(&mut self, tree: &Tree<'_, 'a>) -> Result<(Value, CString), Failure> {
        let (item, node) = self.pop()?;
        let column = tree.start(node);
        if let Item::Object(ty, address) = item {
            let is_text = self
                .types
                .element(ty)
                .is_some_and(|element| self.types.is_char(element));
            let ty_text = to_c_string(fmt!("{}", self.types.display(ty)))?;
            if is_text {
                let length = self.types.size(ty);
                return match string(address, length) {
                    Some(value) => Ok((value, ty_text)),
                    None => {
                        Err(self.fail(column, EFAULT, fmt!("the memory of this cannot be read")))
                    }
                };
            }
            if self.types.shape(ty) == Shape::Aggregate && ty.is_plain() {
                return Ok((self.object(ty, address, column)?, ty_text));
            }
        }
        let item = self.load(tree, item, node)?;
        let caller = self.caller;
        Ok(match item {
            Item::Scalar(ty, bits) => {
                let ty_text = to_c_string(fmt!("{}", self.types.display(ty)))?;
                let (kind, btf) = match self.types.get(ty) {
                    Some(plain) if ty.is_plain() => (signature::of_btf(plain), self.types.btf(ty)),
                    _ => match self.types.pointee(ty) {
                        Some(to) if self.types.is_char(to) => {
                            (Kind::String { constant: true }, None)
                        }
                        _ => (
                            Kind::Pointer {
                                constant: true,
                                size: 0,
                            },
                            None,
                        ),
                    },
                };
                (Value::new(caller, kind, btf, bits as usize), ty_text)
            }
            Item::Literal(literal) => {
                let value = match literal {
                    text::Value::Integer {
                        negative: true,
                        magnitude,
                    } => Value::Signed(magnitude.wrapping_neg() as i64, None),
                    text::Value::Integer { magnitude, .. } => Value::Unsigned(magnitude),
                    text::Value::Char(byte) => Value::Unsigned(byte.into()),
                    text::Value::Bool(value) => Value::Bool(value),
                    text::Value::Null => Value::Pointer(0),
                    text::Value::Address(name) => {
                        let complaint = Complaint {
                            place: self.request.place,
                            column,
                            declaration: c"this",
                        };
                        let kallsyms = caller.kallsyms();
                        Value::Pointer(argument::address(kallsyms, &name, true, 0, &complaint)?)
                    }
                    text::Value::String(_) | text::Value::Name(_) => {
                        return Err(self.fail(
                            column,
                            EINVAL,
                            fmt!("{} alone is nothing to evaluate", Pure(literal)),
                        ))
                    }
                };
                (value, to_c_string(fmt!("a number"))?)
            }
            Item::Void => (Value::Void, to_c_string(fmt!("void"))?),
            Item::Object(ty, _) => {
                return Err(self.fail(
                    column,
                    EINVAL,
                    fmt!("a `{}` cannot be shown", self.types.display(ty)),
                ))
            }
        })
    }

    /// A structure, a union or an array as text.
    #[inline(never)]
    fn object(&self, ty: Ty, address: usize, column: usize) -> Result<Value, Failure> {
        let size = self.types.size(ty);
        if size == 0 || size > MAX_OBJECT {
            return Err(self.fail(
                column,
                E2BIG,
                fmt!(
                    "a `{}` has {size} bytes, and at most {MAX_OBJECT} are shown",
                    self.types.display(ty)
                ),
            ));
        }
        let mut bytes = KVVec::from_elem(0u8, size, GFP_KERNEL)?;
        self.read(address, &mut bytes, column)?;
        let plain = self.types.get(ty).ok_or(EINVAL)?;
        self.caller
            .shower
            .show(plain.strip(), &mut bytes)?
            .ok_or_else(|| {
                self.fail(
                    column,
                    signature::EOPNOTSUPP(),
                    fmt!(
                        "this kernel has no printer for a `{}`",
                        self.types.display(ty)
                    ),
                )
            })
    }
}

impl Number {
    /// The number that 64 bits are.
    fn of(bits: u64, signed: bool) -> Self {
        let negative = signed && (bits as i64) < 0;
        Self {
            negative,
            magnitude: if negative { bits.wrapping_neg() } else { bits },
        }
    }

    /// The number in 64 bits.
    fn bits(self) -> u64 {
        match self.negative {
            true => self.magnitude.wrapping_neg(),
            false => self.magnitude,
        }
    }

    /// The number to compute with: nothing overflows by one operation.
    fn value(self) -> i128 {
        let value = i128::from(self.magnitude);
        if self.negative {
            -value
        } else {
            value
        }
    }
}

fn number_item<'a>(negative: bool, magnitude: u64) -> Item<'a> {
    Item::Literal(text::Value::Integer {
        negative,
        magnitude,
    })
}

fn boolean<'a>(value: bool) -> Item<'a> {
    number_item(false, value.into())
}

/// The lowest `size` bytes, with their sign if they are `signed`.
fn extend(bits: u64, size: u32, signed: bool) -> u64 {
    let spare = 64u32.saturating_sub(size.saturating_mul(8));
    let bits = bits.wrapping_shl(spare);
    match signed {
        true => (bits as i64).wrapping_shr(spare) as u64,
        false => bits.wrapping_shr(spare),
    }
}
