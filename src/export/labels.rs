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

/// The first page, where a file needs a name for it.
pub(super) const BRIEF: &str = "In short";
/// What a theme's standing is called in tables.
pub(super) const STANDING: &str = "Where it stands";
/// The consultant's client.
pub(super) const ORGANISATION: &str = "Organisation";
/// The team asked.
pub(super) const TEAM: &str = "Team";
/// The round.
pub(super) const ROUND: &str = "Round";
/// On a slide that goes on with the one before.
pub(super) const CONTINUED: &str = "(continued)";

/// The label of the pages of that name; empty where there is none.
pub(super) fn page(name: &str) -> &'static str {
    PAGES
        .iter()
        .find(|(known, _)| *known == name)
        .map_or("", |(_, label)| label)
}

// Sheets and columns of the workbook.
pub(super) const EDITION: &str = "Edition";
pub(super) const HEADLINE: &str = "Headline";
pub(super) const FACT: &str = "Fact";
pub(super) const LEAD: &str = "Lead";
pub(super) const PART: &str = "Part";
pub(super) const WORDS: &str = "Words";
pub(super) const SENTENCES: &str = "Sentences";
pub(super) const QUOTATIONS: &str = "Quotations";
pub(super) const SECTION: &str = "Section";
pub(super) const QUOTATION: &str = "Quotation";
pub(super) const WHO: &str = "Who";
pub(super) const NUMBER: &str = "Number";
pub(super) const QUESTION: &str = "Question";
pub(super) const ONE_WAY: &str = "One way";
pub(super) const OTHER_WAY: &str = "The other way";
pub(super) const LEANING: &str = "Who leans there";
pub(super) const COST: &str = "What not deciding costs";
pub(super) const DECISIONS: &str = "Decisions";
pub(super) const FROM: &str = "From minute";
pub(super) const MINUTES: &str = "Minutes";
pub(super) const STEP: &str = "What happens";
pub(super) const AGENDA: &str = "Agenda";

/// All of the workbook's and the slides', beside [`PAGES`]: the test reads them.
#[cfg(test)]
pub(super) const OTHERS: [&str; 28] = [
    BRIEF,
    STANDING,
    ORGANISATION,
    TEAM,
    ROUND,
    CONTINUED,
    EDITION,
    HEADLINE,
    FACT,
    LEAD,
    PART,
    WORDS,
    SENTENCES,
    QUOTATIONS,
    SECTION,
    QUOTATION,
    WHO,
    NUMBER,
    QUESTION,
    ONE_WAY,
    OTHER_WAY,
    LEANING,
    COST,
    DECISIONS,
    FROM,
    MINUTES,
    STEP,
    AGENDA,
];
