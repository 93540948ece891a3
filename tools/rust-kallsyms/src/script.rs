// SPDX-License-Identifier: GPL-2.0

//! Lines that come from a file, a pipe or an argument.

use crate::{
    prompt::goes_on,
    run::Runner, //
};
use std::io::{
    self,
    BufRead, //
};

/// Does each line, one after the other: a line goes on while its brackets are open. The first that
/// fails ends it, unless it is to go on.
pub fn run(runner: &Runner, input: impl BufRead, keep_going: bool) -> io::Result<u8> {
    let mut pending = String::new();
    let mut worst = 0;
    let mut lines = input.lines();
    loop {
        let line = lines.next().transpose()?;
        let ends = line.is_none();
        if let Some(line) = line {
            if !pending.is_empty() {
                pending.push('\n');
            }
            pending.push_str(&line);
            if goes_on(&pending) {
                continue;
            }
        }
        let status = runner.line(&pending);
        pending.clear();
        worst = worst.max(status);
        if ends || (status != 0 && !keep_going) {
            return Ok(worst);
        }
    }
}
