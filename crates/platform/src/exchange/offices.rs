//! Which office handles an item in a division: the one of the level that carries the
//! item out, whatever finer division the person chose.

use tongban_contract::numbers::{DivisionCode, OrgCode};

use crate::catalogue::{Catalogue, division_of};

/// An office as a case names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseOffice {
    /// Division it serves.
    pub division: DivisionCode,
    /// Department.
    pub department: String,
    /// Its organisation code.
    pub code: String,
    /// Working days within which it promises a decision, where it says so itself.
    pub promised_days: Option<u32>,
}

/// The office that handles `item` for `division`; none where nobody does.
pub fn of(catalogue: &Catalogue, item: &str, division: &DivisionCode) -> Option<CaseOffice> {
    let places = &catalogue.items.get(item)?.places;
    let division = division_of(&catalogue.divisions, places.level, division)?;
    let name = catalogue.divisions.get(&division)?;
    if let Some(place) = catalogue.own_places.find(item, &division) {
        let office = &place.office;
        let department = office.department.clone();
        // Licences are issued under it.
        let known: Option<OrgCode> = office.organisation_code.parse().ok();
        let code = known.map_or_else(
            || organisation_code(&division, &department),
            |known| known.as_str().to_owned(),
        );
        let days = place.patch.get("promised_days").and_then(serde_json::Value::as_u64);
        let promised_days = days.and_then(|days| u32::try_from(days).ok());
        return Some(CaseOffice { division, department, code, promised_days });
    }
    let department = places.department.replace("{name}", name);
    let code = organisation_code(&division, &department);
    Some(CaseOffice { division, department, code, promised_days: None })
}

/// The organisation code (GB 32100) under which an office of the sample issues licences:
/// a state organ of its county, with a body made from its name and a right check character.
pub fn organisation_code(division: &DivisionCode, department: &str) -> String {
    use sha2::{Digest as _, Sha256};
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let digits: String = division.as_str().chars().chain("000000".chars()).take(6).collect();
    let mut code = format!("11{digits}");
    for byte in Sha256::digest(format!("{division}{department}").as_bytes()).iter().take(9) {
        code.push(char::from(b'0' + byte % 10));
    }
    let mut weight = 1;
    let mut sum = 0;
    for digit in code.chars().filter_map(|c| c.to_digit(10)) {
        sum += digit * weight;
        weight = weight * 3 % 31;
    }
    let check = ALPHABET.get(((31 - sum % 31) % 31) as usize).copied().unwrap_or(b'0');
    code.push(char::from(check));
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_an_office_checks_itself() {
        for (division, department) in
            [("420506", "夷陵区市场监督管理局"), ("420106", "武昌区财政局"), ("42", "省公安厅")]
        {
            let code: OrgCode =
                organisation_code(&division.parse().unwrap(), department).parse().unwrap();
            assert!(code.check_is_right(), "{code:?}");
        }
    }
}
