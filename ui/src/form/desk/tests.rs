//! What is typed is sent in order, kept once, and never overwritten by an older view.

use serde_json::json;
use tongban_contract::{
    form::{Control, Input},
    page::ItemState,
};

use super::*;

const NAME: &str = "/answers/name";
const PHONE: &str = "/answers/phone";

fn view(name: &str) -> DraftView {
    DraftView {
        case: "0190b3f0-5a1e-7cc0-9d5e-3a1f00000001".parse().unwrap(),
        item: "000131001000".into(),
        item_name: "个体工商户设立登记".into(),
        office: "市场监督管理局".into(),
        state: ItemState::Draft,
        saved_at: "2026-09-28T06:05:00Z".parse().unwrap(),
        situations: Vec::new(),
        form: vec![Node::Control(Box::new(Control {
            pointer: "/name".into(),
            label: "姓名".into(),
            hint: String::new(),
            required: true,
            enabled: true,
            input: Input::Text { multiline: false, max_length: None, keyboard: "text".into() },
            value: if name.is_empty() { Value::Null } else { json!(name) },
            faults: Vec::new(),
        }))],
        materials: Vec::new(),
        faults: Vec::new(),
        notice: None,
        guide_changes: Vec::new(),
    }
}

fn name_on(desk: &Desk) -> Value {
    let known = match desk.view().map(|view| view.form.as_slice()) {
        Some([Node::Control(control)]) => control.value.clone(),
        _ => Value::Null,
    };
    desk.value(NAME, &known)
}

fn refusal() -> Problem {
    Problem::new("vault.full", "存储空间不足。", "请清理空间后再试。")
}

fn opened() -> Desk {
    let mut desk = Desk::default();
    let ticket = desk.news().unwrap();
    desk.was_read(ticket, Ok(view("")));
    desk
}

fn type_name(desk: &mut Desk, name: &str) {
    desk.typed(NAME, json!(name));
    desk.gather();
}

#[test]
fn answers_are_sent_one_at_a_time_in_the_order_they_were_typed() {
    let mut desk = opened();
    desk.typed(PHONE, json!("139"));
    desk.typed(NAME, json!("王"));
    desk.gather();
    let (_, first) = desk.next().unwrap();
    assert!(matches!(&first, Step::Keep { place, .. } if place == PHONE));
    assert_eq!(desk.next(), None, "one is under way");
    desk.answered(Ok(view("")));
    let (_, second) = desk.next().unwrap();
    assert!(matches!(&second, Step::Keep { place, .. } if place == NAME));
    desk.answered(Ok(view("王")));
    assert_eq!((desk.saving(), desk.next()), (Saving::Saved, None));
}

#[test]
fn an_answer_that_still_waits_is_overtaken_by_the_next_for_its_place() {
    let mut desk = opened();
    type_name(&mut desk, "王");
    desk.next().unwrap();
    type_name(&mut desk, "王小");
    type_name(&mut desk, "王小明");
    desk.answered(Ok(view("王")));
    let (_, step) = desk.next().unwrap();
    assert!(matches!(&step, Step::Keep { value, .. } if *value == json!("王小明")));
    desk.answered(Ok(view("王小明")));
    assert_eq!(desk.next(), None);
}

#[test]
fn a_late_reply_does_not_overwrite_newer_typing() {
    let mut desk = opened();
    type_name(&mut desk, "王");
    desk.next().unwrap();
    desk.typed(NAME, json!("王小明"));
    desk.answered(Ok(view("王")));
    assert_eq!(name_on(&desk), json!("王小明"));
    assert_eq!(desk.saving(), Saving::UnderWay);
    desk.gather();
    desk.next().unwrap();
    desk.answered(Ok(view("王小明")));
    assert_eq!(name_on(&desk), json!("王小明"));
    assert_eq!(desk.saving(), Saving::Saved);
}

#[test]
fn a_view_asked_for_before_an_answer_was_kept_does_not_count() {
    let mut desk = opened();
    let read = desk.news().unwrap();
    type_name(&mut desk, "王");
    desk.next().unwrap();
    desk.answered(Ok(view("王")));
    desk.was_read(read, Ok(view("")));
    assert_eq!(name_on(&desk), json!("王"));
    let again = desk.read().expect("the view is asked for again");
    desk.was_read(again, Ok(view("王")));
    assert_eq!(desk.read(), None);
}

#[test]
fn what_was_kept_stays_in_its_field_until_a_view_knows_it() {
    let mut desk = opened();
    // A file is being attached while the name is typed; its reply comes in between.
    type_name(&mut desk, "王");
    desk.next().unwrap();
    let attach = desk.ticket();
    desk.told(attach, view(""));
    assert_eq!(name_on(&desk), json!("王"), "the view of the file does not know the name yet");
    desk.answered(Ok(view("王")));
    assert_eq!(
        name_on(&desk),
        json!("王"),
        "nor is it sure that the view of the name knows the file"
    );
    let read = desk.read().expect("so the draft is read once more");
    desk.was_read(read, Ok(view("王")));
    assert_eq!((name_on(&desk), desk.saving()), (json!("王"), Saving::Saved));
}

#[test]
fn a_read_waits_until_nothing_is_under_way() {
    let mut desk = opened();
    type_name(&mut desk, "王");
    desk.next().unwrap();
    assert_eq!(desk.news(), None);
    desk.answered(Ok(view("王")));
    assert!(desk.read().is_some());
    assert_eq!(desk.news(), None, "one read is under way");
}

#[test]
fn what_could_not_be_kept_stays_and_is_tried_again() {
    let mut desk = opened();
    type_name(&mut desk, "王");
    desk.next().unwrap();
    desk.answered(Err(refusal()));
    assert_eq!(desk.saving(), Saving::Failed);
    assert_eq!(desk.problem().unwrap().code, "vault.full");
    assert_eq!(name_on(&desk), json!("王"));
    desk.gather();
    desk.next().unwrap();
    desk.answered(Ok(view("王")));
    assert_eq!((desk.saving(), desk.problem()), (Saving::Saved, None));
}

#[test]
fn a_failed_answer_is_not_put_in_place_of_what_was_typed_since() {
    let mut desk = opened();
    type_name(&mut desk, "王");
    desk.next().unwrap();
    type_name(&mut desk, "王小明");
    desk.answered(Err(refusal()));
    let (_, step) = desk.next().unwrap();
    assert!(matches!(&step, Step::Keep { value, .. } if *value == json!("王小明")));
}

#[test]
fn places_behind_a_removed_entry_move_up_with_what_is_typed_there() {
    let mut desk = opened();
    desk.touch("/answers/family/2/name");
    desk.restructure(Step::Remove { pointer: "/family/1".into() });
    desk.next().unwrap();
    desk.typed("/answers/family/2/name", json!("小红"));
    desk.gather();
    desk.restructure(Step::Remove { pointer: "/family/0".into() });
    assert_eq!(desk.next(), None);
    desk.answered(Ok(view("")));
    assert!(desk.is_touched("/answers/family/1/name"));
    let (_, step) = desk.next().expect("what was held back goes now");
    assert!(matches!(&step, Step::Keep { place, .. } if place == "/answers/family/1/name"));
    desk.answered(Ok(view("")));
    assert_eq!(desk.next(), None, "a second change of lists is not taken while one is under way");
}

#[test]
fn only_places_in_the_list_move() {
    let entry = "/answers/family/1";
    for (place, moved) in [
        ("/answers/family/0/name", Some("/answers/family/0/name")),
        ("/answers/family/1/name", None),
        ("/answers/family/2/name", Some("/answers/family/1/name")),
        ("/answers/family/10", Some("/answers/family/9")),
        ("/answers/family_2/2", Some("/answers/family_2/2")),
        ("/situation/1", Some("/situation/1")),
    ] {
        assert_eq!(shifted(place, entry).as_deref(), moved);
    }
}

#[test]
fn what_was_answered_another_day_counts_as_seen() {
    let mut desk = Desk::default();
    let ticket = desk.news().unwrap();
    desk.was_read(ticket, Ok(view("王")));
    assert!(desk.is_touched(NAME));
    assert!(!opened().is_touched(NAME));
}

#[test]
fn a_page_on_which_somebody_writes_is_not_taken_away() {
    let mut desk = opened();
    let ticket = desk.news().unwrap();
    desk.was_read(ticket, Err(refusal()));
    assert!(desk.view().is_some() && desk.unread().is_none());
    let mut unread = Desk::default();
    let ticket = unread.news().unwrap();
    unread.was_read(ticket, Err(refusal()));
    assert_eq!(unread.unread().unwrap().code, "vault.full");
}

#[test]
fn a_field_that_was_left_shows_no_fault_of_what_stood_there_before() {
    let mut desk = opened();
    type_name(&mut desk, "王");
    desk.touch(NAME);
    assert!(!desk.is_touched(NAME), "the view does not know yet what was typed");
    desk.gather();
    desk.next().unwrap();
    desk.answered(Ok(view("王")));
    assert!(desk.is_touched(NAME));
}
