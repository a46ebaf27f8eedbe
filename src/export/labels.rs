//! Every word that a document has beside the report's own. A test reads the documents and finds no other.

/// On a document whose report is not published.
pub(super) const DRAFT: &str = "Draft. Not published: words and figures can still change.";
/// Before the names of team and organisation.
pub(super) const CONFIDENTIAL: &str = "Confidential.";
/// What the reader is told where letters had to be replaced.
pub(super) const REPLACED: &str =
    "\u{25a1} stands for a letter that this document’s typefaces do not have.";

/// The labels of the pages, by the names that the template uses.
pub(super) const PAGES: [(&str, &str); 19] = [
    ("warning", "Small numbers."),
    ("shared", "Shared"),
    ("split", "Split"),
    ("unsaid", "Unsaid"),
    ("first", "To decide first"),
    ("limits", "What this can’t tell you"),
    ("theme", "Theme"),
    ("priority", "A priority of"),
    ("traded", "In trade-offs"),
    ("stop", "Would stop it"),
    ("success", "Sees success in it"),
    ("ask", "Asks others to let it wait"),
    ("none", "none"),
    ("untraded", "none to show"),
    ("owner", "Owner"),
    ("by", "By"),
    ("minutes", "min"),
    ("commentary", "The consultant’s commentary"),
    ("of", "of"),
];
