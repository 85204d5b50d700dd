// Commands as bars: dragged by their start, stretched by their edges, by hand or arrow keys.
const PIXELS_A_STOP = 11;

/** The edges of a bar, in pixels. */
function edges(bar, firing, axis) {
  const start = axis.x(firing);
  const sent = Math.max(start + LEAST_SPREAD, axis.x(firing + bar.spread));
  const asks = bar.notice !== null;
  const seen = firing + bar.spread + (bar.notice || 24 * HOUR);
  const until = (at) => axis.x(Math.min(at, bar.forced ?? Infinity)); // from then on nobody is waited for
  const asked = asks ? Math.max(sent + LEAST_NOTICE, until(seen)) : sent;
  const reminded = bar.reminders ? Math.max(asked, until(seen + bar.reminders)) : asked;
  return { start, sent, asked, reminded, asks };
}

function bars(board, place, words, clock) {
  const group = draw("g", { class: "bars" });
  board.bars.forEach((bar, lane) => {
    const y = place.laneY(lane), height = place.lane - 5;
    bar.firings.forEach((firing, number) => {
      if (firing > place.axis.to) return;
      group.append(oneBar(bar, firing, { place, y, height, words, clock }, number === 0));
    });
    if (!bar.firings.length) {
      group.append(draw("text", { class: "label", x: place.left + 6, y: y + height - 6 }, filled(words.never_runs, { name: bar.name })));
    }
  });
  return group;
}

function oneBar(bar, firing, { place, y, height, words, clock }, isFirst) {
  const e = edges(bar, firing, place.axis);
  const right = place.right, cut = (x) => Math.min(x, right);
  const can = bar.number >= 0 && isFirst;
  const group = draw("g", { class: `bar ${bar.kind}` });
  group.append(draw("title", {}, bar.text));
  if (e.reminded > e.asked) {
    group.append(draw("rect", { class: "reminders", x: cut(e.asked), y, width: Math.max(0, cut(e.reminded) - cut(e.asked)), height, rx: 2 }));
  }
  if (e.asks) group.append(draw("rect", { class: "notice", x: cut(e.sent), y, width: Math.max(0, cut(e.asked) - cut(e.sent)), height, rx: 2 }));
  group.append(draw("rect", { class: "sent", x: cut(e.start), y, width: Math.max(2, cut(e.sent) - cut(e.start)), height, rx: 2 }));
  if (isFirst) group.append(barName(bar, e, place, y + height / 2 + 4, words));
  if (!can) return group;
  const most = Math.max(clock.data.horizon, 7 * DAY) / 1000;
  const handle = (part, x, width, label, value) => draw("rect", {
    class: `handle ${part}`, x, y: y - 2, width, height: height + 4, rx: 3, tabindex: "0", role: "slider",
    "data-part": part, "data-command": bar.number, "data-key": `${part}${bar.number}`,
    "aria-label": `${bar.name}: ${label}`, "aria-valuetext": value,
    "aria-valuenow": Math.round((part === "start" ? firing : part === "spread" ? bar.spread : bar.notice) / 1000),
    "aria-valuemin": 0, "aria-valuemax": most,
  });
  group.append(handle("start", e.start - GRIP, GRIP + Math.max(0, e.sent - e.start - 5), words.start, clock.short(firing)));
  group.append(draw("path", { class: "grip", d: `M${e.start - 3} ${y + 3}v${height - 6}M${e.start - 6} ${y + 3}v${height - 6}` }));
  group.append(handle("spread", e.sent - 4, 8, words.spread, spanText(bar.spread)));
  if (e.asks) group.append(handle("notice", e.asked - 4, 8, words.notice, noticeText(bar.notice, words)));
  return group;
}

/** The name of a bar: in it where it fits, else behind it, else before it, else where most of it fits. */
function barName(bar, e, place, y, words) {
  const long = `${bar.name} · ${words.may_be_deferred}`, length = widthOf(bar.name);
  const next = bar.firings.length > 1 ? place.axis.x(bar.firings[1]) - 4 : Infinity; // where it runs again
  const asked = Math.min(e.asked, place.right), end = Math.min(e.reminded, place.right);
  const inside = [long, bar.name].find((text) => Math.min(end, next) - asked > widthOf(text) + 14);
  if (inside) return draw("text", { class: "bar-name", x: asked + 8, y }, inside);
  const before = Math.min(e.start, place.right) - GRIP - 6, behind = Math.min(place.width - 4, next) - (end + 8);
  const isBehind = length <= behind || (length > before - 4 && behind >= before - 4);
  const text = elided(bar.name, isBehind ? behind : before - 4);
  return draw("text", { class: "bar-name outside halo", x: isBehind ? end + 8 : before, y, "text-anchor": isBehind ? "start" : "end" }, text);
}

const noticeText = (milliseconds, words) => (milliseconds ? spanText(milliseconds) : words.until_answered);

/** Follows a hand, or the arrow keys, on a handle; tells where it is. */
class Hand {
  constructor(desk) {
    this.desk = desk;
    this.held = null; // what the pointer holds
    this.left = null; // what was moved last, till the kernel shows it there
  }
  /** What a board from the kernel, so new, is not to put back. */
  keeps(sequence) {
    if (this.left && sequence >= this.left.sequence) this.left = null;
    return this.held ?? this.left;
  }
  take(event, target) {
    const bar = this.barOf(target);
    if (!bar) return;
    this.desk.letGo();
    event.preventDefault();
    target.focus({ preventScroll: true });
    this.held = { bar, part: target.dataset.part, x: event.clientX, value: this.valueOf(bar, target.dataset.part), moved: false };
    this.held.first = this.held.value;
    this.desk.svg.setPointerCapture(event.pointerId);
    this.tell(event);
  }
  barOf(target) {
    return this.desk.board.bars.find((bar) => bar.number === Number(target.dataset.command));
  }
  valueOf(bar, part) {
    return part === "start" ? bar.firings[0] : bar[part];
  }
  move(event) {
    const { bar, part, x, first } = this.held;
    const shift = event.clientX - x;
    const value = this.dragged(bar, part, first, shift);
    if (value !== this.held.value) {
      this.held.value = value;
      this.held.moved = true;
      this.go(event);
    }
    this.tell(event);
  }
  told({ bar, part, value }) {
    return { command: bar.number, part, value };
  }
  /** Show and tell where a part is now. */
  go(event) {
    const at = this.held ?? this.left;
    this.apply(at.bar, at.part, at.value);
    this.desk.dragged(this.told(at), event.timeStamp);
  }
  /** Where a part goes that is dragged so many pixels. */
  dragged(bar, part, first, shift) {
    if (part === "notice") return this.stopped(first, Math.round(shift / PIXELS_A_STOP));
    const { axis } = this.desk.place;
    const at = axis.at(axis.x(part === "start" ? first : bar.firings[0] + first) + shift);
    return this.snapped(bar, part, part === "start" ? at : at - bar.firings[0], 0);
  }
  /** The nearest whole five minutes, and so many further. */
  snapped(bar, part, value, steps) {
    const { clock, board } = this.desk;
    if (part === "start") return clamp(clock.snapped(value) + steps * SNAP, 0, board.clock.horizon);
    return Math.max(0, (Math.round(value / SNAP) + steps) * SNAP);
  }
  /** The stop of a notice so many stops from a value. */
  stopped(milliseconds, steps) {
    const stops = this.desk.model.get("stops"), seconds = milliseconds / 1000;
    const far = stops.map((stop) => Math.abs(stop - seconds));
    return stops[clamp(far.indexOf(Math.min(...far)) + steps, 0, stops.length - 1)] * 1000;
  }
  /** Show a part where the hand is, before the kernel has said anything. */
  apply(bar, part, value) {
    placed(bar, part, value);
    this.desk.drawBars();
  }
  text() {
    const { part, value } = this.held, words = this.desk.words;
    if (part === "start") return this.desk.clock.short(value);
    if (part === "spread") return filled(words.spread_value, { span: spanText(value) });
    return filled(words.notice_value, { span: noticeText(value, words) });
  }
  tell(event) {
    this.desk.tip(this.text(), event.clientX, event.clientY);
  }
  release(isBack = false) {
    if (!this.held) return;
    const { bar, part, value, moved } = this.held;
    this.held = null;
    this.desk.tip("");
    if (!moved) return;
    this.left = { bar, part, value };
    this.desk.released({ ...this.told(this.left), back: isBack });
  }
  /** Put back what is held, as if it had not been taken. */
  cancel() {
    const { bar, part, first } = this.held;
    this.held.value = first;
    this.apply(bar, part, first);
    this.release(true);
  }
  key(event, target) {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!step) return false;
    const bar = this.barOf(target), part = target.dataset.part;
    if (!bar) return false;
    if (this.left?.bar.number !== bar.number || this.left.part !== part) this.desk.letGo();
    const before = this.valueOf(bar, part);
    const value = part === "notice" ? this.stopped(before, step) : this.snapped(bar, part, before, step * (event.shiftKey ? 12 : 1));
    this.left = { bar, part, value };
    this.go(event);
    this.desk.releasedSoon(this.told(this.left));
    return true;
  }
}

/** Put a part of a bar somewhere; when who still waits is started keeps its distance. */
function placed(bar, part, value) {
  if (part !== "start") return void (bar[part] = value);
  const [first, ...others] = bar.firings;
  if (bar.forced !== null && !others.length) bar.forced += value - first;
  bar.firings = [value, ...others];
}
