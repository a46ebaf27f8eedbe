//! Checks of a page against WCAG 2.2 AA in the browser.
//!
//! axe-core is in no package that Debian or Cargo gives, and the tests fetch nothing else. So these are checks of our
//! own: on the page (`accessibility.js`) and on the tree that the browser hands to a screen reader. Whoever has
//! axe-core names its `axe.min.js` in `COHERENCE_TEST_AXE`, and every page is held to its rules as well.

use fantoccini::error::CmdError;
use serde_json::{Value, json};

use super::browser::Browser;

const CHECKS: &str = include_str!("accessibility.js");
const AXE: &str = "COHERENCE_TEST_AXE";

/// What a screen reader announces by its name, so it must have one.
const NAMED_ROLES: &[&str] = &[
    "button",
    "checkbox",
    "combobox",
    "link",
    "listbox",
    "menuitem",
    "option",
    "progressbar",
    "radio",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "tab",
    "textbox",
    "dialog",
    "image",
    "img",
    "meter",
    "columnheader",
    "rowheader",
];

impl Browser {
    /// Fails when the page breaks a rule of accessibility, and names each fault.
    pub async fn axe(&self) {
        let faults = self.accessibility_faults().await;
        assert!(
            faults.is_empty(),
            "{} is not accessible:\n- {}",
            self.path().await,
            faults.join("\n- ")
        );
    }

    /// The faults of the page, one sentence each.
    pub async fn accessibility_faults(&self) -> Vec<String> {
        let Value::Array(faults) = self.script(CHECKS).await else {
            panic!("the checks returned no list")
        };
        let mut faults: Vec<String> = faults
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        faults.extend(self.nameless().await);
        // axe-core waits on timers, which don't run where scripts are off; the same page is seen by another browser.
        if let Some(path) =
            std::env::var_os(AXE).filter(|path| self.runs_scripts() && !path.is_empty())
        {
            let source = std::fs::read_to_string(&path).unwrap_or_else(|error| {
                panic!(
                    "{AXE} names {}, which can't be read: {error}",
                    path.display()
                )
            });
            let found = self.axe_core(&source).await;
            faults.extend(found.unwrap_or_else(|error| panic!("axe-core failed: {error}")));
        }
        faults
    }

    /// Parts of the page that a screen reader could only call by their kind.
    async fn nameless(&self) -> Vec<String> {
        let tree = self.cdp("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let text = |value: &Value| {
            value["value"]
                .as_str()
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        nodes
            .iter()
            .filter(|node| node["ignored"] != true)
            .map(|node| (text(&node["role"]), text(&node["name"])))
            .filter(|(role, name)| name.is_empty() && NAMED_ROLES.contains(&role.as_str()))
            .map(|(role, _)| format!("a {role} has no name for a screen reader"))
            .collect()
    }

    async fn axe_core(&self, source: &str) -> Result<Vec<String>, CmdError> {
        let client = self.client();
        // Passed as code of the test and not as a script of the page, which its policy would rightly refuse.
        client.execute(source, Vec::new()).await?;
        let run = "const done = arguments[arguments.length - 1];
            axe.run({ resultTypes: ['violations'] }).then(
                (result) => done(result.violations.flatMap((rule) =>
                    rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.html.slice(0, 200)}`))),
                (error) => done([`axe-core failed: ${error}`]));";
        let found = client.execute_async(run, Vec::new()).await?;
        Ok(serde_json::from_value(found)?)
    }
}
