//! The one service item of a simulation: a question, a file, three departments.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

/// Basic code of the item.
pub(crate) const ITEM: &str = "000131023000";
/// County of the device.
pub(crate) const COUNTY: &str = "420506";
/// The question.
pub(crate) const NOTE: &str = "/note";
/// The file.
pub(crate) const PAPER: &str = "paper";
/// Those who handle it: two beside each other, then the third.
pub(crate) const DEPARTMENTS: [&str; 3] = ["市场监管局", "城市管理局", "行政审批局"];

/// Writes the catalogue's sources: the sample item, with all that takes time cut away.
pub(crate) fn write_assets(samples: &Path, to: &Path) -> Result<()> {
    for folder in ["catalogue/items", "generated", "calendar"] {
        fs::create_dir_all(to.join(folder))?;
    }
    for file in ["catalogue/catalogue.json", "calendar/2025.json", "calendar/2026.json"] {
        fs::copy(samples.join(file), to.join(file)).with_context(|| file.to_owned())?;
    }
    let file = format!("catalogue/items/{ITEM}.json");
    let mut source: Value = serde_json::from_slice(&fs::read(samples.join(&file))?)?;
    let form = json!({
        "version": "1",
        "schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": { "note": { "type": "string", "title": "说明", "maxLength": 40 } },
            "required": ["note"],
        },
        "ui_schema": {
            "type": "VerticalLayout",
            "elements": [{ "type": "Control", "scope": "#/properties/note" }],
        },
    });
    let material = json!({
        "id": PAPER, "name": "附件", "kind": "其他", "necessity": "2", "source": "10",
        "originals": 0, "copies": 1, "paper": false, "electronic": true,
        "notes": "有就交。", "standard": "看得清。",
    });
    let flow = json!({
        "acceptance_days": 1,
        "stages": [
            { "steps": [
                { "department": DEPARTMENTS[0], "name": "审查", "days": 2 },
                { "department": DEPARTMENTS[1], "name": "核对", "days": 2 },
            ] },
            { "steps": [{ "department": DEPARTMENTS[2], "name": "决定", "days": 1 }] },
        ],
    });
    for (pointer, value) in [
        ("/form", form),
        ("/flow", flow),
        ("/item/materials", json!([material])),
        ("/item/situations", json!([])),
    ] {
        *source.pointer_mut(pointer).with_context(|| pointer.to_owned())? = value;
    }
    fs::write(to.join(&file), source.to_string())?;
    let divisions = [("42", "湖北省"), ("4205", "宜昌市"), (COUNTY, "夷陵区")];
    let lines = divisions.map(|(code, name)| json!({ "code": code, "name": name }).to_string());
    fs::write(to.join("generated/divisions.jsonl"), lines.join("\n") + "\n")?;
    Ok(())
}

/// A PDF unlike every other one, of about so many bytes.
pub(crate) fn paper(number: u64, bytes: usize) -> Vec<u8> {
    let mut paper = format!("%PDF-1.4\n% {number}\n").into_bytes();
    paper.resize(bytes.max(paper.len()), b' ');
    paper.extend_from_slice(b"\n%%EOF\n");
    paper
}
