// Times as people read them. Elements made here with data-since / data-due are kept current.

const DAY = 86_400_000;

export function span(ms) {
  const s = Math.max(0, Math.round(Math.abs(ms) / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}`;
  return `${Math.floor(s / 86_400)} d`;
}

export function clock(ms, zone, seconds = false) {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined, timeZone: zone,
  }).format(ms);
}

export function day(ms, zone, month = "short") {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric", month, year: month === "long" ? "numeric" : undefined, timeZone: zone,
  }).format(ms);
}

export function stamp(ms, zone) {
  const today = day(ms, zone) === day(Date.now(), zone);
  return today ? clock(ms, zone, true) : `${day(ms, zone)}, ${clock(ms, zone)}`;
}

const pretty = (ms, zone, month) => {
  const named = { "-1": "yesterday", 0: "today", 1: "tomorrow" };
  for (const [offset, name] of Object.entries(named)) {
    if (day(ms, zone, "long") === day(Date.now() + offset * DAY, zone, "long")) return name;
  }
  return day(ms, zone, month);
};

// Slack's <!date^seconds^format|fallback>.
export function slackDate(seconds, format, zone) {
  const ms = Number(seconds) * 1000;
  const parts = {
    date_num: new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(ms),
    date: day(ms, zone, "long"),
    date_short: day(ms, zone),
    date_long: new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: zone }).format(ms),
    date_pretty: pretty(ms, zone, "long"),
    date_short_pretty: pretty(ms, zone, "short"),
    date_long_pretty: pretty(ms, zone, "long"),
    time: clock(ms, zone),
    time_secs: clock(ms, zone, true),
    ago: ms < Date.now() ? `${span(Date.now() - ms)} ago` : `in ${span(ms - Date.now())}`,
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
}

function tick() {
  const now = Date.now();
  for (const node of document.querySelectorAll("[data-since]")) {
    set(node, span(now - Number(node.dataset.since)));
  }
  for (const node of document.querySelectorAll("[data-due]")) {
    const left = Number(node.dataset.due) - now;
    set(node, left >= 0 ? `in ${span(left)}` : `${span(left)} late`);
    node.classList.toggle("late", left < 0);
  }
}

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

setInterval(tick, 1000);
export { tick };
