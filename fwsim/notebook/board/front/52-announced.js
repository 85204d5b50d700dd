// What a screen reader is told of the plan by itself: each state that matters, once, and none in passing.
const LOOK_WAITS = 3000;

class Announced {
  constructor(part) {
    this.part = part;
    this.said = null; // nothing yet: what is there when the desk appears is read, not told
    this.timer = null;
  }
  /** Tell what runs came to at once; a first look only where nothing has come of runs for a while. */
  board(board, words, isMoved) {
    clearTimeout(this.timer);
    if (isMoved) return;
    const text = boardInWords(board, words);
    if (board.look) {
      this.said = ""; // the plan is another: what comes of it is news, even if it is the same
      this.timer = setTimeout(() => this.say(text), LOOK_WAITS);
    } else if (this.said === null) this.said = text;
    else this.say(text);
  }
  /** Its own alert says that a plan cannot be played: what comes after that is news, whatever was before. */
  problem() {
    clearTimeout(this.timer);
    this.said = "";
  }
  say(text) {
    if (text !== this.said) this.part.textContent = text;
    this.said = text;
  }
  leave() {
    clearTimeout(this.timer);
  }
}

/** The numbers of the decision in a breath: of how many runs, if few; the tiles; how many limits are broken. */
function boardInWords(board, words) {
  const count = board.all_limits.length, broken = board.all_limits.filter(({ kept }) => !kept).length;
  const limits = count ? filled(words.limits_broken, { broken, count }) : "";
  return [board.full ? "" : board.about, ...tilesInWords(board), limits].filter(Boolean).join("; ");
}
