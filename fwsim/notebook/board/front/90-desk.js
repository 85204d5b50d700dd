// The desk as a whole: what the kernel says is shown, what a hand does is told, one at a time.
/** What is done in a tab below the board. */
const BELOW = new Set(["compose", "edit", "save", "report", "hand_over", "tell_apart"]);

class Desk {
  constructor(model, root) {
    this.model = model;
    this.words = model.get("words");
    this.board = null;
    this.last = null;
    this.band = "both";
    this.sequence = 0;
    this.waiting = null;
    this.next = null;
    this.id = `fwsim-desk-${Math.random().toString(36).slice(2)}`; // each widget has this script for itself
    this.hand = new Hand(this);
    this.memory = new Memory(this);
    this.answers = new Answers(this);
    this.build(root);
    this.announced = new Announced(this.live);
    this.answers.begin();
    this.listen();
    this.show(["board", "rail", "top", "progress"]);
    this.memory.tell();
  }

  build(root) {
    root.classList.add("fwsim-host");
    const desk = make("div", { class: "fwsim-desk", "data-dead": this.answers.dead() });
    root.append(desk);
    const part = (name, { tag = "div", ...more } = {}) => (this[name] = make(tag, { class: `fwsim-${name}`, ...more.with }));
    desk.append(
      part("topLine"),
      part("railPart", { tag: "section", with: { "aria-label": this.words.rail, tabindex: "0" } }),
      make("section", { class: "fwsim-right", "aria-label": this.words.board },
        part("tileRow", { with: { role: "group", "aria-label": this.words.tiles } }), part("progressPart"), part("legendPart"),
        this.stage = make("div", { class: "fwsim-stage" },
          this.svg = draw("svg", { class: "fwsim-board", tabindex: "0", role: "application", "aria-label": this.words.board_keys }),
          this.problemPart = make("div", { class: "fwsim-problem", role: "alert" })),
        part("becausePart", { with: { role: "group", "aria-label": this.words.because } }),
        part("tablePart", { with: { class: "unseen" } }),
        this.live = make("div", { class: "unseen", "aria-live": "polite" }),
        this.tipPart = make("div", { class: "fwsim-tip", hidden: true })));
    this.picturePart = draw("g");
    this.barPart = draw("g");
    this.cursorPart = draw("g", { class: "cursor" });
    this.stripPart = draw("g");
    this.svg.append(this.picturePart, this.cursorPart, this.barPart, this.stripPart);
    this.observer = new ResizeObserver(() => { this.answers.watch(); this.orderParts(); this.drawBoard(); this.tour?.place(); });
    this.observer.observe(this.stage);
    this.observer.observe(desk);
  }

  listen() {
    for (const name of ["board", "rail", "top", "progress", "words", "kept"]) {
      this.model.on(`change:${name}`, () => this.show([name]));
    }
    this.model.on("msg:custom", ({ moved, heard }) => {
      if (moved) this.on_board({ ...this.board, stages: [], ...moved });
      if (heard) this.answers.heard();
    });
    const svg = this.svg;
    svg.addEventListener("pointerdown", (event) => {
      const handle = event.target.closest(".handle");
      if (handle) this.hand.take(event, handle);
    });
    svg.addEventListener("pointermove", (event) => (this.hand.held ? this.hand.move(event) : this.point(event)));
    svg.addEventListener("pointerup", () => this.hand.release());
    svg.addEventListener("pointercancel", () => this.hand.release());
    svg.addEventListener("pointerleave", () => this.hand.held || this.unpoint());
    svg.addEventListener("click", (event) => this.clicked(event));
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("blur", () => this.leftByKeys());
  }

  // What the kernel says

  show(names) {
    for (const name of names) this[`on_${name}`](this.model.get(name));
  }
  on_board(board) {
    if (!board || !Object.keys(board).length) return;
    const began = this.waiting;
    if (began && board.sequence >= began.sequence) this.waiting = null;
    if (board.full) this.last = board.fan;
    this.pale();
    if (board.problem) {
      this.problemPart.textContent = board.problem;
      this.announced.problem();
      this.stage.classList.add("wrong");
      for (const part of [this.tileRow, this.legendPart, this.becausePart, this.tablePart]) show(part);
    } else {
      this.problemPart.textContent = "";
      this.stage.classList.remove("wrong");
      const held = this.hand.keeps(board.sequence);
      this.announced.board(board, this.words, this.isMoved());
      this.board = board;
      this.clock = new Clock(board.clock, this.words);
      if (held) this.holdOn(held);
      this.drawBoard();
      this.showAround();
      this.comeIntoView();
      this.beginTour();
    }
    if (began && !this.waiting) requestAnimationFrame(() => {
      performance.measure("fwsim-drag", { start: began.since, end: performance.now() });
    });
    this.sendNext();
  }
  /** Keep a bar where the hand is, or has left it. */
  holdOn(held) {
    const bar = this.board.bars.find((one) => one.number === held.bar.number);
    if (!bar) return;
    held.bar = bar;
    placed(bar, held.part, held.value);
  }
  on_rail(state) {
    if (state.commands && !this.sliding) show(this.railPart, rail(state, this));
    this.pale();
  }
  /** While something is moved, by whatever, commands, limits and warnings in the rail are of the plan before; of a bar, fields of a command, too. */
  pale() {
    this.railPart.classList.toggle("held", this.isMoved());
    this.railPart.classList.toggle("of-a-bar", this.isMoved() && !this.sliding);
  }
  isMoved() {
    return !!(this.hand.held?.moved || this.keyed || this.sliding);
  }
  on_top(state) {
    if (!state.plans) return;
    this.topLine.parentElement.lang = state.language;
    show(this.topLine, top(state, this));
  }
  on_progress(progress) {
    if (!("done" in progress)) return;
    const rest = JSON.stringify([progress.running, progress.runs, progress.wanted, this.words.run]);
    if (rest !== this.shownRest) show(this.progressPart, progressLine(progress, this));
    this.shownRest = rest;
    countOn(this.progressPart, progress, this.words);
    this.progressPart.classList.toggle("about", !!progress.about);
  }
  on_words(words) {
    this.words = words;
    this.topLine.parentElement.dataset.dead = this.answers.dead();
    this.show(["board", "rail", "top", "progress"]);
  }
  on_kept(kept) {
    this.memory.keep(kept);
    this.on_top(this.model.get("top")); // plans may have been put aside, or be back
  }

  /** Once, when it appears in a notebook: the whole desk is to be seen. */
  comeIntoView() {
    if (this.hasCome) return;
    this.hasCome = true;
    setTimeout(() => {
      const { bottom } = this.svg.closest(".fwsim-right").getBoundingClientRect();
      if (bottom > endOfSight(this.svg)) this.topLine.parentElement.scrollIntoView({ block: "start" });
    }, 200);
  }

  /** Once in this browser: what is where. */
  beginTour() {
    if (this.hasToured) return;
    this.hasToured = true;
    if (isTourSeen(this.model)) this.topLine.parentElement.dataset.tour = "over";
    else setTimeout(() => { this.tour = new Tour(this); }, 300);
  }

  // What is shown

  /** The tabulator goes as one reads: the rail comes behind the board where it stands below it. */
  orderParts() {
    const right = this.svg.closest(".fwsim-right"), rail = this.railPart;
    const isBelow = rail.getBoundingClientRect().top >= right.getBoundingClientRect().bottom;
    if (isBelow === (right.nextElementSibling === rail)) return;
    const [first, second] = isBelow ? [right, rail] : [rail, right];
    if (first.contains(document.activeElement)) first.after(second); // what has the focus stays where it is
    else second.before(first);
  }
  drawBoard() {
    const board = this.board;
    if (!board || board.problem) return;
    const { width, height } = this.stage.getBoundingClientRect();
    if (width < 80 || height < 60) return;
    const { fontSize, fontFamily } = getComputedStyle(this.svg);
    ruler.font = `${fontSize} ${fontFamily}`;
    this.place = laidOut(board, width, height);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    show(this.picturePart, chart(board, this.place, { last: this.last, band: this.band, words: this.words }));
    show(this.stripPart, stripButtons(board, this.place));
    this.drawBars();
    this.drawCursor();
  }
  drawBars() {
    show(this.barPart, bars(this.board, this.place, this.words, this.clock));
  }
  showAround() {
    const { board, words } = this;
    show(this.tileRow, tiles(board, words, (measure) => this.send({ do: "tile", measure })));
    show(this.legendPart, legend(board, this.band, words, (name) => { this.band = name; this.drawBoard(); this.showAround(); }, () => this.send({ do: "tell_apart" })));
    show(this.becausePart, because(board, words, (name) => this.send({ do: "cause", name })));
    if (board.full || !this.isMoved()) show(this.tablePart, table(board, this.clock, words)); // nobody reads it meanwhile
  }
  tip(text, x, y) {
    this.tipPart.hidden = !text;
    if (!text) return;
    this.tipPart.textContent = text;
    this.tipAt(x, y);
  }
  tipAt(x, y) {
    const box = this.tipPart.offsetParent?.getBoundingClientRect() ?? { left: 0, top: 0, width: innerWidth, height: innerHeight };
    const { offsetWidth: w, offsetHeight: h } = this.tipPart;
    const left = x - box.left + 16 + w > box.width ? x - box.left - w - 14 : x - box.left + 16;
    this.tipPart.style.left = `${Math.max(0, left)}px`;
    this.tipPart.style.top = `${clamp(y - box.top + 12, 0, Math.max(0, box.height - h - 4))}px`;
  }

  // Pointing at a time

  point(event) {
    if (!this.place || event.target.closest(".handle")) return this.unpoint();
    const box = this.svg.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    if (x < this.place.left || x > this.place.right || y < this.place.head) return this.unpoint();
    this.cursor = this.place.axis.at(x);
    this.drawCursor();
    this.readOut(event.clientX, event.clientY);
  }
  unpoint() {
    this.cursor = null;
    this.drawCursor();
    if (!this.hand.held) this.tipPart.hidden = true;
  }
  /** What was read at a time does not cover the board while the keys are elsewhere; they come back to it. */
  leftByKeys() {
    this.read = this.cursor;
    this.unpoint();
  }
  readOut(x, y) {
    const lines = readout(this.board, this.cursor, this.clock, this.words);
    this.tipPart.hidden = false;
    this.tipPart.replaceChildren(...lines.map(([name, value], n) => (n ? make("div", { class: "line" }, make("span", {}, name), make("span", {}, value)) : make("b", {}, name))));
    this.tipAt(x, y);
    return lines;
  }
  drawCursor() {
    this.cursorPart.replaceChildren();
    if (this.cursor === null || this.cursor === undefined || !this.place) return;
    const x = this.place.axis.x(this.cursor);
    const { fan } = this.board;
    this.cursorPart.append(draw("line", { x1: x, x2: x, y1: this.place.head, y2: this.place.foot }),
      draw("circle", { cx: x, cy: this.place.y(valueAt(this.cursor, fan, fan.middle)), r: 4 }));
  }
  clicked(event) {
    const strip = event.target.closest(".strip-button");
    if (strip) return this.send({ do: "site", name: strip.dataset.site });
    if (event.target.closest(".bar") || this.cursor === null || this.cursor === undefined) return null;
    return this.send({ do: "point", at: Math.round(this.cursor) });
  }
  key(event) {
    const handle = event.target.closest(".handle"), strip = event.target.closest(".strip-button");
    if (this.hand.held && event.key === "Escape") {
      this.hand.cancel();
      return;
    }
    if (handle) {
      if (this.hand.key(event, handle)) event.preventDefault();
      return;
    }
    if (strip && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      this.send({ do: "site", name: strip.dataset.site });
      return;
    }
    if (event.target !== this.svg || !this.place) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      event.preventDefault();
      const before = this.cursor ?? this.read ?? this.board.fan.at[0];
      this.cursor = clamp(before + step * SNAP * (event.shiftKey ? 12 : 1), this.board.axis.from, this.board.axis.to);
      this.drawCursor();
      const box = this.svg.getBoundingClientRect();
      const lines = this.readOut(box.left + this.place.axis.x(this.cursor), box.top + this.place.top + 20);
      this.live.textContent = lines.map((line) => line.filter(Boolean).join(" ")).join(", ");
    }
    if (event.key === "Enter" && this.cursor != null) this.send({ do: "point", at: Math.round(this.cursor) });
    if (event.key === "Escape") this.unpoint();
  }

  // What a hand does; of moves only the newest is told, once the last has been answered

  send(message) {
    if (message.do !== "drag") this.letGo();
    this.model.send(message);
    if (BELOW.has(message.do)) setTimeout(() => {
      this.svg.closest(".fwsim-planner")?.querySelector(".jupyter-widget-tab")?.scrollIntoView({ block: "nearest" });
    }, 300);
  }
  dragged(move, since) {
    this.next = { message: { do: "drag", ...move, final: false }, since };
    this.sendNext();
  }
  slid({ name, text, final }, since) {
    this.sliding = !final;
    if (final) {
      this.pale();
      this.next = null;
      this.send({ do: "set", name, text });
    } else {
      this.next = { message: { do: "set", name, text, sliding: true }, since };
      this.sendNext();
    }
  }
  released(move) {
    this.next = null;
    this.forgetKeys();
    this.hand.left.sequence = ++this.sequence;
    this.send({ do: "drag", ...move, final: true, sequence: this.sequence });
  }
  /** Arrow keys have let go when they rest, or when something else is done. */
  releasedSoon(move) {
    this.forgetKeys();
    this.keyed = { move, timer: setTimeout(() => this.released(move), 500) };
  }
  letGo() {
    if (this.keyed) this.released(this.keyed.move);
  }
  forgetKeys() {
    clearTimeout(this.keyed?.timer);
    this.keyed = null;
  }
  sendNext() {
    if (this.waiting || !this.next) return;
    const { message, since } = this.next;
    this.next = null;
    this.waiting = { sequence: ++this.sequence, since };
    this.send({ ...message, sequence: this.sequence });
  }
  rename(number, name) {
    const holder = this.topLine.querySelector(`[data-key="plan${number}"]`);
    const input = make("input", { class: "rename", type: "text", value: name, maxlength: 40, "aria-label": this.words.rename_hint });
    const done = () => { if (input.value.trim() && input.value !== name) this.send({ do: "rename", number, name: input.value.trim() }); else this.show(["top"]); };
    input.addEventListener("blur", done, { once: true });
    input.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === "Escape") { if (event.key === "Escape") input.value = name; input.blur(); } });
    holder.replaceWith(input);
    input.select();
  }
  leave() {
    this.observer.disconnect();
    this.announced.leave();
    this.answers.leave();
  }
  picture(kind) {
    savePicture(this.svg, { title: this.model.get("top").title, words: tilesInWords(this.board), keys: keysOf(this.board, this.band, this.words) }, kind, "fwsim-plan");
  }
}

/** Where what is shown ends: at the lower edge of the window, or of a part of it that scrolls. */
function endOfSight(node) {
  let end = innerHeight;
  for (let at = node.closest(".fwsim-desk").parentElement; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) end = Math.min(end, at.getBoundingClientRect().bottom);
  }
  return end;
}

export default {
  render({ model, el }) {
    const desk = new Desk(model, el);
    return () => desk.leave();
  },
};
