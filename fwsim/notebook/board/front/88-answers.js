// Whether a kernel answers: one that is busy, or gone without a word, would leave the screen as it was.
const PATIENCE = 10000, GONE = "jupyter-widgets-disconnected";

class Answers {
  constructor(desk) {
    this.desk = desk;
    this.waiting = null;
    this.isByHand = false; // whoever works elsewhere while runs are awaited is not to be fetched
    this.part = make("div", { class: "fwsim-silent", role: "alert", hidden: true });
    this.asks = () => {
      this.isByHand = true;
      this.ask();
    };
  }
  /** What is said where widgets know that their kernel is gone; of an app a visitor sees no cell. */
  dead() {
    const { words, model } = this.desk;
    return model.get("kept").key ? words.dead_app : words.dead;
  }
  begin() {
    const { model, topLine } = this.desk;
    topLine.before(this.part);
    this.timer = setInterval(() => model.get("progress").running && this.ask(), PATIENCE);
    this.goes = new MutationObserver(() => this.place.classList.contains(GONE) && topLine.parentElement.scrollIntoView());
  }
  /** Once the desk is in its page: ask at whatever a hand does, in the tabs below, too. */
  watch() {
    if (this.place) return;
    const desk = this.desk.topLine.parentElement;
    this.place = desk.closest(".fwsim-planner") ?? desk;
    for (const name of ["pointerdown", "keydown"]) this.place.addEventListener(name, this.asks, true);
    this.goes.observe(this.place, { attributeFilter: ["class"] });
  }
  ask() {
    if (this.waiting !== null) return;
    this.waiting = setTimeout(() => this.miss(), PATIENCE);
    try { this.desk.model.send({ do: "ask" }); } catch { /* nobody is there to be asked */ }
  }
  miss() {
    this.waiting = null;
    const { words, model } = this.desk;
    this.show(filled(model.get("kept").key ? words.silent_app : words.silent, { seconds: PATIENCE / 1000 }));
    if (this.isByHand) this.part.scrollIntoView({ block: "nearest" });
    this.isByHand = false;
  }
  heard() {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.isByHand = false;
    this.show("");
  }
  show(text) {
    this.part.hidden = !text;
    if (this.part.textContent !== text) this.part.textContent = text;
  }
  leave() {
    clearInterval(this.timer);
    clearTimeout(this.waiting);
    this.goes.disconnect();
    for (const name of ["pointerdown", "keydown"]) this.place?.removeEventListener(name, this.asks, true);
  }
}
