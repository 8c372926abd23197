//! The fields of a guide that a person is told of, with their names, in the order in which a
//! guide has them.

use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($group:ident { $($name:ident = $code:literal $term:literal,)* })*) => {
        /// A field of a guide, or of one of several things that it lists.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum GuideField {
            $($(#[doc = $term] #[serde(rename = $code)] $name,)*)*
        }

        impl GuideField {
            /// Every field.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)*)*];

            /// Its code, which never changes.
            pub fn code(self) -> &'static str {
                match self { $($(Self::$name => $code,)*)* }
            }

            /// Its Chinese name.
            pub fn term(self) -> &'static str {
                match self { $($(Self::$name => $term,)*)* }
            }

            /// The field that says what this one is about: of a material's notes, that there
            /// is this material. One that is said of the guide itself stands for itself.
            pub(super) fn group(self) -> Self {
                match self { $($(Self::$name => Self::$group,)*)* }
            }
        }
    };
}

fields! {
    Name { Name = "name" "事项名称", }
    State { State = "state" "事项状态", }
    Effective { Effective = "effective" "实施日期", }
    Cancelled { Cancelled = "cancelled" "取消日期", }
    PromisedDays { PromisedDays = "promised-days" "承诺时限", }
    StatutoryDays { StatutoryDays = "statutory-days" "法定时限", }
    Visits { Visits = "visits" "到现场次数", }
    VisitReason { VisitReason = "visit-reason" "到现场的原因", }
    HasForm { HasForm = "has-form" "可在此申请", }
    Assurance { Assurance = "assurance" "要求的实名级别", }
    Channels { Channels = "channels" "办理形式", }
    Material {
        Material = "material" "申请材料",
        MaterialNecessity = "material-necessity" "必要性",
        MaterialExempt = "material-exempt" "免提交",
        MaterialKind = "material-kind" "材料类型",
        MaterialSource = "material-source" "来源渠道",
        MaterialOriginals = "material-originals" "原件份数",
        MaterialCopies = "material-copies" "复印件份数",
        MaterialPaper = "material-paper" "收纸质件",
        MaterialElectronic = "material-electronic" "收电子件",
        MaterialLicence = "material-licence" "可用的电子证照",
        MaterialWhen = "material-when" "适用情形",
        MaterialNotes = "material-notes" "填报须知",
        MaterialStandard = "material-standard" "受理标准",
        MaterialBasis = "material-basis" "材料依据",
    }
    Situation {
        Situation = "situation" "情形",
        SituationOptions = "situation-options" "可选的回答",
    }
    Condition { Condition = "condition" "受理条件", }
    Step {
        Step = "step" "办理流程",
        StepDays = "step-days" "办理时限",
        StepUnit = "step-unit" "办理单位",
        StepStandard = "step-standard" "审查标准",
    }
    SpecialProcedure {
        SpecialProcedure = "special-procedure" "特别程序",
        SpecialProcedureDays = "special-procedure-days" "特别程序时限",
        SpecialProcedureBasis = "special-procedure-basis" "特别程序依据",
    }
    Charged { Charged = "charged" "是否收费", }
    Fee {
        Fee = "fee" "收费项目",
        FeeStandard = "fee-standard" "收费标准",
        FeeReduction = "fee-reduction" "减免情形",
        FeeBasis = "fee-basis" "收费依据",
    }
    Result {
        Result = "result" "办理结果",
        ResultKind = "result-kind" "结果类型",
        ResultLicence = "result-licence" "发放的电子证照",
    }
    Department { Department = "department" "办理部门", }
    Division { Division = "division" "办理地区", }
    Address { Address = "address" "办理地点", }
    Hours { Hours = "hours" "办理时间", }
    Phone { Phone = "phone" "咨询电话", }
    ComplaintPhone { ComplaintPhone = "complaint-phone" "投诉电话", }
    Appointment { Appointment = "appointment" "预约办理", }
    OnlinePayment { OnlinePayment = "online-payment" "网上支付", }
    Courier { Courier = "courier" "物流快递", }
    Question {
        Question = "question" "常见问题",
        QuestionAnswer = "question-answer" "回答",
    }
    Law {
        Law = "law" "设定依据",
        LawText = "law-text" "条文内容",
    }
    Type { Type = "type" "事项类型", }
    ProjectType { ProjectType = "project-type" "办件类型", }
    Audiences { Audiences = "audiences" "服务对象", }
    Level { Level = "level" "行使层级", }
    OnlineDepth { OnlineDepth = "online-depth" "网上办理深度", }
    CrossRegion { CrossRegion = "cross-region" "通办范围", }
    JointDepartments { JointDepartments = "joint-departments" "联办部门", }
    Code { Code = "code" "实施编码", }
}
