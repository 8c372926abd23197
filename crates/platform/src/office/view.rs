//! What of a case a department is shown: the answers by their labels, what was handed
//! in, the warnings, and what may be done now.

use jiff::{Timestamp, tz};
use serde::Serialize;
use serde_json::Value;
use tongban_contract::{
    case::Case,
    form::{Control, Input, Node},
    numbers::DivisionCode,
    operation::Enclosure,
};
use tongban_forms::CompiledForm;

use super::{actions, session::Staff};
use crate::{
    Error, Platform, Result,
    cases::{deadline, record::CaseRecord, store, words},
    exchange::kept_forms,
    licences,
};

/// Most cases of a list.
const MOST_CASES: u32 = 500;

/// One row of the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CaseRow {
    /// The case.
    pub(super) id: String,
    /// Acceptance number.
    pub(super) number: String,
    /// Name of the item.
    pub(super) item_name: String,
    /// Office that is responsible.
    pub(super) office: String,
    /// State, as its Chinese term.
    pub(super) state: String,
    /// Whether it has ended.
    pub(super) ended: bool,
    /// Day on which the promised limit ends; empty while the clock stands still.
    pub(super) due: String,
    /// The department's own steps, each with its state and due day.
    pub(super) steps: Vec<String>,
    /// Whether the department can act now.
    pub(super) waits_for_us: bool,
    /// When it was received, by China's clock.
    pub(super) received_at: String,
    /// Warnings for this department.
    pub(super) warnings: Vec<WarningView>,
}

/// A limit that came near or was missed.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct WarningView {
    /// `near` or `missed`.
    pub(super) kind: String,
    /// Department that must act, or should have.
    pub(super) department: String,
    /// One sentence.
    pub(super) sentence: String,
    /// When it was noticed, by China's clock; empty where it is new.
    pub(super) noticed_at: String,
}

/// A whole case.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct CaseView {
    /// The case as its applicant is told of it.
    pub(super) case: Case,
    /// State, as its Chinese term.
    pub(super) state: String,
    /// What was stated.
    pub(super) answers: Vec<AnswerLine>,
    /// What was handed in.
    pub(super) materials: Vec<MaterialView>,
    /// What a fault can point at.
    pub(super) targets: Vec<Target>,
    /// What the department may do now.
    pub(super) possible: Vec<String>,
    /// Every warning.
    pub(super) warnings: Vec<WarningView>,
}

/// One answer by its label.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct AnswerLine {
    /// Headings above it, joined.
    pub(super) group: String,
    /// Label.
    pub(super) label: String,
    /// Answer, as a person reads it; empty where there is none.
    pub(super) text: String,
    /// Pointer into the filing.
    pub(super) pointer: String,
}

/// A material with what was handed in.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct MaterialView {
    /// Name within the item.
    pub(super) id: String,
    /// Official name.
    pub(super) name: String,
    /// Files.
    pub(super) files: Vec<FileView>,
    /// Licences, each as name, holder and identifier.
    pub(super) licences: Vec<String>,
}

/// A file that was handed in.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct FileView {
    /// Name the person gave it.
    pub(super) name: String,
    /// SHA-256 of its bytes, by which it is fetched.
    pub(super) digest: String,
    /// Media type.
    pub(super) media_type: String,
    /// Size for a person.
    pub(super) size: String,
}

/// What a fault can point at.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Target {
    /// Pointer into the filing.
    pub(super) pointer: String,
    /// What a person reads.
    pub(super) label: String,
}

/// The cases of a department.
pub(super) async fn list(platform: &Platform, staff: &Staff) -> Result<Vec<CaseRow>> {
    let calendar = &platform.catalogue.working_days;
    let now = platform.now();
    let stored =
        store::of_department(&platform.pool, &staff.department, &staff.division, MOST_CASES)
            .await?;
    let mut rows = Vec::with_capacity(stored.len());
    for record in stored.into_iter().map(|stored| stored.record) {
        let case = record.to_case(calendar);
        let mine = |department: &String| *department == staff.department;
        let steps = case.steps.iter().filter(|step| mine(&step.department)).map(|step| {
            let term = words::step(&step.state);
            step.due.map_or_else(
                || format!("{}：{term}", step.name),
                |due| format!("{}：{term}，{due} 前", step.name),
            )
        });
        let warnings = warnings(platform, &record).await?;
        rows.push(CaseRow {
            id: case.id.to_string(),
            state: words::state(&case.state).to_owned(),
            ended: case.state.is_final(),
            due: case.due.map(|due| due.to_string()).unwrap_or_default(),
            steps: steps.collect(),
            waits_for_us: !actions::possible(&record, &staff.department, calendar, now).is_empty(),
            received_at: china_time(case.received_at),
            warnings: warnings.into_iter().filter(|warning| mine(&warning.department)).collect(),
            number: case.number,
            item_name: case.item_name,
            office: case.office,
        });
    }
    Ok(rows)
}

/// A whole case for a department.
pub(super) async fn case(
    platform: &Platform,
    staff: &Staff,
    record: &CaseRecord,
) -> Result<CaseView> {
    let calendar = &platform.catalogue.working_days;
    let possible = actions::possible(record, &staff.department, calendar, platform.now());
    let (answers, materials) = filing(platform, record).await?;
    Ok(CaseView {
        case: record.to_case(calendar),
        state: words::state(&record.state).to_owned(),
        targets: targets_of(&answers, &materials),
        answers,
        materials,
        possible: possible.into_iter().map(str::to_owned).collect(),
        warnings: warnings(platform, record).await?,
    })
}

/// What a fault of this case can point at.
pub(super) async fn targets(platform: &Platform, record: &CaseRecord) -> Result<Vec<Target>> {
    let (answers, materials) = filing(platform, record).await?;
    Ok(targets_of(&answers, &materials))
}

fn targets_of(answers: &[AnswerLine], materials: &[MaterialView]) -> Vec<Target> {
    let answers = answers.iter().map(|line| Target {
        pointer: line.pointer.clone(),
        label: if line.group.is_empty() {
            line.label.clone()
        } else {
            format!("{} · {}", line.group, line.label)
        },
    });
    let materials = materials.iter().map(|material| Target {
        pointer: format!("/materials/{}", material.id),
        label: format!("材料 · {}", material.name),
    });
    answers.chain(materials).collect()
}

async fn warnings(platform: &Platform, record: &CaseRecord) -> Result<Vec<WarningView>> {
    let kept = deadline::kept(&platform.pool, record.id).await?;
    let mut shown: Vec<WarningView> = kept
        .into_iter()
        .map(|warning| WarningView {
            kind: warning.kind,
            department: warning.department,
            sentence: warning.sentence,
            noticed_at: Timestamp::from_millisecond(warning.noticed_at)
                .map(china_time)
                .unwrap_or_default(),
        })
        .collect();
    // What is so now, though nobody has looked since.
    for warning in deadline::warnings(record, &platform.catalogue.working_days, platform.today()) {
        if !shown.iter().any(|known| known.sentence == warning.sentence) {
            shown.push(WarningView {
                kind: warning.kind.to_owned(),
                department: warning.department,
                sentence: warning.sentence,
                noticed_at: String::new(),
            });
        }
    }
    Ok(shown)
}

/// What was stated, by its labels, and what was handed in.
pub(super) async fn filing(
    platform: &Platform,
    record: &CaseRecord,
) -> Result<(Vec<AnswerLine>, Vec<MaterialView>)> {
    let published = kept_forms::of_case(platform, &record.item, &record.form_version).await?;
    let Some(published) = published else {
        return Err(Error::Stored("a case was filed with a form that was not kept"));
    };
    let form = CompiledForm::compile(&published.form)
        .map_err(|_| Error::Stored("a published form cannot be used"))?;
    let mut lines = Vec::new();
    for situation in &published.item.situations {
        let chosen = record.filing.situation.get(&situation.id);
        let option = situation.options.iter().find(|option| Some(&option.value) == chosen);
        lines.push(AnswerLine {
            group: "情形".to_owned(),
            label: situation.question.clone(),
            text: option.map(|option| option.label.clone()).unwrap_or_default(),
            pointer: format!("/situation/{}", situation.id),
        });
    }
    for node in &form.tree(&record.filing.answers) {
        walk(platform, node, "", &mut lines);
    }
    let mut materials = Vec::new();
    for material in &published.item.materials {
        let enclosures = record.filing.materials.get(&material.id).map_or(&[][..], Vec::as_slice);
        let mut view = MaterialView {
            id: material.id.clone(),
            name: material.name.clone(),
            files: Vec::new(),
            licences: Vec::new(),
        };
        for enclosure in enclosures {
            match enclosure {
                Enclosure::File { digest, name, media_type, bytes } => view.files.push(FileView {
                    name: name.clone(),
                    digest: digest.to_string(),
                    media_type: media_type.clone(),
                    size: size(*bytes),
                }),
                Enclosure::Licence { licence } => {
                    let found = licences::find(&platform.pool, licence).await?;
                    view.licences.push(found.map_or_else(
                        || licence.to_string(),
                        |found| {
                            format!("{}（{}，{}）{licence}", found.name, found.holder, found.state)
                        },
                    ));
                }
            }
        }
        materials.push(view);
    }
    Ok((lines, materials))
}

fn walk(platform: &Platform, node: &Node, group: &str, lines: &mut Vec<AnswerLine>) {
    match node {
        Node::Vertical { children } | Node::Horizontal { children } => {
            for child in children {
                walk(platform, child, group, lines);
            }
        }
        Node::Group { label, children } => {
            for child in children {
                walk(platform, child, label, lines);
            }
        }
        Node::Label { .. } => (),
        Node::Control(control) => lines.push(AnswerLine {
            group: group.to_owned(),
            label: control.label.clone(),
            text: text(platform, control),
            pointer: format!("/answers{}", control.pointer),
        }),
        Node::List(list) => {
            lines.push(AnswerLine {
                group: group.to_owned(),
                label: list.label.clone(),
                text: format!("共 {} 条", list.entries.len()),
                pointer: format!("/answers{}", list.pointer),
            });
            for (at, entry) in list.entries.iter().enumerate() {
                walk(platform, entry, &format!("{} 第 {} 条", list.label, at + 1), lines);
            }
        }
    }
}

/// An answer as a person reads it.
fn text(platform: &Platform, control: &Control) -> String {
    let label_of = |value: &Value, options: &[tongban_contract::form::ChoiceOption]| {
        options
            .iter()
            .find(|option| option.value == *value)
            .map_or_else(|| plain(value), |option| option.label.clone())
    };
    match (&control.input, &control.value) {
        (_, Value::Null) => String::new(),
        (Input::Choice { options }, value) => label_of(value, options),
        (Input::MultipleChoice { options }, Value::Array(values)) => {
            values.iter().map(|value| label_of(value, options)).collect::<Vec<_>>().join("、")
        }
        (Input::Division { .. }, Value::String(code)) => division_name(platform, code),
        (Input::Number { unit, .. }, value) => format!("{}{unit}", plain(value)),
        (_, value) => plain(value),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Name of a division with the names above it.
fn division_name(platform: &Platform, code: &str) -> String {
    let mut names = Vec::new();
    let mut next: Option<DivisionCode> = code.parse().ok();
    while let Some(division) = next {
        if let Some(name) = platform.catalogue.divisions.get(&division) {
            names.insert(0, name.as_str());
        }
        next = division.parent();
    }
    if names.is_empty() { code.to_owned() } else { names.concat() }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} 字节"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// An instant by China's clock.
pub(super) fn china_time(at: Timestamp) -> String {
    at.to_zoned(tz::TimeZone::fixed(tz::offset(8))).strftime("%Y-%m-%d %H:%M").to_string()
}
