// Comfort for the executives' questions. Everything works without it: the buttons save and move.
"use strict";

(() => {
  const form = document.querySelector("form[data-autosave]");
  const summary = document.getElementById("summary");
  if (summary) summary.focus();
  if (!form) return;

  const words = form.dataset;
  const status = form.querySelector(".status");
  const version = form.elements.namedItem("version");
  const PAUSE = 1200;
  let dirty = words.unsaved === "yes";
  let stopped = false; // the round has closed, or another tab was first: only the buttons go on
  let leaving = false;
  let timer = 0;
  let running = null;

  const tell = (text, kind = "") => {
    if (status.textContent !== text) status.textContent = text;
    status.dataset.kind = kind;
  };

  async function send() {
    dirty = false;
    tell(words.saving);
    let answer;
    try {
      // Not `form.action`: the buttons are called "action", and hide it.
      answer = await fetch(form.getAttribute("action"), {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
        credentials: "same-origin",
      });
    } catch {
      dirty = true;
      tell(words.offline, "bad");
      return;
    }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok && said.saved) {
      version.value = said.version;
      if (!dirty) tell(words.savedAt.replace("%time%", said.saved), "good");
      return;
    }
    dirty = true;
    if (answer.status === 409) {
      stopped = true;
      tell(said.closed || words.elsewhere, "bad");
    } else if (answer.status === 422) {
      tell(words.tooLong, "bad");
    } else {
      tell(words.notSaved, "bad");
    }
  }

  function save() {
    clearTimeout(timer);
    if (running || stopped || !dirty) return running;
    running = send().finally(() => {
      running = null;
      // Typed while the last save was on its way, not: refused just now.
      if (timer === -1) later();
    });
    return running;
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  function changed() {
    dirty = true;
    if (running) timer = -1;
    else later();
  }

  form.addEventListener("input", changed);
  form.addEventListener("focusout", () => {
    if (dirty) save();
  });
  addEventListener("online", () => {
    if (dirty) save();
  });
  addEventListener("beforeunload", (event) => {
    if (dirty && !leaving) event.preventDefault();
  });

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const move = button && /^(up|down)\.(\d+)$/.exec(button.value);
    if (move) {
      event.preventDefault();
      const from = Number(move[2]);
      swap(from, move[1] === "up" ? from - 1 : from + 1, button);
      return;
    }
    if (running) {
      // A save with the version of a moment ago would quarrel with itself.
      event.preventDefault();
      running.then(() => form.requestSubmit(button));
      return;
    }
    clearTimeout(timer);
    leaving = true;
  });

  // --- The order of lines: values change places, so names and labels stay as they are. ---

  const lines = [...form.querySelectorAll(".lines.ordered > .line")];
  const fieldsOf = (line) => [...line.querySelectorAll("textarea, select, input")];

  function exchange(one, other) {
    const theirs = fieldsOf(lines[other]);
    fieldsOf(lines[one]).forEach((field, nth) => {
      [field.value, theirs[nth].value] = [theirs[nth].value, field.value];
      grow(field);
      grow(theirs[nth]);
    });
    const details = [one, other].map((nth) => lines[nth].querySelector("details"));
    [details[0].open, details[1].open] = [details[1].open, details[0].open];
  }

  function swap(from, to, focus) {
    if (!lines[from] || !lines[to]) return;
    exchange(from, to);
    const same = focus.matches("textarea")
      ? lines[to].querySelector("textarea")
      : lines[to].querySelector(`button[value^="${focus.value.split(".")[0]}."]`) || lines[to].querySelector("textarea");
    same.focus();
    changed();
  }

  form.addEventListener("keydown", (event) => {
    if (!event.altKey || !event.target.matches(".ordered textarea")) return;
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const from = lines.indexOf(event.target.closest(".line"));
    swap(from, from + step, event.target);
  });

  let dragged = -1;
  lines.forEach((line, nth) => {
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.draggable = true;
    grip.title = words.drag;
    grip.setAttribute("aria-hidden", "true");
    grip.textContent = "⠿";
    line.prepend(grip);
    grip.addEventListener("dragstart", (event) => {
      dragged = nth;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setDragImage(line, 0, 0);
      event.dataTransfer.setData("text/plain", "");
    });
    grip.addEventListener("dragend", () => {
      dragged = -1;
      lines.forEach((other) => other.classList.remove("over"));
    });
    line.addEventListener("dragover", (event) => {
      if (dragged < 0) return;
      event.preventDefault();
      lines.forEach((other) => other.classList.toggle("over", other === line && nth !== dragged));
    });
    line.addEventListener("drop", (event) => {
      if (dragged < 0) return;
      event.preventDefault();
      const step = dragged < nth ? 1 : -1;
      for (let at = dragged; at !== nth; at += step) exchange(at, at + step);
      if (dragged !== nth) changed();
    });
  });
  for (const hint of form.querySelectorAll(".keys")) hint.hidden = false;

  // --- Fields that fit what is in them. ---

  function grow(field) {
    if (field.tagName !== "TEXTAREA" || CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  }
  form.addEventListener("input", (event) => grow(event.target));
  form.querySelectorAll("textarea").forEach(grow);

  for (const choice of form.querySelectorAll("select[data-function]")) {
    const other = choice.closest(".ask").querySelector(".other");
    const show = () => {
      other.hidden = choice.value !== "other" && !other.querySelector("input").value;
    };
    choice.addEventListener("change", show);
    show();
  }

  // After "add another" and after a mistake, the field the address names.
  const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  if (named && named.matches("textarea, input, select")) named.focus();
})();
