//! The part of GitHub's schema that is offered, spelled as GitHub publishes it.

/// A field of a type: its name, its arguments and its type.
pub(super) struct FieldType {
    pub(super) name: &'static str,
    pub(super) arguments: &'static [(&'static str, &'static str)],
    pub(super) kind: &'static str,
}

const fn plain(name: &'static str, kind: &'static str) -> FieldType {
    FieldType {
        name,
        arguments: &[],
        kind,
    }
}

const fn with(
    name: &'static str,
    arguments: &'static [(&'static str, &'static str)],
    kind: &'static str,
) -> FieldType {
    FieldType {
        name,
        arguments,
        kind,
    }
}

const PAGE: &[(&str, &str)] = &[
    ("first", "Int"),
    ("after", "String"),
    ("last", "Int"),
    ("before", "String"),
];

/// Objects and interfaces.
const TYPES: &[(&str, &[FieldType])] = &[
    (
        "Query",
        &[
            with(
                "repository",
                &[
                    ("owner", "String!"),
                    ("name", "String!"),
                    ("followRenames", "Boolean"),
                ],
                "Repository",
            ),
            with("node", &[("id", "ID!")], "Node"),
            plain("viewer", "User!"),
            with("rateLimit", &[("dryRun", "Boolean")], "RateLimit"),
        ],
    ),
    (
        "Mutation",
        &[
            with(
                "createCommitOnBranch",
                &[("input", "CreateCommitOnBranchInput!")],
                "CreateCommitOnBranchPayload",
            ),
            with(
                "createRef",
                &[("input", "CreateRefInput!")],
                "CreateRefPayload",
            ),
            with(
                "updateRefs",
                &[("input", "UpdateRefsInput!")],
                "UpdateRefsPayload",
            ),
        ],
    ),
    ("Node", &[plain("id", "ID!")]),
    (
        "Repository",
        &[
            plain("id", "ID!"),
            plain("databaseId", "Int"),
            plain("name", "String!"),
            plain("nameWithOwner", "String!"),
            plain("owner", "RepositoryOwner!"),
            plain("description", "String"),
            plain("isPrivate", "Boolean!"),
            plain("isEmpty", "Boolean!"),
            plain("url", "URI!"),
            plain("createdAt", "DateTime!"),
            plain("pushedAt", "DateTime"),
            plain("viewerPermission", "RepositoryPermission"),
            plain("defaultBranchRef", "Ref"),
            with("ref", &[("qualifiedName", "String!")], "Ref"),
            with(
                "refs",
                &[
                    ("refPrefix", "String!"),
                    ("query", "String"),
                    ("first", "Int"),
                    ("after", "String"),
                    ("last", "Int"),
                    ("before", "String"),
                ],
                "RefConnection",
            ),
            with(
                "object",
                &[("expression", "String"), ("oid", "GitObjectID")],
                "GitObject",
            ),
        ],
    ),
    (
        "Ref",
        &[
            plain("id", "ID!"),
            plain("name", "String!"),
            plain("prefix", "String!"),
            plain("repository", "Repository!"),
            plain("target", "GitObject"),
        ],
    ),
    (
        "GitObject",
        &[
            plain("id", "ID!"),
            plain("oid", "GitObjectID!"),
            plain("abbreviatedOid", "String!"),
            plain("repository", "Repository!"),
        ],
    ),
    (
        "Commit",
        &[
            plain("id", "ID!"),
            plain("oid", "GitObjectID!"),
            plain("abbreviatedOid", "String!"),
            plain("repository", "Repository!"),
            plain("message", "String!"),
            plain("messageHeadline", "String!"),
            plain("messageBody", "String!"),
            plain("authoredDate", "DateTime!"),
            plain("committedDate", "DateTime!"),
            plain("author", "GitActor"),
            plain("committer", "GitActor"),
            plain("tree", "Tree!"),
            plain("url", "URI!"),
            plain("additions", "Int!"),
            plain("deletions", "Int!"),
            plain("changedFilesIfAvailable", "Int"),
            with("file", &[("path", "String!")], "TreeEntry"),
            with("parents", PAGE, "CommitConnection!"),
            with(
                "history",
                &[
                    ("first", "Int"),
                    ("after", "String"),
                    ("last", "Int"),
                    ("before", "String"),
                    ("path", "String"),
                    ("since", "GitTimestamp"),
                    ("until", "GitTimestamp"),
                ],
                "CommitHistoryConnection!",
            ),
        ],
    ),
    (
        "Tree",
        &[
            plain("id", "ID!"),
            plain("oid", "GitObjectID!"),
            plain("abbreviatedOid", "String!"),
            plain("repository", "Repository!"),
            plain("entries", "[TreeEntry!]"),
        ],
    ),
    (
        "TreeEntry",
        &[
            plain("name", "String!"),
            plain("nameRaw", "Base64String!"),
            plain("path", "String"),
            plain("pathRaw", "Base64String"),
            plain("mode", "Int!"),
            plain("type", "String!"),
            plain("oid", "GitObjectID!"),
            plain("size", "Int!"),
            plain("extension", "String"),
            plain("object", "GitObject"),
            plain("repository", "Repository!"),
        ],
    ),
    (
        "Blob",
        &[
            plain("id", "ID!"),
            plain("oid", "GitObjectID!"),
            plain("abbreviatedOid", "String!"),
            plain("repository", "Repository!"),
            plain("byteSize", "Int!"),
            plain("isBinary", "Boolean"),
            plain("isTruncated", "Boolean!"),
            plain("text", "String"),
        ],
    ),
    (
        "Tag",
        &[
            plain("id", "ID!"),
            plain("oid", "GitObjectID!"),
            plain("abbreviatedOid", "String!"),
            plain("repository", "Repository!"),
            plain("name", "String!"),
            plain("message", "String"),
            plain("tagger", "GitActor"),
            plain("target", "GitObject!"),
        ],
    ),
    (
        "GitActor",
        &[
            plain("name", "String"),
            plain("email", "String"),
            plain("date", "GitTimestamp"),
            plain("user", "User"),
        ],
    ),
    (
        "User",
        &[
            plain("id", "ID!"),
            plain("databaseId", "Int"),
            plain("login", "String!"),
            plain("name", "String"),
            plain("email", "String!"),
            plain("url", "URI!"),
        ],
    ),
    (
        "RepositoryOwner",
        &[
            plain("id", "ID!"),
            plain("login", "String!"),
            plain("url", "URI!"),
        ],
    ),
    ("CommitConnection", CONNECTION_OF_COMMITS),
    ("CommitHistoryConnection", CONNECTION_OF_COMMITS),
    (
        "CommitEdge",
        &[plain("cursor", "String!"), plain("node", "Commit")],
    ),
    (
        "RefConnection",
        &[
            plain("nodes", "[Ref]"),
            plain("edges", "[RefEdge]"),
            plain("pageInfo", "PageInfo!"),
            plain("totalCount", "Int!"),
        ],
    ),
    (
        "RefEdge",
        &[plain("cursor", "String!"), plain("node", "Ref")],
    ),
    (
        "PageInfo",
        &[
            plain("hasNextPage", "Boolean!"),
            plain("hasPreviousPage", "Boolean!"),
            plain("startCursor", "String"),
            plain("endCursor", "String"),
        ],
    ),
    (
        "RateLimit",
        &[
            plain("cost", "Int!"),
            plain("limit", "Int!"),
            plain("nodeCount", "Int!"),
            plain("remaining", "Int!"),
            plain("used", "Int!"),
            plain("resetAt", "DateTime!"),
        ],
    ),
    (
        "CreateCommitOnBranchPayload",
        &[
            plain("clientMutationId", "String"),
            plain("commit", "Commit"),
            plain("ref", "Ref"),
        ],
    ),
    (
        "CreateRefPayload",
        &[plain("clientMutationId", "String"), plain("ref", "Ref")],
    ),
    ("UpdateRefsPayload", &[plain("clientMutationId", "String")]),
];

const CONNECTION_OF_COMMITS: &[FieldType] = &[
    plain("nodes", "[Commit]"),
    plain("edges", "[CommitEdge]"),
    plain("pageInfo", "PageInfo!"),
    plain("totalCount", "Int!"),
];

/// Input objects.
const INPUTS: &[(&str, &[(&str, &str)])] = &[
    (
        "CreateCommitOnBranchInput",
        &[
            ("clientMutationId", "String"),
            ("branch", "CommittableBranch!"),
            ("expectedHeadOid", "GitObjectID!"),
            ("fileChanges", "FileChanges"),
            ("message", "CommitMessage!"),
        ],
    ),
    (
        "CommittableBranch",
        &[
            ("branchName", "String"),
            ("id", "ID"),
            ("repositoryNameWithOwner", "String"),
        ],
    ),
    (
        "FileChanges",
        &[
            ("additions", "[FileAddition!]"),
            ("deletions", "[FileDeletion!]"),
        ],
    ),
    (
        "FileAddition",
        &[("contents", "Base64String!"), ("path", "String!")],
    ),
    ("FileDeletion", &[("path", "String!")]),
    (
        "CommitMessage",
        &[("body", "String"), ("headline", "String!")],
    ),
    (
        "CreateRefInput",
        &[
            ("clientMutationId", "String"),
            ("name", "String!"),
            ("oid", "GitObjectID!"),
            ("repositoryId", "ID!"),
        ],
    ),
    (
        "UpdateRefsInput",
        &[
            ("clientMutationId", "String"),
            ("refUpdates", "[RefUpdate!]!"),
            ("repositoryId", "ID!"),
        ],
    ),
    (
        "RefUpdate",
        &[
            ("afterOid", "GitObjectID!"),
            ("beforeOid", "GitObjectID"),
            ("force", "Boolean"),
            ("name", "GitRefname!"),
        ],
    ),
];

/// The fields of an object or interface; `None` for a scalar.
pub(super) fn fields(name: &str) -> Option<&'static [FieldType]> {
    let known = TYPES.iter().find(|(known, _)| *known == name);
    known.map(|(_, fields)| *fields)
}

pub(super) fn field(of: &str, name: &str) -> Option<&'static FieldType> {
    fields(of)?.iter().find(|field| field.name == name)
}

/// The members of an input object.
pub(super) fn input(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    let known = INPUTS.iter().find(|(known, _)| *known == name);
    known.map(|(_, members)| *members)
}

/// The type inside lists and `!`.
pub(super) fn named(kind: &str) -> &str {
    kind.trim_matches(['[', ']', '!'])
}

/// Whether an object of type `is` can stand where `wanted` is named.
pub(super) fn fits(is: &str, wanted: &str) -> bool {
    is == wanted
        || match wanted {
            "Node" => field(is, "id").is_some(),
            "GitObject" => ["Commit", "Tree", "Blob", "Tag"].contains(&is),
            "RepositoryOwner" => is == "User",
            _ => false,
        }
}
