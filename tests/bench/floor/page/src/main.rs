//! A page of one heading, drawn by the same Yew as the app's page.

use yew::prelude::*;

#[component]
fn Floor() -> Html {
    html! { <main><h1 id="floor">{ "通办" }</h1></main> }
}

fn main() {
    yew::Renderer::<Floor>::new().render();
}
