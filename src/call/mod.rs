// SPDX-License-Identifier: GPL-2.0

//! Expressions, and the calls in them: of functions found by name, checked against the kernel's own
//! types.
//!
//! Nothing is called before everything is known: that the name is a function's, that the function
//! may be called and stays meanwhile, what it takes and returns, that the arguments fit, and that
//! the kernel is not locked down.

pub(crate) mod arguments;
pub(crate) mod candidates;
pub(crate) mod convert;
pub(crate) mod kernel_data;
pub(crate) mod request;
pub(crate) mod rules;
pub(crate) mod signature;
pub(crate) mod variables;

pub(crate) use crate::show::value::Value;

use self::{
    arguments::{
        Argument,
        Field,
        Temporary, //
    },
    candidates::{
        missing,
        Choice, //
    },
    convert::{
        braces::MAX_BRACES,
        Converter, //
    },
    request::SymbolName,
    rules::{
        permission::{
            allowed,
            taint, //
        },
        Rules, //
    },
    signature::CallSignature, //
};

use crate::{
    ctype::{
        named::duplicates::KnownDuplicates,
        types::Types,
        value_kind::ValueKind, //
    },
    failure::{
        unsafe_in,
        Failure, //
    },
    kallsyms::{
        Btf,
        Kallsyms,
        Name,
        WORD_SLOTS, //
    },
    nearest::ALIASES,
    run::{
        End,
        Execution,
        Misuse,
        Returned,
        Workers, //
    },
    show::{
        error_name::ErrorNames,
        Callee,
        Facts,
        Outcome, //
    }, //
};
use kernel::{
    fmt,
    new_mutex,
    prelude::{
        fmt,
        *, //
    },
    str::CString,
    sync::Arc, //
};

/// What `printk()` prints if the user gives no arguments.
pub(crate) const GREETING: &[u8] =
    br#""rust_kallsyms: hello, this line was printed by printk() itself\n""#;

/// The request for one call.
#[derive(Clone, Copy)]
pub(crate) struct CallRequest<'r> {
    /// The parameter or file in which it was written, for messages.
    pub(crate) source: &'static str,
    /// The function.
    pub(crate) function: &'r SymbolName,
    /// Which of the functions with this name; 1 is the first, and 0 demands that there is only one.
    pub(crate) position: usize,
    /// How that is said.
    pub(crate) choice: Choice,
    /// The column in which its arguments end.
    pub(crate) end: usize,
    /// The prototype, as C.
    pub(crate) sig: Option<&'r [u8]>,
    /// Whether the call is unsafe: made although not everything about it can be checked.
    pub(crate) unsafe_call: bool,
    /// How many bytes of a string that it returns are shown.
    pub(crate) text_limit: usize,
}

/// A call that has returned, with what an evaluation needs to go on with its value.
pub(crate) struct ReturnedCall<'k> {
    pub(crate) outcome: KBox<Outcome>,
    /// The function's value, as the registers had it.
    pub(crate) registers: [usize; 2],
    /// What kind of value that is.
    pub(crate) returns: ValueKind,
    /// Its type in the BTF, if the kernel has it.
    pub(crate) returns_id: Option<u32>,
    /// The function's types.
    pub(crate) btf: Option<Btf<'k>>,
    /// The temporaries that were arguments.
    pub(crate) temporaries: KVec<Temporary>,
}

/// Makes checked calls.
pub(crate) struct Caller {
    pub(crate) workers: Workers,
    kallsyms: Arc<Kallsyms>,
    /// The kernel's names of errors.
    pub(crate) errors: ErrorNames,
    pub(crate) rules: Rules,
    /// Tags that several of the kernel's types have.
    pub(crate) duplicates: Pin<KBox<KnownDuplicates>>,
}

impl Caller {
    /// May sleep. Errors: `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    pub(crate) fn new(kallsyms: Arc<Kallsyms>) -> Result<Self> {
        Ok(Self {
            workers: Workers::new(&kallsyms)?,
            errors: ErrorNames::new(&kallsyms),
            rules: Rules::new(&kallsyms),
            duplicates: KBox::pin_init(new_mutex!(None), GFP_KERNEL)?,
            kallsyms,
        })
    }

    /// What is known of values beyond their types. With `unsafe`, device memory is read, too. At
    /// most `text_limit` bytes of a string are read.
    pub(crate) fn facts(&self, unsafe_call: bool, text_limit: usize) -> Facts<'_> {
        Facts {
            kallsyms: &self.kallsyms,
            errors: &self.errors,
            devices: unsafe_call,
            text_limit,
        }
    }

    /// The kernel's symbols.
    pub(crate) fn kallsyms(&self) -> &Arc<Kallsyms> {
        &self.kallsyms
    }

    /// Makes a checked call with these arguments. The pointers among them are of `types`, and may
    /// point into the memory of `execution`.
    #[inline(never)]
    pub(crate) fn call_checked<'a>(
        &self,
        call: &CallRequest<'_>,
        types: &Types<'_>,
        fields: &[Field<'a>],
        arguments: &mut [Argument<'a>],
        execution: &mut Execution<'_>,
    ) -> Result<KBox<ReturnedCall<'_>>, Failure> {
        allowed()?;
        let kallsyms = &self.kallsyms;
        let (alias, name) = function(call.function)?;
        let target = if call.unsafe_call {
            // SAFETY: The user asked for an unsafe call, and answers for it.
            unsafe { kallsyms.target_unchecked(&name, call.position) }
        } else {
            kallsyms.target(&name, call.position)
        };
        let target = target.map_err(|error| missing(kallsyms, &name, call, error))?;
        if !call.unsafe_call {
            self.rules
                .refuse_hazard(kallsyms, name.symbol(), target.address(), call.source)?;
        }
        let signature = CallSignature::new(kallsyms, &target, name.symbol(), call)?;
        let module = CString::try_from(target.module_name())?;
        let size = kallsyms
            .extent(target.address())
            .map_or(0, |(size, _)| size);
        let mut converted = Converter {
            rules: &self.rules,
            kallsyms,
            types,
            signature: &signature,
            request: call,
            name,
            target: &target,
            fields,
            memory: &mut execution.memory,
            temporaries: KVec::new(),
            // The outermost braces are for a pointer.
            levels: MAX_BRACES + 1,
        };
        let passed = converted.passed(arguments)?;
        let temporaries = converted.temporaries;
        if !call.unsafe_call && execution.lends(&passed) {
            refuse_lending(name.symbol(), call.source)?;
        }
        if call.unsafe_call {
            taint();
        }
        // SAFETY: The arguments are what the function's prototype says, as far as the kernel knows
        // it, and the user answers for what it does not know. The call is made in a process that
        // holds no lock. What else the function demands, the user has to know; this is why only
        // root can load this module.
        let end = unsafe { execution.call(name.symbol(), target, passed) }?;
        let returned = returned(name.symbol(), end, &temporaries)?;

        let mut value = Value::new(
            self.facts(call.unsafe_call, call.text_limit),
            signature.returns,
            signature.btf.as_ref(),
            returned.registers[0],
        )?;
        let types = signature.btf.as_ref().zip(signature.returns_id);
        let declared = types.map(|(btf, id)| btf.ty(id).name());
        if !rules::known_parameters::returns_errors(name.symbol(), declared) {
            value.forget_error();
        }
        let mut outcome = Outcome::of_value(value, signature.prototype)?;
        outcome.callee = Some(Callee {
            name: CString::try_from(name.symbol())?,
            alias,
            module,
            size,
        });
        outcome.nanoseconds = returned.nanoseconds;
        outcome.tainted = call.unsafe_call;
        outcome.warned = execution.warned;
        Ok(KBox::new(
            ReturnedCall {
                outcome,
                registers: returned.registers,
                returns: signature.returns,
                returns_id: signature.returns_id,
                btf: signature.btf,
                temporaries,
            },
            GFP_KERNEL,
        )?)
    }
}

/// Fails if the function `name`, called by a text in `source`, must not get lent memory.
#[inline(never)] // frame
fn refuse_lending(name: &CStr, source: &str) -> Result<(), Failure> {
    let Some(what) = rules::lent_memory::why_not(name) else {
        return Ok(());
    };
    Err(Failure::new(
        EPERM,
        fmt!(
            "{name}: {what}; strings, out and braces are only lent to functions; {} lends it them",
            unsafe_in(source)
        ),
    ))
}

/// What the function `name` has returned. Fails unless it returned, left its thread as it was, and
/// kept to its `temporaries`.
#[inline(never)] // frame
fn returned(name: &CStr, end: End, temporaries: &[Temporary]) -> Result<Returned, Failure> {
    match end {
        End::Returned(Returned {
            misuse: Some(misuse),
            ..
        }) => Err(Failure::new(
            EFAULT,
            fmt!(
                "{name}: the function {}; nothing else is harmed",
                Misused(misuse, temporaries)
            ),
        )),
        End::Returned(returned) if returned.leftovers.is_nothing() => Ok(returned),
        End::Returned(returned) => Err(Failure::new(
            EIO,
            fmt!(
                "{name}: it left behind: {}; put right, locks aside, but what that was to protect may be harmed",
                returned.leftovers
            ),
        )),
        End::Crashed(signal, Some(misuse)) => Err(Failure::new(
            EFAULT,
            fmt!(
                "{name}: the function {}, and crashed (signal {signal}); dmesg has the kernel's own report. What it held, locks and memory, it holds still",
                Misused(misuse, temporaries)
            ),
        )),
        End::Crashed(signal, None) => Err(Failure::new(
            EFAULT,
            fmt!("{name}: it crashed (signal {signal}); dmesg has the kernel's own report. What it held, locks and memory, it holds still"),
        )),
        End::Exited => Err(Failure::new(
            EIO,
            fmt!("{name}: it ended its thread and did not return"),
        )),
        End::NotBegun(why) => Err(Failure::new(
            why,
            fmt!("{name}: not called: {WORD_SLOTS} calls run already, and it waited for the end of one of them; the file calls lists them"),
        )),
        End::TimedOut => Err(Failure::new(
            ETIMEDOUT,
            fmt!("{name}: it has not returned in time and goes on; until it returns, the module cannot be removed"),
        )),
        End::Interrupted => Err(Failure::new(
            EINTR,
            fmt!("{name}: interrupted, but it goes on; until it returns, the module cannot be removed"),
        )),
    }
}

/// What a function did to one of its temporaries, and to which, as text.
struct Misused<'a>(Misuse, &'a [Temporary]);

impl fmt::Display for Misused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(misuse, temporaries) = *self;
        let (what, address) = match misuse {
            Misuse::Read(address) => ("read beyond", address),
            Misuse::Written(address) => ("wrote beyond", address),
            Misuse::Freed(address) => ("freed", address),
        };
        let mut temporaries = temporaries.iter();
        match temporaries.find(|temporary| temporary.address == address) {
            Some(temporary) => f.write_fmt(fmt!("{what} \"{}\"", &*temporary.name)),
            None => f.write_fmt(fmt!("{what} a string or other memory that it was lent")),
        }
    }
}

/// The called function, and whether its name differs from the one that was asked for.
#[inline(never)]
pub(crate) fn function(asked: &SymbolName) -> Result<(bool, Name<'_>), Failure> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == asked.as_bytes());
    let name = match alias {
        Some((_, today)) => Name::of_parts(None, today),
        None => asked.name(),
    };
    match name {
        Ok(name) => Ok((alias.is_some(), name)),
        Err(error) => Err(Failure::symbol(asked.as_bytes(), &error)),
    }
}
