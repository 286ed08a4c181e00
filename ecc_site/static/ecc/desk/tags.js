// Intents and topics of a question: a key confirms what was suggested, a menu chooses another. No verdict waits for it.
//
// A choice is kept in this browser until the server has it; it says what the tag is, so sending it twice changes nothing.
import { isComposing } from "../composing.js";
import { post } from "./outbox.js";
import { hint, word } from "./words.js";

const FINAL = [400, 404, 422]; // refused for good; after anything else it is sent again
const menu = document.getElementById("tag-menu"); // null where the shop has no tags
const account = document.getElementById("desk").dataset.account;
const place = `tags-${account}`;
const unsent = () => JSON.parse(localStorage.getItem(place) || "{}"); // address and kind: {tag, name}
const keep = (choices) => localStorage.setItem(place, JSON.stringify(choices));
const placeOf = (item) => item.querySelector("[data-turn-tags]");
const keyOf = (item, kind) => `${placeOf(item).dataset.address} ${kind}`;
let sending = null;

export const TAG_ACTS = {
  "[data-accept]": (chip, item) => choose(item, chip.dataset.kind, chip.dataset.tag, chip.dataset.name),
  "[data-open-tags]": () => {
    filter(menu.querySelector("[data-filter]"), "");
    menu.showModal();
  },
  "[data-choose]": ({ dataset: { kind, choose: tag, name } }, item) => {
    menu.close();
    choose(item, kind, tag, name);
  },
};

// What was chosen here and has not arrived yet stands above what the server said.
export function showTags(item) {
  placeOf(item).querySelector("[data-open-tags]").hidden = !menu;
  const waiting = unsent();
  for (const kind of new Set([...(menu?.querySelectorAll("[data-kind]") ?? [])].map((button) => button.dataset.kind))) {
    const choice = waiting[keyOf(item, kind)];
    if (choice) paintChip(item, kind, choice);
  }
}

function choose(item, kind, tag, name) {
  if (!item) return;
  keep({ ...unsent(), [keyOf(item, kind)]: { tag, name } });
  paintChip(item, kind, { tag, name });
  sendTags();
}

function paintChip(item, kind, { tag, name }) {
  const tags = placeOf(item);
  tags.querySelector(`[data-accept][data-kind="${kind}"]`)?.remove();
  if (!tag) return;
  const chip = document.createElement("button");
  chip.type = "button";
  chip.className = "chip";
  chip.textContent = name;
  chip.setAttribute("aria-pressed", "true");
  Object.assign(chip.dataset, { accept: "", kind, tag, name });
  tags.prepend(chip);
}

// Resolves when nothing more can be done now; what is left is sent with the next choice or verdict.
export function sendTags() {
  sending ??= sendAll().finally(() => (sending = null));
  return sending;
}

async function sendAll() {
  for (let entry; (entry = Object.entries(unsent())[0]); ) {
    const [key, { tag }] = entry;
    const [address, kind] = key.split(" ");
    try {
      const response = await post(address, new URLSearchParams({ account, kind, tag }));
      if (!response.ok) await tell(response);
      if (!response.ok && !FINAL.includes(response.status)) return;
    } catch (problem) {
      if (!(problem instanceof TypeError)) throw problem;
      return; // no connection
    }
    forget(key, tag);
  }
}

async function tell(response) {
  const answer = await response.json().catch(() => ({}));
  hint(answer.message ?? word("tag"));
}

// Unless another one was chosen meanwhile.
function forget(key, tag) {
  const choices = unsent();
  if (choices[key]?.tag === tag) delete choices[key];
  keep(choices);
}

function filter(field, text) {
  field.value = text;
  const wanted = text.trim().toLowerCase();
  for (const row of menu.querySelectorAll("li")) row.hidden = !row.textContent.toLowerCase().includes(wanted);
}

menu?.addEventListener("input", (event) => filter(event.target, event.target.value));
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-filter]") || isComposing(event)) return;
  event.preventDefault();
  menu.querySelector("li:not([hidden]) button")?.click();
});
