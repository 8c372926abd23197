//! Every message that the page uses exists in all languages, with the same variables.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Pattern, PatternElement},
    parser,
};
use tongban_contract::{
    difference::GuideField,
    vocabulary::{
        Audience, Badge, Channel, ItemType, Level, LicenceState, MaterialSource, Necessity,
        ProjectType, Theme,
    },
};

use super::*;
use crate::route::Tab;

type Messages = BTreeMap<String, BTreeSet<String>>;

fn messages(language: Language) -> Messages {
    let mut messages = Messages::new();
    for file in language.files() {
        let resource = parser::parse(file)
            .unwrap_or_else(|(_, faults)| panic!("{}: {faults:?}", language.code()));
        for entry in &resource.body {
            if let Entry::Message(message) = entry {
                let mut variables = BTreeSet::new();
                if let Some(value) = &message.value {
                    variables_of(value, &mut variables);
                }
                let name = message.id.name.to_owned();
                assert!(
                    messages.insert(name.clone(), variables).is_none(),
                    "{} has {name} twice",
                    language.code()
                );
            }
        }
    }
    messages
}

fn variables_of(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            match expression {
                Expression::Inline(inline) => variable_of(inline, found),
                Expression::Select { selector, variants } => {
                    variable_of(selector, found);
                    variants.iter().for_each(|variant| variables_of(&variant.value, found));
                }
            }
        }
    }
}

fn variable_of(expression: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    if let InlineExpression::VariableReference { id } = expression {
        found.insert(id.name.to_owned());
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Keys and variables of every `t!("…", name = …)` in the sources of the page.
fn used() -> Vec<(String, BTreeSet<String>)> {
    let mut used = Vec::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        if path.ends_with("i18n/tests.rs") || path.ends_with("i18n/mod.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for (index, _) in text.match_indices("t!(") {
            // `format!(` ends like that too.
            if text[..index].ends_with(|before: char| before.is_alphanumeric()) {
                continue;
            }
            let call = text[index + 3..].trim_start();
            let Some((key, rest)) = call.strip_prefix('"').and_then(|rest| rest.split_once('"'))
            else {
                continue;
            };
            used.push((key.to_owned(), names_of(rest)));
        }
    }
    used
}

/// Names in `, name = value, other = value)…`, up to the closing parenthesis.
fn names_of(rest: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut depth = 0;
    let mut word = String::new();
    let mut fresh = false;
    for letter in rest.chars() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                fresh = true;
                word.clear();
            }
            '=' if fresh => {
                names.insert(word.trim().to_owned());
                fresh = false;
            }
            _ if fresh => word.push(letter),
            _ => {}
        }
    }
    names
}

#[test]
fn every_language_has_the_same_messages_with_the_same_variables() {
    let chinese = messages(Language::ZhCn);
    for language in [Language::ZhTw, Language::En] {
        let mut other = messages(language);
        // Terms of the standard are Chinese already.
        other.retain(|key, _| chinese.contains_key(key) || !is_term(key));
        assert_eq!(chinese, other, "zh-CN and {}", language.code());
    }
}

fn is_term(key: &str) -> bool {
    terms_of_the_field().contains(key)
}

fn terms_of_the_field() -> BTreeSet<String> {
    macro_rules! all {
        ($($kind:literal $name:ident),*) => {
            [$($name::ALL.iter().map(|term| format!("{}-{}", $kind, term.code())).collect::<Vec<_>>()),*].concat()
        };
    }
    all!["theme" Theme, "badge" Badge, "audience" Audience, "channel" Channel, "item-type" ItemType,
        "necessity" Necessity, "source" MaterialSource, "project" ProjectType, "level" Level, "licence-state" LicenceState, "field" GuideField]
    .into_iter()
    .collect()
}

#[test]
fn every_term_of_the_field_is_translated() {
    for language in [Language::ZhTw, Language::En] {
        let known = messages(language);
        for key in terms_of_the_field() {
            assert!(known.contains_key(&key), "{} lacks {key}", language.code());
        }
    }
}

#[test]
fn every_message_used_exists_and_is_given_its_variables() {
    let known = messages(Language::ZhCn);
    let used = used();
    assert!(used.len() > 20, "the search for t! found {} only", used.len());
    for (key, variables) in used {
        let expected = known.get(&key).unwrap_or_else(|| panic!("no message {key}"));
        assert_eq!(expected, &variables, "variables of {key}");
    }
    // Titles are named by the routes, without t!.
    let routes =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/route.rs")).unwrap();
    let titles: Vec<&str> = routes
        .split('"')
        .filter(|text| text.starts_with("title-") || text.starts_with("tab-"))
        .collect();
    assert!(titles.len() > Tab::ALL.len());
    for title in titles {
        assert!(known.contains_key(title), "no message {title}");
    }
}

#[test]
fn a_message_is_said_in_the_language_spoken() {
    speak(Language::En);
    assert_eq!(t!("tab-home"), "Home");
    speak(Language::ZhTw);
    assert_eq!(term("theme", "health", "医疗卫生"), "醫療衛生");
    speak(Language::ZhCn);
    assert_eq!(t!("tab-home"), "首页");
    assert_eq!(term("theme", "health", "医疗卫生"), "医疗卫生");
}
