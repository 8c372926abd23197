//! Shows on a terminal that long work goes on. In a pipe, nothing.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};
use tongban_client::{Client, Progress};
use tongban_contract::page::Overview;

use crate::output::Output;

/// How bytes are shown of which it is known how many there are.
const SIZED: &str = "{msg} {bar:30} {bytes}/{total_bytes}";

const TICK: Duration = Duration::from_millis(100);

/// Waits for work and shows that it goes on.
pub(crate) async fn spin<T>(
    output: Output,
    words: &'static str,
    work: impl Future<Output = T>,
) -> T {
    let Some(bar) = bar(output, words) else {
        return work.await;
    };
    let done = work.await;
    bar.finish_and_clear();
    done
}

/// Waits for an update of the catalogue and shows how far it is.
pub(crate) async fn download<T>(
    output: Output,
    client: &Client,
    words: &'static str,
    work: impl Future<Output = T>,
) -> T {
    let Some(bar) = bar(output, words) else {
        return work.await;
    };
    // A task of its own: what it asks of the engine must never wait for the work.
    let watcher = tokio::spawn(watch(client.clone(), bar.clone()));
    let done = work.await;
    watcher.abort();
    bar.finish_and_clear();
    done
}

/// Waits for work that says how many bytes of how many it has done, and shows them.
pub(crate) async fn bytes<T, W: Future<Output = T>>(
    output: Output,
    words: &'static str,
    work: impl FnOnce(Progress) -> W,
) -> T {
    let Some(bar) = bar(output, words) else {
        return work(Arc::new(|_, _| {})).await;
    };
    let shown = bar.clone();
    let sized = AtomicBool::new(false);
    let done = work(Arc::new(move |done, all| {
        if !sized.swap(true, Ordering::Relaxed)
            && let Ok(style) = style(SIZED)
        {
            shown.set_style(style);
        }
        shown.set_length(all);
        shown.set_position(done);
    }))
    .await;
    bar.finish_and_clear();
    done
}

async fn watch(client: Client, bar: ProgressBar) {
    let mut sized = false;
    loop {
        tokio::time::sleep(TICK).await;
        let Ok(view) = client.overview(Overview {}).await else {
            continue;
        };
        let Some(progress) = view.catalogue.progress else {
            continue;
        };
        if !sized && let Ok(style) = style(SIZED) {
            bar.set_style(style);
            sized = true;
        }
        bar.set_length(progress.total);
        bar.set_position(progress.done);
    }
}

fn bar(output: Output, words: &'static str) -> Option<ProgressBar> {
    if !output.shows_progress() {
        return None;
    }
    let bar = ProgressBar::new_spinner().with_message(words);
    if let Ok(style) = style("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    Some(bar)
}

fn style(template: &str) -> Result<ProgressStyle, indicatif::style::TemplateError> {
    ProgressStyle::with_template(template)
}
