//! The main job, end to end, in the real window: what the tour shows must hold.

use std::path::PathBuf;

use tongban_tests::{main_job::Tour, stage::Stage};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_gets_a_licence_with_a_network_that_comes_and_goes() {
    let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("main-job");
    let mut stage = Stage::set(3).await.unwrap();
    Tour::with_pictures_in(pictures).unwrap().play(&mut stage).await.unwrap();
}
