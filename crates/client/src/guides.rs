//! Guides: choosing the regions that are kept, searching and reading what is there. What is
//! answered comes from the device, but for the regions that could be kept.

use tongban_contract::{
    numbers::{DivisionCode, DivisionLevel},
    page::{
        BrowseGuides, BrowseView, CatalogueChangeView, CatalogueView, ChooseCounty, ChooseHome,
        DivisionView, DropRegion, GuideListView, GuideView, KeepRegion, KeptView,
        ListCatalogueChanges, ListDivisions, ListPlaces, ListRegions, ListThemes, PlaceGroupView,
        ReadGuide, RegionView, SearchGuides, ThemeView, Topic,
    },
};

use crate::{
    catalogue::CatalogueError,
    client::Client,
    error::{Error, Result},
};

/// Whether it was refused for this reason.
fn is(outcome: &Result<()>, reason: &CatalogueError) -> bool {
    matches!(outcome, Err(Error::Refused(problem)) if problem.code == reason.problem().code)
}

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

    /// Keeps the guides of another region as well, and fetches them.
    ///
    /// # Errors
    /// Where the code is none of a county or a larger region, or the update fails; the choice
    /// stays then, and the next update fetches them.
    pub async fn keep_region(&self, request: KeepRegion) -> Result<()> {
        if request.division.level() > DivisionLevel::County {
            return Err(Error::refused(
                "catalogue.not-a-region",
                "请选到省、市或区县一级。",
                "乡镇和村的指南在所属区县的指南里，请选择所属区县。",
            ));
        }
        let KeepRegion { division } = request;
        self.change_device(|device| {
            if !device.kept.contains(&division) {
                device.kept.push(division.clone());
            }
        })?;
        self.tell(Topic::Catalogue);
        let outcome = self.update().await;
        if is(&outcome, &CatalogueError::RegionNotPublished) {
            // It will never come; what is kept already must go on being brought up to date.
            self.change_device(|device| device.kept.retain(|kept| *kept != division))?;
        }
        if outcome.is_ok() && !self.device().kept.contains(&division) {
            // It was called off meanwhile.
            return Err(CatalogueError::Stopped.into());
        }
        outcome
    }

    /// Removes the guides of a region that is kept besides one's own county, or calls them off
    /// where they have yet to come. Takes no network, and waits for none: an update that runs
    /// goes on afterwards, without that region.
    ///
    /// # Errors
    /// Where it cannot be removed from disk.
    pub async fn drop_region(&self, request: DropRegion) -> Result<()> {
        let _one_at_a_time = self.updating().take_first().await;
        self.change_device(|device| device.kept.retain(|kept| *kept != request.division))?;
        self.catalogue().keep_only(self.regions()).await?;
        self.tell(Topic::Catalogue);
        Ok(())
    }

    /// The regions whose guides could be kept below one, with their sizes.
    ///
    /// # Errors
    /// Where the platform cannot be asked.
    pub async fn list_regions(&self, request: ListRegions) -> Result<Vec<RegionView>> {
        let published = async {
            let info = self.platform_info().await?;
            let source = self.source(&info, &|_| {});
            Ok(self.catalogue().published(source, request.parent.as_ref()).await?)
        };
        let outcome = published.await;
        self.note_network(&outcome);
        if outcome.as_ref().is_err_and(|error| error.network().is_some()) {
            // Who asked is told once it can.
            self.look_again_soon();
        }
        outcome
    }

    pub(crate) fn catalogue_view(&self) -> CatalogueView {
        let summary = self.catalogue().summary();
        let named = |division: &DivisionCode| KeptView {
            division: division.clone(),
            name: self.catalogue().region_name(division).unwrap_or_else(|| division.to_string()),
        };
        let is_away = |division: &&DivisionCode| {
            !summary.kept.iter().any(|kept| kept.division.contains(division))
        };
        let mut view = {
            let shared = self.shared();
            CatalogueView {
                county: shared.device.county.clone(),
                county_name: String::new(),
                awaited: shared.device.kept.iter().filter(is_away).map(named).collect(),
                kept: summary.kept.clone(),
                bytes: summary.bytes,
                guides: summary.guides,
                version: summary.version,
                published_at: summary.published_at,
                checked_at: summary.checked_at,
                sample: summary.sample,
                progress: shared.updates.progress,
                problem: shared.updates.problem.clone().map(Box::new),
            }
        };
        if let Some(county) = view.county.as_ref().filter(|_| !view.county_is_missing()) {
            view.county_name = self.catalogue().region_name(county).unwrap_or_default();
        }
        view
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
        let home = self.home().await;
        Ok(self.catalogue().themes(home.as_ref()).await?)
    }

    /// What guides can be filtered by, with how many there are of each.
    ///
    /// # Errors
    /// Where the catalogue cannot be read.
    pub async fn browse_guides(&self, request: BrowseGuides) -> Result<BrowseView> {
        let home = self.home().await;
        Ok(self.catalogue().browse(&request.filter, home.as_ref()).await?)
    }

    /// What each version of the catalogue changed, newest first.
    ///
    /// # Errors
    /// Where the catalogue cannot be read.
    pub async fn list_catalogue_changes(
        &self,
        _request: ListCatalogueChanges,
    ) -> Result<Vec<CatalogueChangeView>> {
        Ok(self.catalogue().changes().await?)
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

    pub(crate) async fn guide(
        &self,
        item: &str,
        division: Option<&DivisionCode>,
    ) -> Result<GuideView> {
        let home = self.home().await;
        Ok(self.catalogue().guide(item, division, home.as_ref()).await?)
    }

    /// Chooses where in their county the person is.
    ///
    /// # Errors
    /// Where that is in another county, or cannot be kept.
    pub async fn choose_home(&self, request: ChooseHome) -> Result<()> {
        let ChooseHome { division } = request;
        if !self.is_in_own_county(&division) {
            return Err(Error::refused(
                "catalogue.not-in-county",
                "这个地方不在您选的区县里。",
                "请选本区县的乡镇、街道；您不住在这个区县的，请先更换区县。",
            ));
        }
        match self.vault() {
            Ok(vault) => vault.keep_home(&division).await?,
            Err(_) => self.change_device(|device| device.home = Some(division))?,
        }
        self.tell(Topic::Catalogue);
        Ok(())
    }

    /// Remembers the place whose guide this is as the person's, where they have to choose one
    /// in their county and have not yet.
    pub(crate) async fn take_for_home(&self, view: &GuideView) -> Result<()> {
        let division = &view.guide.division;
        let is_choice = view.places.iter().any(|place| place.division == *division);
        if !is_choice
            || !self.is_in_own_county(division)
            || self.home().await != self.device().county
        {
            return Ok(());
        }
        self.choose_home(ChooseHome { division: division.clone() }).await
    }

    /// Whether a division lies in the person's county, and is not all of it.
    fn is_in_own_county(&self, division: &DivisionCode) -> bool {
        self.device().county.is_some_and(|county| county.contains(division) && county != *division)
    }

    /// Every place on this device that carries an item out, the nearest first.
    ///
    /// # Errors
    /// Where no region that is kept has such an item.
    pub async fn list_places(&self, request: ListPlaces) -> Result<Vec<PlaceGroupView>> {
        let home = self.home().await;
        Ok(self.catalogue().places(&request.item, home.as_ref()).await?)
    }

    /// Where the person is: the place in the county that they chose last, or else the one that
    /// was chosen here while nobody was signed in, or else just the county.
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
        own.filter(is_here)
            .or_else(|| device.home.clone().filter(is_here))
            .or(device.county.clone())
    }
}
