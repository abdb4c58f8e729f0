// The slim bar that makes HubSpot or Slack misbehave.

import { $, h, reconcile } from "./dom.js";
import { post, store } from "./store.js";

const MODES = [
  ["none", "OK", "answers normally"], ["429", "429", "rate limited"], ["500", "500", "server error"],
  ["slow", "Slow", "answers after five seconds"], ["down", "Down", "closes the connection without an answer"],
];

// What Slack answers with a 200 and a code: passing refusals, final ones, and trouble inside.
const REFUSALS = [
  "ratelimited", "message_limit_exceeded", "migration_in_progress", "external_channel_migrating", "team_added_to_org",
  "internal_error", "fatal_error", "service_unavailable", "request_timeout",
  "channel_not_found", "not_in_channel", "is_archived", "restricted_action", "user_disabled", "msg_blocks_too_long",
  "invalid_blocks", "message_not_found", "cant_update_message", "edit_window_closed", "missing_scope", "invalid_auth",
];

function refusals(now) {
  return h("select", {
    class: "refusal", "aria-label": "Slack refuses with a code", data: { focus: "slackrefuse" },
    onchange: (event) => {
      const code = event.target.value;
      event.target.blur(); // the bar is drawn again, and not while its select is in use
      post("faults", ["", "page"].includes(code) ? { system: "slack", mode: code || "none" } : { system: "slack", mode: "refuse", code });
    },
  }, h("option", { value: "" }, "Refuses…"), ["page", ...REFUSALS].map((code) => h("option", {
    value: code, selected: now === code }, code === "page" ? "a gateway's page (502)" : code)));
}

export function showFaults() {
  return reconcile($("faults"), ["hubspot", "slack"], {
    key: (system) => system,
    rev: (system) => store.faults[system],
    build: (system) => {
      const name = system === "hubspot" ? "HubSpot" : "Slack";
      return h("fieldset", { class: `fault ${store.faults[system] === "none" ? "" : "on"}` },
        h("legend", { class: "hidden" }, `${name} answers`),
        h("span", { class: "fault-name", "aria-hidden": "true" }, name),
        MODES.map(([mode, label, meaning]) => h("button", {
          type: "button", class: "mode", title: `${name} ${meaning}`, data: { focus: `${system}${mode}` },
          "aria-label": `${name}: ${meaning}`, "aria-pressed": String(store.faults[system] === mode),
          onclick: () => post("faults", { system, mode }),
        }, label)),
        system === "slack" ? refusals(store.faults[system]) : null);
    },
  });
}
