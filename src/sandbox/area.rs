//! What a request to the practice GitHub is for, as faults and the log name it.

/// A kind of thing, and whether it is read or written. Three of them are kinds of requests, and
/// every request counts for those that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it; AREAS has them in words")]
pub enum Area {
    Any,
    Read,
    Write,
    User,
    RateLimit,
    Repo,
    RepoWrite,
    Ref,
    RefWrite,
    Tree,
    TreeWrite,
    Blob,
    BlobWrite,
    Commit,
    CommitWrite,
    Contents,
    ContentsWrite,
    Compare,
    Archive,
    Activity,
    Git,
    GitWrite,
    Query,
    Mutation,
    Other,
}

/// Every area and its name in faults and in the log.
pub(super) const AREAS: [(Area, &str); 25] = [
    (Area::Any, "github-any"),
    (Area::Read, "github-read"),
    (Area::Write, "github-write"),
    (Area::User, "github-user"),
    (Area::RateLimit, "github-rate-limit"),
    (Area::Repo, "github-repo"),
    (Area::RepoWrite, "github-repo-write"),
    (Area::Ref, "github-ref"),
    (Area::RefWrite, "github-ref-write"),
    (Area::Tree, "github-tree"),
    (Area::TreeWrite, "github-tree-write"),
    (Area::Blob, "github-blob"),
    (Area::BlobWrite, "github-blob-write"),
    (Area::Commit, "github-commit"),
    (Area::CommitWrite, "github-commit-write"),
    (Area::Contents, "github-contents"),
    (Area::ContentsWrite, "github-contents-write"),
    (Area::Compare, "github-compare"),
    (Area::Archive, "github-archive"),
    (Area::Activity, "github-activity"),
    (Area::Git, "github-git"),
    (Area::GitWrite, "github-git-write"),
    (Area::Query, "github-query"),
    (Area::Mutation, "github-mutation"),
    (Area::Other, "github-other"),
];

impl Area {
    /// The name in faults and in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        let known = AREAS.iter().find(|(area, _)| *area == self);
        known.map_or("github-other", |(_, name)| name)
    }

    /// Whether it creates content.
    #[must_use]
    pub fn is_write(self) -> bool {
        matches!(
            self,
            Self::Write
                | Self::RepoWrite
                | Self::RefWrite
                | Self::TreeWrite
                | Self::BlobWrite
                | Self::CommitWrite
                | Self::ContentsWrite
                | Self::GitWrite
                | Self::Mutation
        )
    }
}
