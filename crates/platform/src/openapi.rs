//! The OpenAPI 3.1 description at `/openapi.json`, gathered from the modules' routers. What
//! every operation may answer is added here, so that no module has to say it again.

use std::sync::Arc;

use axum::{Json, Router, routing::get};
use utoipa::{
    OpenApi as _,
    openapi::{
        ContentBuilder, HeaderBuilder, Object, Ref, RefOr, ResponseBuilder, Type,
        path::{Operation, PathItem},
        response::Response,
        schema::Schema,
        security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

use crate::{Config, Platform};

/// Media type in which every problem travels (RFC 9457).
const PROBLEM: &str = "application/problem+json";
const JSON: &str = "application/json";

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Tongban platform",
    description = "What a provincial government-services platform offers to offline-first clients.",
    license(name = "Apache-2.0")
))]
struct Base;

/// The description before the modules have added to it.
pub(crate) fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// Adds what only a running node knows, and what every operation may answer.
pub(crate) fn finish(description: &mut utoipa::openapi::OpenApi, config: &Config) {
    let bearer = || SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = description.components.get_or_insert_default();
    // An access token of sign-in, and a token of `/office/api/sign-in`: never each other's.
    components.add_security_scheme("bearer", bearer());
    components.add_security_scheme("office", bearer());
    description.servers = Some(vec![utoipa::openapi::Server::new(config.issuer())]);
    for path in description.paths.paths.values_mut() {
        for operation in operations(path) {
            complete(operation);
        }
        if let Some(head) = &mut path.head {
            without_bodies(head);
        }
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, options, head, patch, trace, .. } = path;
    [get, put, post, delete, options, head, patch, trace].into_iter().flatten()
}

/// Adds what the outer layers and the extractors answer; what an operation says of a status
/// itself stays.
fn complete(operation: &mut Operation) {
    let security = operation.security.clone().unwrap_or_default();
    let takes_json = matches!(&operation.request_body,
        Some(RefOr::T(body)) if body.content.contains_key(JSON));
    let said = &mut operation.responses.responses;
    said.values_mut().for_each(as_problem);

    let mut add = |status: &str, description: &str| {
        said.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(description)));
    };
    if !security.is_empty() {
        add("401", "Not signed in, or not any more");
    }
    if security.contains(&SecurityRequirement::new("bearer", Vec::<String>::new())) {
        add("403", "The account is stopped");
    }
    if takes_json {
        add("400", "The body is no JSON");
        add("408", "The body came too slowly");
        add("413", "The body is too large");
        add("415", "The body is not said to be JSON");
        add("422", "The body is not what it should be");
    }
    add("500", "The platform failed");
    said.entry("429".to_owned()).or_insert_with(|| {
        let seconds = RefOr::T(Schema::Object(Object::with_type(Type::Integer)));
        let mut busy = problem("Too many requests of one address or account");
        let wait = HeaderBuilder::new().schema(Some(seconds)).description(Some("Seconds to wait"));
        busy.headers.insert("Retry-After".to_owned(), RefOr::T(wait.build()));
        RefOr::T(busy)
    });
}

fn problem(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content(PROBLEM, content).build()
}

/// Names the media type of a problem: the modules name only its schema.
fn as_problem(response: &mut RefOr<Response>) {
    let RefOr::T(response) = response else { return };
    let is_problem = response.content.get(JSON).is_some_and(|content| {
        let RefOr::T(content) = content else { return false };
        content.schema == Some(RefOr::Ref(Ref::from_schema_name("Problem")))
    });
    if is_problem && let Some(content) = response.content.swap_remove(JSON) {
        response.content.insert(PROBLEM.to_owned(), content);
    }
}

/// `HEAD` is answered without a body, whatever it says (RFC 9110, 9.3.2).
fn without_bodies(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.clear();
        }
    }
}

/// Serves the finished description.
pub(crate) fn router(description: utoipa::openapi::OpenApi) -> Router<Arc<Platform>> {
    let description = Arc::new(description);
    Router::new().route(
        "/openapi.json",
        get(move || {
            let description = Arc::clone(&description);
            async move { Json(description.as_ref().clone()) }
        }),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tongban_contract::{
        change::News,
        operation::{Ask, Outcome},
    };
    use utoipa::PartialSchema;

    /// What the description says that a member can be, anywhere in a schema. Variants without a
    /// tag are described as if their names were theirs.
    fn tags(schema: &Value, member: &str) -> Vec<String> {
        let own = schema["properties"][member]["enum"].as_array().into_iter().flatten();
        let own = own.filter_map(|tag| tag.as_str().map(str::to_owned));
        let own = own.filter(|tag| !["unknown", "malformed"].contains(&tag.as_str()));
        let inner = ["oneOf", "allOf"].into_iter().filter_map(|list| schema[list].as_array());
        own.chain(inner.flatten().flat_map(|inner| tags(inner, member))).collect()
    }

    fn described<T: PartialSchema>(member: &str) -> Vec<Value> {
        let schema = serde_json::to_value(T::schema()).unwrap();
        tags(&schema, member).into_iter().map(|tag| json!({ member: tag })).collect()
    }

    /// A variant that was added without its tag beside it would be taken for one of another
    /// version, for ever.
    #[test]
    fn every_kind_that_is_described_is_known_to_its_reader() {
        let asks = described::<Ask>("kind");
        assert!(asks.len() >= 3, "{asks:?}");
        for ask in asks {
            let read: Ask = serde_json::from_value(ask.clone()).unwrap();
            assert!(!matches!(read, Ask::Unknown(_)), "{ask}");
        }
        let news = described::<News>("kind");
        assert!(news.len() >= 2, "{news:?}");
        for news in news {
            let read: News = serde_json::from_value(news.clone()).unwrap();
            assert!(!matches!(read, News::Unknown(_)), "{news}");
        }
        let outcomes = described::<Outcome>("outcome");
        assert!(outcomes.len() >= 4, "{outcomes:?}");
        for outcome in outcomes {
            let read: Outcome = serde_json::from_value(outcome.clone()).unwrap();
            assert!(!matches!(read, Outcome::Unknown(_)), "{outcome}");
        }
    }
}
