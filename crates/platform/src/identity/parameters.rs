//! Parameters that a browser brings to an endpoint of OpenID Connect, in the address or in a
//! form. What cannot be read is answered with a page, as whoever reads it is a person.

use std::sync::Arc;

use axum::{
    extract::{FromRequest, RawForm, Request, rejection::RawFormRejection},
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use url::form_urlencoded;

use super::page::{self, SentencePage};
use crate::Platform;

/// Names and values, in their order: from the query of a GET, from the form of a POST.
#[derive(Debug)]
pub(super) struct Parameters(pub(super) Vec<(String, String)>);

impl FromRequest<Arc<Platform>> for Parameters {
    type Rejection = Response;

    async fn from_request(request: Request, platform: &Arc<Platform>) -> Result<Self, Response> {
        match RawForm::from_request(request, platform).await {
            Ok(RawForm(bytes)) => Ok(Self(form_urlencoded::parse(&bytes).into_owned().collect())),
            Err(rejection) => Err(unread(platform, &rejection)),
        }
    }
}

fn unread(platform: &Platform, rejection: &RawFormRejection) -> Response {
    let status = rejection.status();
    let sentence = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "浏览器发来的内容太大，平台没有接收。",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "平台没有读懂浏览器发来的内容。",
        _ => "浏览器发来的内容没有收全。",
    };
    let page = SentencePage {
        platform_name: &platform.name(),
        title: "没有读懂这次请求",
        sentence,
        next: "请关闭本页，从“通办”应用里重新操作。",
    };
    page::answer(status, &page, "").into_response()
}
