// The rail: commands as sentences, the picked one's options, the plan's, what is wrong beside it.
function rail(state, desk) {
  const { words } = desk;
  const parts = [
    make("h2", {}, words.commands),
    ...state.commands.map((command) => commandCard(command, desk)),
    ...state.others.map((text) => make("p", { class: "other" }, text)),
    make("div", { class: "add" },
      make("button", { class: "link", "data-key": "add", title: words.add_hint, onclick: () => desk.send({ do: "compose" }) }, words.add),
      state.picked === null ? "" : make("button", { class: "link", "data-key": "edit", title: words.edit_hint, onclick: () => desk.send({ do: "edit" }) }, words.edit)),
  ];
  if (state.fields.length) parts.push(make("h2", {}, words.this_command), make("div", { class: "of-command" }, state.fields.map((one) => field(one, desk))));
  parts.push(make("h2", {}, words.the_plan), ...state.plan.map((one) => field(one, desk)));
  if (state.limits.length) {
    parts.push(make("h2", {}, words.limits), make("ul", { class: "limits" }, state.limits.map((limit) =>
      make("li", { class: limit.kept ? "" : "broken" }, limit.kept ? "✓ " : "✗ ", limit.text))));
  }
  for (const text of state.warnings) parts.push(make("p", { class: "warning" }, "⚠ ", text));
  return parts;
}

function commandCard(command, desk) {
  const { words } = desk;
  const act = (name, sign, hint) => make("button", { class: "icon", title: hint, "aria-label": hint, "data-key": `${name}${command.number}`, onclick: () => desk.send({ do: "command", act: name, number: command.number }) }, sign);
  return make("div", { class: command.picked ? "command picked" : "command" },
    make("button", { class: "sentence", "aria-pressed": String(command.picked), "data-key": `command${command.number}`, onclick: () => desk.send({ do: "pick", number: command.number }) }, command.text),
    make("div", { class: "row" },
      make("details", {}, make("summary", { title: words.scmd_hint }, "scmd"), make("code", {}, command.scmd)),
      make("span", { class: "acts" }, act("up", "↑", words.up), act("down", "↓", words.down), act("copy", "+", words.copy), act("remove", "✕", words.remove))),
    command.warnings.map((text) => make("p", { class: "warning" }, "⚠ ", text)));
}

function field(one, desk) {
  const id = `${desk.id}-${one.name}`;
  const label = make("label", { for: id, title: one.hint }, one.label);
  const wrong = one.problem ? make("p", { class: "wrong", role: "alert", id: `${id}-wrong` }, "⚠ ", one.problem) : "";
  const remark = one.remark ? make("p", { class: "warning", id: `${id}-remark` }, "⚠ ", one.remark) : "";
  const said = one.said && !one.problem ? make("p", { class: "said", id: `${id}-said` }, one.said) : "";
  const described = [said ? `${id}-said` : "", one.problem ? `${id}-wrong` : "", one.remark ? `${id}-remark` : ""].filter(Boolean).join(" ") || null;
  const makeControl = { switch: switchOf, chips: chipsOf, stops: stopsOf, choice: choiceOf, moment: momentOf }[one.kind];
  return make("div", { class: `field of-${one.kind}` }, label, makeControl(one, id, described, desk), said, wrong, remark);
}

function switchOf(one, id, _, desk) {
  return make("button", { id, class: "switch", role: "switch", "aria-checked": String(one.on), "aria-label": one.label, title: one.hint, "data-key": one.name, onclick: () => desk.send({ do: "set", name: one.name, text: one.on ? "off" : "on" }) }, make("span", { class: "knob" }));
}

function chipsOf(one, id, _, desk) {
  return make("span", { id, class: "chips", role: "group", "aria-label": one.label }, one.options.map((option) =>
    make("button", { class: "chip", "aria-pressed": String(option.on), title: one.hint, "data-key": `${one.name}-${option.text}`, onclick: () => desk.send({ do: "set", name: one.name, text: option.text }) }, option.text)));
}

function choiceOf(one, id, described, desk) {
  return make("select", { id, title: one.hint, "aria-describedby": described, "data-key": one.name, onchange: (event) => desk.send({ do: "set", name: one.name, text: event.target.value }) },
    one.options.map((option) => make("option", { value: option.text, selected: option.on }, option.text)));
}

function textOf(one, id, described, desk, type = "text") {
  return make("input", { id, type, value: one.text, "data-shown": one.text, title: one.hint, "aria-describedby": described, "aria-invalid": one.problem ? "true" : null, "data-key": one.name, ...telling((text) => desk.send({ do: "set", name: one.name, text }), OF_PARTS.has(type)) });
}

function momentOf(one, id, described, desk) {
  const input = textOf(one, id, described, desk, one.input);
  // A year of four digits: otherwise the first of the hour would go to it.
  if (one.input === "datetime-local") input.max = "9999-12-31T23:59";
  return input;
}

function stopsOf(one, id, described, desk) {
  const input = textOf(one, id, described, desk);
  input.className = "short";
  const slide = (event, final) => {
    input.value = one.stops[event.target.value];
    desk.slid({ name: one.name, text: input.value, final }, event.timeStamp);
  };
  const slider = make("input", { type: "range", min: 0, max: one.stops.length - 1, step: 1, value: one.index, title: one.hint, "aria-label": one.label, "aria-valuetext": one.text, "data-key": `${one.name}-slider`,
    oninput: (event) => slide(event, false), onchange: (event) => slide(event, true) });
  return make("span", { class: "stops" }, slider, input);
}
