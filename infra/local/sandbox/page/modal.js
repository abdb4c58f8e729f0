// The modal that the app opened for the person under "Viewing as".

import { dialog, h } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { renderBlock } from "./blocks.js";
import { post, store } from "./store.js";

let shown = null; // { id, rev, box }

export function showModal(viewer, zone) {
  const open = [...store.views.values()].filter((one) => one.user === viewer).sort((a, b) => a.rev - b.rev);
  const top = open.at(-1);
  if (shown && (!top || top.id !== shown.id || top.rev !== shown.rev)) {
    const same = top && top.id === shown.id;
    const typed = same ? readForm(shown.box) : {};
    shown.box.dataset.silent = "yes";
    shown.box.close();
    shown = null;
    if (same) top.typed = typed; // an error sent the same modal again: keep what was typed
  }
  if (top && !shown) draw(top, zone);
}

function draw(top, zone) {
  const { view, errors } = top;
  const form = h("form", { method: "dialog", novalidate: true, onsubmit: (event) => submit(event, top) },
    h("h2", { id: "modal-title" }, plain(view.title?.text)),
    errors[""] && h("p", { class: "error", role: "alert" }, errors[""]),
    h("div", { class: "box-body" }, view.blocks.map((block) => (block.type === "input"
      ? input(block, zone, errors[block.block_id], top.typed) : renderBlock(block, zone, async () => {})))),
    h("div", { class: "box-buttons" },
      h("button", { class: "button", type: "button", onclick: () => box.close() }, plain(view.close?.text ?? "Cancel")),
      view.submit && h("button", { class: "button primary", type: "submit" }, plain(view.submit.text))));
  const box = dialog({
    class: "box", "aria-labelledby": "modal-title",
    onclose: () => {
      if (box.dataset.silent) return;
      shown = null;
      store.views.delete(top.id);
      post(`views/${top.id}/close`, {}, true);
    },
  }, form);
  shown = { id: top.id, rev: top.rev, box };
}

async function submit(event, top) {
  event.preventDefault();
  const box = event.target.closest("dialog");
  const missing = [...box.querySelectorAll("[data-required=yes]")].filter((one) => !one.value);
  for (const note of box.querySelectorAll(".error")) note.remove();
  for (const one of missing) one.closest(".input").append(h("p", { class: "error", role: "alert" }, "This field is required."));
  if (missing.length) return missing[0].focus();
  const button = box.querySelector("[type=submit]");
  button.disabled = true;
  await post(`views/${top.id}/submit`, { values: readForm(box) });
  button.disabled = false;
}

function readForm(box) {
  const values = {};
  for (const field of box.querySelectorAll("[data-block]")) {
    const { block, action, kind } = field.dataset;
    const state = { type: kind };
    const option = () => field.selectedOptions[0]?.value
      ? { text: { type: "plain_text", text: field.selectedOptions[0].text, emoji: true }, value: field.value } : null;
    if (kind === "static_select" || kind === "radio_buttons") state.selected_option = option();
    else if (kind === "multi_static_select" || kind === "checkboxes") {
      state.selected_options = [...field.selectedOptions].map((one) => (
        { text: { type: "plain_text", text: one.text, emoji: true }, value: one.value }));
    } else if (kind === "users_select") state.selected_user = field.value || null;
    else if (kind === "datepicker") state.selected_date = field.value || null;
    else if (kind === "timepicker") state.selected_time = field.value || null;
    else if (kind === "datetimepicker") state.selected_date_time = field.value ? Math.floor(new Date(field.value) / 1000) : null;
    else state.value = field.value || null;
    values[block] = { ...(values[block] ?? {}), [action]: state };
  }
  return values;
}

function input(block, zone, error, typed) {
  const element = block.element;
  const id = `in-${block.block_id}-${element.action_id}`;
  const old = typed?.[block.block_id]?.[element.action_id];
  const data = {
    block: block.block_id, action: element.action_id, kind: element.type, required: block.optional ? "no" : "yes",
  };
  const describe = error ? { "aria-invalid": "true", "aria-describedby": `${id}-error` } : {};
  const shared = { id, data, ...describe };
  return h("div", { class: "input" },
    h("label", { for: id }, plain(block.label.text), block.optional && h("span", { class: "optional" }, " (optional)")),
    control(element, shared, old),
    block.hint && h("p", { class: "hint" }, mrkdwn(block.hint.text, zone)),
    error && h("p", { class: "error", id: `${id}-error`, role: "alert" }, error));
}

function control(element, shared, old) {
  const options = [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((one) => one.options)];
  const placeholder = element.placeholder?.text;
  switch (element.type) {
    case "static_select":
    case "radio_buttons": {
      const chosen = old?.selected_option?.value ?? element.initial_option?.value ?? "";
      return h("select", shared, h("option", { value: "" }, plain(placeholder ?? "Choose an option")),
        options.map((one) => h("option", { value: one.value, selected: one.value === chosen }, plain(one.text.text))));
    }
    case "multi_static_select":
    case "checkboxes":
      return h("select", { ...shared, multiple: true }, options.map((one) => h("option", { value: one.value }, plain(one.text.text))));
    case "users_select": {
      const chosen = old?.selected_user ?? element.initial_user ?? "";
      return h("select", shared, h("option", { value: "" }, plain(placeholder ?? "Choose a person")),
        store.owners.filter((one) => !one.archived).map((one) => (
          h("option", { value: one.slack_id, selected: one.slack_id === chosen }, one.name))));
    }
    case "datepicker":
      return h("input", { ...shared, type: "date", value: old?.selected_date ?? element.initial_date ?? "" });
    case "timepicker":
      return h("input", { ...shared, type: "time", value: old?.selected_time ?? element.initial_time ?? "" });
    case "datetimepicker":
      return h("input", { ...shared, type: "datetime-local" });
    default: {
      const value = old?.value ?? element.initial_value ?? "";
      return h(element.multiline ? "textarea" : "input", { ...shared, placeholder, value, maxlength: element.max_length ?? 3000 });
    }
  }
}
