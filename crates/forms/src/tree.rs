//! What a page draws: the elements that are shown, with the answers that would be filed
//! and all their faults. Which faults a person sees yet is the page's decision.

use std::collections::BTreeMap;

use serde_json::Value;
use tongban_contract::form::{Control, Fault, Input, ListControl, Node};

use crate::{
    CompiledForm,
    faults::Examination,
    model::{Element, ElementKind, FieldKind},
};

impl CompiledForm {
    /// The tree for these answers, in reading order: visibility, values and all faults.
    pub fn tree(&self, answers: &Value) -> Vec<Node> {
        let examination = self.examine(answers);
        let mut faults: BTreeMap<&str, Vec<&Fault>> = BTreeMap::new();
        for fault in &examination.faults {
            faults.entry(fault.pointer.as_str()).or_default().push(fault);
        }
        let drawing = Drawing { form: self, examination: &examination, faults };
        match drawing.node(&self.root, "", true) {
            Some(Node::Vertical { children }) => children,
            Some(node) => vec![node],
            None => Vec::new(),
        }
    }
}

struct Drawing<'a> {
    form: &'a CompiledForm,
    examination: &'a Examination,
    faults: BTreeMap<&'a str, Vec<&'a Fault>>,
}

impl Drawing<'_> {
    /// The node of an element; `None` where it is hidden, or a layout of nothing.
    fn node(&self, element: &Element, base: &str, parent_enabled: bool) -> Option<Node> {
        let answers = &self.examination.effective;
        if !element.is_shown(answers, base) {
            return None;
        }
        let enabled = parent_enabled && element.is_enabled(answers, base);
        let within = |elements: &[Element]| -> Option<Vec<Node>> {
            let nodes = elements.iter().filter_map(|child| self.node(child, base, enabled));
            Some(nodes.collect::<Vec<_>>()).filter(|nodes| !nodes.is_empty())
        };
        Some(match &element.kind {
            ElementKind::Vertical(elements) => Node::Vertical { children: within(elements)? },
            ElementKind::Horizontal(elements) => Node::Horizontal { children: within(elements)? },
            ElementKind::Group { label, children } => {
                Node::Group { label: label.clone(), children: within(children)? }
            }
            ElementKind::Label { text } => Node::Label { text: text.clone() },
            ElementKind::Field { field, at } => {
                Node::Control(Box::new(self.control(*field, format!("{base}{at}"), enabled)?))
            }
            ElementKind::List { field, at, detail } => {
                let list = self.list(*field, format!("{base}{at}"), detail, enabled)?;
                Node::List(Box::new(list))
            }
        })
    }

    fn control(&self, field: usize, pointer: String, enabled: bool) -> Option<Control> {
        let field = self.form.fields.get(field)?;
        let input = match &field.kind {
            FieldKind::Input(input) => input.clone(),
            FieldKind::Commitment => Input::Commitment,
            FieldKind::List(_) => return None,
        };
        let value = self.examination.effective.pointer(&pointer);
        Some(Control {
            label: field.label.clone(),
            hint: field.hint.clone(),
            required: self.form.is_needed(&self.examination.needed, &pointer),
            enabled: enabled && !field.read_only,
            input,
            value: value.cloned().unwrap_or_default(),
            faults: self.faults_at(&pointer),
            pointer,
        })
    }

    fn list(
        &self,
        field: usize,
        pointer: String,
        detail: &Element,
        enabled: bool,
    ) -> Option<ListControl> {
        let field = self.form.fields.get(field)?;
        let FieldKind::List(limits) = &field.kind else {
            return None;
        };
        let enabled = enabled && !field.read_only;
        let entries = self.examination.effective.pointer(&pointer).and_then(Value::as_array);
        let count = entries.map_or(0, Vec::len);
        let entry = |n| {
            // An entry in which all is hidden keeps its place.
            let node = self.node(detail, &format!("{pointer}/{n}"), enabled);
            node.unwrap_or(Node::Vertical { children: Vec::new() })
        };
        let needed = self.form.is_needed(&self.examination.needed, &pointer);
        Some(ListControl {
            label: field.label.clone(),
            hint: field.hint.clone(),
            entries: (0..count).map(entry).collect(),
            can_add: enabled && limits.most.is_none_or(|most| (count as u64) < most),
            // A list that need not be there may lose its last entries, and goes with them.
            can_remove: enabled && count > 0 && (!needed || count as u64 > limits.least),
            faults: self.faults_at(&pointer),
            pointer,
        })
    }

    fn faults_at(&self, pointer: &str) -> Vec<Fault> {
        let faults = self.faults.get(format!("/answers{pointer}").as_str());
        faults.into_iter().flatten().map(|fault| (*fault).clone()).collect()
    }
}
