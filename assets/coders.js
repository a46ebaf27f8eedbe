// The second coder's desk with comfort: single keys and a filter over the themes. Every step posts
// the same forms that the page has without this file.
"use strict";

(() => {
  const card = document.getElementById("card");
  const pick = card?.querySelector(".pick");
  if (!pick) return;
  const find = document.getElementById("find");
  const found = document.getElementById("found");
  const themes = [...pick.querySelectorAll("button")];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const shown = () => themes.filter((theme) => !theme.hidden);

  /** Digits stand for the first nine themes that are shown. */
  function number() {
    for (const theme of themes) theme.querySelector("kbd").textContent = "";
    shown().slice(0, 9).forEach((theme, nth) => { theme.querySelector("kbd").textContent = String(nth + 1); });
  }

  function filter() {
    const words = plain(find.value).split(/\s+/).filter(Boolean);
    for (const theme of themes) {
      const name = plain(theme.querySelector("span").textContent);
      theme.hidden = !words.every((word) => name.includes(word));
    }
    number();
    const left = shown().length;
    found.textContent = !words.length ? "" : left === 1 ? "One theme; Enter takes it." : left ? `${left} themes` : "No theme of that name. You can make it a new one below.";
  }

  card.classList.add("keyed");
  card.querySelector(".keys").hidden = false;
  card.querySelector(".find").hidden = false;
  number();
  find.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (find.value.trim() && shown().length === 1) shown()[0].click();
  });

  // One press, one code: a second one would be meant for the statement that is not there yet.
  let sent = false;
  document.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });

  // Single keys work only while the card has the focus, so that they never surprise a reader who
  // types elsewhere or speaks to the computer (WCAG 2.1.4).
  document.addEventListener("keydown", (event) => {
    const from = event.target;
    if (!card.contains(from) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (from.matches("input")) {
      if (event.key === "Escape") { card.focus(); event.preventDefault(); }
      return;
    }
    const nth = /^[1-9]$/.test(event.key) && shown()[Number(event.key) - 1];
    const target = nth || document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("input")) target.focus();
    else target.click();
  });

  if (window.location.hash === "#card") card.focus({ preventScroll: true });
})();
