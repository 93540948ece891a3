// SPDX-License-Identifier: GPL-2.0

//! The calls in an expression: arguments are made of values on the stack, and what a function
//! returns becomes a value.

use super::{
    boolean,
    scalar,
    Evaluator,
    StackValue, //
};
use crate::{
    call::{
        arguments::{
            Argument,
            ArgumentValue, //
        },
        callable::Callable,
        candidates::Choice,
        request::SymbolName,
        signature::CallSignature,
        CallRequest,
        ReturnedCall, //
    },
    ctype::{
        bits::extend,
        named::constants,
        ty::Ty,
        value_kind::ValueKind, //
    },
    failure::Failure,
    kallsyms::Shape,
    show::Outcome,
    text::{
        self,
        Node,
        Number,
        NumberType,
        Tree, //
    }, //
};
use kernel::{
    prelude::{
        fmt,
        *, //
    },
    sync::Arc, //
};

/// The place of a call whose arguments are the whole text.
const WHOLE: usize = usize::MAX;

/// A call in the text whose function has been found.
#[derive(Clone)]
pub(super) struct CallSite<'c> {
    /// The index of its node.
    place: usize,
    callable: Arc<Callable<'c>>,
    /// The function's BTF, as an index into the evaluation's [`Types`](crate::ctype::types::Types).
    btf: Option<usize>,
}

/// The last call that was made.
pub(super) struct LastCall<'a> {
    place: usize,
    value: StackValue<'a>,
    pub(super) returned: ReturnedCall,
}

impl<'c, 'r, 'a> Evaluator<'c, 'r, 'a> {
    /// Makes a call within an expression.
    #[inline(never)]
    pub(super) fn nested_call(
        &mut self,
        tree: &Tree<'_, 'a>,
        name: text::NameText<'a>,
        count: usize,
        index: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let function = SymbolName::new(name)?;
        let end = tree.nodes().get(index).map_or(1, |node| node.last);
        let after = tree.nodes().get(index + 1..).unwrap_or_default();
        let is_unsafe = |node: &Node<'_>| matches!(node.kind, text::NodeKind::Unsafe { .. });
        let is_whole = after.iter().all(is_unsafe);
        let mut request = self.request(&function, end, is_whole);
        if name.position != 0 {
            request.position = name.position;
        }
        self.at_place(index, |this| this.make_call(tree, &request, count, index))
    }

    /// Calls `f`, which may need memory. The memory belongs to the place in the text, a node or the
    /// complement of a local's number: when the place is evaluated again, it gets the same memory.
    pub(super) fn at_place<T>(
        &mut self,
        place: usize,
        f: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.execution.memory.begin(Some(place));
        let result = f(self);
        // This is needed after a failure, too: a program goes on after some.
        self.execution.memory.begin(None);
        result
    }

    /// The request for a call of `function`, whose arguments end in the column `end`. The options
    /// apply to the outermost call only.
    fn request<'s>(
        &self,
        function: &'s SymbolName,
        end: usize,
        is_outermost: bool,
    ) -> CallRequest<'s>
    where
        'r: 's,
    {
        let options = self.settings.options;
        CallRequest {
            source: self.settings.source,
            function,
            position: if is_outermost { options.position } else { 0 },
            choice: Choice::Text,
            end,
            sig: options.sig.as_deref().filter(|_| is_outermost),
            unsafe_call: self.settings.unsafe_call,
        }
    }

    /// Makes the outermost call, whose arguments are the whole tree.
    pub(super) fn call_with_all(
        &mut self,
        tree: &Tree<'_, 'a>,
        function: &SymbolName,
        end: usize,
    ) -> Result<KBox<Outcome>, Failure> {
        let request = CallRequest {
            choice: Choice::Parameter,
            ..self.request(function, end, true)
        };
        self.make_call(tree, &request, self.stack.len(), WHOLE)?;
        Ok(self.last_call(WHOLE)?.ok_or(EINVAL)?)
    }

    /// Calls the function at a place in the text, with the last `count` values of the stack.
    #[inline(never)]
    fn make_call(
        &mut self,
        tree: &Tree<'_, 'a>,
        request: &CallRequest<'_>,
        count: usize,
        place: usize,
    ) -> Result<StackValue<'a>, Failure> {
        let mut arguments = KVec::with_capacity(count, GFP_KERNEL)?;
        let first = self.stack.len().saturating_sub(count);
        for index in first..self.stack.len() {
            let (item, node) = self.stack[index];
            arguments.push(self.argument(tree, item, node)?, GFP_KERNEL)?;
        }
        self.stack.truncate(first);
        let CallSite { callable, btf, .. } = self.call_site(request, place)?;
        let returned = self.caller.call_checked(
            &callable,
            request,
            &self.types,
            &self.fields,
            &mut arguments,
            &mut self.execution,
        )?;
        self.nanoseconds = self.nanoseconds.saturating_add(returned.nanoseconds);
        let registers = returned.registers;
        // The types of the value and of the temporaries are in the function's BTF.
        let CallSignature {
            returns,
            returns_id,
            ..
        } = callable.signature;
        let value = match (returns, btf.zip(returns_id)) {
            (ValueKind::Structure(_), Some((btf, id))) => {
                let ty = Ty::of(btf, id);
                StackValue::Object(ty, self.keep(ty, registers)?)
            }
            (_, ty) => self.returned(returns, ty, registers[0] as u64),
        };
        self.last = Some(LastCall {
            place,
            value,
            returned,
        });
        Ok(value)
    }

    /// The function that is called at a place in the text. It is looked up once.
    #[inline(never)] // frame
    fn call_site(
        &mut self,
        request: &CallRequest<'_>,
        place: usize,
    ) -> Result<CallSite<'c>, Failure> {
        if let Some(known) = self.call_sites.iter().find(|site| site.place == place) {
            return Ok(known.clone());
        }
        let callable = self.caller.callable(request)?;
        let btf = match callable.signature.btf.clone() {
            Some(btf) => Some(self.types.add(btf)?),
            None => None,
        };
        let site = CallSite {
            place,
            callable: Arc::new(callable, GFP_KERNEL)?,
            btf,
        };
        self.call_sites.push(site.clone(), GFP_KERNEL)?;
        Ok(site)
    }

    /// The outcome of the last call, if that was made at this place.
    #[inline(never)] // frame
    pub(super) fn last_call(&mut self, place: usize) -> Result<Option<KBox<Outcome>>, Failure> {
        let last = self.last.take_if(|last| last.place == place);
        let site = self.call_sites.iter().find(|site| site.place == place);
        let Some((last, CallSite { callable, btf, .. })) = last.zip(site.cloned()) else {
            return Ok(None);
        };
        let LastCall {
            value, returned, ..
        } = last;
        self.settings.unsafe_call = returned.unsafe_call;
        let [register, _] = returned.registers;
        let mut outcome = callable.outcome(self.facts(), register)?;
        if let StackValue::Object(ty, address) = value {
            if let Some(structure) = self.aggregate(ty, address, 1)? {
                outcome.value = structure;
            }
        }
        outcome.nanoseconds = returned.nanoseconds;
        outcome.tainted = returned.unsafe_call;
        outcome.warned = self.execution.warned;
        for temporary in &returned.temporaries {
            if let Some(shown) = self.temporary(temporary, btf)? {
                outcome.temporaries.push(shown, GFP_KERNEL)?;
            }
        }
        Ok(Some(outcome))
    }

    /// The value of this kind that a function returned in a register. `ty` is its type, if the BTF
    /// has it.
    fn returned(&self, kind: ValueKind, ty: Option<(usize, u32)>, register: u64) -> StackValue<'a> {
        if kind == ValueKind::Void {
            return StackValue::Void;
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
        StackValue::Scalar(ty, self.extended(ty, register))
    }

    /// Copies a structure that was returned by value to memory, where it stays until the evaluation
    /// ends.
    pub(super) fn keep(&mut self, ty: Ty, words: [usize; 2]) -> Result<usize, Failure> {
        let size = self.types.size(ty);
        let memory = self.execution.memory.add(size)?;
        let bytes = words.map(usize::to_le_bytes);
        for (to, from) in memory.iter_mut().zip(bytes.as_flattened()).take(size) {
            *to = *from;
        }
        Ok(memory.as_ptr() as usize)
    }

    /// Makes an argument of a value.
    #[inline(never)]
    pub(super) fn argument(
        &self,
        tree: &Tree<'_, 'a>,
        item: StackValue<'a>,
        node: usize,
    ) -> Result<Argument<'a>, Failure> {
        let column = tree.start(node);
        let item = self.variable(item, column)?;
        // An array becomes a pointer to its first element.
        let array = match item {
            StackValue::Object(ty, _) if self.types.array(ty).is_some() => {
                Some(self.types.size(ty))
            }
            _ => None,
        };
        let value = match self.load(tree, item, node)? {
            StackValue::Literal(value) => ArgumentValue::Literal(value),
            StackValue::Scalar(ty, bits) if self.types.shape(ty) == Shape::Pointer => {
                if !self.settings.unsafe_call {
                    self.check_object(tree, bits, node)?;
                }
                let room = array.or_else(|| self.room_at(ty, bits as usize));
                // The function may follow pointers in the object.
                let target = self.types.pointee(ty);
                let target = target.map(|target| self.known_type(target, bits as usize));
                let doubt = ty.doubt.or(target.and_then(|target| target.doubt));
                let ty = ty.with_doubt(doubt);
                ArgumentValue::Pointer(ty, bits as usize, room)
            }
            item @ StackValue::Scalar(..) => {
                let number = self.number(item, column)?;
                ArgumentValue::Literal(constants::literal(number))
            }
            StackValue::Temporary(value) => value,
            StackValue::Local(number) => return Err(self.no_value(number, column)),
            StackValue::Void | StackValue::Field(_) => {
                return Err(self.fail(column, EINVAL, fmt!("this function returns no value")))
            }
            StackValue::Object(ty, address) => {
                ArgumentValue::Structure(ty, self.by_value(ty, address, column)?)
            }
        };
        Ok(Argument { column, value })
    }

    /// How many bytes a pointer points to; [`None`] for text and unknown types. A symbol that was
    /// cast has the bytes up to the next symbol.
    fn room_at(&self, pointer: Ty, address: usize) -> Option<usize> {
        if pointer.is_symbol() {
            let (size, offset) = self.caller.kallsyms().extent(address)?;
            return Some(size - offset);
        }
        let to = self.types.pointee(pointer)?;
        let size = self.types.size(to);
        (size > 0 && !self.types.is_char(to)).then_some(size)
    }
}
