// A hand that reviews without a pause: which key an item gets follows from its id, so that it can be told afterwards
// whether each verdict has landed on its item. Kept over reloads: the items that had their key, and the times.
(() => {
  const KEYS = ["1", "2", "3", "0"];
  const read = (name) => JSON.parse(localStorage.getItem(name) || "[]");
  const note = (name, value) => localStorage.setItem(name, JSON.stringify([...read(name), value]));
  const shown = () => document.querySelector("#items > .item:not([hidden])");
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

  async function drive() {
    while (!window.stopped) {
      const item = shown();
      if (!item || !window.earlyKeys || window.earlyKeys.length) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        continue;
      }
      const id = Number(item.dataset.item);
      const began = performance.now();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: KEYS[id % 4], bubbles: true }));
      if (shown() === item) {
        await new Promise((resolve) => setTimeout(resolve, 10)); // the desk waits for the server
        continue;
      }
      note("driven-items", id);
      const next = shown();
      await painted();
      if (next) note("driven-times", performance.now() - began);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const ready = () => (document.getElementById("desk") ? drive() : undefined);
    setTimeout(ready, 300);
  });
})();
