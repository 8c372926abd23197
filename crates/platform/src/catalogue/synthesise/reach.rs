//! Where items are carried out: how many places each has, so that all together are as many as
//! were asked for, and which divisions those are.

use std::collections::{BTreeMap, BTreeSet};

use tongban_contract::{
    numbers::{DivisionCode, DivisionLevel},
    vocabulary::Level,
};

use super::chance::Chance;
use crate::catalogue::{division_of, places, sources::PlaceLevel};

/// An item has no more places than this.
const MOST: usize = 130;
/// So many places has an item of few on average, and one of many: which of the two comes next
/// follows from how many places are left.
const FEW: usize = 8;
const MANY: usize = 75;

/// Level of the offices that carry an item out at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    Province,
    City,
    County,
    Township,
}

impl Tier {
    /// As a guide says it.
    pub(super) fn level(self) -> Level {
        match self {
            Self::Province => Level::Province,
            Self::City => Level::City,
            Self::County => Level::County,
            Self::Township => Level::Township,
        }
    }
}

/// A division where an item is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    pub(super) division: DivisionCode,
    pub(super) tier: Tier,
}

/// The divisions that have offices.
pub(super) struct Land {
    province: Vec<DivisionCode>,
    /// Also counties that answer to the province and do themselves what cities do.
    cities: Vec<DivisionCode>,
    counties: Vec<DivisionCode>,
    /// Of each county that has any.
    townships: Vec<Vec<DivisionCode>>,
}

impl Land {
    pub(super) fn new(divisions: &BTreeMap<DivisionCode, String>) -> Self {
        let of = |level| divisions.keys().filter(move |code| code.level() == level).cloned();
        let counties: Vec<DivisionCode> = of(DivisionLevel::County).collect();
        let city = |county| division_of(divisions, PlaceLevel::City, county);
        let cities: BTreeSet<DivisionCode> = counties.iter().filter_map(city).collect();
        let townships =
            |county| places::below(divisions, county, DivisionLevel::Township).collect();
        let townships: Vec<Vec<DivisionCode>> = counties.iter().map(townships).collect();
        Self {
            province: of(DivisionLevel::Province).take(1).collect(),
            cities: cities.into_iter().collect(),
            townships: townships.into_iter().filter(|some| !some.is_empty()).collect(),
            counties,
        }
    }

    /// The first of the cities, for the province's own offices.
    pub(super) fn capital(&self) -> Option<&DivisionCode> {
        self.cities.first()
    }

    /// The province, where there is one.
    pub(super) fn province(&self) -> Option<&DivisionCode> {
        self.province.first()
    }

    /// How many places an item can have.
    pub(super) fn most(&self) -> usize {
        let all: BTreeSet<&DivisionCode> = self.all().map(|(_, code)| code).collect();
        all.len().min(MOST)
    }

    fn all(&self) -> impl Iterator<Item = (Tier, &DivisionCode)> {
        let counties = self.counties.iter().map(|code| (Tier::County, code));
        let cities = self.cities.iter().map(|code| (Tier::City, code));
        let townships = self.townships.iter().flatten().map(|code| (Tier::Township, code));
        let province = self.province.iter().map(|code| (Tier::Province, code));
        counties.chain(cities).chain(townships).chain(province)
    }

    /// Where an item is carried out that offices of `tiers` carry out, in the order of the
    /// divisions: no more and no fewer than `left` allows, which is less by them afterwards.
    pub(super) fn sites(&self, tiers: &[Tier], left: &mut Left, chance: &mut Chance) -> Vec<Site> {
        let (low, high) = left.bounds(self.most());
        let many = if left.wants_many(chance) { Shape::of_many(tiers) } else { Vec::new() };
        let shapes = if many.is_empty() { Shape::of_few(tiers) } else { many };
        let shape = shapes.get(chance.below(shapes.len())).copied().unwrap_or(Shape::OneCounty);
        let mut chosen = self.of_shape(shape, chance);
        if chosen.len() > high {
            chance.shuffle(&mut chosen);
            chosen.truncate(high);
        }
        let mut sites: BTreeMap<&DivisionCode, Tier> = BTreeMap::new();
        for (tier, code) in chosen {
            sites.entry(code).or_insert(tier);
        }
        let fitting = self.all().filter(|(tier, _)| tiers.contains(tier));
        for (tier, code) in fitting.chain(self.all()) {
            if sites.len() >= low {
                break;
            }
            sites.entry(code).or_insert(tier);
        }
        left.take(sites.len());
        let site = |(code, tier): (&DivisionCode, Tier)| Site { division: code.clone(), tier };
        sites.into_iter().map(site).collect()
    }

    fn of_shape(&self, shape: Shape, chance: &mut Chance) -> Vec<(Tier, &DivisionCode)> {
        let (cities, counties) =
            (as_tier(Tier::City, &self.cities), as_tier(Tier::County, &self.counties));
        match shape {
            Shape::TheProvince => as_tier(Tier::Province, &self.province),
            Shape::AllCities => cities,
            Shape::SomeCities => {
                let count = chance.below(cities.len()) + 1;
                chance.some(&cities, count)
            }
            Shape::OneCity => chance.some(&cities, 1),
            Shape::OneCounty => chance.some(&counties, 1),
            Shape::SomeCounties => {
                let count = chance.below(9) + 2;
                chance.some(&counties, count)
            }
            Shape::OneCountysTownships => {
                let county = chance.below(self.townships.len());
                let all = self.townships.get(county).map_or(&[][..], Vec::as_slice);
                let count = chance.below(all.len().max(3)) + all.len() / 2 + 1;
                chance.some(&as_tier(Tier::Township, all), count)
            }
            Shape::AllCounties => counties,
            Shape::MostCounties => {
                let share = chance.between(15, 95);
                counties.into_iter().filter(|_| chance.percent(share)).collect()
            }
            Shape::CitiesAndCounties => {
                // A county that does what cities do has one place all the same.
                cities.into_iter().chain(counties).collect()
            }
            Shape::Townships => {
                let mut order: Vec<&Vec<DivisionCode>> = self.townships.iter().collect();
                chance.shuffle(&mut order);
                let enough = chance.below(MOST - 30) + 30;
                let townships = order.into_iter().flatten().map(|code| (Tier::Township, code));
                townships.take(enough).collect()
            }
        }
    }
}

fn as_tier(tier: Tier, codes: &[DivisionCode]) -> Vec<(Tier, &DivisionCode)> {
    codes.iter().map(|code| (tier, code)).collect()
}

/// Which divisions carry an item out, before it is seen how many there may be.
#[derive(Clone, Copy)]
enum Shape {
    TheProvince,
    AllCities,
    SomeCities,
    OneCity,
    OneCounty,
    SomeCounties,
    OneCountysTownships,
    AllCounties,
    MostCounties,
    CitiesAndCounties,
    Townships,
}

impl Shape {
    fn of_few(tiers: &[Tier]) -> Vec<Self> {
        let of_tier = |tier: &Tier| -> &[Self] {
            match tier {
                Tier::Province => &[Self::TheProvince, Self::TheProvince, Self::TheProvince],
                Tier::City => &[Self::AllCities, Self::AllCities, Self::SomeCities, Self::OneCity],
                Tier::County => &[Self::OneCounty, Self::SomeCounties],
                Tier::Township => &[Self::OneCountysTownships, Self::OneCountysTownships],
            }
        };
        tiers.iter().flat_map(of_tier).copied().collect()
    }

    fn of_many(tiers: &[Tier]) -> Vec<Self> {
        let of_tier = |tier: &Tier| -> &[Self] {
            match tier {
                Tier::County => &[Self::AllCounties, Self::AllCounties, Self::MostCounties],
                Tier::City if tiers.contains(&Tier::County) => &[Self::CitiesAndCounties],
                Tier::Township => &[Self::Townships],
                Tier::City | Tier::Province => &[],
            }
        };
        tiers.iter().flat_map(of_tier).copied().collect()
    }
}

/// What is left to be made.
pub(super) struct Left {
    pub(super) places: usize,
    pub(super) items: usize,
}

impl Left {
    /// How few and how many places the next item may have, so that the rest can have theirs.
    fn bounds(&self, most: usize) -> (usize, usize) {
        let others = self.items.saturating_sub(1);
        let low = self.places.saturating_sub(others.saturating_mul(most)).clamp(1, most.max(1));
        let high = self.places.saturating_sub(others).clamp(low, most.max(low));
        (low, high)
    }

    fn wants_many(&self, chance: &mut Chance) -> bool {
        let each = self.places / self.items.max(1);
        let of_hundred = each.saturating_sub(FEW) * 100 / (MANY - FEW);
        chance.below(100) < of_hundred
    }

    fn take(&mut self, places: usize) {
        self.places = self.places.saturating_sub(places);
        self.items = self.items.saturating_sub(1);
    }
}
