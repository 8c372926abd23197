//! What is told as a desktop notification, which is seen by whoever stands in front of the
//! screen.

use tongban_contract::{identifiers::CaseId, page::Topic};

use crate::client::Client;

/// What a device says that several people share.
const TITLE: &str = "有新消息";
const BODY: &str = "请打开“通办”查看。";

impl Client {
    /// Tells of news; on a device that several people share, only that there are some.
    pub(crate) fn tell_news(&self, case: Option<CaseId>, title: String, body: String) {
        self.tell(if self.device().settings.shared_device {
            Topic::News { case: None, title: TITLE.to_owned(), body: BODY.to_owned() }
        } else {
            Topic::News { case, title, body }
        });
    }
}
