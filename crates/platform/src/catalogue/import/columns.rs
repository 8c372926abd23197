//! What departments call their columns, what those are called here, and which of two columns
//! that mean the same counts.

use serde_json::{Map, Value};
use tongban_contract::numbers::DivisionCode;

/// Of several that mean the same the first counts, where nothing else tells.
const COLUMNS: [(&str, &str); 37] = [
    ("事项名称", "name"),
    ("实施主体", "department"),
    ("实施主体编码", "organisation_code"),
    ("实施编码", "code"),
    ("item_code", "code"),
    ("基本编码", "basic_code"),
    ("行政区划", "division"),
    ("行政区划代码", "division"),
    ("事项类型", "type"),
    ("状态", "state"),
    ("事项状态", "state"),
    ("行使层级", "level"),
    ("日常用语", "aliases"),
    ("服务对象", "audiences"),
    ("主题", "themes"),
    ("办件类型", "project_type"),
    ("办理形式", "channels"),
    ("网上办理深度", "online_depth"),
    ("法定办结时限", "statutory_days"),
    ("承诺办结时限", "promised_days"),
    ("到现场次数", "visits"),
    ("必须到现场的原因", "visit_reason"),
    ("通办范围", "cross_region"),
    ("联办机构", "joint_departments"),
    ("设定依据", "legal_basis"),
    ("受理条件", "conditions"),
    ("办理流程", "steps"),
    ("特别程序", "special_procedures"),
    ("收费", "fees"),
    ("办理结果", "results"),
    ("情形", "situations"),
    ("申请材料", "materials"),
    ("常见问题", "faq"),
    ("办理地点", "address"),
    ("办理时间", "hours"),
    ("咨询电话", "phone"),
    ("监督投诉电话", "complaint_phone"),
];
/// What only a message calls by another name.
const CALLED: [(&str, &str); 7] = [
    ("version", "版本"),
    ("effective", "生效日期"),
    ("cancelled", "取消日期"),
    ("services", "服务方式"),
    ("necessity", "材料必要性"),
    ("source", "材料来源渠道"),
    ("assurance", "实名等级"),
];
/// An implementation code (实施编码) as the standard has it: 18 characters of the organisation,
/// one of the level, 12 of the basic item. Others are opaque.
const IMPLEMENTATION_CODE: usize = 31;

/// What a column is called here.
pub(super) fn here(column: &str) -> &str {
    COLUMNS.iter().find(|(other, _)| *other == column).map_or(column, |(_, here)| here)
}

/// What whoever keeps a list calls a member.
pub(super) fn called(member: &str) -> &str {
    let column = COLUMNS.iter().find(|(_, here)| *here == member).map(|(column, _)| *column);
    let called = || CALLED.iter().find(|(here, _)| *here == member).map(|(_, called)| *called);
    column.or_else(called).unwrap_or(member)
}

/// The members of a row, as they are called here.
pub(super) fn named(cells: impl IntoIterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut ranked: Vec<_> = cells.into_iter().collect();
    let rank = |column: &str| COLUMNS.iter().position(|(other, _)| *other == column);
    // A column that is called as here comes first.
    ranked.sort_by_key(|(column, _)| rank(column));
    let mut row = Map::new();
    for (column, value) in ranked {
        let name = here(&column);
        match row.get(name) {
            Some(before) if !is_blank(before) && !is_better(name, &value, before) => {}
            _ => {
                row.insert(name.to_owned(), value);
            }
        }
    }
    row
}

/// Whether a value says of a member what an earlier one cannot.
fn is_better(name: &str, value: &Value, before: &Value) -> bool {
    let good = |value: &Value| match (name, value.as_str().map(str::trim)) {
        ("division", Some(text)) => text.parse::<DivisionCode>().is_ok(),
        ("code", Some(text)) => is_standard(text),
        _ => false,
    };
    good(value) && !good(before)
}

/// Whether an implementation code is made as the standard has it.
pub(super) fn is_standard(code: &str) -> bool {
    code.len() == IMPLEMENTATION_CODE && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a value is as good as absent.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_two_columns_that_mean_the_same_the_one_that_can_be_read_counts() {
        let of = |cells: &[(&str, &str)], name: &str| {
            let cells = cells.iter().map(|(column, text)| ((*column).to_owned(), json!(text)));
            named(cells).remove(name).unwrap()
        };
        let standard = "11420506MB1234567X4002014102000";
        for (cells, name, expected) in [
            (vec![("行政区划", "夷陵区"), ("行政区划代码", "420506")], "division", "420506"),
            (vec![("行政区划代码", "420506"), ("行政区划", "夷陵区")], "division", "420506"),
            (vec![("行政区划", "420506"), ("行政区划代码", "")], "division", "420506"),
            (vec![("行政区划", "420506"), ("行政区划代码", "420505")], "division", "420506"),
            (vec![("item_code", "7"), ("实施编码", standard)], "code", standard),
            (vec![("实施编码", "7"), ("item_code", standard)], "code", standard),
            (vec![("item_code", "8"), ("实施编码", "7")], "code", "7"),
        ] {
            assert_eq!(of(&cells, name), expected, "{cells:?}");
        }
    }
}
