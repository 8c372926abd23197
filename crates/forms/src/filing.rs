//! Rules of a filing as a whole, the same for client and platform: which materials are
//! asked for now, and every fault. Whether a licence that is handed in is of the right
//! type, is in force and belongs to the person is the platform's matter.

use std::collections::BTreeMap;

use serde_json::Value;
use tongban_contract::{
    form::Fault,
    guide::{Item, Material, Situation},
    operation::Filing,
    vocabulary::Necessity,
};

use crate::{CompiledForm, Condition, FormError, condition, pointer};

/// The materials of `item` that are asked for now. `answers` are those that would be
/// filed ([`CompiledForm::effective`]): a hidden answer asks for nothing.
///
/// # Errors
/// [`FormError::Condition`] where the condition of a material is no JSON Schema.
pub fn materials_asked<'a>(
    item: &'a Item,
    situation: &BTreeMap<String, String>,
    answers: &Value,
) -> Result<Vec<&'a Material>, FormError> {
    let stated = condition::stated(situation, answers);
    let mut asked = Vec::new();
    for material in &item.materials {
        let holds = match &material.when {
            None => true,
            Some(when) => Condition::compile(when)?.holds_for(&stated),
        };
        if holds {
            asked.push(material);
        }
    }
    Ok(asked)
}

/// Every fault of a filing, in the order a person would mend them: situation, form,
/// materials.
///
/// # Errors
/// [`FormError::Condition`] where the condition of a material is no JSON Schema.
pub fn filing_faults(
    item: &Item,
    form: &CompiledForm,
    filing: &Filing,
) -> Result<Vec<Fault>, FormError> {
    let unanswered = |s: &Situation| situation_fault(s, filing.situation.get(&s.id));
    let mut faults: Vec<Fault> = item.situations.iter().filter_map(unanswered).collect();
    faults.extend(form.faults(&filing.answers));

    let answers = form.effective(&filing.answers);
    let enclosed = |id: &str| filing.materials.get(id).is_some_and(|all| !all.is_empty());
    for material in materials_asked(item, &filing.situation, &answers)? {
        let needed = material.necessity == Necessity::Required && !material.exempt;
        if needed && !enclosed(&material.id) {
            faults.push(missing(material));
        }
    }
    for (id, enclosures) in &filing.materials {
        let known = item.materials.iter().any(|material| material.id == *id);
        if !known && !enclosures.is_empty() {
            faults.push(Fault {
                pointer: pointer::join("/materials", id),
                code: "material.unknown".into(),
                sentence: "这个事项不收这份材料，请把它从申请里移除。".into(),
            });
        }
    }
    Ok(faults)
}

fn situation_fault(situation: &Situation, answer: Option<&String>) -> Option<Fault> {
    let question = &situation.question;
    let (code, sentence) = match answer {
        None => ("situation.unanswered", format!("请先回答“{question}”。")),
        Some(answer) if !situation.options.iter().any(|o| o.value == *answer) => {
            ("situation.unknown-option", format!("“{question}”的选项已有变化，请重新选择。"))
        }
        Some(_) => return None,
    };
    Some(Fault { pointer: pointer::join("/situation", &situation.id), code: code.into(), sentence })
}

fn missing(material: &Material) -> Fault {
    let name = &material.name;
    let sentence = if material.licence_type.is_some() {
        format!("请提交“{name}”，可以引用电子证照，也可以上传文件。")
    } else {
        format!("请提交“{name}”。")
    };
    Fault {
        pointer: pointer::join("/materials", &material.id),
        code: "material.missing".into(),
        sentence,
    }
}
