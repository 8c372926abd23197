//! Which of the places that carry an item out serves a person: the one rule, for lists and
//! for guides.

use tongban_contract::numbers::{DivisionCode, DivisionLevel};

/// Where a person is, or asks about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Here {
    /// The county, or the larger region that is asked about.
    pub(super) region: DivisionCode,
    /// A place within it, where it is known.
    pub(super) home: Option<DivisionCode>,
}

/// What the places come to for a person. Numbers are those of the divisions that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nearest {
    /// This one serves the region, or it is the only one in it.
    At(usize),
    /// Several in the region do, each a part of it, and this one the person's.
    Own(usize),
    /// The same, and nothing is known that says which is the person's.
    InParts,
    /// Nobody here; this is the nearest elsewhere.
    Elsewhere(usize),
}

impl Nearest {
    /// The number of the place; none where it is done in parts.
    pub(super) fn place(self) -> Option<usize> {
        match self {
            Self::At(at) | Self::Own(at) | Self::Elsewhere(at) => Some(at),
            Self::InParts => None,
        }
    }
}

impl Here {
    /// A division and what is around it: a county, or a larger region, as it is; of anything
    /// smaller its county, and the division as the place in it.
    pub(super) fn at(division: &DivisionCode) -> Self {
        match division.county() {
            Some(county) if county != *division => {
                Self { region: county, home: Some(division.clone()) }
            }
            _ => Self { region: division.clone(), home: None },
        }
    }

    /// Which of `places` serves the person; none where there are none.
    ///
    /// The region's own place carries an item out, or else those in it, or else the nearest
    /// above it. Elsewhere, one in the same city comes before others.
    pub(super) fn nearest(&self, places: &[&str]) -> Option<Nearest> {
        let region = self.region.as_str();
        let find = |division: &str| places.iter().position(|place| *place == division);
        if let Some(own) = find(region) {
            return Some(Nearest::At(own));
        }
        let within = |place: &&&str| place.starts_with(region);
        match places.iter().filter(within).count() {
            0 => {}
            1 => return places.iter().position(|p| p.starts_with(region)).map(Nearest::At),
            _ => return Some(self.own(places).map_or(Nearest::InParts, Nearest::Own)),
        }
        let longest = |serves: &dyn Fn(&str) -> bool| {
            let found = places.iter().enumerate().filter(|(_, place)| serves(place));
            found.max_by_key(|(_, place)| place.len()).map(|(at, _)| at)
        };
        if let Some(above) = longest(&|place| region.starts_with(place)) {
            return Some(Nearest::At(above));
        }
        let city = region.get(..4).unwrap_or(region);
        let near = places.iter().position(|place| place.starts_with(city));
        near.or((!places.is_empty()).then_some(0)).map(Nearest::Elsewhere)
    }

    /// Which of `places` serves `asked`; none where nobody carries it out there.
    pub(super) fn serving(&self, asked: &DivisionCode, places: &[&str]) -> Option<Nearest> {
        let named = places.iter().position(|place| *place == asked.as_str());
        let nearest = match (self.nearest(places)?, named) {
            // A place that is asked for by itself comes before one that serves it as well.
            (Nearest::At(_) | Nearest::Elsewhere(_), Some(named)) => Nearest::At(named),
            (nearest, _) => nearest,
        };
        let place = nearest.place().and_then(|at| places.get(at).copied());
        let serves = !matches!(nearest, Nearest::Elsewhere(_)) && is_for(asked, place);
        serves.then_some(nearest)
    }

    /// Where this person asks about: their region, a place in it, what their region lies in, or
    /// somewhere else.
    pub(super) fn asking_about(&self, asked: &DivisionCode) -> Self {
        match self.region.contains(asked) {
            true if *asked == self.region => self.clone(),
            true => Self { region: self.region.clone(), home: Some(asked.clone()) },
            false if asked.contains(&self.region) => {
                let home = self.home.as_ref().unwrap_or(&self.region);
                Self { region: asked.clone(), home: Some(home.clone()) }
            }
            false => Self::at(asked),
        }
    }

    /// Those of `places` among which a person chooses where several serve a part of the region
    /// each; empty where there is nothing to choose.
    pub(super) fn choices(&self, nearest: Nearest, places: &[&str]) -> Vec<usize> {
        match nearest {
            Nearest::Own(_) | Nearest::InParts => {
                let within = |(_, place): &(usize, &&str)| place.starts_with(self.region.as_str());
                places.iter().enumerate().filter(within).map(|(at, _)| at).collect()
            }
            Nearest::At(_) | Nearest::Elsewhere(_) => Vec::new(),
        }
    }

    /// The place in the region that serves the person's home.
    fn own(&self, places: &[&str]) -> Option<usize> {
        let (home, region) = (self.home.as_ref()?.as_str(), self.region.as_str());
        let serving = places.iter().enumerate();
        let serving = serving.filter(|(_, p)| home.starts_with(**p) && p.starts_with(region));
        serving.max_by_key(|(_, place)| place.len()).map(|(at, _)| at)
    }
}

/// Whether what is carried out at `place`, or in parts where there is none, is carried out for
/// `asked`, which is the region, or lies in it.
pub(super) fn is_for(asked: &DivisionCode, place: Option<&str>) -> bool {
    match place {
        // The only place of a county may be another's who lives in it.
        Some(place) => asked.as_str().starts_with(place) || place.starts_with(asked.as_str()),
        // None of the parts is this one's, or it would be named.
        None => asked.level() <= DivisionLevel::County,
    }
}

/// What the parts of a region are called together, behind its name.
pub(super) fn parts_of(region: &DivisionCode) -> &'static str {
    match region.level() {
        DivisionLevel::Province => "各市、县（市、区）",
        DivisionLevel::City => "各县（市、区）",
        _ => "各乡镇、街道",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(here: &str, places: &[&str]) -> Option<Nearest> {
        Here::at(&here.parse().unwrap()).nearest(places)
    }

    #[test]
    fn the_nearest_place_is_the_countys_then_the_only_one_in_it_then_one_above() {
        let mut places = vec!["420502"];
        assert_eq!(nearest("420506", &places), Some(Nearest::Elsewhere(0)));
        assert_eq!(nearest("420506", &[]), None);
        for (number, division) in ["42", "4205", "420506100", "420506"].into_iter().enumerate() {
            places.push(division);
            assert_eq!(nearest("420506", &places), Some(Nearest::At(number + 1)));
        }
    }

    #[test]
    fn of_several_places_in_the_county_none_is_taken_for_the_person() {
        let mut places = vec!["4205", "420506001", "420506100"];
        assert_eq!(nearest("420506", &places), Some(Nearest::InParts));
        assert_eq!(nearest("420506002", &places), Some(Nearest::InParts));
        assert_eq!(nearest("420506100", &places), Some(Nearest::Own(2)));
        assert_eq!(nearest("420506100200", &places), Some(Nearest::Own(2)));
        // The county's own office serves all of it.
        places.push("420506");
        assert_eq!(nearest("420506100", &places), Some(Nearest::At(3)));
    }

    #[test]
    fn what_is_asked_for_is_served_by_its_own_place_or_by_nobody() {
        let serving = |asked: &str, places: &[&str]| {
            let (here, asked) = (Here::at(&"420506".parse().unwrap()), asked.parse().unwrap());
            here.asking_about(&asked).serving(&asked, places)
        };
        let parts = ["420506001", "420506100"];
        assert_eq!(serving("420506100200", &parts), Some(Nearest::Own(1)));
        // Of a whole county its parts are answered, of one that has no part in it nothing.
        assert_eq!(serving("420506", &parts), Some(Nearest::InParts));
        for (asked, places) in [("420506002", &parts[..]), ("420506001", &parts[1..])] {
            assert_eq!(serving(asked, places), None, "{asked}");
        }
        assert_eq!(serving("420502", &["4205"]), Some(Nearest::At(0)));
        // The county does it for all of it; whoever asks for the township's own office gets that.
        assert_eq!(serving("420506001", &["420506", "420506001"]), Some(Nearest::At(1)));
        assert_eq!(serving("420506002", &["420506", "420506001"]), Some(Nearest::At(0)));
        assert_eq!(serving("4205", &["420502"]), Some(Nearest::At(0)));
        assert_eq!(serving("420106", &["4205"]), None);
        assert_eq!(serving("420502", &[]), None);
    }

    #[test]
    fn whoever_asks_about_their_own_county_is_where_they_live_in_it() {
        let here = Here::at(&"420506001".parse().unwrap());
        assert_eq!(here.asking_about(&"420506".parse().unwrap()), here);
        let elsewhere = here.asking_about(&"420506002".parse().unwrap());
        assert_eq!(elsewhere, Here::at(&"420506002".parse().unwrap()));
        let city = here.asking_about(&"4205".parse().unwrap());
        let places = ["420502", "420506001", "420506002"];
        assert_eq!(city.nearest(&places), Some(Nearest::Own(1)));
        let county = Here::at(&"420506".parse().unwrap());
        let city = county.asking_about(&"4205".parse().unwrap());
        assert_eq!(city.nearest(&["420502", "420506"]), Some(Nearest::Own(1)));
    }

    #[test]
    fn elsewhere_the_same_city_comes_first() {
        assert_eq!(nearest("420506", &["420102", "420502"]), Some(Nearest::Elsewhere(1)));
        assert_eq!(nearest("420506", &["420102", "4201"]), Some(Nearest::Elsewhere(0)));
    }

    #[test]
    fn a_city_and_a_province_are_asked_about_like_a_county() {
        let places = ["4205", "420502", "420506"];
        assert_eq!(nearest("4205", &places), Some(Nearest::At(0)));
        assert_eq!(nearest("42", &places), Some(Nearest::InParts));
        assert_eq!(nearest("42", &places[..1]), Some(Nearest::At(0)));
    }
}
