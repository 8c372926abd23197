//! Own line drawings, 24 × 24, in the colour of the text around them.

use tongban_contract::vocabulary::Theme;
use yew::prelude::*;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Home,
    Guide,
    Case,
    Wallet,
    Person,
    Back,
    Forward,
    Search,
    Clear,
    Place,
    Warning,
    Done,
    Cloud,
    CloudOff,
    Sync,
    Outside,
    Pen,
    Clock,
    File,
    Type,
    Info,
    Book,
    Heart,
    Hands,
    Gift,
    Houses,
    Rings,
    Flower,
    People,
    Briefcase,
    Shield,
    Family,
    Key,
    Coins,
    Siren,
    Filter,
    Bell,
    Dots,
}

impl Shape {
    /// The drawing of a theme.
    pub(crate) fn of_theme(theme: &Theme) -> Self {
        match theme {
            Theme::Education => Self::Book,
            Theme::Health => Self::Heart,
            Theme::SocialAssistance => Self::Hands,
            Theme::SocialWelfare => Self::Gift,
            Theme::CommunityService => Self::Houses,
            Theme::Marriage => Self::Rings,
            Theme::Funeral => Self::Flower,
            Theme::SocialWork => Self::People,
            Theme::Employment => Self::Briefcase,
            Theme::SocialSecurity => Self::Shield,
            Theme::FamilyPlanning => Self::Family,
            Theme::Housing => Self::Key,
            Theme::HousingFund => Self::Coins,
            Theme::PublicSafety => Self::Siren,
            Theme::Other(_) => Self::Dots,
        }
    }

    /// Its lines.
    fn path(self) -> &'static str {
        match self {
            Self::Home => "M4 11l8-7 8 7M6 9.5V20h4.5v-5.5h3V20H18V9.5",
            Self::Guide => "M6 3.5h9l3.5 3.5v13.5H6zM9 9h3M9 12.5h6.5M9 16h6.5",
            Self::Case => "M5 6h14v14H5zM9 6V3.8h6V6M8.5 13l2.5 2.5 4.5-5",
            Self::Wallet => "M3.5 6.5h17v12h-17zM3.5 10h17M7 15h4",
            Self::Person => "M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Forward => "M9 5l7 7-7 7",
            Self::Search => "M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM15.5 15.5L20.5 20.5",
            Self::Clear => "M6 6l12 12M18 6L6 18",
            Self::Place => {
                "M12 21c4-4.6 6.5-7.9 6.5-11a6.5 6.5 0 10-13 0c0 3.1 2.5 6.4 6.5 11zM12 12.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5z"
            }
            Self::Warning => "M12 4l9 16H3zM12 10v4.5M12 17.2v.1",
            Self::Done => "M12 21a9 9 0 100-18 9 9 0 000 18zM8 12.3l2.8 2.8 5.2-5.6",
            Self::Cloud => "M7 18.5a4.5 4.5 0 01-.5-9 6 6 0 0111.3 1.3A3.9 3.9 0 0117.5 18.5z",
            Self::CloudOff => {
                "M8.5 7.3a6 6 0 019.3 3.5 3.9 3.9 0 012 6.2M16 18.5H7a4.5 4.5 0 01-.5-9M4 4l16 16"
            }
            Self::Sync => {
                "M5 10a7.5 7.5 0 0113.5-2.5M19 4v4h-4M19 14a7.5 7.5 0 01-13.5 2.5M5 20v-4h4"
            }
            Self::Outside => "M10 5H5v14h14v-5M13.5 4.5h6v6M19 5l-8 8",
            Self::Pen => "M5 19l1-4L16.5 4.5l3 3L9 18zM14 7l3 3",
            Self::Clock => "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5.5l3.5 2",
            Self::File => "M6.5 3.5h7.5l3.5 3.5v13.5h-11zM13.5 3.5V8h4",
            Self::Type => "M4 19l5-13 5 13M5.8 15h6.4M15.5 19l2.7-7 2.8 7M16.5 16.8h3.5",
            Self::Info => "M12 21a9 9 0 100-18 9 9 0 000 18zM12 11v5.5M12 7.5v.1",
            Self::Book => {
                "M12 6.5C10 5 7 4.5 4 5v13c3-.5 6 0 8 1.5 2-1.5 5-2 8-1.5V5c-3-.5-6 0-8 1.5zM12 6.5V19"
            }
            Self::Heart => {
                "M12 20C6 15.5 3.5 12.5 3.5 9A4.5 4.5 0 0112 7a4.5 4.5 0 018.5 2c0 3.5-2.5 6.5-8.5 11zM7 12h2.5l1.5-2.5 2 4.5 1.5-2H17"
            }
            Self::Hands => {
                "M3.5 13.5l4-2.5 5 1.5c1.5.5 1 2.5-.5 2.5H9.5M3.5 19l3-1 5 1.5L20.5 15c-.5-1.5-2-1.5-3-1l-3.5 1.5M14 9.5c-2.5-1.8-3.5-3-3.5-4.3A1.8 1.8 0 0114 4.5a1.8 1.8 0 013.5.7c0 1.3-1 2.5-3.5 4.3z"
            }
            Self::Gift => {
                "M4 9h16v3.5H4zM5.5 12.5V20h13v-7.5M12 9v11M12 9C8 9 7 7.5 7.5 6S11 4.5 12 9c1-4.5 4-4.5 4.5-3S16 9 12 9z"
            }
            Self::Houses => {
                "M3.5 20v-8l4.5-4 4.5 4v8zM12.5 20h8V9L16 4.5 11.5 9M7 20v-4h2v4M15.5 12h2M15.5 15.5h2"
            }
            Self::Rings => {
                "M8.5 19.5a5 5 0 100-10 5 5 0 000 10zM15.5 19.5a5 5 0 100-10 5 5 0 000 10zM6.8 6L8.5 4l1.7 2-1.7 2z"
            }
            Self::Flower => {
                "M12 11a2.3 2.3 0 100-4.6 2.3 2.3 0 000 4.6zM12 6.4a2.2 2.2 0 10-2.2-2M14 7.7a2.2 2.2 0 101.8-3M14 10a2.2 2.2 0 102.2 1.5M10 10a2.2 2.2 0 11-2.2 1.5M10 7.7a2.2 2.2 0 11-1.8-3M12 11v9.5M12 17c2 0 3.5-1 4-2.5M12 18.5c-2 0-3.5-1-4-2.5"
            }
            Self::People => {
                "M8.5 11.5a3 3 0 100-6 3 3 0 000 6zM16 11.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM3 19c.4-3.3 2.5-5 5.5-5s5.1 1.7 5.5 5M15.5 14c3 0 5 1.7 5.5 5"
            }
            Self::Briefcase => "M3.5 8h17v11.5h-17zM8.5 8V5h7v3M3.5 13h17M12 11.8v2.4",
            Self::Shield => {
                "M12 3.5l7.5 2.5v5.5c0 4.5-3 7.5-7.5 9.5-4.5-2-7.5-5-7.5-9.5V6zM8.5 12l2.5 2.5 4.5-5"
            }
            Self::Family => {
                "M7.5 9.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM16.5 9.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM12 15a1.8 1.8 0 100-3.6 1.8 1.8 0 000 3.6zM3.5 19.5c0-4.5 1.5-7 4-7M20.5 19.5c0-4.5-1.5-7-4-7M8.8 20.5c.3-2.3 1.5-3.5 3.2-3.5s2.9 1.2 3.2 3.5"
            }
            Self::Key => "M8 15.5a4 4 0 100-8 4 4 0 000 8zM12 11.5h8.5v3.5M17 11.5V14",
            Self::Coins => {
                "M12 8.5c4 0 7-1 7-2.5s-3-2.5-7-2.5S5 4.5 5 6s3 2.5 7 2.5zM5 6v6c0 1.5 3 2.5 7 2.5s7-1 7-2.5V6M5 12v6c0 1.5 3 2.5 7 2.5s7-1 7-2.5v-6"
            }
            Self::Siren => {
                "M6.5 18v-5.5a5.5 5.5 0 0111 0V18M4.5 18h15v2.5h-15zM12 3.5V5M4.5 6.5L6 8M19.5 6.5L18 8M12 18v-5"
            }
            Self::Filter => "M4 6.5h16M7 12h10M10 17.5h4",
            Self::Bell => {
                "M6.5 16.5V11a5.5 5.5 0 0111 0v5.5M4.5 16.5h15M10 19.5a2 2 0 004 0M12 3.5v2"
            }
            Self::Dots => "M5.5 12v.1M12 12v.1M18.5 12v.1",
        }
    }
}

/// Properties of [`Icon`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) shape: Shape,
}

/// A drawing. Screen readers pass over it: the words beside it say the same.
#[component]
pub(crate) fn Icon(props: &Props) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor"
            stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
            <path d={props.shape.path()} />
        </svg>
    }
}
