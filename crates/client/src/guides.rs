//! Guides: choosing a county, keeping its catalogue new, searching and reading it.
//! What is answered comes from the device; only the update goes to the network.

use std::time::Duration;

use tongban_contract::{
    numbers::{DivisionCode, DivisionLevel},
    page::{
        CatalogueView, ChooseCounty, DivisionView, GuideListView, GuideView, ListDivisions,
        ListThemes, NetworkView, ProgressView, ReadGuide, SearchGuides, ThemeView, Topic,
        UpdateCatalogue,
    },
    problem::Problem,
};

use crate::{
    catalogue::Updated,
    client::Client,
    error::{Error, Result},
};

/// Time after which the catalogue is looked at again.
const REGULAR: Duration = Duration::from_secs(6 * 3600);

/// Time after which a failed update is tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(30);

impl Client {
    /// Chooses the county whose guides are kept, and fetches them.
    ///
    /// # Errors
    /// Where the code is none of a county, or the update fails; the choice stays.
    pub async fn choose_county(&self, request: ChooseCounty) -> Result<()> {
        if request.division.level() != DivisionLevel::County {
            return Err(Error::refused(
                "catalogue.not-a-county",
                "请选到区县一级。",
                "请依次选择市、区县。",
            ));
        }
        self.change_device(|device| device.county = Some(request.division))?;
        self.tell(Topic::Catalogue);
        self.update().await
    }

    /// Fetches the newest catalogue now.
    ///
    /// # Errors
    /// What kept it from being done; the catalogue before it is still in use.
    pub async fn update_catalogue(&self, _request: UpdateCatalogue) -> Result<()> {
        self.update().await
    }

    async fn update(&self) -> Result<()> {
        let _one_at_a_time = self.updating().await;
        let outcome = self.fetch_catalogue().await;
        {
            let mut shared = self.shared();
            shared.progress = None;
            match &outcome {
                Ok(_) => {
                    shared.catalogue_problem = None;
                    if shared.open.is_none() {
                        shared.sync.network = NetworkView::Online;
                    }
                }
                Err(Error::Network(error)) if shared.open.is_none() => {
                    let problem = Box::new(error.problem());
                    shared.sync.network = NetworkView::Offline { problem };
                }
                Err(_) => {}
            }
        }
        let outcome = match outcome {
            Ok(updated) => {
                tracing::info!(?updated, "catalogue");
                Ok(())
            }
            Err(error) => {
                let problem = Problem::from(error);
                self.shared().catalogue_problem = Some(problem.clone());
                Err(Error::Refused(Box::new(problem)))
            }
        };
        self.tell(Topic::Catalogue);
        self.tell(Topic::Sync);
        outcome
    }

    async fn fetch_catalogue(&self) -> Result<Updated> {
        let info = self.platform_info().await?;
        let progress = |progress: ProgressView| {
            self.shared().progress = Some(progress);
            self.tell(Topic::Catalogue);
        };
        let transport = self.surroundings().transport.as_ref();
        let base = &self.options().platform;
        let now = self.surroundings().now();
        Ok(match self.device().county {
            Some(county) => {
                self.catalogue().update(transport, base, &info, &county, &progress, now).await?
            }
            None => self.catalogue().update_common(transport, base, &info, &progress, now).await?,
        })
    }

    /// Keeps the catalogue new for as long as the client lives.
    pub(crate) async fn keep_catalogue_new(self) {
        loop {
            let wait = match self.update().await {
                Ok(()) => REGULAR,
                Err(error) => {
                    tracing::debug!(%error, "catalogue not updated");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = self.closed() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    pub(crate) fn catalogue_view(&self) -> CatalogueView {
        let summary = self.catalogue().summary();
        let shared = self.shared();
        CatalogueView {
            county: shared.device.county.clone(),
            county_name: summary.county_name,
            guides: summary.guides,
            version: summary.version,
            published_at: summary.published_at,
            checked_at: summary.checked_at,
            sample: summary.sample,
            progress: shared.progress,
            problem: shared.catalogue_problem.clone().map(Box::new),
        }
    }

    /// Divisions below one, or the provinces.
    ///
    /// # Errors
    /// Where the catalogue cannot be read.
    pub async fn list_divisions(&self, request: ListDivisions) -> Result<Vec<DivisionView>> {
        Ok(self.catalogue().divisions(request.parent.as_ref()).await?)
    }

    /// Name of a division with the names above it.
    ///
    /// # Errors
    /// Where the catalogue cannot be read.
    pub async fn division_name(&self, division: &DivisionCode) -> Result<String> {
        Ok(self.catalogue().division_name(division).await?)
    }

    /// The themes with the number of guides under each.
    ///
    /// # Errors
    /// Where the catalogue cannot be read.
    pub async fn list_themes(&self, _request: ListThemes) -> Result<Vec<ThemeView>> {
        Ok(self.catalogue().themes().await?)
    }

    /// Searches guides in everyday words, or lists those of a theme.
    ///
    /// # Errors
    /// Where the catalogue cannot be read.
    pub async fn search_guides(&self, request: SearchGuides) -> Result<GuideListView> {
        let home = self.home().await;
        Ok(self.catalogue().search(&request, home.as_ref()).await?)
    }

    /// One guide, as the place that serves the person carries it out.
    ///
    /// # Errors
    /// Where the county has no such item, or nobody carries it out in the division asked for.
    pub async fn read_guide(&self, request: ReadGuide) -> Result<GuideView> {
        self.guide(&request.item, request.division.as_ref()).await
    }

    /// The guide of an item where the person says they are, or else where they have said
    /// before. What they say is remembered where the item made them choose.
    pub(crate) async fn guide(
        &self,
        item: &str,
        division: Option<&DivisionCode>,
    ) -> Result<GuideView> {
        let home = self.home().await;
        let view = self.catalogue().guide(item, division, home.as_ref()).await?;
        let chosen = &view.guide.division;
        if division.is_some() && !view.places.is_empty() && home.as_ref() != Some(chosen) {
            match self.vault() {
                Ok(vault) => vault.keep_home(chosen).await?,
                Err(_) => self.change_device(|device| device.home = Some(chosen.clone()))?,
            }
            self.tell(Topic::Catalogue);
        }
        Ok(view)
    }

    /// Where in the county the person is: the place that they chose last, or else the one that
    /// was chosen here while nobody was signed in.
    async fn home(&self) -> Option<DivisionCode> {
        let own = match self.vault() {
            // A guide can be read without it.
            Ok(vault) => vault.home().await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the person's place could not be read");
                None
            }),
            Err(_) => None,
        };
        let device = self.device();
        let is_here = |home: &DivisionCode| {
            device.county.as_ref().is_some_and(|county| county.contains(home))
        };
        own.filter(is_here).or(device.home.filter(is_here))
    }
}
