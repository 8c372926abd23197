//! One licence of the wallet, readable without any network.

use jiff::tz::Offset;
use tongban_contract::{
    licence,
    numbers::LicenceId,
    page::{LicenceView, ReadLicence, Topic},
    vocabulary::LicenceState,
};
use yew::prelude::*;

use crate::{
    format,
    hooks::use_ask,
    i18n::{t, term},
    parts::{Go, Icon, Shape},
    route::Route,
};

/// Properties of [`Licence`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) licence: LicenceId,
}

/// One licence.
#[component]
pub(crate) fn Licence(props: &Props) -> Html {
    let licence =
        use_ask(ReadLicence { licence: props.licence.clone() }, |topic| *topic == Topic::Licences);
    licence.show(|view| {
        html! {
            <>
                { state(&view.licence) }
                // Whoever looks at the face must know first where it cannot be trusted.
                if !view.signature_is_right {
                    { signature(view) }
                }
                { face(&view.licence) }
                if view.signature_is_right {
                    { signature(view) }
                }
                { particulars(&view.licence) }
            </>
        }
    })
}

/// The face of the licence.
fn face(licence: &licence::Licence) -> Html {
    let valid = licence.state == LicenceState::Valid;
    let line = |label: String, value: Html| html! { <div class="face-line"><dt lang="zh-CN">{ label }</dt><dd lang="zh-CN">{ value }</dd></div> };
    html! {
        <article class={classes!("face", (!valid).then_some("face-off"))} aria-labelledby="licence-name">
            <header class="face-head">
                <h2 class="face-name" id="licence-name" lang="zh-CN">{ &licence.name }</h2>
                <p class="face-sub">{ t!("licence-electronic") }</p>
            </header>
            <dl class="face-lines">
                if !licence.fields.iter().any(|field| field.value == licence.holder) {
                    { line(t!("licence-holder"), html! { { &licence.holder } }) }
                }
                { for licence.fields.iter().map(|field| line(field.label.clone(), html! { { &field.value } })) }
                { line(t!("licence-validity"), html! { { validity(licence) } }) }
            </dl>
            <footer class="face-foot">
                <p lang="zh-CN">{ &licence.issuer }</p>
                <p>{ t!("licence-issued", day = format::day(Offset::constant(8).to_datetime(licence.issued_at).date())) }</p>
            </footer>
            if !valid {
                <span class="face-stamp" aria-hidden="true">{ term("licence-state", licence.state.code(), licence.state.term()) }</span>
            }
        </article>
    }
}

fn validity(licence: &licence::Licence) -> String {
    let from = format::day(licence.valid_from);
    match licence.valid_until {
        Some(until) => t!("licence-from-until", from = from, until = format::day(until)),
        None => t!("licence-from", from = from),
    }
}

/// That it is not in force, before anything else.
fn state(licence: &licence::Licence) -> Html {
    let over = licence.valid_until.is_some_and(|day| day < format::today());
    let words = if licence.state != LicenceState::Valid {
        t!(
            "licence-not-valid",
            state = term("licence-state", licence.state.code(), licence.state.term())
        )
    } else if over {
        t!("licence-over")
    } else {
        return Html::default();
    };
    html! { <p class="licence-warning" role="status"><Icon shape={Shape::Warning} />{ words }</p> }
}

fn signature(view: &LicenceView) -> Html {
    let (class, shape, title, text) = if view.signature_is_right {
        ("signature-right", Shape::Shield, t!("signature-right"), t!("signature-right-text"))
    } else {
        ("signature-wrong", Shape::Warning, t!("signature-wrong"), t!("signature-wrong-text"))
    };
    html! {
        <section class={classes!("card", "signature", class)} aria-label={title.clone()}>
            <span class="signature-picture"><Icon {shape} /></span>
            <div>
                <p class="signature-title">{ title }</p>
                <p class="hint">{ text }</p>
            </div>
        </section>
    }
}

fn particulars(licence: &licence::Licence) -> Html {
    let fact = |name: String, value: Html| html! { <div class="fact"><dt>{ name }</dt><dd>{ value }</dd></div> };
    html! {
        <section class="card" aria-labelledby="licence-particulars">
            <h3 class="card-title" id="licence-particulars">{ t!("licence-particulars") }</h3>
            <dl class="facts">
                { fact(t!("licence-state"), html! { { term("licence-state", licence.state.code(), licence.state.term()) } }) }
                { fact(t!("licence-number"), html! { <span class="number">{ licence.id.to_string() }</span> }) }
            </dl>
            if let Some(case) = licence.case {
                <Go to={Route::Item { case }} class="text-button">{ t!("licence-case") }</Go>
            }
        </section>
    }
}
