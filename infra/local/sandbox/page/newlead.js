// The form that creates a lead, with believable people to start from.

import { $, dialog, h, toast } from "./dom.js";
import { stageName } from "./crm.js";
import { post, store } from "./store.js";

const FIELDS = [
  ["firstname", "First name"], ["lastname", "Last name"], ["email", "E-mail"], ["jobtitle", "Job title"],
  ["phone", "Phone"], ["country", "Country"], ["state", "State"], ["industry", "Industry"],
];
const COMPANY = [["name", "Company"], ["domain", "Company domain"], ["numberofemployees", "Employees"]];
const SOURCES = [["FORM", "A form on the web site"], ["IMPORT", "An import"], ["CRM_UI", "A person in HubSpot"]];

export async function openNewLead(created) {
  const presets = await fetch("/_sandbox/presets").then((response) => response.json()).then((body) => body.presets).catch(() => []);
  let preset = presets[0] ?? { properties: {}, company: {} };
  const field = (name, label, group) => h("div", { class: "input" },
    h("label", { for: `new-${name}` }, label),
    h("input", { id: `new-${name}`, name, data: { group }, type: name === "email" ? "email" : "text", autocomplete: "off" }));
  const choice = (id, label, options) => h("div", { class: "input" }, h("label", { for: id }, label),
    h("select", { id }, options.map(([key, text]) => h("option", { value: key }, text))));

  const form = h("form", { method: "dialog", onsubmit: async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    const answer = await post("contacts", read(form, preset));
    button.disabled = false;
    if (!answer.answered) return;
    toast("Lead created");
    box.close();
    created(answer.id);
  } },
  h("h2", { id: "new-title" }, "New lead"),
  h("div", { class: "box-body" },
    choice("new-preset", "Start from", presets.map((one) => [one.key, one.label])),
    h("div", { class: "grid" }, FIELDS.map(([name, label]) => field(name, label, "properties")),
      COMPANY.map(([name, label]) => field(name, label, "company")),
      choice("new-stage", "Lifecycle stage", store.stages.map((one) => [one, stageName(one)])),
      choice("new-source", "Created by", SOURCES))),
  h("div", { class: "box-buttons" },
    h("button", { class: "button", type: "button", onclick: () => box.close() }, "Cancel"),
    h("button", { class: "button primary", type: "submit" }, "Create lead")));
  const box = dialog({ class: "box wide", "aria-labelledby": "new-title" }, form);

  const fill = () => {
    for (const input of form.querySelectorAll("input")) input.value = preset[input.dataset.group]?.[input.name] ?? "";
    $("new-stage").value = preset.stage ?? "lead";
    $("new-source").value = preset.source ?? "FORM";
  };
  $("new-preset").addEventListener("change", (event) => {
    preset = presets.find((one) => one.key === event.target.value) ?? preset;
    fill();
  });
  fill();
}

function read(form, preset) {
  const body = { properties: { lifecyclestage: $("new-stage").value }, company: {}, source: $("new-source").value };
  for (const input of form.querySelectorAll("input")) {
    if (input.value.trim()) body[input.dataset.group][input.name] = input.value.trim();
  }
  for (const name of ["hs_analytics_source", "message"]) {
    if (preset.properties[name]) body.properties[name] = preset.properties[name];
  }
  if (body.company.numberofemployees) body.properties.numemployees = body.company.numberofemployees;
  if (body.company.industry === undefined && body.properties.industry) body.company.industry = body.properties.industry;
  if (body.properties.country && body.company.name) body.company.country = body.properties.country;
  if (body.source === "FORM") {
    for (const name of ["form", "page", "meeting"]) if (preset[name]) body[name] = preset[name];
  }
  return body;
}
