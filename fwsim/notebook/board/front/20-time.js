// The server's wall clock, and the axis on which time runs across, idle nights folded.
const FOLD_WIDTH = 30;

class Clock {
  constructor(data, words) {
    this.data = data;
    this.weekdays = words.weekdays.split(" ");
    this.months = words.months.split(" ");
    this.dayPattern = words.day;
  }
  offset(at) {
    let offset = 0;
    for (const [from, value] of this.data.offsets) if (at >= from) offset = value;
    return offset;
  }
  wall(at) {
    return new Date(this.data.start + at + this.offset(at));
  }
  time(at) {
    const wall = this.wall(at);
    return `${String(wall.getUTCHours()).padStart(2, "0")}:${String(wall.getUTCMinutes()).padStart(2, "0")}`;
  }
  short(at) {
    const text = `${this.day(at)} ${this.time(at)}`, twice = this.twice(at);
    return twice ? `${text} (${twice})` : text;
  }
  /** The weekday; from the eighth day on, where it might be another, the day. */
  day(at) {
    const wall = this.wall(at), weekday = this.weekdays[(wall.getUTCDay() + 6) % 7];
    if (Math.floor(wall / DAY) - Math.floor(this.wall(0) / DAY) < 7) return weekday;
    return filled(this.dayPattern, { weekday, day: wall.getUTCDate(), month: this.months[wall.getUTCMonth()] });
  }
  /** The offset from UTC where the clock shows a time twice; else nothing. */
  twice(at) {
    const own = this.offset(at);
    const again = this.data.offsets.some(([, other]) => other !== own && this.offset(at + own - other) === other);
    if (!again) return "";
    const minutes = Math.abs(own) / 60000, two = (number) => String(Math.floor(number)).padStart(2, "0");
    return `${own < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
  }
  /** The nearest time at which the wall clock shows whole five minutes. */
  snapped(at) {
    const shift = this.data.start + this.offset(at);
    return Math.round((at + shift) / SNAP) * SNAP - shift;
  }
}

/** Time to pixels and back, with a break of fixed width where nights are folded. */
class Axis {
  constructor(axis, left, right) {
    this.from = axis.from;
    this.to = axis.to;
    this.folds = axis.folds;
    const idle = this.folds.reduce((sum, [a, b]) => sum + b - a, 0);
    const width = Math.max(10, right - left - FOLD_WIDTH * this.folds.length);
    this.scale = width / Math.max(1, this.to - this.from - idle);
    this.pieces = [];
    let x = left, at = this.from;
    for (const [a, b] of [...this.folds, [this.to, this.to]]) {
      this.pieces.push({ a: at, b: a, x, w: (a - at) * this.scale, fold: false });
      x += (a - at) * this.scale;
      if (b > a) this.pieces.push({ a, b, x, w: FOLD_WIDTH, fold: true });
      x += b > a ? FOLD_WIDTH : 0;
      at = b;
    }
    this.left = left;
    this.right = right;
  }
  x(at) {
    if (at <= this.from) return this.left;
    for (const p of this.pieces) {
      if (at <= p.b) return p.x + (p.b > p.a ? ((at - p.a) / (p.b - p.a)) * p.w : 0);
    }
    return this.right;
  }
  at(x) {
    for (const p of this.pieces) {
      if (x <= p.x + p.w) return p.a + (p.w > 0 ? (clamp(x - p.x, 0, p.w) / p.w) * (p.b - p.a) : 0);
    }
    return this.to;
  }
  breaks() {
    return this.pieces.filter((piece) => piece.fold);
  }
  /** As many ticks as there is room for; beside a break the one after it stays. */
  ticks(all, apart) {
    for (const step of [1, 2, 3, 4, 6, 12, 24]) {
      const kept = all.filter((tick) => tick.round % step === 0 || tick.round === 24);
      const crowded = kept.filter((tick, i) => i && this.x(tick.at) - this.x(kept[i - 1].at) < apart);
      if (crowded.length <= this.folds.length || step === 24) {
        return kept.filter((tick, i) => i + 1 === kept.length || this.x(kept[i + 1].at) - this.x(tick.at) >= apart);
      }
    }
    return all;
  }
}
