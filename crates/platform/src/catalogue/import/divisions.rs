//! Which division a row means: by its code, or by a name that only one has.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, HashMap},
};

use tongban_contract::numbers::DivisionCode;

/// The divisions of the province.
pub(super) struct Divisions {
    names: BTreeMap<DivisionCode, String>,
    /// Codes by the names alone, and by those with the names of divisions above before them;
    /// none where several have one. Made when a row needs it.
    codes: OnceCell<HashMap<String, Option<DivisionCode>>>,
}

impl Divisions {
    pub(super) fn new(names: BTreeMap<DivisionCode, String>) -> Self {
        Self { names, codes: OnceCell::new() }
    }

    /// The division that is meant, or why there is none.
    pub(super) fn find(&self, text: &str) -> Result<DivisionCode, String> {
        if let Ok(code) = text.parse::<DivisionCode>() {
            let known = self.names.contains_key(&code);
            return known
                .then(|| code.clone())
                .ok_or_else(|| format!("区划 {code} 不在本省的区划表里"));
        }
        match self.codes.get_or_init(|| self.by_name()).get(text) {
            Some(Some(code)) => Ok(code.clone()),
            Some(None) => Err(format!("叫“{text}”的行政区划不止一个，请写区划代码")),
            None => Err(format!("行政区划“{text}”不是区划代码，区划表里也没有这个名称")),
        }
    }

    fn by_name(&self) -> HashMap<String, Option<DivisionCode>> {
        let mut codes = HashMap::new();
        for (code, name) in &self.names {
            let mut name = name.clone();
            let mut above = code.parent();
            loop {
                codes
                    .entry(name.clone())
                    .and_modify(|known: &mut Option<DivisionCode>| {
                        if known.as_ref() != Some(code) {
                            *known = None;
                        }
                    })
                    .or_insert_with(|| Some(code.clone()));
                let Some(parent) = above else { break };
                if let Some(of_parent) = self.names.get(&parent) {
                    name.insert_str(0, of_parent);
                }
                above = parent.parent();
            }
        }
        codes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_is_found_by_its_code_or_by_a_name_that_no_other_has() {
        let names = [
            ("42", "湖北省"),
            ("4201", "武汉市"),
            ("420106", "武昌区"),
            ("420106001", "中心街道"),
            ("4205", "宜昌市"),
            ("420506", "夷陵区"),
            ("420506001", "中心街道"),
        ];
        let names = names.map(|(code, name)| (code.parse().unwrap(), name.to_owned()));
        let divisions = Divisions::new(names.into());
        for (text, code) in [
            ("420506000000", "420506"),
            ("夷陵区", "420506"),
            ("宜昌市夷陵区", "420506"),
            ("湖北省宜昌市夷陵区", "420506"),
            ("武昌区中心街道", "420106001"),
        ] {
            assert_eq!(divisions.find(text).unwrap().as_str(), code, "{text}");
        }
        for (text, why) in [("中心街道", "不止一个"), ("天河区", "没有"), ("5101", "不在")]
        {
            assert!(divisions.find(text).unwrap_err().contains(why), "{text}");
        }
    }
}
