// Slack's Block Kit as DOM nodes.

import { dialog, h } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";

const text = (object, zone) => (object?.type === "mrkdwn" ? mrkdwn(object.text, zone) : plain(object?.text));

// `act(block, element, value)` is called when the user presses or chooses something.
export function renderBlock(block, zone, act) {
  switch (block.type) {
    case "header":
      return h("h4", { class: "block header" }, plain(block.text.text));
    case "section":
      return h("div", { class: "block section" },
        h("div", { class: "section-body" },
          block.text && h("div", { class: "text" }, text(block.text, zone)),
          block.fields && h("div", { class: "fields" },
            block.fields.map((field) => h("div", { class: "field" }, text(field, zone))))),
        block.accessory && renderElement(block, block.accessory, zone, act));
    case "context":
      return h("div", { class: "block context" },
        block.elements.map((element) => (element.type === "image"
          ? h("span", { class: "picture", title: element.alt_text }, "▣")
          : h("span", {}, text(element, zone)))));
    case "divider":
      return h("hr", { class: "block divider" });
    case "actions":
      return h("div", { class: "block actions" },
        block.elements.map((element) => renderElement(block, element, zone, act)));
    case "image":
      return h("div", { class: "block context" }, `▣ ${block.alt_text ?? "image"}`);
    default:
      return h("div", { class: "block context" }, `(${block.type})`);
  }
}

function renderElement(block, element, zone, act) {
  const focus = `${block.block_id}/${element.action_id}/${element.value ?? ""}`;
  const go = async (target, value) => {
    if (element.confirm && !(await confirmed(element.confirm, zone))) return;
    target.classList.add("busy");
    await act(block, element, value);
    target.classList.remove("busy");
  };
  if (element.type === "button") {
    return h("button", {
      type: "button", class: `slack-button ${element.style ?? ""}`, data: { focus, action: element.action_id },
      "aria-label": element.accessibility_label, onclick: (event) => go(event.currentTarget, element.value),
    }, plain(element.text.text));
  }
  const options = [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((one) => one.options)];
  if (["static_select", "overflow", "radio_buttons"].includes(element.type)) {
    const label = element.placeholder?.text ?? (element.type === "overflow" ? "…" : "Choose an option");
    const chosen = element.initial_option?.value ?? "";
    return h("select", {
      class: "slack-select", "aria-label": label, data: { focus, action: element.action_id },
      onchange: async (event) => {
        const select = event.currentTarget;
        const value = select.value;
        select.blur(); // from here on the message may be redrawn
        await go(select, value);
        select.value = chosen;
      },
    },
    h("option", { value: "", disabled: true, selected: !chosen, hidden: true }, plain(label)),
    options.map((option) => h("option", { value: option.value, selected: option.value === chosen }, plain(option.text.text))));
  }
  return h("span", { class: "unsupported" }, `(${element.type})`);
}

function confirmed(confirm, zone) {
  return new Promise((settle) => {
    const box = dialog({ class: "box small", "aria-labelledby": "confirm-title", onclose: () => settle(box.returnValue === "yes") },
      h("form", { method: "dialog" },
        h("h2", { id: "confirm-title" }, plain(confirm.title.text)),
        h("p", {}, text(confirm.text, zone)),
        h("div", { class: "box-buttons" },
          h("button", { class: "button", value: "no" }, plain(confirm.deny?.text ?? "Cancel")),
          h("button", { class: `button ${confirm.style === "danger" ? "danger" : "primary"}`, value: "yes", autofocus: true },
            plain(confirm.confirm?.text ?? "Yes")))));
  });
}
