//! The basic item of an entry, with every element that a guide has.

use jiff::civil::Date;
use tongban_contract::{
    guide::{Faq, Fee, Item, ItemResult, LegalBasis, Services, SpecialProcedure},
    vocabulary::{Audience, Channel, ItemState, ProjectType},
};

use super::{
    aliases,
    asked::asked,
    chance::Chance,
    conditions,
    kinds::{Kind, Stage},
    names::Entry,
    papers,
    questions::{self, Pair},
    reach::Tier,
    steps,
    subjects::Holder,
    words::Words,
};

/// Departments that may take part.
const PARTNERS: [&str; 12] = [
    "公安局",
    "税务局",
    "市场监督管理局",
    "人力资源和社会保障局",
    "民政局",
    "医疗保障局",
    "自然资源和规划局",
    "住房和城乡建设局",
    "消防救援局",
    "生态环境局",
    "财政局",
    "档案局",
];

/// The item of `entry` as offices of `tier` carry it out; `licence` is the type of the e-licence
/// that it issues, where it does.
pub(super) fn item(
    entry: &Entry,
    tier: Tier,
    words: &Words,
    licence: Option<&str>,
    chance: &mut Chance,
) -> Item {
    let (kind, stage) = (entry.kind, entry.action.stage);
    let (project_type, statutory, promised) = limits(kind, stage, chance);
    let visits = visits(kind, stage, chance);
    let fees = fees(kind, stage, words, chance);
    let asked = asked(entry, words, licence, chance);
    let laws = entry.field.laws;
    let materials =
        asked.papers.into_iter().map(|paper| papers::material(paper, words, laws, chance));
    let materials = materials.collect();
    let reason = chance.pick(conditions::visit_reasons(entry.field.holder, stage));
    Item {
        code: entry.code(),
        version: chance.between(1, 6).to_string(),
        aliases: aliases::aliases(entry, words, chance),
        state: ItemState::InUse,
        effective: effective(chance),
        cancelled: None,
        item_type: entry.action.item_type.clone(),
        level: tier.level(),
        audiences: audiences(entry.field.holder, chance),
        themes: entry.field.themes.to_vec(),
        project_type,
        channels: channels(chance),
        online_depth: if visits == 0 { "IV" } else { chance.pick(&["III", "III", "II"]) }
            .to_owned(),
        visits: Some(visits),
        visit_reason: if visits == 0 { String::new() } else { words.say(chance, reason) },
        cross_region: chance.pick(&["", "", "province", "province", "cross-province"]).to_owned(),
        joint_departments: partners(words, chance),
        legal_basis: legal_basis(entry, words, chance),
        conditions: what_must_be(entry, words, chance),
        steps: steps::steps(kind, stage, promised, words, chance),
        statutory_days: Some(statutory),
        promised_days: Some(promised),
        special_procedures: special_procedures(entry, words, chance),
        results: results(kind, stage, words, licence),
        situations: asked.situations,
        materials,
        faq: faq(entry, words, fees.is_empty(), chance),
        services: Services {
            appointment: chance.percent(45),
            online_payment: !fees.is_empty() && chance.percent(80),
            courier: stage != Stage::Look && chance.percent(60),
        },
        fees: Some(fees),
        assurance: chance.pick(&[2, 2, 2, 2, 2, 3, 1]),
        has_form: false,
        name: words.item.clone(),
    }
}

fn effective(chance: &mut Chance) -> Option<Date> {
    let year = chance.pick(&[2021_i16, 2022, 2023, 2024, 2025]);
    let month = chance.pick(&[1_i8, 1, 3, 5, 7, 7, 9, 10, 12]);
    Date::new(year, month, 1).ok()
}

/// Type of project, statutory and promised days.
fn limits(kind: Kind, stage: Stage, chance: &mut Chance) -> (ProjectType, u32, u32) {
    let at_once = match stage {
        Stage::Look => 92,
        Stage::Replace | Stage::Account | Stage::Person => 45,
        Stage::Begin if matches!(kind, Kind::Proof | Kind::Exam | Kind::Insurance) => 55,
        Stage::Begin if matches!(kind, Kind::Filing | Kind::Levy | Kind::Service) => 30,
        _ => 6,
    };
    if chance.percent(at_once) {
        let promised = chance.pick(&[0, 0, 1]);
        return (ProjectType::Immediate, chance.pick(&[1, 3, 5, 10, 20]), promised);
    }
    let statutory: u32 = match kind {
        _ if stage == Stage::Look => chance.pick(&[3, 5, 10]),
        Kind::Permit | Kind::Practice | Kind::Registration => chance.pick(&[15, 20, 20, 30]),
        Kind::Approval => chance.pick(&[20, 20, 30, 45, 60]),
        Kind::Title | Kind::Reward | Kind::Subsidy => chance.pick(&[30, 60, 60, 90]),
        Kind::Dispute | Kind::Finding => chance.pick(&[30, 45, 60]),
        Kind::Benefit | Kind::Grant | Kind::Status => chance.pick(&[20, 30, 45]),
        Kind::Transfer | Kind::Supply | Kind::Property => chance.pick(&[10, 15, 30, 45]),
        _ => chance.pick(&[5, 10, 15, 20]),
    };
    let promised = (statutory * chance.between(15, 75) / 100).max(2);
    (ProjectType::Promised, statutory, promised)
}

fn visits(kind: Kind, stage: Stage, chance: &mut Chance) -> u32 {
    let must_come = match kind {
        Kind::Card | Kind::Household | Kind::Finding | Kind::Dispute => 50,
        Kind::Property | Kind::Approval | Kind::Status => 35,
        Kind::Exam | Kind::Levy | Kind::Insurance | Kind::Subsidy => 8,
        _ if stage == Stage::Look => 8,
        _ => 22,
    };
    if chance.percent(must_come) { chance.pick(&[1, 1, 1, 1, 2]) } else { 0 }
}

fn channels(chance: &mut Chance) -> Vec<Channel> {
    let mut channels = vec![Channel::Window, Channel::Computer];
    if chance.percent(80) {
        channels.push(Channel::Mobile);
    }
    if chance.percent(25) {
        channels.push(Channel::Courier);
    }
    channels
}

fn audiences(holder: Holder, chance: &mut Chance) -> Vec<Audience> {
    if holder == Holder::Person {
        return vec![Audience::NaturalPerson];
    }
    let mut audiences = vec![Audience::Enterprise];
    let others = [
        Audience::PublicInstitution,
        Audience::SocialOrganisation,
        Audience::Administration,
        Audience::OtherOrganisation,
    ];
    let count = chance.below(4);
    audiences.extend(chance.some(&others, count));
    if chance.percent(30) {
        audiences.insert(0, Audience::NaturalPerson);
    }
    audiences
}

fn partners(words: &Words, chance: &mut Chance) -> Vec<String> {
    if !chance.percent(18) {
        return Vec::new();
    }
    let count = chance.below(2) + 1;
    let partners = chance.some(&PARTNERS, count).into_iter();
    partners.filter(|partner| *partner != words.bureau).map(str::to_owned).collect()
}

const BASIS: [&str; 8] = [
    "办理{subject}，应当向{called}提出，符合规定条件的予以办理。",
    "{called}负责{subject}的管理和监督，依照本法规定的条件和程序办理。",
    "从事{trade}有关活动，应当遵守本规定，接受{called}的监督检查。",
    "{called}应当自受理之日起{n5-45}日内作出决定，并书面告知申请人。",
    "申请{subject}的，应当如实提供材料，并对真实性负责。",
    "{subject}的事项发生变化的，应当在{n10-30}日内向原办理机关提出。",
    "任何单位和个人不得伪造、涂改、出租、出借{paper}。",
    "县级以上{called}应当公开{subject}的条件、程序和期限。",
];

fn legal_basis(entry: &Entry, words: &Words, chance: &mut Chance) -> Vec<LegalBasis> {
    let count = chance.below(2) + 2;
    let laws = chance.some(entry.field.laws, count);
    let texts = chance.some(&BASIS, laws.len());
    let basis = laws.into_iter().zip(texts).map(|(title, text)| LegalBasis {
        title: title.to_owned(),
        article: if chance.percent(70) { article(chance.between(3, 79)) } else { String::new() },
        text: words.say(chance, text),
    });
    basis.collect()
}

/// Such as 第二十三条.
fn article(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |of: u32| DIGITS.get(of as usize % 10).copied().unwrap_or_default();
    let tens = match number / 10 {
        0 => String::new(),
        1 => "十".to_owned(),
        tens => format!("{}十", digit(tens)),
    };
    format!("第{tens}{}条", digit(number))
}

fn what_must_be(entry: &Entry, words: &Words, chance: &mut Chance) -> Vec<String> {
    let (own, common) = match entry.action.stage {
        Stage::Begin => (chance.below(2) + 2, conditions::to_begin(entry.kind)),
        stage @ (Stage::Scope | Stage::Site) => (1, conditions::to_go_on(stage)),
        stage => (0, conditions::to_go_on(stage)),
    };
    let own = if entry.is_of_field() { own } else { 0 };
    let mut chosen = chance.some(entry.field.conditions, own);
    let count = if own > 1 { chance.below(2) + 1 } else { chance.below(2) + 2 };
    chosen.extend(chance.some(common, count));
    chosen.into_iter().map(|condition| words.say(chance, condition)).collect()
}

fn special_procedures(entry: &Entry, words: &Words, chance: &mut Chance) -> Vec<SpecialProcedure> {
    let names: &[(&str, [u32; 3])] = match (entry.kind, entry.action.stage) {
        (_, Stage::Look | Stage::Account | Stage::Person) => return Vec::new(),
        (Kind::Permit | Kind::Approval, _) => &[
            ("现场核查", [5, 10, 15]),
            ("专家评审", [15, 20, 30]),
            ("听证", [10, 20, 20]),
            ("检验检测", [10, 20, 30]),
        ],
        (Kind::Title | Kind::Subsidy | Kind::Reward, _) => {
            &[("专家评审", [15, 20, 30]), ("公示", [5, 5, 7])]
        }
        (Kind::Benefit | Kind::Grant | Kind::Status, _) => {
            &[("入户调查", [5, 10, 10]), ("公示", [3, 7, 7]), ("信息核对", [5, 10, 15])]
        }
        (Kind::Finding | Kind::Dispute, _) => &[("鉴定", [15, 30, 60]), ("调查取证", [10, 20, 30])],
        _ => &[("实地核查", [3, 5, 10]), ("公告", [7, 15, 15])],
    };
    if !chance.percent(30) {
        return Vec::new();
    }
    let count = 1 + usize::from(chance.percent(20));
    let law = entry.field.laws.first().copied().unwrap_or_default();
    let procedures = chance.some(names, count).into_iter().map(|(name, days)| SpecialProcedure {
        name: name.to_owned(),
        days: chance.pick(&days),
        basis: format!("《{law}》和{}关于{}的规定", words.province, words.subject),
    });
    procedures.collect()
}

fn fees(kind: Kind, stage: Stage, words: &Words, chance: &mut Chance) -> Vec<Fee> {
    let (often, name, standard) = match (kind, stage) {
        (Kind::Card, Stage::Begin | Stage::Renew | Stage::Replace) => {
            (40, "{subject}工本费", "每证 {n5-40} 元")
        }
        (Kind::Practice, Stage::Begin | Stage::Replace) => {
            (12, "{subject}工本费", "每证 {n5-15} 元")
        }
        (Kind::Property, Stage::Begin) => (45, "不动产和动产登记费", "每件 {n8-55}0 元"),
        (Kind::Exam, Stage::Begin) => (80, "{subject}考务费", "每人每科 {n20-90} 元"),
        (Kind::Finding, Stage::Begin) => (30, "{subject}费", "每例 {n10-60}0 元"),
        (Kind::Supply, Stage::Begin | Stage::Scope) => {
            (55, "表后安装工料费", "每户 {n10-90}0 元，按实际工程量结算")
        }
        (Kind::Title | Kind::Proof | Kind::Levy | Kind::Benefit | Kind::Grant, _) => {
            return Vec::new();
        }
        (_, Stage::Begin) => (5, "{subject}评审费", "每件 {n20-60}0 元"),
        _ => return Vec::new(),
    };
    if !chance.percent(often) {
        return Vec::new();
    }
    let reduction = chance.pick(&[
        "低保对象、残疾人和退役军人免收。",
        "小型微型企业和个体工商户免收。",
        "{n60-70}岁以上老人减半收取。",
        "首次办理免收，补办按标准收。",
        "因发证机关原因更换的不收。",
    ]);
    let basis = "《{province}行政事业性收费和政府性基金目录清单》第{n2-80}项";
    vec![Fee {
        name: words.say(chance, name),
        standard: words.say(chance, standard),
        basis: words.say(chance, basis),
        reduction: words.say(chance, reduction),
    }]
}

fn results(kind: Kind, stage: Stage, words: &Words, licence: Option<&str>) -> Vec<ItemResult> {
    let (subject, paper) = (words.subject, &words.paper);
    let result = |name: String, kind: &str, licence: Option<&str>| ItemResult {
        name,
        kind: kind.to_owned(),
        licence_type: licence.map(str::to_owned),
    };
    let document = |name: String| vec![result(name, "文书", None)];
    match stage {
        Stage::Look => document(format!("{subject}查询结果单")),
        Stage::End => document(format!("{}通知书", words.item)),
        Stage::Review => document(format!("{subject}复核决定书")),
        Stage::Account => document(format!("{subject}账户变更回执")),
        Stage::Relief => vec![result(format!("{subject}退（减）款"), "资金", None)],
        Stage::Begin if matches!(kind, Kind::Benefit | Kind::Grant | Kind::Subsidy) => {
            vec![result(subject.to_owned(), "资金", None)]
        }
        _ if licence.is_some() && stage != Stage::Affirm => {
            let mut results = vec![result(paper.clone(), "证照", licence)];
            if stage == Stage::Begin && kind == Kind::Permit {
                results.push(result("准予行政许可决定书".to_owned(), "文书", None));
            }
            results
        }
        Stage::Begin | Stage::Renew | Stage::Replace => document(paper.clone()),
        Stage::Affirm => document(format!("{subject}资格确认结果单")),
        Stage::Name
        | Stage::Head
        | Stage::Site
        | Stage::Move
        | Stage::Owner
        | Stage::Scope
        | Stage::Person
        | Stage::Leave => document(format!("{}通知书", words.item)),
    }
}

fn faq(entry: &Entry, words: &Words, free: bool, chance: &mut Chance) -> Vec<Faq> {
    let (kind, stage) = (entry.kind, entry.action.stage);
    let own = match stage {
        Stage::Begin => questions::to_begin(kind, entry.field.holder),
        stage => questions::to_go_on(stage),
    };
    // Whoever looks something up has less to ask for, and more to ask.
    let (least, more) = if stage == Stage::Look { (3, 2) } else { (2, 3) };
    let wanted = chance.below(more) + least;
    let mut pairs: Vec<Pair> = chance.some(own, if wanted > 2 { 2 } else { 1 });
    if stage != Stage::Look && chance.percent(15) {
        pairs.push(questions::APPEAL);
    } else if wanted > 3 || chance.percent(30) {
        pairs.push(if free { questions::FREE } else { questions::PAID });
    }
    let rest = wanted.saturating_sub(pairs.len());
    pairs.extend(chance.some(questions::ANYTHING, rest));
    let faq = pairs.into_iter().map(|(question, answer)| Faq {
        question: words.say(chance, question),
        answer: words.say(chance, answer),
    });
    faq.collect()
}
