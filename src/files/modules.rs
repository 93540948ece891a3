// SPDX-License-Identifier: GPL-2.0

//! `modules`: how many symbols of which kind each module has, and how much memory.

use super::{
    open::{
        Cursor,
        Writer, //
    },
    StateFile, //
};
use crate::{
    context::Context,
    failure::Failure,
    kallsyms::{
        Kallsyms,
        Kind,
        VMLINUX, //
    },
    query::symbol_counts::Counts, //
};
use core::ops::ControlFlow;
use kernel::{
    fmt,
    prelude::{
        fmt,
        *, //
    }, //
};

/// The file.
pub(crate) struct ModulesFile;

impl StateFile for ModulesFile {
    const NAME: &'static CStr = c"modules";

    /// A heading, the kernel itself, and each module.
    ///
    /// Takes the lock of the list of modules, for which it may sleep, and holds it while lines are
    /// written.
    fn lines(
        context: &Context,
        cursor: &mut Cursor,
        writer: &mut Writer<'_>,
    ) -> Result<(), Failure> {
        let _ = each_line(&context.kallsyms, &mut writer.counted(cursor));
        Ok(())
    }
}

/// Gives the lines to `line`, until it breaks.
#[inline(never)] // frame
fn each_line(
    kallsyms: &Kallsyms,
    line: &mut dyn FnMut(fmt::Arguments<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    line(fmt!(
        "module text_bytes data_bytes symbols text entry noinstr inittext rodata data bss initdata percpu other"
    ))?;
    let counts = Counts::of_vmlinux(kallsyms);
    let layout = kallsyms.layout();
    let text = layout.size(Kind::Text);
    let data = [Kind::Rodata, Kind::Data, Kind::Bss].map(|kind| layout.size(kind));
    line(fmt!(
        "{} {text} {} {counts}",
        VMLINUX,
        data.iter().sum::<usize>()
    ))?;
    let walked = kallsyms.modules(|modules| {
        modules.for_each(|module| {
            line(fmt!(
                "{} {} {} {}",
                module.name(),
                module.text_size(),
                module.data_size(),
                Counts::of_module(module)
            ))
        })
    });
    walked.unwrap_or(ControlFlow::Continue(()))
}
