//! Who wants to hear which topic. The bridge hears them all, once; components subscribe
//! here for as long as they are on the page.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use tongban_contract::page::Topic;

type Listener = Rc<dyn Fn(&Topic)>;

#[derive(Default)]
struct Listeners {
    next: u32,
    by_number: BTreeMap<u32, Listener>,
}

thread_local! {
    static LISTENERS: RefCell<Listeners> = RefCell::default();
}

/// Hearing ends when this is dropped.
#[must_use = "hearing ends when the subscription is dropped"]
pub(crate) struct Subscription(u32);

/// Has `listener` called with every topic.
pub(crate) fn subscribe(listener: impl Fn(&Topic) + 'static) -> Subscription {
    LISTENERS.with_borrow_mut(|listeners| {
        let number = listeners.next;
        listeners.next += 1;
        listeners.by_number.insert(number, Rc::new(listener));
        Subscription(number)
    })
}

/// Tells everybody.
pub(crate) fn tell(topic: &Topic) {
    // A listener may subscribe or leave while it is called: nothing is borrowed meanwhile.
    let all: Vec<Listener> =
        LISTENERS.with_borrow(|listeners| listeners.by_number.values().cloned().collect());
    for listener in all {
        listener(topic);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        LISTENERS.with_borrow_mut(|listeners| listeners.by_number.remove(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_dropped_subscription_hears_nothing_more() {
        let heard = Rc::new(Cell::new(0));
        let counted = heard.clone();
        let subscription = subscribe(move |topic| {
            if *topic == Topic::Items {
                counted.set(counted.get() + 1);
            }
        });
        tell(&Topic::Items);
        tell(&Topic::Sync);
        drop(subscription);
        tell(&Topic::Items);
        assert_eq!(heard.get(), 1);
    }

    #[test]
    fn a_listener_may_subscribe_another_while_it_hears() {
        let kept = Rc::new(RefCell::new(Vec::new()));
        let keep = kept.clone();
        let _first = subscribe(move |_| keep.borrow_mut().push(subscribe(|_| {})));
        tell(&Topic::Licences);
        assert_eq!(kept.borrow().len(), 1);
    }
}
