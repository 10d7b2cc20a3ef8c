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
