//! Everything the page says, in three languages, from the same message files (Fluent).
//! Content of the platform (guides, problems) is Chinese and passes by here untouched.

mod terms;
#[cfg(test)]
mod tests;

use std::cell::RefCell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};

pub(crate) use terms::{badge, case_state, term};

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Language {
    /// Simplified Chinese.
    #[default]
    ZhCn,
    /// Traditional Chinese.
    ZhTw,
    /// English.
    En,
}

macro_rules! files {
    ($language:literal) => {
        [
            include_str!(concat!("../../i18n/", $language, "/frame.ftl")),
            include_str!(concat!("../../i18n/", $language, "/guides.ftl")),
            include_str!(concat!("../../i18n/", $language, "/drafts.ftl")),
            include_str!(concat!("../../i18n/", $language, "/items.ftl")),
            include_str!(concat!("../../i18n/", $language, "/safety.ftl")),
            include_str!(concat!("../../i18n/", $language, "/courier.ftl")),
            include_str!(concat!("../../i18n/", $language, "/regions.ftl")),
            include_str!(concat!("../../i18n/", $language, "/followed.ftl")),
        ]
    };
}

impl Language {
    /// In the order in which they are offered.
    pub(crate) const ALL: [Self; 3] = [Self::ZhCn, Self::ZhTw, Self::En];

    /// The language of this code; an unknown one is simplified Chinese.
    pub(crate) fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|language| language.code() == code).unwrap_or_default()
    }

    /// Its code (BCP 47).
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::ZhTw => "zh-TW",
            Self::En => "en",
        }
    }

    /// Its name, in itself.
    pub(crate) fn own_name(self) -> &'static str {
        match self {
            Self::ZhCn => "简体中文",
            Self::ZhTw => "繁體中文",
            Self::En => "English",
        }
    }

    fn files(self) -> [&'static str; 8] {
        match self {
            Self::ZhCn => files!("zh-CN"),
            Self::ZhTw => files!("zh-TW"),
            Self::En => files!("en"),
        }
    }
}

struct Speaker {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Speaker {
    fn of(language: Language) -> Self {
        let mut bundle = FluentBundle::new(vec![language.code().parse().unwrap_or_default()]);
        // The marks around inserted values only matter where directions of writing mix.
        bundle.set_use_isolating(false);
        for file in language.files() {
            // A test holds that every file is without fault; what can be read is used.
            let resource =
                FluentResource::try_new(file.to_owned()).unwrap_or_else(|(read, _)| read);
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }
}

thread_local! {
    static SPEAKER: RefCell<Speaker> = RefCell::new(Speaker::of(Language::default()));
}

/// Speaks this language from now on. What is on the page must be drawn again.
pub(crate) fn speak(language: Language) {
    SPEAKER.with_borrow_mut(|speaker| {
        if speaker.language != language {
            *speaker = Speaker::of(language);
        }
    });
}

/// The language spoken now.
pub(crate) fn language() -> Language {
    SPEAKER.with_borrow(|speaker| speaker.language)
}

/// The message `key`, or nothing where there is none.
pub(crate) fn find(key: &str, values: Option<&FluentArgs<'_>>) -> Option<String> {
    SPEAKER.with_borrow(|speaker| {
        let pattern = speaker.bundle.get_message(key)?.value()?;
        let mut faults = Vec::new();
        Some(speaker.bundle.format_pattern(pattern, values, &mut faults).into_owned())
    })
}

/// The message `key`. Call it through [`t!`](crate::i18n::t), whose keys a test checks.
pub(crate) fn say(key: &str, values: Option<&FluentArgs<'_>>) -> String {
    find(key, values).unwrap_or_else(|| key.to_owned())
}

/// A message of the page: `t!("key")` or `t!("key", name = value, …)`. Keys are literals
/// here, so that a test finds them all in the message files.
macro_rules! t {
    ($key:literal) => { $crate::i18n::say($key, None) };
    ($key:literal, $($name:ident = $value:expr),+ $(,)?) => {{
        let mut values = fluent_bundle::FluentArgs::new();
        $(values.set(stringify!($name), $value);)+
        $crate::i18n::say($key, Some(&values))
    }};
}
pub(crate) use t;
