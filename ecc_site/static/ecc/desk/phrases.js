// A slash at the start of a word opens the shop's phrases; what is typed on narrows them, Enter inserts one.
//
// With a Chinese input method the same key writes 、 or ／, which count as well. Nothing happens while it composes.
import { isComposing } from "../composing.js";

const OPENER = /(?:^|\s)([/／、][^\s/／、]{0,20})$/;
const phrases = JSON.parse(document.getElementById("phrases")?.textContent ?? "[]");
const MOST = 8;

let list = null; // the open list: its field, its element, and which of its lines is marked
let marked = 0;

export function suggestPhrases(field) {
  const typed = field.value.slice(0, field.selectionStart).match(OPENER)?.[1];
  const wanted = typed?.slice(1).toLowerCase();
  const found = typed ? phrases.filter((phrase) => phrase.toLowerCase().includes(wanted)).slice(0, MOST) : [];
  closePhrases();
  if (!found.length) return;
  list = document.createElement("ul");
  list.className = "phrases";
  list.setAttribute("role", "listbox");
  list.append(...found.map((phrase) => lineOf(field, phrase)));
  field.after(list);
  mark(0);
}

export function closePhrases() {
  list?.remove();
  list = null;
}

function lineOf(field, phrase) {
  const line = document.createElement("li");
  line.setAttribute("role", "option");
  line.textContent = phrase;
  line.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    insert(field, phrase);
  });
  return line;
}

function mark(place) {
  marked = (place + list.children.length) % list.children.length;
  [...list.children].forEach((line, i) => line.setAttribute("aria-selected", i === marked));
}

function insert(field, phrase) {
  const before = field.value.slice(0, field.selectionStart);
  const start = before.length - before.match(OPENER)[1].length;
  field.setRangeText(phrase, start, field.selectionStart, "end");
  closePhrases();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const KEYS = {
  ArrowDown: () => mark(marked + 1),
  ArrowUp: () => mark(marked - 1),
  Enter: (field) => insert(field, list.children[marked].textContent),
  Tab: (field) => insert(field, list.children[marked].textContent),
  Escape: closePhrases,
};

// Before the keys of the desk: while the list is open, its keys are its own.
document.addEventListener(
  "keydown",
  (event) => {
    const act = KEYS[event.key];
    if (!list || !act || isComposing(event) || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    act(event.target);
  },
  true,
);
