// SPDX-License-Identifier: GPL-2.0

//! The calls in an expression: from items to arguments, and from what a function returned to an
//! item.

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

/// The place of a call whose arguments the whole text is.
const WHOLE: usize = usize::MAX;

/// A call in the text, whose function has been found.
#[derive(Clone)]
pub(super) struct CallSite<'c> {
    /// Its node.
    place: usize,
    callable: Arc<Callable<'c>>,
    /// The function's types among those of the evaluation.
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

    /// Does something that may need memory. What it needs belongs to its place in the text: it is
    /// the same memory when the place is evaluated again.
    pub(super) fn at_place<T>(
        &mut self,
        index: usize,
        does: impl FnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let known = self.places.iter().find(|(place, _)| *place == index);
        let known = known.map(|(_, pieces)| pieces.clone());
        let first = self.execution.memory.pieces();
        self.execution
            .memory
            .begin(known.clone().unwrap_or_default());
        let result = does(self);
        // A program goes on after some failures.
        self.execution.memory.begin(0..0);
        let pieces = first..self.execution.memory.pieces();
        if known.is_none() && !pieces.is_empty() {
            self.places.push((index, pieces), GFP_KERNEL)?;
        }
        result
    }

    /// What is asked of a function, whose arguments end in the column `end`. The options are about
    /// the outermost call.
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

    /// Makes the outermost call, whose arguments the whole tree is.
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
        // The type of what it returns, and those of the temporaries, are of the same BTF.
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

    /// The function that is called at a place in the text, which is looked for once.
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

    /// The last call as it is shown, if it was made at this place.
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

    /// What a function returned in a register: of a kind, and of a type if the BTF has it.
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
        StackValue::Scalar(ty, self.fill(ty, register))
    }

    /// Keeps a structure that came by value in memory, for as long as the evaluation lasts.
    pub(super) fn keep(&mut self, ty: Ty, words: [usize; 2]) -> Result<usize, Failure> {
        let size = self.types.size(ty);
        let memory = self.execution.memory.add(size)?;
        let bytes = words.map(usize::to_le_bytes);
        for (to, from) in memory.iter_mut().zip(bytes.as_flattened()).take(size) {
            *to = *from;
        }
        Ok(memory.as_ptr() as usize)
    }

    /// An argument.
    #[inline(never)]
    pub(super) fn argument(
        &self,
        tree: &Tree<'_, 'a>,
        item: StackValue<'a>,
        node: usize,
    ) -> Result<Argument<'a>, Failure> {
        let column = tree.start(node);
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
                // The function may follow the pointers in what it gets.
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
            StackValue::Slice(ty, address, count) => {
                let room = self.types.size(ty).saturating_mul(count);
                ArgumentValue::Pointer(ty.pointer(), address, Some(room))
            }
            StackValue::Void | StackValue::Field(_) => {
                return Err(self.fail(column, EINVAL, fmt!("this function returns no value")))
            }
            StackValue::Object(ty, address) => {
                ArgumentValue::Structure(ty, self.by_value(ty, address, column)?)
            }
        };
        Ok(Argument { column, value })
    }

    /// How many bytes are where a pointer leads; [`None`] for text and what has no type. A symbol
    /// that was cast has those until the next symbol.
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
