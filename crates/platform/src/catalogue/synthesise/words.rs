//! Fills sentences: `{subject}` and the like with the words of an item, `{n3-10}` with a number
//! from 3 to 10.

use super::{
    chance::Chance,
    kinds::{Kind, Stage},
    names::Entry,
    reach::Tier,
};

/// What is left out where a licence is named by what it is for.
const LICENCE_ENDINGS: [&str; 26] = [
    "经营许可证",
    "执业许可证",
    "卫生许可证",
    "办学许可证",
    "企业资质证书",
    "机构资质认定证书",
    "资质认定证书",
    "机构资质证书",
    "单位资质证书",
    "从业资格证",
    "操作资格证",
    "执业证书",
    "注册证书",
    "登记证书",
    "资质证书",
    "资格证书",
    "等级证书",
    "批准证书",
    "合格证书",
    "许可证书",
    "许可证",
    "登记证",
    "资质证",
    "执业证",
    "证书",
    "证",
];

/// The words of an item.
pub(super) struct Words {
    pub(super) item: String,
    pub(super) subject: &'static str,
    pub(super) plain: &'static str,
    /// What the subject is for.
    pub(super) trade: String,
    /// The document that whoever has the subject holds.
    pub(super) paper: String,
    /// What people call the department.
    called: &'static str,
    window: &'static str,
    /// The department's name without a division.
    pub(super) bureau: String,
    pub(super) province: String,
}

impl Words {
    pub(super) fn new(entry: &Entry, tier: Tier, province: &str) -> Self {
        let department = entry.field.department;
        Self {
            item: entry.name(),
            subject: entry.subject,
            plain: entry.plain(),
            trade: trade(entry.subject),
            paper: paper(entry),
            called: department.called,
            window: if tier == Tier::Township { "便民服务窗口" } else { department.window },
            bureau: department.plain_name(tier),
            province: province.to_owned(),
        }
    }

    /// A sentence with its words and numbers.
    pub(super) fn say(&self, chance: &mut Chance, text: &str) -> String {
        let mut said = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some((before, slot, after)) = next_slot(rest) {
            said.push_str(before);
            said.push_str(&self.word(chance, slot));
            rest = after;
        }
        said.push_str(rest);
        said
    }

    fn word(&self, chance: &mut Chance, slot: &str) -> String {
        match slot {
            "item" => self.item.clone(),
            "subject" => self.subject.to_owned(),
            "plain" => self.plain.to_owned(),
            "trade" => self.trade.clone(),
            "paper" => self.paper.clone(),
            "called" => self.called.to_owned(),
            "window" => self.window.to_owned(),
            "bureau" => self.bureau.clone(),
            "province" => self.province.clone(),
            numbers => number(chance, numbers),
        }
    }
}

fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (slot, after) = rest.split_once('}')?;
    Some((before, slot, after))
}

fn number(chance: &mut Chance, slot: &str) -> String {
    let range = slot.strip_prefix('n').unwrap_or(slot);
    let (low, high) = range.split_once('-').unwrap_or((range, range));
    match (low.parse(), high.parse()) {
        (Ok(low), Ok(high)) => chance.between(low, high).to_string(),
        _ => format!("{{{slot}}}"),
    }
}

fn trade(subject: &str) -> String {
    let ending = LICENCE_ENDINGS.iter().find_map(|ending| subject.strip_suffix(ending));
    ending.filter(|rest| !rest.is_empty()).unwrap_or(subject).to_owned()
}

fn paper(entry: &Entry) -> String {
    let subject = entry.subject;
    match entry.kind {
        Kind::Permit | Kind::Practice | Kind::Card | Kind::Proof => subject.to_owned(),
        Kind::Approval => format!("{subject}批准文件"),
        Kind::Registration => format!("{subject}登记证照"),
        Kind::Property => format!("{subject}登记证明"),
        Kind::Filing => format!("{subject}备案回执"),
        Kind::Benefit | Kind::Grant | Kind::Subsidy => format!("{subject}审批表"),
        Kind::Status => format!("{subject}认定书"),
        Kind::Finding => format!("{subject}结论书"),
        Kind::Title => format!("{subject}证书"),
        Kind::Reward => format!("{subject}奖励证书"),
        Kind::Dispute => format!("{subject}裁决书"),
        Kind::Levy => format!("{subject}缴款凭证"),
        Kind::Supply => format!("{subject}服务合同"),
        Kind::Service if entry.action.stage == Stage::Begin => format!("{subject}受理通知单"),
        Kind::Service => format!("{subject}登记单"),
        Kind::Transfer => format!("{subject}转移凭证"),
        Kind::Insurance => format!("{subject}参保凭证"),
        Kind::Pupil if entry.action.stage == Stage::Replace => format!("{subject}毕业证明"),
        Kind::Pupil => format!("{subject}学籍卡"),
        Kind::Exam if entry.action.stage == Stage::Replace => format!("{subject}合格证明"),
        Kind::Exam => format!("{subject}报名表"),
        Kind::Household => format!("{subject}户口迁移证件"),
    }
}
