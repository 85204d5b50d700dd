// The board's picture: bars, fan and strips under one time axis.
const LEFT = 112, RIGHT = 16, STRIP = 15, FOOT = 32, GRIP = 9, LEAST_SPREAD = 9, LEAST_NOTICE = 14;
const BOLDER = 1.12;

/** How wide words are, in the font that the board has when it is drawn. */
const ruler = document.createElement("canvas").getContext("2d");
const widthOf = (text) => ruler.measureText(text).width;

/** Words, as many letters of them as there is room for, a share of them from the end; none if that says nothing. */
function elided(text, room, ofEnd = 0) {
  if (widthOf(text) <= room) return text;
  const letters = [...text];
  for (let length = letters.length - 1; length >= 4; length -= 1) {
    const begin = length - Math.round(length * ofEnd);
    const short = `${letters.slice(0, begin).join("")}…${letters.slice(letters.length - length + begin).join("")}`;
    if (widthOf(short) <= room) return short;
  }
  return "";
}

/** The line above the board: what is written there first stays readable, what has no room is left out. */
class HeadLine {
  constructor(left, right) {
    this.left = left;
    this.right = right;
    this.taken = [];
  }
  /** The first of some places that is free, where words begin; none if there is none. */
  put(text, places) {
    const length = widthOf(text);
    const free = places.find((x) => x >= this.left && x + length <= this.right && this.taken.every(([a, b]) => x >= b || x + length <= a));
    if (free !== undefined) this.taken.push([free - 6, free + length + 6]);
    return free;
  }
  /** Where what is written at a place ends; the place itself if nothing is. */
  after(x) {
    return this.taken.find(([a, b]) => a <= x && x < b)?.[1] ?? x;
  }
}

/** Where everything lies for a size and a board. */
function laidOut(board, width, height) {
  const lanes = Math.max(1, board.bars.length);
  const lane = lanes <= 3 ? 26 : Math.max(12, 96 / lanes);
  const strips = board.strips.length * (STRIP + 2);
  const head = 18, top = head + lanes * lane + 10;
  const bottom = Math.max(top + 80, height - FOOT - strips - 8);
  return {
    width, height, lane, head, top, bottom, strips: bottom + 8,
    foot: bottom + 8 + strips, left: LEFT, right: width - RIGHT,
    axis: new Axis(board.axis, LEFT, width - RIGHT),
    y: (share) => bottom - share * (bottom - top - 4),
    laneY: (number) => head + number * lane + 3,
    headLine: new HeadLine(4, width - 4),
  };
}

/** A curve; one of few points goes in steps, for what lies between two of them nobody looked at. */
function pathOf({ at, steps }, values, place) {
  const x = (i) => place.axis.x(at[i]).toFixed(1), y = (i) => place.y(values[i]).toFixed(1);
  return at.map((_, i) => (i && steps ? `H${x(i)}V${y(i)}` : `${i ? "L" : "M"}${x(i)} ${y(i)}`)).join("");
}

function areaOf({ at, steps }, [low, high], place) {
  const x = (i) => place.axis.x(at[i]).toFixed(1), y = (i) => place.y(low[i]).toFixed(1);
  const back = [...at.keys()].reverse().map((i, n) => (n && steps ? `V${y(i)}H${x(i)}` : `L${x(i)} ${y(i)}`));
  return `${pathOf({ at, steps }, high, place)}${back.join("")}Z`;
}

/** Everything of the picture that no hand moves. */
function chart(board, place, options) {
  const head = deadlines(board, place); // they matter most, so they are written first
  return [
    shades(board, place, options.words),
    grid(board, place, options.words),
    fan(board, place, options),
    limits(board, place),
    strips(board, place),
    timeLabels(board, place),
    breaks(place, options.words),
    fullUnseen(board, place),
    labels(board, place),
    head,
  ];
}

function shades(board, place, words) {
  const { axis, head, bottom } = place;
  const group = draw("g");
  for (const [a, b] of board.shades.office) {
    group.append(draw("rect", {
      class: "office", x: axis.x(a), y: head, width: Math.max(0, axis.x(b) - axis.x(a)), height: bottom - head,
    }));
  }
  for (const [a, b] of board.shades.window) {
    const left = axis.x(a), right = axis.x(b);
    const bar = draw("rect", { class: "window", x: left, y: head - 4, width: Math.max(2, right - left), height: 4 });
    bar.append(draw("title", {}, board.shades.window_text));
    group.append(bar, draw("line", { class: "window-edge", x1: right, x2: right, y1: head, y2: bottom }));
  }
  headWords(board, place, words, group);
  for (const { at, text } of board.shades.deadlines) {
    if (at > axis.to) continue;
    group.append(draw("line", { class: "deadline", x1: axis.x(at), x2: axis.x(at), y1: head, y2: bottom }));
  }
  return group;
}

/** The names of what is shaded, each where it is free: over it, or else beside it. */
function headWords(board, { axis, headLine, head }, words, group) {
  const write = (x, y, text, more) => {
    if (x === undefined) return;
    const written = draw("text", { class: "quiet", x, y }, text);
    if (more) written.append(draw("title", {}, more));
    group.append(written);
  };
  for (const [a] of board.shades.office) write(headLine.put(words.office, [axis.x(a) + 5]), 12, words.office);
  for (const [a, b] of board.shades.window) {
    const left = axis.x(a), right = axis.x(b), length = widthOf(words.window);
    const over = [left, headLine.after(left)].filter((x) => x + length <= right + 5);
    write(headLine.put(words.window, [...over, right + 5, left - length - 5]), head - 6, words.window, board.shades.window_text);
  }
}

/** Deadlines by their names, beside their lines. */
function deadlines(board, { axis, head, headLine }) {
  const group = draw("g");
  for (const { at, text } of board.shades.deadlines) {
    if (at > axis.to) continue;
    const line = axis.x(at), x = headLine.put(text, [line + 5, line - 5 - widthOf(text)]);
    if (x !== undefined) group.append(draw("text", { class: "quiet halo", x, y: head - 6 }, text));
  }
  return group;
}

function grid(board, place, words) {
  const group = draw("g");
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const y = place.y(share);
    group.append(draw("line", { class: "grid", x1: place.left, x2: place.right, y1: y, y2: y }));
    group.append(draw("text", { class: "label", x: place.left - 8, y: y + 4, "text-anchor": "end" }, percent(share, words)));
  }
  const middle = (place.y(0) + place.y(1)) / 2;
  group.append(draw("text", { class: "quiet", transform: `translate(14 ${middle}) rotate(-90)`, "text-anchor": "middle" }, board.of));
  return group;
}

function fan(board, place, { last, band, words }) {
  const group = draw("g");
  const { fan: now, ghost } = board;
  if (!board.full && last) {
    group.append(draw("path", { class: "band stale", d: areaOf(last, last.bands.both, place) }));
    group.append(draw("path", { class: "middle stale", d: pathOf(last, last.middle, place) }));
  }
  if (ghost?.band) {
    group.append(draw("path", { class: "pairs", d: areaOf(ghost, ghost.band, place) }));
  }
  const bands = now.bands;
  const shown = band in bands ? band : "both";
  if (bands.both) group.append(draw("path", { class: `band ${shown === "both" ? "" : "pale"}`, d: areaOf(now, bands.both, place) }));
  if (shown !== "both") group.append(draw("path", { class: `band ${shown}`, d: areaOf(now, bands[shown], place) }));
  if (ghost) group.append(draw("path", { class: "ghost", d: pathOf(ghost, ghost.middle, place) }));
  const line = pathOf(now, now.middle, place);
  if (!board.full) group.append(draw("path", { class: "about", d: line }));
  group.append(draw("path", { class: "middle", d: line }));
  return group;
}

/** What is written across the picture, so that no break hides it. */
function labels(board, place) {
  const group = draw("g");
  group.append(draw("text", { class: "label halo", x: place.left + 6, y: besideTarget(board, place).y }, elided(board.target.text, place.right - place.left - 10)));
  const rows = inOrder(board.limits).flatMap((limit) => {
    const room = (place.right - place.left - 8) / (limit.kept ? 1 : BOLDER);
    return limitLines(limit.short, room).map((words) => ({ limit, words }));
  });
  rows.forEach(({ limit, words }, number) => {
    const text = draw("text", {
      class: limit.kept ? "limit halo" : "limit broken halo", x: place.right - 4,
      y: place.bottom - 8 - 15 * (rows.length - 1 - number), "text-anchor": "end",
    }, words);
    text.append(draw("title", {}, limit.text));
    group.append(text);
  });
  return group;
}

/**
 * A limit in words; where they have no room, without in how many runs it is met, and where that has none, in lines:
 * half of a number or a time misleads.
 */
function limitLines(text, room) {
  const end = text.lastIndexOf(", "), shorter = end > 0 ? text.slice(0, end) : text, lines = [];
  const fits = [text, shorter].find((one) => widthOf(one) <= room);
  if (fits) return [fits];
  for (const word of unbroken(shorter).replace(/ (?=\d\d:\d\d)/g, "\u00a0").split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length && widthOf(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => elided(line, room));
}

/**
 * Where the level is named that is told of: over its line, or below it where a limit's would cross it.
 * Where limits' would cross both, they begin behind the name.
 */
function besideTarget(board, place) {
  const line = place.y(board.target.level), levels = board.limits.map((limit) => place.y(limit.level));
  const crosses = (y) => (at) => at >= y - 10 && at <= y + 2;
  const y = [line - 4, line + 13].find((one) => !levels.some(crosses(one))) ?? line - 4;
  return { y, end: place.left + 10 + widthOf(board.target.text), crosses: crosses(y) };
}

const inOrder = (limits) => [...limits].sort((one, other) => one.at - other.at);

function limits(board, place) {
  const group = draw("g");
  const { axis } = place;
  const y = place.y(board.target.level);
  group.append(draw("line", { class: "target", x1: place.left, x2: place.right, y1: y, y2: y }));
  const name = besideTarget(board, place);
  inOrder(board.limits).forEach((limit) => {
    const level = place.y(limit.level), end = axis.x(limit.at);
    const state = limit.kept ? "limit" : "limit broken";
    const begin = name.crosses(level) ? Math.min(name.end, end) : place.left;
    group.append(draw("path", { class: state, d: `M${begin} ${level}H${end}` }));
    if (limit.by && limit.at <= axis.to) group.append(draw("path", { class: `${state} flag`, d: `M${end} ${level - 8}V${level + 8}` }));
  });
  return group;
}

function strips(board, place) {
  const group = draw("g");
  const { axis } = place;
  board.strips.forEach((strip, number) => {
    const y = place.strips + number * (STRIP + 2);
    const row = draw("g", { class: "strip" });
    row.append(draw("rect", { class: "empty", x: place.left, y, width: place.right - place.left, height: STRIP }));
    for (const [a, b, full, isFull] of strip.cells) {
      const from = Math.max(a, axis.from), to = Math.min(b, axis.to);
      const w = axis.x(to) - axis.x(from);
      if (w <= 0) continue;
      const share = clamp(full, 0, 1);
      row.append(draw("rect", { class: isFull ? "cell full" : "cell", x: axis.x(from), y, width: Math.max(0.5, w - (w > 6 ? 1 : 0)), height: STRIP, "fill-opacity": (0.12 + 0.88 * share).toFixed(2) }));
      if (isFull) row.append(fullMark(axis.x(from), y, w));
    }
    row.append(draw("text", { class: "label", x: place.left - 8, y: y + STRIP - 3, "text-anchor": "end" }, elided(strip.name, place.left - 12, 0.6))); // names of one OU begin alike
    group.append(row);
  });
  return group;
}

/** Over the strips, what a hand or a key acts on: behind the bars for the tabulator, as they are seen below them. */
function stripButtons(board, place) {
  const group = draw("g");
  board.strips.forEach((strip, number) => {
    const y = place.strips + number * (STRIP + 2);
    const button = draw("g", { class: "strip-button", tabindex: "0", role: "button", "data-key": `strip${number}`, "data-site": strip.name, "aria-label": strip.text });
    button.append(draw("title", {}, strip.text), draw("rect", { x: 0, y, width: place.right, height: STRIP, fill: "transparent" }));
    group.append(button);
  });
  return group;
}

/** What says that a line is full to whoever does not tell its colour from the others. */
const fullMark = (x, y, width) => draw("path", { class: "full-mark", d: `M${x} ${y + STRIP - 1.5}h${Math.max(1, width - 1)}` });

/** Hours in which a line is full, as many as are told: those in a break over it, those behind the last shown by their number. */
function fullUnseen(board, place) {
  const group = draw("g", { class: "full-unseen" });
  board.strips.forEach((strip, number) => {
    const y = place.strips + number * (STRIP + 2);
    for (const fold of place.axis.breaks().filter(({ a, b }) => strip.cells.some(([from, to, , isFull]) => isFull && from < b && to > a))) {
      group.append(draw("rect", { class: "cell full", x: fold.x + 4, y, width: fold.w - 8, height: STRIP }), fullMark(fold.x + 4, y, fold.w - 8));
    }
    if (strip.beyond) group.append(draw("text", { class: "halo", x: place.right - 2, y: y + STRIP - 3, "text-anchor": "end" }, `+ ${spanText(strip.beyond)} →`));
  });
  return group;
}

function timeLabels(board, place) {
  const group = draw("g");
  const zone = draw("text", { class: "quiet", x: place.left - 8 - widthOf("00:00") / 2, y: place.foot + 27, "text-anchor": "end" }, elided(board.zone, place.left - 34));
  zone.append(draw("title", {}, board.zone));
  group.append(zone);
  let day = "", free = 0;
  for (const tick of place.axis.ticks(board.ticks, 46)) {
    const x = place.axis.x(tick.at);
    group.append(draw("line", { class: "grid", x1: x, x2: x, y1: place.head, y2: place.foot }));
    const inside = Math.min(x, place.width - widthOf(tick.text) / 2 - 1);
    group.append(draw("text", { class: "label", x: inside, y: place.foot + 13, "text-anchor": "middle" }, tick.text));
    if (tick.twice) group.append(draw("text", { class: "quiet", x, y: place.foot + 27, "text-anchor": "middle" }, tick.twice));
    if (tick.day !== day) {
      day = tick.day;
      const middle = clamp(x, place.left + 24, place.right - 30), half = widthOf(day) / 2;
      if (middle - half < free) continue;
      free = middle + half + 4;
      group.append(draw("text", { class: "quiet", x: middle, y: place.foot + 27, "text-anchor": "middle" }, day));
    }
  }
  return group;
}

function breaks(place, words) {
  const group = draw("g");
  for (const fold of place.axis.breaks()) {
    const middle = fold.x + fold.w / 2;
    const box = draw("rect", { class: "fold", x: fold.x + 4, y: place.head, width: fold.w - 8, height: place.foot - place.head });
    box.append(draw("title", {}, filled(words.folded, { span: spanText(fold.b - fold.a) })));
    group.append(box);
    const zigzag = (x) => {
      let path = `M${x} ${place.head}`;
      for (let y = place.head + 6, side = 3; y < place.foot; y += 6, side = -side) path += `L${x + side} ${y}`;
      return path;
    };
    group.append(draw("path", { class: "tear", d: zigzag(fold.x + 4) }));
    group.append(draw("path", { class: "tear", d: zigzag(fold.x + fold.w - 4) }));
    group.append(draw("text", { class: "quiet", transform: `translate(${middle + 4} ${(place.top + place.bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, filled(words.folded, { span: spanText(fold.b - fold.a) })));
  }
  return group;
}
