//! What the five executives of a fictional company answer, and what a consultant makes of it.

/// One executive: who they are, and what they say.
pub struct Executive {
    pub name: &'static str,
    pub email: &'static str,
    pub title: &'static str,
    pub function: &'static str,
    /// The language of the letter; empty for the round's own.
    pub language: &'static str,
    pub answers: Answers,
}

/// What one executive answers. No statement at all means "I don't know".
pub struct Answers {
    pub priorities: &'static [&'static str],
    /// What is favoured, and over what.
    pub trade_offs: &'static [(&'static str, &'static str)],
    pub stops: &'static [&'static str],
    pub successes: &'static [(&'static str, Option<Measure>)],
    /// The function asked, and what it should put off.
    pub asks: &'static [(&'static str, &'static str)],
    /// How many of the top three most colleagues would name.
    pub perceived: &'static str,
}

/// What is measured, the key of the comparison, the target and its unit.
pub type Measure = (&'static str, &'static str, &'static str, &'static str);

pub const ORGANISATION: &str = "Ferrowvane Logistics";
pub const TEAM: &str = "Executive team";
pub const MESSAGE: &str = "On Friday we plan the next two quarters. Before we do, I would like to hear from each of you, \
    separately, what you see us pursuing.\n\nTen minutes are enough. There are no right answers.";

pub const MARA: Executive = Executive {
    name: "Mara Oduya",
    email: "mara@ferrowvane.example",
    title: "Chief Executive",
    function: "General management",
    language: "",
    answers: Answers {
        priorities: &[
            "Launch in Sweden and Norway before the competition does",
            "Platform reliability: the big accounts have to trust us again",
            "Gross margin back to 62 %",
        ],
        trade_offs: &[("Growth in the Nordics", "margin this year")],
        stops: &[],
        successes: &[(
            "Sweden and Norway are live with three paying operators",
            Some(("Paying Nordic operators", "at_least", "3", "")),
        )],
        asks: &[],
        perceived: "3",
    },
};

pub const PRIYA: Executive = Executive {
    name: "Priya Raman",
    email: "priya@ferrowvane.example",
    title: "Chief Financial Officer",
    function: "Finance",
    language: "",
    answers: Answers {
        priorities: &[
            "Gross margin to 62 % by the end of the year",
            "Platform reliability, so that we stop paying credits to customers",
            "Keep the ten largest accounts",
        ],
        trade_offs: &[
            ("Margin this year", "growth in the Nordics"),
            ("Platform reliability", "new features"),
        ],
        stops: &["The launch in Sweden and Norway", "The brand relaunch"],
        successes: &[
            (
                "Gross margin is at 62 %",
                Some(("Gross margin", "at_least", "62", "%")),
            ),
            ("None of the ten largest accounts has left", None),
        ],
        asks: &[("Sales", "Discounts for the launch in Sweden and Norway")],
        perceived: "2",
    },
};

pub const CALLUM: Executive = Executive {
    name: "Callum Reyes",
    email: "callum@ferrowvane.example",
    title: "Chief Revenue Officer",
    function: "Sales",
    language: "",
    answers: Answers {
        priorities: &[
            "Launch in Sweden and Norway",
            "The analytics module: every prospect asks for it",
            "Keep the ten largest accounts",
        ],
        trade_offs: &[
            ("New features", "platform reliability"),
            ("Growth in the Nordics", "margin this year"),
        ],
        stops: &["The platform rebuild", "Internal reporting"],
        successes: &[(
            "Sweden and Norway are live with ten paying operators",
            Some(("Paying Nordic operators", "at_least", "10", "")),
        )],
        asks: &[
            (
                "Product",
                "The platform rebuild, until the Nordic launch is done",
            ),
            ("Finance", "The new approval steps for discounts"),
        ],
        perceived: "3",
    },
};

pub const WILMA: Executive = Executive {
    name: "Wilma Fontane",
    email: "wilma@ferrowvane.example",
    title: "Chief Operating Officer",
    function: "Operations",
    language: "",
    answers: Answers {
        priorities: &[
            "Platform reliability first, before anything new",
            "Keep the ten largest accounts, three of them are unhappy",
            "Hire six support engineers",
        ],
        trade_offs: &[("Platform reliability", "new features")],
        stops: &["The analytics module", "The brand relaunch"],
        successes: &[
            (
                "No more than two outages that customers notice",
                Some(("Outages", "at_most", "2", "")),
            ),
            (
                "Support answers within four hours",
                Some(("First answer", "at_most", "4", "hours")),
            ),
        ],
        asks: &[
            ("Product", "The analytics module"),
            ("Sales", "Promises of custom work to single prospects"),
        ],
        perceived: "2",
    },
};

pub const TOBIAS: Executive = Executive {
    name: "Tobias Kern",
    email: "tobias@ferrowvane.example",
    title: "Chief Product Officer",
    function: "Product",
    language: "de",
    answers: Answers {
        priorities: &[
            "The analytics module for all customers",
            "Platform reliability",
            "Launch in Sweden and Norway",
        ],
        trade_offs: &[("Platform reliability", "new features")],
        stops: &["The brand relaunch", "Custom work for single customers"],
        successes: &[(
            "The analytics module is live for all customers",
            Some(("Analytics module live", "by_date", "2026-12-18", "")),
        )],
        asks: &[("Sales", "Promises of custom work to single prospects")],
        perceived: "2",
    },
};

/// All five, in the order of the list.
pub const TEAM_OF_FIVE: [&Executive; 5] = [&MARA, &PRIYA, &CALLUM, &WILMA, &TOBIAS];

/// The team as a spreadsheet would give it.
pub fn list() -> String {
    let line = |one: &&Executive| {
        format!(
            "{},{},{},{},{}\n",
            one.name, one.email, one.title, one.function, one.language
        )
    };
    format!(
        "name,email,title,function,language\n{}",
        TEAM_OF_FIVE.iter().map(line).collect::<String>()
    )
}

/// The same list with an address that is none.
pub fn bad_list() -> String {
    list().replace("callum@ferrowvane.example", "callum at ferrowvane")
}

/// What a text has in it, and the theme that this speaks of.
const SIGNS: [(&str, &str); 16] = [
    ("discount", "Discounts"),
    ("sweden", "Nordic launch"),
    ("nordic", "Nordic launch"),
    ("platform", "Platform reliability"),
    ("outage", "Platform reliability"),
    ("margin", "Gross margin"),
    ("ten largest", "Ten largest accounts"),
    ("analytics", "Analytics module"),
    ("brand", "Brand relaunch"),
    ("custom work", "Custom work"),
    ("new features", "New features"),
    ("support", "Customer support"),
    ("reporting", "Internal reporting"),
    ("growth", "Nordic launch"),
    ("credits", "Platform reliability"),
    ("hire", "Customer support"),
];

/// Whether the consultant has given a theme this name.
pub fn is_theme(name: &str) -> bool {
    SIGNS.iter().any(|(_, theme)| *theme == name)
}

/// The theme that the consultant sees in a text.
pub fn theme_of(text: &str) -> &'static str {
    let text = text.to_lowercase();
    // "The platform rebuild, until the Nordic launch is done" asks to put off the platform.
    if text.contains("platform rebuild") {
        return "Platform reliability";
    }
    SIGNS
        .iter()
        .find(|(sign, _)| text.contains(sign))
        .map_or("Something else", |(_, theme)| theme)
}
