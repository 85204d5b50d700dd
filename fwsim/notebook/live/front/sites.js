// Sites as tiles, coloured by when they finished; what does not change is not touched.
const NAMED = 60, SMALL = 400;

class Sites {
  constructor(model, el) {
    this.model = model;
    this.root = make("section", { class: "fwsim-sites" });
    el.append(this.root);
    model.on("change:sites", () => this.build());
    model.on("change:shown", () => this.update());
    this.build();
  }
  build() {
    const { names, title, table, heads } = this.model.get("sites");
    if (!names?.length) return this.root.replaceChildren();
    const size = names.length <= NAMED ? "named" : names.length <= SMALL ? "small" : "tiny";
    this.tiles = names.map((name) => make("span", { class: "tile" }, size === "named" ? inTwo(name) : ""));
    this.picture = make("div", { class: `tiles ${size}`, role: "img" }, this.tiles);
    this.legend = make("tbody");
    this.rows = null;
    const equivalent = make("details", { ontoggle: ({ target }) => target.open && this.update() }, make("summary", {}, table));
    this.equivalent = equivalent;
    this.heads = heads;
    this.root.setAttribute("aria-label", title);
    this.root.replaceChildren(make("h3", {}, title),
      make("div", { class: "side" }, make("div", { class: "scrolls", tabindex: "0", role: "group", "aria-label": title }, this.picture), make("table", { class: "legend" }, this.legend)),
      equivalent);
    return this.update();
  }
  update() {
    const { names, devices, marks } = this.model.get("sites"), shown = this.model.get("shown");
    if (!names?.length || shown.looks?.length !== names.length) return;
    this.picture.setAttribute("aria-label", shown.summary);
    this.tiles.forEach((tile, i) => {
      const look = `tile ${shown.looks[i]}${shown.lacking[i] ? " lacking" : ""}`;
      const said = `${names[i]}: ${written(shown.with_it[i], marks)} / ${written(devices[i], marks)}, ${shown.states[i]}`;
      if (tile.className !== look) tile.className = look;
      if (tile.title === said) return;
      tile.title = said;
      tile.style.setProperty("--share", `${(100 * shown.with_it[i]) / Math.max(1, devices[i])}%`);
    });
    this.legend.replaceChildren(...shown.legend.map(({ look, name, count }) => make("tr", {},
      make("td", {}, make("span", { class: `tile swatch ${look}`, style: "--share: 50%" })), make("th", { scope: "row" }, name), make("td", { class: "count" }, written(count, marks)))));
    if (this.equivalent.open) this.fillTable(names, devices, shown, marks);
  }
  /** The same as a table; a reader keeps its place in it while it goes on. */
  fillTable(names, devices, { with_it, states }, marks) {
    if (!this.rows) {
      this.rows = names.map(() => [make("td", { class: "count" }), make("td")]);
      const body = names.map((name, i) => make("tr", {}, make("th", { scope: "row" }, name), make("td", { class: "count" }, written(devices[i], marks)), this.rows[i]));
      this.equivalent.append(make("div", { class: "scrolls", tabindex: "0", role: "group", "aria-label": this.equivalent.textContent },
        make("table", {}, make("thead", {}, make("tr", {}, this.heads.map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, body))));
    }
    this.rows.forEach((cells, i) => [written(with_it[i], marks), states[i]].forEach((text, place) => {
      if (cells[place].textContent !== text) cells[place].textContent = text;
    }));
  }
}

const END = 6;

/** A name in two parts, of which the end always has room: names of one OU begin alike. */
function inTwo(name) {
  const letters = [...name];
  return [make("span", { class: "begin" }, letters.slice(0, -END).join("")), make("span", { class: "end" }, letters.slice(-END).join(""))];
}

export default {
  render({ model, el }) {
    new Sites(model, el);
  },
};
