//! What is said of wrong answers.

use serde_json::{Value, json};
use tongban_contract::numbers::CitizenIdError;

use crate::support::{compiled, lines, of_properties, only_fault};

/// A property, an answer, and the fault it has.
fn check(property: Value, answer: Value, code: &str, sentence: &str) {
    let form = of_properties(json!({"x": property}), &[]);
    let fault = only_fault(&form, &json!({ "x": answer }));
    assert_eq!(
        (fault.pointer.as_str(), fault.code.as_str(), fault.sentence.as_str()),
        ("/answers/x", code, sentence)
    );
}

#[test]
fn citizen_ids_say_what_is_wrong_with_them() {
    let form = of_properties(json!({"id": {"type": "string", "format": "citizen-id"}}), &["id"]);
    for right in ["34052419800101001X", "11010519491231002X"] {
        assert_eq!(lines(&form.faults(&json!({ "id": right }))), Vec::<String>::new());
    }
    for (wrong, why) in [
        ("110101197608056896", CitizenIdError::CheckCharacter),
        ("1101011976080568", CitizenIdError::Length),
        ("110101197613056896", CitizenIdError::BirthDate),
        ("1101011976080568X6", CitizenIdError::Characters),
    ] {
        let fault = only_fault(&form, &json!({ "id": wrong }));
        assert_eq!(
            (fault.code.as_str(), fault.sentence.as_str()),
            ("format.citizen-id", why.sentence())
        );
    }
}

#[test]
fn the_form_may_word_a_fault_itself() {
    let id = |own: Value| json!({"format": "citizen-id", "x-fault": own});
    // The number says more than one sentence for all its faults could …
    let number = "身份证号应为 18 位，请核对是否多写或少写。";
    check(id(json!({"format": "证号不对"})), json!("1"), "format.citizen-id", number);
    // … unless the form means exactly this fault.
    check(
        id(json!({"format.citizen-id": "证号不对"})),
        json!("1"),
        "format.citizen-id",
        "证号不对。",
    );
    let area = json!({"type": "number", "minimum": 5, "x-fault": {"minimum": "面积太小了！"}});
    check(area, json!(1), "minimum", "面积太小了！");
}

#[test]
fn generated_sentences_name_the_field_and_what_to_do() {
    let cases = [
        (
            json!({"title": "经营面积", "type": "number", "minimum": 5.0, "x-unit": "平方米"}),
            json!(1),
            "minimum",
            "“经营面积”不能小于 5 平方米。",
        ),
        (
            json!({"title": "人数", "type": "integer"}),
            json!(1.5),
            "type",
            "“人数”应填写整数，例如 3。",
        ),
        (
            json!({"title": "单价", "type": "number", "multipleOf": 0.01}),
            json!(1.234),
            "multipleOf",
            "“单价”最多保留 2 位小数。",
        ),
        (json!({"title": "姓名", "type": "string"}), json!(5), "type", "“姓名”应填写文字。"),
        (
            json!({"title": "事由", "type": "string", "maxLength": 2}),
            json!("三个字"),
            "maxLength",
            "“事由”最多填写 2 个字。",
        ),
        (
            json!({"title": "手机", "type": "string", "format": "mobile-phone"}),
            json!("110"),
            "format.mobile-phone",
            "“手机”应为 11 位手机号码，请核对。",
        ),
        (
            json!({"title": "日期", "type": "string", "format": "date"}),
            json!("2026-02-30"),
            "format.date",
            "“日期”应为存在的日期，例如 2026-01-31。",
        ),
        (
            json!({"title": "地区", "type": "string", "format": "division-code", "x-digits": 9}),
            json!("420506"),
            "format.division-code",
            "“地区”请选到乡镇或街道。",
        ),
        (
            json!({"title": "种类", "oneOf": [{"const": "a", "title": "甲"}, {"const": "b"}]}),
            json!("c"),
            "oneOf",
            "请从列出的选项中选择“种类”。",
        ),
        (
            json!({"title": "种类", "type": "string", "enum": ["a", "b"]}),
            json!(7),
            "enum",
            "请从列出的选项中选择“种类”。",
        ),
        (
            json!({"title": "我承诺属实", "type": "boolean", "const": true}),
            json!(false),
            "const",
            "请阅读并勾选“我承诺属实”。",
        ),
        (
            json!({"title": "范围", "type": "array", "items": {"enum": ["a"]}, "minItems": 1}),
            json!([]),
            "minItems",
            "“范围”至少选择 1 项。",
        ),
        (
            json!({"title": "范围", "type": "array", "items": {"enum": ["a"]}}),
            json!(["z"]),
            "enum",
            "“范围”中有不在选项内的内容，请重新选择。",
        ),
        (
            json!({"title": "账号", "type": "string", "pattern": "^[0-9]+$"}),
            json!("a"),
            "pattern",
            "“账号”的写法不对，请核对。",
        ),
        (
            json!({"title": "叫“某某”的店", "type": "string", "minLength": 3}),
            json!("店"),
            "minLength",
            "“叫‘某某’的店”至少填写 3 个字。",
        ),
    ];
    for (property, answer, code, sentence) in cases {
        check(property, answer, code, sentence);
    }
}

#[test]
fn a_missing_answer_is_asked_for_by_its_kind() {
    let form = of_properties(
        json!({
            "a": {"title": "姓名", "type": "string"},
            "b": {"title": "种类", "enum": ["x"]},
            "c": {"title": "我承诺", "type": "boolean", "const": true},
            "d": {"title": "成员", "type": "array", "items": {"type": "object", "properties": {"n": {"type": "string"}}}},
            "e/f~": {"title": "日期", "type": "string", "format": "date"}
        }),
        &["a", "b", "c", "d", "e/f~"],
    );
    assert_eq!(
        lines(&form.faults(&json!({}))),
        [
            "/answers/a required 请填写“姓名”。",
            "/answers/b required 请选择“种类”。",
            "/answers/c required 请阅读并勾选“我承诺”。",
            "/answers/d required 请添加“成员”，至少填一条。",
            "/answers/e~1f~0 required 请选择“日期”。",
        ]
    );
}

#[test]
fn one_field_has_one_fault_and_the_most_important_one() {
    let wrong_in_every_way = json!({"title": "x", "type": "string", "minLength": 9, "pattern": "^a",
        "format": "date", "anyOf": [{"const": "p"}, {"minLength": 20}], "not": {"const": "q"}});
    let form = of_properties(json!({ "x": wrong_in_every_way }), &["x"]);
    assert_eq!(only_fault(&form, &json!({"x": 3})).code, "type");
    assert_eq!(only_fault(&form, &json!({"x": "q"})).code, "minLength");
    assert_eq!(only_fault(&form, &json!({})).code, "required");
}

#[test]
fn a_needed_answer_of_blanks_alone_is_missing() {
    let form = of_properties(
        json!({"x": {"title": "姓名", "type": "string"}, "y": {"type": "string"}}),
        &["x"],
    );
    for blank in [json!(""), json!("  "), json!("\u{3000}"), Value::Null] {
        let fault = only_fault(&form, &json!({ "x": blank }));
        assert_eq!((fault.code.as_str(), fault.sentence.as_str()), ("required", "请填写“姓名”。"));
    }
    assert_eq!(form.faults(&json!({"x": "a", "y": " "})), []);
}

#[test]
fn a_missing_group_is_told_by_its_fields_and_an_optional_one_is_not() {
    let group = json!({"type": "object", "required": ["street"], "properties": {"street": {"title": "街道"}}});
    let form = of_properties(json!({"home": group.clone(), "work": group}), &["home"]);
    assert_eq!(lines(&form.faults(&json!({}))), ["/answers/home/street required 请填写“街道”。"]);
    let tree = form.tree(&json!({}));
    let required: Vec<bool> = crate::support::controls(&tree).iter().map(|c| c.required).collect();
    assert_eq!(required, [true, false]);
}

#[test]
fn what_the_form_does_not_know_is_named_where_it_forbids_it() {
    let schema = json!({"properties": {"a": {"type": "string"}}, "additionalProperties": false});
    let form = compiled(schema, Value::Null);
    let fault = only_fault(&form, &json!({"a": "x", "b": 1}));
    assert_eq!(
        (fault.pointer.as_str(), fault.code.as_str()),
        ("/answers/b", "additionalProperties")
    );
    assert_eq!(only_fault(&of_properties(json!({"a": {}}), &[]), &json!([])).pointer, "/answers");
}

#[test]
fn either_of_two_fields_is_one_fault_of_their_group() {
    let schema = json!({"title": "联系方式", "type": "object",
        "properties": {"phone": {"type": "string"}, "mail": {"type": "string"}},
        "anyOf": [{"required": ["phone"]}, {"required": ["mail"]}],
        "x-fault": {"anyOf": "手机和邮箱请至少填一样"}});
    let form = compiled(schema, Value::Null);
    assert_eq!(lines(&form.faults(&json!({}))), ["/answers anyOf 手机和邮箱请至少填一样。"]);
    assert_eq!(form.faults(&json!({"mail": "a"})), []);
}

#[test]
fn references_carry_labels_sentences_and_needs() {
    let schema = json!({
        "$defs": {"人": {"type": "object", "required": ["id"],
            "properties": {"id": {"type": "string", "title": "证号", "x-fault": {"required": "请填证号"}}},
            "if": {"$ref": "#/$defs/%E6%88%90%E5%B9%B4"}, "then": {"required": ["job"]}},
            "成年": {"properties": {"adult": {"const": true}}, "required": ["adult"]}},
        "properties": {"father": {"$ref": "#/$defs/%E4%BA%BA",
            "properties": {"adult": {"type": "boolean"}, "job": {"type": "string", "title": "职业"}}}},
        "required": ["father"]
    });
    let form = compiled(schema, Value::Null);
    assert_eq!(lines(&form.faults(&json!({}))), ["/answers/father/id required 请填证号。"]);
    let adult = json!({"father": {"id": "1", "adult": true}});
    assert_eq!(lines(&form.faults(&adult)), ["/answers/father/job required 请填写“职业”。"]);
    let whole = json!({"father": {"id": "1", "adult": true, "job": "农民"}});
    let tree = form.tree(&whole);
    let needed: std::collections::BTreeSet<_> = crate::support::controls(&tree)
        .into_iter()
        .filter(|control| control.required)
        .map(|control| control.pointer.clone())
        .collect();
    assert_eq!(needed, ["/father/id", "/father/job"].map(str::to_owned).into());
}
