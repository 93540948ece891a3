// SPDX-License-Identifier: GPL-2.0

//! Does what was asked for, and shows the answer.

use crate::{
    answer::{
        self,
        Evaluation,
        Event,
        Found,
        Symbol, //
    },
    args::{
        shield,
        Command,
        Line,
        Options,
        When, //
    },
    complete::COMMANDS,
    device::{
        self,
        Live, //
    },
    failure::{
        Failure,
        Refusal,
        UNREACHABLE, //
    },
    help,
    json,
    kernel::Kernel,
    layout::{
        in_hexadecimal,
        Layout, //
    },
    nearest::nearest,
    output::Output,
    paint::{
        Painter,
        Style, //
    },
    request::{
        words,
        Request, //
    },
    session::Session,
    terminal,
    types::Type,
    value::{
        is_name,
        Value, //
    }, //
};
use clap::Parser;
use serde_json::Value as Json;
use std::{
    env,
    io::Write, //
};

/// How a request ended: its exit status.
pub type Status = u8;

/// Answers requests, one after the other.
pub struct Runner {
    pub session: Session,
    pub kernel: Kernel,
    /// The options that were given on the command line, for all that is asked.
    pub options: Options,
    /// Whether values are numbered for a user who can ask for them again.
    pub prompt: bool,
}

/// How one answer is shown.
struct Shown {
    json: bool,
    hex: bool,
    layout: Layout,
    output: Output,
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

    /// Whether colours go to this file.
    fn painter(&self, options: &Options, fd: libc::c_int) -> Painter {
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

    /// Does a line as the prompt has it: a command, or else an expression.
    pub fn line(&self, line: &str) -> Status {
        let text = line.trim();
        let first = text.split_whitespace().next().unwrap_or_default();
        let rest = text[first.len()..].trim_start();
        // A local of that name.
        let is_expression =
            rest.starts_with(['=', '-', '.', '[', '+', '*', '/']) && !rest.starts_with("--");
        if text.is_empty() || text.starts_with("//") || text.starts_with('#') {
            return 0;
        }
        if !COMMANDS.contains(&first) || (is_expression && first != "call") {
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
                &Failure::unreachable("a quote is not closed", []),
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
                let mut options = line.options;
                options.json |= self.options.json;
                options.hex |= self.options.hex;
                options.no_pager |= self.options.no_pager;
                if options.color == When::Auto {
                    options.color = self.options.color;
                }
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
        if let Command::Call { count, expression } = command {
            return self.evaluate(expression.join(" ").trim_start(), *count, options);
        }
        let mut shown = self.shown(options);
        let (asked, answered) = self.answer(command, &mut shown);
        shown.output.end();
        match answered {
            Ok(()) => 0,
            Err(failure) => self.fail(&failure, &asked, options),
        }
    }

    fn shown(&self, options: &Options) -> Shown {
        let is_terminal = terminal::is_terminal(libc::STDOUT_FILENO);
        let width = terminal::size()
            .filter(|_| is_terminal)
            .map(|(columns, _)| columns);
        Shown {
            json: options.json,
            hex: options.hex,
            layout: Layout {
                painter: self.painter(options, libc::STDOUT_FILENO),
                width,
            },
            output: Output::new(!options.json && !options.no_pager),
        }
    }

    /// Shows why there is no answer, and what the user may have meant.
    pub fn fail(&self, failure: &Failure, asked: &str, options: &Options) -> Status {
        let mut failure = failure.clone();
        if let Failure::Refused(refusal) = &mut failure {
            self.advise(refusal, asked);
        }
        if failure == Failure::Closed {
            return 0;
        }
        if options.json {
            println!("{}", json::failure(&failure));
        } else {
            let text = failure.text(asked, self.painter(options, libc::STDERR_FILENO));
            let name = if self.prompt { "" } else { "rust-kallsyms: " };
            eprint!("{name}{text}");
        }
        failure.status()
    }

    /// Adds the nearest names, if the module has none, and a type of that name.
    fn advise(&self, refusal: &mut Refusal, asked: &str) {
        if refusal.errno != "ENOENT" || !refusal.nearest.is_empty() {
            return;
        }
        let Some(name) = unknown_name(&refusal.message, refusal.column, asked) else {
            return;
        };
        let names = self.kernel.all_names();
        for (keyword, list) in [
            ("struct", &names.structs),
            ("union", &names.unions),
            ("enum", &names.enums),
        ] {
            if list.binary_search(&name).is_ok() {
                refusal.nearest = vec![format!("{keyword} {name}")];
                return;
            }
        }
        let all = names
            .functions
            .iter()
            .chain(&names.variables)
            .chain(&names.typedefs);
        refusal.nearest = nearest(&name, all.map(String::as_str));
    }

    /// Evaluates an expression or a program, once or often.
    fn evaluate(&self, text: &str, count: Option<u32>, options: &Options) -> Status {
        let mut shown = self.shown(options);
        let answered = self.session.evaluate(text).and_then(|lines| match count {
            None => self.show_evaluation(&lines, &mut shown),
            Some(count) => self.repeat(text, count, &mut shown),
        });
        shown.output.end();
        match answered {
            Ok(()) => 0,
            Err(failure) => self.fail(&failure, text, options),
        }
    }

    fn show_evaluation(&self, lines: &[String], shown: &mut Shown) -> Result<(), Failure> {
        let texts: Vec<_> = lines.iter().map(String::as_str).collect();
        let Some(mut evaluation) = Evaluation::parse(&texts) else {
            return lines.iter().try_for_each(|line| match shown.json {
                true => shown.json(&json::columns(line)),
                false => shown.columns(line),
            });
        };
        let number = self.session.add(&evaluation.value_type());
        if shown.json {
            return shown.json(&json::evaluation(&evaluation));
        }
        if shown.hex {
            evaluation.outcome.value = in_hexadecimal(&evaluation.outcome.value);
            for (_, value) in &mut evaluation.outcome.out {
                *value = in_hexadecimal(value);
            }
        }
        let painter = shown.layout.painter;
        let number = match self.prompt {
            true => painter.paint(Style::Faint, &format!("${number} = ")),
            false => String::new(),
        };
        shown.output.line(&format!(
            "{number}{}",
            shown.layout.outcome(&evaluation.outcome)
        ))?;
        for line in &lines[1..] {
            shown.output.line(&painter.paint(Style::Faint, line))?;
        }
        Ok(())
    }

    fn repeat(&self, text: &str, count: u32, shown: &mut Shown) -> Result<(), Failure> {
        let mut times = Vec::new();
        for _ in 0..count {
            let lines = self.session.evaluate(text)?;
            let time = lines
                .last()
                .and_then(|line| line.strip_suffix(" ns")?.parse::<u64>().ok());
            times.push(time.ok_or_else(|| {
                Failure::unreachable("-n takes one expression, which has a time", [])
            })?);
        }
        times.sort_unstable();
        let (least, most) = (times[0], times[times.len() - 1]);
        let median = times[(times.len() - 1) / 2];
        if shown.json {
            return shown.json(&serde_json::json!({
                "calls": count, "min_ns": least, "median_ns": median, "max_ns": most,
            }));
        }
        shown.output.line(&format!(
            "{count} calls: least {least} ns, median {median} ns, most {most} ns"
        ))
    }

    /// Answers all but `call`. Returns the text that was asked, too.
    fn answer(&self, command: &Command, shown: &mut Shown) -> (String, Result<(), Failure>) {
        let request = match command {
            Command::Call { .. } => return (String::new(), Ok(())),
            Command::Describe { what } => Ok(Request::new("lookup", what.join(" "))),
            Command::List { choices, .. } => Request::list(choices),
            Command::Find { choices } => Request::find(choices),
            Command::Modules => Ok(Request::new("modules", "")),
            Command::Watch => Ok(Request::new("events", "")),
            Command::Calls => Ok(Request::new("calls", "")),
            Command::Complete { words } => return (String::new(), self.complete(words)),
        };
        let request = match request {
            Ok(request) => request,
            Err(message) => return (String::new(), Err(Failure::unreachable(message, []))),
        };
        let mut answered = self.show(command, &request, shown);
        if let (Err(Failure::Refused(refusal)), Command::Describe { .. }) = (&mut answered, command)
        {
            self.advise(refusal, &request.text);
        }
        (request.text, answered)
    }

    fn show(&self, command: &Command, request: &Request, shown: &mut Shown) -> Result<(), Failure> {
        let mut live = Live::open(request.file)?;
        live.ask(request)?;
        if let Command::Describe { .. } = command {
            return show_description(&live.answer()?, shown);
        }
        let mut lines = 0;
        let mut head = String::new();
        live.lines(|line| {
            lines += 1;
            if let Command::Modules = command {
                if lines == 1 {
                    line.clone_into(&mut head);
                    if shown.json {
                        return Ok(());
                    }
                }
            }
            shown.line(command, &head, line)
        })?;
        let nothing = |what: &str| match lines {
            0 => Err(Failure::Nothing(what.to_owned())),
            _ => Ok(()),
        };
        match command {
            Command::List { .. } => nothing("no symbol is like that"),
            Command::Find { choices } => nothing(&self.no_function(choices)),
            _ => Ok(()),
        }
    }

    /// No function returns or takes this. Structures are rarely passed by value.
    fn no_function(&self, choices: &[String]) -> String {
        let types = choices
            .iter()
            .filter_map(|choice| match choice.split_once('=')? {
                ("returns" | "takes", ty) => Some(ty),
                _ => None,
            });
        let by_value = types
            .clone()
            .find(|ty| ty.starts_with("struct ") && !ty.ends_with('*'));
        match by_value {
            Some(ty) => {
                format!("no function is like that; none has a {ty} by value, perhaps a '{ty} *'")
            }
            None => "no function is like that".to_owned(),
        }
    }

    /// Prints what the last of the words can become, for shells.
    fn complete(&self, words: &[String]) -> Result<(), Failure> {
        let line = words.join(" ");
        let (start, found) = crate::complete::line(&line, &self.kernel);
        // A shell replaces the whole word.
        let word_start = line.rfind(' ').map_or(0, |at| at + 1);
        let before = line.get(word_start..start).unwrap_or_default();
        let mut out = std::io::stdout().lock();
        for word in found {
            writeln!(out, "{before}{}", word.trim_end()).map_err(|_| Failure::Closed)?;
        }
        Ok(())
    }

    /// Whether the module is another version than this program.
    pub fn check_version(&self) {
        let ours = crate::args::module_version();
        if let Some(loaded) = device::loaded_version().filter(|loaded| loaded != ours) {
            let older = version_key(&loaded) < version_key(ours);
            let than = if older { "older" } else { "newer" };
            eprintln!("rust-kallsyms: the module that is loaded is {loaded}, {than} than this command, {ours}");
        }
    }
}

impl Evaluation {
    /// The type of the value.
    fn value_type(&self) -> String {
        match &self.function {
            Some(function) => function.prototype.returns.clone(),
            None => self.ty.clone(),
        }
    }
}

impl Shown {
    fn json(&mut self, json: &Json) -> Result<(), Failure> {
        self.output.line(&json.to_string())
    }

    /// Shows a line that a statement has printed.
    fn columns(&mut self, line: &str) -> Result<(), Failure> {
        let columns = line.split('\t').map(|text| {
            let value = Value::parse(text);
            if self.hex {
                in_hexadecimal(&value).to_string()
            } else {
                text.to_owned()
            }
        });
        let columns: Vec<_> = columns.collect();
        self.output.line(&columns.join("\t"))
    }

    /// Shows a line of another answer.
    fn line(&mut self, command: &Command, head: &str, line: &str) -> Result<(), Failure> {
        let json = match command {
            Command::List { demangle, .. } => {
                let demangled = if *demangle { demangled(line) } else { None };
                if !self.json {
                    return self
                        .output
                        .line(&with_demangled(line, demangled.as_deref()));
                }
                Symbol::parse(line).map(|symbol| json::symbol(&symbol, demangled.as_deref()))
            }
            Command::Find { .. } if self.json => {
                Found::parse(line).map(|found| json::found(&found))
            }
            Command::Modules if self.json => {
                answer::counts(head, line).map(|(module, counts)| json::counts(module, &counts))
            }
            Command::Watch if self.json => Event::parse(line).map(|event| json::event(&event)),
            Command::Calls if self.json => Some(json::running(line)),
            _ => return self.output.line(line),
        };
        // A newer module may have lines that this program does not know.
        let json = json.unwrap_or_else(|| serde_json::json!({ "line": line }));
        self.json(&json)
    }
}

/// Symbols, or a type.
fn show_description(lines: &[String], shown: &mut Shown) -> Result<(), Failure> {
    let texts: Vec<_> = lines.iter().map(String::as_str).collect();
    if let Some(ty) = Type::parse(&texts).filter(|_| shown.json) {
        return shown.json(&json::ty(&ty));
    }
    for line in texts {
        let demangled = demangled(line);
        match Symbol::parse(line).filter(|_| shown.json) {
            Some(symbol) => shown.json(&json::symbol(&symbol, demangled.as_deref()))?,
            None => shown
                .output
                .line(&with_demangled(line, demangled.as_deref()))?,
        }
    }
    Ok(())
}

fn with_demangled(line: &str, demangled: Option<&str>) -> String {
    match demangled {
        Some(demangled) => format!("{line} demangled={demangled}"),
        None => line.to_owned(),
    }
}

/// What the name in a symbol's line means, if it is a name of Rust code.
fn demangled(line: &str) -> Option<String> {
    let name = line.split(' ').nth(2)?;
    if !name.starts_with("_R") {
        return None;
    }
    let demangled = rustc_demangle::try_demangle(name).ok()?;
    Some(format!("{demangled:#}"))
}

/// The options before an expression at the prompt, and the expression as one word.
fn call_words(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while let Some((word, more)) = rest.split_once(' ') {
        match word {
            "--json" | "-x" | "--hex" | "--no-pager" => parts.push(word.to_owned()),
            "-n" => {
                let (count, more) = more.trim_start().split_once(' ')?;
                parts.extend([word.to_owned(), count.to_owned()]);
                rest = more.trim_start();
                continue;
            }
            _ => break,
        }
        rest = more.trim_start();
    }
    for option in ["--json", "-x"] {
        if let Some(before) = rest
            .strip_suffix(option)
            .filter(|before| before.ends_with(' '))
        {
            parts.push(option.to_owned());
            rest = before.trim_end();
        }
    }
    parts.push(unquoted(rest).to_owned());
    Some(parts)
}

/// A type has spaces, and needs no quotes here.
fn describe_words(text: &str) -> Option<Vec<String>> {
    match text.contains(['\'', '"']) {
        true => words(text),
        false => Some(text.split_whitespace().map(str::to_owned).collect()),
    }
}

/// Who comes from a shell may write the quotes that are needed there.
fn unquoted(text: &str) -> &str {
    let inside = text
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    inside.filter(|text| text.len() > 2).unwrap_or(text)
}

/// The name that the module does not know.
fn unknown_name(message: &str, column: Option<usize>, asked: &str) -> Option<String> {
    let is = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let at = match column {
        Some(column) => asked.get(column.checked_sub(1)?..)?,
        // What was asked is the name alone.
        None => asked.rsplit([':', ' ', '=']).next()?,
    };
    let name = &at[..at.find(|c| !is(c)).unwrap_or(at.len())];
    let first = message
        .split(|c| !is(c))
        .find(|word| is_name(word))
        .unwrap_or_default();
    [name, first]
        .into_iter()
        .find(|name| is_name(name))
        .map(str::to_owned)
}

fn version_key(version: &str) -> Vec<u32> {
    let parts = version.split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|part| part.parse().ok()).collect()
}
