//! Dates and waits in response headers.

use std::time::Duration;

use time::PrimitiveDateTime;
use time::macros::format_description;

use super::RETRY_AFTER_MAX;
use crate::moment::Timestamp;

/// RFC 9110 section 10.2.3.
pub(super) fn retry_after(text: &str, now: Option<Timestamp>) -> Option<Duration> {
    let asked = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        http_date(text)?.since(now?).unwrap_or(Duration::ZERO)
    };
    Some(asked.min(RETRY_AFTER_MAX))
}

/// An IMF-fixdate (RFC 9110 section 5.6.7); the two obsolete forms are not read.
pub(super) fn http_date(text: &str) -> Option<Timestamp> {
    let shape = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let parsed = PrimitiveDateTime::parse(text, &shape).ok()?.assume_utc();
    parsed
        .unix_timestamp()
        .checked_mul(1000)
        .map(Timestamp::from_unix_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_seconds_or_from_the_servers_clock() {
        let now = http_date("Sun, 06 Nov 1994 08:49:37 GMT");
        for (text, date, seconds) in [
            ("0", None, Some(0)),
            ("120", None, Some(120)),
            ("86401", None, Some(86_400)),
            ("99999999999999999999999", None, Some(86_400)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", now, Some(30)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", now, Some(0)),
            ("Sat, 06 Nov 2094 08:49:37 GMT", now, Some(86_400)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", None, None),
            ("Sunday, 06-Nov-94 08:49:37 GMT", now, None),
            ("-1", None, None),
            ("1.5", None, None),
            ("+1", None, None),
            ("", None, None),
            ("soon", now, None),
        ] {
            let got = retry_after(text, date).map(|wait| wait.as_secs());
            assert_eq!(got, seconds, "{text}");
        }
    }
}
