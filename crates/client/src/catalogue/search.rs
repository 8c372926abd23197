//! Searching guides in everyday words. All tokens of a query must be found in a guide;
//! where no guide has them all, those that have most of what matters are taken. The
//! order is decided here, in one place: first by how the whole query stands to the name
//! and the everyday names, then by the index's own measure (bm25), names weighing more
//! than materials and materials more than the rest.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{FromRow, SqliteConnection};
use tongban_contract::{
    numbers::DivisionCode,
    page::{GuideListView, GuideRow, SearchGuides},
    vocabulary::Badge,
};

use super::{
    build::read,
    error::CatalogueError,
    highlight::mark,
    query::{Query, Token},
};

/// Columns in which a token speaks for a guide although the others are missing.
const NAMES: &str = "{name alias result sound code}";

/// A guide that matches, with what decides its place.
#[derive(FromRow)]
struct Candidate {
    id: i64,
    relevance: f64,
    name_key: String,
    alias_keys: String,
    has_form: bool,
}

/// Searches, or lists everything where the query is blank.
pub(super) async fn search(
    database: &mut SqliteConnection,
    request: &SearchGuides,
    home: Option<&DivisionCode>,
) -> Result<GuideListView, CatalogueError> {
    let query = Query::new(&request.query);
    let ranked = if request.query.trim().is_empty() {
        listed(database, request).await?
    } else if query.tokens.is_empty() {
        Vec::new()
    } else {
        found(database, request, &query).await?
    };
    let total = u32::try_from(ranked.len()).unwrap_or(u32::MAX);
    let page: Vec<(i64, f64)> = ranked
        .into_iter()
        .skip(usize::try_from(request.offset).unwrap_or(usize::MAX))
        .take(usize::try_from(request.limit).unwrap_or(usize::MAX))
        .collect();
    let rows = rows(database, &page, &query, home).await?;
    Ok(GuideListView { total, rows })
}

fn filter(code: &Option<String>) -> Option<&str> {
    code.as_deref().filter(|code| !code.is_empty())
}

/// Every guide of the theme and audience: those that can be filed from here first.
async fn listed(
    database: &mut SqliteConnection,
    request: &SearchGuides,
) -> Result<Vec<(i64, f64)>, CatalogueError> {
    let ids: Vec<(i64,)> = sqlx::query_as(
        "SELECT g.id FROM guide g
         WHERE g.listed
           AND (?1 IS NULL OR EXISTS (
                   SELECT 1 FROM guide_theme t WHERE t.theme = ?1 AND t.guide = g.id))
           AND (?2 IS NULL OR EXISTS (
                   SELECT 1 FROM guide_audience a WHERE a.audience = ?2 AND a.guide = g.id))
         ORDER BY g.has_form DESC, g.id",
    )
    .bind(filter(&request.theme))
    .bind(filter(&request.audience))
    .fetch_all(database)
    .await?;
    Ok(ids.into_iter().map(|(id,)| (id, 0.0)).collect())
}

/// The guides that match, best first.
async fn found(
    database: &mut SqliteConnection,
    request: &SearchGuides,
    query: &Query,
) -> Result<Vec<(i64, f64)>, CatalogueError> {
    let mut scored: Vec<(i64, f64)> = candidates(database, request, &query.all())
        .await?
        .into_iter()
        .map(|candidate| (candidate.id, score(&candidate, query)))
        .collect();
    if let Some(code) = query.place_code() {
        // Nothing is a better match than the one place that has this code.
        scored.extend(by_place(database, request, code).await?.into_iter().map(|id| (id, -5000.0)));
    }
    for scope in [NAMES, ""] {
        if scored.is_empty() {
            scored = relaxed(database, request, query, scope).await?;
        }
    }
    scored.sort_by(|(id, score), (other_id, other)| score.total_cmp(other).then(id.cmp(other_id)));
    let mut seen = BTreeSet::new();
    scored.retain(|(id, _)| seen.insert(*id));
    Ok(scored)
}

/// Guides that satisfy an expression of the index. The weights are of the columns name,
/// alias, result, material, body, sound and code.
async fn candidates(
    database: &mut SqliteConnection,
    request: &SearchGuides,
    expression: &str,
) -> Result<Vec<Candidate>, CatalogueError> {
    Ok(sqlx::query_as(
        "SELECT g.id, bm25(guide_index, 10.0, 8.0, 5.0, 2.0, 1.0, 6.0, 10.0) AS relevance,
             g.name_key, g.alias_keys, g.has_form
         FROM guide_index JOIN guide g ON g.id = guide_index.rowid
         WHERE guide_index MATCH ?3
           AND (?1 IS NULL OR EXISTS (
                   SELECT 1 FROM guide_theme t WHERE t.theme = ?1 AND t.guide = g.id))
           AND (?2 IS NULL OR EXISTS (
                   SELECT 1 FROM guide_audience a WHERE a.audience = ?2 AND a.guide = g.id))",
    )
    .bind(filter(&request.theme))
    .bind(filter(&request.audience))
    .bind(expression)
    .fetch_all(database)
    .await?)
}

async fn by_place(
    database: &mut SqliteConnection,
    request: &SearchGuides,
    code: &str,
) -> Result<Vec<i64>, CatalogueError> {
    // '~' sorts after every letter and digit.
    Ok(sqlx::query_scalar(
        "SELECT g.id FROM guide g
         WHERE g.listed
           AND g.item IN (SELECT item FROM place WHERE folded >= ?3 AND folded < ?3 || '~')
           AND (?1 IS NULL OR EXISTS (
                   SELECT 1 FROM guide_theme t WHERE t.theme = ?1 AND t.guide = g.id))
           AND (?2 IS NULL OR EXISTS (
                   SELECT 1 FROM guide_audience a WHERE a.audience = ?2 AND a.guide = g.id))",
    )
    .bind(filter(&request.theme))
    .bind(filter(&request.audience))
    .bind(code)
    .fetch_all(database)
    .await?)
}

/// Guides that have most of the query. A token weighs the more the fewer guides have it,
/// and one that no guide has (two characters across a word's border, say) weighs nothing.
/// Guides with less than half of what the best one has are left out.
async fn relaxed(
    database: &mut SqliteConnection,
    request: &SearchGuides,
    query: &Query,
    scope: &str,
) -> Result<Vec<(i64, f64)>, CatalogueError> {
    let any = scoped(scope, &query.any());
    let candidates = candidates(database, request, &any).await?;
    let mut shares: BTreeMap<i64, f64> = BTreeMap::new();
    let mut whole = 0.0;
    let guides: i64 = sqlx::query_scalar("SELECT count(*) FROM guide WHERE listed")
        .fetch_one(&mut *database)
        .await?;
    for token in &query.tokens {
        let having: Vec<i64> =
            sqlx::query_scalar("SELECT rowid FROM guide_index WHERE guide_index MATCH ?")
                .bind(scoped(scope, &token.expression()))
                .fetch_all(&mut *database)
                .await?;
        if having.is_empty() {
            continue;
        }
        let weight = weight(token, having.len(), guides);
        whole += weight;
        for id in having {
            *shares.entry(id).or_default() += weight;
        }
    }
    let share = |id: i64| shares.get(&id).map_or(0.0, |part| part / whole);
    let best = candidates.iter().map(|c| share(c.id)).fold(0.0, f64::max);
    Ok(candidates
        .iter()
        .filter(|candidate| share(candidate.id) >= best / 2.0)
        .map(|candidate| {
            // Always behind any guide that has every token.
            (candidate.id, 1000.0 * (1.0 - share(candidate.id)) + candidate.relevance)
        })
        .collect())
}

fn scoped(scope: &str, expression: &str) -> String {
    if scope.is_empty() { expression.to_owned() } else { format!("{scope} : ({expression})") }
}

/// How much a token says. Of two rare ones, a pair of characters says more than one.
fn weight(token: &Token, having: usize, guides: i64) -> f64 {
    // Exact far beyond any number of guides.
    #[allow(clippy::cast_precision_loss)]
    let rarity = (1.0 + guides as f64 / having as f64).ln();
    if token.text().chars().count() == 1 { rarity / 2.0 } else { rarity }
}

/// Smaller is better: whole steps by how the query stands to the names, bm25 within.
fn score(candidate: &Candidate, query: &Query) -> f64 {
    let Candidate { relevance, name_key, alias_keys, has_form, .. } = candidate;
    let key = query.key.as_str();
    let step = if name_key == key {
        5.0
    } else if alias_keys.lines().any(|alias| alias == key) {
        4.0
    } else if name_key.starts_with(key) {
        3.0
    } else if name_key.contains(key) {
        2.0
    } else if alias_keys.contains(key) {
        1.0
    } else {
        0.0
    };
    // Of guides that match much alike, the one that can be filed from here.
    let filed_here = if *has_form { 2.0 } else { 0.0 };
    relevance - filed_here - 1000.0 * step
}

#[derive(FromRow)]
struct Row {
    item: String,
    name: String,
    aliases: String,
    department: String,
    division_name: String,
    promised_days: Option<u32>,
    visits: Option<u32>,
    badges: String,
    has_form: bool,
}

/// The rows of one page, in the order of `page`. Where several places of the county carry
/// an item out, the one that serves `home` is named.
async fn rows(
    database: &mut SqliteConnection,
    page: &[(i64, f64)],
    query: &Query,
    home: Option<&DivisionCode>,
) -> Result<Vec<GuideRow>, CatalogueError> {
    let ids: Vec<i64> = page.iter().map(|(id, _)| *id).collect();
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT g.item, g.name, g.aliases,
             coalesce(p.body ->> '$.office.department', g.department) department,
             coalesce(d.name, g.division_name) division_name,
             g.promised_days, g.visits, g.badges, g.has_form
         FROM json_each(?1) page JOIN guide g ON g.id = page.value
         LEFT JOIN place p ON g.place IS NULL AND p.item = g.item AND p.code = (
             SELECT own.code FROM place own
             WHERE own.item = g.item AND own.division LIKE g.division || '%'
               AND ?2 LIKE own.division || '%'
             ORDER BY own.division DESC, own.code DESC LIMIT 1)
         LEFT JOIN division d ON d.code = p.division
         ORDER BY page.key",
    )
    .bind(serde_json::json!(ids).to_string())
    .bind(home.map(DivisionCode::as_str))
    .fetch_all(database)
    .await?;
    rows.into_iter().zip(page).map(|(row, (_, score))| view(row, *score, query)).collect()
}

fn view(row: Row, score: f64, query: &Query) -> Result<GuideRow, CatalogueError> {
    let name = mark(&row.name, query);
    let aliases: Vec<String> = read(&row.aliases)?;
    let badges: Vec<Badge> = read(&row.badges)?;
    // Only an everyday name that says more than the name itself is worth its line. Of
    // two that say as much, the first.
    let alias = aliases
        .iter()
        .map(|alias| mark(alias, query))
        .rev()
        .max_by_key(|alias| alias.tokens.len())
        .filter(|alias| alias.tokens.len() > name.tokens.len())
        .map(|alias| alias.pieces)
        .unwrap_or_default();
    Ok(GuideRow {
        item: row.item,
        name: name.pieces,
        alias,
        department: row.department,
        division_name: row.division_name,
        promised_days: row.promised_days,
        visits: row.visits,
        badges,
        has_form: row.has_form,
        score,
    })
}
