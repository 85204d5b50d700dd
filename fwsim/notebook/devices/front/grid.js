// The grid of devices: a page of rows, sorted by their heads, filtered, opened one by one.
class Grid {
  constructor(model, root) {
    this.model = model;
    this.root = make("div", { class: "fwsim-grid" });
    root.append(this.root);
    model.on("change:shown", () => this.draw());
    model.on("msg:custom", ({ file, text }) => file && this.save(file, text));
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.draw();
  }
  send(message) {
    this.model.send(message);
  }
  draw() {
    const shown = this.model.get("shown"), words = this.model.get("words");
    if (!shown.columns) return show(this.root, make("p", { class: "note", role: "status" }, shown.note ?? ""));
    show(this.root, this.bar(shown, words), make("div", { class: "scrolls" }, this.table(shown, words)), shown.opened ? this.story(shown.opened, words) : "");
    const isNew = shown.opened && shown.opened.device !== this.told;
    this.told = shown.opened?.device;
    if (isNew) this.root.lastElementChild.scrollIntoView({ block: "nearest" });
    return null;
  }
  bar({ note, page, pages, is_all }, words) {
    const turn = (by, sign, label) => make("button", { class: "button", "data-key": `turn${by}`, "aria-label": label, title: label, disabled: page + by < 1 || page + by > pages, onclick: () => this.send({ do: "page", number: page + by }) }, sign);
    return make("div", { class: "line" },
      turn(-1, "‹", words.before), turn(1, "›", words.after),
      make("span", { class: "note", role: "status" }, note), make("span", { class: "space" }),
      make("button", { class: "button", "data-key": "all", title: words.all_hint, disabled: is_all, onclick: () => this.send({ do: "all" }) }, words.all),
      make("button", { class: "button", "data-key": "export", title: words.export_hint, onclick: () => this.send({ do: "export" }) }, words.export));
  }
  table({ columns, rows, opened }, words) {
    const sign = { ascending: " ▲", descending: " ▼", none: "" };
    const head = columns.map(({ name, label, sort }) => make("th", { scope: "col", "aria-sort": sort },
      make("button", { class: "head", "data-key": `sort-${name}`, onclick: () => this.send({ do: "sort", column: name }) }, label, make("span", { "aria-hidden": "true" }, sign[sort]))));
    const filters = columns.map(({ name, label, filter }) => make("td", {},
      make("input", { type: "text", value: filter, "data-shown": filter, maxlength: 200, placeholder: "…", "aria-label": filled(words.filter, { column: label }), "data-key": `filter-${name}`, ...telling((text) => this.send({ do: "filter", column: name, text })) })));
    const body = rows.map((cells) => make("tr", {
      class: opened?.device === cells[0] ? "opened" : null, onclick: () => this.send({ do: "open", device: cells[0] }),
    }, cells.map((cell, place) => make("td", { title: cell }, place ? cell : this.name(cell, opened?.device === cell)))));
    return make("table", {}, make("thead", {}, make("tr", {}, head), make("tr", { class: "filters" }, filters)), make("tbody", {}, body));
  }
  /** What opens a device; a click on it is one on its row. */
  name(device, isOpened) {
    return make("button", { class: "name", "data-key": `row-${device}`, "aria-expanded": String(isOpened) }, device);
  }
  story({ device, why, steps, window }, words) {
    return make("section", { class: "story", "aria-label": device },
      make("div", { class: "line" }, make("h3", {}, device), make("span", {}, why), make("span", { class: "space" }),
        make("button", { class: "button", "data-key": "close", onclick: () => this.send({ do: "open", device }) }, words.close)),
      make("ol", {}, steps.map(([at, text]) => make("li", {}, make("time", {}, at), text))),
      make("details", { open: this.logOf === device, ontoggle: ({ target }) => target.isConnected && (this.logOf = target.open ? device : "") }, make("summary", {}, words.log), make("pre", { class: "fwsim-device-log" }, window)));
  }
  key(event) {
    const row = event.target.closest("tbody .name")?.closest("tr");
    if (!row) return;
    if (event.key === "ArrowDown") row.nextElementSibling?.querySelector(".name").focus();
    else if (event.key === "ArrowUp") row.previousElementSibling?.querySelector(".name").focus();
    else if (event.key === "PageDown" || event.key === "PageUp") this.send({ do: "page", number: this.model.get("shown").page + (event.key === "PageDown" ? 1 : -1) });
    else return;
    event.preventDefault();
  }
  save(file, text) {
    const link = make("a", { href: URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" })), download: file });
    this.root.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
}

export default {
  render({ model, el }) {
    new Grid(model, el);
  },
};
