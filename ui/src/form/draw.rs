//! Draws the tree of a form. Which faults are shown yet is decided here: those of places
//! that the person has been at, and all of them once filing was tried.

use serde_json::Value;
use tongban_contract::form::{Control, Fault, Input, ListControl, Node};
use yew::prelude::*;

use super::{
    choice, division::DivisionField, field::Around, list::ListField, pen::Pen, place,
    text::TextField,
};

/// What the drawing of a form depends on beside its tree.
pub(crate) struct Drawing<'a> {
    pub(crate) pen: &'a Pen,
    /// Whether filing was tried.
    pub(crate) tried: bool,
    /// Faults of the correction notice that is being answered.
    pub(crate) notice: &'a [Fault],
}

impl Drawing<'_> {
    /// The whole form; what stands outside of groups gets a card of its own.
    pub(crate) fn form(&self, nodes: &[Node]) -> Html {
        html! { <div class="form-groups">{ for nodes.iter().map(|node| match node {
            Node::Group { label, children } => html! {
                <section class="card form-group" aria-label={label.clone()} key={label.clone()}>
                    <h4 class="card-title" lang="zh-CN">{ label }</h4>
                    { self.nodes(children) }
                </section>
            },
            Node::Vertical { children } if children.iter().any(|child| matches!(child, Node::Group { .. })) => self.form(children),
            other => html! { <div class="card form-group">{ self.node(other) }</div> },
        }) }</div> }
    }

    fn nodes(&self, nodes: &[Node]) -> Html {
        html! { <div class="fields">{ for nodes.iter().map(|node| self.node(node)) }</div> }
    }

    fn node(&self, node: &Node) -> Html {
        match node {
            Node::Vertical { children } => self.nodes(children),
            Node::Horizontal { children } => {
                html! { <div class="fields fields-beside">{ for children.iter().map(|node| self.node(node)) }</div> }
            }
            Node::Group { label, children } => html! {
                <section class="form-subgroup" aria-label={label.clone()} key={label.clone()}>
                    <h5 class="form-subtitle" lang="zh-CN">{ label }</h5>
                    { self.nodes(children) }
                </section>
            },
            Node::Label { text } => html! { <p class="form-label" lang="zh-CN">{ text }</p> },
            Node::Control(control) => self.control(control),
            Node::List(list) => self.list(list),
        }
    }

    fn faults(&self, place: &str, faults: &[Fault]) -> Vec<Fault> {
        let shown = self.tried || self.pen.look(|desk| desk.is_touched(place));
        if shown { faults.to_vec() } else { Vec::new() }
    }

    /// What the correction notice says of a place.
    pub(crate) fn notice_at(&self, place: &str) -> Vec<Fault> {
        self.notice.iter().filter(|fault| fault.pointer == place).cloned().collect()
    }

    fn control(&self, control: &Control) -> Html {
        let place = format!("/answers{}", control.pointer);
        let value = self.pen.look(|desk| desk.value(&place, &control.value));
        let around = Around::of(
            control,
            place::id(&place),
            self.faults(&place, &control.faults),
            self.notice_at(&place),
        );
        let on_chosen = {
            let (pen, place) = (self.pen.clone(), place.clone());
            Callback::from(move |value: Value| pen.chosen(&place, value))
        };
        let drawn = match &control.input {
            Input::Boolean => choice::yes_or_no(&around, &value, &on_chosen),
            Input::Commitment => choice::commitment(&around, &value, &on_chosen),
            Input::Choice { options } => choice::one(&around, options, &value, &on_chosen),
            Input::MultipleChoice { options } => {
                choice::several(&around, options, &value, &on_chosen)
            }
            Input::Division { digits } => {
                html! { <DivisionField {around} digits={*digits} {value} {on_chosen} /> }
            }
            Input::Text { .. } | Input::Number { .. } | Input::Date => {
                let (typing, leaving) = (self.pen.clone(), self.pen.clone());
                let left = place.clone();
                let on_typed = Callback::from(move |value: Value| typing.typed(&place, value));
                let on_left = Callback::from(move |()| leaving.left(&left));
                html! { <TextField {around} input={control.input.clone()} {value} {on_typed} {on_left} /> }
            }
        };
        html! { <div class="field-place" key={control.pointer.clone()}>{ drawn }</div> }
    }

    fn list(&self, list: &ListControl) -> Html {
        let place = format!("/answers{}", list.pointer);
        let sentences =
            |faults: Vec<Fault>| faults.into_iter().map(|fault| fault.sentence).collect::<Vec<_>>();
        let entries: Vec<Html> = list.entries.iter().map(|entry| self.node(entry)).collect();
        html! {
            <ListField key={list.pointer.clone()} pen={self.pen.clone()} pointer={list.pointer.clone()}
                label={list.label.clone()} hint={list.hint.clone()} {entries} can_add={list.can_add}
                can_remove={list.can_remove} faults={sentences(self.faults(&place, &list.faults))}
                notice={sentences(self.notice_at(&place))}
                busy={self.pen.look(super::desk::Desk::is_restructuring)} />
        }
    }

    /// A question of situation, drawn like a choice of the form.
    pub(crate) fn situation(
        &self,
        view: &tongban_contract::page::SituationView,
        faults: &[Fault],
    ) -> Html {
        let situation = &view.situation;
        let place = place::of_situation(&situation.id);
        let known = view.chosen.clone().map_or(Value::Null, Value::String);
        let value = self.pen.look(|desk| desk.value(&place, &known));
        let own: Vec<Fault> =
            faults.iter().filter(|fault| fault.pointer == place).cloned().collect();
        let around = Around {
            id: place::id(&place),
            label: situation.question.clone(),
            hint: String::new(),
            required: true,
            enabled: true,
            faults: self.faults(&place, &own),
            notice: self.notice_at(&place),
        };
        let options: Vec<_> = situation
            .options
            .iter()
            .map(|option| tongban_contract::form::ChoiceOption {
                value: option.value.clone().into(),
                label: option.label.clone(),
            })
            .collect();
        let on_chosen = {
            let pen = self.pen.clone();
            Callback::from(move |value: Value| pen.chosen(&place, value))
        };
        choice::one(&around, &options, &value, &on_chosen)
    }
}
