//! What became of a vault whose file was found damaged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// What became of a vault whose file was found damaged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RescueView {
    /// When that was.
    pub at: Timestamp,
    /// Name of the damaged file, which was moved aside in the folder of the device's data.
    pub kept_as: String,
    /// Whether anything could be read at all.
    pub readable: bool,
    /// Applications that were rescued and wait to be filed.
    pub drafts: u32,
    /// Applications that were rescued and had been filed.
    pub filed: u32,
    /// Drafts that are lost, as far as is known.
    pub lost_drafts: u32,
    /// Filed applications whose content is lost on this device, as far as is known.
    pub lost_filed: u32,
    /// Attached files that are lost.
    pub lost_files: u32,
    /// Filings that wait for the person, as they lack a file.
    pub held_back: u32,
    /// Applications that are drafts again, as nothing says any more whether they were sent.
    pub reopened: u32,
    /// Whether more may be lost than is counted here.
    pub unsure: bool,
}

impl RescueView {
    /// It in words: what happened, and what the person does next.
    pub fn problem(&self) -> Problem {
        Problem::new("vault.rescued", self.sentence(), self.next())
    }

    fn sentence(&self) -> String {
        if !self.readable {
            return "本机保存数据的文件坏了，里面的内容都读不出来，已换上一个空的新文件。"
                .to_owned();
        }
        let lost: Vec<String> = [
            (self.lost_drafts, "件草稿"),
            (self.lost_filed, "件已提交申请的填报内容"),
            (self.lost_files, "个附件"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
        let lost = match (lost.as_slice(), self.unsure) {
            ([], false) => "没有发现少了内容".to_owned(),
            ([], true) => "可能有个别内容没能救回".to_owned(),
            (lost, false) => format!("没能救回 {}", lost.join("、")),
            (lost, true) => format!("没能救回 {}，可能还有没数到的", lost.join("、")),
        };
        format!(
            "本机保存数据的文件有一部分坏了，能读的都已救回：草稿 {} 件，已提交的申请 {} 件；{lost}。",
            self.drafts, self.filed
        )
    }

    fn next(&self) -> String {
        let mut next =
            vec!["请连上网络同步一次，平台收到过的申请、通知和证照会自动回来".to_owned()];
        if self.held_back > 0 {
            next.push(format!("{} 件申请缺了附件，没有发出，请打开补上再提交", self.held_back));
        }
        if self.reopened > 0 {
            next.push(format!(
                "{} 件申请不知道发出没有，已放回草稿；同步后还在草稿里的，请核对后重新提交，平台不会重复受理",
                self.reopened
            ));
        }
        if !self.readable || self.unsure || self.lost_drafts + self.lost_filed > 0 {
            next.push("同步后仍找不到的，请重新填写".to_owned());
        }
        next.push(format!("坏了的文件没有删，留作“{}”，需要时可交给设备管理员恢复", self.kept_as));
        format!("{}。", next.join("；"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rescue_is_told_with_what_is_lost_and_what_to_do() {
        let gone = RescueView { kept_as: "vault-a.damaged-1.db".to_owned(), ..Default::default() };
        let whole = RescueView { readable: true, drafts: 2, ..gone.clone() };
        let much = RescueView {
            lost_drafts: 1,
            lost_files: 3,
            held_back: 1,
            reopened: 1,
            unsure: true,
            ..whole.clone()
        };
        for told in [&gone, &whole, &much] {
            let problem = told.problem();
            assert!(problem.detail.ends_with('。') && problem.next.ends_with('。'), "{problem:?}");
            assert!(problem.next.contains("vault-a.damaged-1.db") && problem.next.contains("同步"));
        }
        assert!(gone.problem().next.contains("重新填写"));
        assert!(whole.problem().detail.contains("草稿 2 件"));
        let much = much.problem();
        assert!(much.detail.contains("1 件草稿、3 个附件"), "{}", much.detail);
        assert!(much.next.contains("补上") && much.next.contains("放回草稿"));
    }
}
