// The page's copy of the sandbox, kept current by one long poll.

import { toast } from "./dom.js";

export const store = {
  contacts: new Map(), messages: new Map(), views: new Map(),
  owners: [], channels: [], dms: {}, stages: [], custom_properties: [], lead_statuses: [],
  faults: {}, untidiness: { level: "", levels: [] }, bot: "", portal_id: 0, waiting_webhooks: 0,
};

export const ownerName = (id) => store.owners.find((owner) => owner.id === id)?.name ?? "";

let rev = 0;
let epoch = 0;

export async function post(path, body, quiet = false) {
  try {
    const response = await fetch(`/_sandbox/${path}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok && !quiet) toast(answer.problem ?? answer.message ?? `Refused (${response.status})`, "bad");
    return { answered: response.ok, ...answer };
  } catch {
    if (!quiet) toast("The sandbox does not answer.", "bad");
    return { answered: false };
  }
}

export async function follow(show, connection) {
  for (;;) {
    try {
      const response = await fetch(`/_sandbox/changes?since=${rev}&epoch=${epoch}&wait=20`);
      if (!response.ok) throw new Error(String(response.status));
      apply(await response.json());
      connection(true);
      show();
      await pause(120); // one redraw for a burst of changes
    } catch {
      connection(false);
      await pause(1500);
    }
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function apply(news) {
  if (news.epoch !== epoch) {
    store.contacts.clear();
    store.messages.clear();
    store.views.clear();
    epoch = news.epoch;
  }
  rev = news.rev;
  for (const contact of news.contacts) {
    if (contact.archived) store.contacts.delete(contact.id);
    else store.contacts.set(contact.id, contact);
  }
  for (const message of news.messages) {
    if (!store.messages.has(message.channel)) store.messages.set(message.channel, new Map());
    const channel = store.messages.get(message.channel);
    if (message.deleted) channel.delete(message.ts);
    else channel.set(message.ts, message);
  }
  for (const view of news.views) {
    if (view.open) store.views.set(view.id, view);
    else store.views.delete(view.id);
  }
  for (const name of ["owners", "channels", "dms", "stages", "custom_properties", "lead_statuses",
    "faults", "untidiness", "bot", "portal_id", "waiting_webhooks"]) {
    store[name] = news[name];
  }
}
