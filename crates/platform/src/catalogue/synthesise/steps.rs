//! The steps of handling (办理流程), and how the promised days are shared out among them.

use tongban_contract::guide::Step;

use super::{
    chance::Chance,
    kinds::{Kind, Stage},
    words::Words,
};

/// Who takes a step.
#[derive(Clone, Copy)]
enum Unit {
    Window,
    Section,
    Bureau,
}

/// A step before it has days: name, share of the days, unit, standards.
type Part = (&'static str, u32, Unit, &'static [&'static str]);

const RECEIVE: Part = (
    "受理",
    1,
    Unit::Window,
    &[
        "材料齐全、符合形式的当场受理，缺的一次告知",
        "核对申请表和证件，{n1-2}个工作日内作出是否受理的决定",
        "看材料是否齐全、填写是否清楚，能共享的不再收",
        "登记后出具受理通知书，写明联系电话和查询办法",
    ],
);
const EXAMINE: Part = (
    "审查",
    3,
    Unit::Section,
    &[
        "对照{subject}的条件逐项审查，由{n2-3}人签署意见",
        "审查材料的真实性和一致性，有疑问的电话核实",
        "书面审查，需要补正的一次说清",
        "比对{trade}有关登记信息，提出初步意见",
    ],
);
const VISIT: Part = (
    "现场核查",
    3,
    Unit::Section,
    &[
        "{n2-3}名工作人员到场，对照清单核查并记录",
        "核查场所、设备和人员是否与材料一致，不合格的限期{n5-30}日整改",
        "约定时间上门，当场反馈结果",
    ],
);
const DECIDE: Part = (
    "决定",
    2,
    Unit::Bureau,
    &[
        "符合条件的准予{item}，不符合的说明理由和救济途径",
        "由分管负责人审定，重大事项集体讨论",
        "按权限作出书面决定并在网上公开",
    ],
);
const DELIVER: Part = (
    "制证送达",
    1,
    Unit::Window,
    &[
        "生成电子{paper}，需要纸质的到窗口领或邮寄",
        "短信告知结果，{n1-3}个工作日内送达",
        "结果归入证照库，同步推送到手机",
    ],
);
const CHECK: Part = (
    "审核",
    3,
    Unit::Section,
    &[
        "核对{paper}登记信息，一致的当场通过",
        "比对系统数据，{n1-2}人复核",
        "审核更改依据是否充分，内容是否清楚",
        "查验原登记情况，确认没有限制情形",
    ],
);
const FINISH: Part = (
    "办结",
    1,
    Unit::Window,
    &[
        "更新登记信息，出具结果并告知申请人",
        "办理结果短信通知，可在网上下载",
        "材料归档，{item}结果当日生效",
    ],
);
const FIRST_LOOK: Part = (
    "初审",
    3,
    Unit::Section,
    &[
        "入户或电话核实情况，形成初审意见",
        "比对参保、户籍、财产等{n3-8}类信息",
        "核对发票、名册和银行流水，剔除不符合的",
    ],
);
const PUBLISH: Part = (
    "公示",
    3,
    Unit::Section,
    &["在政府网站和公开栏公示{n3-7}日", "公示对象、标准和监督电话，有异议的重新核查"],
);
const GRANT: Part = (
    "审批",
    2,
    Unit::Bureau,
    &[
        "按标准核定金额，报负责人审批",
        "审批通过的列入当期发放计划",
        "对{subject}的资格和金额作出确认",
    ],
);
const PAY: Part = (
    "发放",
    2,
    Unit::Bureau,
    &["通过社会化发放直接打到账户，短信告知", "资金拨付后{n1-5}日内可查询到账情况"],
);
const EXPERTS: Part = (
    "专家评审",
    4,
    Unit::Section,
    &["抽取{n3-9}名专家评审打分，现场答辩", "专家组出具书面意见，{n60-80}分以上为通过"],
);
const BOOK: Part =
    ("登簿", 1, Unit::Section, &["记载于登记簿，自记载时起生效", "登记信息推送有关部门共享"]);
const HEAR: Part = (
    "听取意见和调解",
    4,
    Unit::Section,
    &["向对方送达副本，{n5-15}日内答复", "组织双方质证、调解，制作笔录"],
);
const MEASURE: Part = (
    "现场勘查",
    2,
    Unit::Section,
    &["约定时间上门，确定接入点和方案", "勘查后{n1-3}日内答复方案和费用"],
);
const BUILD: Part = (
    "施工和开通",
    3,
    Unit::Bureau,
    &["安装计量装置，验收合格当日开通", "外线施工由供应单位负责，完工后现场确认"],
);
const IDENTIFY: Part =
    ("核验身份", 1, Unit::Window, &["刷脸或核对证件，确认是本人或受托人", "核验查询权限和用途"]);
const ANSWER: Part = (
    "查询出具",
    1,
    Unit::Window,
    &["当场查询，出具结果并加盖电子印章", "查到的当场打印，查不到的说明原因"],
);
const CONTACT: Part = (
    "联系对方经办机构",
    4,
    Unit::Section,
    &["向对方发出联系函，{n5-15}日内办理划转", "核对对方传来的记录，有差异的协查"],
);

fn parts(kind: Kind, stage: Stage) -> &'static [Part] {
    match (kind, stage) {
        (_, Stage::Look) => &[IDENTIFY, ANSWER],
        (Kind::Permit, Stage::Begin | Stage::Site | Stage::Scope) => {
            &[RECEIVE, EXAMINE, VISIT, DECIDE, DELIVER]
        }
        (Kind::Approval, Stage::Begin | Stage::Scope) => &[RECEIVE, EXAMINE, VISIT, DECIDE, FINISH],
        (Kind::Permit | Kind::Practice | Kind::Approval, _) => &[RECEIVE, EXAMINE, DECIDE, DELIVER],
        (Kind::Benefit | Kind::Grant | Kind::Subsidy, Stage::Begin) => {
            &[RECEIVE, FIRST_LOOK, PUBLISH, GRANT, PAY]
        }
        (Kind::Status, Stage::Begin | Stage::Affirm) => &[RECEIVE, FIRST_LOOK, PUBLISH, DECIDE],
        (Kind::Title | Kind::Reward, Stage::Begin | Stage::Renew) => {
            &[RECEIVE, FIRST_LOOK, EXPERTS, PUBLISH, DECIDE]
        }
        (Kind::Finding, Stage::Begin) => &[RECEIVE, FIRST_LOOK, EXPERTS, DECIDE],
        (_, Stage::Review) => &[RECEIVE, FIRST_LOOK, DECIDE, FINISH],
        (Kind::Registration | Kind::Property, _) => &[RECEIVE, CHECK, BOOK, DELIVER],
        (Kind::Dispute, Stage::Begin) => &[RECEIVE, HEAR, DECIDE, FINISH],
        (Kind::Supply, Stage::Begin | Stage::Scope) => &[RECEIVE, MEASURE, BUILD, FINISH],
        (Kind::Transfer, Stage::Begin | Stage::Leave) => &[RECEIVE, CONTACT, CHECK, FINISH],
        (Kind::Proof | Kind::Card, _) => &[RECEIVE, CHECK, DELIVER],
        _ => &[RECEIVE, CHECK, FINISH],
    }
}

/// The steps of an item that promises so many days.
pub(super) fn steps(
    kind: Kind,
    stage: Stage,
    promised: u32,
    words: &Words,
    chance: &mut Chance,
) -> Vec<Step> {
    let mut parts = parts(kind, stage).to_vec();
    // Who promises a day or two has no time for five steps.
    let most = usize::try_from(promised).unwrap_or(usize::MAX).saturating_add(2);
    while parts.len() > most {
        parts.remove(parts.len() / 2);
    }
    let mut step = |&(name, _, unit, standards): &Part| Step {
        name: name.to_owned(),
        days: 0.0,
        unit: match unit {
            Unit::Window => words.say(chance, "政务服务大厅{window}"),
            Unit::Section => words.say(chance, "{bureau}") + chance.pick(&SECTIONS),
            Unit::Bureau => words.bureau.clone(),
        },
        standard: {
            let standard = chance.pick(standards);
            words.say(chance, standard)
        },
    };
    let mut steps: Vec<Step> = parts.iter().map(&mut step).collect();
    let shares: Vec<u32> = parts.iter().map(|(_, share, ..)| *share).collect();
    share_out(&mut steps, &shares, promised);
    steps
}

const SECTIONS: [&str; 5] = ["业务科", "行政审批科", "审核科", "综合业务股", "经办机构"];

/// The same steps for another promise, with shares as they are.
pub(super) fn for_promise(steps: &[Step], promised: u32) -> Vec<Step> {
    let mut steps = steps.to_vec();
    // Half days count one, so that a step that took none may go on taking none.
    let shares: Vec<u32> = steps.iter().map(|step| halves(step.days)).collect();
    share_out(&mut steps, &shares, promised);
    steps
}

fn halves(days: f64) -> u32 {
    (1..=4_000).take_while(|&count| f64::from(count) / 2.0 <= days).count().try_into().unwrap_or(0)
}

/// Gives each step its share of the days in halves, and the longest what is left over.
fn share_out(steps: &mut [Step], shares: &[u32], promised: u32) {
    let all = shares.iter().sum::<u32>().max(1);
    let given: Vec<u32> = shares.iter().map(|share| promised * 2 * share / all).collect();
    let rest = (promised * 2).saturating_sub(given.iter().sum());
    let longest = shares.iter().enumerate().max_by_key(|(_, share)| **share).map(|(at, _)| at);
    for (at, (step, halves)) in steps.iter_mut().zip(given).enumerate() {
        let more = if Some(at) == longest { rest } else { 0 };
        step.days = f64::from(halves + more) / 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_promised_the_steps_sum_to_it() {
        let step = |name: &str| Step {
            name: name.to_owned(),
            days: 0.0,
            unit: String::new(),
            standard: String::new(),
        };
        for promised in 0..120 {
            let mut steps = ["受理", "审查", "决定"].map(step).to_vec();
            share_out(&mut steps, &[1, 3, 2], promised);
            let sum = |steps: &[Step]| steps.iter().map(|step| step.days).sum::<f64>();
            assert!((sum(&steps) - f64::from(promised)).abs() < 1e-9);
            let shorter = for_promise(&steps, promised / 2);
            assert!((sum(&shorter) - f64::from(promised / 2)).abs() < 1e-9);
        }
    }
}
