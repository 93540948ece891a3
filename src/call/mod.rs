// SPDX-License-Identifier: GPL-2.0

//! Calls of functions that are found by name and checked against the kernel's own types.
//!
//! Nothing is called before all of this is known: that the name is a function's, that the function
//! may be called, that its module stays loaded during the call, what the function takes and
//! returns, that the arguments fit, and that the kernel is not locked down.

pub(crate) mod arguments;
pub(crate) mod callable;
pub(crate) mod candidates;
pub(crate) mod convert;
pub(crate) mod kernel_data;
pub(crate) mod request;
pub(crate) mod rules;
pub(crate) mod signature;
pub(crate) mod variables;

use self::{
    arguments::{
        Argument,
        Field,
        Temporary, //
    },
    callable::Callable,
    candidates::Choice,
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
    }, //
};

use crate::{
    ctype::{
        named::known::{
            KnownNames,
            Names, //
        },
        types::Types, //
    },
    failure::Failure,
    kallsyms::{
        Kallsyms,
        WORD_SLOTS, //
    },
    run::{
        End,
        Execution,
        Misuse,
        Returned,
        Workers, //
    },
    show::{
        error_name::ErrorNames,
        Facts, //
    }, //
};
use kernel::{
    fmt,
    new_mutex,
    prelude::{
        fmt,
        *, //
    },
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
    /// How a user chooses one of several.
    pub(crate) choice: Choice,
    /// The column in which the arguments end.
    pub(crate) end: usize,
    /// The prototype, as C.
    pub(crate) sig: Option<&'r [u8]>,
    /// Whether the call is unsafe: made although not everything about it can be checked.
    pub(crate) unsafe_call: bool,
}

/// A call that has returned.
pub(crate) struct ReturnedCall {
    /// The return value, as it was in the registers.
    pub(crate) registers: [usize; 2],
    pub(crate) nanoseconds: i64,
    /// The temporaries that were arguments.
    pub(crate) temporaries: KVec<Temporary>,
    /// Whether it was unsafe.
    pub(crate) unsafe_call: bool,
}

/// Makes checked calls.
pub(crate) struct Caller {
    pub(crate) workers: Workers,
    kallsyms: Arc<Kallsyms>,
    /// The kernel's names of errors.
    pub(crate) errors: ErrorNames,
    pub(crate) rules: Rules,
    /// What has been found out about names of the kernel itself.
    pub(crate) names: Pin<KBox<KnownNames>>,
}

impl Caller {
    /// May sleep. Errors: `ENOMEM`; `EINTR` if the calling process is killed meanwhile.
    pub(crate) fn new(kallsyms: Arc<Kallsyms>) -> Result<Self> {
        Ok(Self {
            workers: Workers::new(&kallsyms)?,
            errors: ErrorNames::new(&kallsyms),
            rules: Rules::new(&kallsyms),
            names: KBox::pin_init(new_mutex!(Names::default()), GFP_KERNEL)?,
            kallsyms,
        })
    }

    /// What is known about values beyond their types. With `unsafe`, device memory is read, too. At
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
        callable: &Callable<'_>,
        request: &CallRequest<'_>,
        types: &Types<'_>,
        fields: &[Field<'a>],
        arguments: &mut [Argument<'a>],
        execution: &mut Execution<'_>,
    ) -> Result<ReturnedCall, Failure> {
        allowed()?;
        let name = &*callable.callee.name;
        let mut converter = Converter {
            rules: &self.rules,
            kallsyms: &self.kallsyms,
            types,
            callable,
            request,
            fields,
            memory: &mut execution.memory,
            temporaries: KVec::new(),
            // The outermost braces are for a pointer, and take two levels.
            levels: MAX_BRACES + 1,
        };
        let passed = converter.passed(arguments)?;
        let temporaries = converter.temporaries;
        if execution.lends(&passed) {
            callable.refuse_lending(request.source)?;
        }
        if request.unsafe_call {
            taint();
        }
        // SAFETY: The arguments match the function's prototype where the kernel has one; otherwise
        // the user has promised that they do. This process holds no lock. Whatever else the
        // function demands is the user's promise, which is why only root can load this module.
        let end = unsafe { execution.call(name, callable.target.clone(), passed) }?;
        let returned = returned(name, end, &temporaries)?;
        Ok(ReturnedCall {
            registers: returned.registers,
            nanoseconds: returned.nanoseconds,
            temporaries,
            unsafe_call: request.unsafe_call,
        })
    }
}

/// What the function `name` has returned. Fails if it did not return, did not leave its thread as
/// it was, or misused its `temporaries`.
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
        End::NotBegun(why, false) => Err(Failure::new(
            why,
            fmt!("{name}: not called: its thread had not begun; the machine is busy"),
        )),
        End::NotBegun(why, true) => Err(Failure::new(
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

/// Prints what a function did to one of its temporaries, and to which one.
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
