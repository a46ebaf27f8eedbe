// The theme board with comfort: keys, drag and drop, and changes without leaving the place.
// Every step posts the same forms that the page has without this file.
"use strict";

(() => {
  const says = document.getElementById("says");
  const board = () => document.getElementById("board");
  const card = () => document.getElementById("now");
  let busy = false;
  let dragging = false;

  const say = (words) => { if (says) says.textContent = words; };

  /** Shows the keys only where they work. */
  function keyed() {
    const now = card();
    if (!now) return;
    now.classList.add("keyed");
    now.querySelector(".keys-hint").hidden = false;
  }

  /** How to find the same place again once the board has been drawn anew. */
  function place(element) {
    const theme = element?.closest("[data-theme]");
    const inCard = Boolean(element?.closest("#sort"));
    return { inCard, theme: theme?.dataset.theme, scroll: window.scrollY };
  }

  function restore(where) {
    window.scrollTo({ top: where.scroll });
    if (where.keep) return;
    const theme = where.theme && document.getElementById(`theme-${where.theme}`);
    const target = where.inCard ? card() ?? document.getElementById("to-sort") : theme ?? card();
    if (!target) return;
    if (!target.hasAttribute("tabindex")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }

  /** Puts a page of the server in place of the one shown. */
  function show(html, address, where) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.getElementById("board");
    if (!fresh || !board()) {
      // Somebody else was first, or the session ended: the whole page says so.
      const main = page.querySelector("main");
      document.title = page.title;
      document.querySelector("main").replaceWith(main);
      const head = main.querySelector("h1");
      if (head) { head.tabIndex = -1; head.focus(); }
      return;
    }
    for (const id of ["more", "own-words"]) {
      const fold = fresh.querySelector(`#${id}`);
      if (fold && document.getElementById(id)?.open) fold.open = true;
    }
    board().replaceWith(fresh);
    document.title = page.title;
    if (address) history.replaceState(null, "", address);
    keyed();
    const mistakes = fresh.querySelector("[role=alert]");
    if (mistakes) mistakes.focus();
    else restore(where);
    const done = mistakes ?? fresh.querySelector("#done");
    say((done ?? fresh.querySelector("h1")).textContent.trim().replace(/\s+/g, " "));
  }

  async function load(request, where) {
    if (busy) return;
    busy = true;
    // What is about to be drawn anew cannot be used meanwhile: nothing pressed is lost unseen.
    const waiting = board();
    if (waiting) waiting.inert = true;
    waiting?.classList.add("busy");
    try {
      const answer = await fetch(request);
      show(await answer.text(), answer.redirected ? answer.url : "", where);
    } catch {
      say("The server cannot be reached. Nothing was changed; please try again.");
    } finally {
      busy = false;
      if (waiting) waiting.inert = false;
      waiting?.classList.remove("busy");
    }
  }

  function post(form, button, where) {
    const fields = new URLSearchParams(new FormData(form, button));
    return load(new Request(form.action, { method: "POST", body: fields, credentials: "same-origin" }), where);
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.closest("#board")) return;
    event.preventDefault();
    post(event.target, event.submitter, place(event.submitter ?? event.target));
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#board a[href^='?at=']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const address = new URL(link.getAttribute("href"), window.location.href);
    history.replaceState(null, "", address);
    load(new Request(address, { credentials: "same-origin" }), { inCard: true, scroll: window.scrollY });
  });

  /** Opens the tools of the card's theme at one of its forms. */
  function tools(id, theme) {
    const field = document.getElementById(`${id}-${theme}`);
    if (!field) return false;
    const fold = field.closest("details");
    fold.open = true;
    const own = field.querySelector?.(`input[value="${CSS.escape(card().dataset.coding)}"]`);
    if (own) own.checked = true;
    (own ?? field).focus();
    fold.scrollIntoView({ block: "nearest" });
    return true;
  }

  // Single keys work only while the statements to sort have the focus, so that they never surprise a
  // reader who types elsewhere or speaks to the computer (WCAG 2.1.4).
  document.addEventListener("keydown", (event) => {
    const from = event.target;
    const sort = document.getElementById("sort");
    if (!sort || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && from.closest("#board") && from.matches("input, select, textarea")) {
      (card() ?? document.getElementById("to-sort")).focus();
      event.preventDefault();
      return;
    }
    if (!sort.contains(from) || from.matches("input, select, textarea")) return;
    const theme = card()?.dataset.of;
    if (event.key === "m" || event.key === "s") {
      if (theme && tools(event.key === "m" ? "into" : "split", theme)) event.preventDefault();
      return;
    }
    const target = document.querySelector(`#board [data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (!target.matches("input, select")) { target.click(); return; }
    target.focus();
    target.select?.();
  });

  // The nearest statements light up while one has the focus or the pointer.
  function light(statement) {
    document.querySelectorAll("#board .like").forEach((one) => one.classList.remove("like"));
    const near = statement?.dataset.like?.split(" ") ?? [];
    for (const id of near) {
      document.querySelectorAll(`#board [draggable][data-coding="${CSS.escape(id)}"]`).forEach((one) => one.classList.add("like"));
    }
  }
  for (const kind of ["focusin", "mouseover"]) {
    document.addEventListener(kind, (event) => {
      const statement = event.target.closest?.("#board [data-like]");
      if (statement || event.target.closest?.("#board")) light(statement);
    });
  }

  // What somebody else sorts meanwhile appears by itself, unless one is in the middle of something.
  const EVERY = 3000;
  function engaged() {
    const active = document.activeElement;
    const typing = active?.matches("#board input:not([type=hidden]), #board select, #board textarea");
    const open = document.querySelector("#board .deeds details[open]");
    return busy || dragging || Boolean(typing) || Boolean(open);
  }
  async function watch() {
    const shown = board();
    if (!shown?.dataset.since || document.hidden) return;
    try {
      const answer = await fetch(`${shown.dataset.since}?version=${shown.dataset.version}`, { credentials: "same-origin" });
      if (!answer.ok || !answer.headers.get("content-type")?.startsWith("application/json")) return;
      const news = await answer.json();
      // A change of one's own is on its way.
      if (busy || board() !== shown || news.version <= Number(shown.dataset.version)) return;
      const words = news.lines.join(" ");
      if (engaged()) {
        tell(`${words} The board here does not show it yet.`);
        return;
      }
      const at = shown.dataset.now ? `?at=${shown.dataset.now}` : "";
      const inSort = Boolean(document.activeElement?.closest("#sort"));
      await load(new Request(window.location.pathname + at, { credentials: "same-origin" }), { inCard: inSort, keep: !inSort, scroll: window.scrollY });
      tell(words);
    } catch {
      // Offline for a moment: the next look will tell.
    }
  }
  function tell(words) {
    const news = document.getElementById("news");
    if (!news || news.textContent === words) return;
    news.textContent = words;
    news.hidden = false;
    say(words);
  }
  setInterval(watch, EVERY);

  // Drag a statement onto a theme.
  const zone = (element) => element.closest?.("#board [data-theme]");
  const clear = () => document.querySelectorAll(".over").forEach((one) => one.classList.remove("over"));
  document.addEventListener("dragstart", (event) => {
    const statement = event.target.closest?.("#board [draggable][data-coding]");
    if (!statement) return;
    dragging = true;
    event.dataTransfer.setData("text/x-coding", statement.dataset.coding);
    event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const theme = zone(event.target);
    clear();
    if (!theme || !event.dataTransfer.types.includes("text/x-coding")) return;
    event.preventDefault();
    theme.classList.add("over");
  });
  document.addEventListener("dragend", () => { dragging = false; clear(); });
  document.addEventListener("drop", (event) => {
    const theme = zone(event.target);
    const coding = event.dataTransfer.getData("text/x-coding");
    clear();
    if (!theme || !coding) return;
    event.preventDefault();
    const form = document.getElementById("drop");
    form.elements.coding.value = coding;
    form.elements.to.value = theme.dataset.theme;
    // The card in hand is done with: the next one comes. Any other statement leaves it where it is.
    const later = card()?.dataset.coding === coding && card().dataset.later;
    if (later) form.elements.at.value = new URLSearchParams(later.split("#")[0].slice(1)).get("at");
    post(form, null, { theme: theme.dataset.theme, scroll: window.scrollY });
  });

  keyed();
})();
