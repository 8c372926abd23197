//! What somebody is asked for: the situations (情形) and the papers that follow from them.

use serde_json::{Value, json};
use tongban_contract::guide::{Situation, SituationOption};

use super::{
    chance::Chance,
    kinds::{Group, Kind, Stage},
    names::Entry,
    papers::Paper,
    subjects::Holder,
    words::Words,
};

/// An item asks for no more papers than this.
const MOST_PAPERS: usize = 6;
/// Stands for a paper of the field.
const OWN: &str = "*";

/// A question, how it may be put, and its answers: value, label, the paper that it asks for.
struct Question {
    id: &'static str,
    put: &'static [&'static str],
    answers: &'static [(&'static str, &'static str, &'static str)],
}

static AGENT: Question = Question {
    id: "agent",
    put: &["由谁来办{item}？", "是本人办还是请人代办？", "这次是谁来申请？"],
    answers: &[("self", "本人办理", ""), ("agent", "委托他人代办", "授权委托书")],
};
static STAFF: Question = Question {
    id: "staff",
    put: &["由谁来办{item}？", "是负责人来办还是经办人来办？", "单位派谁来办？"],
    answers: &[("head", "法定代表人或负责人", ""), ("staff", "经办人", "经办人授权委托书")],
};
static PREMISES: Question = Question {
    id: "premises",
    put: &["用的场所是谁的？", "{trade}的场所是自有的还是租的？", "房子是怎么来的？"],
    answers: &[("own", "自有的", "场所权属证明"), ("rented", "租的或借用的", "场所租赁合同")],
};
static HOUSEHOLD: Question = Question {
    id: "household",
    put: &["户口在本地吗？", "申请人的户籍在哪里？", "申请{subject}的人户口在本县区吗？"],
    answers: &[("local", "在本地", "户口簿"), ("other", "不在本地，在这里居住", "居住证")],
};
static CHILD: Question = Question {
    id: "child",
    put: &["给谁办？", "是给自己办还是给孩子、老人办？"],
    answers: &[("self", "给自己办", ""), ("family", "给孩子或老人办", "监护或赡养关系证明")],
};
static LOSS: Question = Question {
    id: "loss",
    put: &["{paper}怎么了？", "是丢了还是坏了？"],
    answers: &[("lost", "丢了", "遗失情况说明"), ("damaged", "坏了或看不清", "损坏的{paper}")],
};
static KEPT: Question = Question {
    id: "kept",
    put: &["{paper}还在吗？", "手里还有{paper}吗？"],
    answers: &[("kept", "还在", "{paper}原件"), ("lost", "找不到了", "遗失情况说明")],
};
static DEBTS: Question = Question {
    id: "debts",
    put: &["还有没有未了结的债权债务？", "业务和欠款都清了吗？"],
    answers: &[("none", "都清了", "债务已经清结的承诺书"), ("some", "还有", "债权债务清算报告")],
};
static CHANGED: Question = Question {
    id: "changed",
    put: &["取得{paper}时的条件有没有变化？", "情况和上一次比有变化吗？"],
    answers: &[("no", "没有变化", "条件没有变化的声明"), ("yes", "有变化", OWN)],
};
static MORE: Question = Question {
    id: "more",
    put: &["这次怎么变？", "是增加还是减少？"],
    answers: &[("more", "增加或调整", OWN), ("less", "减少", "减少部分的情况说明")],
};
static WHOM: Question = Question {
    id: "whom",
    put: &["查谁的？", "查本人、本单位的，还是受别人委托？"],
    answers: &[("self", "本人或本单位的", ""), ("other", "受委托查询", "查询授权委托书")],
};

/// What an item asks for.
pub(super) struct Asked {
    pub(super) situations: Vec<Situation>,
    pub(super) papers: Vec<Paper>,
}

/// What `entry` asks for; `licence` is the type of its own e-licence, where it has one.
pub(super) fn asked(
    entry: &Entry,
    words: &Words,
    licence: Option<&str>,
    chance: &mut Chance,
) -> Asked {
    let mut asked = Asked { situations: Vec::new(), papers: Vec::new() };
    let own = if entry.is_of_field() { entry.field.papers } else { papers_of(entry.kind.group()) };
    let mut own = own.to_vec();
    chance.shuffle(&mut own);
    let mut own = own.into_iter();
    for (id, name) in fixed(entry) {
        let name = words.say(chance, name);
        let licence_type = (id == "held").then_some(licence).flatten().map(str::to_owned);
        let name = if id == "form" { form(&name) } else { name };
        asked.papers.push(Paper { id: id.to_owned(), name, when: None, licence_type });
    }
    for question in questions(entry, chance) {
        asked.ask(question, words, licence, &mut own, chance);
    }
    let room = MOST_PAPERS.saturating_sub(asked.papers.len());
    let wanted =
        own_papers(entry.action.stage, chance).max(2usize.saturating_sub(asked.papers.len()));
    for (at, name) in own.take(room.min(wanted)).enumerate() {
        if asked.papers.iter().all(|paper| paper.name != name) {
            let id = format!("own_{}", at + 1);
            let name = name.to_owned();
            asked.papers.push(Paper { id, name, when: None, licence_type: None });
        }
    }
    asked
}

impl Asked {
    fn ask(
        &mut self,
        question: &'static Question,
        words: &Words,
        licence: Option<&str>,
        own: &mut impl Iterator<Item = &'static str>,
        chance: &mut Chance,
    ) {
        let put = chance.pick(question.put);
        let options = question.answers.iter().map(|(value, label, _)| SituationOption {
            value: (*value).to_owned(),
            label: (*label).to_owned(),
        });
        self.situations.push(Situation {
            id: question.id.to_owned(),
            question: words.say(chance, put),
            options: options.collect(),
        });
        for (value, _, name) in question.answers {
            let name = if *name == OWN { own.next().unwrap_or("变动情况说明") } else { name };
            if name.is_empty() {
                continue;
            }
            let held = name.contains("{paper}");
            self.papers.push(Paper {
                id: format!("{}_{value}", question.id),
                name: words.say(chance, name),
                when: Some(when(question.id, value)),
                licence_type: held.then_some(licence).flatten().map(str::to_owned),
            });
        }
    }
}

/// The condition that a question was answered so.
pub(super) fn when(id: &str, value: &str) -> Value {
    json!({
        "properties": {
            "situation": {"properties": {id: {"const": value}}, "required": [id]}
        },
        "required": ["situation"]
    })
}

fn form(item: &str) -> String {
    let item = item.strip_suffix("申请").unwrap_or(item);
    match item.strip_suffix("申报") {
        Some(before) => format!("{before}申报表"),
        None => format!("{item}申请表"),
    }
}

/// The papers that are asked for in any case, besides those of the field.
fn fixed(entry: &Entry) -> Vec<(&'static str, &'static str)> {
    let form = ("form", "{item}");
    let held = ("held", "{paper}");
    let identity = match entry.field.holder {
        Holder::Person => ("identity", "居民身份证"),
        Holder::Organisation => ("identity", "营业执照或法人登记证书"),
    };
    match entry.action.stage {
        Stage::Begin | Stage::Replace => vec![form, identity],
        Stage::Name => vec![form, identity, held, ("change", "名称变更的证明文件")],
        Stage::Move => vec![form, held, identity, ("change", "新单位接收证明")],
        Stage::Owner => vec![form, identity, held, ("change", "权属转移证明")],
        Stage::Affirm => vec![identity],
        Stage::Leave => vec![form, identity],
        Stage::Head => {
            vec![form, held, ("change", "新任负责人任职文件"), ("head", "新任负责人身份证明")]
        }
        Stage::Site | Stage::Scope | Stage::Renew => vec![form, held],
        Stage::Person => vec![identity, held, ("change", "信息更改依据证明")],
        Stage::Account => match entry.field.holder {
            Holder::Person => vec![identity, ("account", "新账户银行卡")],
            Holder::Organisation => vec![identity, ("account", "新账户开户凭证")],
        },
        Stage::End => vec![form, identity],
        Stage::Look => vec![identity, ("purpose", "查询用途说明")],
        Stage::Review => {
            let before = match entry.kind {
                Kind::Exam => "{subject}成绩单",
                Kind::Property => "{subject}登记资料查询结果",
                _ => "{subject}原决定书",
            };
            vec![form, ("before", before), ("grounds", "复核理由和新证据说明")]
        }
        Stage::Relief => vec![form, ("receipt", "原缴款凭证"), ("account", "退款账户银行卡")],
    }
}

fn questions(entry: &Entry, chance: &mut Chance) -> Vec<&'static Question> {
    let person = entry.field.holder == Holder::Person;
    let who = if person { &AGENT } else { &STAFF };
    let second = chance.percent(35);
    let of_begin = || match entry.kind {
        Kind::Permit | Kind::Registration | Kind::Supply => &PREMISES,
        Kind::Benefit | Kind::Grant | Kind::Status | Kind::Pupil | Kind::Insurance if person => {
            &HOUSEHOLD
        }
        Kind::Card | Kind::Service | Kind::Proof if person && is_for_family(entry) => &CHILD,
        _ => who,
    };
    let first = match entry.action.stage {
        Stage::Begin => of_begin(),
        Stage::Site => &PREMISES,
        Stage::Affirm => &CHANGED,
        Stage::Scope => &MORE,
        Stage::Renew => &CHANGED,
        Stage::Replace => &LOSS,
        Stage::End => &KEPT,
        Stage::Look => &WHOM,
        Stage::Name
        | Stage::Head
        | Stage::Move
        | Stage::Owner
        | Stage::Leave
        | Stage::Person
        | Stage::Account
        | Stage::Review
        | Stage::Relief => who,
    };
    let mut questions = vec![first];
    let next = if entry.action.stage == Stage::End && !person { &DEBTS } else { who };
    if (second || next.id == DEBTS.id) && next.id != first.id && first.id != WHOM.id {
        questions.push(next);
    }
    questions
}

/// Half of the subjects are things that people also ask for on behalf of children or parents.
fn is_for_family(entry: &Entry) -> bool {
    entry.number().is_multiple_of(2)
}

/// How many papers of the field are asked for.
fn own_papers(stage: Stage, chance: &mut Chance) -> usize {
    match stage {
        Stage::Begin => chance.below(3) + 1,
        Stage::Site | Stage::Renew | Stage::Scope | Stage::Relief => chance.below(2),
        _ => 0,
    }
}

/// Papers of what the field says nothing about.
fn papers_of(group: Group) -> &'static [&'static str] {
    match group {
        Group::Business => &[
            "实施方案",
            "位置示意图",
            "现场照片",
            "利害关系人同意意见",
            "项目情况说明",
            "设备清单",
        ],
        Group::Award => &[
            "自评报告",
            "工作总结报告",
            "上年度财务审计报告",
            "项目实施情况说明",
            "场地照片",
            "投入费用明细表",
        ],
        Group::Profession => {
            &["学历证书", "近期免冠照片", "单位推荐意见", "培训合格证明", "工作年限证明"]
        }
        Group::Life => &["有关情况说明", "亲属关系证明", "近期免冠照片", "银行卡", "居住地址证明"],
        Group::Record => &["用途说明", "接收单位要求的文件", "亲属关系证明"],
        Group::Thanks => &["事迹材料说明", "单位推荐意见", "获奖证书", "现场照片"],
        Group::Contest => &["证据清单", "纠纷经过说明", "权属证明", "现场照片"],
        Group::Debt => &["计费依据明细表", "缴费合同", "减免条件证明"],
    }
}
