// The top line: scenario, named plans, undo and redo, runs, save, report, hand over.
function top(state, desk) {
  const { words } = desk;
  const button = (name, text, hint, more = {}) => make("button", { class: "button", "data-key": name, title: hint, onclick: () => desk.send({ do: name }), ...more }, text);
  const plans = state.plans.map((plan, number) => make("span", { class: plan.current ? "plan current" : "plan" },
    make("button", { "aria-pressed": String(plan.current), "data-key": `plan${number}`, title: plan.current ? words.rename_hint : words.switch_hint, onclick: () => (plan.current ? desk.rename(number, plan.name) : desk.send({ do: "switch", number })) }, plan.name),
    plan.current && state.plans.length > 1 ? make("button", { class: "icon", "aria-label": words.remove_plan, title: words.remove_plan, "data-key": `drop${number}`, onclick: () => desk.send({ do: "drop", number }) }, "✕") : ""));
  return [
    scenarioPicker(state, desk),
    make("span", { class: "plans", role: "group", "aria-label": words.plans }, plans,
      make("button", { class: "plan-add", title: words.new_plan_hint, "aria-label": words.new_plan, "data-key": "new-plan", onclick: () => desk.send({ do: "new_plan" }) }, "+")),
    putAside(desk),
    make("span", { class: "space" }),
    button("undo", "↶", state.undo || words.nothing_to_undo, { class: "icon", disabled: !state.undo, "aria-label": state.undo ? `${words.undo}: ${state.undo}` : words.undo }),
    button("redo", "↷", state.redo || words.nothing_to_redo, { class: "icon", disabled: !state.redo, "aria-label": state.redo ? `${words.redo}: ${state.redo}` : words.redo }),
    button("save", words.save, words.save_hint),
    button("report", words.report, words.report_hint),
    button("hand_over", words.hand_over, words.hand_over_hint, { class: "button primary" }),
    make("select", { class: "button language", "aria-label": words.language, title: words.language, "data-key": "language", onchange: (event) => desk.send({ do: "language", name: event.target.value }) },
      ["en", "de"].map((name) => make("option", { value: name, ...(name === state.language ? { selected: true } : {}) }, name.toUpperCase()))),
    make("details", { class: "picture" }, make("summary", { title: words.picture_hint, "data-key": "picture" }, words.picture),
      make("button", { class: "button", "data-key": "png", onclick: () => desk.picture("png") }, "PNG"),
      make("button", { class: "button", "data-key": "svg", onclick: () => desk.picture("svg") }, "SVG")),
  ];
}

/** What this browser has put aside, to be had back beside the plans, or as a file where it cannot be read; nothing where there is none. */
function putAside(desk) {
  const { words } = desk, there = desk.memory.aside();
  if (!there.length) return "";
  return make("details", { class: "picture aside" }, make("summary", { title: words.aside_hint, "data-key": "aside" }, words.aside),
    there.map(({ name, text, names }, number) => {
      const [told, hint, onclick] = names.length
        ? [names.join(", "), words.aside_hint, () => desk.send({ do: "bring_back", text })]
        : [words.aside_unread, words.aside_unread_hint, () => download(new Blob([text], { type: "text/plain" }), `${name}.txt`)];
      return make("button", { class: "button", title: hint, "data-key": `aside${number}`, onclick }, told);
    }));
}

function scenarioPicker(state, desk) {
  const { words } = desk;
  const upload = make("input", { type: "file", accept: ".yaml,.yml", class: "unseen", tabindex: "-1", "aria-label": words.upload, onchange: (event) => readScenario(event.target.files[0], desk) });
  const choices = [make("option", { value: "", selected: true }, state.title), ...state.scenarios.map((name) => make("option", { value: name }, name)), make("option", { value: "*upload" }, words.upload), make("option", { value: "*new" }, words.new)];
  const pick = make("select", { class: "scenario", title: state.title, "aria-label": words.scenario, "data-key": "scenario", onchange: (event) => {
    const name = event.target.value;
    event.target.value = "";
    if (name === "*upload") upload.click();
    else if (name === "*new") desk.send({ do: "new" });
    else if (name) desk.send({ do: "scenario", name });
  } }, choices);
  return make("span", { class: "picker" }, pick, upload);
}

async function readScenario(file, desk) {
  if (!file) return;
  if (file.size > 5e6) desk.send({ do: "too_large", name: file.name });
  else desk.send({ do: "upload", name: file.name, text: await file.text() });
}

/** The line under the tiles: how far the runs are, and what was said last. */
function progressLine({ wanted, running, runs }, desk) {
  const { words } = desk;
  return [
    make("span", { class: "bar-of-runs", role: "progressbar", "aria-label": words.runs, "aria-valuemin": 0, "aria-valuemax": wanted || 1 }, make("span", {})),
    make("span", { class: "word" }), make("span", { class: "remark", role: "status" }), make("span", { class: "space" }),
    make("span", { class: "of-runs" },
      make("label", { class: "runs", title: words.runs_hint }, words.runs,
        make("input", { class: "short", type: "text", value: runs, "data-shown": runs, "data-key": "runs", ...telling((text) => desk.send({ do: "runs", text })) })),
      running ? make("button", { class: "button", "data-key": "stop", onclick: () => desk.send({ do: "stop" }), title: words.stop_hint }, words.stop)
        : make("button", { class: "button", "data-key": "run", onclick: () => desk.send({ do: "run" }), title: words.run_hint }, words.run)),
  ];
}

/** What changes with every run; the fields beside it stay. */
function countOn(line, { done, wanted, running, about, hint, remark }, words) {
  const bar = line.querySelector(".bar-of-runs"), told = line.querySelector(".remark");
  bar.setAttribute("aria-valuenow", running ? done : 0);
  bar.firstChild.style.width = `${running && wanted ? (100 * done) / wanted : 0}%`;
  const word = line.querySelector(".word");
  word.textContent = running ? filled(words.runs_done, { done: written(done, words), wanted: written(wanted, words) }) : about;
  word.title = [word.textContent, running ? "" : hint].filter(Boolean).join("\n");
  if (told.textContent !== remark) told.textContent = told.title = remark;
}
