//! The report as a page. Every word from the log or the vault goes through [`escape::html`]; charts
//! are drawn without text, so that labels keep their size and wrap on a narrow screen.

use super::figures::{self, Bucket, Counts, Share};
use super::report::{Expiry, Report};
use crate::commands::page;
use crate::escape;
use crate::ui::counted;

/// So many bars stand side by side.
const BARS: i64 = 60;
/// So many programs, connections and kinds of failures are shown; `--json` tells all.
const SHOWN: usize = 15;
const STYLE: &str = include_str!("report_page.css");
/// How [`Counts::each`] is coloured.
const CLASSES: [&str; 4] = ["hand", "refresh", "other", "fail"];

pub(super) fn page(report: &Report) -> String {
    let figures = &report.figures;
    let mut body = String::new();
    head(&mut body, report);
    totals(&mut body, &figures.totals);
    over_time(&mut body, report);
    for (title, shares, nobody) in [
        ("By program", &figures.callers, "unknown program"),
        ("By connection", &figures.connections, "no connection"),
    ] {
        section(&mut body, title, "");
        ranking(&mut body, shares, nobody);
        body.push_str("</section>\n");
    }
    expiries(&mut body, &report.expiries);
    failures(&mut body, report);
    page::whole("oauthctl: audit report", STYLE, &body)
}

fn head(body: &mut String, report: &Report) {
    let range = match report.figures.range {
        Some((from, to)) => format!("Events from {from} to {to}."),
        None => "No events.".to_owned(),
    };
    body.extend([
        "<header><h1>Audit report</h1><p>",
        &range,
        " Made ",
        &report.at.to_string(),
        ".</p>\n",
    ]);
    if !report.filters.is_empty() {
        body.push_str("<p class=filters>Only");
        for (name, value) in &report.filters {
            body.extend([" <span>", name, ": ", &escape::html(value), "</span>"]);
        }
        body.push_str("</p>\n");
    }
    let (class, verdict) = match &report.log {
        Ok(log) => {
            let pruned = log.checkpoint.as_ref().map_or_else(String::new, |gone| {
                format!(
                    " The first {} were pruned and stand as a checkpoint.",
                    gone.count
                )
            });
            let anchor = if log.anchored {
                "It agrees with the anchor kept beside the key."
            } else {
                "There is no anchor: events cut off the end would not be noticed."
            };
            (
                if log.anchored { "good" } else { "unsure" },
                format!(
                    "<b>The log is whole:</b> all {} events are in place.{pruned} {anchor}",
                    log.count
                ),
            )
        }
        Err(fault) => (
            "bad",
            format!(
                "<b>The log is not what was written:</b> {}. Only what stands before is told here.",
                escape::html(&fault.to_string())
            ),
        ),
    };
    body.extend(["<p class=\"log ", class, "\">", &verdict, "</p></header>\n"]);
}

fn totals(body: &mut String, totals: &Counts) {
    body.push_str("<dl>");
    total(body, "", "events", totals.all());
    for (at, count) in totals.each().into_iter().enumerate() {
        total(body, class(at), name(at), count);
    }
    body.push_str("</dl>\n");
}

fn total(body: &mut String, class: &str, name: &str, count: u64) {
    let count = count.to_string();
    body.extend(["<div><dt>"]);
    if !class.is_empty() {
        body.extend(["<i class=", class, "></i>"]);
    }
    body.extend([name, "</dt><dd>", &count, "</dd></div>"]);
}

fn section(body: &mut String, title: &str, note: &str) {
    body.extend(["<section><h2>", title, "</h2>"]);
    if !note.is_empty() {
        body.extend(["<p>", note, "</p>"]);
    }
    body.push('\n');
}

fn nothing(body: &mut String, what: &str) {
    body.extend(["<p class=none>", what, "</p>\n"]);
}

fn over_time(body: &mut String, report: &Report) {
    let (width, buckets) = report.figures.buckets(BARS);
    let title = match width {
        1 => "Use per day".to_owned(),
        7 => "Use per week".to_owned(),
        days => format!("Use per {days} days"),
    };
    section(body, &title, "");
    let highest = buckets.iter().map(|one| one.counts.all()).max();
    let Some(highest) = highest.filter(|highest| *highest > 0) else {
        nothing(body, "Nothing was used.");
        body.push_str("</section>\n");
        return;
    };
    let top = highest + highest % 2;
    body.extend([
        "<div class=plot><div class=y><span>",
        &top.to_string(),
        "</span><span>",
        &(top / 2).to_string(),
        "</span><span>0</span></div><svg role=img aria-label=\"",
        &title,
        "\" preserveAspectRatio=none viewBox=\"0 0 ",
        &(buckets.len() * 10).to_string(),
        " 1000\"><path class=grid d=\"",
    ]);
    for y in ["0", "500", "1000"] {
        body.extend(["M0 ", y, "H", &(buckets.len() * 10).to_string()]);
    }
    body.push_str("\"/>\n");
    for (at, bucket) in buckets.iter().enumerate() {
        bar(body, at, bucket, top);
    }
    body.push_str("</svg><div class=x>");
    let middle = buckets.len() / 2;
    for bucket in [buckets.first(), buckets.get(middle), buckets.last()] {
        let date = bucket.map_or_else(String::new, |bucket| figures::date(bucket.day));
        body.extend(["<span>", &date, "</span>"]);
    }
    body.push_str(
        "</div></div>\n<details><summary>As a table</summary><table class=days><tr><th>from",
    );
    for name in Counts::NAMES {
        body.extend(["<th>", name]);
    }
    for bucket in buckets.iter().filter(|bucket| bucket.counts.all() > 0) {
        body.extend(["\n<tr><th>", &figures::date(bucket.day)]);
        for count in bucket.counts.each() {
            body.extend(["<td>", &count.to_string()]);
        }
    }
    body.push_str("</table></details></section>\n");
}

fn bar(body: &mut String, at: usize, bucket: &Bucket, top: u64) {
    if bucket.counts.all() == 0 {
        return;
    }
    let tip = tip(&figures::date(bucket.day), &bucket.counts);
    body.extend(["<g><title>", &tip, "</title>"]);
    let mut below = 0;
    for (class, count) in CLASSES.into_iter().zip(bucket.counts.each()) {
        if count > 0 {
            let height = count.saturating_mul(1000) / top;
            below += count;
            let y = 1000 - below.saturating_mul(1000) / top;
            let x = (at * 10 + 1).to_string();
            rect(
                body,
                class,
                [&x, &y.to_string(), "8", &height.max(4).to_string()],
            );
        }
    }
    body.push_str("</g>\n");
}

fn rect(body: &mut String, class: &str, [x, y, width, height]: [&str; 4]) {
    body.extend([
        "<rect class=",
        class,
        " x=",
        x,
        " y=",
        y,
        " width=",
        width,
        " height=",
        height,
        " />",
    ]);
}

/// A bar that lies, of parts in thousandths of its length.
fn lying(body: &mut String, tip: &str, parts: &[(&str, u64)]) {
    body.extend([
        "<svg class=bar role=img aria-label=\"",
        tip,
        "\" preserveAspectRatio=none viewBox=\"0 0 1000 10\"><title>",
        tip,
        "</title><rect class=way width=1000 height=10 />",
    ]);
    let mut x = 0;
    for (class, length) in parts {
        if *length == 0 {
            continue;
        }
        let length = (*length).min(1000 - x);
        rect(
            body,
            class,
            [&x.to_string(), "0", &length.to_string(), "10"],
        );
        x += length;
    }
    body.push_str("</svg>");
}

fn ranking(body: &mut String, shares: &[Share], nobody: &str) {
    if shares.is_empty() {
        return nothing(body, "Nothing was used.");
    }
    let (top, rest) = figures::top(shares, SHOWN);
    let highest = top.first().map_or(1, |share| share.counts.all().max(1));
    body.push_str("<table>");
    for share in top {
        match &share.name {
            Some(name) => row(body, &escape::html(name), &share.counts, highest),
            None => row(
                body,
                &["<em>", nobody, "</em>"].concat(),
                &share.counts,
                highest,
            ),
        }
    }
    if let Some((count, counts)) = rest {
        let label = format!("<em>{}</em>", counted(count, "other"));
        row(body, &label, &counts, highest.max(counts.all()));
    }
    body.push_str("</table>\n");
}

fn row(body: &mut String, label: &str, counts: &Counts, highest: u64) {
    body.extend(["\n<tr><th>", label, "<td class=chart>"]);
    let parts: Vec<(&str, u64)> = CLASSES
        .into_iter()
        .zip(counts.each())
        .map(|(class, count)| (class, count.saturating_mul(1000) / highest))
        .collect();
    lying(body, &tip("", counts), &parts);
    body.extend(["<td class=count>", &counts.all().to_string()]);
}

fn tip(of: &str, counts: &Counts) -> String {
    let mut tip = of.to_owned();
    for (at, count) in counts.each().into_iter().enumerate() {
        if count > 0 {
            let comma = if tip.is_empty() { "" } else { ", " };
            tip.extend([comma, &count.to_string(), " ", named(at, count)]);
        }
    }
    tip
}

fn expiries(body: &mut String, expiries: &[Expiry]) {
    section(
        body,
        "Expiries ahead",
        "How long the access tokens still live, and whether new ones can be had without a person.",
    );
    if expiries.is_empty() {
        nothing(body, "There is no connection.");
    } else {
        body.push_str(
            "<p class=key><span><i class=refresh></i>refreshed by itself</span>\
             <span><i class=fail></i>needs a person</span>\
             <span><i class=other></i>has no known end</span></p>\n<table class=wide><tr><th>\
             <td class=\"chart scale\"><span>1 h</span><span>1 d</span><span>7 d</span>\
             <span>30 d</span><span>1 y</span><td>",
        );
        for one in expiries {
            expiry(body, one);
        }
        body.push_str("</table>\n");
    }
    body.push_str("</section>\n");
}

fn expiry(body: &mut String, one: &Expiry) {
    let usable = one.words.is_some();
    let length = match one.left {
        Some(left) => figures::along(left.as_secs()) * 10,
        None if usable => 1000,
        None => 0,
    };
    // What neither ends nor needs anybody is no warning, nor what another vault has.
    let is_open = usable && one.left.is_none() || one.state == "moved";
    let class = match (one.refreshable, is_open) {
        (true, _) => "refresh",
        (false, true) => "other",
        (false, false) => "fail",
    };
    let words = one.words.as_ref().unwrap_or(&one.state);
    body.extend(["\n<tr><th>", &escape::html(&one.connection)]);
    if let Some(reason) = &one.reason {
        body.extend(["<small>", &escape::html(reason), "</small>"]);
    }
    body.push_str("<td class=chart>");
    let words = escape::html(words);
    lying(body, &words, &[(class, length)]);
    body.extend(["<td class=says><i class=", class, "></i>", &words]);
    if let Some(at) = one.expires_at {
        body.extend(["<small>", &at.to_string(), "</small>"]);
    }
}

fn failures(body: &mut String, report: &Report) {
    section(body, "Failures", "");
    let failures = &report.figures.failures;
    if failures.is_empty() {
        nothing(body, "Nothing failed.");
    } else {
        let highest = failures.first().map_or(1, |one| one.count.max(1));
        body.push_str("<table class=wide>");
        for one in failures.iter().take(SHOWN) {
            body.extend(["\n<tr><th>", &one.action.replace('_', " ")]);
            if let Some(code) = &one.error_code {
                body.extend([" <code>", &escape::html(code), "</code>"]);
            }
            let about = one.connection.as_deref().unwrap_or("no connection");
            body.extend(["<small>", &escape::html(about), "</small><td class=chart>"]);
            let tip = format!("{} {}", one.count, one.outcome);
            lying(
                body,
                &tip,
                &[("fail", one.count.saturating_mul(1000) / highest)],
            );
            let last = one.last.to_string();
            body.extend(["<td class=says>", &tip, "<small>last ", &last, "</small>"]);
        }
        body.push_str("</table>\n");
        if failures.len() > SHOWN {
            let more = format!("And {} more kinds.", failures.len() - SHOWN);
            nothing(body, &more);
        }
    }
    body.push_str("</section>\n");
}

fn class(at: usize) -> &'static str {
    CLASSES.get(at).copied().unwrap_or_default()
}

fn named(at: usize, count: u64) -> &'static str {
    let one = Counts::ONE.get(at).copied().filter(|_| count == 1);
    one.unwrap_or_else(|| name(at))
}

fn name(at: usize) -> &'static str {
    Counts::NAMES.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::commands::audit::figures::Figures;
    use crate::moment::Timestamp;
    use crate::vault::{Action, AuditFault, AuditReport, Caller, Event, Logged, Outcome};

    const HOSTILE: &str = "x/<script>alert(1)</script>\"'&\u{202e}\u{1b}]0;x\u{7}";

    fn event(number: u64, now: Timestamp) -> Event {
        let names = [
            "github/octocat",
            "google/writer@example.org",
            "notion/default",
            HOSTILE,
        ];
        let programs = [
            "/usr/bin/python3.12",
            "/usr/lib/git-core/git-remote-https",
            "/usr/bin/bash",
            "/opt/a/very/long/way/to/some/program/that/backs-things-up-at-night",
            HOSTILE,
        ];
        let spread = usize::try_from(number * 7 % 23).unwrap();
        let (action, outcome) = match spread {
            0..13 => (Action::HandOut, Outcome::Done),
            13..18 => (Action::Refresh, Outcome::Done),
            18..20 => (Action::Refresh, Outcome::Failed),
            20 => (Action::DocPush, Outcome::Refused),
            _ => (Action::Connect, Outcome::Done),
        };
        let code = outcome != Outcome::Done;
        Event {
            at: now.minus(Duration::from_secs(number * number * 7 % (3600 * 24 * 45))),
            boot: None,
            action,
            connection: names.get(spread % 5).map(|name| (*name).to_owned()),
            scopes: Vec::new(),
            outcome,
            error_code: code.then(|| ["invalid_grant", HOSTILE][spread % 2].to_owned()),
            detail: None,
            token: None,
            caller: Caller {
                parent: programs.get(spread % 7).map(|name| (*name).to_owned()),
                ..Caller::default()
            },
        }
    }

    /// Some weeks of a busy machine.
    fn busy() -> Report {
        let now = Timestamp::parse("2026-11-27T19:00:00Z").unwrap();
        let events: Vec<Logged> = (1..900)
            .map(|seq| Logged {
                seq,
                event: event(seq, now),
            })
            .collect();
        let expiry = |name: &str, hours: Option<u64>, refreshable, words: Option<&str>| Expiry {
            connection: name.to_owned(),
            state: "needs login".to_owned(),
            reason: words
                .is_none()
                .then(|| format!("the provider says `{HOSTILE}`")),
            expires_at: hours.map(|hours| now.plus(Duration::from_secs(3600 * hours))),
            left: hours.map(|hours| Duration::from_secs(3600 * hours)),
            words: words.map(str::to_owned),
            refreshable,
        };
        Report {
            at: now,
            filters: vec![
                ("connection", HOSTILE.to_owned()),
                ("since", "2026-08-29".to_owned()),
            ],
            figures: Figures::of(&events),
            expiries: vec![
                expiry(HOSTILE, None, false, None),
                expiry("gitlab/me", Some(100), false, Some("in 4d")),
                expiry("google/writer@example.org", Some(1), true, Some("in 1h")),
                expiry("github/octocat", None, false, Some("never")),
            ],
            log: Ok(AuditReport {
                count: 899,
                first: 1,
                from: None,
                to: None,
                head: String::new(),
                checkpoint: None,
                anchored: true,
            }),
        }
    }

    #[test]
    fn a_page_lets_no_name_out_of_its_place() {
        let mut report = busy();
        report.log = Err(AuditFault {
            seq: 12,
            what: "it was edited",
        });
        let page = page(&report);
        for never in [
            "<script", "\u{202e}", "\u{1b}", "http:", "https:", "style=", "'&", "\"'",
        ] {
            assert!(!page.contains(never), "{never:?}");
        }
        let escaped =
            "x/&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\u{202e}\\u{1b}]0;x\\u{7}";
        // filter, program, connection, expiry and its reason, failure's code
        assert!(page.matches(escaped).count() >= 6, "{page}");
        assert!(page.contains("broken at event 12"), "{page}");
        assert!(!page.contains("The log is whole"), "{page}");
    }

    #[test]
    fn bars_are_within_their_chart_and_figures_beside_them() {
        let report = busy();
        let page = page(&report);
        assert!(
            page.contains("The log is whole:</b> all 899 events"),
            "{page}"
        );
        assert!(page.contains("Use per day"), "{page}");
        for rect in page.split("<rect ").skip(1) {
            let number = |name: &str| -> u64 {
                let (_, rest) = rect.split_once(name).unwrap_or(("", "=0"));
                let number = rest.trim_matches('=').split(' ').next();
                number.and_then(|number| number.parse().ok()).unwrap_or(0)
            };
            assert!(number("width=") + number("x=") <= 1000, "{rect}");
            assert!(number("height=") + number(" y=") <= 1004, "{rect}");
        }
        let failed = report.figures.totals.failures.to_string();
        assert!(
            page.contains(&format!("failures</dt><dd>{failed}</dd>")),
            "{page}"
        );
    }
}
