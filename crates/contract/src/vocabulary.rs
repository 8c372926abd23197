//! Coded terms of GB/T 39046-2020 and GB/T 39554. Each enum is written on the wire
//! as its published code; a code this version does not know is kept as it came.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal $term:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$vdoc])* #[doc = $term] $variant,)*
            /// A code of a later edition, kept as it came.
            Other(String),
        }

        impl $name {
            /// Every term of the edition this version knows, in the standard's order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The published code.
            pub fn code(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Other(code) => code,
                }
            }

            /// The published Chinese term; for an unknown code, the code itself.
            pub fn term(&self) -> &str {
                match self {
                    $(Self::$variant => $term,)*
                    Self::Other(code) => code,
                }
            }
        }

        impl From<&str> for $name {
            fn from(code: &str) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.term())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let code = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Ok(Self::from(code.as_ref()))
            }
        }
    };
}

coded! {
    /// Type of a service item (事项类型).
    ItemType {
        Licensing = "01" "行政许可",
        Penalty = "02" "行政处罚",
        Coercion = "03" "行政强制",
        Levy = "04" "行政征收",
        Payment = "05" "行政给付",
        Inspection = "06" "行政检查",
        Confirmation = "07" "行政确认",
        Reward = "08" "行政奖励",
        Adjudication = "09" "行政裁决",
        OtherPower = "10" "其他行政权力",
        PublicService = "20" "公共服务",
    }
}

coded! {
    /// Level that carries an item out (行使层级).
    Level {
        State = "1" "国家级",
        Province = "2" "省级",
        City = "3" "市级",
        County = "4" "县级",
        Township = "5" "镇街级",
        Village = "6" "村社区级",
    }
}

coded! {
    /// Whom an item serves (服务对象).
    Audience {
        NaturalPerson = "1" "自然人",
        Enterprise = "2" "企业法人",
        PublicInstitution = "3" "事业法人",
        SocialOrganisation = "4" "社会组织法人",
        Administration = "5" "行政机关",
        OtherOrganisation = "6" "其他组织",
    }
}

coded! {
    /// Project type (办件类型).
    ProjectType {
        Immediate = "1" "即办件",
        Promised = "2" "承诺件",
    }
}

coded! {
    /// Channel by which an item can be handled (办理形式).
    Channel {
        Window = "1" "窗口办理",
        Computer = "2" "网上办理",
        Mobile = "3" "掌上办理",
        Courier = "4" "快递申请",
    }
}

coded! {
    /// State of an item in the catalogue.
    ItemState {
        InUse = "1" "在用",
        Suspended = "2" "暂停",
        Cancelled = "3" "取消",
        Draft = "4" "拟定",
    }
}

impl ItemState {
    /// Whether people are shown an item in this state.
    pub fn is_listed(&self) -> bool {
        matches!(self, Self::InUse | Self::Suspended)
    }
}

coded! {
    /// Necessity of a material (材料必要性).
    Necessity {
        Required = "1" "必要",
        Optional = "2" "非必要",
        /// May be handed in after acceptance.
        Deferrable = "3" "容缺后补",
    }
}

coded! {
    /// Where a material comes from (来源渠道).
    MaterialSource {
        Applicant = "10" "申请人自备",
        Government = "20" "政府部门核发",
        Intermediary = "30" "中介机构",
        OtherSource = "99" "其他",
    }
}

coded! {
    /// State of an e-licence (GB/T 36903).
    LicenceState {
        Valid = "01" "有效",
        Suspended = "02" "暂扣",
        Revoked = "03" "撤销",
        Deregistered = "04" "注销",
        Lapsed = "05" "失效",
        TransferredOut = "06" "转出",
        Withdrawn = "07" "吊销",
    }
}

coded! {
    /// The themes every client shows (主题), in their usual order.
    Theme {
        Education = "education" "教育",
        Health = "health" "医疗卫生",
        SocialAssistance = "social-assistance" "社会救助",
        SocialWelfare = "social-welfare" "社会福利",
        CommunityService = "community-service" "社区服务",
        Marriage = "marriage" "婚姻登记",
        Funeral = "funeral" "殡葬服务",
        SocialWork = "social-work" "社会工作",
        Employment = "employment" "劳动就业",
        SocialSecurity = "social-security" "社会保障",
        FamilyPlanning = "family-planning" "计划生育",
        Housing = "housing" "住房保障",
        HousingFund = "housing-fund" "住房公积金",
        PublicSafety = "public-safety" "公共安全",
    }
}

coded! {
    /// Handling promises shown as badges.
    Badge {
        NoVisit = "no-visit" "不见面",
        OneVisit = "one-visit" "跑一次",
        Online = "online" "网上办",
        AtOnce = "at-once" "马上办",
        Nearby = "nearby" "就近办",
    }
}

#[cfg(feature = "openapi")]
mod openapi {
    macro_rules! as_string {
        ($($name:ident),*) => {$(
            impl utoipa::PartialSchema for super::$name {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                    String::schema()
                }
            }
            impl utoipa::ToSchema for super::$name {}
        )*};
    }
    as_string!(
        ItemType,
        Level,
        Audience,
        ProjectType,
        Channel,
        ItemState,
        Necessity,
        MaterialSource,
        LicenceState,
        Theme,
        Badge
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_code_reads_back_as_its_own_term() {
        for item_type in ItemType::ALL {
            assert_eq!(&ItemType::from(item_type.code()), item_type);
        }
        assert_eq!(Theme::ALL.len(), 14);
    }

    #[test]
    fn a_code_of_a_later_edition_survives_a_round_trip() {
        let level: Level = serde_json::from_str(r#""9""#).unwrap();
        assert_eq!(level, Level::Other("9".into()));
        assert_eq!(serde_json::to_string(&level).unwrap(), r#""9""#);
    }
}
