// SPDX-License-Identifier: GPL-2.0

//! Evaluates expressions: from the first node to the last, with a stack of values.
//!
//! Every call in an expression is a checked call, whether its value is the result or an argument of
//! another. Memory is read by the kernel's fault-tolerant function only.

use super::{
    argument::{
        self,
        Argument,
        Complaint,
        Content,
        Field,
        Given,
        Memory,
        Temporary, //
    },
    constants,
    history::{
        Earlier,
        History,
        Past, //
    },
    show::Printer,
    signature::{
        self,
        Kind, //
    },
    typed::{
        read,
        Doubt,
        Ty,
        Types, //
    },
    value::{
        may_be_address,
        string,
        Value, //
    },
    Asked,
    Called,
    Caller,
    Outcome,
    GREETING, //
};
use crate::{
    failure::Failure,
    kallsyms::Shape,
    parsed::ParserMemory,
    print::{
        to_c_string,
        Pure, //
    },
    request::{
        Call,
        Evaluation,
        SymbolName, //
    },
    text::{
        self,
        Binary,
        Branch,
        Node,
        Number,
        NumberType,
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

/// How large an object can be that is shown.
const MAX_OBJECT: usize = 64 << 10;

/// How many bytes of a temporary are shown.
const MAX_BYTES: usize = 4 << 10;

/// How long an expression is shown: a line of the log has about 1000 bytes, in which its value must fit too.
const MAX_TEXT: usize = 400;

/// A value on the stack.
#[derive(Clone, Copy)]
enum Item<'a> {
    /// None: of a function that returns `void`.
    Void,
    /// What was written, whose type depends on what it is for.
    Literal(text::Value<'a>),
    /// An integer, a `bool`, an enumeration's or a pointer; in 64 bits, with its sign.
    Scalar(Ty, u64),
    /// What is in memory at an address.
    Object(Ty, usize),
    /// `out`, `out[n]` or braces.
    Temporary(Given<'a>),
    /// `.member = value`, one of the fields.
    Field(usize),
}

/// What an expression is asked for with.
#[derive(Clone, Copy)]
struct Setting<'r> {
    /// Who says which function, and what is vouched for: the outermost call.
    asked: Asked<'r>,
    /// Whether the user may see addresses.
    show: bool,
    history: &'r History,
}

/// Evaluates one text.
struct Evaluator<'c, 'r, 'a> {
    caller: &'c Caller,
    setting: Setting<'r>,
    types: Types<'c>,
    /// Each value, and the node that it is of.
    stack: KVec<(Item<'a>, usize)>,
    /// The members in all braces.
    fields: KVec<Field<'a>>,
    /// What arguments point to; what was called may have kept it.
    memory: Memory,
    /// The last call that was made.
    last: Option<KBox<Outcome>>,
    nanoseconds: i64,
}

/// The name that stands in an expression, of the text's own lifetime.
fn owned(name: text::Name<'_>) -> Result<SymbolName, Failure> {
    Ok(SymbolName::new(name)?)
}

impl Caller {
    /// Calls the function that is asked for, with the values of the expressions in the arguments. `show`
    /// says whether the user may see addresses.
    ///
    /// Sleeps: looking functions up takes the lock of the list of modules, and their types the mutex of the kernel's
    /// BTF. None is held, nor are the parameters locked, while a function runs; it sleeps if it does.
    #[inline(never)]
    pub(crate) fn call(&self, call: &Call, show: bool) -> Result<KBox<Outcome>, Failure> {
        super::allowed()?;
        let printk = |name: &[u8]| matches!(name, b"printk" | b"_printk" | b"vmlinux:_printk");
        let args = match &call.args {
            None if printk(call.function.as_bytes()) => GREETING,
            args => args.as_deref().unwrap_or_default(),
        };
        let parse = |error| Failure::parse("args", error);
        let none = History::EMPTY;
        let mut memory = ParserMemory::new(args)?;
        let tree = memory.expressions(args).map_err(parse)?;
        let asked = Asked {
            source: "args",
            function: &call.function,
            position: call.options.position,
            end: args.trim_ascii_end().len() + 1,
            sig: call.options.sig.as_deref(),
            unsafe_call: call.options.unsafe_call,
            context: call.options.context,
        };
        let setting = Setting {
            asked,
            show,
            history: &none,
        };
        let mut evaluator = Evaluator::new(self, setting)?;
        evaluator.run(&tree)?;
        evaluator.finish_call(&tree)
    }

    /// Evaluates an expression. The options are about the outermost call, if it is one. Sleeps, as [`Self::call`] does.
    #[inline(never)]
    pub(crate) fn evaluate(
        &self,
        evaluation: &Evaluation,
        history: &History,
        show: bool,
    ) -> Result<(KBox<Outcome>, Past), Failure> {
        super::allowed()?;
        let parse = |error| Failure::parse("call", error);
        let text = &evaluation.text;
        let options = &evaluation.options;
        let mut memory = ParserMemory::new(text)?;
        let (tree, vouched) = memory.expression(text).map_err(parse)?;
        let none = owned(text::Name {
            module: None,
            symbol: "",
        })?;
        let asked = Asked {
            source: "call",
            function: &none,
            position: options.position,
            end: 0,
            sig: options.sig.as_deref(),
            unsafe_call: options.unsafe_call || vouched,
            context: options.context,
        };
        let setting = Setting {
            asked,
            show,
            history,
        };
        let mut evaluator = Evaluator::new(self, setting)?;
        evaluator.run(&tree)?;
        evaluator.finish(&tree)
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
    #[inline(never)]
    fn new(caller: &'c Caller, setting: Setting<'r>) -> Result<Self, Failure> {
        Ok(Self {
            types: Types::new(caller.kallsyms())?,
            caller,
            setting,
            stack: KVec::new(),
            fields: KVec::new(),
            memory: Memory::default(),
            last: None,
            nanoseconds: 0,
        })
    }

    /// Makes the outermost call, whose arguments the whole tree is.
    #[inline(never)]
    fn finish_call(&mut self, tree: &Tree<'_, 'a>) -> Result<KBox<Outcome>, Failure> {
        let asked = self.setting.asked;
        self.make_call(tree, &asked, self.stack.len())?;
        let mut outcome = self.last.take().ok_or(EINVAL)?;
        outcome.call = shorten(to_c_string(fmt!("{}({})", &*outcome.name, Pure(*tree)))?)?;
        Ok(outcome)
    }

    /// What came out of a whole expression.
    #[inline(never)]
    fn finish(&mut self, tree: &Tree<'_, 'a>) -> Result<(KBox<Outcome>, Past), Failure> {
        let whole = tree.nodes().last();
        let is_call = whole.is_some_and(|node| matches!(node.kind, text::Kind::Call(..)));
        let (item, node) = self.pop()?;
        let past = match item {
            Item::Scalar(ty, bits) => Earlier::Scalar(self.types.of_vmlinux(ty), bits),
            Item::Object(ty, address) => Earlier::Object(self.types.of_vmlinux(ty), address),
            Item::Literal(_) => match self.number_of(item) {
                Some(number) => Earlier::Scalar(Ty::number(number.ty()), number.bits()),
                None => Earlier::Nothing,
            },
            _ => Earlier::Nothing,
        };
        let tainted = self.last.as_ref().is_some_and(|last| last.tainted);
        let mut outcome = match self.last.take() {
            Some(outcome) if is_call => outcome,
            _ => {
                let (value, prototype) = self.result(tree, item, node)?;
                let mut outcome = Outcome::of_value(value, prototype)?;
                outcome.tainted = tainted;
                outcome
            }
        };
        outcome.nanoseconds = self.nanoseconds;
        outcome.call = shorten(to_c_string(fmt!("{}", Pure(*tree)))?)?;
        Ok((outcome, Past(past)))
    }

    /// What is wrong in a column.
    fn fail(&self, column: usize, errno: Error, what: fmt::Arguments<'_>) -> Failure {
        Failure::new(
            errno,
            fmt!("{}: column {column}: {what}", self.setting.asked.source),
        )
    }

    fn push(&mut self, item: Item<'a>, node: usize) -> Result<(), Failure> {
        Ok(self.stack.push((item, node), GFP_KERNEL)?)
    }

    /// Takes the value on top. The parser leaves none out.
    fn pop(&mut self) -> Result<(Item<'a>, usize), Failure> {
        Ok(self.stack.pop().ok_or(EINVAL)?)
    }

    /// Takes the value on top; of what is in memory, what it is there.
    fn pop_value(&mut self, tree: &Tree<'_, 'a>) -> Result<(Item<'a>, usize), Failure> {
        let (item, node) = self.pop()?;
        Ok((self.load(tree, item, node)?, node))
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
    #[inline(never)]
    fn branches(
        &mut self,
        tree: &Tree<'_, 'a>,
        when: Branch,
        column: usize,
    ) -> Result<bool, Failure> {
        if when == Branch::Else {
            return Ok(true);
        }
        let (item, node) = self.pop_value(tree)?;
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
            Kind::SizeOf(ty) => self.size_of(&ty, column)?,
            Kind::Call(name, count) => self.nested_call(tree, name, count, index)?,
            Kind::Member(name) => self.member_of(tree, name, column)?,
            Kind::Pointee(name) => {
                let (ty, address) = self.pop_pointer(tree, column)?;
                self.member(ty, address, name, column)?
            }
            Kind::Index => self.index(tree, column)?,
            Kind::Unary(Unary::Dereference) => {
                let (ty, address) = self.pop_pointer(tree, column)?;
                Item::Object(ty, address)
            }
            Kind::Unary(Unary::Address) => self.address_of(column)?,
            Kind::Unary(operator) => {
                let (item, _) = self.pop_value(tree)?;
                match operator {
                    Unary::Not => boolean(!self.truth(item, column)?),
                    _ => self
                        .number(item, column)
                        .map(|n| scalar(n.unary(operator)))?,
                }
            }
            Kind::Cast(ty) => {
                let (item, _) = self.pop_value(tree)?;
                let to = self.said(&ty, column)?;
                self.cast(item, to, column)?
            }
            Kind::Binary(Binary::And | Binary::Or) => {
                let (item, _) = self.pop_value(tree)?;
                boolean(self.truth(item, column)?)
            }
            Kind::Binary(operator) => {
                let (right, _) = self.pop_value(tree)?;
                let (left, _) = self.pop_value(tree)?;
                self.binary(operator, left, right, column)?
            }
            Kind::History(number) => self.earlier(number, column)?,
            Kind::Out => Item::Temporary(Given::Out),
            Kind::Buffer => {
                let (item, node) = self.pop_value(tree)?;
                let count = self.number(item, tree.start(node))?;
                if count.is_negative() {
                    return Err(self.fail(
                        column,
                        ERANGE,
                        fmt!("out[n] cannot have less than no element"),
                    ));
                }
                Item::Temporary(Given::Buffer(count.bits()))
            }
            Kind::Field(name) => self.field(tree, name, column)?,
            Kind::Braces(count) => self.braces(count)?,
            Kind::Conditional | Kind::Arguments(_) | Kind::Branch { .. } => return Ok(()),
            Kind::PerCpu(name) => self.per_cpu(tree, &name, column)?,
            Kind::Symbol(name) => {
                return Err(self.fail(
                    column,
                    EINVAL,
                    fmt!("only the address of a symbol can be taken: &{}", Pure(name)),
                ))
            }
        };
        self.push(item, index)
    }

    /// `sizeof(type)`
    #[inline(never)]
    fn size_of(&self, ty: &text::Type<'_>, column: usize) -> Result<Item<'a>, Failure> {
        let ty = self.said(ty, column)?;
        match self.types.size(ty) {
            0 => Err(self.fail(
                column,
                EINVAL,
                fmt!(
                    "it is not known how large a `{}` is",
                    self.types.display(ty)
                ),
            )),
            size => Ok(scalar(Number::new(size as u64, NumberType::UNSIGNED_LONG))),
        }
    }

    /// `value.member`
    #[inline(never)]
    fn member_of(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: &str,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        match self.pop()? {
            (Item::Object(ty, address), _) => self.member(ty, address, name, column),
            (Item::Scalar(ty, _), _) if self.types.pointee(ty).is_some() => Err(self.fail(
                column,
                EINVAL,
                fmt!("this is a pointer, `{}`: its members are after ->", self.types.display(ty)),
            )),
            (Item::Literal(text::Value::Name(symbol)), node) => Err(self.fail(
                tree.start(node),
                EINVAL,
                fmt!("the kernel's types do not have {symbol}; a cast gives a symbol one: (*(struct name *)&{symbol})"),
            )),
            _ => Err(self.fail(
                column,
                EINVAL,
                fmt!("what stands before this is no structure in memory"),
            )),
        }
    }

    /// `value[index]`
    #[inline(never)]
    fn index(&mut self, tree: &Tree<'_, 'a>, column: usize) -> Result<Item<'a>, Failure> {
        let (item, operand) = self.pop_value(tree)?;
        let by = self.number(item, tree.start(operand))?;
        let (item, operand) = self.pop()?;
        let (element, address, length) = match item {
            Item::Object(ty, address) if self.types.array(ty).is_some() => {
                let (element, length) = self.types.array(ty).ok_or(EINVAL)?;
                (element, address, length)
            }
            item => {
                self.push(item, operand)?;
                let (element, address) = self.pop_pointer(tree, column)?;
                (element, address, 0)
            }
        };
        if length > 0 && (by.is_negative() || by.bits() >= length as u64) {
            return Err(self.fail(
                column,
                ERANGE,
                fmt!("the array has {length} elements, the first of which is number 0"),
            ));
        }
        let size = self.sized(element, column)?;
        let element = match by.bits() {
            0 => element,
            _ if length > 0 => element,
            _ => {
                self.check_shown(column, "computed")?;
                element.doubted(Doubt::Computed)
            }
        };
        let offset = by.bits().wrapping_mul(size as u64) as usize;
        Ok(Item::Object(element, address.wrapping_add(offset)))
    }

    /// The size of what a pointer points to.
    fn sized(&self, ty: Ty, column: usize) -> Result<usize, Failure> {
        match self.types.size(ty) {
            0 => Err(self.fail(
                column,
                EINVAL,
                fmt!(
                    "it is not known how large a `{}` is",
                    self.types.display(ty)
                ),
            )),
            size => Ok(size),
        }
    }

    /// `&value`
    #[inline(never)]
    fn address_of(&mut self, column: usize) -> Result<Item<'a>, Failure> {
        match self.pop()? {
            (Item::Object(ty, address), _) => Ok(Item::Scalar(ty.pointer(), address as u64)),
            _ => Err(self.fail(
                column,
                EINVAL,
                fmt!("only what is in memory, and no bit-field, has an address"),
            )),
        }
    }

    /// `$1`, or `$`
    #[inline(never)]
    fn earlier(&self, number: Option<usize>, column: usize) -> Result<Item<'a>, Failure> {
        let history = self.setting.history;
        match history.get(number) {
            Some(Earlier::Scalar(ty, bits)) => Ok(Item::Scalar(ty.doubted(Doubt::Earlier), bits)),
            Some(Earlier::Object(ty, address)) => {
                Ok(Item::Object(ty.doubted(Doubt::Earlier), address))
            }
            Some(Earlier::Nothing) => {
                Err(self.fail(column, EINVAL, fmt!("that expression had no value")))
            }
            None => Err(self.fail(
                column,
                EINVAL,
                fmt!(
                    "there is no such earlier value; {} were computed since the file was opened",
                    history.count()
                ),
            )),
        }
    }

    /// `per_cpu(name, cpu)`
    #[inline(never)]
    fn per_cpu(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: &text::Name<'_>,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let (item, node) = self.pop_value(tree)?;
        let cpu = self.number(item, tree.start(node))?;
        let text = to_c_string(fmt!("{}", name.symbol))?;
        let complaint = Complaint {
            source: self.setting.asked.source,
            column,
            declaration: &to_c_string(fmt!("per_cpu({})", Pure(*name)))?,
        };
        let address = argument::per_cpu(self.caller.kallsyms(), name, cpu.bits(), &complaint)?;
        match self.types.variable(&text) {
            Some(ty) => Ok(Item::Object(ty, address)),
            None => Err(complaint.say(EINVAL, fmt!("the kernel has no type for it"))),
        }
    }

    /// `.member = value`, in braces.
    #[inline(never)]
    fn field(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: &'a str,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        let (item, node) = self.pop()?;
        let mut value = self.given(tree, item, node)?;
        value.column = column;
        let field = Field {
            name,
            value,
            next: None,
        };
        self.fields.push(field, GFP_KERNEL)?;
        Ok(Item::Field(self.fields.len() - 1))
    }

    /// `{ … }`
    fn braces(&mut self, count: usize) -> Result<Item<'a>, Failure> {
        let mut first = None;
        for _ in 0..count {
            if let (Item::Field(index), _) = self.pop()? {
                if let Some(field) = self.fields.get_mut(index) {
                    field.next = first;
                }
                first = Some(index);
            }
        }
        Ok(Item::Temporary(Given::Braces(first)))
    }

    /// Makes a call within an expression.
    #[inline(never)]
    fn nested_call(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: text::Name<'a>,
        count: usize,
        index: usize,
    ) -> Result<Item<'a>, Failure> {
        let function = owned(name)?;
        let whole = index + 1 == tree.nodes().len();
        let outer = self.setting.asked;
        let asked = Asked {
            function: &function,
            position: if whole { outer.position } else { 0 },
            end: tree.nodes().get(index).map_or(1, |node| node.last),
            sig: outer.sig.filter(|_| whole),
            ..outer
        };
        self.make_call(tree, &asked, count)
    }

    /// Calls a function with the last `count` values of the stack.
    #[inline(never)]
    fn make_call(
        &mut self,
        tree: &Tree<'_, 'a>,
        asked: &Asked<'_>,
        count: usize,
    ) -> Result<Item<'a>, Failure> {
        let called = self.called(tree, asked, count)?;
        let register = called.register as u64;
        self.nanoseconds = self.nanoseconds.saturating_add(called.outcome.nanoseconds);
        let called = KBox::into_inner(called);
        let kind = called.returns;
        let mut outcome = called.outcome;
        // The type of what it returns, and those of the temporaries, are of the same BTF.
        let btf = match called.btf {
            Some(btf) => Some(self.types.add(btf)?),
            None => None,
        };
        for temporary in &called.temporaries {
            if let Some(shown) = self.temporary(temporary, btf)? {
                outcome.temporaries.push(shown, GFP_KERNEL)?;
            }
        }
        self.last = Some(outcome);
        if kind == Kind::Void {
            return Ok(Item::Void);
        }
        let ty = match btf.zip(called.returns_id) {
            Some((btf, id)) => Ty::of(btf, id),
            None => match kind {
                Kind::Integer { size, signed } | Kind::Enum { size, signed, .. } => {
                    let ty = NumberType {
                        long: size > 4,
                        unsigned: !signed,
                    };
                    return Ok(scalar(Number::new(extend(register, size, signed), ty)));
                }
                Kind::Bool => return Ok(boolean(register & 0xff != 0)),
                _ => Ty::void_pointer(),
            },
        };
        Ok(Item::Scalar(ty, self.fill(ty, register)))
    }

    /// Makes the call, with arguments from the stack.
    #[inline(never)]
    fn called(
        &mut self,
        tree: &Tree<'_, 'a>,
        asked: &Asked<'_>,
        count: usize,
    ) -> Result<KBox<Called<'c>>, Failure> {
        let mut given = KVec::with_capacity(count, GFP_KERNEL)?;
        let first = self.stack.len().saturating_sub(count);
        for index in first..self.stack.len() {
            let (item, node) = self.stack[index];
            given.push(self.given(tree, item, node)?, GFP_KERNEL)?;
        }
        self.stack.truncate(first);
        let memory = core::mem::take(&mut self.memory);
        let mut called =
            self.caller
                .call_checked(asked, &self.types, &self.fields, &mut given, memory)?;
        self.memory = core::mem::take(&mut called.memory);
        Ok(called)
    }

    /// What is in a temporary after the call of a function with these types.
    #[inline(never)]
    fn temporary(
        &self,
        temporary: &Temporary,
        btf: Option<usize>,
    ) -> Result<Option<(CString, Value)>, Failure> {
        let name = match temporary.name.is_empty() {
            true => CString::try_from(c"out")?,
            false => CString::try_from(&*temporary.name)?,
        };
        let address = temporary.address;
        let value = match &temporary.what {
            Content::Given(given) => {
                let mut now = KVec::from_elem(0u8, given.len(), GFP_KERNEL)?;
                read(address, &mut now)?;
                if *now == **given {
                    return Ok(None);
                }
                string(address, given.len())
            }
            Content::Text(length) => string(address, *length),
            Content::Bytes(length) => {
                let length = (*length).min(MAX_BYTES);
                let mut bytes = KVVec::from_elem(0u8, length, GFP_KERNEL)?;
                read(address, &mut bytes)?;
                match self.setting.show || !holds_address(&bytes) {
                    true => Some(Value::Bytes(bytes)),
                    false => None,
                }
            }
            Content::Value(id) => match btf {
                Some(btf) => Some(self.shown(Ty::of(btf, *id), address, 1)?),
                None => None,
            },
            Content::Array(id, count) => match btf {
                Some(btf) => Some(self.shown(Ty::of(btf, *id), address, *count)?),
                None => None,
            },
        };
        let value = value.unwrap_or(Value::Hidden);
        Ok(Some((name, value)))
    }

    /// The value of `count` objects of a type at an address.
    #[inline(never)]
    fn shown(&self, ty: Ty, address: usize, count: usize) -> Result<Value, Failure> {
        if count != 1 {
            let mut values = KVec::new();
            for index in 0..count.min(MAX_BYTES / 64) {
                let size = self.types.size(ty);
                let value = self.shown(ty, address.wrapping_add(index * size), 1)?;
                values.push(value, GFP_KERNEL)?;
            }
            return Ok(Value::Array(values, count));
        }
        let column = 1;
        match self.aggregate(ty, address, column)? {
            Some(value) => Ok(value),
            None => {
                let bits = self.load_scalar(ty, address, column)?;
                Ok(self.scalar_value(ty, bits, false))
            }
        }
    }

    /// An argument.
    #[inline(never)]
    fn given(
        &self,
        tree: &Tree<'_, 'a>,
        item: Item<'a>,
        node: usize,
    ) -> Result<Argument<'a>, Failure> {
        let column = tree.start(node);
        let given = match self.load(tree, item, node)? {
            Item::Literal(value) => Given::Literal(value),
            Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                if !self.setting.asked.unsafe_call {
                    self.check_object(tree, bits, node)?;
                }
                Given::Pointer(ty, bits as usize)
            }
            item @ Item::Scalar(..) => {
                let number = self.number_of(item).ok_or(EINVAL)?;
                Given::Literal(constants::literal(number))
            }
            Item::Temporary(given) => given,
            Item::Void | Item::Field(_) => {
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
        Ok(Argument { column, given })
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
        let (item, node) = self.pop_value(tree)?;
        let Item::Scalar(ty, bits) = item else {
            let what = match item {
                Item::Literal(text::Value::Address(_)) => {
                    "the kernel has no type for a symbol; a cast gives it one: (struct name *)&symbol"
                }
                Item::Object(..) => "this is no pointer: its members are after a dot",
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
        // The bytes that have the bits: C has no bit-field of more than 64.
        let begin = found.bit_offset / 8;
        let shift = found.bit_offset % 8;
        let length = (shift + bits as usize).div_ceil(8).min(16);
        let mut bytes = [0u8; 16];
        if let Some(bytes) = bytes.get_mut(..length) {
            self.read_number(address.wrapping_add(begin), bytes, column)?;
        }
        let signed = matches!(
            self.types.shape(found.ty),
            Shape::Integer { signed: true, .. } | Shape::Enum { signed: true, .. }
        );
        let spare = 64u32.saturating_sub(bits);
        let value = ((u128::from_le_bytes(bytes) >> shift) as u64).wrapping_shl(spare);
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

    /// Reads the bytes of a number. Who may not see addresses gets no part of one so.
    #[inline(never)]
    fn read_number(&self, address: usize, to: &mut [u8], column: usize) -> Result<(), Failure> {
        self.read(address, to, column)?;
        let whole = to.len() == 8 && address % 8 == 0;
        if self.setting.show || whole {
            return Ok(());
        }
        let end = address.wrapping_add(to.len());
        let mut word = address & !7;
        while word < end {
            let mut bytes = [0u8; 8];
            if read(word, &mut bytes).is_ok() && may_be_address(u64::from_le_bytes(bytes)) {
                return Err(self.fail(
                    column,
                    EPERM,
                    fmt!("this may be a part of an address, which you may not see"),
                ));
            }
            word = word.wrapping_add(8);
        }
        Ok(())
    }

    /// The value of what is in memory; an array's is a pointer to its first element.
    #[inline(never)]
    fn load(&self, tree: &Tree<'_, 'a>, item: Item<'a>, node: usize) -> Result<Item<'a>, Failure> {
        let Item::Object(ty, address) = item else {
            return Ok(item);
        };
        if let Some((element, _)) = self.types.array(ty) {
            return Ok(Item::Scalar(element.pointer(), address as u64));
        }
        if self.types.shape(ty) == Shape::Aggregate && self.types.size(ty) > 0 {
            return Ok(item);
        }
        let column = tree.nodes().get(node).map_or(1, |node| node.column);
        Ok(Item::Scalar(ty, self.load_scalar(ty, address, column)?))
    }

    /// The value of a number or a pointer in memory.
    #[inline(never)]
    fn load_scalar(&self, ty: Ty, address: usize, column: usize) -> Result<u64, Failure> {
        let size = self.types.size(ty);
        let shape = self.types.shape(ty);
        let mut bytes = [0u8; 8];
        let (
            Shape::Bool | Shape::Integer { .. } | Shape::Enum { .. } | Shape::Pointer,
            Some(part),
            1..,
        ) = (shape, bytes.get_mut(..size), size)
        else {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!("a `{}` has no value", self.types.display(ty)),
            ));
        };
        // A pointer where the kernel has none could be one that the user has made.
        if shape == Shape::Pointer && ty.doubt.is_some_and(|doubt| doubt != Doubt::Earlier) {
            self.check_shown(column, "read from where only a cast says that there is one")?;
        }
        self.read_number(address, part, column)?;
        Ok(self.fill(ty, u64::from_le_bytes(bytes)))
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
    #[inline(never)]
    fn number_of(&self, item: Item<'a>) -> Option<Number> {
        use text::Value::*;
        match item {
            Item::Literal(Integer {
                negative,
                magnitude,
                ty,
            }) => Number::of_literal(negative, magnitude, ty),
            Item::Literal(Char(byte)) => Some(Number::int(byte.into())),
            Item::Literal(Bool(value)) => Some(Number::int(value.into())),
            Item::Literal(Name(name)) => match constants::find(&self.types, name)? {
                Name(_) => None,
                value => self.number_of(Item::Literal(value)),
            },
            Item::Scalar(ty, bits) => match self.types.shape(ty) {
                Shape::Bool => Some(Number::new(bits, NumberType::INT)),
                Shape::Integer { size, signed } | Shape::Enum { size, signed } => Some(
                    Number::new(bits, NumberType::promoted(size as usize, signed)),
                ),
                _ => None,
            },
            _ => None,
        }
    }

    /// The number that a value is, to compute with.
    #[inline(never)]
    fn number(&self, item: Item<'a>, column: usize) -> Result<Number, Failure> {
        let Some(number) = self.number_of(item) else {
            return Err(match item {
                Item::Literal(text::Value::Name(name)) => self.fail(
                    column,
                    EINVAL,
                    fmt!("the kernel's types have no constant {name}"),
                ),
                Item::Literal(text::Value::Integer { .. }) => {
                    self.fail(column, ERANGE, fmt!("this number does not fit in 64 bits"))
                }
                _ => self.fail(column, EINVAL, fmt!("a number is wanted here")),
            });
        };
        let typed = matches!(item, Item::Scalar(..));
        if typed && !self.setting.show && may_be_address(number.bits()) && number.ty().long {
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
            item => Ok(self.number(item, column)?.bits() != 0),
        }
    }

    /// The pointer that a value is, if it is one.
    fn pointer_of(&self, item: Item<'a>) -> Option<(Ty, u64)> {
        match item {
            Item::Literal(text::Value::Null) => Some((Ty::void_pointer(), 0)),
            Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => Some((ty, bits)),
            _ => None,
        }
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
        if self.pointer_of(left).is_some() || self.pointer_of(right).is_some() {
            return self.pointers(operator, left, right, column);
        }
        let (left, right) = (self.number(left, column)?, self.number(right, column)?);
        match left.binary(operator, right) {
            Ok(number) => Ok(scalar(number)),
            Err(what) => Err(self.fail(column, EINVAL, fmt!("{what}"))),
        }
    }

    /// Computes with pointers.
    #[inline(never)]
    fn pointers(
        &self,
        operator: Binary,
        left: Item<'a>,
        right: Item<'a>,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        match (self.pointer_of(left), self.pointer_of(right)) {
            (Some((a, left)), Some((b, right))) => {
                match operator {
                    Binary::Equal => return Ok(boolean(left == right)),
                    Binary::NotEqual => return Ok(boolean(left != right)),
                    _ => {}
                }
                self.check_shown(column, "computed with")?;
                match operator {
                    Binary::Subtract if self.types.is_same(a, b) => {
                        let target = self.types.pointee(a).ok_or(EINVAL)?;
                        let size = self.sized(target, column)? as i64;
                        let bytes = left.wrapping_sub(right) as i64;
                        let count = bytes.wrapping_div(size.max(1));
                        Ok(scalar(Number::new(count as u64, NumberType::LONG)))
                    }
                    Binary::Less => Ok(boolean(left < right)),
                    Binary::Greater => Ok(boolean(left > right)),
                    Binary::LessEqual => Ok(boolean(left <= right)),
                    Binary::GreaterEqual => Ok(boolean(left >= right)),
                    _ => Err(self.fail(
                        column,
                        EINVAL,
                        fmt!(
                            "this cannot be computed of a `{}` and a `{}`",
                            self.types.display(a),
                            self.types.display(b)
                        ),
                    )),
                }
            }
            (Some((ty, address)), None) => {
                let by = self.number(right, column)?;
                self.moved(operator, ty, address, by, column)
            }
            (None, Some((ty, address))) if operator == Binary::Add => {
                let by = self.number(left, column)?;
                self.moved(operator, ty, address, by, column)
            }
            _ => Err(self.fail(
                column,
                EINVAL,
                fmt!("a number is wanted before this operator"),
            )),
        }
    }

    /// A pointer to another element.
    #[inline(never)]
    fn moved(
        &self,
        operator: Binary,
        ty: Ty,
        address: u64,
        by: Number,
        column: usize,
    ) -> Result<Item<'a>, Failure> {
        self.check_shown(column, "computed with")?;
        let target = self.types.pointee(ty).ok_or(EINVAL)?;
        let size = self.sized(target, column)? as u64;
        let offset = by.bits().wrapping_mul(size);
        let address = match operator {
            Binary::Add => address.wrapping_add(offset),
            Binary::Subtract => address.wrapping_sub(offset),
            _ => {
                return Err(self.fail(
                    column,
                    EINVAL,
                    fmt!(
                    "this cannot be computed of a `{}` and a number; a cast makes a pointer one",
                    self.types.display(ty)
                ),
                ))
            }
        };
        let ty = match by.bits() {
            0 => ty,
            _ => ty.doubted(Doubt::Computed),
        };
        Ok(Item::Scalar(ty, address))
    }

    /// The type that the user wrote.
    #[inline(never)]
    fn said(&self, ty: &text::Type<'_>, column: usize) -> Result<Ty, Failure> {
        self.types
            .said(ty)?
            .ok_or_else(|| self.fail(column, EINVAL, fmt!("the kernel has no type {}", Pure(ty))))
    }

    /// Makes a value one of another type.
    #[inline(never)]
    fn cast(&self, item: Item<'a>, to: Ty, column: usize) -> Result<Item<'a>, Failure> {
        let Some(target) = self.types.pointee(to) else {
            return self.cast_to_number(item, to, column);
        };
        match item {
            Item::Literal(text::Value::Null) => Ok(Item::Scalar(to, 0)),
            Item::Literal(text::Value::Address(name)) => {
                let complaint = Complaint {
                    source: self.setting.asked.source,
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
                // A cast to what it is already changes nothing.
                let same = self.types.is_same(ty, to)
                    && (to.constant || !self.types.pointee(ty).is_some_and(|ty| ty.constant));
                let doubt = match ty.doubt {
                    None if same => None,
                    None => Some(Doubt::Cast),
                    doubt => doubt,
                };
                Ok(Item::Scalar(to.with_doubt(doubt), bits))
            }
            item => {
                let number = self.number(item, column)?;
                if number.bits() == 0 {
                    return Ok(Item::Scalar(to, 0));
                }
                if !self.setting.asked.unsafe_call {
                    return Err(self.fail(
                        column,
                        EPERM,
                        fmt!("an address as a number needs unsafe_call=1, or `unsafe` before the expression"),
                    ));
                }
                self.check_shown(column, "made of numbers")?;
                Ok(Item::Scalar(to, number.bits()))
            }
        }
    }

    /// Makes a value a number of a type, or nothing of `void`.
    #[inline(never)]
    fn cast_to_number(&self, item: Item<'a>, to: Ty, column: usize) -> Result<Item<'a>, Failure> {
        let shape = self.types.shape(to);
        if shape == Shape::Void && to.is_plain() && to == Ty::VOID {
            return Ok(Item::Void);
        }
        if !matches!(
            shape,
            Shape::Bool | Shape::Integer { .. } | Shape::Enum { .. }
        ) {
            return Err(self.fail(
                column,
                EINVAL,
                fmt!("nothing can be cast to a `{}`", self.types.display(to)),
            ));
        }
        let bits = match item {
            Item::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                self.check_shown(column, "cast to numbers")?;
                bits
            }
            Item::Literal(text::Value::Null) => 0,
            item => self.number(item, column)?.bits(),
        };
        Ok(Item::Scalar(
            to,
            match shape {
                Shape::Bool => u64::from(bits != 0),
                _ => self.fill(to, bits),
            },
        ))
    }

    /// Fails if the user may not see addresses, and could find them out so.
    fn check_shown(&self, column: usize, what: &str) -> Result<(), Failure> {
        match self.setting.show {
            true => Ok(()),
            false => Err(self.fail(
                column,
                EPERM,
                fmt!("pointers can only be {what} by who may read addresses in /proc/kallsyms"),
            )),
        }
    }

    /// The value of the whole expression, and its type as C.
    #[inline(never)]
    fn result(
        &mut self,
        tree: &Tree<'_, 'a>,
        item: Item<'a>,
        node: usize,
    ) -> Result<(Value, CString), Failure> {
        let column = tree.start(node);
        if let Item::Object(ty, address) = item {
            if let Some(value) = self.aggregate(ty, address, column)? {
                return Ok((value, to_c_string(fmt!("{}", self.types.display(ty)))?));
            }
        }
        match self.load(tree, item, node)? {
            Item::Scalar(ty, bits) => Ok((
                self.scalar_value(ty, bits, true),
                to_c_string(fmt!("{}", self.types.display(ty)))?,
            )),
            Item::Literal(literal) => self.literal(literal, column),
            Item::Void => Ok((Value::Void, to_c_string(fmt!("void"))?)),
            Item::Object(ty, _) => Err(self.fail(
                column,
                EINVAL,
                fmt!("a `{}` cannot be shown", self.types.display(ty)),
            )),
            Item::Temporary(_) | Item::Field(_) => Err(self.fail(
                column,
                EINVAL,
                fmt!("a temporary can only be an argument of a call, whose parameter gives it its type"),
            )),
        }
    }

    /// A number or a pointer as it is shown.
    #[inline(never)]
    fn scalar_value(&self, ty: Ty, bits: u64, text: bool) -> Value {
        let (kind, btf) = match self.types.get(ty) {
            Some(plain) => (signature::of_btf(plain), self.types.btf(ty)),
            None => (self.kind(ty), None),
        };
        // Numbers that were computed have no errors' names.
        let kind = match kind {
            Kind::String { constant } if !text => Kind::Pointer { constant, size: 0 },
            kind => kind,
        };
        match (kind, self.types.get(ty)) {
            (Kind::Integer { signed: true, .. }, _) => Value::Signed(bits as i64, None),
            _ => Value::new(self.caller, kind, btf, bits as usize),
        }
    }

    /// The kind of a type that the BTF does not have.
    fn kind(&self, ty: Ty) -> Kind {
        match self.types.shape(ty) {
            Shape::Integer { size, signed } => Kind::Integer { size, signed },
            Shape::Pointer => match self.types.pointee(ty) {
                Some(to) if self.types.is_text(to) => Kind::String { constant: true },
                _ => Kind::Pointer {
                    constant: true,
                    size: 0,
                },
            },
            _ => Kind::Void,
        }
    }

    /// The value of what is nothing but a literal, and its type.
    #[inline(never)]
    fn literal(
        &self,
        literal: text::Value<'a>,
        column: usize,
    ) -> Result<(Value, CString), Failure> {
        match literal {
            text::Value::Bool(value) => Ok((Value::Bool(value), to_c_string(fmt!("bool"))?)),
            text::Value::Null => Ok((Value::Pointer(0), to_c_string(fmt!("void *"))?)),
            text::Value::Address(name) => {
                let complaint = Complaint {
                    source: self.setting.asked.source,
                    column,
                    declaration: c"void *",
                };
                let kallsyms = self.caller.kallsyms();
                let address = argument::address(kallsyms, &name, true, 0, &complaint)?;
                Ok((Value::Pointer(address), to_c_string(fmt!("void *"))?))
            }
            text::Value::String(_) => Err(self.fail(
                column,
                EINVAL,
                fmt!("a string can only be an argument of a call"),
            )),
            literal => {
                let number = self.number(Item::Literal(literal), column)?;
                let ty = Ty::number(number.ty());
                Ok((
                    self.scalar_value(ty, number.bits(), false),
                    to_c_string(fmt!("{}", self.types.display(ty)))?,
                ))
            }
        }
    }

    /// A structure, a union or an array as text. [`None`]: it is none.
    #[inline(never)]
    fn aggregate(&self, ty: Ty, address: usize, column: usize) -> Result<Option<Value>, Failure> {
        if self.types.shape(ty) != Shape::Aggregate {
            return Ok(None);
        }
        let size = self.types.size(ty);
        if size > 0 {
            if let Some((element, length)) = self.types.array(ty) {
                if self.types.is_text(element) && self.setting.show {
                    return match string(address, length) {
                        Some(value) => Ok(Some(value)),
                        None => Err(self.fail(
                            column,
                            EFAULT,
                            fmt!("the memory of this cannot be read"),
                        )),
                    };
                }
            }
        }
        if size == 0 || size > MAX_OBJECT {
            return Err(self.fail(
                column,
                E2BIG,
                fmt!(
                    "a `{}` has {size} bytes; what is shown has 1 to {MAX_OBJECT}",
                    self.types.display(ty)
                ),
            ));
        }
        let mut bytes = KVVec::from_elem(0u8, size, GFP_KERNEL)?;
        self.read(address, &mut bytes, column)?;
        if !self.setting.show {
            if address % 8 != 0 {
                self.check_shown(column, "looked for where none are aligned")?;
            }
            if let Some((element, _)) = self.types.array(ty) {
                if self.types.is_text(element) {
                    return Ok(Some(match holds_address(&bytes) {
                        true => Value::Hidden,
                        false => string(address, size).unwrap_or(Value::Hidden),
                    }));
                }
            }
        }
        let Some(plain) = self.types.get(ty) else {
            return Ok(None);
        };
        let kallsyms = self.caller.kallsyms();
        let text = Printer::print(kallsyms, plain, &bytes, self.setting.show)?;
        Ok(Some(Value::Printed(text)))
    }
}

/// Whether one of the words of what is aligned may be an address.
fn holds_address(bytes: &[u8]) -> bool {
    bytes.chunks_exact(8).any(|word| {
        let value = word
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte));
        may_be_address(value)
    })
}

fn scalar<'a>(number: Number) -> Item<'a> {
    Item::Scalar(Ty::number(number.ty()), number.bits())
}

fn boolean<'a>(value: bool) -> Item<'a> {
    scalar(Number::int(value.into()))
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
