//! What lists need of the installed catalogue, in memory: every basic item once, and for where
//! a person is the place of each that serves them. Searching and browsing filter, count and
//! order this, so that every number that is shown is that of what is shown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sqlx::{FromRow, SqliteConnection};
use tongban_contract::{
    guide::Guide,
    numbers::DivisionCode,
    page::{BrowseView, FacetView, GuideFilter},
    vocabulary::{Audience, Badge, ItemType, Theme},
};

use super::{
    build::read,
    error::CatalogueError,
    fold,
    names::Names,
    nearness::{Here, Nearest, is_for, parts_of},
    packed::Unpacker,
};

/// Members of an item that badges are made of: where a place changes one of them, they are
/// made anew.
const OF_BADGES: [&str; 4] = ["project_type", "visits", "channels", "level"];

/// A basic item that lists show, wherever the person is.
pub(super) struct Entry {
    pub(super) id: i64,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) name_key: String,
    pub(super) aliases: Vec<String>,
    pub(super) alias_keys: Vec<String>,
    pub(super) has_form: bool,
    /// How many places carry it out.
    pub(super) places: usize,
    themes: Vec<String>,
    audiences: Vec<String>,
    item_type: String,
    promised_days: Option<u32>,
    visits: Option<u32>,
    badges: Vec<Badge>,
    /// Divisions of the places, parted by commas.
    divisions: String,
}

/// Every item that lists show, in the order of their numbers, and the synonyms.
pub(super) struct Entries {
    pub(super) all: Vec<Entry>,
    /// What is said, folded, and what may be meant.
    pub(super) synonyms: Vec<(String, Vec<String>)>,
}

/// What a list shows of an item to somebody who is somewhere.
pub(super) struct Shown {
    /// Whether it is carried out for the place where the person is.
    pub(super) serves: bool,
    pub(super) department: String,
    /// None where it is done in parts.
    pub(super) division: Option<DivisionCode>,
    pub(super) division_name: String,
    pub(super) promised_days: Option<u32>,
    pub(super) visits: Option<u32>,
    pub(super) badges: Vec<Badge>,
    /// How many other places carry it out.
    pub(super) also: usize,
}

/// What lists show of every entry, in the same order, to somebody who is somewhere.
pub(super) struct Listing(pub(super) Vec<Shown>);

#[derive(FromRow)]
struct Row {
    id: i64,
    code: String,
    name: String,
    aliases: String,
    themes: String,
    audiences: String,
    item_type: String,
    badges: String,
    promised_days: Option<u32>,
    visits: Option<u32>,
    has_form: bool,
    divisions: String,
}

impl Entries {
    /// Reads them.
    pub(super) async fn read(database: &mut SqliteConnection) -> Result<Self, CatalogueError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, code, name, aliases, themes, audiences, item_type, badges,
                 promised_days, visits,
                 has_form AND EXISTS (SELECT 1 FROM form f WHERE f.item = i.code) has_form,
                 (SELECT group_concat(division) FROM place p WHERE p.item = i.code) divisions
             FROM item i WHERE listed ORDER BY id",
        )
        .fetch_all(&mut *database)
        .await?;
        let all = rows.into_iter().map(Entry::new).collect::<Result<_, _>>()?;
        let synonyms: Vec<(String, String)> =
            sqlx::query_as("SELECT say, means FROM synonym ORDER BY length(say) DESC, say")
                .fetch_all(database)
                .await?;
        let synonyms = synonyms.into_iter().map(|(say, means)| Ok((say, read(&means)?)));
        let synonyms = synonyms.collect::<Result<_, CatalogueError>>()?;
        Ok(Self { all, synonyms })
    }

    /// The number of an item in `all`.
    pub(super) fn at(&self, id: i64) -> Option<usize> {
        self.all.binary_search_by_key(&id, |entry| entry.id).ok()
    }
}

impl Entry {
    fn new(row: Row) -> Result<Self, CatalogueError> {
        let aliases: Vec<String> = read(&row.aliases)?;
        Ok(Self {
            id: row.id,
            name_key: fold::key(&row.name),
            alias_keys: aliases.iter().map(|alias| fold::key(alias)).collect(),
            code: row.code,
            name: row.name,
            aliases,
            has_form: row.has_form,
            places: row.divisions.split(',').count(),
            themes: read(&row.themes)?,
            audiences: read(&row.audiences)?,
            item_type: row.item_type,
            promised_days: row.promised_days,
            visits: row.visits,
            badges: read(&row.badges)?,
            divisions: row.divisions,
        })
    }
}

/// Which place a list names for an entry.
struct Chosen {
    serves: bool,
    /// None where it is done in parts.
    division: Option<DivisionCode>,
    /// How many places that names: of those in parts, all are the person's to choose from.
    named: usize,
}

impl Chosen {
    fn new(entry: &Entry, here: &Here) -> Self {
        let places: Vec<&str> = entry.divisions.split(',').collect();
        let nearest = here.nearest(&places);
        let (serves, at, named) = match nearest {
            Some(Nearest::At(at) | Nearest::Own(at)) => (true, Some(at), 1),
            Some(Nearest::Elsewhere(at)) => (false, Some(at), 1),
            Some(Nearest::InParts) => (true, None, here.choices(Nearest::InParts, &places).len()),
            None => (false, None, 1),
        };
        let division = at.and_then(|at| places.get(at)?.parse().ok());
        Self { serves, division, named }
    }
}

/// What is read of the place that was chosen for an entry.
#[derive(FromRow)]
struct OfPlace {
    department: String,
    /// What differs there, compressed.
    patch: Option<Vec<u8>>,
}

impl Listing {
    /// Makes the listing for somebody who is `here`.
    pub(super) async fn new(
        database: &mut SqliteConnection,
        entries: &Entries,
        here: &Here,
    ) -> Result<Self, CatalogueError> {
        let nearest: Vec<Chosen> = entries.all.iter().map(|e| Chosen::new(e, here)).collect();
        let divisions = nearest.iter().filter_map(|chosen| chosen.division.clone());
        let names = Names::leading_to(database, divisions.chain([here.region.clone()])).await?;
        let mut shown = Vec::with_capacity(entries.all.len());
        let mut chosen = Vec::new();
        for (number, (entry, place)) in entries.all.iter().zip(nearest).enumerate() {
            if let Some(division) = &place.division {
                chosen.push(json!([number, entry.code, division]));
            }
            shown.push(Shown {
                serves: place.serves,
                department: String::new(),
                division_name: match &place.division {
                    Some(division) if place.serves => names.alone(division),
                    Some(division) => names.in_province(division),
                    None => format!("{}{}", names.alone(&here.region), parts_of(&here.region)),
                },
                division: place.division,
                promised_days: entry.promised_days,
                visits: entry.visits,
                badges: entry.badges.clone(),
                also: entry.places.saturating_sub(place.named),
            });
        }
        let mut listing = Self(shown);
        listing.take_places(database, entries, Value::Array(chosen)).await?;
        Ok(listing)
    }

    /// Takes what differs at the places that were `chosen`: numbers of entries, each with its
    /// item and the division of its place.
    async fn take_places(
        &mut self,
        database: &mut SqliteConnection,
        entries: &Entries,
        chosen: Value,
    ) -> Result<(), CatalogueError> {
        let mut texts = Unpacker::of(database).await?;
        let mut touched = BTreeMap::new();
        for (at, place) in places_of(database, &chosen).await? {
            let (Some(shown), Some(entry)) = (self.0.get_mut(at), entries.all.get(at)) else {
                continue;
            };
            shown.department = place.department;
            let Some(patch) = place.patch else { continue };
            let patch: Value = texts.read(&patch)?;
            if let Some(days) = patch.get("promised_days") {
                shown.promised_days = days.as_u64().and_then(|days| u32::try_from(days).ok());
            }
            if OF_BADGES.iter().any(|member| patch.get(member).is_some()) {
                touched.insert(entry.id, (at, patch));
            }
        }
        let ids: Vec<i64> = touched.keys().copied().collect();
        for (id, body) in bodies_of(database, &ids).await? {
            let Some((at, patch)) = touched.get(&id) else { continue };
            // Differences that make no item are passed over, as everywhere.
            if let Ok(item) = Guide::patched(&texts.read(&body)?, patch)
                && let Some(shown) = self.0.get_mut(*at)
            {
                shown.visits = item.visits;
                shown.badges = item.badges();
            }
        }
        Ok(())
    }
}

/// The places that were chosen, by the numbers of their entries; of several in a division the
/// first by its code.
async fn places_of(
    database: &mut SqliteConnection,
    chosen: &Value,
) -> Result<BTreeMap<usize, OfPlace>, CatalogueError> {
    #[derive(FromRow)]
    struct Row {
        entry: i64,
        #[sqlx(flatten)]
        place: OfPlace,
    }
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT asked.value ->> 0 entry, o.department, c.body patch
         FROM json_each(?) asked
         JOIN place p ON p.item = asked.value ->> 1 AND p.division = asked.value ->> 2
         JOIN office o ON o.id = p.office
         LEFT JOIN patch c ON c.id = p.patch
         ORDER BY asked.key, p.code DESC",
    )
    .bind(chosen.to_string())
    .fetch_all(database)
    .await?;
    let number = |row: Row| Some((usize::try_from(row.entry).ok()?, row.place));
    Ok(rows.into_iter().filter_map(number).collect())
}

/// Items by their numbers, compressed.
async fn bodies_of(
    database: &mut SqliteConnection,
    ids: &[i64],
) -> Result<Vec<(i64, Vec<u8>)>, CatalogueError> {
    Ok(sqlx::query_as(
        "SELECT i.id, i.body FROM json_each(?) asked JOIN item i ON i.id = asked.value",
    )
    .bind(json!(ids).to_string())
    .fetch_all(database)
    .await?)
}

/// Whether a list with this filter shows an entry.
pub(super) fn passes(filter: &GuideFilter, entry: &Entry, shown: &Shown) -> bool {
    let is = |wanted: &Option<String>, has: &dyn Fn(&str) -> bool| {
        wanted.as_deref().filter(|wanted| !wanted.is_empty()).is_none_or(has)
    };
    let serves = |asked: &DivisionCode| {
        shown.serves && is_for(asked, shown.division.as_ref().map(DivisionCode::as_str))
    };
    filter.region.as_ref().is_none_or(serves)
        && is(&filter.theme, &|wanted| entry.themes.iter().any(|theme| theme == wanted))
        && is(&filter.audience, &|wanted| entry.audiences.iter().any(|a| a == wanted))
        && is(&filter.item_type, &|wanted| entry.item_type == wanted)
        && is(&filter.badge, &|wanted| shown.badges.iter().any(|badge| badge.code() == wanted))
        && is(&filter.department, &|wanted| shown.department == wanted)
}

/// What can be filtered by, and under each how many guides a list would show.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) total: u32,
    pub(super) themes: BTreeMap<String, u32>,
    pub(super) audiences: BTreeMap<String, u32>,
    pub(super) item_types: BTreeMap<String, u32>,
    pub(super) badges: BTreeMap<String, u32>,
    pub(super) departments: BTreeMap<String, u32>,
}

impl Counted {
    /// As a page shows it: coded terms in their usual order with their names.
    pub(super) fn view(self) -> BrowseView {
        let mut departments: Vec<FacetView> = self
            .departments
            .into_iter()
            .map(|(name, guides)| FacetView { code: name.clone(), name, guides })
            .collect();
        departments.sort_by_key(|facet| std::cmp::Reverse(facet.guides));
        BrowseView {
            total: self.total,
            themes: usual(self.themes, Theme::ALL.iter().map(|term| (term.code(), term.term()))),
            audiences: usual(
                self.audiences,
                Audience::ALL.iter().map(|term| (term.code(), term.term())),
            ),
            item_types: usual(
                self.item_types,
                ItemType::ALL.iter().map(|term| (term.code(), term.term())),
            ),
            badges: usual(self.badges, Badge::ALL.iter().map(|term| (term.code(), term.term()))),
            departments,
        }
    }
}

/// The choices in their usual order; a code of a later edition comes last, and is its name.
fn usual<'a>(
    mut counts: BTreeMap<String, u32>,
    all: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<FacetView> {
    let facet = |code: &str, name: &str, guides| FacetView {
        code: code.to_owned(),
        name: name.to_owned(),
        guides,
    };
    let mut facets: Vec<FacetView> =
        all.filter_map(|(code, name)| Some(facet(code, name, counts.remove(code)?))).collect();
    facets.extend(counts.iter().map(|(code, guides)| facet(code, code, *guides)));
    facets
}

/// Counts what lists show under `filter`, and what each other choice in one of its members
/// would come to with the rest as it is.
pub(super) fn count(entries: &Entries, listing: &Listing, filter: &GuideFilter) -> Counted {
    let mut counted = Counted::default();
    let without = |change: fn(&mut GuideFilter)| {
        let mut filter = filter.clone();
        change(&mut filter);
        filter
    };
    let (theme, audience, item_type, badge, department) = (
        without(|filter| filter.theme = None),
        without(|filter| filter.audience = None),
        without(|filter| filter.item_type = None),
        without(|filter| filter.badge = None),
        without(|filter| filter.department = None),
    );
    let add = |counts: &mut BTreeMap<String, u32>, code: &str| {
        *counts.entry(code.to_owned()).or_default() += 1;
    };
    for (entry, shown) in entries.all.iter().zip(&listing.0) {
        counted.total += u32::from(passes(filter, entry, shown));
        if passes(&theme, entry, shown) {
            let themes: BTreeSet<&String> = entry.themes.iter().collect();
            themes.into_iter().for_each(|code| add(&mut counted.themes, code));
        }
        if passes(&audience, entry, shown) {
            let audiences: BTreeSet<&String> = entry.audiences.iter().collect();
            audiences.into_iter().for_each(|code| add(&mut counted.audiences, code));
        }
        if passes(&item_type, entry, shown) {
            add(&mut counted.item_types, &entry.item_type);
        }
        if passes(&badge, entry, shown) {
            shown.badges.iter().for_each(|badge| add(&mut counted.badges, badge.code()));
        }
        if passes(&department, entry, shown) && !shown.department.is_empty() {
            add(&mut counted.departments, &shown.department);
        }
    }
    counted
}
