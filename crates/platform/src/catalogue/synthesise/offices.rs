//! The office of a department in a division: name, address, hours and telephones. An office is
//! the same for every item. None of it is real: no subscriber's number begins with a zero.

use std::collections::{BTreeMap, HashMap};

use tongban_contract::{
    guide::Office,
    numbers::{DivisionCode, DivisionLevel},
};

use super::{
    chance::Chance,
    departments::Department,
    reach::{Land, Site, Tier},
};
use crate::{catalogue::places::is_region, exchange::offices::organisation_code};

const HOTLINE: &str = "12345";
const STREETS: [&str; 32] = [
    "建设路",
    "人民大道",
    "解放路",
    "发展大道",
    "文化路",
    "迎宾大道",
    "沿江大道",
    "中山路",
    "新华街",
    "团结路",
    "和平大道",
    "朝阳路",
    "长宁大道",
    "滨河路",
    "育才路",
    "工农路",
    "胜利街",
    "光明路",
    "振兴大道",
    "学府路",
    "金桥路",
    "凤凰大道",
    "青年路",
    "向阳街",
    "东湖路",
    "站前路",
    "民主街",
    "城南大道",
    "府前街",
    "桃园路",
    "丰收路",
    "永安街",
];
const TOWNSHIP_STREETS: [&str; 12] = [
    "兴镇街",
    "集镇中心街",
    "为民路",
    "镇兴大道",
    "农贸街",
    "广场路",
    "便民路",
    "惠民街",
    "桥头街",
    "新街",
    "幸福路",
    "老街",
];
const FLOORS: [&str; 5] = ["一楼", "二楼", "三楼", "一楼东厅", "二楼西厅"];
const HOURS: [&str; 9] = [
    "周一至周五 9:00—12:00、13:00—17:00，法定节假日除外",
    "周一至周五 8:30—12:00、14:00—17:30，法定节假日除外",
    "周一至周五 9:00—17:00，中午不休息，法定节假日除外",
    "周一至周五 8:30—11:50、14:30—17:30（冬季 14:00—17:00），法定节假日除外",
    "周一至周五 9:00—12:00、13:30—17:00；周六 9:00—12:00 可预约，法定节假日除外",
    "周一至周五 8:00—12:00、14:30—18:00，每月最后一个周五下午学习、不对外",
    "周一至周六 9:00—12:00、13:00—17:00，法定节假日除外",
    "周一至周五 9:00—12:00、13:00—17:00；周三延时到 19:00，法定节假日除外",
    "周一至周五 8:30—17:30，午间有人值班，法定节假日除外",
];
/// Every so often a department has a house of its own.
const OWN_HOUSE: u32 = 15;

/// The offices, each made once.
pub(super) struct Offices<'a> {
    divisions: &'a BTreeMap<DivisionCode, String>,
    capital: String,
    seed: u64,
    made: HashMap<(DivisionCode, &'static str), Office>,
}

impl<'a> Offices<'a> {
    pub(super) fn new(
        divisions: &'a BTreeMap<DivisionCode, String>,
        land: &Land,
        seed: u64,
    ) -> Self {
        let capital = land.capital().and_then(|code| divisions.get(code)).cloned();
        Self { divisions, capital: capital.unwrap_or_default(), seed, made: HashMap::new() }
    }

    /// Name of a division.
    pub(super) fn name(&self, division: &DivisionCode) -> &'a str {
        self.divisions.get(division).map_or("", String::as_str)
    }

    /// The office of `department` at a site.
    pub(super) fn at(&mut self, site: &Site, department: &'static Department) -> Office {
        let key = (site.division.clone(), department.number);
        if let Some(office) = self.made.get(&key) {
            return office.clone();
        }
        let office = self.make(site, department);
        self.made.insert(key, office.clone());
        office
    }

    fn make(&self, site: &Site, department: &Department) -> Office {
        let division = &site.division;
        let name = department.name(site.tier, self.name(division));
        let mut hall = Chance::new(self.seed, &format!("hall {division}"));
        let own = format!("office {division} {}", department.number);
        let mut own = Chance::new(self.seed, &own);
        let hours = if own.percent(25) { own.pick(&HOURS) } else { hall.pick(&HOURS) };
        let area = area(division);
        let (number, step) = (own.between(100_000, 899_999), own.between(1, 99));
        let complaint =
            if own.percent(30) { HOTLINE.to_owned() } else { format!("{area}-0{}", number + step) };
        Office {
            organisation_code: organisation_code(division, &name),
            address: self.address(site, department, &name, &mut hall, &mut own),
            hours: hours.to_owned(),
            phone: format!("{area}-0{number}"),
            complaint_phone: complaint,
            department: name,
        }
    }

    fn address(
        &self,
        site: &Site,
        department: &Department,
        name: &str,
        hall: &mut Chance,
        own: &mut Chance,
    ) -> String {
        let town = self.town(&site.division);
        let place = self.name(&site.division);
        if site.tier == Tier::Township {
            let (street, number) = (hall.pick(&TOWNSHIP_STREETS), hall.between(1, 168));
            let desk = own.between(1, 12);
            return format!(
                "{town}{street} {number} 号便民服务中心 {desk} 号窗口（{}）",
                department.window
            );
        }
        if own.percent(OWN_HOUSE) {
            let (street, number) = (own.pick(&STREETS), own.between(1, 388));
            let (floor, room) = (own.pick(&FLOORS), own.between(1, 28));
            return format!("{town}{street} {number} 号{name}{floor} {room:02} 室");
        }
        let (street, number) = (hall.pick(&STREETS), hall.between(1, 588));
        let (floor, row) = (own.pick(&FLOORS), own.pick(&["A", "B", "C", "D", "E"]));
        let desk = own.between(1, 40);
        format!(
            "{town}{street} {number} 号{place}政务服务中心{floor}{}（{row}{desk:02} 号）",
            department.window
        )
    }

    /// The names from the city down to a division; the capital for the province itself.
    fn town(&self, division: &DivisionCode) -> String {
        if division.level() == DivisionLevel::Province {
            return self.capital.clone();
        }
        let mut names = vec![self.name(division)];
        let mut above = division.parent();
        while let Some(code) = above {
            let name = self.name(&code);
            // The province goes without saying.
            if code.level() != DivisionLevel::Province && is_region(name) {
                names.push(name);
            }
            above = code.parent();
        }
        names.reverse();
        names.concat()
    }
}

/// The area code of a division's city.
fn area(division: &DivisionCode) -> String {
    let city: String = division.as_str().chars().skip(2).take(2).collect();
    format!("07{city:0>2}")
}
