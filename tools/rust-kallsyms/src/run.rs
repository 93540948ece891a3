// SPDX-License-Identifier: GPL-2.0

//! Does what was asked for.

use crate::{
    advice,
    args::{
        module_version,
        shield,
        Command,
        Line,
        Options, //
    },
    complete::{
        self,
        COMMANDS, //
    },
    device::{
        self,
        Live, //
    },
    failure::{
        Failure,
        UNREACHABLE, //
    },
    help,
    json,
    kernel::Kernel,
    request::{
        call_words,
        describe_words,
        words,
        Request, //
    },
    session::Session,
    show::{
        painter,
        Shown, //
    }, //
};
use clap::Parser;
use std::io::{
    self,
    Write, //
};

/// An exit status.
pub type Status = u8;

/// Answers requests, one after the other.
pub struct Runner {
    pub session: Session,
    kernel: Kernel,
    /// The options that were given on the command line, for all that is asked.
    options: Options,
    /// Whether values are numbered for a user who can ask for them again.
    prompt: bool,
}

impl Runner {
    pub fn new(options: Options, prompt: bool) -> Self {
        let session = Session::default();
        Self {
            kernel: Kernel::new(session.clone()),
            session,
            options,
            prompt,
        }
    }

    /// Does a line as the prompt has it: a command, or else an expression.
    pub fn line(&self, line: &str) -> Status {
        let text = line.trim();
        let first = text.split_whitespace().next().unwrap_or_default();
        let rest = text[first.len()..].trim_start();
        // A local of that name.
        let is_assigned = rest.starts_with('=');
        if text.is_empty() || text.starts_with("//") || text.starts_with('#') {
            return 0;
        }
        if !COMMANDS.contains(&first) || (is_assigned && first != "call") {
            return self.evaluate(text, None, &self.options);
        }
        if first == "help" && rest.is_empty() {
            print!("{}", help::PROMPT);
            return 0;
        }
        // What stands in the braces and quotes of an expression is the module's.
        let parts = match first {
            "call" => call_words(rest),
            "describe" => describe_words(rest),
            _ => words(rest),
        };
        let Some(parts) = parts else {
            return self.fail(
                Failure::unreachable("a quote is not closed", []),
                "",
                &self.options,
            );
        };
        let whole = ["rust-kallsyms", first]
            .into_iter()
            .map(str::to_owned)
            .chain(parts.into_iter().map(shield));
        match Line::try_parse_from(whole) {
            Ok(line) => {
                let options = line.options.or(&self.options);
                line.command
                    .map_or(0, |command| self.command(&command, &options))
            }
            Err(error) => {
                let _ = error.print();
                if error.use_stderr() {
                    UNREACHABLE
                } else {
                    0
                }
            }
        }
    }

    /// Answers a question.
    pub fn command(&self, command: &Command, options: &Options) -> Status {
        let request = match command {
            Command::Call { count, expression } => {
                return self.evaluate(expression.join(" ").trim_start(), *count, options)
            }
            Command::Complete { words } => return self.complete(words),
            Command::Describe { what } => Ok(Request::new("lookup", what.join(" "))),
            Command::List { choices, .. } => Request::list(choices),
            Command::Find { choices } => Request::find(choices),
            Command::Modules => Ok(Request::new("modules", "")),
            Command::Watch => Ok(Request::new("events", "")),
            Command::Calls => Ok(Request::new("calls", "")),
        };
        let request = match request {
            Ok(request) => request,
            Err(message) => return self.fail(Failure::unreachable(message, []), "", options),
        };
        // What happens is shown when it happens.
        let paged = !matches!(command, Command::Watch);
        let mut shown = Shown::new(options, paged);
        let answered = self.answer(command, &request, &mut shown);
        shown.end();
        match answered {
            Ok(()) => 0,
            Err(failure) => self.fail(failure, &request.text, options),
        }
    }

    /// Asks the module, and shows what it answers.
    fn answer(
        &self,
        command: &Command,
        request: &Request,
        shown: &mut Shown,
    ) -> Result<(), Failure> {
        let mut live = Live::open(request.file)?;
        live.ask(request)?;
        if let Command::Describe { .. } = command {
            return shown.description(&live.answer()?);
        }
        let mut empty = true;
        live.lines(|line| {
            empty = false;
            shown.line(command, line)
        })?;
        match command {
            Command::List { choices, .. } if empty => {
                Err(Failure::Nothing(advice::no_symbol(choices)))
            }
            Command::Find { choices } if empty => {
                Err(Failure::Nothing(advice::no_function(choices, &self.kernel)))
            }
            _ => Ok(()),
        }
    }

    /// Shows why there is no answer, and what the user may have meant.
    fn fail(&self, failure: Failure, asked: &str, options: &Options) -> Status {
        let mut failure = failure;
        match &mut failure {
            Failure::Closed => return 0,
            Failure::Refused(refusal) => advice::add(refusal, asked, &self.kernel),
            Failure::Unreachable(..) | Failure::Nothing(_) => {}
        }
        if options.json {
            println!("{}", json::failure(&failure));
        } else {
            let text = failure.text(asked, painter(options, libc::STDERR_FILENO));
            let name = if self.prompt { "" } else { "rust-kallsyms: " };
            eprint!("{name}{text}");
        }
        failure.status()
    }

    /// Evaluates an expression or a program, once or often.
    fn evaluate(&self, text: &str, count: Option<u32>, options: &Options) -> Status {
        let mut shown = Shown::new(options, true);
        let answered = self.session.evaluate(text).and_then(|answer| match count {
            None => shown.evaluation(answer, self.prompt),
            Some(count) => self.repeat(text, count, &mut shown),
        });
        let answered = answered.map_err(|failure| shown.printed_before(failure));
        shown.end();
        match answered {
            Ok(()) => 0,
            Err(failure) => self.fail(failure, text, options),
        }
    }

    fn repeat(&self, text: &str, count: u32, shown: &mut Shown) -> Result<(), Failure> {
        let mut times = Vec::new();
        for _ in 0..count {
            let evaluation = self.session.evaluate(text)?.evaluation;
            let time = evaluation.map(|evaluation| evaluation.nanoseconds);
            times.push(time.ok_or_else(|| {
                Failure::unreachable("-n takes one expression, and not a program", [])
            })?);
        }
        times.sort_unstable();
        shown.times(&times)
    }

    /// Prints what the last of the words can become, for shells.
    fn complete(&self, words: &[String]) -> Status {
        let line = words.join(" ");
        let (start, found) = complete::shell_line(&line, &self.kernel);
        // A shell replaces the whole word.
        let word_start = line.rfind(' ').map_or(0, |at| at + 1);
        let before = line.get(word_start..start).unwrap_or_default();
        let mut out = io::stdout().lock();
        for word in found {
            // Nobody is told that a shell has gone away.
            let _ = writeln!(out, "{before}{}", word.trim_end());
        }
        0
    }

    /// Says so if the module is another version than this program.
    pub fn check_version(&self) {
        let ours = module_version();
        let Some(loaded) = device::loaded_version().filter(|loaded| loaded != ours) else {
            return;
        };
        let than = match version_key(&loaded) < version_key(ours) {
            true => "older",
            false => "newer",
        };
        eprintln!("rust-kallsyms: the module that is loaded is {loaded}, {than} than this command, {ours}");
    }
}

fn version_key(version: &str) -> Vec<u32> {
    let parts = version.split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}
