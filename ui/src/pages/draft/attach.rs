//! Reads a chosen file and hands it to the engine.

use gloo::events::EventListener;
use js_sys::{ArrayBuffer, Promise, Uint8Array};
use tongban_contract::{
    identifiers::CaseId,
    page::{Attach, DraftView, LARGEST_ATTACHMENT},
    problem::Problem,
};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FileReader, ProgressEvent};

use crate::bridge;

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Being read, so many bytes of all.
    Reading(u64, u64),
    /// Being checked and kept by the engine.
    Keeping,
}

/// Reads and attaches a file, telling how far it is.
pub(super) async fn attach(
    case: CaseId,
    material: String,
    file: File,
    tell: impl Fn(Stage) + Clone + 'static,
) -> Result<DraftView, Problem> {
    let size = size(&file);
    if let Some(problem) = too_large(size) {
        return Err(problem);
    }
    tell(Stage::Reading(0, size));
    let bytes = read(&file, tell.clone()).await?;
    tell(Stage::Keeping);
    bridge::attach(&Attach { case, material, name: file.name() }, &bytes).await
}

/// Refuses a file that is too large before anything of it is read.
fn too_large(size: u64) -> Option<Problem> {
    // The words of the engine, which would refuse it too.
    (size > LARGEST_ATTACHMENT).then(|| {
        Problem::new(
            "attachment.too-large",
            "这个文件超过 50 MB，没有添加。",
            "请在拍照设置里选小一些的尺寸重拍，或压缩后再添加。",
        )
    })
}

fn size(file: &File) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size is a whole number"
    )]
    let size = file.size() as u64;
    size
}

async fn read(file: &File, tell: impl Fn(Stage) + 'static) -> Result<Uint8Array, Problem> {
    let reader = FileReader::new().map_err(|_| unreadable())?;
    let progress = EventListener::new(&reader, "progress", move |event| {
        if let Some(event) = event.dyn_ref::<ProgressEvent>() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "sizes are whole numbers"
            )]
            tell(Stage::Reading(event.loaded() as u64, event.total() as u64));
        }
    });
    let read = Promise::new(&mut |resolve, reject| {
        reader.set_onload(Some(&resolve));
        reader.set_onerror(Some(&reject));
        reader.set_onabort(Some(&reject));
    });
    reader.read_as_array_buffer(file).map_err(|_| unreadable())?;
    JsFuture::from(read).await.map_err(|_| unreadable())?;
    drop(progress);
    let buffer: ArrayBuffer =
        reader.result().ok().and_then(|result| result.dyn_into().ok()).ok_or_else(unreadable)?;
    Ok(Uint8Array::new(&buffer))
}

fn unreadable() -> Problem {
    Problem::new(
        "attachment.not-read",
        "这个文件读不出来，没有添加。",
        "请确认文件还在原来的位置，再选一次；或换一个文件。",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_large_is_refused_before_it_is_read() {
        assert_eq!(too_large(LARGEST_ATTACHMENT), None);
        let problem = too_large(60_000_000).unwrap();
        assert_eq!(problem.code, "attachment.too-large");
        assert!(problem.detail.contains("50 MB") && !problem.next.is_empty());
    }
}
