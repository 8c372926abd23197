//! A short word at the foot of the page that something worked.

use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// Says a word and takes it away after a while.
#[derive(Clone, PartialEq)]
struct Toast(Callback<String>);

/// Properties of [`ToastProvider`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) children: Html,
}

/// Shows what its children say with [`use_toast`].
#[component]
pub(crate) fn ToastProvider(props: &Props) -> Html {
    let word = use_state(|| None::<String>);
    let timer = use_mut_ref(|| None::<Timeout>);
    let say = {
        let setter = word.setter();
        use_callback((), move |text: String, ()| {
            setter.set(Some(text));
            let setter = setter.clone();
            // A new word stops the clock of the one before.
            *timer.borrow_mut() = Some(Timeout::new(4_000, move || setter.set(None)));
        })
    };
    html! {
        <ContextProvider<Toast> context={Toast(say)}>
            { props.children.clone() }
            <div class="toast-place" role="status" aria-live="polite">
                if let Some(text) = word.as_ref() {
                    <p class="toast">{ text }</p>
                }
            </div>
        </ContextProvider<Toast>>
    }
}

/// Says a word to the person.
#[hook]
pub(crate) fn use_toast() -> Callback<String> {
    use_context::<Toast>().map_or_else(Callback::noop, |toast| toast.0)
}
