//! Who a request comes from: the address of the socket, or what a trusted proxy says.

use actix_web::HttpRequest;

use crate::state::State;

/// The address of a stranger, as it counts.
pub(super) fn peer(http: &HttpRequest, state: &State) -> String {
    let Some(socket) = http.peer_addr() else { return "unknown".to_owned() };
    let headers = http.headers().get_all("x-forwarded-for");
    let forwarded: Vec<&str> = headers.filter_map(|value| value.to_str().ok()).collect();
    diwan_gate::stranger(socket.ip(), &forwarded, &state.trusted_proxies).to_string()
}
