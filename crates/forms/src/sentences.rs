//! How a fault is put to the person: the form's own sentence, or one that names the
//! field and says what to do.

use std::collections::BTreeMap;

use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;
use tongban_contract::{
    form::Input,
    numbers::{CitizenId, OrgCode},
};

use crate::model::{Field, FieldKind};

/// What a sentence is about.
pub(crate) struct Place<'a> {
    /// Name of the field, or of the group of fields.
    pub(crate) name: String,
    /// What kind of field it is; `None` for what is no field.
    pub(crate) input: Option<&'a FieldKind>,
}

impl<'a> Place<'a> {
    /// The place of a field.
    pub(crate) fn of(field: &'a Field) -> Self {
        Self { name: field.name.clone(), input: Some(&field.kind) }
    }

    /// The name in quotation marks; those within it become single ones.
    fn quoted(&self) -> String {
        if self.name.is_empty() {
            return "填写的内容".to_owned();
        }
        format!("“{}”", self.name.replace('“', "‘").replace('”', "’"))
    }

    fn unit(&self) -> &str {
        match self.input {
            Some(FieldKind::Input(Input::Number { unit, .. })) => unit,
            _ => "",
        }
    }

    fn is_list(&self) -> bool {
        matches!(self.input, Some(FieldKind::List(_)))
    }
}

/// The sentence of a fault. The form's own words for exactly this code come first; a
/// citizen ID and an organisation code then say for themselves what is wrong with them,
/// which helps more than the form's one sentence for all their faults.
pub(crate) fn sentence(
    place: &Place<'_>,
    own: &BTreeMap<String, String>,
    code: &str,
    kind: &Kind,
    answer: Option<&Value>,
) -> String {
    if code == "required" {
        return required(place, own);
    }
    if let Some(own) = own.get(code) {
        return finished(own);
    }
    let text = answer.and_then(Value::as_str).unwrap_or_default();
    if code == "format.citizen-id"
        && let Err(error) = text.parse::<CitizenId>()
    {
        return error.sentence().to_owned();
    }
    let keyword = code.split('.').next().unwrap_or(code);
    if let Some(own) = own.get(keyword) {
        return finished(own);
    }
    if code == "format.organisation-code"
        && let Err(error) = text.parse::<OrgCode>()
    {
        return error.sentence().to_owned();
    }
    match code.strip_prefix("format.") {
        Some(format) => of_format(place, format),
        None => of_keyword(place, kind),
    }
}

/// The sentence of an answer that is missing.
pub(crate) fn required(place: &Place<'_>, own: &BTreeMap<String, String>) -> String {
    if let Some(own) = own.get("required") {
        return finished(own);
    }
    let name = place.quoted();
    match place.input {
        Some(FieldKind::Commitment) => format!("请阅读并勾选{name}。"),
        Some(FieldKind::List(_)) => format!("请添加{name}，至少填一条。"),
        Some(FieldKind::Input(Input::Text { .. } | Input::Number { .. })) | None => {
            format!("请填写{name}。")
        }
        Some(FieldKind::Input(_)) => format!("请选择{name}。"),
    }
}

/// The sentence of a fault that lies in a part of a field which is not drawn by itself.
pub(crate) fn within(place: &Place<'_>) -> String {
    let name = place.quoted();
    match place.input {
        Some(FieldKind::Input(Input::MultipleChoice { .. })) => {
            format!("{name}中有不在选项内的内容，请重新选择。")
        }
        _ => format!("{name}中有填写不正确的内容，请核对。"),
    }
}

fn of_format(place: &Place<'_>, format: &str) -> String {
    let name = place.quoted();
    match (format, place.input) {
        ("mobile-phone", _) => format!("{name}应为 11 位手机号码，请核对。"),
        ("date", _) => format!("{name}应为存在的日期，例如 2026-01-31。"),
        ("time", _) => format!("{name}应为时间，例如 09:30:00。"),
        ("email", _) => format!("{name}不是完整的电子邮箱地址，请核对。"),
        ("uri", _) => format!("{name}不是完整的网址，请核对。"),
        ("division-code", Some(FieldKind::Input(Input::Division { digits }))) => {
            let level = match digits {
                12 => "村或社区",
                9 => "乡镇或街道",
                _ => "县（市、区）",
            };
            format!("{name}请选到{level}。")
        }
        _ => format!("{name}的写法不对，请核对。"),
    }
}

fn of_keyword(place: &Place<'_>, kind: &Kind) -> String {
    let name = place.quoted();
    let unit = place.unit();
    let limit = |limit: &Value| {
        let gap = if unit.is_empty() { "" } else { " " };
        format!("{}{gap}{unit}", number(limit))
    };
    match kind {
        Kind::Type { .. } => of_type(place),
        Kind::Constant { expected_value } => match (place.input, expected_value.as_ref()) {
            (Some(FieldKind::Commitment), _) => format!("请阅读并勾选{name}。"),
            (_, Value::Bool(true)) => format!("{name}应选择“是”。"),
            (_, Value::Bool(false)) => format!("{name}应选择“否”。"),
            (_, Value::String(text)) => format!("{name}应为“{text}”。"),
            (_, number @ Value::Number(_)) => format!("{name}应为 {}。", limit(number)),
            _ => format!("{name}的内容不符合要求，请核对。"),
        },
        Kind::Enum { .. } | Kind::OneOfNotValid { .. } | Kind::AnyOf { .. } => match place.input {
            Some(FieldKind::Commitment) => format!("请阅读并勾选{name}。"),
            Some(FieldKind::Input(Input::Choice { .. } | Input::MultipleChoice { .. })) => {
                format!("请从列出的选项中选择{name}。")
            }
            _ => format!("{name}的内容不符合要求，请核对。"),
        },
        Kind::MinLength { limit: 0 | 1 } => format!("请填写{name}。"),
        Kind::MinLength { limit } => format!("{name}至少填写 {limit} 个字。"),
        Kind::MaxLength { limit } => format!("{name}最多填写 {limit} 个字。"),
        Kind::Minimum { limit: least } => format!("{name}不能小于 {}。", limit(least)),
        Kind::Maximum { limit: most } => format!("{name}不能大于 {}。", limit(most)),
        Kind::ExclusiveMinimum { limit: least } => format!("{name}应大于 {}。", limit(least)),
        Kind::ExclusiveMaximum { limit: most } => format!("{name}应小于 {}。", limit(most)),
        Kind::MultipleOf { multiple_of } => match decimals(*multiple_of) {
            Some(0) => format!("{name}应填写整数。"),
            Some(decimals) => format!("{name}最多保留 {decimals} 位小数。"),
            None => format!("{name}应是 {multiple_of} 的倍数。"),
        },
        Kind::MinItems { limit } if place.is_list() => format!("{name}至少填写 {limit} 条。"),
        Kind::MaxItems { limit } if place.is_list() => format!("{name}最多填写 {limit} 条。"),
        Kind::MinItems { limit } => format!("{name}至少选择 {limit} 项。"),
        Kind::MaxItems { limit } => format!("{name}最多选择 {limit} 项。"),
        Kind::UniqueItems => format!("{name}中有重复的内容，请去掉重复的。"),
        Kind::Pattern { .. } => format!("{name}的写法不对，请核对。"),
        Kind::AdditionalProperties { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::FalseSchema => format!("{name}不是这份表单要填写的内容，请去掉。"),
        _ => format!("{name}的内容不符合要求，请核对。"),
    }
}

fn of_type(place: &Place<'_>) -> String {
    let name = place.quoted();
    match place.input {
        Some(FieldKind::Commitment) => format!("请阅读并勾选{name}。"),
        Some(FieldKind::Input(Input::Number { integer: true, .. })) => {
            format!("{name}应填写整数，例如 3。")
        }
        Some(FieldKind::Input(Input::Number { .. })) => {
            format!("{name}应填写数字，例如 3 或 3.5。")
        }
        Some(FieldKind::Input(Input::Text { .. })) => format!("{name}应填写文字。"),
        Some(FieldKind::Input(_)) => format!("请重新选择{name}。"),
        Some(FieldKind::List(_)) | None => format!("{name}的内容无法读取，请重新填写。"),
    }
}

/// The form's own sentence, with the full stop it may lack.
fn finished(own: &str) -> String {
    let own = own.trim();
    if own.ends_with(['。', '！', '？', '.', '!', '?']) {
        own.to_owned()
    } else {
        format!("{own}。")
    }
}

/// A number as people write it: 5, not 5.0.
fn number(value: &Value) -> String {
    match value.as_f64() {
        Some(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        _ => value.to_string(),
    }
}

/// How many decimals a step such as 0.01 leaves.
fn decimals(step: f64) -> Option<usize> {
    ["1", "0.1", "0.01", "0.001", "0.0001"]
        .iter()
        .position(|text| text.parse().is_ok_and(|value: f64| value == step))
}
