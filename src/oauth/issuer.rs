//! Issuer identifiers: compared byte for byte, with one hole at most.

const TENANT: &str = "{tenantid}";

/// Whether `said` is `issuer`. An issuer with `{tenantid}` (one server for many tenants) matches
/// any tenant name in its place; `for_tenant` compares more closely once the tenant is known.
#[must_use]
pub fn matches(issuer: &str, said: &str) -> bool {
    match issuer.split_once(TENANT) {
        None => issuer == said,
        Some((before, after)) => said
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(is_tenant),
    }
}

/// Where the tenant is whose issuer `said` is: `https://login.example/TENANT`. `None` where the
/// server has no tenants, or it is none of its issuers.
#[must_use]
pub fn tenant_address<'s>(issuer: &str, said: &'s str) -> Option<&'s str> {
    let (_, after) = issuer.split_once(TENANT)?;
    said.strip_suffix(after).filter(|_| matches(issuer, said))
}

/// The issuer of one tenant; `None` when the name can't be one.
pub(super) fn for_tenant(issuer: &str, tenant: Option<&str>) -> Option<String> {
    if issuer.contains(TENANT) {
        tenant
            .filter(|name| is_tenant(name))
            .map(|name| issuer.replace(TENANT, name))
    } else {
        Some(issuer.to_owned())
    }
}

fn is_tenant(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_fills_its_place_and_nothing_else() {
        let issuer = "https://login.example/{tenantid}/v2.0";
        assert!(matches(issuer, "https://login.example/9188040d-6c67/v2.0"));
        for bad in [
            "https://login.example//v2.0",
            "https://login.example/a/b/v2.0",
            "https://login.example/../v2.0",
            "https://login.example/{tenantid}/v2.0",
            "https://login.example/a/v2.0/",
            "https://evil.example/a/v2.0",
            "https://login.example/v2.0",
        ] {
            assert!(!matches(issuer, bad), "{bad}");
            assert_eq!(tenant_address(issuer, bad), None, "{bad}");
        }
        assert_eq!(
            tenant_address(issuer, "https://login.example/a-1/v2.0"),
            Some("https://login.example/a-1")
        );
        assert_eq!(tenant_address("https://x", "https://x"), None);
        assert_eq!(
            for_tenant(issuer, Some("a-1")).as_deref(),
            Some("https://login.example/a-1/v2.0")
        );
        assert_eq!(for_tenant(issuer, None), None);
        assert_eq!(for_tenant(issuer, Some("a/b")), None);
        assert_eq!(for_tenant("https://x", None).as_deref(), Some("https://x"));
    }
}
