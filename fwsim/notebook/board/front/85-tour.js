// The tour at the first opening: four steps, each beside what it is about. That it is over is kept
// beside the plans; in an app by the visitor's own browser.
const TOUR_SEEN = "fwsim tour seen";
/** Where somebody may be typing: the focus is not taken from there. */
const TYPED = "input, textarea, select, [contenteditable='true']";

function isTourSeen(model) {
  const { tour } = model.get("kept");
  if (tour) return tour === "over";
  try { return !!localStorage.getItem(TOUR_SEEN); } catch { return true; }
}

function tourIsSeen(desk) {
  if (desk.model.get("kept").tour) desk.send({ do: "toured" });
  else try { localStorage.setItem(TOUR_SEEN, "yes"); } catch { /* a browser may keep nothing */ }
}

class Tour {
  constructor(desk) {
    this.desk = desk;
    this.at = 0;
    this.card = make("div", { class: "fwsim-tour", role: "dialog", "aria-label": desk.words.tour, tabindex: "-1" });
    this.card.addEventListener("keydown", (event) => event.key === "Escape" && this.end());
    desk.topLine.parentElement.prepend(this.card); // the first that the tabulator reaches
    this.show();
    this.before = this.card.ownerDocument.activeElement;
    if (!this.before?.matches(TYPED)) this.focus();
  }
  focus() {
    this.card.querySelector(".primary").focus({ preventScroll: true });
  }
  steps() {
    const { words, tileRow, svg, railPart, topLine } = this.desk;
    return [[tileRow, words.tour_tiles], [svg, words.tour_bars], [railPart, words.tour_rail], [topLine, words.tour_plans]];
  }
  show() {
    const steps = this.steps(), { words } = this.desk;
    steps.forEach(([part], number) => part.classList.toggle("toured", number === this.at));
    const isLast = this.at + 1 === steps.length;
    show(this.card,
      make("p", {}, steps[this.at][1]),
      make("div", { class: "line" },
        make("span", { class: "quiet-text" }, `${this.at + 1} / ${steps.length}`), make("span", { class: "space" }),
        isLast ? "" : make("button", { class: "button", "data-key": "tour-skip", onclick: () => this.end() }, words.tour_skip),
        make("button", { class: "button primary", "data-key": "tour-next", onclick: () => (isLast ? this.end() : this.next()) }, isLast ? words.tour_end : words.tour_next)));
    this.place();
  }
  /** Beside what it is about, within the desk; again whenever that has another size. */
  place() {
    const part = this.steps()[this.at][0], isRail = part === this.desk.railPart;
    const desk = this.card.parentElement.getBoundingClientRect(), box = part.getBoundingClientRect();
    const { offsetWidth: w, offsetHeight: h } = this.card;
    const x = box.left - desk.left, y = box.top - desk.top;
    let left = x + (box.width - w) / 2, top = box.height > desk.height / 2 ? y + box.height / 3 : y + box.height + 10;
    if (isRail && box.right + w < desk.right) [left, top] = [x + box.width + 12, y + 60];
    else if (isRail) top = y - h - 10;
    this.card.style.left = `${clamp(left, 8, Math.max(8, desk.width - w - 8))}px`;
    this.card.style.top = `${clamp(top, 8, Math.max(8, desk.height - h - 8))}px`;
  }
  next() {
    this.at += 1;
    this.show();
    this.focus();
    this.card.scrollIntoView({ block: "nearest" }); // where the planner stacks, what it is about may be far
  }
  end() {
    tourIsSeen(this.desk);
    this.steps().forEach(([part]) => part.classList.remove("toured"));
    const hadFocus = this.card.contains(this.card.ownerDocument.activeElement);
    this.card.remove();
    if (hadFocus) (this.before?.isConnected && this.before !== document.body ? this.before : this.desk.svg).focus({ preventScroll: true });
    this.desk.tour = null;
  }
}
