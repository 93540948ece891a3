// SPDX-License-Identifier: GPL-2.0

//! Evaluates expressions and programs node by node, with a stack of values.
//!
//! Every call is checked, whether its value is the result or an argument of another call. Memory is
//! only read by the kernel's fault-tolerant function.

mod calls;
mod casts;
pub(crate) mod history;
mod local;
mod memory;
mod operators;
mod program;
mod result;
mod type_of;

use self::history::{
    EarlierValue,
    History, //
};

use crate::{
    call::{
        arguments::{
            ArgumentValue,
            Field, //
        },
        callable::function,
        request::{
            Call,
            CallOptions, //
        },
        rules::permission::{
            allowed,
            may_read, //
        },
        Caller,
        GREETING, //
    },
    ctype::{
        named::constants,
        ty::Ty,
        types::{
            Found,
            Types, //
        }, //
    },
    failure::{
        Failure,
        PARAMETER, //
    },
    kallsyms::{
        Variable,
        VMLINUX, //
    },
    parser_memory::{
        ParserMemory,
        ProgramMemory, //
    },
    print::Pure,
    run::Execution,
    show::Outcome,
    text::{
        self,
        Binary,
        Branch,
        NameText,
        Node,
        Number,
        NumberType,
        Tree,
        Unary, //
    }, //
};
use core::{
    cell::{
        Cell,
        RefCell, //
    },
    mem::take, //
};
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// A value on the stack.
#[derive(Clone, Copy)]
enum StackValue<'a> {
    /// No value: what a `void` function returns.
    Void,
    /// A local that has no value yet.
    Local(usize),
    /// A literal as it was written. Its type depends on where it is used.
    Literal(text::Literal<'a>),
    /// An integer, a `bool`, a value of an enumeration or a pointer, sign-extended to 64 bits.
    Scalar(Ty, u64),
    /// An object in memory, and its address.
    Object(Ty, usize),
    /// `out`, `out[n]` or braces.
    Temporary(ArgumentValue<'a>),
    /// `.member = value`, as an index into the fields.
    Field(usize),
}

/// A value that an operator is applied to, and where it begins in the text.
#[derive(Clone, Copy)]
struct Operand<'a> {
    item: StackValue<'a>,
    column: usize,
}

/// The settings of one evaluation.
#[derive(Clone, Copy)]
struct Settings<'r> {
    /// The parameter or file in which the text was written, for messages.
    source: &'static str,
    /// The options of the outermost call.
    options: &'r CallOptions,
    /// Whether `unsafe` covers the current node, so that what cannot be checked is passed on.
    unsafe_call: bool,
    /// Whether the reader may see addresses.
    show: bool,
    /// Whether the value goes to the log.
    in_log: bool,
    history: &'r History,
}

/// Evaluates one text.
struct Evaluator<'c, 'r, 'a> {
    caller: &'c Caller,
    settings: Settings<'r>,
    types: Types<'c>,
    /// Each value, and the index of its node.
    stack: KVec<(StackValue<'a>, usize)>,
    /// The members in all braces.
    fields: KVec<Field<'a>>,
    /// Makes the calls, and owns the memory that arguments point to.
    execution: Execution<'c>,
    /// The calls whose functions have been found.
    call_sites: KVec<calls::CallSite<'c>>,
    last: Option<calls::LastCall<'a>>,
    nanoseconds: i64,
    locals: KVec<local::Local<'a>>,
    /// The nodes of names, and the values that they stand for; the nodes of `container_of`, their
    /// types, and the offsets of the members.
    known: KVec<(usize, StackValue<'a>)>,
    /// The nodes of members, the types that have them, and the members themselves.
    members: KVec<(usize, Ty, Found)>,
    output: program::Output,
    /// Whether the failure was that memory could not be read.
    is_fault: Cell<bool>,
    /// Data of modules: these must stay loaded while pointers to it are used.
    pinned: RefCell<KVec<Variable>>,
}

/// The answer to a text.
pub(crate) enum Answer {
    /// An expression's value.
    Value(KBox<Outcome>),
    /// What a program printed, and why it ended early.
    Lines(KVVec<u8>, Option<Failure>),
}

impl Caller {
    /// Makes the call that is asked for, with the values of the expressions in its arguments.
    /// `show` says whether the user may see addresses. Returns the outcome, and the call as C.
    ///
    /// Sleeps: looking up functions takes the lock of the list of modules, and looking up their
    /// types takes the mutex of the kernel's BTF. While a function runs, these locks are not held
    /// and the parameters are not locked.
    #[inline(never)]
    pub(crate) fn call(
        &self,
        call: &Call,
        show: bool,
    ) -> Result<(KBox<Outcome>, CString), Failure> {
        allowed()?;
        let (_, name) = function(&call.function)?;
        let args = match &call.args {
            None if *name.symbol() == *c"_printk" => GREETING,
            args => args.as_deref().unwrap_or_default(),
        };
        let parse = |error| Failure::parse(PARAMETER, error);
        let none = History::EMPTY;
        let mut memory = ParserMemory::new(args)?;
        let tree = memory.expressions(args).map_err(parse)?;
        let settings = Settings {
            source: PARAMETER,
            options: &call.options,
            unsafe_call: call.options.unsafe_call,
            show,
            in_log: true,
            history: &none,
        };
        let mut evaluator = Evaluator::new(self, settings)?;
        evaluator.run(&tree)?;
        evaluator.finish_call(&tree, &call.function, args.trim_ascii_end().len() + 1)
    }

    /// Evaluates an expression or a program. Sleeps, as [`Self::call`] does.
    #[inline(never)]
    pub(crate) fn evaluate(
        &self,
        text: &[u8],
        history: &History,
        show: bool,
    ) -> Result<(Answer, Option<EarlierValue>), Failure> {
        may_read()?;
        let parse = |error| Failure::parse("call", error);
        let mut memory = ProgramMemory::new(text)?;
        let program = memory.program(text).map_err(parse)?;
        let options = CallOptions {
            timeout: program.options.timeout,
            ..CallOptions::default()
        };
        let settings = Settings {
            source: "call",
            options: &options,
            unsafe_call: false,
            show,
            in_log: false,
            history,
        };
        let mut evaluator = Evaluator::new(self, settings)?;
        for local in program.locals {
            let local = local::Local::new(*local);
            evaluator.locals.push(local, GFP_KERNEL)?;
        }
        if let Some((tree, format)) = program.expression() {
            evaluator.run(&tree)?;
            let (outcome, value) = evaluator.finish(&tree, format)?;
            return Ok((Answer::Value(outcome), Some(value)));
        }
        let failure = evaluator.run(&program.tree).err();
        let warned = evaluator.execution.warned;
        let lines = take(&mut evaluator.output).into_text(warned)?;
        match failure {
            Some(failure) if lines.is_empty() => Err(failure),
            failure => Ok((Answer::Lines(lines, failure), None)),
        }
    }
}

impl<'c, 'r, 'a> Evaluator<'c, 'r, 'a> {
    /// A new evaluator, on the heap since it is too large for the stack.
    #[inline(never)] // frame
    fn new(caller: &'c Caller, settings: Settings<'r>) -> Result<KBox<Self>, Failure> {
        let evaluator = Self {
            types: Types::new(caller.kallsyms(), settings.history.types(), &caller.names)?,
            caller,
            settings,
            stack: KVec::new(),
            fields: KVec::new(),
            execution: Execution::new(&caller.workers, settings.options.timeout),
            call_sites: KVec::new(),
            last: None,
            nanoseconds: 0,
            locals: KVec::new(),
            known: KVec::new(),
            members: KVec::new(),
            output: program::Output::default(),
            is_fault: Cell::new(false),
            pinned: RefCell::new(KVec::new()),
        };
        Ok(KBox::new(evaluator, GFP_KERNEL)?)
    }

    /// An error in a column.
    fn fail(&self, column: usize, errno: Error, what: fmt::Arguments<'_>) -> Failure {
        Failure::at(errno, self.settings.source, column, what)
    }

    fn push(&mut self, item: StackValue<'a>, node: usize) -> Result<(), Failure> {
        Ok(self.stack.push((item, node), GFP_KERNEL)?)
    }

    /// Takes the value on top. The parser makes sure that there is one.
    fn pop(&mut self) -> Result<(StackValue<'a>, usize), Failure> {
        Ok(self.stack.pop().ok_or(EINVAL)?)
    }

    /// Takes the value on top, and reads it if it is an object in memory.
    fn pop_value(&mut self, tree: &Tree<'_, 'a>) -> Result<(StackValue<'a>, usize), Failure> {
        let (item, node) = self.pop()?;
        let item = self.variable(item, tree.start(node))?;
        Ok((self.load(tree, item, node)?, node))
    }

    /// Takes the value on top, and where it begins in the text.
    fn pop_operand(&mut self, tree: &Tree<'_, 'a>) -> Result<Operand<'a>, Failure> {
        let (item, node) = self.pop_value(tree)?;
        Ok(Operand {
            item,
            column: tree.start(node),
        })
    }

    /// Where the value on top begins in the text.
    fn top_column(&self, tree: &Tree<'_, 'a>) -> usize {
        let top = self.stack.last();
        top.map_or(1, |(_, node)| tree.start(*node))
    }

    /// Evaluates all nodes. The stack has the value of the whole afterwards, or of each argument.
    fn run(&mut self, tree: &Tree<'_, 'a>) -> Result<(), Failure> {
        let mut index = 0;
        while let Some(node) = tree.nodes().get(index) {
            if self.output.is_cut {
                break;
            }
            let next = self.go_on(tree, node, index);
            index = match next.map_err(|failure| failure.or_at(node.column)) {
                Ok(next) => next,
                Err(failure) => self.skip_fault(tree, index, failure)?,
            };
        }
        Ok(())
    }

    /// Evaluates a node. Returns the index of the next one.
    fn go_on(
        &mut self,
        tree: &Tree<'_, 'a>,
        node: &Node<'a>,
        index: usize,
    ) -> Result<usize, Failure> {
        if let text::NodeKind::Branch { when, to } = node.kind {
            if !self.is_taken(tree, when)? {
                return Ok(index + 1);
            }
            if to <= index {
                self.turn(node.column)?;
            }
            return Ok(to);
        }
        self.settings.unsafe_call = self.settings.options.unsafe_call || node.is_unsafe;
        self.is_fault.set(false);
        self.node(tree, node, index)?;
        Ok(index + 1)
    }

    /// Whether a branch is taken.
    #[inline(never)]
    fn is_taken(&mut self, tree: &Tree<'_, 'a>, when: Branch) -> Result<bool, Failure> {
        if matches!(when, Branch::Else | Branch::Jump) {
            return Ok(true);
        }
        let (item, node) = self.pop_value(tree)?;
        let truth = self.truth(item, tree.start(node))?;
        let skips = match when {
            Branch::Or => truth,
            _ => !truth,
        };
        if skips && when != Branch::Then {
            // The value is no longer what the function returned, only whether that is zero.
            self.last = None;
            self.push(boolean(truth), node)?;
        }
        Ok(skips)
    }

    /// Evaluates one node, whose operands are on the stack.
    #[inline(never)]
    fn node(&mut self, tree: &Tree<'_, 'a>, node: &Node<'a>, index: usize) -> Result<(), Failure> {
        use text::NodeKind;

        let column = node.column;
        let item = match node.kind {
            NodeKind::Value(text::Literal::Name(_) | text::Literal::Address(_)) => {
                self.known_item(node, index)?
            }
            NodeKind::Value(value) => StackValue::Literal(value),
            NodeKind::Local(number, _) => self.local(number)?,
            NodeKind::SizeOf(ty) => self.size_of(tree, &ty, column)?,
            NodeKind::SizeOfValue => self.size_of_value(tree, index, column)?,
            NodeKind::OffsetOf(ty, member) => self.offset_of(tree, &ty, member, column)?,
            NodeKind::ContainerOf {
                ty,
                member,
                certain,
            } => {
                let place = self.container_place(tree, &ty, member, index)?;
                self.container_of(tree, place, certain)?
            }
            NodeKind::Assign(operator) => self.assign(tree, operator, index)?,
            NodeKind::Step { up, after } => self.step(tree, up, after, column)?,
            NodeKind::Circle(number) => {
                self.circle(number, column)?;
                StackValue::Void
            }
            NodeKind::Unsafe { .. } => return Ok(()),
            NodeKind::Binary(Binary::Slice) => self.slice(tree, column)?,
            NodeKind::PerCpuPointer => self.per_cpu_pointer(tree, column)?,
            NodeKind::Declare(number) => return self.declare(number, tree),
            NodeKind::Column(format) => return self.column(tree, index, format),
            NodeKind::Print(_) => {
                self.fields.clear();
                return self.output.end_line();
            }
            NodeKind::Drop => {
                self.pop()?;
                self.fields.clear();
                return Ok(());
            }
            NodeKind::Call(name, count) => self.nested_call(tree, name, count, index)?,
            NodeKind::Member(name) => self.member_of(tree, name, index)?,
            NodeKind::Pointee(name) => self.pointee_member(tree, name, index)?,
            NodeKind::Index => self.index(tree, column)?,
            NodeKind::Unary(Unary::Dereference) => {
                let operand = self.top_column(tree);
                let (ty, address) = self.pop_pointer(tree, operand)?;
                StackValue::Object(ty, address)
            }
            NodeKind::Unary(Unary::Address) => {
                let operand = self.top_column(tree);
                self.address_of(operand)?
            }
            NodeKind::Unary(operator) => self.unary(tree, operator)?,
            NodeKind::Cast(ty) => self.cast_to(tree, &ty, column)?,
            NodeKind::Binary(operator) => self.binary(tree, operator, column)?,
            NodeKind::History(number) => self.earlier(number, index, column)?,
            NodeKind::Out => StackValue::Temporary(ArgumentValue::Out),
            NodeKind::Buffer => self.buffer(tree, column)?,
            NodeKind::Field(name) => self.field(tree, name, column)?,
            NodeKind::Braces(count) => self.braces(count)?,
            // The value, with its type, is the one of the branch that was taken.
            NodeKind::Conditional => self.pop()?.0,
            NodeKind::Arguments(_) | NodeKind::Branch { .. } | NodeKind::TypeOf => return Ok(()),
            NodeKind::PerCpu(name) => self.per_cpu(tree, &name, column)?,
            NodeKind::Symbol(name) => self.name_in(&name, column)?,
        };
        self.push(item, index)
    }

    /// What is known of a node since an earlier turn.
    fn known_at(&self, index: usize) -> Option<StackValue<'a>> {
        let mut known = self.known.iter();
        known
            .find(|(node, _)| *node == index)
            .map(|(_, item)| *item)
    }

    /// What a name or an address stands for. A program looks it up once.
    #[inline(never)] // frame
    fn known_item(&mut self, node: &Node<'a>, index: usize) -> Result<StackValue<'a>, Failure> {
        let text::NodeKind::Value(literal) = node.kind else {
            return Ok(StackValue::Void);
        };
        if let Some(item) = self.known_at(index) {
            return Ok(item);
        }
        let item = self.named(literal, node.column)?;
        if !self.locals.is_empty() {
            self.known.push((index, item), GFP_KERNEL)?;
        }
        Ok(item)
    }

    /// Looks up what a name or an address stands for. A function's name stays a name: how it is
    /// used decides what it means.
    fn named(
        &mut self,
        literal: text::Literal<'a>,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        match literal {
            text::Literal::Name("current") => return self.current(column),
            text::Literal::Address(name) if name.symbol.contains('.') => {
                if let Some(item) = self.member_address(name, column)? {
                    return Ok(item);
                }
            }
            _ => {}
        }
        let item = StackValue::Literal(literal);
        // A single expression looks it up only where it needs it.
        if self.locals.is_empty() {
            return Ok(item);
        }
        let item = self.variable(item, column)?;
        self.typed_symbol(item, column)
    }

    /// `current`: the task of the process that asks.
    fn current(&mut self, column: usize) -> Result<StackValue<'a>, Failure> {
        let written = text::type_name(b"struct task_struct *").map_err(|_| EINVAL)?;
        let ty = self.resolve_type(&written, None, column)?.with_doubt(None);
        Ok(StackValue::Scalar(ty, kernel::current!().as_ptr() as u64))
    }

    /// `module:name`: a constant of that module, or a variable of the kernel itself.
    #[inline(never)] // frame
    fn name_in(&self, name: &NameText<'a>, column: usize) -> Result<StackValue<'a>, Failure> {
        let module = name.module.unwrap_or_default();
        let constant = constants::find_in(&self.types, module, name.symbol)
            .map_err(|failure| failure.or_in(self.settings.source, column))?;
        if let Some(constant) = constant {
            return Ok(StackValue::Literal(constant));
        }
        if module.as_bytes() == VMLINUX.to_bytes() {
            let item = StackValue::Literal(text::Literal::Name(name.symbol));
            if let item @ StackValue::Object(..) = self.variable(item, column)? {
                return Ok(item);
            }
        }
        Err(self.fail(
            column,
            EINVAL,
            fmt!(
                "only the address of a symbol can be taken: &{}",
                Pure(*name)
            ),
        ))
    }

    /// `$1`, or `$`
    #[inline(never)]
    fn earlier(
        &mut self,
        number: Option<usize>,
        index: usize,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let history = self.settings.history;
        match history.get(number) {
            Some(EarlierValue::Scalar(ty, bits)) => Ok(StackValue::Scalar(ty.earlier(), bits)),
            Some(EarlierValue::Object(ty, address)) => {
                Ok(StackValue::Object(ty.earlier(), address))
            }
            Some(EarlierValue::Structure(ty, words)) => {
                let address = self.at_place(index, |this| this.keep(ty, words))?;
                Ok(StackValue::Object(ty.earlier(), address))
            }
            Some(EarlierValue::Nothing) => {
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

    /// `out[n]`
    #[inline(never)] // frame
    fn buffer(&mut self, tree: &Tree<'_, 'a>, column: usize) -> Result<StackValue<'a>, Failure> {
        let operand = self.pop_operand(tree)?;
        let count = self.number(operand.item, operand.column)?;
        if count.is_negative() {
            return Err(self.fail(
                column,
                ERANGE,
                fmt!("the length of out[n] cannot be negative"),
            ));
        }
        Ok(StackValue::Temporary(ArgumentValue::Buffer(count.bits())))
    }

    /// `.member = value`, in braces.
    #[inline(never)]
    fn field(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: &'a str,
        column: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let (item, node) = self.pop()?;
        let mut value = self.argument(tree, item, node)?;
        value.column = column;
        let field = Field {
            name,
            value,
            next: None,
        };
        self.fields.push(field, GFP_KERNEL)?;
        Ok(StackValue::Field(self.fields.len() - 1))
    }

    /// `{ … }`
    fn braces(&mut self, count: usize) -> Result<StackValue<'a>, Failure> {
        let mut first = None;
        for _ in 0..count {
            if let (StackValue::Field(index), _) = self.pop()? {
                if let Some(field) = self.fields.get_mut(index) {
                    field.next = first;
                }
                first = Some(index);
            }
        }
        Ok(StackValue::Temporary(ArgumentValue::Braces(first)))
    }
}

/// A number as a value.
fn scalar<'a>(number: Number) -> StackValue<'a> {
    StackValue::Scalar(Ty::number(number.ty()), number.bits())
}

/// A size or an offset as a value.
fn unsigned_long<'a>(bits: u64) -> StackValue<'a> {
    scalar(Number::new(bits, NumberType::UNSIGNED_LONG))
}

/// A `bool` as a value: an `int`, as in C.
fn boolean<'a>(value: bool) -> StackValue<'a> {
    scalar(Number::int(value.into()))
}
