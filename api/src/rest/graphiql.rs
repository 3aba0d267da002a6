//! GraphiQL from the binary, so that it works with no internet. For development, or for operators who switch it on.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::state::State;

const POLICY: &str =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; frame-ancestors 'none'";

/// The page's files: name, type, content.
const FILES: &[(&str, &str, &[u8])] = &[
    ("index.html", "text/html; charset=utf-8", include_bytes!("../../assets/graphiql/index.html")),
    ("start.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/graphiql/start.js")),
    ("start.css", "text/css; charset=utf-8", include_bytes!("../../assets/graphiql/start.css")),
    ("favicon.svg", "image/svg+xml", include_bytes!("../../assets/graphiql/favicon.svg")),
    ("graphiql.min.css", "text/css; charset=utf-8", include_bytes!("../../assets/graphiql/graphiql.min.css")),
    ("graphiql.min.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/graphiql/graphiql.min.js")),
    ("graphql-ws.min.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/graphiql/graphql-ws.min.js")),
    (
        "react.production.min.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/graphiql/react.production.min.js"),
    ),
    (
        "react-dom.production.min.js",
        "text/javascript; charset=utf-8",
        include_bytes!("../../assets/graphiql/react-dom.production.min.js"),
    ),
];

/// File names on the page are relative to the folder.
pub async fn redirect() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("Location", "/graphiql/")).finish()
}

/// One file of the page.
pub async fn file(http: HttpRequest, state: web::Data<State>, name: web::Path<String>) -> HttpResponse {
    let name = if name.is_empty() { "index.html" } else { name.as_str() };
    match FILES.iter().find(|(file, _, _)| *file == name) {
        Some((_, mime, bytes)) if state.development => HttpResponse::Ok()
            .content_type(*mime)
            .insert_header(("Content-Security-Policy", POLICY))
            .insert_header(("Cache-Control", "no-cache"))
            .body(*bytes),
        _ => super::nowhere(http).await,
    }
}
