// The slim bar that makes HubSpot or Slack misbehave.

import { $, h, reconcile } from "./dom.js";
import { post, store } from "./store.js";

const MODES = [
  ["none", "OK", "answers normally"], ["429", "429", "rate limited"], ["500", "500", "server error"],
  ["slow", "Slow", "answers after five seconds"], ["down", "Down", "closes the connection without an answer"],
];

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
        }, label)));
    },
  });
}
