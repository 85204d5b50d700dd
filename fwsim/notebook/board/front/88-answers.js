// Whether a kernel answers: one that is busy, or gone without a word, would leave the screen as it was.
const PATIENCE = 10000;

class Answers {
  constructor(desk) {
    this.desk = desk;
    this.waiting = null;
    this.part = make("div", { class: "fwsim-silent", role: "alert", hidden: true });
    desk.topLine.before(this.part);
    this.timer = setInterval(() => desk.model.get("progress").running && this.ask(), PATIENCE);
    desk.topLine.parentElement.addEventListener("focusin", () => this.watch(), { once: true });
    desk.topLine.parentElement.addEventListener("pointerenter", () => this.watch(), { once: true });
  }
  /** Ask at whatever a hand does, in the tabs below, too. */
  watch() {
    if (this.place) return;
    const desk = this.desk.topLine.parentElement;
    this.place = desk.closest(".fwsim-planner") ?? desk;
    for (const name of ["pointerdown", "keydown"]) this.place.addEventListener(name, this.asks, true);
  }
  asks = () => this.ask();
  ask() {
    if (this.waiting !== null) return;
    this.waiting = setTimeout(() => this.miss(), PATIENCE);
    try { this.desk.model.send({ do: "ask" }); } catch { /* nobody is there to be asked */ }
  }
  miss() {
    this.waiting = null;
    const { words, model } = this.desk;
    this.show(filled(model.get("kept").key ? words.silent_app : words.silent, { seconds: PATIENCE / 1000 }));
  }
  heard() {
    clearTimeout(this.waiting);
    this.waiting = null;
    if (!this.part.hidden) this.show("");
  }
  show(text) {
    this.part.hidden = !text;
    this.part.textContent = text;
  }
  leave() {
    clearInterval(this.timer);
    clearTimeout(this.waiting);
    for (const name of ["pointerdown", "keydown"]) this.place?.removeEventListener(name, this.asks, true);
  }
}
