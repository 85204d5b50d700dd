// What is seen, as a file: the picture with its colours written into it.
const COPIED = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "paint-order"];

function standalone(svg, title, tiles) {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true);
  const seen = svg.querySelectorAll("*"), made = copy.querySelectorAll("*");
  seen.forEach((node, i) => {
    const style = getComputedStyle(node);
    made[i].setAttribute("style", COPIED.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
  });
  const head = 40;
  const root = draw("svg", { width, height: height + head, viewBox: `0 0 ${width} ${height + head}` });
  const style = getComputedStyle(svg);
  root.append(draw("rect", { width: "100%", height: "100%", fill: paper(svg) }));
  const text = (y, size, weight, words) => draw("text", { x: 12, y, fill: style.color, "font-family": style.fontFamily, "font-size": size, "font-weight": weight }, words);
  root.append(text(17, 14, 600, title), text(33, 11, 400, tiles));
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

function savePicture(svg, title, tiles, kind, name) {
  const root = standalone(svg, title, tiles);
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
