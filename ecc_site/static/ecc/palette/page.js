// The palette: Ctrl-K finds rounds, datasets, pages and actions by their names, on every page.
import { elementOf, followToSignIn } from "../answers.js";
import { isComposing } from "../composing.js";
import { actsHere } from "./here.js";
import { asListbox, groupOf, optionsOf, select, selectedOf } from "./listbox.js";

const palette = document.getElementById("palette");
const form = palette.querySelector("form");
const input = form.elements.q;
const results = palette.querySelector("[data-results]");
let asked = Promise.resolve(); // settled when what is typed has its answer
let request = new AbortController();
let chosen = ""; // address of the option that arrows led to since something was typed

function open() {
  input.value = "";
  palette.showModal();
  input.focus();
  ask();
}

const toggle = () => (palette.open ? palette.close() : open());

// --- what is found

function ask() {
  chosen = "";
  request.abort();
  request = new AbortController();
  asked = load(input.value, request.signal);
}

async function load(query, signal) {
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  try {
    const response = await fetch(`${form.action}?${new URLSearchParams({ q: query })}`, { headers, signal });
    if (!response.ok) throw new Error(response.status);
    const found = elementOf(await (await followToSignIn(response)).text());
    if (!signal.aborted) show(found, query);
  } catch {
    if (!signal.aborted) show(null, query);
  }
}

// `found` is null where the server did not answer.
function show(found, query) {
  palette.querySelector("[data-trouble]").hidden = Boolean(found);
  const acts = actsHere(query);
  if (found && acts.length) {
    found.querySelector("p")?.remove(); // that nothing was found
    found.prepend(groupOf(results.dataset.here, acts));
  }
  results.replaceChildren(...(found ? [asListbox(found, input)] : []));
  const options = optionsOf(results);
  input.setAttribute("aria-expanded", options.length > 0);
  palette.querySelector("[role=status]").textContent = found ? `${results.dataset.said} ${options.length}` : "";
  select(input, results, options.find((option) => option.href === chosen) ?? options[0]);
}

// --- choosing

async function choose() {
  for (let answered; answered !== asked; await answered) answered = asked; // what was typed meanwhile counts
  if (palette.open) selectedOf(results)?.click();
}

function move(step) {
  const options = optionsOf(results);
  const at = options.indexOf(selectedOf(results));
  select(input, results, options.at((at + step) % options.length));
  chosen = selectedOf(results)?.href ?? "";
}

const KEYS = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: choose };

// Before anything else on the page: a key is for the palette or for what is behind it, never for both.
window.addEventListener(
  "keydown",
  (event) => {
    const opens = event.key?.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!palette.open && !opens) return;
    event.stopPropagation();
    const act = opens ? toggle : event.target === input && KEYS[event.key];
    if (!act || isComposing(event)) return;
    event.preventDefault();
    if (!opens || !event.repeat) act();
  },
  true,
);
input.addEventListener("input", (event) => event.isComposing || ask());
input.addEventListener("compositionend", ask);
form.addEventListener("submit", (event) => event.preventDefault()); // Enter chooses
palette.addEventListener("cancel", (event) => isComposing(event) && event.preventDefault());
palette.addEventListener("mousedown", (event) => event.target === input || event.preventDefault()); // the text keeps the focus
palette.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  const stays = option && (event.ctrlKey || event.metaKey); // it opens a tab of its own
  if ((option && !stays) || event.target === palette || event.target.closest("[data-close]")) palette.close();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-find]") || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open();
});
if (/Mac|iP(hone|ad)/.test(navigator.platform)) document.querySelector("[data-find] kbd").textContent = "⌘ K";
