// One key gives the verdict. Off while somebody types, also with an input method, and while a dialog is open.
import { isComposing } from "../composing.js";

export const openDialog = () => document.querySelector("dialog[open], [popover]:popover-open");
const isText = (element) => Boolean(element?.matches?.("textarea, select, input:not([type=checkbox])"));

// `act(key)` is called for a key that means something now; it returns whether there was anything to do.
export function listen({ shown, act, leave, save }) {
  const press = (event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") return leave(document.activeElement);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && isText(event.target)) {
      if (!event.target.closest(".item")) return;
      event.preventDefault();
      return save();
    }
    // A browser presses the first button for it: the left answer as the better one, or a reason that nobody has chosen.
    if (event.key === "Enter" && event.target.matches?.(".item input, #skip input")) return event.preventDefault();
    if (isText(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (openDialog()) return actInDialog(event);
    if (act(event.key.toLowerCase())) event.preventDefault();
  };
  takeOver(press, shown);
}

// A dialog offers its own keys, printed on its buttons.
function actInDialog(event) {
  const button = [...openDialog().querySelectorAll("button")].find(
    (candidate) => candidate.querySelector("kbd")?.textContent.toLowerCase() === event.key.toLowerCase(),
  );
  if (!button) return;
  event.preventDefault();
  button.click();
}

// From here on keys act at once. Those of early_keys.js act now, on the item that was shown when they were pressed.
function takeOver(press, shown) {
  document.removeEventListener("keydown", window.rememberKey);
  document.addEventListener("keydown", press);
  for (const { event, item } of window.earlyKeys.splice(0)) {
    if (item !== shown()?.dataset.item) continue;
    if (!typeInto(document.activeElement, event)) press(event);
  }
}

// What follows an early E or N was meant for the field that this key has opened only now.
function typeInto(field, event) {
  if (event.key.length !== 1 || !field.matches(".item textarea")) return false;
  field.setRangeText(event.key, field.value.length, field.value.length, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}
