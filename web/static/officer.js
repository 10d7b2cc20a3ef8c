// What an officer's pages do beside plain forms: drafts are kept on the server while somebody types.
"use strict";

const KEEP_AFTER_MS = 2000;

function keepDrafts(form) {
  let waiting = 0;
  let sending = new AbortController();
  const said = document.querySelector(`[data-keep-state="${form.id}"]`);
  const keep = async () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("quiet", "1");
    sending = new AbortController();
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body, redirect: "manual", signal: sending.signal });
      if (said && answer.status === 204) said.textContent = said.dataset.said;
    } catch {
      // offline or already sent: the draft on this machine remains
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, KEEP_AFTER_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    sending.abort();
  });
}

document.querySelectorAll("form[data-keep]").forEach(keepDrafts);

// ---- keys of a list: an addition, without which everything still works

const KEYS_OFF = "bihuan-keys-off";

function keysAreOff() {
  try {
    return localStorage.getItem(KEYS_OFF) === "yes";
  } catch {
    return false;
  }
}

function listKeys(dialog) {
  const rows = [...document.querySelectorAll("tr[data-finding]")];
  const linkOf = (row) => row.querySelector("td.item a");
  const here = () => rows.indexOf(document.activeElement?.closest("tr[data-finding]"));
  const move = (by) => {
    const next = rows[Math.min(Math.max(here() + by, 0), rows.length - 1)];
    linkOf(next)?.focus();
    next?.scrollIntoView({ block: "center" });
  };
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    x: () => rows[here()]?.querySelector('input[type="checkbox"]')?.click(),
    "/": () => {
      const search = document.querySelector('main [role="search"] input[type="search"]');
      search?.closest("details")?.setAttribute("open", "");
      search?.focus();
    },
    "?": () => dialog.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || keysAreOff()) return;
    const act = acts[event.key];
    if (!act || (rows.length === 0 && event.key !== "?")) return;
    event.preventDefault();
    act();
  });
  const off = dialog.querySelector("[data-keys-off]");
  off.checked = keysAreOff();
  off.addEventListener("change", () => {
    try {
      localStorage.setItem(KEYS_OFF, off.checked ? "yes" : "no");
    } catch {
      // without storage the keys stay on
    }
  });
  const button = document.querySelector("[data-show-keys]");
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}

document.querySelectorAll("dialog[data-keys]").forEach(listKeys);
