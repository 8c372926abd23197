//! Which office carries an item out where. The offices of the sample are made from the
//! divisions' names, and say that they are examples.

use std::collections::BTreeMap;

use serde_json::Value;
use tongban_contract::{
    guide::{Item, Office, Place},
    numbers::{DivisionCode, DivisionLevel},
};

use super::sources::{PlaceLevel, PlaceRule, Source};
use crate::exchange::offices::organisation_code;

/// The province's telephone line for questions and complaints alike.
const HOTLINE: &str = "12345";
const HOURS: &str = "周一至周五 9:00—12:00、13:00—17:00，法定节假日除外";

/// Divisions that stand for no city: their counties answer to the province and do
/// themselves what cities do elsewhere.
const WITHOUT_CITY: &str = "直辖";

/// The division whose office serves `division` where offices are at `level`; none where
/// `division` is coarser than that.
pub fn division_of(
    divisions: &BTreeMap<DivisionCode, String>,
    level: PlaceLevel,
    division: &DivisionCode,
) -> Option<DivisionCode> {
    let level = match level {
        PlaceLevel::Province => DivisionLevel::Province,
        PlaceLevel::City => DivisionLevel::City,
        PlaceLevel::County => DivisionLevel::County,
        PlaceLevel::Township => DivisionLevel::Township,
    };
    let mut found = division.clone();
    let mut below = None;
    while found.level() != level {
        let parent = found.parent()?;
        below = Some(std::mem::replace(&mut found, parent));
    }
    let is_a_city = divisions.get(&found).is_none_or(|name| is_region(name));
    if is_a_city { Some(found) } else { below }
}

/// Whether a division of this name is one that people live in and offices serve.
pub(super) fn is_region(name: &str) -> bool {
    !name.contains(WITHOUT_CITY)
}

/// The places that serve `county`: of each item one, or one for each township.
pub(super) fn of_county<'a>(
    items: &'a BTreeMap<String, Source>,
    divisions: &'a BTreeMap<DivisionCode, String>,
    county: &'a DivisionCode,
) -> impl Iterator<Item = Place> + 'a {
    items.values().flat_map(move |source| {
        let rule = &source.places;
        let served: Vec<DivisionCode> = match rule.level {
            PlaceLevel::Township => below(divisions, county, DivisionLevel::Township).collect(),
            level => division_of(divisions, level, county).into_iter().collect(),
        };
        served.into_iter().filter_map(|division| {
            let name = divisions.get(&division)?;
            Some(place(&source.item, rule, &division, name))
        })
    })
}

/// Divisions of `level` within `above`.
pub(super) fn below<'a>(
    divisions: &'a BTreeMap<DivisionCode, String>,
    above: &'a DivisionCode,
    level: DivisionLevel,
) -> impl Iterator<Item = DivisionCode> + 'a {
    let within = divisions.range(above.clone()..).take_while(|(code, _)| above.contains(code));
    within.filter(move |(code, _)| code.level() == level).map(|(code, _)| code.clone())
}

fn place(item: &Item, rule: &PlaceRule, division: &DivisionCode, name: &str) -> Place {
    let department = rule.department.replace("{name}", name);
    let organisation_code = organisation_code(division, &department);
    let hall = match rule.level {
        PlaceLevel::Township => "便民服务中心",
        _ => "政务服务中心",
    };
    Place {
        code: implementation_code(&organisation_code, item),
        item: item.code.clone(),
        division: division.clone(),
        office: Office {
            department,
            organisation_code,
            address: format!("{name}{hall}{}（示例地址）", rule.window),
            hours: HOURS.to_owned(),
            phone: HOTLINE.to_owned(),
            complaint_phone: HOTLINE.to_owned(),
        },
        patch: Value::Null,
    }
}

/// The implementation code (实施编码): 18 characters of the organisation, one of the level,
/// 12 of the basic item.
fn implementation_code(organisation_code: &str, item: &Item) -> String {
    format!("{organisation_code}{}{}", item.level.code(), item.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> DivisionCode {
        text.parse().unwrap()
    }

    fn divisions() -> BTreeMap<DivisionCode, String> {
        [
            ("42", "湖北省"),
            ("4205", "宜昌市"),
            ("420506", "夷陵区"),
            ("420506001", "小溪塔街道"),
            ("420506100", "樟村坪镇"),
            ("4290", "省直辖县级行政区划"),
            ("429006", "天门市"),
        ]
        .into_iter()
        .map(|(c, name)| (code(c), name.to_owned()))
        .collect()
    }

    #[test]
    fn the_office_of_the_right_level_serves_a_village() {
        let village = code("420506100200");
        for (level, office) in [
            (PlaceLevel::Township, "420506100"),
            (PlaceLevel::County, "420506"),
            (PlaceLevel::City, "4205"),
            (PlaceLevel::Province, "42"),
        ] {
            assert_eq!(division_of(&divisions(), level, &village), Some(code(office)));
        }
    }

    #[test]
    fn a_county_without_a_city_does_the_work_of_one() {
        let found = division_of(&divisions(), PlaceLevel::City, &code("429006"));
        assert_eq!(found, Some(code("429006")));
    }

    #[test]
    fn a_township_is_served_by_its_own_office() {
        let township = code("420506001");
        let found = division_of(&divisions(), PlaceLevel::Township, &township);
        assert_eq!(found, Some(township));
    }

    #[test]
    fn a_county_is_no_township() {
        assert_eq!(division_of(&divisions(), PlaceLevel::Township, &code("420506")), None);
    }

    #[test]
    fn only_what_lies_in_a_county_is_below_it() {
        let (divisions, county) = (divisions(), code("420506"));
        let townships: Vec<_> = below(&divisions, &county, DivisionLevel::Township).collect();
        assert_eq!(townships, [code("420506001"), code("420506100")]);
    }
}
