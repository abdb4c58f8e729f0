// Slack's mrkdwn as DOM nodes. Never as HTML text.

import { h } from "./dom.js";
import { slackDate } from "./time.js";
import { store } from "./store.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔", x: "✖", warning: "⚠", rotating_light: "🚨", fire: "🔥",
  alarm_clock: "⏰", hourglass: "⌛", hourglass_flowing_sand: "⏳", bell: "🔔", telephone_receiver: "📞",
  phone: "☎", email: "✉", envelope: "✉", calendar: "📅", memo: "📝", tada: "🎉", wave: "👋", eyes: "👀",
  thumbsup: "👍", "+1": "👍", arrow_right: "→", repeat: "🔁", recycle: "♻", red_circle: "🔴",
  large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", white_circle: "⚪",
  bar_chart: "📊", chart_with_upwards_trend: "📈", star: "★", bust_in_silhouette: "👤", office: "🏢",
  stopwatch: "⏱", no_entry: "⛔", information_source: "ℹ", seedling: "🌱", snowflake: "❄", sunny: "☀",
};

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
const emoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);

export const plain = (text) => emoji(String(text ?? ""));

export function mrkdwn(text, zone) {
  const nodes = [];
  // Fenced code first: nothing inside it is formatting.
  String(text ?? "").split(/```([\s\S]*?)```/).forEach((part, n) => {
    if (n % 2) nodes.push(h("pre", {}, unescape(part.replace(/^\n/, ""))));
    else nodes.push(...lines(part, zone));
  });
  return nodes;
}

function lines(text, zone) {
  const nodes = [];
  let quote = null;
  const all = text.split("\n");
  all.forEach((line, n) => {
    const quoted = line.match(/^(?:&gt;|>)\s?(.*)$/);
    if (quoted) {
      if (quote) quote.append(h("br"));
      else nodes.push(quote = h("blockquote"));
      quote.append(...inline(quoted[1], zone));
      return;
    }
    const after = quote;
    quote = null;
    if (n > 0 && !after) nodes.push(h("br"));
    nodes.push(...inline(line, zone));
  });
  return nodes;
}

const TOKEN = /<([^<>]+)>|`([^`\n]+)`|(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])|(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])|(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])/g;

function inline(text, zone) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > at) nodes.push(emoji(unescape(text.slice(at, match.index))));
    at = match.index + match[0].length;
    const [, angle, code, bold, italic, strike] = match;
    if (angle !== undefined) nodes.push(reference(angle, zone));
    else if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (bold !== undefined) nodes.push(h("strong", {}, inline(bold, zone)));
    else if (italic !== undefined) nodes.push(h("em", {}, inline(italic, zone)));
    else nodes.push(h("s", {}, inline(strike, zone)));
  }
  if (at < text.length) nodes.push(emoji(unescape(text.slice(at))));
  return nodes;
}

function reference(inner, zone) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : unescape(inner.slice(bar + 1));
  if (target.startsWith("!date^")) {
    const [, seconds, format] = target.split("^");
    const known = /^\d+$/.test(seconds ?? "") && format;
    const title = known ? new Date(seconds * 1000).toLocaleString("en-GB", { timeZone: zone }) : "";
    return h("time", { class: "date", title }, known ? slackDate(seconds, unescape(format), zone) : label);
  }
  if (target.startsWith("@")) {
    const owner = store.owners.find((one) => one.slack_id === target.slice(1));
    return h("span", { class: "mention" }, `@${owner?.name ?? (label || target.slice(1))}`);
  }
  if (target.startsWith("#")) {
    const channel = store.channels.find((one) => one.id === target.slice(1));
    return h("span", { class: "mention" }, `#${channel?.name ?? (label || target.slice(1))}`);
  }
  if (target.startsWith("!")) return h("span", { class: "mention" }, `@${label || target.slice(1)}`);
  const url = unescape(target);
  if (!/^(https?:\/\/|mailto:|tel:)/i.test(url)) return `<${unescape(inner)}>`;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label || url);
}
