// SPDX-License-Identifier: GPL-2.0

//! Lists of globs, for names of symbols and of modules.

use crate::{
    failure::{
        Failure,
        Written, //
    },
    kallsyms::{
        glob_match,
        Kallsyms,
        Prototype,
        VMLINUX, //
    },
    text, //
};
use core::ops::ControlFlow;
use kernel::{
    alloc::AllocError,
    prelude::{
        fmt,
        *, //
    },
    str::CString, //
};

/// The names that `/proc/kallsyms` shows in place of a module, for symbols that come and go without
/// one.
const NOT_MODULES: [&CStr; 3] = [c"bpf", c"__builtin__ftrace", c"__builtin__kprobes"];

/// The longest list. A walk compares each name with each pattern.
const MAX_PATTERNS: usize = 64;

/// Patterns, any of which may match. Without any, all names match.
#[derive(Default)]
pub(crate) struct Patterns {
    /// The parameter or file in which they were written.
    source: &'static str,
    globs: KVec<Glob>,
}

struct Glob {
    text: CString,
    /// Where it was written.
    column: usize,
}

impl Patterns {
    /// The patterns in a list.
    pub(crate) fn new(list: &Written<'_>) -> Result<Self, Failure> {
        Self::of(list, |byte, _| byte)
    }

    /// The patterns in a list, for names of modules: these have `_` where the name of the file can
    /// have `-`.
    pub(crate) fn of_modules(list: &Written<'_>) -> Result<Self, Failure> {
        Self::of(list, |byte, in_class| {
            if byte == b'-' && !in_class {
                b'_'
            } else {
                byte
            }
        })
    }

    /// The patterns in a list. Each byte is changed by `change`, which is told whether it stands in
    /// a class.
    fn of(list: &Written<'_>, change: impl Fn(u8, bool) -> u8) -> Result<Self, Failure> {
        let mut globs: KVec<Glob> = KVec::new();
        for item in text::list(list.text) {
            let item = item.map_err(|error| list.error(error))?;
            text::glob(item.text, item.column).map_err(|error| list.error(error))?;
            let mut text = KVec::with_capacity(item.text.len() + 1, GFP_KERNEL)?;
            let mut in_class = false;
            for byte in item.text.bytes() {
                text.push(change(byte, in_class), GFP_KERNEL)?;
                in_class = byte == b'[' || in_class && byte != b']';
            }
            text.push(0, GFP_KERNEL)?;
            // An item is printable ASCII, so it has no other NUL.
            let text = CStr::from_bytes_with_nul(&text).map_err(|_| EINVAL)?;
            if globs.iter().any(|glob| *glob.text == *text) {
                continue;
            }
            let column = list.column - 1 + item.column;
            if globs.len() == MAX_PATTERNS {
                return Err(Failure::at(
                    E2BIG,
                    list.source,
                    column,
                    fmt!("at most {MAX_PATTERNS} patterns can be asked for"),
                ));
            }
            let text = CString::try_from(text)?;
            globs.push(Glob { text, column }, GFP_KERNEL)?;
        }
        Ok(Self {
            source: list.source,
            globs,
        })
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// Whether every pattern begins with a character that stands for itself, so that the kernel's
    /// sorted table leads to the names that match.
    pub(crate) fn are_anchored(&self) -> bool {
        let anchored = |glob: &Glob| {
            !matches!(
                glob.text.to_bytes().first(),
                Some(b'*' | b'?' | b'[' | b'\\')
            )
        };
        self.globs.iter().all(anchored)
    }

    /// Whether `name` matches.
    pub(crate) fn matches(&self, name: &CStr) -> bool {
        self.globs.is_empty() || self.globs.iter().any(|glob| glob_match(&glob.text, name))
    }

    /// Whether the name of a function matches.
    pub(super) fn match_function(&self, prototype: &Prototype<'_>) -> bool {
        let mut globs = self.globs.iter();
        self.globs.is_empty() || globs.any(|glob| prototype.is_named_like(&glob.text))
    }

    /// References to the patterns, as the library takes them.
    pub(crate) fn references(&self) -> Result<KVec<&CStr>, AllocError> {
        let mut references: KVec<&CStr> = KVec::with_capacity(self.globs.len(), GFP_KERNEL)?;
        for glob in &self.globs {
            references.push(&glob.text, GFP_KERNEL)?;
        }
        Ok(references)
    }

    /// Fails if one of the patterns matches no module.
    #[inline(never)] // frame
    pub(crate) fn check_modules(&self, kallsyms: &Kallsyms) -> Result<(), Failure> {
        let not_loaded = kallsyms.modules(|modules| {
            self.globs.iter().find(|glob| {
                let found = modules.for_each(|module| {
                    if glob_match(&glob.text, module.name()) {
                        ControlFlow::Break(())
                    } else {
                        ControlFlow::Continue(())
                    }
                });
                let is = |name: &CStr| glob_match(&glob.text, name);
                found.is_continue() && !is(VMLINUX) && !NOT_MODULES.into_iter().any(is)
            })
        });
        match not_loaded {
            Ok(None) => Ok(()),
            Ok(Some(glob)) => Err(Failure::at(
                ENOENT,
                self.source,
                glob.column,
                fmt!(
                    "no module {} is loaded; /proc/modules has those which are",
                    &*glob.text
                ),
            )),
            Err(error) => Err(Failure::new(error.to_errno(), fmt!("module: {error}"))),
        }
    }
}
