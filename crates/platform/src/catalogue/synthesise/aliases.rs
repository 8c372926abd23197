//! Everyday names (日常用语) of items: what people type who do not know the official one.

use super::{
    chance::Chance,
    kinds::{Kind, Stage},
    names::Entry,
    words::Words,
};

/// Two to four everyday names, none of which is the official one.
pub(super) fn aliases(entry: &Entry, words: &Words, chance: &mut Chance) -> Vec<String> {
    let stage = entry.action.stage;
    let mut found: Vec<String> = Vec::new();
    if stage == Stage::Begin {
        found.extend(entry.wishes().map(str::to_owned));
        chance.shuffle(&mut found);
    }
    let wanted = chance.below(3) + 2;
    let patterns =
        if stage == Stage::Begin { to_begin(entry.kind) } else { to_go_on(entry.kind, stage) };
    // More than are wanted, as some may be there already.
    for pattern in chance.some(patterns, patterns.len()) {
        let alias = words.say(chance, pattern);
        if alias != words.item && !found.contains(&alias) {
            found.push(alias);
        }
    }
    // Wishes first, then as many others as there is room for, whichever they are.
    let wishes = found.len().min(entry.wishes().count() * usize::from(stage == Stage::Begin));
    let (wishes, others) = found.split_at(wishes.min(found.len()));
    let mut aliases: Vec<String> = wishes.iter().take(3).cloned().collect();
    let room = wanted.saturating_sub(aliases.len()).max(1);
    aliases.extend(chance.some(others, room));
    aliases
}

fn to_begin(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Benefit | Kind::Grant | Kind::Subsidy => {
            &["{plain}", "领{plain}", "{plain}怎么领", "{plain}申请", "{plain}要什么条件"]
        }
        Kind::Approval | Kind::Household => {
            &["{plain}", "{plain}要什么手续", "{plain}怎么批", "{plain}去哪里办"]
        }
        Kind::Filing => &["{plain}", "{plain}要备案吗", "{plain}怎么备案", "{plain}登记"],
        Kind::Title | Kind::Reward => &["{plain}申报", "{plain}怎么评", "评{plain}", "{plain}条件"],
        Kind::Status | Kind::Finding => {
            &["{plain}", "{plain}怎么认定", "申请{plain}", "{plain}什么标准"]
        }
        Kind::Exam => &["{plain}", "{plain}报名", "{plain}什么时候报名", "{plain}报考条件"],
        Kind::Levy => &["交{plain}", "{plain}怎么交", "{plain}申报", "{plain}交多少"],
        Kind::Dispute => &["{plain}", "{plain}找谁", "{plain}怎么解决", "{plain}告到哪里"],
        Kind::Supply => &["装{plain}", "{plain}开户", "{plain}报装", "{plain}怎么装"],
        Kind::Service => &["{plain}", "{plain}怎么申请", "{plain}找谁", "{plain}预约"],
        Kind::Transfer => &["{plain}转过来", "{plain}转入", "{plain}怎么转", "{plain}接续"],
        Kind::Insurance => &["参加{plain}", "交{plain}", "{plain}怎么交", "{plain}开户"],
        Kind::Pupil => &["{plain}", "{plain}报名", "上{plain}", "{plain}怎么报名"],
        Kind::Property => &["办{plain}", "{plain}怎么办", "{plain}过户登记", "{plain}要带什么"],
        Kind::Permit | Kind::Practice | Kind::Card | Kind::Registration | Kind::Proof => {
            &["{plain}", "办{plain}", "{plain}怎么办", "{plain}在哪里办", "{plain}申请"]
        }
    }
}

fn to_go_on(kind: Kind, stage: Stage) -> &'static [&'static str] {
    match (kind, stage) {
        (_, Stage::Begin) => &[],
        (_, Stage::Name) => &["{plain}改名", "{plain}换名称", "{plain}名字变了", "{plain}改名称"],
        (_, Stage::Head) => {
            &["{plain}换法人", "{plain}换负责人", "{plain}换老板", "{plain}变更法人"]
        }
        (_, Stage::Site) => &["{plain}换地址", "{plain}搬家了", "{plain}改地址", "{plain}换地方"],
        (Kind::Pupil, Stage::Move) => &["转学到{plain}", "{plain}转学", "{plain}怎么转学"],
        (_, Stage::Move) => {
            &["{plain}换单位", "{plain}跳槽", "{plain}转到新单位", "{plain}变更单位"]
        }
        (_, Stage::Owner) => &["{plain}过户", "{plain}改户名", "{plain}换名字", "{plain}更名"],
        (Kind::Registration, Stage::Scope) => {
            &["{plain}改经营范围", "{plain}增加业务", "{plain}改章程", "{plain}换董事"]
        }
        (Kind::Supply, Stage::Scope) => &["{plain}增容", "{plain}不够用", "{plain}换大的"],
        (_, Stage::Scope) => &["{plain}变更", "{plain}改内容", "{plain}增项", "{plain}要改一下"],
        (Kind::Insurance, Stage::Person) => {
            &["{plain}信息错了", "{plain}改基数", "{plain}按多少工资交", "{plain}改信息"]
        }
        (_, Stage::Person) => {
            &["{plain}信息错了", "{plain}改信息", "{plain}改名字", "{plain}填错了"]
        }
        (_, Stage::Account) => {
            &["{plain}换银行卡", "{plain}改账号", "{plain}换卡", "{plain}卡号变了"]
        }
        (Kind::Approval, Stage::Renew) => {
            &["{plain}延期", "{plain}没做完", "{plain}批文到期", "{plain}时间不够"]
        }
        (Kind::Title, Stage::Renew) => &["{plain}复审", "{plain}重新评", "{plain}到期复评"],
        (_, Stage::Renew) => &["{plain}到期", "{plain}续期", "{plain}快过期了", "{plain}年审"],
        (_, Stage::Affirm) => {
            &["{plain}认证", "{plain}年审", "{plain}刷脸认证", "{plain}停发了要认证"]
        }
        (Kind::Approval, Stage::Replace) => {
            &["{plain}批文丢了", "补{plain}批文", "{plain}批文找不到了"]
        }
        (Kind::Filing, Stage::Replace) => {
            &["{plain}备案证明丢了", "补{plain}备案回执", "{plain}备案单找不到了"]
        }
        (Kind::Finding | Kind::Dispute, Stage::Replace) => {
            &["{plain}结论书丢了", "补{plain}结论书", "{plain}结果单找不到了"]
        }
        (Kind::Exam, Stage::Replace) => &["{plain}证书丢了", "补{plain}合格证", "{plain}合格证明"],
        (Kind::Pupil, Stage::Replace) => &["{plain}毕业证丢了", "补{plain}毕业证明"],
        (_, Stage::Replace) => &["{plain}丢了", "补办{plain}", "{plain}损坏", "{plain}找不到了"],
        (Kind::Registration, Stage::End) => {
            &["{plain}注销", "{plain}不开了", "关掉{plain}", "{plain}倒闭了"]
        }
        (_, Stage::End) => &["{plain}注销", "不要{plain}了", "{plain}停了", "取消{plain}"],
        (Kind::Household, Stage::Leave) => &["{plain}迁出", "把{plain}迁走", "{plain}迁到外地"],
        (Kind::Transfer, Stage::Leave) => &["{plain}转走", "{plain}转出", "把{plain}转到外地"],
        (_, Stage::Leave) => &["停{plain}", "不要{plain}了", "{plain}停掉", "退出{plain}"],
        (Kind::Exam, Stage::Look) => {
            &["{plain}成绩查询", "{plain}准考证打印", "{plain}查分", "{plain}考了多少分"]
        }
        (Kind::Levy, Stage::Look) => &["{plain}交了多少", "{plain}完税证明", "查{plain}"],
        (Kind::Proof, Stage::Look) => &["{plain}真假", "验证{plain}", "查{plain}"],
        (Kind::Approval | Kind::Service | Kind::Dispute, Stage::Look) => {
            &["{plain}办到哪一步了", "{plain}进度", "{plain}结果查询"]
        }
        (Kind::Benefit | Kind::Grant | Kind::Subsidy, Stage::Look) => {
            &["{plain}到账没有", "{plain}发了没有", "查{plain}", "{plain}查询"]
        }
        (_, Stage::Look) => &["查{plain}", "{plain}查询", "{plain}办好了吗", "{plain}在哪里查"],
        (_, Stage::Review) => &["{plain}有异议", "{plain}不对", "{plain}复核", "{plain}不服"],
        (_, Stage::Relief) => &["{plain}退钱", "{plain}减免", "{plain}交多了", "{plain}退费"],
    }
}
