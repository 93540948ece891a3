// SPDX-License-Identifier: GPL-2.0

//! Evaluates expressions: from the first node to the last, with a stack of values.
//!
//! Every call in an expression is a checked call, whether its value is the result or an argument of
//! another. Memory is read by the kernel's fault-tolerant function only.

pub(crate) mod history;
mod memory;
mod operators;
mod result;

use self::history::{
    Earlier,
    History,
    Past, //
};

use crate::{
    call::{
        convert::{
            Argument,
            Field,
            Given, //
        },
        request::{
            Call,
            Evaluation,
            SymbolName, //
        },
        signature::ValueKind,
        Asked,
        Called,
        Caller,
        Outcome,
        GREETING, //
    },
    ctype::{
        constants,
        types::{
            Ty,
            Types, //
        }, //
    },
    failure::Failure,
    kallsyms::Shape,
    parser_memory::ParserMemory,
    print::Pure,
    run::Execution,
    show::value::extend,
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
    fmt,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// A value on the stack.
#[derive(Clone, Copy)]
enum Item<'a> {
    /// None: of a function that returns `void`.
    Void,
    /// What was written, whose type depends on what it is for.
    Literal(text::Literal<'a>),
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
    /// Makes the calls, and has what arguments point to.
    execution: Execution<'c>,
    /// The last call that was made.
    last: Option<KBox<Outcome>>,
    nanoseconds: i64,
}

/// A copy of a name that stands in an expression.
fn owned(name: text::NameText<'_>) -> Result<SymbolName, Failure> {
    Ok(SymbolName::new(name)?)
}

impl Caller {
    /// Calls the function that is asked for, with the values of the expressions in the arguments. `show`
    /// says whether the user may see addresses. Returns what came of it, and the call as C.
    ///
    /// Sleeps: looking functions up takes the lock of the list of modules, and their types the mutex of the kernel's
    /// BTF. None is held, nor are the parameters locked, while a function runs; it sleeps if it does.
    #[inline(never)]
    pub(crate) fn call(
        &self,
        call: &Call,
        show: bool,
    ) -> Result<(KBox<Outcome>, CString), Failure> {
        crate::call::allowed()?;
        let (_, name) = crate::call::function(&call.function)?;
        let args = match &call.args {
            None if *name.symbol() == *c"_printk" => GREETING,
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
            show,
        };
        let setting = Setting {
            asked,
            history: &none,
        };
        let mut evaluator = Evaluator::new(self, setting, call.options.timeout)?;
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
        crate::call::allowed()?;
        let parse = |error| Failure::parse("call", error);
        let text = &evaluation.text;
        let options = &evaluation.options;
        let mut memory = ParserMemory::new(text)?;
        let (tree, vouched) = memory.expression(text).map_err(parse)?;
        let none = owned(text::NameText {
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
            show,
        };
        let setting = Setting { asked, history };
        let mut evaluator = Evaluator::new(self, setting, options.timeout)?;
        evaluator.run(&tree)?;
        evaluator.finish(&tree)
    }
}

impl<'c, 'r, 'a> Evaluator<'c, 'r, 'a> {
    #[inline(never)]
    fn new(
        caller: &'c Caller,
        setting: Setting<'r>,
        timeout: Option<usize>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            types: Types::new(caller.kallsyms(), &caller.held)?,
            caller,
            setting,
            stack: KVec::new(),
            fields: KVec::new(),
            execution: Execution::new(&caller.workers, timeout),
            last: None,
            nanoseconds: 0,
        })
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
        let mut index = 0;
        while let Some(node) = tree.nodes().get(index) {
            index = match node.kind {
                text::NodeKind::Branch { when, to }
                    if self.branches(tree, when, node.column)? =>
                {
                    to
                }
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
        use text::NodeKind;

        let column = node.column;
        let item = match node.kind {
            NodeKind::Value(value) => Item::Literal(value),
            NodeKind::SizeOf(ty) => self.size_of(&ty, column)?,
            NodeKind::Call(name, count) => self.nested_call(tree, name, count, index)?,
            NodeKind::Member(name) => self.member_of(tree, name, column)?,
            NodeKind::Pointee(name) => {
                let (ty, address) = self.pop_pointer(tree, column)?;
                self.member(ty, address, name, column)?
            }
            NodeKind::Index => self.index(tree, column)?,
            NodeKind::Unary(Unary::Dereference) => {
                let (ty, address) = self.pop_pointer(tree, column)?;
                Item::Object(ty, address)
            }
            NodeKind::Unary(Unary::Address) => self.address_of(column)?,
            NodeKind::Unary(operator) => {
                let (item, _) = self.pop_value(tree)?;
                match operator {
                    Unary::Not => boolean(!self.truth(item, column)?),
                    _ => self
                        .number(item, column)
                        .map(|n| scalar(n.unary(operator)))?,
                }
            }
            NodeKind::Cast(ty) => {
                let (item, _) = self.pop_value(tree)?;
                let to = self.said(&ty, column)?;
                self.cast(item, to, column)?
            }
            NodeKind::Binary(Binary::And | Binary::Or) => {
                let (item, _) = self.pop_value(tree)?;
                boolean(self.truth(item, column)?)
            }
            NodeKind::Binary(operator) => {
                let (right, _) = self.pop_value(tree)?;
                let (left, _) = self.pop_value(tree)?;
                self.binary(operator, left, right, column)?
            }
            NodeKind::History(number) => self.earlier(number, column)?,
            NodeKind::Out => Item::Temporary(Given::Out),
            NodeKind::Buffer => {
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
            NodeKind::Field(name) => self.field(tree, name, column)?,
            NodeKind::Braces(count) => self.braces(count)?,
            // The branch that was taken is the value, with its own type.
            NodeKind::Conditional => self.pop()?.0,
            NodeKind::Arguments(_) | NodeKind::Branch { .. } => return Ok(()),
            NodeKind::PerCpu(name) => self.per_cpu(tree, &name, column)?,
            NodeKind::Symbol(name) => {
                return Err(self.fail(
                    column,
                    EINVAL,
                    fmt!("only the address of a symbol can be taken: &{}", Pure(name)),
                ))
            }
        };
        self.push(item, index)
    }

    /// `$1`, or `$`
    #[inline(never)]
    fn earlier(&mut self, number: Option<usize>, column: usize) -> Result<Item<'a>, Failure> {
        let history = self.setting.history;
        match history.get(number) {
            Some(Earlier::Scalar(ty, bits)) => Ok(Item::Scalar(ty.earlier(), bits)),
            Some(Earlier::Object(ty, address)) => Ok(Item::Object(ty.earlier(), address)),
            Some(Earlier::Structure(ty, words)) => {
                Ok(Item::Object(ty.earlier(), self.keep(ty, words)?))
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
        name: text::NameText<'a>,
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
        self.nanoseconds = self.nanoseconds.saturating_add(called.outcome.nanoseconds);
        let called = KBox::into_inner(called);
        let [register, _] = called.registers;
        let register = register as u64;
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
        if let (ValueKind::Structure(_), Some((btf, id))) = (kind, btf.zip(called.returns_id)) {
            let ty = Ty::of(btf, id);
            let address = self.keep(ty, called.registers)?;
            if let Some(value) = self.aggregate(ty, address, 1)? {
                outcome.value = value;
            }
            self.last = Some(outcome);
            return Ok(Item::Object(ty, address));
        }
        self.last = Some(outcome);
        Ok(self.returned(kind, btf.zip(called.returns_id), register))
    }

    /// What a function returned in a register: of a kind, and of a type if the BTF has it.
    fn returned(&self, kind: ValueKind, ty: Option<(usize, u32)>, register: u64) -> Item<'a> {
        if kind == ValueKind::Void {
            return Item::Void;
        }
        let ty = match ty {
            Some((btf, id)) => Ty::of(btf, id),
            None => match kind {
                ValueKind::Integer { size, signed } | ValueKind::Enum { size, signed, .. } => {
                    let ty = NumberType {
                        long: size > 4,
                        unsigned: !signed,
                    };
                    return scalar(Number::new(extend(register, size * 8, signed), ty));
                }
                ValueKind::Bool => return boolean(register & 0xff != 0),
                _ => Ty::void_pointer(),
            },
        };
        Item::Scalar(ty, self.fill(ty, register))
    }

    /// Keeps a structure that came by value in memory, for as long as the evaluation lasts.
    fn keep(&mut self, ty: Ty, words: [usize; 2]) -> Result<usize, Failure> {
        let size = self.types.size(ty);
        let memory = self.execution.memory.add(size)?;
        let bytes = words.map(usize::to_le_bytes);
        for (to, from) in memory.iter_mut().zip(bytes.as_flattened()).take(size) {
            *to = *from;
        }
        Ok(memory.as_ptr() as usize)
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
        self.caller.call_checked(
            asked,
            &self.types,
            &self.fields,
            &mut given,
            &mut self.execution,
        )
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
                let number = self.number(item, column)?;
                Given::Literal(constants::literal(number))
            }
            Item::Temporary(given) => given,
            Item::Void | Item::Field(_) => {
                return Err(self.fail(column, EINVAL, fmt!("this function returns no value")))
            }
            Item::Object(ty, address) => Given::Structure(ty, self.by_value(ty, address, column)?),
        };
        Ok(Argument { column, given })
    }
}

/// A number as a value.
fn scalar<'a>(number: Number) -> Item<'a> {
    Item::Scalar(Ty::number(number.ty()), number.bits())
}

/// A truth as a value.
fn boolean<'a>(value: bool) -> Item<'a> {
    scalar(Number::int(value.into()))
}
