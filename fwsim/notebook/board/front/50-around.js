// What stands around the picture: tiles, the because strip, the readout, the table, its legend.
function tiles(board, words, onpick) {
  return board.tiles.map((tile) => {
    const hint = [tile.hint, words.tile_hint].filter(Boolean).join("\n");
    const state = tile.state ? `tile ${tile.state}` : "tile";
    return make("button", { class: `${state} tile-${tile.name}`, title: hint, "data-key": `tile-${tile.name}`, onclick: () => onpick(tile.measure) },
      make("span", { class: "tile-label" }, make("span", {}, tile.label), tile.word ? make("span", { class: "tile-word" }, tile.state === "good" ? " ✓" : " ✗", make("span", { class: "unseen" }, tile.word)) : ""),
      tileValue(tile),
      make("span", { class: "tile-more", title: tile.more }, unbroken(tile.more) || " "),
      make("span", { class: "tile-against", title: /\d/.test(tile.against) ? `${tile.against}\n${words.to_a_hint}` : tile.against }, unbroken(tile.against) || " "));
  });
}

const LONGEST_VALUE = 30, VALUE_END = 12;

/** A tile's value; of a long name the end stays, for names of one OU begin alike. */
function tileValue({ value }) {
  const letters = [...value];
  if (letters.length <= LONGEST_VALUE) return make("span", { class: "tile-value", title: value }, value);
  const short = `${letters.slice(0, LONGEST_VALUE - VALUE_END - 1).join("").trimEnd()}…${letters.slice(-VALUE_END).join("")}`;
  return make("span", { class: "tile-value", title: value }, make("span", { "aria-hidden": "true" }, short), make("span", { class: "unseen" }, value));
}

/** What the tiles say, for a picture and for whoever does not see them. */
const tilesInWords = (board) => board.tiles.map(({ label, value, more }) => `${label}: ${[value, more].filter(Boolean).join(", ")}`);

function because(board, words, onpick) {
  if (!board.because.length) return [make("span", { class: "cause none" }, board.no_cause)];
  return [make("span", { class: "because-head", title: words.because_hint }, words.because),
    ...board.because.map((cause) => make("button", {
      class: `cause ${cause.name}`, style: `flex: ${Math.max(1, cause.width)} 1 0`, title: `${cause.text}\n${words.cause_hint}`,
      "data-key": `cause-${cause.name}`, onclick: () => onpick(cause.name),
    }, make("span", {}, unbroken(cause.text))))];
}

/** The place of a time in a curve. */
function placeAt(at, points) {
  let low = 0, high = points.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (points[middle] <= at) low = middle; else high = middle - 1;
  }
  return low;
}

/** The value of a curve at a time, as it is drawn: between two points on the line from one to the other. */
function valueAt(at, { at: times, steps }, values) {
  const i = placeAt(at, times), next = i + 1;
  if (steps || at <= times[i] || next === times.length) return values[i];
  return values[i] + ((values[next] - values[i]) * (at - times[i])) / (times[next] - times[i]);
}

/** All values at a time, line by line. */
function readout(board, at, clock, words) {
  const { fan: now, ghost } = board;
  const lines = [[clock.short(at), ""]];
  const band = now.bands.both;
  const done = percent(valueAt(at, now, now.middle), words, 1);
  lines.push([words.done, band
    ? filled(words.done_in_nine, { share: done, low: written(100 * valueAt(at, now, band[0]), words), high: percent(valueAt(at, now, band[1]), words) })
    : filled(words.about, { value: done })]);
  if (ghost) lines.push([ghost.name, percent(valueAt(at, ghost, ghost.middle), words, 1)]);
  const middles = lines.length;
  for (const row of board.stages) {
    const count = Math.round(valueAt(at, now, row.counts));
    if (count) lines.push([row.name, written(count, words)]);
  }
  for (const strip of board.strips) {
    const cell = strip.cells.find(([a, b]) => a <= at && at < b);
    if (cell && cell[2] >= 0.01) lines.push([strip.name, filled(words.full, { share: percent(cell[2], words) })]);
  }
  if (board.runs > 1 && lines.length > middles) lines.splice(middles, 0, [filled(words.on_average, { runs: written(board.runs, words) }), ""]);
  return lines;
}

/** The board as a table, for whoever does not see it. */
function table(board, clock, words) {
  const head = [words.time, words.done, words.range, ...(board.ghost ? [board.ghost.name] : []), ...board.strips.map((strip) => filled(words.how_full, { name: strip.name }))];
  const rows = board.ticks.map((tick) => {
    const { fan: now, ghost } = board, band = now.bands.both;
    const share = (values, curve = now) => percent(valueAt(tick.at, curve, values), words, 1);
    const cells = [clock.short(tick.at), share(now.middle), band ? `${share(band[0])} – ${share(band[1])}` : "",
      ...(ghost ? [share(ghost.middle, ghost)] : []),
      ...board.strips.map((strip) => percent(strip.cells.find(([a, b]) => a <= tick.at && tick.at < b)?.[2] ?? 0, words))];
    return make("tr", {}, cells.map((text, n) => (n ? make("td", {}, text) : make("th", { scope: "row" }, text))));
  });
  const commands = board.bars.map((bar) => make("li", {}, bar.text));
  const kept = board.all_limits.map((limit) => make("li", {}, limit.text));
  return [make("table", {}, make("caption", {}, [`${words.table} ${board.of}`, board.about].filter(Boolean).join(": ")),
    make("thead", {}, make("tr", {}, head.map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, rows)),
  make("ul", { "aria-label": words.commands }, commands), make("ul", { "aria-label": words.limits }, kept)];
}

/** What of the picture means what: how it is found there, and in words. */
function keysOf({ fan, ghost, full, about }, band, words) {
  const shown = band in fan.bands ? band : "both";
  const bands = full ? [[shown === "both" ? ".band" : `.band.${shown}`, words[`band_${shown}`]]] : [[".about", about]];
  const keys = [...bands, [".cell.full", words.line_full]];
  return ghost ? [...keys, [".ghost", ghost.name], [".pairs", words.pairs]] : keys;
}

/** The chips that say what the bands are, and choose one. */
function legend(board, band, words, onpick, onfind) {
  const known = board.fan.bands;
  const chips = [["both", board.full ? words.band_both : board.about], ["luck", words.band_luck], ["doubt", words.band_doubt]]
    .map(([name, text]) => name === "both" || name in known
      ? make("button", { class: `key ${name}`, "aria-pressed": String(band === name), "data-key": `band-${name}`, title: words.band_hint, onclick: () => onpick(name) }, make("span", { class: `swatch ${name}` }), text)
      : null);
  if (!("luck" in known)) chips.push(make("button", { class: "key", title: words.tell_apart_hint, "data-key": "band-find", onclick: onfind }, words.tell_apart));
  const plain = (name, text, title) => make("span", { class: "key plain", title }, make("span", { class: `swatch ${name}` }), text);
  chips.push(plain("full", words.line_full, words.line_full_hint));
  if (board.ghost) chips.push(plain("ghost", board.ghost.name), plain("pairs", words.pairs)); // a key that came and went would move the board
  return chips;
}
