//! Every page in a real browser, over the real engine and the real platform: what a person
//! would see, read, press and type.
//!
//! `scene` is what a test plays on, `eye` looks at pages, `hands` type, `papers` are what
//! is filed, and `publish` is what the platform says anew; the others are the tests, by subject.

#[path = "pages/courier.rs"]
mod courier;
#[path = "pages/drafts.rs"]
mod drafts;
#[path = "pages/eye.rs"]
mod eye;
#[path = "pages/followed.rs"]
mod followed;
#[path = "pages/hands.rs"]
mod hands;
#[path = "pages/lines.rs"]
mod lines;
#[path = "pages/lists.rs"]
mod lists;
#[path = "pages/looks.rs"]
mod looks;
#[path = "pages/papers.rs"]
mod papers;
#[path = "pages/pins.rs"]
mod pins;
#[path = "pages/publish.rs"]
mod publish;
#[path = "pages/regions.rs"]
mod regions;
#[path = "pages/rescue.rs"]
mod rescue;
#[path = "pages/scene.rs"]
mod scene;
#[path = "pages/scripts.rs"]
mod scripts;
#[path = "pages/searching.rs"]
mod searching;
#[path = "pages/settings.rs"]
mod settings;
