//! The page's commands by their names, JSON in and JSON out: for whoever stands between a page
//! and the engine. What a command does is elsewhere.

use std::pin::Pin;

use serde::Serialize;
use serde_json::Value;
use tongban_contract::{
    page::{self, Command},
    problem::Problem,
};

use crate::{Client, Error, Result};

/// An answer that is being made.
pub type Invoked = Pin<Box<dyn Future<Output = Result<Value, Problem>> + Send>>;

macro_rules! by_name {
    ($($name:ident $command:ident,)*) => {
        impl Client {
            /// Answers the command of this name ([`Command::NAME`]); none where there is none.
            ///
            /// Every command is compiled here, once, and not again in each program that has a
            /// page: an `async fn` is otherwise compiled wherever it is awaited.
            pub fn invoke(&self, name: &str, request: Value) -> Option<Invoked> {
                let client = self.clone();
                Some(match name {
                    $(stringify!($name) => Box::pin(async move {
                        let request = read::<page::$command>(request)?;
                        Ok(written(&client.$name(request).await?)?)
                    }),)*
                    _ => return None,
                })
            }
        }
    };
}

tongban_contract::commands!(by_name);

fn read<C: Command>(request: Value) -> Result<C> {
    serde_json::from_value(request).map_err(|error| {
        tracing::warn!(%error, command = C::NAME, "a request cannot be read");
        Error::Refused(Box::new(malformed()))
    })
}

fn written(reply: &impl Serialize) -> Result<Value> {
    serde_json::to_value(reply).map_err(|error| {
        tracing::error!(%error, "a reply cannot be written");
        Error::Refused(Box::new(malformed()))
    })
}

/// What a page is told whose request cannot be read: page and engine are not of one version.
pub fn malformed() -> Problem {
    Problem::new("app.malformed", "页面的请求格式不对。", "请关闭窗口重新打开再试。")
}
