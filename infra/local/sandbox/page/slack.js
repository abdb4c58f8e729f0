// The Slack half: the person viewing, the open conversation, its messages.

import { $, h, reconcile, toast } from "./dom.js";
import { clock, day } from "./time.js";
import { mrkdwn } from "./mrkdwn.js";
import { renderBlock } from "./blocks.js";
import { showModal } from "./modal.js";
import { post, store } from "./store.js";

let viewer = sessionStorage.getItem("viewer") ?? "";
let here = sessionStorage.getItem("conversation") ?? "";
const read = new Map(); // conversation -> newest ts seen
let drawn = "";
let redraw = () => {};

const person = () => store.owners.find((one) => one.slack_id === viewer);
const zone = () => person()?.tz || undefined;

export function startSlack(show) {
  redraw = show;
  $("viewer").addEventListener("change", (event) => {
    const wasDm = Object.values(store.dms).includes(here);
    viewer = event.target.value;
    if (wasDm) here = store.dms[viewer];
    show();
  });
  $("messages").addEventListener("scroll", () => { if (atEnd()) $("to-newest").hidden = true; });
  $("to-newest").addEventListener("click", () => { toEnd(); $("messages").focus(); });
  $("composer").addEventListener("submit", (event) => { event.preventDefault(); command(); });
}

export function showSlack() {
  const people = store.owners.filter((one) => !one.archived);
  if (!people.some((one) => one.slack_id === viewer)) viewer = people[0]?.slack_id ?? "";
  const known = [...store.channels.map((one) => one.id), ...Object.values(store.dms)];
  if (!known.includes(here)) here = store.dms[viewer] ?? store.channels[0]?.id ?? "";
  sessionStorage.setItem("viewer", viewer);
  sessionStorage.setItem("conversation", here);

  const select = $("viewer");
  let complete = reconcile(select, people, {
    key: (one) => one.slack_id, rev: (one) => one.name, build: (one) => h("option", { value: one.slack_id }, one.name),
  });
  if (document.activeElement !== select || select.value !== viewer) select.value = viewer;

  complete = conversations($("channels"), store.channels.map((one) => ({ id: one.id, name: one.name, mark: one.private ? "🔒" : "#" }))) && complete;
  complete = conversations($("dms"), people.map((one) => ({
    id: store.dms[one.slack_id], name: one.slack_id === viewer ? `${one.name} (you)` : one.name, mark: "●", user: one.slack_id,
  }))) && complete;
  complete = messages() && complete;
  showModal(viewer, zone());
  return complete;
}

const visible = (id) => [...(store.messages.get(id)?.values() ?? [])]
  .filter((one) => !one.ephemeral_to || one.ephemeral_to === viewer)
  .sort((a, b) => (threadKey(a) < threadKey(b) ? -1 : 1));
// Replies are shown below their message.
const threadKey = (one) => `${one.thread_ts ?? one.ts}/${one.ts}`;

function conversations(list, items) {
  return reconcile(list, items, {
    key: (one) => one.id,
    rev: (one) => [one.name, one.id === here, unread(one.id)].join("|"),
    build: (one) => h("li", {},
      h("button", {
        type: "button", class: `conversation-link ${unread(one.id) ? "unread" : ""}`, data: { focus: one.id },
        "aria-current": one.id === here ? "true" : null,
        onclick: () => { here = one.id; if (one.user) viewer = one.user; redraw(); },
      },
      h("span", { class: "mark", "aria-hidden": "true" }, one.mark), h("span", { class: "label" }, one.name),
      unread(one.id) > 0 && h("span", { class: "badge", "aria-label": `${unread(one.id)} unread` }, unread(one.id)))),
  });
}

const unread = (id) => (id === here ? 0
  : [...(store.messages.get(id)?.values() ?? [])].filter((one) => !one.ephemeral_to && one.ts > (read.get(id) ?? "0")).length);

function messages() {
  const list = $("messages");
  const all = visible(here);
  const channel = store.channels.find((one) => one.id === here);
  const owner = store.owners.find((one) => store.dms[one.slack_id] === here);
  $("conversation-name").textContent = channel ? `# ${channel.name}` : "Baton";
  $("conversation-about").textContent = channel ? "Channel"
    : `Direct messages to ${owner?.name ?? ""}${owner?.title ? `, ${owner.title}` : ""}${owner?.tz ? ` · ${owner.tz}` : ""}`;

  const moved = drawn !== `${here}/${viewer}`;
  drawn = `${here}/${viewer}`;
  const stick = moved || atEnd();
  if (moved) list.replaceChildren();
  const newest = all.at(-1)?.ts ?? "0";
  const grew = newest > (read.get(here) ?? "0");
  const items = all.length ? withDays(all) : [{ key: "empty", rev: here }];
  const complete = reconcile(list, items, {
    key: (one) => one.key,
    rev: (one) => one.rev,
    build: (one) => (one.message ? render(one.message) : one.key === "empty"
      ? h("p", { class: "empty" }, channel ? "Nothing here yet." : "No messages yet. A lead that is assigned to this person shows up here.")
      : h("div", { class: "day" }, h("span", {}, one.day))),
  });
  if (stick) toEnd();
  else if (grew) $("to-newest").hidden = false;
  read.set(here, newest > (read.get(here) ?? "0") ? newest : read.get(here) ?? "0");
  return complete;
}

function withDays(all) {
  const items = [];
  let last = "";
  for (const message of all) {
    const label = day(parseFloat(message.thread_ts ?? message.ts) * 1000, zone(), "long");
    if (label !== last) items.push({ key: `day ${label}`, rev: label, day: label });
    last = label;
    items.push({ key: message.ts, rev: `${message.rev}|${zone()}`, message });
  }
  return items;
}

function render(message) {
  const at = parseFloat(message.ts) * 1000;
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  const act = async (block, element, value) => {
    const answer = await post("click", {
      channel: message.channel, ts: message.ts, user: viewer, action_id: element.action_id, block_id: block.block_id, value,
    });
    if (answer.answered && !answer.ok) {
      toast(`Baton did not take the click: ${answer.problem || `it answered ${answer.status}`}`, "bad");
    }
  };
  return h("article", { class: `message ${reply ? "reply" : ""} ${message.ephemeral_to ? "ephemeral" : ""}`, data: { ts: message.ts } },
    h("div", { class: "avatar", "aria-hidden": "true" }, h("img", { src: "/icon.svg", alt: "" })),
    h("div", { class: "content" },
      h("div", { class: "who" }, h("strong", {}, "Baton"), h("span", { class: "app" }, "APP"),
        h("time", { title: new Date(at).toLocaleString() }, clock(at, zone())),
        message.edited && h("span", { class: "edited" }, "(edited)"),
        message.ephemeral_to && h("span", { class: "edited" }, "Only visible to you")),
      message.blocks.length
        ? message.blocks.map((block) => renderBlock(block, zone(), act))
        : h("div", { class: "block text" }, mrkdwn(message.text, zone()))));
}

// Baton takes no typed answers, only slash commands.
async function command() {
  const text = $("command").value.trim();
  if (!text.startsWith("/")) return toast("Baton reads slash commands only: /baton away, /baton back", "bad");
  const answer = await post("command", { channel: here, user: viewer, text });
  if (answer.ok) $("command").value = "";
  else if (answer.answered) toast(`Baton did not take the command: ${answer.problem || `it answered ${answer.status}`}`, "bad");
}

function atEnd() {
  const list = $("messages");
  return list.scrollHeight - list.scrollTop - list.clientHeight < 60;
}

function toEnd() {
  const list = $("messages");
  list.scrollTop = list.scrollHeight;
  $("to-newest").hidden = true;
}
