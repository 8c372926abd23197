//! A damaged log beside the file.

use super::*;

#[tokio::test]
async fn a_damaged_log_is_found_and_what_came_before_is_rescued() {
    let disk = Disk::new();
    let vault = disk.open().await.unwrap();
    fill(&vault).await;
    // The app dies: the log is not merged.
    let died = disk.copy();
    vault.close().await;
    let log = std::fs::read(died.log()).unwrap();
    let frames = (log.len() - 32) / (24 + PAGE);
    let mut found = 0;
    for at in 0..12 {
        let hurt = died.copy();
        let frame = at * frames / 12;
        let mut bytes = log.clone();
        bytes[32 + frame * (24 + PAGE) + 24 + 333] ^= 4;
        std::fs::write(hurt.log(), &bytes).unwrap();
        let before = hurt.bytes();
        let vault = hurt.open().await.unwrap();
        let notices = vault.rescues().await.unwrap();
        vault.applications().await.unwrap();
        if notices.is_empty() {
            assert!(at > 9, "{frame} of {frames}");
        } else {
            found += 1;
            assert!(notices[0].unsure);
            let kept = hurt.found(".damaged-");
            assert_eq!(std::fs::read(&kept[0]).unwrap(), before);
            assert_eq!(std::fs::read(&kept[1]).unwrap(), bytes);
        }
        vault.close().await;
        assert!(!hurt.log().exists(), "the old log must not meet the new file");
    }
    assert!(found >= 10, "{found}");
    // Of itself a log is no damage, whole or with a commit torn at its end.
    for end in [log.len(), log.len() - 100, log.len() - 3 * (24 + PAGE)] {
        let torn = died.copy();
        std::fs::write(torn.log(), &log[..end]).unwrap();
        let vault = torn.open().await.unwrap();
        assert!(vault.rescues().await.unwrap().is_empty(), "{end}");
        assert!(vault.applications().await.unwrap().len() >= 5);
        vault.close().await;
    }
    // A page that a power cut tore while the log was merged is in the log.
    let torn = died.copy();
    let mut bytes = torn.bytes();
    let frames = log[32..].chunks_exact(24 + PAGE);
    let numbers = frames.map(|frame| u32::from_be_bytes(frame[..4].try_into().unwrap()));
    let numbers: Vec<usize> = numbers.map(|number| number as usize).collect();
    let page = numbers.into_iter().find(|page| *page > 1 && page * PAGE < bytes.len()).unwrap();
    bytes[(page - 1) * PAGE..page * PAGE].fill(7);
    bytes.extend([7; 1000]);
    std::fs::write(torn.file(), &bytes).unwrap();
    let vault = torn.open().await.unwrap();
    assert!(vault.rescues().await.unwrap().is_empty());
    assert_eq!(vault.applications().await.unwrap().len(), 6);
    vault.close().await;
}
