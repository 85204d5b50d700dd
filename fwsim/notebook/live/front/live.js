// Where devices stand over time, stacked; drawn anew whenever the kernel tells.
const SIDE = 46, RIGHT = 18, TOP = 8, BELOW = 34, WIDE = 640, TALL = 250;

function stack({ at, begin, end, rows, of, ticks, label, marks }) {
  const x = (time) => SIDE + ((time - begin) / (end - begin)) * (WIDE - SIDE - RIGHT);
  const y = (count) => TALL - BELOW - (count / Math.max(1, of)) * (TALL - BELOW - TOP);
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${TALL}`, role: "img", "aria-label": label });
  for (const share of [0, 0.5, 1]) {
    const count = Math.round(of * share);
    svg.append(draw("line", { class: "grid", x1: SIDE, x2: WIDE - RIGHT, y1: y(count), y2: y(count) }),
      draw("text", { x: SIDE - 6, y: y(count) + 4, "text-anchor": "end" }, written(count, marks)));
  }
  let below = at.map(() => 0);
  for (const { name, colour, counts } of rows) {
    const above = counts.map((count, i) => count + below[i]);
    const up = at.map((time, i) => `${i ? "L" : "M"}${x(time).toFixed(1)} ${y(above[i]).toFixed(1)}`).join("");
    const back = [...at.keys()].reverse().map((i) => `L${x(at[i]).toFixed(1)} ${y(below[i]).toFixed(1)}`).join("");
    svg.append(draw("path", { d: `${up}${back}Z`, fill: colour, class: "area" }, draw("title", {}, name)));
    below = above;
  }
  let day = "";
  for (const tick of ticks) {
    svg.append(draw("line", { class: "grid", x1: x(tick.at), x2: x(tick.at), y1: TOP, y2: TALL - BELOW }),
      draw("text", { x: x(tick.at), y: TALL - BELOW + 14, "text-anchor": "middle" }, tick.text));
    if (tick.day !== day) svg.append(draw("text", { x: clamp(x(tick.at), SIDE + 20, WIDE - 40), y: TALL - BELOW + 28, "text-anchor": "middle" }, (day = tick.day)));
  }
  return svg;
}

function legendOf({ rows, marks }) {
  return make("table", {}, make("tbody", {}, [...rows].reverse().map(({ name, colour, counts }) => make("tr", {},
    make("td", {}, make("span", { class: "swatch", style: `background: ${colour}` })), make("th", { scope: "row" }, name),
    make("td", { class: "count" }, written(counts[counts.length - 1], marks))))));
}

export default {
  render({ model, el }) {
    const root = make("div", { class: "fwsim-stack" });
    el.append(root);
    const drawAll = () => {
      const shown = model.get("shown");
      if (shown.at) show(root, make("h3", {}, shown.label), stack(shown), legendOf(shown));
    };
    model.on("change:shown", drawAll);
    drawAll();
  },
};
