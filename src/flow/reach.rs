//! Whether a provider can be reached, and what its clock says. Nothing about the person is sent:
//! no client id, no token, no path.

use crate::endpoint::Endpoint;
use crate::http::{Http, SendError};
use crate::moment::Timestamp;

/// Asks for the headers of the front page of an endpoint's host; any answer will do. The server's
/// clock, where it tells.
///
/// # Errors
/// When the host can't be reached, or TLS fails.
pub async fn reach(http: &Http, endpoint: &Endpoint) -> Result<Option<Timestamp>, SendError> {
    let scheme = endpoint.url().scheme();
    let url = format!("{scheme}://{}/", endpoint.authority());
    let unusable = |error: http::Error| SendError::NotSent {
        host: endpoint.authority(),
        why: error.to_string(),
    };
    let request = http::Request::head(url)
        .body(Vec::new())
        .map_err(unusable)?;
    Ok(http.send(request).await?.date)
}
