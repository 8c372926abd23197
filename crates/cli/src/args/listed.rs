//! Which guides a command lists, and in which order: what `guides search` and `guides browse`
//! have in common.

use clap::{Args, ValueEnum};
use tongban_contract::{
    numbers::DivisionCode,
    page::{GuideFilter, GuideSort},
    vocabulary::Theme,
};

/// Which guides are listed, and how.
#[derive(Args, Debug)]
pub(crate) struct Listed {
    #[arg(long, value_name = "THEME", value_parser = theme, help = "只看一个主题，写代码或名称，如 劳动就业")]
    theme: Option<Theme>,
    #[arg(long, value_name = "CODE", help = "只看一类服务对象，写代码，如 1 自然人")]
    audience: Option<String>,
    #[arg(long = "type", value_name = "CODE", help = "只看一类事项，写代码，如 01 行政许可")]
    item_type: Option<String>,
    #[arg(long, value_name = "CODE", help = "只看有这种特色的事项，写代码，见 guides browse")]
    badge: Option<String>,
    #[arg(long, value_name = "NAME", help = "只看一个部门")]
    department: Option<String>,
    #[arg(long, value_name = "CODE", help = "只看能在这个地方办的事项，区划代码，可到村")]
    region: Option<DivisionCode>,
    #[arg(long, value_enum, default_value = "relevance", help = "怎样排列")]
    sort: Sort,
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20,
        hide_default_value = true,
        help = "最多列出几项（默认 20）"
    )]
    pub(crate) limit: u32,
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        help = "跳过前面几项"
    )]
    pub(crate) offset: u32,
}

/// In which order guides are listed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sort {
    #[value(help = "最相关的在前")]
    Relevance,
    #[value(help = "承诺时限短的在前")]
    Days,
    #[value(help = "到现场次数少的在前")]
    Visits,
    #[value(help = "按名称")]
    Name,
}

impl Listed {
    pub(crate) fn filter(&self) -> GuideFilter {
        GuideFilter {
            theme: self.theme.as_ref().map(|theme| theme.code().to_owned()),
            audience: self.audience.clone(),
            item_type: self.item_type.clone(),
            badge: self.badge.clone(),
            department: self.department.clone(),
            region: self.region.clone(),
        }
    }

    pub(crate) fn sort(&self) -> GuideSort {
        match self.sort {
            Sort::Relevance => GuideSort::Relevance,
            Sort::Days => GuideSort::Days,
            Sort::Visits => GuideSort::Visits,
            Sort::Name => GuideSort::Name,
        }
    }
}

fn theme(text: &str) -> Result<Theme, String> {
    let found = Theme::ALL.iter().find(|theme| theme.code() == text || theme.term() == text);
    found.cloned().ok_or_else(|| {
        let terms: Vec<&str> = Theme::ALL.iter().map(Theme::term).collect();
        format!("主题有：{}", terms.join("、"))
    })
}
