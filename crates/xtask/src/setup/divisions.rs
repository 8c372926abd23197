//! The divisions of the demo province, from province to village, taken from npm
//! `china-division`: a line of JSON each, sorted by code, in codes of 2, 4, 6, 9 and 12 digits.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::{project::Project, steps::Outcome};

pub(super) const ADVICE: &str = "Remove node_modules and call `cargo xtask setup` again.";

/// 湖北省
const PROVINCE: &str = "42";

const LEVELS: [(&str, usize); 5] = [
    ("provinces.json", 2),
    ("cities.json", 4),
    ("areas.json", 6),
    ("streets.json", 9),
    ("villages.json", 12),
];

#[derive(Deserialize)]
struct Package {
    version: String,
}

#[derive(Serialize, Deserialize)]
struct Division {
    code: String,
    name: String,
}

/// Writes assets/generated/divisions.jsonl, unless it was made from this version of the package.
pub(super) fn generate(project: &Project) -> Result<Outcome> {
    let package = project.file("node_modules/china-division");
    let version = read::<Package>(&package.join("package.json"))?.version;
    let origin = format!("china-division {version}, province {PROVINCE}\n");
    let folder = project.file("assets/generated");
    let (made, stamp) = (folder.join("divisions.jsonl"), folder.join(".divisions-made-from"));
    if made.is_file() && fs::read_to_string(&stamp).is_ok_and(|text| text == origin) {
        return Ok(Outcome::AlreadyThere);
    }

    let mut names = BTreeMap::new();
    for (file, digits) in LEVELS {
        take(&mut names, read(&package.join("dist").join(file))?, digits)?;
    }
    let mut text = String::new();
    for (code, name) in &names {
        text.push_str(&serde_json::to_string(&Division {
            code: code.clone(),
            name: name.clone(),
        })?);
        text.push('\n');
    }
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    fs::write(&made, text).with_context(|| format!("{} cannot be written", made.display()))?;
    fs::write(&stamp, origin)?;
    Ok(Outcome::Noted(format!("{} divisions", names.len())))
}

fn read<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T> {
    let text =
        fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not understood", file.display()))
}

/// Adds the province's part of one level, whose parents must be there already.
fn take(names: &mut BTreeMap<String, String>, level: Vec<Division>, digits: usize) -> Result<()> {
    let parent_digits = LEVELS.iter().map(|(_, d)| *d).rfind(|d| *d < digits);
    for Division { code, name } in level.into_iter().filter(|d| d.code.starts_with(PROVINCE)) {
        ensure!(
            code.len() == digits,
            "{name} has the code {code} where {digits} digits are expected"
        );
        let parent = parent_digits.and_then(|d| code.get(..d));
        ensure!(
            parent.is_none_or(|p| names.contains_key(p)),
            "{name} ({code}) lies in no known division"
        );
        names.insert(code, name);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn division(code: &str, name: &str) -> Division {
        Division { code: code.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn only_the_province_is_taken_in_order_of_codes() {
        let mut names = BTreeMap::new();
        take(&mut names, vec![division("43", "湖南省"), division("42", "湖北省")], 2).unwrap();
        take(&mut names, vec![division("4205", "宜昌市"), division("4201", "武汉市")], 4).unwrap();
        assert_eq!(names.keys().collect::<Vec<_>>(), ["42", "4201", "4205"]);
    }

    #[test]
    fn a_division_without_its_parent_is_refused() {
        let mut names = BTreeMap::from([("42".to_owned(), "湖北省".to_owned())]);
        assert!(take(&mut names, vec![division("420506", "夷陵区")], 6).is_err());
    }

    #[test]
    fn a_code_of_another_length_is_refused() {
        assert!(take(&mut BTreeMap::new(), vec![division("420000", "湖北省")], 2).is_err());
    }
}
