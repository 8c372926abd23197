//! Searching guides in everyday words. All tokens of a query must be found in a guide;
//! where no guide has them all, those that have most of what matters are taken. The
//! order is decided here, in one place: first by how what is asked about stands to the name
//! and the everyday names, then by the index's own measure (bm25), names weighing more
//! than materials and materials more than the rest. What is carried out where the person is
//! comes before what is only elsewhere, unless that is called more nearly so.

use std::{cmp::Ordering, collections::BTreeMap};

use sqlx::SqliteConnection;
use tongban_contract::page::{GuideListView, GuideRow, GuideSort, SearchGuides};

use super::{
    error::CatalogueError,
    highlight::mark,
    listing::{Entries, Entry, Listing, Shown, passes},
    query::{Query, Token},
};

/// Columns in which a token speaks for a guide although the others are missing.
const NAMES: &str = "{name alias result sound code}";

/// More guides than this are not measured one by one: what a third of them has says nothing of
/// any, and what is in a name comes first all the same.
const MANY: usize = 1000;

/// Fewer guides than this are followed by those that have most of the query in their names:
/// the right one may be called something else.
const FEW: usize = 5;

/// What a synonym finds stands behind what the words themselves do, where all else is alike.
const BY_SYNONYM: f64 = 300.0;

/// What nobody here carries out stands behind what somebody does, where the names are no more
/// than a step apart.
const ELSEWHERE: f64 = 1500.0;

/// What one step nearer to a name is worth: more than all else.
const STEP: f64 = 1000.0;

/// The same for what a synonym finds by itself, without what was said beside it: no name stands
/// behind one that has all that was said.
const STEP_ALONE: f64 = 150.0;

/// Part of a step for a name that has everything that is asked about, though not in one piece.
const SCATTERED: f64 = 0.9;

/// What has everything somewhere in its texts, and nothing of it in a name, stands behind names
/// that have most of it.
const NOT_NAMED: f64 = 400.0;

/// What a name that only sounds alike is worth.
const SOUNDS_ALIKE: f64 = 800.0;

/// Searches, or lists everything where the query is blank.
pub(super) async fn search(
    database: &mut SqliteConnection,
    request: &SearchGuides,
    entries: &Entries,
    listing: &Listing,
) -> Result<GuideListView, CatalogueError> {
    let query = Query::new(&request.query);
    let scored = if request.query.trim().is_empty() {
        (0..entries.all.len()).map(|number| (number, 0.0)).collect()
    } else if query.tokens.is_empty() {
        BTreeMap::new()
    } else {
        found(database, entries, &query).await?
    };
    let mut ranked: Vec<Ranked<'_>> = scored
        .into_iter()
        .filter_map(|(number, score)| {
            let (entry, shown) = (entries.all.get(number)?, listing.0.get(number)?);
            let score = if shown.serves { score } else { score + ELSEWHERE };
            passes(&request.filter, entry, shown).then_some(Ranked { entry, shown, score })
        })
        .collect();
    ranked.sort_by(|one, other| one.compare(other, request.sort));
    let total = u32::try_from(ranked.len()).unwrap_or(u32::MAX);
    let rows = ranked
        .into_iter()
        .skip(usize::try_from(request.offset).unwrap_or(usize::MAX))
        .take(usize::try_from(request.limit).unwrap_or(usize::MAX))
        .map(|ranked| ranked.row(&query))
        .collect();
    Ok(GuideListView { total, rows })
}

/// The guides that match, by their numbers; the smaller the score, the better.
async fn found(
    database: &mut SqliteConnection,
    entries: &Entries,
    query: &Query,
) -> Result<BTreeMap<usize, f64>, CatalogueError> {
    let mut scored = BTreeMap::new();
    let direct = matching(database, entries, query, STEP).await?;
    // What has the words of a query in Chinese half in a name, or is found by its sound.
    let is_named = match query.is_chinese() {
        true => direct.iter().any(|(_, score)| *score < -STEP * SCATTERED / 2.0),
        false => !direct.is_empty(),
    };
    add(&mut scored, direct, 0.0);
    for (whole, alone) in query.meant(&entries.synonyms) {
        let found = matching(database, entries, &whole, STEP).await?;
        let found = match found.as_slice() {
            // What was said around it (想开个…要办啥) is in no guide.
            [] => matching(database, entries, &alone, STEP_ALONE).await?,
            _ => found,
        };
        add(&mut scored, found, BY_SYNONYM);
    }
    if let Some(code) = query.place_code() {
        // Nothing is a better match than the one place that has this code.
        let of_code = by_place(database, code).await?;
        let of_code = of_code.into_iter().filter_map(|id| entries.at(id));
        add(&mut scored, of_code.map(|number| (number, -5000.0)).collect(), 0.0);
    }
    if !is_named && let Some(sound) = query.as_it_sounds() {
        // One character was taken for another: 身分证.
        let alike = matching(database, entries, &sound, STEP).await?;
        add(&mut scored, alike, -SOUNDS_ALIKE);
    }
    if scored.len() < FEW || !is_named {
        let more = relaxed(database, entries, query, NAMES).await?;
        add(&mut scored, more, 0.0);
    }
    if scored.is_empty() {
        add(&mut scored, relaxed(database, entries, query, "").await?, 0.0);
    }
    Ok(scored)
}

/// Adds what was found another way; what was found before keeps its better score.
fn add(scored: &mut BTreeMap<usize, f64>, more: Vec<(usize, f64)>, penalty: f64) {
    for (number, score) in more {
        let kept = scored.entry(number).or_insert(f64::INFINITY);
        *kept = kept.min(score + penalty);
    }
}

/// Guides that have every token of a query; a step nearer to a name is worth `step`.
async fn matching(
    database: &mut SqliteConnection,
    entries: &Entries,
    query: &Query,
    step: f64,
) -> Result<Vec<(usize, f64)>, CatalogueError> {
    let expression = query.all();
    let all = having(database, &expression).await?;
    let candidates = if all.len() > MANY {
        all.into_iter().map(|id| (id, 0.0)).collect()
    } else {
        candidates(database, &expression).await?
    };
    Ok(candidates
        .into_iter()
        .filter_map(|(id, relevance)| {
            let number = entries.at(id)?;
            Some((number, score(entries.all.get(number)?, relevance, query, step)))
        })
        .collect())
}

/// Numbers of the items that satisfy an expression of the index, each with bm25. The weights
/// are of the columns body, name, alias, result, material, sound and code.
///
/// They come as one text: thousands of rows would take longer to hand over than to find.
async fn candidates(
    database: &mut SqliteConnection,
    expression: &str,
) -> Result<Vec<(i64, f64)>, CatalogueError> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT group_concat(id || ' ' || relevance, ';') FROM (
             SELECT rowid id, bm25(guide_index, 1.0, 10.0, 8.0, 5.0, 2.0, 6.0, 10.0) relevance
             FROM guide_index WHERE guide_index MATCH ? LIMIT 1000000)",
    )
    .bind(expression)
    .fetch_one(database)
    .await?;
    let pair = |pair: &str| {
        let (id, relevance) = pair.split_once(' ')?;
        Some((id.parse().ok()?, relevance.parse().ok()?))
    };
    found
        .iter()
        .flat_map(|all| all.split(';'))
        .map(|p| pair(p).ok_or(CatalogueError::Damaged))
        .collect()
}

/// Numbers of the items that satisfy an expression of the index.
async fn having(
    database: &mut SqliteConnection,
    expression: &str,
) -> Result<Vec<i64>, CatalogueError> {
    let found: Option<String> = sqlx::query_scalar(
        "SELECT group_concat(rowid, ';') FROM guide_index WHERE guide_index MATCH ?",
    )
    .bind(expression)
    .fetch_one(database)
    .await?;
    let id = |id: &str| id.parse().map_err(|_| CatalogueError::Damaged);
    found.iter().flat_map(|all| all.split(';')).map(id).collect()
}

/// Items of the places whose code begins with this.
async fn by_place(database: &mut SqliteConnection, code: &str) -> Result<Vec<i64>, CatalogueError> {
    // '~' sorts after every letter and digit.
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT i.id FROM place p JOIN item i ON i.code = p.item
         WHERE p.code >= ?1 AND p.code < ?1 || '~' LIMIT 1000",
    )
    .bind(code)
    .fetch_all(database)
    .await?)
}

/// Guides that have most of the query. A token weighs the more the fewer guides have it,
/// and one that no guide has (two characters across a word's border, say) weighs nothing.
/// Guides with less than half of what the best one has are left out.
async fn relaxed(
    database: &mut SqliteConnection,
    entries: &Entries,
    query: &Query,
    scope: &str,
) -> Result<Vec<(usize, f64)>, CatalogueError> {
    let any = scoped(scope, &query.any());
    let candidates = candidates(database, &any).await?;
    let mut shares: BTreeMap<i64, f64> = BTreeMap::new();
    let mut whole = 0.0;
    for token in &query.tokens {
        let having = having(database, &scoped(scope, &token.expression())).await?;
        if having.is_empty() {
            continue;
        }
        let weight = weight(token, having.len(), entries.all.len());
        whole += weight;
        for id in having {
            *shares.entry(id).or_default() += weight;
        }
    }
    let share = |id: i64| shares.get(&id).map_or(0.0, |part| part / whole);
    let best = candidates.iter().map(|(id, _)| share(*id)).fold(0.0, f64::max);
    Ok(candidates
        .into_iter()
        .filter(|(id, _)| share(*id) >= best / 2.0)
        // Always behind any guide that has every token.
        .filter_map(|(id, relevance)| {
            Some((entries.at(id)?, 1000.0 * (1.0 - share(id)) + relevance))
        })
        .collect())
}

fn scoped(scope: &str, expression: &str) -> String {
    if scope.is_empty() { expression.to_owned() } else { format!("{scope} : ({expression})") }
}

/// How much a token says. Of two rare ones, a pair of characters says more than one.
fn weight(token: &Token, having: usize, guides: usize) -> f64 {
    // Exact far beyond any number of guides.
    #[allow(clippy::cast_precision_loss)]
    let rarity = (1.0 + guides as f64 / having as f64).ln();
    if token.text().chars().count() == 1 { rarity / 2.0 } else { rarity }
}

/// Smaller is better: whole steps by how the query stands to the names, bm25 within.
fn score(entry: &Entry, relevance: f64, query: &Query, step: f64) -> f64 {
    let nearness = query
        .keys
        .iter()
        // What was left out of it counts for a little less.
        .zip([0.0, 0.05, 0.1])
        .map(|(key, less)| nearness(entry, key) - less)
        .fold(0.0, f64::max);
    let nearness = match nearness {
        0.0 => SCATTERED * scattered(entry, query),
        nearness => nearness,
    };
    let not_named = if nearness == 0.0 && query.is_chinese() { NOT_NAMED } else { 0.0 };
    // Of guides that match much alike, the one that can be filed from here, and then the one
    // that more places carry out: more people come for it.
    let filed_here = if entry.has_form { 2.0 } else { 0.0 };
    #[allow(clippy::cast_precision_loss)] // As above.
    let common = (entry.places as f64).ln() / 5.0;
    relevance - filed_here - common - step * nearness + not_named
}

/// How near a text is to the names of a guide.
fn nearness(entry: &Entry, key: &str) -> f64 {
    let aliases = &entry.alias_keys;
    if entry.name_key == key {
        5.0
    } else if aliases.iter().any(|alias| alias == key) {
        4.0
    } else if entry.name_key.starts_with(key) {
        3.0
    } else if entry.name_key.contains(key) {
        2.0
    } else if aliases.iter().any(|alias| alias.contains(key)) {
        1.0
    } else {
        0.0
    }
}

/// How much of what is asked about stands in one of the names, from none to all of it.
fn scattered(entry: &Entry, query: &Query) -> f64 {
    let part_in =
        |name: &String| query.tokens.iter().filter(|token| name.contains(token.text())).count();
    let most = std::iter::once(&entry.name_key).chain(&entry.alias_keys).map(part_in).max();
    #[allow(clippy::cast_precision_loss)] // As above.
    let part = most.unwrap_or_default() as f64 / query.tokens.len().max(1) as f64;
    part
}

/// A guide of a list.
struct Ranked<'a> {
    entry: &'a Entry,
    shown: &'a Shown,
    score: f64,
}

impl Ranked<'_> {
    fn compare(&self, other: &Self, sort: GuideSort) -> Ordering {
        let last = |days: Option<u32>| days.unwrap_or(u32::MAX);
        let by_wish = match sort {
            GuideSort::Relevance => Ordering::Equal,
            GuideSort::Days => last(self.shown.promised_days).cmp(&last(other.shown.promised_days)),
            GuideSort::Visits => last(self.shown.visits).cmp(&last(other.shown.visits)),
            GuideSort::Name => self.entry.name.cmp(&other.entry.name),
        };
        by_wish
            .then(self.score.total_cmp(&other.score))
            .then(other.entry.has_form.cmp(&self.entry.has_form))
            .then(self.entry.id.cmp(&other.entry.id))
    }

    fn row(&self, query: &Query) -> GuideRow {
        let Self { entry, shown, score } = *self;
        let name = mark(&entry.name, query);
        // Only an everyday name that says more than the name itself is worth its line. Of
        // two that say as much, the first.
        let alias = entry
            .aliases
            .iter()
            .map(|alias| mark(alias, query))
            .rev()
            .max_by_key(|alias| alias.tokens.len())
            .filter(|alias| alias.tokens.len() > name.tokens.len())
            .map(|alias| alias.pieces)
            .unwrap_or_default();
        GuideRow {
            item: entry.code.clone(),
            name: name.pieces,
            alias,
            department: shown.department.clone(),
            division: shown.division.clone(),
            division_name: shown.division_name.clone(),
            promised_days: shown.promised_days,
            visits: shown.visits,
            badges: shown.badges.clone(),
            has_form: entry.has_form,
            serves: shown.serves,
            also: u32::try_from(shown.also).unwrap_or(u32::MAX),
            score,
        }
    }
}
