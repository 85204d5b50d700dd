// Elements, words and numbers: what every part of the desk needs.
const SVG = "http://www.w3.org/2000/svg";

/** Make an element: make("button", {class: "chip", onclick: f}, "text", child). */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  return dressed(node, attributes, children);
}

/** The same for SVG. */
function draw(tag, attributes = {}, ...children) {
  return dressed(document.createElementNS(SVG, tag), attributes, children);
}

function dressed(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== "") node.append(child);
  }
  return node;
}

/** Fill {name} in a message of the catalogue. */
function filled(message, values = {}) {
  return (message || "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

const BEFORE_UNIT = /(\d) (?=(?:%|ms|s|min|h|d|[kMGT]?i?B|[kMG]?(?:bit|B)\/s)(?![\w/]))/g;
/** A text in which no line ends between a number and its unit. */
const unbroken = (text) => (text || "").replace(BEFORE_UNIT, "$1\u00a0").replace(/(\u00a0(?:d|h|min)) (?=[\d.,]+\u00a0(?:h|min|s)\b)/g, "$1\u00a0");
/** A number as the language writes it: `marks` are what stands between thousands, and before what is left. */
function written(number, marks, digits = 0) {
  const [whole, rest] = number.toFixed(digits).split(".");
  const marked = whole.replace(/\B(?=(\d{3})+$)/g, marks.thousands);
  return rest ? `${marked}${marks.point}${rest}` : marked;
}
const percent = (share, marks, digits = 0) => `${written(100 * share, marks, digits)} %`;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const MINUTE = 60000, HOUR = 3600000, DAY = 24 * HOUR, SNAP = 5 * MINUTE;

/** A length of time as people say it: 45 s, 5 min, 1 h 30 min. */
function spanText(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60), rest = minutes % 60;
  return rest ? `${hours} h ${rest} min` : `${hours} h`;
}

/** Inputs of several parts: a new one would have the focus on its first, whichever had it before. */
const OF_PARTS = new Set(["datetime-local", "time"]);

/** Replace an element's children; focus stays, and what is half typed. */
function show(parent, ...children) {
  const fresh = children.flat().filter((child) => child !== null && child !== "");
  const active = parent.ownerDocument.activeElement;
  const key = active && parent.contains(active) ? active.getAttribute("data-key") : null;
  const named = key && `[data-key="${CSS.escape(key)}"]`;
  if (named && OF_PARTS.has(active.type)) {
    const holder = make("div", {}, fresh);
    const twin = holder.querySelector(named);
    if (twin?.type === active.type) return showAroundFocus(parent, holder, active, twin);
  }
  const isHalfTyped = key && "shown" in active.dataset && active.value !== active.dataset.shown;
  // What goes away while somebody types has nothing to say any more.
  if (isHalfTyped) for (const name of ["change", "blur"]) active.addEventListener(name, (event) => event.stopImmediatePropagation(), { capture: true });
  const selected = [active?.selectionStart, active?.selectionEnd];
  parent.replaceChildren(...fresh);
  const again = named && parent.querySelector(named);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (again.type !== active.type) return;
  if (isHalfTyped) again.value = active.value;
  if (again.type === "text") again.setSelectionRange(...selected); // what is typed next goes where it would have gone
  if (!isHalfTyped) return;
  // What a script has put there is no change to a browser, unless it is said.
  const tell = () => again.isConnected && again.value !== again.dataset.shown && again.dispatchEvent(new Event("change"));
  again.addEventListener("blur", tell, { once: true });
}

/** The same where the very node that has the focus stays: what is around it is replaced. */
function showAroundFocus(parent, fresh, active, twin) {
  const stays = [...parent.childNodes].find((node) => node.contains(active));
  const nodes = [...fresh.childNodes], place = nodes.findIndex((node) => node.contains(twin));
  for (const node of [...parent.childNodes]) if (node !== stays) node.remove();
  stays.before(...nodes.slice(0, place));
  stays.after(...nodes.slice(place + 1));
  if (stays !== active) return showAroundFocus(stays, nodes[place], active, twin);
  const isHalfTyped = active.value !== (active.dataset.told ?? active.dataset.shown);
  for (const { name } of [...active.attributes]) if (!twin.hasAttribute(name)) active.removeAttribute(name);
  for (const { name, value } of twin.attributes) if (active.getAttribute(name) !== value) active.setAttribute(name, value);
  if (!isHalfTyped && active.value !== twin.value) active.value = twin.value;
}

/**
 * What an input does when it is left, or Enter is pressed: it tells its value, once.
 * One of several parts changes at every key: it tells when it has lost the focus, and not to another window.
 */
function telling(tell, isOfParts = false) {
  const say = ({ target, type }) => {
    if (type === "blur" && target === target.ownerDocument.activeElement) return;
    if (target.value === (target.dataset.told ?? target.dataset.shown)) return;
    target.dataset.told = target.value;
    tell(target.value);
  };
  return { [isOfParts ? "onblur" : "onchange"]: say, onkeydown: (event) => event.key === "Enter" && say(event) };
}
