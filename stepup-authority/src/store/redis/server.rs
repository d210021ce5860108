//! What a server must be, by what it says of itself.

/// The oldest that this is tested with.
const OLDEST: u32 = 7;

/// Why it is not fit to keep what counts; `info` is what the command INFO answers.
pub(super) fn refusal(info: &str) -> Option<String> {
    let field = |name: &str| {
        let lines = &mut info.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap_or_default()
    };
    let version = field("redis_version");
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    let (role, policy) = (field("role"), field("maxmemory_policy"));
    if major.is_none_or(|major| major < OLDEST) {
        Some(format!("its version is {}: Redis {OLDEST} or later is needed", shown(version)))
    } else if field("cluster_enabled") != "0" {
        Some("it is part of a cluster: use a Redis without `cluster-enabled`".to_owned())
    } else if role != "master" {
        Some(format!("its role is {}: give the address of the primary", shown(role)))
    } else if policy != "noeviction" {
        Some(format!(
            "its eviction policy is {}, so it may forget that a code was used: set \
             `maxmemory-policy noeviction` in its configuration",
            shown(policy),
        ))
    } else if field("run_id").is_empty() || field("master_replid").is_empty() {
        Some(
            "it does not say which server it is (`run_id` and `master_replid` of INFO), so a \
              fail-over would go unnoticed: use a Redis that does"
                .to_owned(),
        )
    } else {
        None
    }
}

/// Whatever answers may have written it.
fn shown(value: &str) -> String {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let is_plain = !value.is_empty() && value.len() <= 30 && value.bytes().all(word);
    if is_plain { format!("`{value}`") } else { "unknown".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# Server\r\nredis_version:7.0.15\r\nrun_id:ab12\r\n# Memory\r\n\
        maxmemory_policy:noeviction\r\n# Replication\r\nrole:master\r\nmaster_replid:cd34\r\n\
        # Cluster\r\ncluster_enabled:0\r\n";

    #[test]
    fn s4_whatever_is_not_said_is_refused() {
        assert_eq!(refusal(GOOD), None);
        for (from, to, expected) in [
            ("7.0.15", "6.2.14", "`6.2.14`"),
            ("7.0.15", "x", "`x`"),
            ("7.0.15", "\u{1b}[2J", "unknown"),
            ("redis_version:7.0.15", "", "unknown"),
            ("cluster_enabled:0", "cluster_enabled:1", "cluster"),
            ("cluster_enabled:0", "", "cluster"),
            ("role:master", "role:slave", "`slave`"),
            ("role:master", "role:sentinel", "primary"),
            ("noeviction", "allkeys-lru", "`allkeys-lru`"),
            ("noeviction", "volatile-ttl", "`volatile-ttl`"),
            ("noeviction", "noeviction2", "noeviction"),
            ("maxmemory_policy:noeviction", "", "unknown"),
            ("run_id:ab12", "run_id:", "which server"),
            ("master_replid:cd34", "", "which server"),
        ] {
            let why = refusal(&GOOD.replace(from, to)).unwrap_or_else(|| panic!("{to} is taken"));
            assert!(why.contains(expected), "{why}");
        }
        assert_eq!(refusal(&GOOD.replace("7.0.15", "10.1.0")), None);
        assert!(refusal("").is_some());
    }
}
