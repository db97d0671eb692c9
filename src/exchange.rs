//! Where HTTP meets the protocol: a response, as far as the protocol looks at it.

use crate::http::Response;
use crate::oauth::Reply;

/// A response as the protocol core reads it.
#[must_use]
pub fn reply(response: &Response) -> Reply<'_> {
    Reply {
        status: response.status,
        content_type: response.content_type.as_deref(),
        retry_after: response.retry_after,
        body: &response.body,
    }
}
