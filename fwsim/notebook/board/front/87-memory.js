// Plans that the visitor's own browser keeps, in an app: for this tab, and for the next that is opened.
const THIS_TAB = "fwsim tab";
const asideName = (key, number) => `${key} (old ${number})`;
/** The names under which plans were put aside, in their order. */
function asideNames(key) {
  const number = (name) => Number(name.slice(`${key} (old `.length, -1));
  return Object.keys(localStorage).filter((name) => name === asideName(key, number(name))).sort((a, b) => number(a) - number(b));
}

class Memory {
  constructor(desk) {
    this.desk = desk;
    const { key } = desk.model.get("kept");
    const read = (storage) => { try { return key ? storage().getItem(key) : null; } catch { return null; } };
    this.found = read(() => sessionStorage) ?? read(() => localStorage); // a tab goes on with its own
    this.known = this.found; // what the browser keeps, as far as this tab knows
  }
  /** Tell what was found. */
  tell() {
    if (this.found) this.desk.send({ do: "stored", text: this.found });
  }
  /** Keep plans; what is there and could not be read whole, or is of another tab, is put aside first. */
  keep({ key, text, aside, was, reads }) {
    if (!key) return;
    try {
      for (const name of was === reads ? [] : asideNames(key)) if (localStorage.getItem(name) === was) localStorage.setItem(name, reads);
      this.tab ??= thisTab();
      const there = localStorage.getItem(key), own = JSON.stringify({ ...JSON.parse(text), tab: this.tab }, null, 1);
      if (aside && this.found) {
        this.putAside(key, this.found, false);
        this.found = null;
      }
      if (there !== null && there !== this.known && !isSame(there, own)) {
        this.putAside(key, there, true);
        this.known = there; // once, even if nothing more is kept
      }
      localStorage.setItem(key, own);
      this.known = own;
      this.isRefused = false;
      try { sessionStorage.setItem(key, own); } catch { /* after a reload, what was kept last is taken */ }
    } catch { // a browser may keep nothing; what cannot be put aside is not overwritten
      if (!this.isRefused) this.desk.send({ do: "not_kept" });
      this.isRefused = true;
    }
  }
  /** What is put aside and holds plans that are not here, or none that can be read: its name, its text, the names of those plans. */
  aside() {
    const { key, text } = this.desk.model.get("kept");
    if (!key) return [];
    const plain = ({ name, ...state }) => JSON.stringify(state);
    try {
      const here = new Set(JSON.parse(text).plans.map(plain));
      return asideNames(key).flatMap((name) => {
        const there = localStorage.getItem(name), all = plansOf(there), plans = all.filter((plan) => !here.has(plain(plan)));
        return plans.length || !all.length ? { name, text: there, names: plans.map((plan) => String(plan.name)) } : [];
      });
    } catch { return []; }
  }
  /** Under a name that is free, or where older plans of the same tab lie. */
  putAside(key, text, isOfAnother) {
    const tab = isOfAnother ? tabOf(text) : null, place = (number) => asideName(key, number);
    const isTaken = (there) => there !== null && there !== text && !(tab && tabOf(there) === tab);
    let number = 1;
    while (isTaken(localStorage.getItem(place(number)))) number += 1;
    localStorage.setItem(place(number), text);
    this.desk.send({ do: "put_aside", name: place(number), of_another: isOfAnother });
  }
}

function thisTab() {
  const made = Math.random().toString(36).slice(2);
  try {
    const known = sessionStorage.getItem(THIS_TAB);
    if (known) return known;
    sessionStorage.setItem(THIS_TAB, made);
  } catch { /* it is known until the page is left */ }
  return made;
}

/** The plans of a text that was kept; none if it holds none. */
function plansOf(text) {
  try { return JSON.parse(text)?.plans?.filter((plan) => plan?.name) ?? []; } catch { return []; }
}

/** Which tab wrote plans; nothing if that is not told. */
function tabOf(text) {
  try { return JSON.parse(text)?.tab ?? null; } catch { return null; }
}

/** Whether two texts hold the same plans, whoever wrote them. */
function isSame(one, other) {
  const plain = (text) => JSON.stringify({ ...JSON.parse(text), tab: null, current: null });
  try { return plain(one) === plain(other); } catch { return false; }
}
