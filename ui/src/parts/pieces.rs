//! Text with the pieces marked that a search has matched.

use tongban_contract::page::TextPiece;
use yew::prelude::*;

/// Properties of [`Pieces`].
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    pub(crate) pieces: Vec<TextPiece>,
}

/// Text with its matches marked.
#[component]
pub(crate) fn Pieces(props: &Props) -> Html {
    html! {
        <span lang="zh-CN">
            { for props.pieces.iter().map(|piece| if piece.matched {
                html! { <mark>{ &piece.text }</mark> }
            } else {
                html! { { &piece.text } }
            }) }
        </span>
    }
}
