// What pages do beside plain forms: rows that are added, violations of the chosen domain, drafts kept on this machine.
"use strict";

const DRAFT = "bihuan-draft:";
const DRAFT_HOURS = 24;

// ---- rows of a repeated section

function nextNumber(list) {
  const numbers = [...document.querySelectorAll(`[name^="${list}."]`)].map((input) =>
    Number(input.name.slice(list.length + 1).split(".")[0]),
  );
  return Math.max(-1, ...numbers.filter(Number.isInteger)) + 1;
}

function addRow(list) {
  const template = document.querySelector(`template[data-template="${list}"]`);
  const rows = document.querySelector(`[data-rows="${list}"]`);
  if (!template || !rows) return null;
  const number = nextNumber(list);
  const made = document.createElement("div");
  made.innerHTML = template.innerHTML.replaceAll("__n__", String(number));
  const row = made.firstElementChild;
  const legend = row.querySelector("legend");
  if (legend && list === "findings") legend.append(String(rows.children.length + 1));
  rows.append(row);
  return row;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add], [data-remove]");
  if (!button) return;
  if (button.dataset.add) {
    const row = addRow(button.dataset.add);
    if (!row) return;
    event.preventDefault();
    row.querySelector("input, select, textarea")?.focus();
  } else {
    event.preventDefault();
    const row = button.closest("[data-row]");
    const form = row.closest("form");
    row.remove();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// ---- only violations and rule facts of the chosen domain

function narrow(domain) {
  const name = domain.name.replace(/domain$/, "violation");
  const violation = domain.form?.elements.namedItem(name);
  if (!violation) return;
  const chosen = domain.selectedOptions[0]?.textContent.trim();
  const groups = [...violation.querySelectorAll("optgroup")];
  const known = groups.some((group) => group.label === chosen);
  groups.forEach((group, place) => {
    group.hidden = domain.value !== "" && known && group.label !== chosen && place < groups.length - 1;
  });
  if (violation.selectedOptions[0]?.parentElement.hidden) violation.value = "";
  unfold(domain);
}

// The facts that the rules of the domain ask for are shown at once; those of other domains are out of the way.
function unfold(domain) {
  const folded = (domain.closest("[data-row]") ?? domain.form).querySelector("[data-rule-facts]");
  if (!folded) return;
  let matter = false;
  for (const part of folded.querySelectorAll("[data-domains]")) {
    const domains = part.dataset.domains.split(" ");
    const here = domains.includes(domain.value);
    part.hidden = domain.value !== "" && !here && !domains.includes("*");
    matter ||= here;
  }
  if (domain.value !== "" && matter) folded.open = true;
}

document.addEventListener("change", (event) => {
  if (event.target.matches('select[name$="domain"]')) narrow(event.target);
});

// ---- drafts

function inputsOf(form) {
  return [...form.elements].filter(
    (input) =>
      input.name &&
      !["hidden", "password", "file", "submit", "button"].includes(input.type) &&
      !input.closest("[data-undrafted]"), // who informs is kept on no machine
  );
}

function stateOf(form) {
  const state = {};
  for (const input of inputsOf(form)) {
    state[input.name] ??= [];
    if (["checkbox", "radio"].includes(input.type)) {
      if (input.checked) state[input.name].push(input.value);
    } else {
      state[input.name].push(input.value);
    }
  }
  return state;
}

function put(form, state) {
  for (const list of ["findings", "party.identifiers"]) {
    const wanted = Object.keys(state).filter((name) => name.startsWith(`${list}.`));
    const rows = new Set(wanted.map((name) => name.slice(list.length + 1).split(".")[0]));
    for (const number of rows) {
      if (!form.querySelector(`[name^="${list}.${number}."]`)) addRow(list);
    }
  }
  for (const input of inputsOf(form)) {
    const values = state[input.name];
    if (!values) continue;
    if (["checkbox", "radio"].includes(input.type)) input.checked = values.includes(input.value);
    else if (values.length === 1) input.value = values[0];
  }
}

function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // without storage there are no drafts, and nothing else changes
  }
}

function draftOf(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return draft && Date.now() - draft.at < DRAFT_HOURS * 3600_000 ? draft : null;
  } catch {
    return null;
  }
}

function watch(form) {
  const key = DRAFT + document.body.dataset.who + form.dataset.draft;
  const begun = JSON.stringify(stateOf(form));
  const refused = document.querySelector("main [data-problem]");
  const draft = refused ? null : draftOf(key);
  if (draft && draft.begun === begun) {
    put(form, draft.state);
    form.closest("details")?.setAttribute("open", "");
    const note = document.querySelector("template[data-draft-note]")?.content.cloneNode(true);
    if (note) {
      note.querySelector("button").addEventListener("click", () => {
        store(key, null);
        location.reload();
      });
      form.prepend(note);
    }
  }
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      store(key, JSON.stringify({ at: Date.now(), begun, state: stateOf(form) }));
    }, 300);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    store(key, JSON.stringify({ at: Date.now(), begun, state: stateOf(form) }));
    store(`${DRAFT}sent`, key);
  });
}

function forgetSent() {
  const sent = (() => {
    try {
      return localStorage.getItem(`${DRAFT}sent`);
    } catch {
      return null;
    }
  })();
  if (sent && document.querySelector("[data-flash]")) {
    store(sent, null);
    store(`${DRAFT}sent`, null);
  }
}

forgetSent();
document.querySelectorAll('select[name$="domain"]').forEach(narrow);
document.querySelectorAll("form[data-draft]").forEach(watch);
document.querySelectorAll("form[data-clear-drafts]").forEach((form) =>
  form.addEventListener("submit", () => {
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith(DRAFT))
        .forEach((key) => localStorage.removeItem(key));
    } catch {
      // nothing was kept
    }
  }),
);
