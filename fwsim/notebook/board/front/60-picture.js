// What is seen, as a file: the picture with its colours written into it.
const COPIED = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "paint-order"];

const LINE = 15, MARGIN = 12;

const writtenInto = (node) => {
  const style = getComputedStyle(node);
  return COPIED.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
};

/** Texts side by side, and further down where a line has no room: each with its place, and where they end. */
function inLines(texts, room, gap) {
  let x = 0, y = 0;
  const placed = texts.map((text) => {
    const wide = widthOf(text) + gap;
    if (x && x + wide - gap > room) [x, y] = [0, y + LINE];
    const at = { text, x: MARGIN + x, y };
    x += wide;
    return at;
  });
  return { placed, height: texts.length ? y + LINE : 0 };
}

/** What the picture's marks mean, each beside a sample of it. */
function samples(svg, keys, y, write, room) {
  const seen = keys.filter(([mark]) => svg.querySelector(mark));
  const { placed, height } = inLines(seen.map(([, text]) => text), room, 44);
  const made = placed.flatMap(({ text, x, y: down }, number) => {
    const mark = svg.querySelector(seen[number][0]), middle = y + down - 4;
    const shape = mark.matches(".ghost, .about") ? `M${x} ${middle}h22` : `M${x} ${middle - 5}h22v10h-22z`;
    return [draw("path", { d: shape, style: writtenInto(mark) }), write(x + 28, y + down, text)];
  });
  return { made, height };
}

function standalone(svg, { title, words, keys }) {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true);
  const seen = svg.querySelectorAll("*"), made = copy.querySelectorAll("*");
  seen.forEach((node, i) => {
    made[i].setAttribute("style", writtenInto(node));
  });
  const style = getComputedStyle(svg), room = width - 2 * MARGIN;
  const text = (x, y, words, size = style.fontSize, weight = 400) => draw("text", { x, y, fill: style.color, "font-family": style.fontFamily, "font-size": size, "font-weight": weight }, words);
  const told = inLines(words, room, 22), first = 34;
  const { made: marks, height: below } = samples(svg, keys, first + told.height, text, room);
  const head = first + told.height + below;
  const root = draw("svg", { width: width + MARGIN, height: height + head, viewBox: `0 0 ${width + MARGIN} ${height + head}` });
  root.append(draw("rect", { width: "100%", height: "100%", fill: paper(svg) }), text(MARGIN, 17, title, 14, 600));
  root.append(...told.placed.map((one) => text(one.x, first + one.y, one.text)), ...marks);
  copy.setAttribute("y", head);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  root.append(copy);
  return root;
}

function paper(node) {
  for (let at = node; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour && colour !== "rgba(0, 0, 0, 0)" && colour !== "transparent") return colour;
  }
  return "white";
}

function download(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Save what is seen of a picture as a file, under its title, the tiles' words and what its marks mean. */
function savePicture(svg, told, kind, name) {
  const root = standalone(svg, told);
  const text = new XMLSerializer().serializeToString(root);
  const source = new Blob([text], { type: "image/svg+xml" });
  if (kind === "svg") return download(source, `${name}.svg`);
  const image = new Image(), scale = 2;
  image.onload = () => {
    const canvas = make("canvas", { width: root.getAttribute("width") * scale, height: root.getAttribute("height") * scale });
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    context.drawImage(image, 0, 0);
    canvas.toBlob((blob) => download(blob, `${name}.png`), "image/png");
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}
