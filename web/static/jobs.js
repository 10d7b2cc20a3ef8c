// What is under way is asked for again in its place: whoever reads, types or stands on a button stays where they are.
"use strict";

const AGAIN_AFTER_MS = 3000;

async function lookAgain() {
  const here = document.querySelector("[data-alive]");
  if (!here) return;
  let answer;
  try {
    answer = await fetch(location.href, { headers: { accept: "text/html" } });
  } catch {
    setTimeout(lookAgain, AGAIN_AFTER_MS); // no way to the house just now
    return;
  }
  const fresh = answer.redirected ? null : new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(here.id);
  if (!fresh) {
    location.reload(); // signed out, or another page: the browser tells it
    return;
  }
  show(here, fresh);
  setTimeout(lookAgain, AGAIN_AFTER_MS);
}

// Only what differs is written, so that a screen reader tells what is new, and what has the focus keeps it.
function show(here, fresh) {
  const held = here.contains(document.activeElement) ? document.activeElement : null;
  if (here.innerHTML !== fresh.innerHTML) {
    here.replaceChildren(...fresh.childNodes);
    if (held) (document.getElementById(held.id) ?? here).focus();
  }
  here.dataset.state = fresh.dataset.state ?? "";
  if (!("alive" in fresh.dataset)) delete here.dataset.alive;
}

setTimeout(lookAgain, AGAIN_AFTER_MS);
