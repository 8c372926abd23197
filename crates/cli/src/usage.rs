//! What is said of a command line that cannot be read: a Chinese sentence and the next
//! step, like every other problem. `--help` and `--version` are answered here, too.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// Tells what is wrong, or shows what was asked for.
pub(crate) fn tell(error: &clap::Error) -> Exit {
    // The command line could not be read, so its own flags cannot be asked.
    let json = std::env::args_os().any(|argument| argument == "--json");
    let shown = match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => error.print().map(|()| Exit::Done),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !json => {
            error.print().map(|()| Exit::Usage)
        }
        _ => Output::new(json).failure(&failure(error)),
    };
    shown.unwrap_or(Exit::Usage)
}

/// Values are left out of the sentence: they may be personal.
fn failure(error: &clap::Error) -> Failure {
    let argument = context(error, ContextKind::InvalidArg);
    let sentence = match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            format!("没有“{argument}”这个选项。")
        }
        ErrorKind::UnknownArgument => "多写了参数。".to_owned(),
        ErrorKind::InvalidSubcommand => {
            format!("没有“{}”这个命令。", context(error, ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "命令没有写完整。".to_owned()
        }
        ErrorKind::MissingRequiredArgument => format!("还缺少 {argument}。"),
        ErrorKind::ArgumentConflict => format!("{argument} 不能和别的参数一起写。"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => match error.source() {
            Some(reason) if is_chinese(&reason.to_string()) => {
                format!("{argument} 写得不对：{reason}。")
            }
            _ => format!("{argument} 写得不对。"),
        },
        _ => "命令写得不对。".to_owned(),
    };
    Failure::usage(sentence, "请在命令后加 --help 查看用法。")
}

/// Whether a reason is ours: those of libraries are not meant for people.
fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

fn context(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        _ => String::new(),
    }
}
