//! What differs at a place: an RFC 7396 merge patch that holds nothing but what differs, as
//! `contract::merge_patch::diff_patch` would make it of the two items.

use serde::Serialize;
use serde_json::{Map, Value};
use tongban_contract::{
    guide::{Faq, Item},
    vocabulary::ProjectType,
};

use super::{
    chance::Chance,
    papers::{self, Paper},
    reach::{Site, Tier},
    steps,
    words::Words,
};
use crate::{Error, Result};

/// So many of a hundred places do something differently.
const DIFFERENT: u32 = 50;

/// What of an item can differ, ready to be written.
pub(super) struct Local<'a> {
    item: &'a Item,
    /// Level at which it is carried out where nothing else is said.
    tier: Tier,
    words: &'a Words,
    laws: &'static [&'static str],
    materials: Vec<Value>,
}

impl<'a> Local<'a> {
    pub(super) fn new(
        item: &'a Item,
        tier: Tier,
        words: &'a Words,
        laws: &'static [&'static str],
    ) -> Result<Self> {
        let materials = item.materials.iter().map(json).collect::<Result<_>>()?;
        Ok(Self { item, tier, words, laws, materials })
    }

    /// The patch of a place in a division that is called `name`; null where nothing differs.
    pub(super) fn patch(&self, site: &Site, name: &str, chance: &mut Chance) -> Result<Value> {
        let mut patch = Map::new();
        if site.tier != self.tier {
            patch.insert("level".to_owned(), json(&site.tier.level())?);
        }
        if chance.percent(DIFFERENT) {
            let alone = patch.len();
            self.sooner(&mut patch, chance)?;
            if chance.percent(10) {
                self.visits(&mut patch, chance)?;
            }
            if chance.percent(14) {
                self.services(&mut patch, chance);
            }
            if chance.percent(8) {
                let condition = self.say(name, chance, &CONDITIONS);
                patch.insert("conditions".to_owned(), with(&self.item.conditions, condition)?);
            }
            if chance.percent(8) {
                let (question, answer) = chance.pick(&QUESTIONS);
                let faq = Faq {
                    question: self.words.say(chance, &question.replace("{place}", name)),
                    answer: self.words.say(chance, &answer.replace("{place}", name)),
                };
                patch.insert("faq".to_owned(), with(&self.item.faq, faq)?);
            }
            if chance.percent(4) && self.materials.len() < 6 {
                patch.insert("materials".to_owned(), self.one_more(name, chance)?);
            }
            if patch.len() == alone && chance.percent(40) {
                self.services(&mut patch, chance);
            }
            if chance.percent(12) || patch.len() == alone {
                let alias = self.say(short(name), chance, &ALIASES);
                patch.insert("aliases".to_owned(), with(&self.item.aliases, alias)?);
            }
        }
        Ok(if patch.is_empty() { Value::Null } else { Value::Object(patch) })
    }

    fn say(&self, place: &str, chance: &mut Chance, texts: &[&str]) -> String {
        let text = chance.pick(texts).replace("{place}", place);
        self.words.say(chance, &text)
    }

    /// A shorter promise, for many of those that can have one.
    fn sooner(&self, patch: &mut Map<String, Value>, chance: &mut Chance) -> Result<()> {
        let promised = self.item.promised_days.unwrap_or_default();
        if self.item.project_type == ProjectType::Promised && promised > 1 && chance.percent(60) {
            let days = chance.between(1, promised - 1);
            patch.insert("promised_days".to_owned(), Value::from(days));
            let steps = steps::for_promise(&self.item.steps, days);
            patch.insert("steps".to_owned(), json(&steps)?);
        }
        Ok(())
    }

    fn visits(&self, patch: &mut Map<String, Value>, chance: &mut Chance) -> Result<()> {
        let none = self.item.visits == Some(0);
        let (visits, depth, reason) = if none {
            let reason = "本地暂时没有接通电子签名，需要到{window}签一次字。";
            (1, "III", self.words.say(chance, reason))
        } else {
            (0, "IV", String::new())
        };
        patch.insert("visits".to_owned(), Value::from(visits));
        if self.item.online_depth != depth {
            patch.insert("online_depth".to_owned(), json(depth)?);
        }
        patch.insert("visit_reason".to_owned(), Value::from(reason));
        Ok(())
    }

    fn services(&self, patch: &mut Map<String, Value>, chance: &mut Chance) {
        let (name, before) = if chance.percent(50) {
            ("appointment", self.item.services.appointment)
        } else {
            ("courier", self.item.services.courier)
        };
        let services = Map::from_iter([(name.to_owned(), Value::from(!before))]);
        patch.insert("services".to_owned(), Value::Object(services));
    }

    fn one_more(&self, name: &str, chance: &mut Chance) -> Result<Value> {
        let paper = Paper {
            id: "local".to_owned(),
            name: self.say(name, chance, &PAPERS),
            when: None,
            licence_type: None,
        };
        let material = papers::material(paper, self.words, self.laws, chance);
        let mut materials = self.materials.clone();
        materials.push(json(&material)?);
        Ok(Value::Array(materials))
    }
}

const CONDITIONS: [&str; 5] = [
    "在{place}范围内居住、经营或者发生的，由{place}受理。",
    "{place}户籍或者在{place}连续居住满{n3-24}个月。",
    "符合{place}关于{subject}的补充规定，名额不超过{n20-300}个的按先后顺序。",
    "在{place}信用信息平台没有未修复的严重失信记录。",
    "{place}已纳入试点的，可以先承诺、{n10-60}日内补齐材料。",
];
const PAPERS: [&str; 4] = [
    "{place}{subject}补充情况说明",
    "{place}居住或经营地址证明",
    "{place}信用承诺书",
    "{subject}所在地村（社区）意见",
];
const ALIASES: [&str; 4] =
    ["{place}{plain}", "{place}办{plain}", "{place}{plain}在哪里办", "在{place}怎么办{plain}"];
const QUESTIONS: [(&str, &str); 5] = [
    ("{place}的哪个窗口办{item}？", "到{place}的{window}，周末可以用{n2-12}台自助机。"),
    (
        "住在{place}的乡镇，要跑到城里办吗？",
        "不用，{n5-30}个乡镇的便民服务中心都能代收{subject}的材料。",
    ),
    ("{place}和市里的要求一样吗？", "条件一样，{place}另外开了绿色通道，老人和残疾人优先。"),
    ("{place}有帮办代办吗？", "有，{n2-20}名帮办员免费帮填表、拍照、上传。"),
    (
        "在{place}办{item}，材料可以寄过去吗？",
        "可以，寄到{place}的{window}，收到后{n1-3}个工作日内联系您。",
    ),
];

/// The name of a division as people say it, without what it is.
fn short(name: &str) -> &str {
    let ending = ["街道", "自治县", "市", "县", "区", "镇", "乡"];
    let without = ending.iter().find_map(|ending| name.strip_suffix(ending));
    without.filter(|short| short.chars().count() > 1).unwrap_or(name)
}

fn with<T: Clone + Serialize>(all: &[T], more: T) -> Result<Value> {
    let mut all = all.to_vec();
    all.push(more);
    json(&all)
}

fn json<T: Serialize + ?Sized>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(Error::json("a place's differences"))
}
