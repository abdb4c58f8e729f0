// Starts both halves and redraws what changed.

import { $, h } from "./dom.js";
import { showFaults } from "./faults.js";
import { showCrm, startCrm } from "./crm.js";
import { showSlack, startSlack } from "./slack.js";
import { follow, store } from "./store.js";
import { showUntidiness } from "./untidiness.js";
import { tick } from "./time.js";

let asked = false;

function show() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    const complete = [showFaults(), showUntidiness(), showCrm(), showSlack()].every(Boolean);
    tick();
    // Something could not be updated because the user is using it: try again until it can.
    if (!complete) setTimeout(show, 400);
  });
}

function connection(ok) {
  const link = $("link");
  const state = !ok ? "lost" : store.waiting_webhooks ? "busy" : "live";
  const words = { lost: "Sandbox unreachable", busy: `${store.waiting_webhooks} webhooks waiting`, live: "Live" };
  if (link.dataset.words === words[state]) return;
  link.dataset.words = words[state];
  link.replaceChildren(h("span", { class: `dot ${state}`, "aria-hidden": "true" }), words[state]);
}

startCrm(show);
startSlack(show);
follow(show, connection);
