//! One entry of a list that crosses the boundary (an operation, a result, a change), read by
//! itself: what is wrong with it is never the matter of its neighbours.
//!
//! Three readings are told apart. A tag that this version knows, with a body that fits, is what
//! it says. A tag that it does not know is of another version and kept as it came. Everything
//! else is [`Malformed`]: a tag that is known with a body that is not, no tag at all, a number
//! that does not fit, a member that is said twice (RFC 8259, 4: readers may differ about which
//! one counts, and two that differ about a filing must not both go on).

use std::{collections::BTreeSet, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value, value::RawValue};

/// The members of an entry in their order, each as it was written.
type Members = Vec<(String, Box<RawValue>)>;

/// An entry of which nothing has been understood yet.
#[derive(Clone, Debug)]
pub struct Entry {
    members: Members,
    /// Whether it is an object that says everything once, down to the innermost.
    whole: bool,
}

impl Entry {
    /// A member, where it is there and can be read as this. Of one that is said twice the
    /// first counts, as there must be something to answer to.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        get(&self.members, name)
    }

    /// What it says; none where that is not said clearly.
    pub fn value(&self) -> Option<Value> {
        self.map().map(Value::Object)
    }

    /// Takes a member out that was read. Without it the entry is not whole.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let taken = self.get(name);
        match self.members.iter().position(|(own, _)| own == name) {
            Some(at) if taken.is_some() => drop(self.members.remove(at)),
            _ => self.whole = false,
        }
        taken
    }

    /// The same entry, of which something that was taken out makes no sense.
    pub(crate) fn doubted(self) -> Self {
        Self { whole: false, ..self }
    }

    /// Reads it by its tag, where that is one of `known`; `read` answers nothing where the body
    /// does not fit.
    pub(crate) fn read<T>(
        self,
        tag: &str,
        known: &[&str],
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Reading<T> {
        let (Some(said), Some(members)) = (self.get::<String>(tag), self.map()) else {
            return Reading::Malformed(Malformed(self.members));
        };
        if !known.contains(&said.as_str()) {
            return Reading::Unknown(members);
        }
        match read(Value::Object(members)) {
            Some(read) => Reading::Known(read),
            None => Reading::Malformed(Malformed(self.members)),
        }
    }

    fn map(&self) -> Option<Map<String, Value>> {
        if !self.whole {
            return None;
        }
        let value = |raw: &RawValue| serde_json::from_str(raw.get()).ok();
        self.members.iter().map(|(name, raw)| Some((name.clone(), value(raw)?))).collect()
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.whole == other.whole && are_same(&self.members, &other.members)
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(&self.members, serializer)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        // What is no object has no member, and so nothing to be kept by.
        let read = serde_json::from_str::<Object>(raw.get());
        let whole = read.is_ok() && !says_twice(raw.get());
        Ok(Self { members: read.map(|Object(members)| members).unwrap_or_default(), whole })
    }
}

/// What an entry was read as.
pub(crate) enum Reading<T> {
    Known(T),
    Unknown(Map<String, Value>),
    Malformed(Malformed),
}

/// An entry that this version should be able to read and cannot: its members as they came.
#[derive(Clone, Debug)]
pub struct Malformed(Members);

impl Malformed {
    /// A member, where it is there and can be read as this.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        get(&self.0, name)
    }
}

impl PartialEq for Malformed {
    fn eq(&self, other: &Self) -> bool {
        are_same(&self.0, &other.0)
    }
}

impl Serialize for Malformed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(&self.0, serializer)
    }
}

fn are_same(one: &Members, other: &Members) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|((name, raw), (other_name, other_raw))| {
            name == other_name && raw.get() == other_raw.get()
        })
}

fn get<T: DeserializeOwned>(members: &Members, name: &str) -> Option<T> {
    let (_, raw) = members.iter().find(|(own, _)| own == name)?;
    serde_json::from_str(raw.get()).ok()
}

fn write<S: Serializer>(members: &Members, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members.iter().map(|(name, raw)| (name, raw)))
}

/// A number that is kept as the signed one of a database: a larger one cannot be read.
pub(crate) struct Countable(pub(crate) u64);

impl<'de> Deserialize<'de> for Countable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        countable(deserializer).map(Self)
    }
}

/// Reads a [`Countable`].
pub(crate) fn countable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = u64::deserialize(deserializer)?;
    match i64::try_from(number) {
        Ok(_) => Ok(number),
        Err(_) => Err(de::Error::custom("a number that is too large")),
    }
}

/// Whether JSON says a member twice, or says what no value can hold.
pub fn says_twice(json: &str) -> bool {
    serde_json::from_str::<Once>(json).is_err()
}

/// The members of an object, also where one is said twice.
struct Object(Members);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// JSON of which every member is said once.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("every member once")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        let mut names = BTreeSet::new();
        while let Some((name, Once)) = members.next_entry::<String, Self>()? {
            if !names.insert(name) {
                return Err(de::Error::custom("said twice"));
            }
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self, A::Error> {
        while let Some(Once) = entries.next_element::<Self>()? {}
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        change::{Change, News},
        exchange::ExchangeReply,
        operation::{Ask, Operation, OperationResult, Outcome},
    };

    const ID: &str = "01930000-0000-7000-8000-00000000000a";

    fn outcome(rest: &str) -> Outcome {
        let result: OperationResult =
            serde_json::from_str(&format!(r#"{{"id":"{ID}",{rest}}}"#)).unwrap();
        assert_eq!(result.id, ID.parse().unwrap());
        is_written_as_read(&result);
        result.outcome
    }

    fn news(rest: &str) -> News {
        let change: Change = serde_json::from_str(&format!(r#"{{"seq":7,{rest}}}"#)).unwrap();
        assert_eq!(change.seq, 7);
        is_written_as_read(&change);
        change.news
    }

    fn ask(rest: &str) -> Ask {
        let text = format!(r#"{{"id":"{ID}","made_at":"2026-03-02T00:00:00Z",{rest}}}"#);
        let operation: Operation = serde_json::from_str(&text).unwrap();
        is_written_as_read(&operation);
        operation.ask
    }

    #[track_caller]
    fn is_written_as_read<T>(read: &T)
    where
        T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let text = serde_json::to_string(read).unwrap();
        assert_eq!(serde_json::from_str::<T>(&text).unwrap(), *read, "{text}");
    }

    /// The members of a case that can be read.
    fn case(revision: &str) -> String {
        format!(
            r#"{{"id":"{ID}","revision":{revision},"number":"1","item":"2","item_name":"名",
                "division":"420506","office":"局","state":"received",
                "received_at":"2026-03-02T00:00:00Z"}}"#
        )
    }

    #[test]
    fn a_tag_that_is_known_with_a_body_that_fits_is_what_it_says() {
        let accepted = outcome(r#""outcome":"accepted","at":"2026-03-02T00:00:00Z","number":"1""#);
        assert!(matches!(accepted, Outcome::Accepted { .. }));
        assert!(matches!(outcome(r#""outcome":"lacking","digests":[]"#), Outcome::Lacking { .. }));
        let problem = r#"{"type":"/problems/x","code":"x","detail":"。","next":"。"}"#;
        let refused = outcome(&format!(r#""outcome":"refused","problem":{problem}"#));
        assert!(matches!(refused, Outcome::Refused { .. }));
        let later = outcome(&format!(r#""outcome":"later","problem":{problem},"retry_after":1"#));
        assert!(matches!(later, Outcome::Later { .. }));
        let told = news(&format!(r#""kind":"case","case":{}"#, case("3")));
        assert!(matches!(told, News::Case { .. }));
        let withdrawn = ask(&format!(r#""kind":"withdraw","case":"{ID}""#));
        assert!(matches!(withdrawn, Ask::Withdraw { .. }));
        let corrected = format!(
            r#""kind":"correct","case":"{ID}","notice":"{ID}","filing":{{"answers":{{}}}}"#
        );
        assert!(matches!(ask(&corrected), Ask::Correct(_)));
    }

    #[test]
    fn only_a_tag_that_is_not_known_is_of_another_version() {
        assert!(matches!(outcome(r#""outcome":"raffled","prize":1"#), Outcome::Unknown(_)));
        assert!(matches!(news(r#""kind":"appointment","day":"x""#), News::Unknown(_)));
        assert!(matches!(ask(r#""kind":"appeal","case":7"#), Ask::Unknown(_)));
    }

    #[test]
    fn a_tag_that_is_known_with_a_body_that_is_not_is_malformed() {
        for rest in [
            r#""outcome":"accepted","at":"yesterday","number":"1""#,
            r#""outcome":"lacking""#,
            r#""outcome":"later","problem":{},"retry_after":-1"#,
            r#""outcome":7"#,
            r#""number":"1""#,
        ] {
            assert!(matches!(outcome(rest), Outcome::Malformed(_)), "{rest}");
        }
        for rest in [r#""kind":"case","case":{}"#, r#""kind":"licence","licence":null"#] {
            assert!(matches!(news(rest), News::Malformed(_)), "{rest}");
        }
        let submitted = ask(&format!(r#""kind":"submit","case":"{ID}","filing":[]"#));
        assert!(matches!(submitted, Ask::Malformed(_)));
        assert_eq!(submitted.case(), Some(ID.parse().unwrap()), "its lane is known all the same");
    }

    #[test]
    fn what_says_a_member_twice_is_malformed_however_deep_and_whatever_its_tag() {
        for rest in [
            r#""outcome":"accepted","at":"2026-03-02T00:00:00Z","number":"1","number":"2""#,
            r#""outcome":"lacking","outcome":"raffled","digests":[]"#,
            r#""outcome":"raffled","prize":[{"x":{"y":1,"y":2}}]"#,
            r#""outcome":"lacking","digests":[],"id":"x""#,
        ] {
            assert!(matches!(outcome(rest), Outcome::Malformed(_)), "{rest}");
        }
        let twice = case("3").replace(r#""number":"1""#, r#""number":"1","number":"1""#);
        assert!(matches!(news(&format!(r#""kind":"case","case":{twice}"#)), News::Malformed(_)));
        let answers = r#"{"answers":{"area":36,"area":360}}"#;
        let corrected =
            format!(r#""kind":"correct","case":"{ID}","notice":"{ID}","filing":{answers}"#);
        assert!(matches!(ask(&corrected), Ask::Malformed(_)));
    }

    #[test]
    fn a_number_that_does_not_fit_is_malformed() {
        for revision in ["9223372036854775808", "18446744073709551616", "1e400", "-1"] {
            let told = news(&format!(r#""kind":"case","case":{}"#, case(revision)));
            assert!(matches!(told, News::Malformed(_)), "{revision}");
        }
    }

    #[test]
    fn one_bad_entry_never_fails_the_whole_reply() {
        let deep = format!(r#"{{"seq":4,"kind":"x","x":{}{}}}"#, "[".repeat(500), "]".repeat(500));
        let good = format!(r#"{{"seq":6,"kind":"case","case":{}}}"#, case("3"));
        let text = format!(
            r#"{{"version":1,"feed":"{ID}","cursor":6,"server_time":"2026-03-02T00:00:00Z",
                "results":[null,{{"outcome":"lacking"}},
                           {{"id":"{ID}","outcome":"lacking","digests":[]}}],
                "changes":[7,{{"seq":"2","kind":"case"}},{{"seq":3,"kind":"case","case":1e999}},
                           {deep},{{"seq":5,"\ud800":1}},{good},
                           {{"seq":18446744073709551615,"kind":"x"}}]}}"#
        );
        let reply: ExchangeReply = serde_json::from_str(&text).unwrap();
        let seqs: Vec<u64> = reply.changes.iter().map(|change| change.seq).collect();
        assert_eq!(seqs, [0, 0, 3, 4, 0, 6, 0]);
        for change in &reply.changes[..5] {
            assert!(matches!(change.news, News::Malformed(_)), "{change:?}");
        }
        assert!(matches!(reply.changes[5].news, News::Case { .. }));
        let malformed = |result: &OperationResult| matches!(result.outcome, Outcome::Malformed(_));
        assert_eq!(reply.results.iter().map(malformed).collect::<Vec<_>>(), [true, true, false]);
        is_written_as_read(&reply);
    }

    #[test]
    fn an_operation_without_an_id_or_a_moment_is_none() {
        let id = json!({"id": ID, "kind": "withdraw", "case": ID});
        assert!(serde_json::from_value::<Operation>(id).is_err());
        let moment = json!({"made_at": "2026-03-02T00:00:00Z", "kind": "withdraw", "case": ID});
        assert!(serde_json::from_value::<Operation>(moment).is_err());
    }
}
