//! Installing: whatever goes wrong, the catalogue before it stays in use, and what has
//! arrived is not sent again.

use std::{collections::BTreeMap, fs::File, path::Path, sync::Mutex};

use jiff::Timestamp;
use tongban_contract::{
    catalogue::{FileContent, MANIFEST_PATH, Record},
    discovery::PlatformInfo,
    page::{KeptView, ProgressView},
};

use super::{
    publication::{Publication, item, place, record},
    server::{Fault, Server},
};
use crate::{
    catalogue::{Catalogue, CatalogueError, Source, Updated, download::Progress},
    network::NetworkError,
    transport::{HttpTransport, TransportError},
};

/// A platform that publishes, and a device that updates from it.
pub(super) struct Setting {
    pub(super) publication: Publication,
    pub(super) server: Server,
    directory: tempfile::TempDir,
    transport: HttpTransport,
}

impl Setting {
    pub(super) async fn new() -> Self {
        let publication = Publication::small();
        let server = Server::start(publication.files()).await;
        let directory = tempfile::tempdir().unwrap();
        Self { publication, server, directory, transport: HttpTransport::new().unwrap() }
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The catalogue as the next process finds it: what an update that failed had begun on
    /// other threads ends with its process, or is waited for here.
    pub(super) async fn catalogue(&self) -> Catalogue {
        let lock = self.path().join("update.lock");
        if let Ok(file) = File::open(lock) {
            tokio::task::spawn_blocking(move || file.lock()).await.unwrap().unwrap();
        }
        Catalogue::open(self.path()).await.unwrap()
    }

    pub(super) async fn update(&self, catalogue: &Catalogue) -> Result<Updated, CatalogueError> {
        self.update_for(catalogue, "420506").await
    }

    async fn update_for(
        &self,
        catalogue: &Catalogue,
        county: &str,
    ) -> Result<Updated, CatalogueError> {
        self.update_regions(catalogue, &[county], &|_| {}).await
    }

    pub(super) async fn update_regions(
        &self,
        catalogue: &Catalogue,
        regions: &[&str],
        progress: Progress<'_>,
    ) -> Result<Updated, CatalogueError> {
        let regions = regions.iter().map(|region| region.parse().unwrap()).collect();
        let info = self.publication.info();
        catalogue.update(self.source(&info, progress), regions).await
    }

    fn source<'a>(&'a self, info: &'a PlatformInfo, progress: Progress<'a>) -> Source<'a> {
        Source { transport: &self.transport, base: &self.server.base, info, progress, now: now() }
    }

    /// Publishes the next version, with one guide more.
    pub(super) fn publish_next(&mut self) {
        self.publication.version += 1;
        let code = format!("0009{:08}", self.publication.version);
        self.publication.counties.get_mut("420506").unwrap().extend([
            record(item(&code, "新的事项")),
            Record::Place(Box::new(place(&code, "420506"))),
        ]);
        self.server.publish(self.publication.files());
    }

    /// Where the fault is in version 2, version 1 stays in use; without it, 2 comes.
    async fn refuses(&mut self, spoil: impl FnOnce(&mut BTreeMap<String, Vec<u8>>), code: &str) {
        let catalogue = self.catalogue().await;
        self.update(&catalogue).await.unwrap();
        let before = catalogue.summary();
        self.publish_next();
        self.server.change(spoil);
        let error = self.update(&catalogue).await.unwrap_err();
        assert_eq!(error.problem().code, code, "{error}");
        assert_eq!(catalogue.summary(), before);
        assert_eq!(self.catalogue().await.summary(), before);
        assert!(catalogue.guide("000131001000", None, None).await.is_ok());
        self.server.publish(self.publication.files());
        assert_eq!(self.update(&catalogue).await.unwrap(), Updated::Installed);
        assert_eq!(catalogue.summary().version, 2);
    }
}

fn now() -> Timestamp {
    "2026-09-02T08:00:00Z".parse().unwrap()
}

fn data(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    files.keys().filter(|path| path.ends_with(".zst")).cloned().collect()
}

/// Names of everything on the shelf.
pub(super) fn shelf(path: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for folder in [path.to_owned(), path.join("downloads")] {
        for entry in std::fs::read_dir(folder).unwrap() {
            names.push(entry.unwrap().file_name().into_string().unwrap());
        }
    }
    names.sort();
    names
}

#[tokio::test]
async fn a_county_is_installed_kept_and_found_again() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    assert_eq!(catalogue.summary().guides, 0);
    assert_eq!(catalogue.divisions(None).await.unwrap_err().problem().code, "catalogue.none");
    assert_eq!(setting.update(&catalogue).await.unwrap(), Updated::Installed);

    let summary = catalogue.summary();
    let kept = KeptView {
        division: "420506".parse().unwrap(), name: "湖北省宜昌市夷陵区".into()
    };
    assert_eq!(summary.kept, [kept]);
    assert_eq!(summary.guides, 7);
    assert_eq!((summary.version, summary.sample), (1, true));
    assert_eq!(summary.checked_at, Some(now()));
    assert_eq!(summary.problem, None);

    let again = setting.catalogue().await;
    assert_eq!(again.summary(), summary);
    setting.server.asked();
    assert_eq!(setting.update(&again).await.unwrap(), Updated::Unchanged);
    assert_eq!(setting.server.asked(), []);
}

#[tokio::test]
async fn divisions_are_there_before_a_county_is_chosen_and_are_not_fetched_twice() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    let common = setting.update_regions(&catalogue, &[], &|_| {}).await;
    assert_eq!(common.unwrap(), Updated::Installed);
    assert_eq!(catalogue.divisions(None).await.unwrap()[0].name, "湖北省");
    assert_eq!(
        catalogue.guide("x", None, None).await.unwrap_err().problem().code,
        "catalogue.no-county"
    );
    assert!(catalogue.themes(None).await.unwrap().iter().all(|theme| theme.guides == 0));
    assert_eq!(setting.server.asked().len(), 1);

    setting.update(&catalogue).await.unwrap();
    assert_eq!(setting.server.asked().len(), 1, "only the county's file");
    let common = setting.update_regions(&catalogue, &[], &|_| {}).await;
    assert_eq!(common.unwrap(), Updated::Unchanged);
    assert_eq!(catalogue.summary().guides, 7, "the county's guides stay");

    assert_eq!(setting.update_for(&catalogue, "420502").await.unwrap(), Updated::Installed);
    assert_eq!(catalogue.summary().kept[0].name, "湖北省宜昌市西陵区");
    let error = setting.update_for(&catalogue, "429004").await.unwrap_err();
    assert_eq!(error.problem().code, "catalogue.county-not-published");
}

#[tokio::test]
async fn a_download_that_was_cut_goes_on_where_it_was_even_in_another_process() {
    let setting = Setting::new().await;
    setting.server.fail(Fault::CutAfter(40));
    let error = setting.update(&setting.catalogue().await).await.unwrap_err();
    assert!(
        matches!(error, CatalogueError::Network(NetworkError::Transport(TransportError::Broken))),
        "{error}"
    );
    let error = setting.update(&setting.catalogue().await).await.unwrap_err();
    assert_eq!(error.problem().code, "network.broken");
    setting.server.fail(Fault::None);
    let told = Mutex::new(Vec::new());
    let tell = |progress: ProgressView| told.lock().unwrap().push(progress);
    let catalogue = setting.catalogue().await;
    setting.update_regions(&catalogue, &["420506"], &tell).await.unwrap();
    assert_eq!(setting.server.asked(), [None, Some(40), Some(80), None]);
    let told = told.into_inner().unwrap();
    assert!(told.is_sorted_by_key(|progress| progress.done), "{told:?}");
    assert!(told.iter().any(|progress| progress.done == 80), "{told:?}");
    assert_eq!(told.last().unwrap().done, told.last().unwrap().total);
}

#[tokio::test]
async fn what_has_arrived_whole_is_not_fetched_again_by_another_process() {
    let mut arrived = 0;
    for name in data(&Setting::new().await.publication.files()) {
        let setting = Setting::new().await;
        let mut missing = None;
        setting.server.change(|files| missing = files.remove_entry(&name));
        if setting.update(&setting.catalogue().await).await.is_ok() {
            // It is another region's.
            continue;
        }
        let before = setting.server.asked().len();
        setting.server.change(|files| files.extend(missing));
        setting.update(&setting.catalogue().await).await.unwrap();
        // What every region needs, and the region.
        assert_eq!(before - 1 + setting.server.asked().len(), 2, "{name}");
        arrived += before - 1;
    }
    assert!(arrived > 0, "every file was the first");
}

#[tokio::test]
async fn a_server_without_ranges_sends_the_whole_again() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.server.fail(Fault::CutAfter(40));
    setting.update(&catalogue).await.unwrap_err();
    setting.server.fail(Fault::NoRanges);
    assert_eq!(setting.update(&catalogue).await.unwrap(), Updated::Installed);
    assert_eq!(setting.server.asked(), [None, Some(40), None]);
}

#[tokio::test]
async fn a_wrong_signature_is_refused() {
    let other = Publication::small().files();
    let spoil = |files: &mut BTreeMap<String, Vec<u8>>| {
        files.insert(MANIFEST_PATH.into(), other[MANIFEST_PATH].clone());
    };
    Setting::new().await.refuses(spoil, "catalogue.signature").await;
}

#[tokio::test]
async fn another_platforms_publication_is_refused() {
    let mut other = Publication::small();
    other.version = 9;
    let other = other.files();
    Setting::new().await.refuses(|files| *files = other, "catalogue.signature").await;
}

#[tokio::test]
async fn a_file_that_is_not_the_one_that_was_signed_is_refused() {
    let spoil = |files: &mut BTreeMap<String, Vec<u8>>| {
        for path in data(files) {
            *files.get_mut(&path).unwrap().last_mut().unwrap() ^= 1;
        }
    };
    Setting::new().await.refuses(spoil, "catalogue.digest").await;
}

#[tokio::test]
async fn a_file_that_goes_on_past_its_size_is_refused() {
    let spoil = |files: &mut BTreeMap<String, Vec<u8>>| {
        for path in data(files) {
            files.get_mut(&path).unwrap().extend([0; 100]);
        }
    };
    Setting::new().await.refuses(spoil, "catalogue.too-large").await;
}

#[tokio::test]
async fn a_file_that_is_not_there_is_told_from_a_portal() {
    let spoil = |files: &mut BTreeMap<String, Vec<u8>>| {
        files.retain(|path, _| !path.ends_with(".zst"));
    };
    Setting::new().await.refuses(spoil, "catalogue.missing").await;
}

#[tokio::test]
async fn a_bomb_is_refused_however_well_it_is_signed() {
    let mut setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    setting.publication.version = 2;
    setting.publication.counties.get_mut("420506").unwrap().push(Record::Unknown);
    setting.publication.twist = |manifest| {
        for file in &mut manifest.files {
            if file.content != FileContent::Common {
                file.unpacked_bytes = 100;
            }
        }
    };
    setting.server.publish(setting.publication.files());
    let error = setting.update(&catalogue).await.unwrap_err();
    assert_eq!(error.problem().code, "catalogue.too-large");
    assert_eq!(catalogue.summary().version, 1);
    assert!(catalogue.guide("000131001000", None, None).await.is_ok());
}

#[tokio::test]
async fn a_signed_manifest_that_leads_elsewhere_is_refused() {
    let mut setting = Setting::new().await;
    setting.publication.twist = |manifest| manifest.files[0].path = "../../secret".into();
    setting.server.publish(setting.publication.files());
    let error = setting.update(&setting.catalogue().await).await.unwrap_err();
    assert_eq!(error.problem().code, "catalogue.broken");
}

#[tokio::test]
async fn an_older_version_is_refused_also_after_the_database_was_lost() {
    let mut setting = Setting::new().await;
    let old = setting.publication.files();
    setting.publish_next();
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    setting.server.publish(old);
    let error = setting.update(&catalogue).await.unwrap_err();
    assert!(matches!(error, CatalogueError::Older { installed: 2, offered: 1 }), "{error}");

    drop(catalogue);
    for name in shelf(setting.path()) {
        for folder in [setting.path().to_owned(), setting.path().join("downloads")] {
            if name.ends_with(".db") || name.ends_with(".zst") {
                std::fs::remove_file(folder.join(&name)).ok();
            }
        }
    }
    let error = setting.update(&setting.catalogue().await).await.unwrap_err();
    assert_eq!(error.problem().code, "catalogue.older");
}

#[tokio::test]
async fn a_portal_is_named_whatever_it_calls_its_page() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    for fault in [Fault::Page, Fault::DisguisedPage, Fault::Elsewhere] {
        setting.server.fail(fault);
        let error = setting.update(&catalogue).await.unwrap_err();
        assert_eq!(error.problem().code, "network.captive-portal", "{fault:?}: {error}");
    }
    setting.server.fail(Fault::None);
    setting.update(&catalogue).await.unwrap();
}

#[tokio::test]
async fn a_reader_goes_on_with_the_old_one_while_the_new_one_comes_into_use() {
    let mut setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    let old = catalogue.current().of_regions().unwrap();
    let reading = old.database().await;
    setting.publish_next();
    assert_eq!(setting.update(&catalogue).await.unwrap(), Updated::Installed);
    assert_eq!(catalogue.summary().guides, 8);
    assert_eq!(catalogue.themes(None).await.unwrap().len(), 14);
    drop(reading);
    let mut reading = old.database().await;
    let guides: i64 = sqlx::query_scalar("SELECT count(*) FROM item WHERE listed")
        .fetch_one(&mut *reading)
        .await
        .unwrap();
    assert_eq!(guides, 7, "the old one, whose file has lost its name");
    drop(reading);

    let left = shelf(setting.path());
    assert_eq!(left.iter().filter(|name| name.ends_with(".db")).count(), 1, "{left:?}");
    assert_eq!(left.iter().filter(|name| name.ends_with(".zst")).count(), 2, "{left:?}");
    assert!(!left.iter().any(|name| name.ends_with(".part") || name.ends_with(".new")), "{left:?}");
}

#[tokio::test]
async fn an_update_that_is_dropped_anywhere_is_taken_up_by_the_next() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.server.fail(Fault::SilentAfter(40));
    let part = async {
        let arrived = || {
            let entries = std::fs::read_dir(setting.path().join("downloads")).unwrap();
            entries.map(|entry| entry.unwrap().metadata().unwrap().len()).sum::<u64>()
        };
        while arrived() < 40 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = setting.update(&catalogue) => panic!("the server is silent"),
        () = part => {}
    }
    setting.server.fail(Fault::None);
    // Dropped after every number of steps that the runtime may have taken.
    for polls in (1..40).step_by(3) {
        let mut update = Box::pin(setting.update(&catalogue));
        for _ in 0..polls {
            if futures::poll!(&mut update).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    assert!(setting.update(&catalogue).await.is_ok());
    assert_eq!(catalogue.summary().guides, 7);
    assert_eq!(setting.server.asked()[1], Some(40));
}

#[tokio::test]
async fn two_updates_at_once_do_the_work_once() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    let (one, other) = tokio::join!(setting.update(&catalogue), setting.update(&catalogue));
    assert_eq!((one.unwrap(), other.unwrap()), (Updated::Installed, Updated::Unchanged));
    assert_eq!(setting.server.asked().len(), 2);
}

#[tokio::test]
async fn another_program_that_is_updating_is_not_disturbed() {
    let setting = Setting::new().await;
    let catalogue = setting.catalogue().await;
    setting.update(&catalogue).await.unwrap();
    let theirs = File::create(setting.path().join("update.lock")).unwrap();
    theirs.lock().unwrap();
    let error = setting.update(&catalogue).await.unwrap_err();
    assert_eq!(error.problem().code, "catalogue.busy");
    let reader = Catalogue::open(setting.path()).await.unwrap();
    assert!(reader.guide("000131001000", None, None).await.is_ok());
}
