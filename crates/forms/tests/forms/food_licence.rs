//! The form of 食品经营许可 with a few sets of answers, as a page is given it.

use serde_json::{Value, json};
use tongban_forms::CompiledForm;

use crate::support::{lines, sample};

fn form() -> CompiledForm {
    CompiledForm::compile(&sample("000131023000").form.unwrap()).unwrap()
}

fn complete() -> Value {
    json!({
        "applicant": {"name": "周桂兰", "id_number": "34052419800101001X", "mobile": "13800138000"},
        "shop": {
            "name": "老街口早点店",
            "address": {"division": "420506100", "detail": "老街 18 号"},
            "area": 42.5,
            "seats": 16,
            "categories": ["hot", "drinks"],
            "uses_gas": false,
            "has_cold_dishes": false,
            "delivery": false,
            "waste_collector": "待签"
        },
        "staff": [
            {"name": "周桂兰", "id_number": "34052419800101001X", "health_certificate_no": "H-001"}
        ],
        "commitment": true
    })
}

#[test]
fn an_empty_draft() {
    insta::assert_json_snapshot!(form().tree(&json!({})));
}

#[test]
fn a_draft_whose_conditions_show_more() {
    let answers = json!({
        "shop": {"uses_gas": true, "gas_kind": "bottle", "has_cold_dishes": true,
            "cold_room_area": 2, "delivery": true, "categories": ["cold", "fried"]},
        "staff": [{"name": "周桂兰", "id_number": "110101197608056896"}, {}]
    });
    insta::assert_json_snapshot!(form().tree(&answers));
}

#[test]
fn a_complete_filing() {
    assert_eq!(lines(&form().faults(&complete())), Vec::<String>::new());
    insta::assert_json_snapshot!(form().tree(&complete()));
}

#[test]
fn every_fault_of_an_empty_filing_has_its_own_line() {
    insta::assert_json_snapshot!(lines(&form().faults(&Value::Null)));
}

#[test]
fn what_a_rule_hides_is_neither_filed_nor_at_fault() {
    let form = form();
    let mut answers = complete();
    answers["shop"]["gas_kind"] = json!("coal");
    answers["shop"]["cold_room_area"] = json!(1);
    assert_eq!(form.effective(&answers), complete());
    assert_eq!(lines(&form.faults(&answers)), Vec::<String>::new());
}
