// The plans found: dots in a picture of two measures, and rows of a table beside it.
const ACROSS = 470, HIGH = 330, LEFT = 58, BOTTOM = 44, ABOVE = 22, BESIDE = 14;
const SIGNS = { chosen: "★", nearest: "☆", front: "●", kept: "○", broken: "×" };

class Found {
  constructor(model, el) {
    this.model = model;
    this.root = make("div", { class: "fwsim-found" });
    el.append(this.root);
    for (const name of ["picture", "table"]) model.on(`change:${name}`, () => this.draw());
    model.on("change:picked", () => this.draw());
    this.draw();
  }
  send(message) {
    this.model.send(message);
  }
  draw() {
    const table = this.model.get("table"), picture = this.model.get("picture");
    const scrolled = this.root.querySelector(".scrolls")?.scrollTop ?? 0;
    if (!table.rows) return this.root.replaceChildren();
    this.picked = this.model.get("picked");
    this.words = this.model.get("words");
    show(this.root, this.picture(picture), this.table(table));
    this.root.querySelector(".scrolls").scrollTop = scrolled;
  }
  /** What it shows stands in the table, too: it is for eyes and pointers. */
  picture({ across, up, dots, empty }) {
    if (empty) return make("p", { class: "empty", role: "status" }, empty);
    const x = (value) => LEFT + ((value - across.from) / (across.to - across.from)) * (ACROSS - LEFT - BESIDE);
    const y = (value) => HIGH - BOTTOM - ((value - up.from) / (up.to - up.from)) * (HIGH - BOTTOM - ABOVE);
    const svg = draw("svg", { viewBox: `0 0 ${ACROSS} ${HIGH}`, class: "dots", "aria-hidden": "true" });
    for (const tick of across.ticks) {
      svg.append(draw("line", { class: "grid", x1: x(tick.at), x2: x(tick.at), y1: ABOVE, y2: HIGH - BOTTOM }),
        draw("text", { x: x(tick.at), y: HIGH - BOTTOM + 15, "text-anchor": "middle" }, tick.text));
    }
    for (const tick of up.ticks) {
      svg.append(draw("line", { class: "grid", x1: LEFT, x2: ACROSS - BESIDE, y1: y(tick.at), y2: y(tick.at) }),
        draw("text", { x: LEFT - 6, y: y(tick.at) + 4, "text-anchor": "end" }, tick.text));
    }
    svg.append(draw("text", { x: 4, y: 13 }, `↑ ${up.label}`),
      draw("text", { x: ACROSS - BESIDE, y: HIGH - 8, "text-anchor": "end" }, `→ ${across.label}`));
    const last = dots.filter(({ number }) => number === this.picked);
    for (const dot of [...dots.filter(({ number }) => number !== this.picked), ...last]) svg.append(this.dot(dot, x(dot.x), y(dot.y)));
    return svg;
  }
  dot({ number, look, title, never }, x, y) {
    const isPicked = number === this.picked, isRight = x > (LEFT + ACROSS) / 2;
    return draw("g", { class: `dot ${look}${isPicked ? " picked" : ""}`, "data-number": number, onclick: () => this.send({ do: "pick", number }) },
      isPicked ? draw("circle", { class: "ring", cx: x, cy: y, r: 11 }) : null,
      draw("text", { x, y: y + 6, "text-anchor": "middle" }, SIGNS[look]),
      never ? draw("text", { class: "never", x: isRight ? x - 13 : x + 13, y: y - 5, "text-anchor": isRight ? "end" : "start" }, never) : null,
      draw("title", {}, title));
  }
  table({ columns, rows, is_whole, note }) {
    const sign = { ascending: " ▲", descending: " ▼" }, words = this.words;
    const head = columns.map(({ name, label, unit, sort }) => make("th", { scope: "col", "aria-sort": sort || "none" },
      make("button", { class: "head", "data-key": `sort-${name}`, onclick: () => this.send({ do: "sort", column: name }) },
        label, make("span", { "aria-hidden": "true" }, sign[sort] ?? "")), unit ? make("div", { class: "unit" }, unit) : null));
    return make("div", { class: "beside" },
      make("div", { class: "line" }, make("span", { role: "status" }, note),
        make("label", { title: words.whole_hint }, make("input", { type: "checkbox", "data-key": "whole", checked: is_whole, onchange: ({ target }) => this.send({ do: "whole", on: target.checked }) }), words.whole)),
      make("div", { class: "scrolls", tabindex: "0", role: "group", "aria-label": words.table },
        make("table", {}, make("thead", {}, make("tr", {}, head)), make("tbody", {}, rows.map((row) => this.row(row))))));
  }
  row({ number, look, cells }) {
    const isPicked = number === this.picked, words = this.words;
    return make("tr", { class: isPicked ? "picked" : null, "data-number": number, onclick: () => this.send({ do: "pick", number }), ondblclick: () => this.send({ do: "take", number }), onpointerenter: () => this.point(number, true), onpointerleave: () => this.point(number, false) },
      make("td", {}, make("button", { class: `mark ${look}`, "data-key": `pick-${number}`, "aria-pressed": String(isPicked), "aria-label": words[`pick_${look}`], title: words[look] }, SIGNS[look])),
      cells.map(([text, range, never]) => make("td", { class: text.length > 14 ? "long" : null }, make("span", { class: "value" }, text), range ? make("span", { class: "range", title: words.range_hint }, range) : null, never ? make("span", { class: "range" }, never) : null)));
  }
  /** What is pointed at in the table is ringed in the picture. */
  point(number, isOn) {
    this.root.querySelector(`.dot[data-number="${number}"]`)?.classList.toggle("pointed", isOn);
  }
}

export default {
  render({ model, el }) {
    new Found(model, el);
  },
};
