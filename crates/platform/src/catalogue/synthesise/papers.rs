//! What is said of a paper to hand in: how to come by it, and by what it is accepted. What sort
//! of paper it is follows from its name.

use tongban_contract::{
    guide::Material,
    vocabulary::{MaterialSource, Necessity},
};

use super::{chance::Chance, words::Words};

/// A business licence as an e-licence.
const BUSINESS_LICENCE: &str = "11100000000013338W011";

/// A sort of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Form,
    Identity,
    Business,
    /// Issued by some authority.
    Certificate,
    Drawing,
    List,
    Plan,
    Contract,
    Report,
    Photo,
    Statement,
    /// Lets somebody act for another.
    Mandate,
    Account,
    Decision,
}

/// Endings of names, and the sort of what is called so. The first that fits counts.
const SORTS: &[(&str, Sort)] = &[
    ("申请表", Sort::Form),
    ("申请书", Sort::Form),
    ("申报表", Sort::Form),
    ("登记表", Sort::Form),
    ("居民身份证", Sort::Identity),
    ("身份证明", Sort::Identity),
    ("法人登记证书", Sort::Business),
    ("照片", Sort::Photo),
    ("合影", Sort::Photo),
    ("图", Sort::Drawing),
    ("图纸", Sort::Drawing),
    ("清单", Sort::List),
    ("名单", Sort::List),
    ("名册", Sort::List),
    ("花名册", Sort::List),
    ("目录", Sort::List),
    ("名录", Sort::List),
    ("明细表", Sort::List),
    ("能力表", Sort::List),
    ("制度", Sort::Plan),
    ("方案", Sort::Plan),
    ("预案", Sort::Plan),
    ("规程", Sort::Plan),
    ("章程", Sort::Plan),
    ("计划", Sort::Plan),
    ("手册", Sort::Plan),
    ("合同", Sort::Contract),
    ("协议", Sort::Contract),
    ("样本", Sort::Contract),
    ("报告", Sort::Report),
    ("诊断证明", Sort::Report),
    ("小结", Sort::Report),
    ("鉴定报告", Sort::Report),
    ("声明", Sort::Statement),
    ("说明", Sort::Statement),
    ("承诺书", Sort::Statement),
    ("声明书", Sort::Statement),
    ("委托书", Sort::Mandate),
    ("同意意见", Sort::Statement),
    ("意见", Sort::Decision),
    ("决议", Sort::Decision),
    ("文件", Sort::Decision),
    ("记录", Sort::Decision),
    ("决定书", Sort::Decision),
    ("银行卡", Sort::Account),
    ("发票", Sort::Account),
    ("票据", Sort::Account),
    ("凭证", Sort::Account),
    ("存折复印件", Sort::Account),
    ("报表", Sort::List),
    ("流水", Sort::Account),
    ("样稿", Sort::Drawing),
];

impl Sort {
    fn of(name: &str) -> Self {
        let found = SORTS.iter().find(|(ending, _)| name.ends_with(ending));
        found.map_or(Self::Certificate, |(_, sort)| *sort)
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Form | Self::Statement | Self::Mandate => "申请表格文书",
            Self::Identity | Self::Business | Self::Certificate | Self::Decision => "证件证书证明",
            Self::Drawing
            | Self::List
            | Self::Plan
            | Self::Contract
            | Self::Report
            | Self::Photo
            | Self::Account => "其他",
        }
    }

    fn source(self) -> MaterialSource {
        match self {
            Self::Identity | Self::Business | Self::Certificate => MaterialSource::Government,
            Self::Report => MaterialSource::Intermediary,
            Self::Account => MaterialSource::OtherSource,
            _ => MaterialSource::Applicant,
        }
    }

    fn notes(self) -> &'static [&'static str] {
        match self {
            Self::Form => &[
                "在网上填好直接提交，也可以到{window}拿空白表，{n1-4}页。",
                "空白表和填写样表都能下载，带星号的{n6-18}项必须填。",
                "按{subject}的实际情况填，联系电话写能接通的手机号。",
                "系统会自动带出已有的信息，核对后补齐其余{n3-10}项。",
                "一式{n1-2}份，用黑色签字笔填写或者打印，不要涂改。",
            ],
            Self::Identity => &[
                "拍正反两面，四个角都要看得见；实名登录的自动带出。",
                "由监护人或受托人提交的，双方的都要。",
                "临时身份证、户口簿内页也可以，和{item}填写的姓名一致。",
                "已经实名认证的不用上传，系统自己核验。",
            ],
            Self::Business => &[
                "有电子营业执照的点一下就能引用，不用上传。",
                "交正本或副本都行，事业单位、社会组织交法人登记证书。",
                "系统按统一社会信用代码自动取，取不到再上传。",
            ],
            Self::Certificate => &[
                "能共享的系统会自己取，取不到再上传照片。",
                "拍原件，有附页的一起拍，{n1-4}张以内。",
                "到发证的单位开具或者在证照夹里引用。",
                "办{subject}时核对原件，核完当场退还。",
                "外地出具的，请先在网上验证一下真伪。",
            ],
            Self::Drawing => &[
                "标出尺寸、方位和用途，手画的也行，比例不小于1:{n100-500}。",
                "请设计或测绘单位出，{subject}有关的位置用红线标出来。",
                "打印成A3或者导出PDF，{n1-5}张，标明图名和日期。",
                "把周边{n50-500}米内的建筑、道路、出入口也画上。",
            ],
            Self::List => &[
                "有模板，照着填，逐项写明名称、数量、编号，一般{n5-60}行。",
                "由系统或台账导出，盖章后扫描，日期在{n1-6}个月内。",
                "人员的写姓名、岗位、证件号；设备的写型号、数量。",
                "Excel 或 PDF 都行，合计数和申请表一致。",
            ],
            Self::Plan => &[
                "结合自己的{trade}实际写，不要照抄，{n3-30}页。",
                "写明责任人、措施和时间，附联系电话。",
                "有示范文本可以参考，改好后由负责人签发。",
                "目录编好页码，重点写{trade}的关键环节。",
            ],
            Self::Contract => &[
                "各方签字盖章的完整版本，含附件，剩余期限不少于{n6-36}个月。",
                "拍首页、金额页和签字页，其他{n2-12}页备查。",
                "正在签的先交意向书，{n10-30}日内补正式的。",
            ],
            Self::Report => &[
                "找有资质的机构出，{n1-12}个月内的，机构名单在{called}网站上。",
                "费用由申请人与机构商定，{called}不指定机构。",
                "结论页和签章页要清楚，附机构资质复印件。",
                "已经做过、结论还有效的可以直接用，不用重做。",
            ],
            Self::Photo => &[
                "手机拍的就行，近{n1-6}个月内，不要美颜和水印。",
                "白底或浅色底，五官或画面清楚，{n1-3}张。",
                "远近各拍一张，看得出位置和全貌，标明拍摄日期。",
            ],
            Self::Statement => &[
                "有模板，照着填好签名，不用公证。",
                "写清楚时间、原因和请求，{n100-800}字左右。",
                "在网上勾选、电子签名就行；纸质的签字按手印。",
                "说的是{subject}的情况，由本人或负责人签名。",
            ],
            Self::Mandate => &[
                "写明委托谁办{item}、到什么时候为止，双方签名。",
                "在网上可以直接授权，对方确认就行，不用纸质的。",
                "附受托人的身份证照片，委托期限不超过{n1-12}个月。",
            ],
            Self::Account => &[
                "拍有卡号或金额的一面，号码要清楚，户名和申请人一致。",
                "近{n1-12}个月的，按时间排好，电子的直接导出PDF。",
                "没有的到开户银行或收款单位补打，一般当场能拿。",
            ],
            Self::Decision => &[
                "由作出的单位盖章，写明日期和文号；{n1-24}个月内的。",
                "会议的附签到和表决情况，{n1-5}页。",
                "没有正式文件的，由主管单位出具书面意见。",
            ],
        }
    }

    fn standards(self) -> &'static [&'static str] {
        match self {
            Self::Form => &[
                "项目齐全，签字或盖章清楚，没有涂改。",
                "内容与证照一致，{n1-3}处以上错误的退回重填。",
                "申请人签名，单位的加盖公章或电子印章。",
            ],
            Self::Identity => &[
                "在有效期内，照片和号码清楚。",
                "与申请人一致，剩余有效期不少于{n1-3}个月。",
                "正反面齐全，没有遮挡。",
            ],
            Self::Business => &[
                "在有效期内，没有列入经营异常名录。",
                "名称、住所与申请表一致，业务范围包括{trade}。",
                "登记状态为存续或在业。",
            ],
            Self::Certificate => &[
                "在有效期内，编号可以查验。",
                "发证单位印章清楚，内容与{subject}申请一致。",
                "没有涂改、过期或被注销的情形。",
                "与登记系统比对一致，差异不超过{n1-2}处。",
            ],
            Self::Drawing => &[
                "比例、图例、方位齐全，与现场一致。",
                "看得清位置、面积和通道，误差不超过{n2-5}%。",
                "有制图单位或申请人签章。",
            ],
            Self::List => &[
                "数量、型号、人员与实际一致，抽查{n3-10}项相符。",
                "合计准确，盖章齐全。",
                "每项都写明，能与证件、发票对应。",
            ],
            Self::Plan => &[
                "内容覆盖{trade}全过程，责任到人。",
                "切实可行，与规模和风险相适应，{n1-3}年内更新过。",
                "由负责人签发，注明施行日期。",
            ],
            Self::Contract => &[
                "各方签章齐全，在有效期内，标的与申请一致。",
                "期限、金额、责任明确，剩余{n3-24}个月以上。",
                "没有空白条款，附件齐全。",
            ],
            Self::Report => &[
                "由有资质的机构出具，签章齐全，结论明确。",
                "依据的标准现行有效，数据可以追溯，{n3-12}个月内。",
                "结论为合格或符合要求。",
            ],
            Self::Photo => &[
                "画面清楚，没有修改，{n100-2000}KB。",
                "能辨认人员、位置或铭牌。",
                "近{n1-6}个月内拍摄，与现状一致。",
            ],
            Self::Statement => &[
                "本人或负责人签名，日期完整。",
                "事实清楚，与其他材料不矛盾。",
                "写在一页纸内，落款日期在{n1-6}个月以内。",
            ],
            Self::Mandate => &[
                "委托事项、权限和期限清楚，双方签名。",
                "单位的加盖公章，个人的签名按手印。",
                "在委托期限内，受托人与到场的人一致。",
            ],
            Self::Account => &[
                "户名、账号、金额清楚，与申请表一致。",
                "票据真实，可以在线查验。",
                "近{n1-12}个月内，状态正常。",
            ],
            Self::Decision => &[
                "印章、文号、日期齐全。",
                "内容与申请事项一致，仍然有效。",
                "参加人数和表决符合规定，{n1-3}个月内作出。",
            ],
        }
    }
}

/// A paper that an item asks for, before anything is said about it.
pub(super) struct Paper {
    pub(super) id: String,
    pub(super) name: String,
    /// Condition under which it is asked for.
    pub(super) when: Option<serde_json::Value>,
    /// E-licence that stands for it.
    pub(super) licence_type: Option<String>,
}

/// The paper with all that is said about it.
pub(super) fn material(
    paper: Paper,
    words: &Words,
    laws: &[&str],
    chance: &mut Chance,
) -> Material {
    let sort = Sort::of(&paper.name);
    let licence_type = match sort {
        Sort::Business => Some(BUSINESS_LICENCE.to_owned()),
        _ => paper.licence_type,
    };
    let fetched = licence_type.is_some() || matches!(sort, Sort::Identity | Sort::Certificate);
    let necessity = match chance.between(1, 20) {
        1 | 2 if !matches!(sort, Sort::Form | Sort::Identity) => Necessity::Deferrable,
        3 if paper.when.is_none() && !fetched && sort != Sort::Form => Necessity::Optional,
        _ => Necessity::Required,
    };
    let on_paper = chance.percent(20);
    let original = !fetched && !chance.percent(20);
    let (notes, standard) = (chance.pick(sort.notes()), chance.pick(sort.standards()));
    Material {
        id: paper.id,
        kind: sort.kind().to_owned(),
        necessity,
        source: sort.source(),
        originals: u32::from(original),
        copies: if original { 0 } else { chance.between(1, 2) },
        paper: on_paper,
        electronic: true,
        notes: words.say(chance, notes),
        standard: words.say(chance, standard),
        basis: chance.pick(laws).to_owned(),
        exempt: fetched && chance.percent(30),
        licence_type,
        when: paper.when,
        name: paper.name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sort_of_a_paper_follows_from_its_name() {
        for (name, sort) in [
            ("食品生产许可证核发申请表", Sort::Form),
            ("居民身份证", Sort::Identity),
            ("营业执照或法人登记证书", Sort::Business),
            ("场所平面布局图", Sort::Drawing),
            ("产品检验报告", Sort::Report),
            ("疾病诊断证明", Sort::Report),
            ("条件没有变化的声明", Sort::Statement),
            ("食品生产许可证", Sort::Certificate),
        ] {
            assert_eq!(Sort::of(name), sort, "{name}");
        }
    }
}
