// The CRM half: the list of contacts and the one that is open.

import { $, h, reconcile, toast } from "./dom.js";
import { stamp } from "./time.js";
import { openNewLead } from "./newlead.js";
import { ownerName, post, store } from "./store.js";

let open = sessionStorage.getItem("contact") ?? "";
let redraw = () => {};

const LABELS = {
  email: "E-mail", phone: "Phone", jobtitle: "Job title", company: "Company", industry: "Industry", country: "Country",
  state: "State", numemployees: "Employees", hs_analytics_source: "Source", hs_lead_status: "Lead status",
  recent_conversion_event_name: "Last conversion", notes_last_contacted: "Last contacted", message: "Message",
  hs_object_id: "Contact ID", hubspot_owner_id: "Owner",
};
const STAGES = {
  subscriber: "Subscriber", lead: "Lead", marketingqualifiedlead: "MQL", salesacceptedlead: "SAL",
  salesqualifiedlead: "SQL", opportunity: "Opportunity", customer: "Customer", evangelist: "Evangelist", other: "Other",
  recycled: "Recycled", disqualified: "Disqualified",
};
const SOURCES = { CRM_UI: "by a person", INTEGRATION: "by Baton", FORM: "by a form", IMPORT: "by an import" };

export const stageName = (value) => STAGES[value] ?? (value ? value.replace(/_/g, " ") : "No stage");
const words = (text) => { const flat = String(text).replace(/_/g, " ").toLowerCase(); return (flat.charAt(0).toUpperCase() + flat.slice(1)).replace(/\bsla\b/gi, "SLA"); };
const fullName = ({ properties: p }) => [p.firstname, p.lastname].filter(Boolean).join(" ") || p.email || "No name";
const pill = (stage) => h("span", { class: `pill stage-${STAGES[stage] ? stage : "other"}` }, stageName(stage));
const initials = (name) => name.split(/\s+/).map((part) => part[0]).slice(0, 2).join("").toUpperCase();

export function startCrm(show) {
  redraw = show;
  $("new-lead").addEventListener("click", () => openNewLead((id) => { open = id; show(); }));
  $("lead-filter").addEventListener("input", show);
  $("leads").addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    const next = step && event.target.closest("li")?.[step]?.querySelector("button");
    if (next) { event.preventDefault(); next.focus(); }
  });
}

export function showCrm() {
  const filter = $("lead-filter").value.trim().toLowerCase();
  const all = [...store.contacts.values()].sort((a, b) => b.created - a.created || b.id - a.id);
  const shown = all.filter((one) => !filter || searchable(one).includes(filter));
  $("lead-count").textContent = all.length ? String(all.length) : "";
  if (!store.contacts.has(open)) open = all[0]?.id ?? "";
  sessionStorage.setItem("contact", open);
  const rows = shown.length ? shown : [{ id: "none", empty: true, rev: all.length }];
  const list = reconcile($("leads"), rows, {
    key: (one) => one.id,
    rev: (one) => `${one.rev}|${one.id === open}|${ownerName(one.properties?.hubspot_owner_id)}`,
    build: (one) => (one.empty
      ? h("li", { class: "empty" }, all.length ? "No contact matches." : "No contacts yet. Create the first with “New lead”.")
      : row(one)),
  });
  const contact = store.contacts.get(open);
  const detail = reconcile($("lead"), contact ? sections(contact) : [], {
    key: (one) => `${open}/${one.name}`, rev: (one) => JSON.stringify(one.data), build: (one) => one.build(one.data),
  });
  return list && detail;
}

const searchable = ({ properties: p, ...one }) => [
  fullName({ properties: p, ...one }), p.company, p.email, ownerName(p.hubspot_owner_id), stageName(p.lifecyclestage), p.hs_lead_status,
].join(" ").toLowerCase();

function row(contact) {
  const p = contact.properties;
  const owner = ownerName(p.hubspot_owner_id);
  return h("li", {},
    h("button", {
      type: "button", class: "lead-row", data: { focus: contact.id }, "aria-current": contact.id === open ? "true" : null,
      onclick: () => { open = contact.id; $("lead").scrollTop = 0; redraw(); },
    },
    h("span", { class: "line" }, h("strong", { class: "name" }, fullName(contact)),
      h("span", { class: "age", title: "Age", data: { since: contact.created } })),
    h("span", { class: "company" }, p.company ?? p.email ?? ""),
    h("span", { class: "line" }, pill(p.lifecyclestage), p.hs_lead_status && h("span", { class: "status" }, words(p.hs_lead_status)),
      h("span", { class: `owner ${owner ? "" : "nobody"}` }, owner || "Unassigned"))));
}

function sections(contact) {
  const p = contact.properties;
  const custom = store.custom_properties.filter((name) => name.startsWith("baton_") && p[name] !== undefined);
  const about = ["email", "phone", "jobtitle", "company", "industry", "country", "state", "hs_analytics_source",
    "recent_conversion_event_name", "notes_last_contacted", "message", "hs_object_id"]
    .filter((name) => p[name]).map((name) => [name, p[name]]);
  const head = [contact.id, fullName(contact), p.jobtitle, p.company, p.lifecyclestage, p.hs_lead_status, p.hubspot_owner_id,
    ownerName(p.hubspot_owner_id), store.stages];
  return [
    { name: "head", data: head, build: () => heading(contact) },
    { name: "tasks", data: contact.tasks, build: () => tasks(contact.tasks) },
    { name: "baton", data: custom.map((name) => [name, p[name]]), build: (data) => properties("Baton", data, "Baton has not written anything yet.") },
    { name: "about", data: about, build: (data) => properties("About", data, "Nothing known yet.") },
    { name: "stages", data: contact.stages, build: stages },
    { name: "activity", data: contact.activities, build: activities },
  ];
}

function heading(contact) {
  const p = contact.properties;
  const owner = ownerName(p.hubspot_owner_id);
  const log = (type, label) => h("button", {
    type: "button", class: "button", data: { focus: `log-${type}` },
    onclick: async () => {
      const answer = await post(`contacts/${contact.id}/engagements`, { type });
      if (answer.answered) toast(`${label} logged for ${fullName(contact)}`);
    },
  }, `Log ${label.toLowerCase()}`);
  return h("header", { class: "lead-head" },
    h("div", { class: "title" },
      h("div", { class: "face", "aria-hidden": "true" }, initials(fullName(contact))),
      h("div", { class: "names" }, h("h2", {}, fullName(contact)), h("p", {}, [p.jobtitle, p.company].filter(Boolean).join(" · "))),
      pill(p.lifecyclestage)),
    h("dl", { class: "facts" },
      fact("Owner", owner || "Unassigned"), fact("Status", p.hs_lead_status ? words(p.hs_lead_status) : "None"),
      h("div", {}, h("dt", {}, "Age"), h("dd", { data: { since: contact.created } }))),
    h("div", { class: "lead-actions" },
      h("label", { class: "stage-change" }, h("span", {}, "Change stage"),
        h("select", {
          data: { focus: "stage" }, id: "change-stage",
          onchange: async (event) => {
            const value = event.target.value;
            event.target.blur();
            const answer = await post(`contacts/${contact.id}`, { properties: { lifecyclestage: value }, source: "CRM_UI" });
            if (answer.answered) toast(`Stage set to ${stageName(value)}`);
          },
        }, store.stages.map((one) => h("option", { value: one, selected: one === p.lifecyclestage }, stageName(one))))),
      log("call", "Call"), log("email", "E-mail"), log("meeting", "Meeting"),
      log("message", "Message")));
}

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

const title = (name) => LABELS[name] ?? words(name.replace(/^(hs|baton)_/, ""));
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const EPOCH = /^1[5-9]\d{11}$/;
const value = (text) => {
  if (ISO.test(text)) return stamp(Date.parse(text));
  if (EPOCH.test(text)) return stamp(Number(text));
  return /^[A-Z]+(_[A-Z]+)+$/.test(text) ? words(text) : text;
};

function properties(name, data, nothing) {
  return h("section", { class: `card props ${name.toLowerCase()}` }, h("h3", {}, name),
    data.length ? h("dl", {}, data.map(([key, text]) => h("div", {}, h("dt", { title: key }, title(key)), h("dd", {}, value(text)))))
      : h("p", { class: "nothing" }, nothing));
}

function tasks(all) {
  const sorted = [...all].sort((a, b) => String(a.at).localeCompare(String(b.at)));
  return h("section", { class: "card" }, h("h3", {}, "Tasks"),
    sorted.length ? h("ul", { class: "tasks" }, sorted.map(task)) : h("p", { class: "nothing" }, "No tasks."));
}

function task({ properties: p, at }) {
  const done = p.hs_task_status === "COMPLETED";
  const due = Date.parse(at);
  return h("li", { class: done ? "done" : "" },
    h("span", { class: "tick", "aria-hidden": "true" }, done ? "✓" : ""),
    h("div", {}, h("strong", {}, p.hs_task_subject ?? "Task"),
      h("span", { class: "when" }, `Due ${stamp(due)}`, p.hubspot_owner_id && ` · ${ownerName(p.hubspot_owner_id)}`)),
    done ? h("span", { class: "state" }, "Completed") : h("span", { class: "state open", data: { due } }));
}

function stages(all) {
  return h("section", { class: "card" }, h("h3", {}, "Stage history"),
    h("ol", { class: "history" }, all.map((one) => h("li", {},
      one.value ? pill(one.value) : h("span", { class: "pill cleared" }, "Cleared"),
      h("span", { class: "when" }, stamp(one.at)), h("span", { class: "by" }, SOURCES[one.source] ?? words(one.source).toLowerCase())))));
}

const ACTIVITIES = { calls: ["☎", "Call"], emails: ["✉", "E-mail"], meetings: ["◷", "Meeting"],
  communications: ["✆", "Message"] };

/** What became of an activity, where that is not that it was done. */
function became(properties) {
  const value = ["hs_call_status", "hs_email_status", "hs_meeting_outcome", "hs_communication_channel_type"]
    .map((name) => properties[name]).find(Boolean);
  return value && !["COMPLETED", "SENT"].includes(value) && ` · ${words(value).toLowerCase()}`;
}

function activities(all) {
  return h("section", { class: "card" }, h("h3", {}, "Activity"),
    all.length ? h("ul", { class: "activity" }, all.map((one) => h("li", {},
      h("span", { class: "mark", "aria-hidden": "true" }, ACTIVITIES[one.type][0]),
      h("span", {}, ACTIVITIES[one.type][1], one.properties.hubspot_owner_id && ` by ${ownerName(one.properties.hubspot_owner_id)}`,
        became(one.properties)),
      h("span", { class: "when" }, stamp(Date.parse(one.at))))))
      : h("p", { class: "nothing" }, "Nothing logged."));
}
