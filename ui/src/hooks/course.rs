//! The course of repeated reading, as pure state: which reply counts, and when to read
//! again. One read is under way at a time; news that come meanwhile cause exactly one more.

/// Where the reading of one component stands.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Course {
    generation: u32,
    under_way: bool,
    news: bool,
}

/// What a reply means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Whether it is what was last asked for.
    pub(super) counts: bool,
    /// Whether to read once more.
    pub(super) again: bool,
}

impl Course {
    /// Something else is asked for: whatever is under way no longer counts. Answers the
    /// mark that the reply must be presented with.
    pub(super) fn begin(&mut self) -> u32 {
        self.generation = self.generation.wrapping_add(1);
        self.under_way = true;
        self.news = false;
        self.generation
    }

    /// The same may have another answer now. Answers a mark where a read is to begin.
    pub(super) fn news(&mut self) -> Option<u32> {
        if self.under_way {
            self.news = true;
            None
        } else {
            self.under_way = true;
            Some(self.generation)
        }
    }

    /// A reply has come.
    pub(super) fn reply(&mut self, mark: u32) -> Verdict {
        if mark != self.generation {
            return Verdict { counts: false, again: false };
        }
        let again = std::mem::take(&mut self.news);
        self.under_way = again;
        Verdict { counts: true, again }
    }

    /// Nobody wants a reply any more.
    pub(super) fn end(&mut self) {
        self.generation = self.generation.wrapping_add(1);
        self.under_way = false;
        self.news = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_to_an_older_question_is_ignored() {
        let mut course = Course::default();
        let first = course.begin();
        let second = course.begin();
        assert_eq!(course.reply(first), Verdict { counts: false, again: false });
        assert_eq!(course.reply(second), Verdict { counts: true, again: false });
    }

    #[test]
    fn many_news_while_reading_cause_one_more_read() {
        let mut course = Course::default();
        let mark = course.begin();
        assert_eq!([course.news(), course.news()], [None, None]);
        assert_eq!(course.reply(mark), Verdict { counts: true, again: true });
        assert_eq!(course.news(), None, "the second read is under way");
        assert!(course.reply(mark).again);
        assert_eq!(course.reply(mark), Verdict { counts: true, again: false });
        assert_eq!(course.news(), Some(mark));
    }

    #[test]
    fn nothing_counts_after_the_end() {
        let mut course = Course::default();
        let mark = course.begin();
        course.end();
        assert!(!course.reply(mark).counts);
    }
}
