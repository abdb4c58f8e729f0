// Builds elements. Text only ever becomes text nodes, so a lead's name can never become markup.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value") element.value = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child);
  }
}

export const $ = (id) => document.getElementById(id);

let pointerDown = false;
addEventListener("pointerdown", () => { pointerDown = true; }, true);
for (const name of ["pointerup", "pointercancel", "blur"]) {
  // After the click that the release causes, not before it.
  addEventListener(name, () => setTimeout(() => { pointerDown = false; }, 0), true);
}

const isTyping = (element) => {
  const active = document.activeElement;
  return element.contains(active) && ["SELECT", "INPUT", "TEXTAREA"].includes(active.tagName);
};

// Shows `items` in `container`, touching only what changed: an element whose rev is the same stays
// the very same element, so scroll, focus and a half-finished click survive. Returns false when
// an element could not be updated yet, because the user is using it.
export function reconcile(container, items, { key, rev, build }) {
  let complete = true;
  const old = new Map([...container.children].map((child) => [child.dataset.key, child]));
  let place = container.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    const version = String(rev(item));
    let child = old.get(name);
    old.delete(name);
    if (!child || child.dataset.rev !== version) {
      if (child && (isTyping(child) || (pointerDown && child.matches(":hover")))) {
        complete = false;
      } else {
        const fresh = build(item);
        fresh.dataset.key = name;
        fresh.dataset.rev = version;
        if (child) replace(child, fresh);
        if (place === child) place = fresh;
        child = fresh;
      }
    }
    if (child === place) place = place.nextElementSibling;
    else container.insertBefore(child, place);
  }
  for (const gone of old.values()) gone.remove();
  return complete;
}

function replace(old, fresh) {
  const active = document.activeElement;
  const focused = old.contains(active) ? active.dataset.focus : null;
  old.replaceWith(fresh);
  if (!focused) return;
  const again = fresh.dataset.focus === focused ? fresh
    : [...fresh.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === focused);
  again?.focus({ preventScroll: true });
}

export function toast(text, kind = "info") {
  const note = h("div", { class: `toast ${kind}` }, text);
  $("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

// A modal dialog that removes itself when it closes. The browser keeps focus inside it.
export function dialog(attributes, ...children) {
  const element = h("dialog", attributes, ...children);
  element.addEventListener("close", () => element.remove());
  document.body.append(element);
  element.showModal();
  return element;
}
