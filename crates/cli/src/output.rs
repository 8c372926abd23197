//! The only module that writes: answers on standard output, problems and notes on
//! standard error; with `--json` one JSON value a line on standard output.

use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

use serde::Serialize;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;
use url::Url;

use crate::exit::{Exit, Failure};

/// What a command answers.
#[derive(Debug)]
pub(crate) struct Answer {
    /// For scripts.
    value: serde_json::Result<Value>,
    /// For people.
    text: String,
    /// How the program ends.
    exit: Exit,
}

impl Answer {
    /// An answer to a command that was done.
    pub(crate) fn done(value: impl Serialize, text: impl Into<String>) -> Self {
        Self::ending(Exit::Done, value, text)
    }

    /// An answer after which the program ends so.
    pub(crate) fn ending(exit: Exit, value: impl Serialize, text: impl Into<String>) -> Self {
        Self { value: serde_json::to_value(value), text: text.into(), exit }
    }
}

/// How to write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Writes an answer. Answers how the program ends.
    pub(crate) fn answer(self, answer: &Answer) -> io::Result<Exit> {
        if self.json {
            let value =
                answer.value.as_ref().map_err(|error| io::Error::other(error.to_string()))?;
            line(&value.to_string())?;
        } else {
            line(answer.text.trim_end())?;
        }
        Ok(answer.exit)
    }

    /// Writes why there is no answer. Answers how the program ends.
    pub(crate) fn failure(self, failure: &Failure) -> io::Result<Exit> {
        let problem = &failure.problem;
        if self.json {
            line(&json!({ "problem": problem }).to_string())?;
        } else {
            let mut text = format!("{}\n{}", problem.detail, next_step(failure));
            for fault in &problem.faults {
                text.push_str(&format!("\n  {}  {}", fault.pointer, fault.sentence));
            }
            self.note(&text)?;
        }
        Ok(failure.exit)
    }

    /// Shows the address at which somebody signs in, at once.
    pub(crate) fn address(self, address: &Url) -> io::Result<()> {
        if self.json {
            line(&json!({ "address": address }).to_string())
        } else {
            line(&format!("请在本机的浏览器里打开这个网址登录（十分钟内有效）：\n{address}"))?;
            self.note("正在等候登录完成……按 Ctrl+C 放弃。")
        }
    }

    /// Tells something beside the answer.
    pub(crate) fn note(self, text: &str) -> io::Result<()> {
        writeln!(io::stderr().lock(), "{}", printable(text))
    }

    /// Whether somebody watches and would like to see long work go on.
    pub(crate) fn shows_progress(self) -> bool {
        !self.json && io::stderr().is_terminal()
    }
}

/// What to do next. The engine promises to try again by itself, as a window does; a
/// command has ended by then.
fn next_step(failure: &Failure) -> &str {
    let has_own_step = matches!(
        failure.problem.code.as_str(),
        "network.captive-portal" | "network.certificate" | "network.certificate-time"
    );
    if failure.exit == Exit::Offline && !has_own_step {
        "内容都在本机，不会丢；命令行不会自动重试，恢复后请再运行一次。"
    } else {
        &failure.problem.next
    }
}

/// Whoever reads may have read enough, as `head` does.
fn line(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{}", printable(text)).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Text without control characters: what others wrote must not steer the terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// A table with a heading, its columns aligned by the width that characters take on a
/// terminal, where a Chinese one takes two columns.
pub(crate) fn table<const N: usize>(heading: [&str; N], rows: &[[String; N]]) -> String {
    let heading = heading.map(str::to_owned);
    let mut widths = [0; N];
    for row in std::iter::once(&heading).chain(rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut text = String::new();
    for row in std::iter::once(&heading).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&cell.replace('\n', " "));
            line.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Labels with their values, one a line, aligned. Lines without a value are left out.
pub(crate) fn fields(fields: &[(&str, String)]) -> String {
    let shown = || fields.iter().filter(|(_, value)| !value.is_empty());
    let widest = shown().map(|(label, _)| label.width()).max().unwrap_or_default();
    let mut text = String::new();
    for (label, value) in shown() {
        let gap = " ".repeat(widest.saturating_sub(label.width()));
        text.push_str(&format!("{label}：{gap}{}\n", value.replace('\n', " ")));
    }
    text
}

/// Text cut to a width on the terminal.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if short.width() + 2 >= width {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}

/// A heading with its text below; nothing where there is no text.
pub(crate) fn section(heading: &str, text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { format!("\n【{heading}】\n{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_whatever_the_script() {
        let rows =
            [["食品经营许可".to_owned(), "10".to_owned()], ["abc".to_owned(), "即办".to_owned()]];
        assert_eq!(
            table(["事项", "时限"], &rows),
            "事项          时限\n食品经营许可  10\nabc           即办\n"
        );
    }

    #[test]
    fn fields_without_a_value_are_left_out() {
        let text = fields(&[
            ("状态", "办结".to_owned()),
            ("收件编号", "X".to_owned()),
            ("备注", String::new()),
        ]);
        assert_eq!(text, "状态：    办结\n收件编号：X\n");
    }

    #[test]
    fn a_long_label_is_cut_to_the_width_it_takes() {
        assert_eq!(cut("姓名", 8), "姓名");
        assert_eq!(cut("我承诺所填内容真实", 8), "我承诺…");
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(printable("店名\u{1b}[2J\r\n二"), "店名[2J\n二");
    }
}
