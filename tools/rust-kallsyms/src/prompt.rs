// SPDX-License-Identifier: GPL-2.0

//! The prompt.

use crate::{
    complete::{
        self,
        open_brackets, //
    },
    failure::INTERRUPTED,
    kernel::Kernel,
    paint::{
        Painter,
        Style, //
    },
    run::Runner, //
};
use rustyline::{
    completion::{
        Completer,
        Pair, //
    },
    error::ReadlineError,
    highlight::Highlighter,
    hint::Hinter,
    history::DefaultHistory,
    validate::{
        ValidationContext,
        ValidationResult,
        Validator, //
    },
    CompletionType,
    Config,
    Context,
    Editor,
    Helper, //
};
use std::{
    borrow::Cow,
    cell::RefCell,
    env,
    fs,
    path::PathBuf, //
};

const PROMPT: &str = "> ";

/// How many lines are kept from one time to the next.
const HISTORY: usize = 1000;

/// What the editor asks while a line is written.
struct Assistant {
    kernel: Kernel,
    painter: Painter,
    /// The place that a hint was found for, and the hint: a key pressed within an argument asks
    /// nobody.
    last: RefCell<(String, Option<String>)>,
}

impl Helper for Assistant {}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let (start, found) = complete::line(&line[..pos], &self.kernel);
        let pairs = found.into_iter().map(|word| Pair {
            display: word.trim_end().to_owned(),
            replacement: word,
        });
        Ok((start, pairs.collect()))
    }
}

impl Hinter for Assistant {
    type Hint = String;

    /// The prototype of the function whose arguments are written, at the end of the line.
    fn hint(&self, line: &str, pos: usize, _: &Context<'_>) -> Option<String> {
        if pos < line.len() {
            return None;
        }
        let (list, _) = open_brackets(line)
            .into_iter()
            .rev()
            .find(|(_, c)| *c == '(')?;
        let place = &line[..=list];
        let mut last = self.last.borrow_mut();
        if last.0 != place {
            let prototype = complete::hint(place, &self.kernel).map(|(prototype, _)| prototype);
            *last = (
                place.to_owned(),
                prototype.map(|prototype| format!("   {prototype}")),
            );
        }
        last.1.clone()
    }
}

impl Highlighter for Assistant {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        Cow::Owned(self.painter.paint(Style::Prompt, prompt))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(self.painter.paint(Style::Faint, hint))
    }
}

impl Validator for Assistant {
    /// A line goes on while brackets are open, or after a backslash.
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match goes_on(context.input()) {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Valid(None),
        })
    }
}

/// Whether a line is not finished.
pub fn goes_on(line: &str) -> bool {
    !open_brackets(line).is_empty()
}

/// `$XDG_STATE_HOME/rust-kallsyms/history`.
fn history_file() -> Option<PathBuf> {
    let state = env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let state = match state {
        Some(state) => state,
        None => PathBuf::from(env::var_os("HOME")?).join(".local/state"),
    };
    let directory = state.join("rust-kallsyms");
    fs::create_dir_all(&directory).ok()?;
    Some(directory.join("history"))
}

/// Reads lines from the terminal and does them, until its end.
pub fn run(runner: &Runner, painter: Painter) -> Result<u8, ReadlineError> {
    let config = Config::builder()
        .max_history_size(HISTORY)?
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .build();
    let mut editor = Editor::<Assistant, DefaultHistory>::with_config(config)?;
    editor.set_helper(Some(Assistant {
        kernel: Kernel::new(runner.session.clone()),
        painter,
        last: RefCell::default(),
    }));
    let history = history_file();
    if let Some(history) = &history {
        // There is none the first time.
        let _ = editor.load_history(history);
    }
    runner.session.let_go_when_idle();
    let mut status = 0;
    loop {
        match editor.readline(PROMPT) {
            Ok(line) if matches!(line.trim(), "exit" | "quit") => break,
            Ok(line) => {
                if line.trim().is_empty() {
                    continue;
                }
                editor.add_history_entry(line.as_str())?;
                if let Some(history) = &history {
                    let _ = editor.append_history(history);
                }
                status = runner.line(&line);
            }
            // Ctrl-C leaves the line that is written.
            Err(ReadlineError::Interrupted) => status = INTERRUPTED,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(if status == INTERRUPTED { 0 } else { status })
}
