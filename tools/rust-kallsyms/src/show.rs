// SPDX-License-Identifier: GPL-2.0

//! Shows answers: as text for a reader, as lines in a pipe, or as JSON.

use crate::{
    answer::{
        counts,
        demangled,
        Event,
        Found,
        Running,
        Symbol, //
    },
    args::{
        Command,
        Options,
        When, //
    },
    failure::Failure,
    json,
    layout::{
        in_hexadecimal,
        Layout, //
    },
    output::Output,
    paint::{
        Painter,
        Style, //
    },
    session::Answer,
    stack,
    terminal,
    types::Type,
    value::Value, //
};
use serde_json::{
    json,
    Value as Json, //
};
use std::env;

/// How one answer is shown.
pub struct Shown {
    json: bool,
    hex: bool,
    layout: Layout,
    output: Output,
    /// The first line of the modules' counts, which names the columns.
    head: Option<String>,
}

/// Whether colours go to this file.
pub fn painter(options: &Options, fd: libc::c_int) -> Painter {
    let color = match options.color {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            let no = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
            terminal::is_terminal(fd) && !no && !dumb
        }
    };
    Painter { color }
}

impl Shown {
    /// `paged` says whether a pager may have what is longer than the screen.
    pub fn new(options: &Options, paged: bool) -> Self {
        let is_terminal = terminal::is_terminal(libc::STDOUT_FILENO);
        let size = terminal::size().filter(|_| is_terminal);
        Self {
            json: options.json,
            hex: options.hex,
            layout: Layout {
                painter: painter(options, libc::STDOUT_FILENO),
                width: size.map(|(columns, _)| columns),
            },
            output: Output::new(paged && !options.json && !options.no_pager),
            head: None,
        }
    }

    /// Shows what is left.
    pub fn end(self) {
        self.output.end();
    }

    fn json(&mut self, json: &Json) -> Result<(), Failure> {
        self.output.line(&json.to_string())
    }

    /// Shows what came of an expression or a program; at the prompt, with its number.
    pub fn evaluation(&mut self, answer: Answer, numbered: bool) -> Result<(), Failure> {
        let Some(mut evaluation) = answer.evaluation else {
            return answer.lines.iter().try_for_each(|line| self.columns(line));
        };
        if self.json {
            return self.json(&json::evaluation(&evaluation));
        }
        let outcome = &mut evaluation.outcome;
        if self.hex {
            outcome.value = in_hexadecimal(&outcome.value);
            for (_, value) in &mut outcome.out {
                *value = in_hexadecimal(value);
            }
        }
        let painter = self.layout.painter;
        let number = match numbered {
            true => painter.paint(Style::Faint, &format!("${} = ", answer.number)),
            false => String::new(),
        };
        let text = self.layout.outcome(outcome);
        self.output.line(&format!("{number}{text}"))?;
        let rest = answer.lines.iter().skip(1);
        rest.map(|line| painter.paint(Style::Faint, line))
            .try_for_each(|line| self.output.line(&line))
    }

    /// Shows what a program had printed before it failed.
    pub fn printed_before(&mut self, failure: Failure) -> Failure {
        let Failure::Refused(refusal) = &failure else {
            return failure;
        };
        let shown = refusal
            .printed
            .iter()
            .try_for_each(|line| self.columns(line));
        shown.err().unwrap_or(failure)
    }

    /// Shows a line that a statement has printed.
    fn columns(&mut self, line: &str) -> Result<(), Failure> {
        if self.json {
            return self.json(&json::columns(line));
        }
        if !self.hex {
            return self.output.line(line);
        }
        let columns = line.split('\t').map(Value::parse);
        let columns: Vec<_> = columns
            .map(|value| in_hexadecimal(&value).to_string())
            .collect();
        self.output.line(&columns.join("\t"))
    }

    /// Shows the least, the median and the most of these times, which are sorted.
    pub fn times(&mut self, times: &[u64]) -> Result<(), Failure> {
        let (Some(least), Some(most)) = (times.first(), times.last()) else {
            return Ok(());
        };
        let (count, median) = (times.len(), times[(times.len() - 1) / 2]);
        match self.json {
            true => self.json(&json!({
                "calls": count, "min_ns": least, "median_ns": median, "max_ns": most,
            })),
            false => self.output.line(&format!(
                "{count} calls: least {least} ns, median {median} ns, most {most} ns"
            )),
        }
    }

    /// Shows a line of an answer that can have many.
    pub fn line(&mut self, command: &Command, line: &str) -> Result<(), Failure> {
        let json = match command {
            Command::List { demangle, .. } => {
                let demangled = meaning(line).filter(|_| *demangle);
                if !self.json {
                    return self.with_demangled(line, demangled);
                }
                Symbol::parse(line).map(|symbol| json::symbol(&symbol, demangled.as_deref()))
            }
            Command::Calls if !self.json => {
                self.output.line(line)?;
                let places = Running::parse(line).map(|running| stack::places(&running));
                return places
                    .into_iter()
                    .flatten()
                    .try_for_each(|place| self.output.line(&format!("    {place}")));
            }
            _ if !self.json => return self.output.line(line),
            Command::Find { .. } => Found::parse(line).map(|found| json::found(&found)),
            Command::Modules => match &self.head {
                None => {
                    self.head = Some(line.to_owned());
                    return Ok(());
                }
                Some(head) => {
                    counts(head, line).map(|(module, counts)| json::counts(module, &counts))
                }
            },
            Command::Watch => Event::parse(line).map(|event| json::event(&event)),
            Command::Calls => Running::parse(line)
                .map(|running| json::running(&running, &stack::places(&running))),
            Command::Call { .. } | Command::Describe { .. } | Command::Complete { .. } => None,
        };
        // A newer module may have lines that this program does not know.
        self.json(&json.unwrap_or_else(|| json!({ "line": line })))
    }

    /// Shows symbols, or a type.
    pub fn description(&mut self, lines: &[String]) -> Result<(), Failure> {
        let texts: Vec<_> = lines.iter().map(String::as_str).collect();
        if let Some(ty) = Type::parse(&texts).filter(|_| self.json) {
            return self.json(&json::ty(&ty));
        }
        texts.into_iter().try_for_each(|line| {
            let demangled = meaning(line);
            match Symbol::parse(line).filter(|_| self.json) {
                Some(symbol) => self.json(&json::symbol(&symbol, demangled.as_deref())),
                None => self.with_demangled(line, demangled),
            }
        })
    }

    fn with_demangled(&mut self, line: &str, demangled: Option<String>) -> Result<(), Failure> {
        match demangled {
            Some(demangled) => self.output.line(&format!("{line} demangled={demangled}")),
            None => self.output.line(line),
        }
    }
}

/// What the name in a symbol's line means, if it is a name of Rust code.
fn meaning(line: &str) -> Option<String> {
    demangled(line.split(' ').nth(2)?)
}
