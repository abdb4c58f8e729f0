// The switch that makes what HubSpot holds and sends as untidy as in real accounts.

import { $, h, reconcile, toast } from "./dom.js";
import { post, store } from "./store.js";

export function showUntidiness() {
  const { level, levels } = store.untidiness;
  const now = levels.find((one) => one.key === level);
  return reconcile($("untidiness"), now ? [now] : [], {
    key: () => "switch",
    rev: (one) => one.key,
    build: (one) => h("div", {},
      h("label", { for: "untidiness-level" }, "HubSpot is"),
      h("select", {
        id: "untidiness-level", data: { focus: "untidiness" }, "aria-describedby": "untidiness-meaning", onchange: choose,
      }, levels.map((other) => h("option", { value: other.key, selected: other.key === one.key }, other.label))),
      h("p", { id: "untidiness-meaning", class: one.key === "tidy" ? "hidden" : "" }, one.meaning)),
  });
}

async function choose(event) {
  const chosen = store.untidiness.levels.find((one) => one.key === event.target.value);
  event.target.blur(); // so that the switch can be drawn again, with its meaning
  const answer = await post("untidiness", { level: chosen.key });
  if (answer.answered) toast(`${chosen.label}: ${chosen.meaning}`);
}
