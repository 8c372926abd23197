//! Guides that the person follows: what of them changed since they saw it, and telling of it.
//!
//! What somebody follows says something of them, so it is kept in their vault and nowhere else.
//! What changed is found by comparing what they saw with what is on the device; nothing of it
//! is kept.

use sha2::{Digest as _, Sha256};
use tongban_contract::{
    difference::{GuideDifference, GuideField, Said, differences},
    guide::Guide,
    identifiers::Digest,
    numbers::DivisionCode,
    page::{
        FollowGuide, FollowedGuide, FollowedStanding, FollowedView, ListFollowed, SeeFollowed,
        Topic, UnfollowGuide,
    },
};

use crate::{
    catalogue::CatalogueError,
    client::Client,
    error::{Error, Result},
    vault::Followed,
};

/// What is kept as told of a guide that is not published any more.
const GONE: &str = "gone";

impl Client {
    /// Follows a guide, as it is now.
    ///
    /// # Errors
    /// Where nobody is signed in, there is no such guide, or the vault fails.
    pub async fn follow_guide(&self, request: FollowGuide) -> Result<()> {
        let vault = self.vault()?;
        let view = self.guide(&request.item, request.division.as_ref()).await?;
        vault.follow(&view.guide, self.surroundings().now()).await?;
        self.tell(Topic::Followed);
        Ok(())
    }

    /// Follows a guide no more. One that is not followed is fine.
    ///
    /// # Errors
    /// Where nobody is signed in, or the vault fails.
    pub async fn unfollow_guide(&self, request: UnfollowGuide) -> Result<()> {
        self.vault()?.unfollow(&request.item).await?;
        self.tell(Topic::Followed);
        Ok(())
    }

    /// Every guide that is followed, with what became of it.
    ///
    /// # Errors
    /// Where nobody is signed in, or the vault or the catalogue cannot be read.
    pub async fn list_followed(&self, _request: ListFollowed) -> Result<FollowedView> {
        let mut guides = Vec::new();
        for followed in self.vault()?.followed().await? {
            guides.push(self.followed_view(followed).await?);
        }
        guides.sort_by_key(|guide| match guide.standing {
            FollowedStanding::Changed { .. } | FollowedStanding::Gone => 0,
            FollowedStanding::Same | FollowedStanding::NotKept => 1,
        });
        Ok(FollowedView { guides })
    }

    /// The person has seen a guide that they follow as it is now; one that has changed again
    /// since the page was drawn, or is not there any more, stays to be seen.
    ///
    /// # Errors
    /// Where nobody is signed in, or the vault or the catalogue cannot be read.
    pub async fn see_followed(&self, request: SeeFollowed) -> Result<()> {
        let vault = self.vault()?;
        let followed = vault.followed().await?;
        let followed = followed.into_iter().find(|one| one.guide.item.code == request.item);
        if let Some(followed) = followed
            && let Now::Is(guide) = self.now(&followed.guide).await?
            && state(&guide)? == request.now
        {
            vault.follow(&guide, self.surroundings().now()).await?;
        }
        self.tell(Topic::Followed);
        Ok(())
    }

    /// Tells, once for each state, of the guides that changed. Where nobody is there, it is
    /// told after the next look at the catalogue.
    pub(crate) async fn tell_of_followed(&self) -> Result<()> {
        let Ok(vault) = self.vault() else { return Ok(()) };
        let (mut names, mut told_of) = (Vec::new(), Vec::new());
        for followed in vault.followed().await? {
            let told = followed.told.clone();
            let view = self.followed_view(followed).await?;
            let state = match &view.standing {
                FollowedStanding::Changed { now, .. } => now.as_str(),
                FollowedStanding::Gone => GONE,
                FollowedStanding::Same | FollowedStanding::NotKept => continue,
            };
            if told != state {
                told_of.push((view.item.clone(), state.to_owned()));
                names.push(view.name);
            }
        }
        let Some(first) = names.first() else { return Ok(()) };
        let body = match names.len() {
            1 => format!("《{first}》的办事指南有变化，请查看后再办理。"),
            several => format!("《{first}》等 {several} 份办事指南有变化，请查看后再办理。"),
        };
        self.tell_news(None, "您关注的指南有变化".to_owned(), body);
        for (item, state) in told_of {
            vault.keep_told(&item, &state).await?;
        }
        self.tell(Topic::Followed);
        Ok(())
    }

    async fn followed_view(&self, followed: Followed) -> Result<FollowedGuide> {
        let Followed { guide, followed_at, seen_at, told: _ } = followed;
        let (mut standing, at) = match self.now(&guide).await? {
            Now::Is(now) => (standing(&guide, &now)?, now.division),
            Now::Gone => (FollowedStanding::Gone, guide.division.clone()),
            Now::NotKept => (FollowedStanding::NotKept, guide.division.clone()),
        };
        if let FollowedStanding::Changed { differences, .. } = &mut standing {
            self.name_divisions(differences).await?;
        }
        let division_name = self.name_or_code(&guide.division).await?;
        Ok(FollowedGuide {
            item: guide.item.code,
            name: guide.item.name,
            division: guide.division,
            division_name,
            at,
            followed_at,
            seen_at,
            standing,
        })
    }

    /// Says divisions by their names, where a difference has their codes.
    async fn name_divisions(&self, differences: &mut [GuideDifference]) -> Result<()> {
        for one in differences {
            if one.field != GuideField::Division {
                continue;
            }
            for said in [&mut one.before, &mut one.after] {
                if let Some(Said::Text(code)) = said
                    && let Ok(division) = code.parse()
                {
                    *code = self.name_or_code(&division).await?;
                }
            }
        }
        Ok(())
    }

    async fn name_or_code(&self, division: &DivisionCode) -> Result<String> {
        match self.division_name(division).await {
            Ok(name) => Ok(name),
            // It was left out of the divisions, or no catalogue is installed.
            Err(Error::Catalogue(_)) => Ok(division.to_string()),
            Err(error) => Err(error),
        }
    }

    /// The guide as it is now, where the person follows it.
    async fn now(&self, seen: &Guide) -> Result<Now> {
        let there = &seen.division;
        let kept = self.catalogue().summary().kept;
        if !kept.iter().any(|kept| touch(&kept.division, there)) {
            return Ok(Now::NotKept);
        }
        match self.catalogue().guide(&seen.item.code, None, Some(there)).await {
            Ok(view) if touch(&view.guide.division, there) => Ok(Now::Is(Box::new(view.guide))),
            // Somewhere else, it is still carried out.
            Ok(_) | Err(CatalogueError::UnknownItem) => Ok(Now::Gone),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a guide has come to.
enum Now {
    Is(Box<Guide>),
    Gone,
    NotKept,
}

fn standing(seen: &Guide, now: &Guide) -> Result<FollowedStanding> {
    let differences = differences(seen, now);
    Ok(if differences.is_empty() {
        FollowedStanding::Same
    } else {
        FollowedStanding::Changed { differences, now: state(now)? }
    })
}

/// Names what a guide says.
fn state(guide: &Guide) -> Result<Digest> {
    let said = serde_json::to_vec(guide).map_err(|_| CatalogueError::Damaged)?;
    Ok(Digest::from_bytes(&Sha256::digest(said).into()))
}

/// Whether one of them lies in the other.
fn touch(one: &DivisionCode, other: &DivisionCode) -> bool {
    one.contains(other) || other.contains(one)
}
