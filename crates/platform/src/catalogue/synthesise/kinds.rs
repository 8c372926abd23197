//! What can be done with a subject of each kind: the endings of names, and of which type each is.

use tongban_contract::vocabulary::ItemType;

/// What a subject is, and with that, what can be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A licence of an organisation.
    Permit,
    /// A licence of a person for a profession.
    Practice,
    /// A document that a person carries.
    Card,
    /// Something to do for which approval is needed.
    Approval,
    /// An organisation that is registered.
    Registration,
    /// A right that is registered.
    Property,
    /// Something that is filed for the record.
    Filing,
    /// Money for a person, again and again.
    Benefit,
    /// Money for a person, once.
    Grant,
    /// Money for an organisation or an undertaking.
    Subsidy,
    /// A status that somebody has for a time.
    Status,
    /// A finding that is made once.
    Finding,
    /// A title that is awarded.
    Title,
    /// A certificate about what is on record.
    Proof,
    /// A reward.
    Reward,
    /// A dispute.
    Dispute,
    /// A tax or charge.
    Levy,
    /// A connection to a supply.
    Supply,
    /// A service that is asked for.
    Service,
    /// An entitlement that moves along.
    Transfer,
    /// A social insurance.
    Insurance,
    /// A kind of school.
    Pupil,
    /// An examination.
    Exam,
    /// A reason to move one's household registration.
    Household,
}

/// What is done, as far as it counts for what a guide says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is asked for the first time.
    Begin,
    /// The holder has another name.
    Name,
    /// The holder has another head.
    Head,
    /// It is carried out elsewhere.
    Site,
    /// A person goes to another employer or school.
    Move,
    /// Somebody else takes it over.
    Owner,
    /// More, less or something else is meant.
    Scope,
    /// What is said of a person is another.
    Person,
    /// Money goes to another account.
    Account,
    /// It goes on.
    Renew,
    /// It is looked whether what somebody is given is still due.
    Affirm,
    /// It is lost or damaged.
    Replace,
    /// It ends, and the document for it.
    End,
    /// It ends for somebody who leaves or needs it no more.
    Leave,
    /// Somebody asks what is there.
    Look,
    /// Somebody does not agree.
    Review,
    /// Less is owed.
    Relief,
}

/// What goes together: what is said of one kind holds for the others too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// To do business or to build.
    Business,
    /// To be better than others.
    Award,
    /// To follow a profession.
    Profession,
    /// To live.
    Life,
    /// What is on record.
    Record,
    /// What deserves thanks.
    Thanks,
    /// What is contested.
    Contest,
    /// What is owed.
    Debt,
}

impl Kind {
    pub(super) fn group(self) -> Group {
        match self {
            Self::Permit | Self::Approval | Self::Registration | Self::Filing | Self::Supply => {
                Group::Business
            }
            Self::Title | Self::Subsidy => Group::Award,
            Self::Practice | Self::Exam => Group::Profession,
            Self::Card
            | Self::Property
            | Self::Benefit
            | Self::Grant
            | Self::Status
            | Self::Finding
            | Self::Service
            | Self::Transfer
            | Self::Insurance
            | Self::Pupil
            | Self::Household => Group::Life,
            Self::Proof => Group::Record,
            Self::Reward => Group::Thanks,
            Self::Dispute => Group::Contest,
            Self::Levy => Group::Debt,
        }
    }
}

/// An ending of names.
pub(super) struct Action {
    /// What follows the subject.
    pub(super) ending: &'static str,
    /// What is done.
    pub(super) stage: Stage,
    /// Type of the item.
    pub(super) item_type: ItemType,
}

const fn to(ending: &'static str, stage: Stage, item_type: ItemType) -> Action {
    Action { ending, stage, item_type }
}

/// What can be done with a subject of this kind.
pub(super) fn actions(kind: Kind) -> &'static [Action] {
    use ItemType::{
        Adjudication, Confirmation, Levy, Licensing, OtherPower, Payment, PublicService, Reward,
    };
    use Stage::{
        Account, Affirm, Begin, End, Head, Leave, Look, Move, Name, Owner, Person, Relief, Renew,
        Replace, Review, Scope, Site,
    };
    match kind {
        Kind::Permit => {
            const {
                &[
                    to("核发", Begin, Licensing),
                    to("变更（单位名称）", Name, Licensing),
                    to("变更（法定代表人或负责人）", Head, Licensing),
                    to("变更（场所地址）", Site, Licensing),
                    to("变更（许可范围）", Scope, Licensing),
                    to("延续", Renew, Licensing),
                    to("补发", Replace, Licensing),
                    to("注销", End, Licensing),
                    to("信息查询", Look, PublicService),
                ]
            }
        }
        Kind::Practice => {
            const {
                &[
                    to("核发", Begin, Licensing),
                    to("变更（执业或聘用单位）", Move, Licensing),
                    to("变更（个人信息）", Person, Licensing),
                    to("延续", Renew, Licensing),
                    to("补发", Replace, Licensing),
                    to("注销", End, Licensing),
                    to("查询验证", Look, PublicService),
                ]
            }
        }
        Kind::Card => {
            const {
                &[
                    to("申领", Begin, Confirmation),
                    to("换领", Renew, Confirmation),
                    to("遗失补领", Replace, Confirmation),
                    to("信息变更", Person, Confirmation),
                    to("注销", End, Confirmation),
                    to("办理进度查询", Look, PublicService),
                ]
            }
        }
        Kind::Approval => {
            const {
                &[
                    to("审批", Begin, Licensing),
                    to("变更审批", Scope, Licensing),
                    to("延期审批", Renew, Licensing),
                    to("批准文件补发", Replace, PublicService),
                    to("审批结果查询", Look, PublicService),
                ]
            }
        }
        Kind::Registration => {
            const {
                &[
                    to("设立登记", Begin, Licensing),
                    to("变更登记（名称）", Name, Licensing),
                    to("变更登记（住所）", Site, Licensing),
                    to("变更登记（法定代表人或负责人）", Head, Licensing),
                    to("变更登记（业务范围）", Scope, Licensing),
                    to("章程和管理人员备案", Scope, OtherPower),
                    to("登记证照换发", Renew, OtherPower),
                    to("登记证照补发", Replace, OtherPower),
                    to("注销登记", End, Licensing),
                    to("登记档案查询", Look, PublicService),
                ]
            }
        }
        Kind::Property => {
            const {
                &[
                    to("首次登记", Begin, Confirmation),
                    to("转移登记", Begin, Confirmation),
                    to("变更登记", Scope, Confirmation),
                    to("更正登记", Person, Confirmation),
                    to("异议登记", Review, Confirmation),
                    to("注销登记", End, Confirmation),
                    to("登记证明补发", Replace, Confirmation),
                    to("登记资料查询", Look, PublicService),
                ]
            }
        }
        Kind::Filing => {
            const {
                &[
                    to("备案", Begin, OtherPower),
                    to("备案变更", Scope, OtherPower),
                    to("备案注销", End, OtherPower),
                    to("备案证明补发", Replace, PublicService),
                    to("备案信息查询", Look, PublicService),
                ]
            }
        }
        Kind::Benefit => {
            const {
                &[
                    to("申领", Begin, Payment),
                    to("领取资格认证", Affirm, PublicService),
                    to("发放账户变更", Account, PublicService),
                    to("领取人信息变更", Person, PublicService),
                    to("发放异议复核", Review, PublicService),
                    to("停发申报", Leave, PublicService),
                    to("发放明细查询", Look, PublicService),
                ]
            }
        }
        Kind::Grant => {
            const {
                &[
                    to("申领", Begin, Payment),
                    to("申领信息更改", Person, PublicService),
                    to("收款账户变更", Account, PublicService),
                    to("发放异议复核", Review, PublicService),
                    to("发放进度查询", Look, PublicService),
                ]
            }
        }
        Kind::Subsidy => {
            const {
                &[
                    to("申报", Begin, Payment),
                    to("申报内容变更", Scope, PublicService),
                    to("拨付账户变更", Account, PublicService),
                    to("复核申请", Review, PublicService),
                    to("拨付进度查询", Look, PublicService),
                ]
            }
        }
        Kind::Status => {
            const {
                &[
                    to("认定", Begin, Confirmation),
                    to("认定复核", Review, Confirmation),
                    to("年度复审", Affirm, Confirmation),
                    to("信息变更", Person, Confirmation),
                    to("退出申报", Leave, PublicService),
                    to("认定结果查询", Look, PublicService),
                ]
            }
        }
        Kind::Finding => {
            const {
                &[
                    to("申请", Begin, Confirmation),
                    to("复核申请", Review, Confirmation),
                    to("结论书补发", Replace, PublicService),
                    to("结果查询", Look, PublicService),
                ]
            }
        }
        Kind::Title => {
            const {
                &[
                    to("认定", Begin, Confirmation),
                    to("认定复审", Renew, Confirmation),
                    to("名称变更", Name, Confirmation),
                    to("认定异议复核", Review, Confirmation),
                    to("证书（牌匾）补发", Replace, PublicService),
                    to("认定结果查询", Look, PublicService),
                ]
            }
        }
        Kind::Proof => {
            const {
                &[
                    to("开具", Begin, PublicService),
                    to("补开", Replace, PublicService),
                    to("内容更正", Person, PublicService),
                    to("真伪核验", Look, PublicService),
                ]
            }
        }
        Kind::Reward => {
            const {
                &[
                    to("奖励申报", Begin, Reward),
                    to("奖励异议复核", Review, Reward),
                    to("奖金领取账户变更", Account, PublicService),
                    to("奖励结果查询", Look, PublicService),
                ]
            }
        }
        Kind::Dispute => {
            const {
                &[
                    to("裁决", Begin, Adjudication),
                    to("调解申请", Begin, PublicService),
                    to("裁决文书补发", Replace, PublicService),
                    to("处理进度查询", Look, PublicService),
                ]
            }
        }
        Kind::Levy => {
            const {
                &[
                    to("申报缴纳", Begin, Levy),
                    to("减免办理", Relief, OtherPower),
                    to("误收多缴退还", Relief, OtherPower),
                    to("缴纳证明开具", Look, PublicService),
                    to("申报更正", Person, OtherPower),
                ]
            }
        }
        Kind::Supply => {
            const {
                &[
                    to("新装报装", Begin, PublicService),
                    to("增容改造", Scope, PublicService),
                    to("过户更名", Owner, PublicService),
                    to("缴费账户变更", Account, PublicService),
                    to("报停销户", Leave, PublicService),
                    to("用量和账单查询", Look, PublicService),
                ]
            }
        }
        Kind::Service => {
            const {
                &[
                    to("申请", Begin, PublicService),
                    to("申请信息更改", Person, PublicService),
                    to("预约", Begin, PublicService),
                    to("办理进度查询", Look, PublicService),
                ]
            }
        }
        Kind::Transfer => {
            const {
                &[
                    to("转入", Begin, PublicService),
                    to("转出", Leave, PublicService),
                    to("转移信息更正", Person, PublicService),
                    to("转移进度查询", Look, PublicService),
                ]
            }
        }
        Kind::Insurance => {
            const {
                &[
                    to("参保登记", Begin, PublicService),
                    to("参保信息变更", Person, PublicService),
                    to("停保登记", Leave, PublicService),
                    to("缴费基数申报", Person, PublicService),
                    to("补缴申请", Begin, PublicService),
                    to("多缴退费申请", Relief, PublicService),
                    to("缴费明细查询", Look, PublicService),
                ]
            }
        }
        Kind::Pupil => {
            const {
                &[
                    to("入学报名", Begin, PublicService),
                    to("转学办理", Move, PublicService),
                    to("毕业证明补办", Replace, PublicService),
                    to("学籍信息更正", Person, PublicService),
                    to("学籍信息查询", Look, PublicService),
                ]
            }
        }
        Kind::Exam => {
            const {
                &[
                    to("报名", Begin, PublicService),
                    to("报名信息更改", Person, PublicService),
                    to("成绩复核", Review, PublicService),
                    to("合格证明补办", Replace, PublicService),
                    to("准考证和成绩查询", Look, PublicService),
                ]
            }
        }
        Kind::Household => {
            const {
                &[
                    to("户口迁入", Begin, Confirmation),
                    to("户口迁出", Leave, Confirmation),
                    to("户口迁移证件补领", Replace, Confirmation),
                    to("户口迁移进度查询", Look, PublicService),
                ]
            }
        }
    }
}
