// Plans that the visitor's own browser keeps, in an app: for this tab, and for the next that is opened.
const MOST_ASIDE = 9, THIS_TAB = "fwsim tab";

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
  keep({ key, text, aside }) {
    if (!key) return;
    try {
      const there = localStorage.getItem(key), own = JSON.stringify({ ...JSON.parse(text), tab: thisTab() }, null, 1);
      if (aside && this.found) {
        this.putAside(key, this.found, false);
        this.found = null;
      }
      if (there !== null && there !== this.known && !isSame(there, own)) this.putAside(key, there, true);
      for (const storage of [localStorage, sessionStorage]) storage.setItem(key, own);
      this.known = own;
    } catch { /* a browser may keep nothing; what cannot be put aside is not overwritten */ }
  }
  /** Under a name that is free, or where older plans of the same tab lie. */
  putAside(key, text, isOfAnother) {
    const tab = isOfAnother ? tabOf(text) : null, place = (number) => `${key} (old ${number})`;
    const isTaken = (there) => there !== null && there !== text && !(tab && tabOf(there) === tab);
    let number = 1;
    while (number < MOST_ASIDE && isTaken(localStorage.getItem(place(number)))) number += 1;
    localStorage.setItem(place(number), text);
    this.desk.send({ do: "put_aside", name: place(number), of_another: isOfAnother });
  }
}

function thisTab() {
  const known = sessionStorage.getItem(THIS_TAB);
  if (known) return known;
  const made = Math.random().toString(36).slice(2);
  sessionStorage.setItem(THIS_TAB, made);
  return made;
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
