// What the page itself offers by a key. A verdict is not among it: it is given with the answers in view.
const BUTTONS = "main :is(a, button):has(kbd):not([name=preference], dialog *)";

export function actsHere(query) {
  const words = query.toLowerCase().split(/\s+/);
  return [...document.querySelectorAll(BUTTONS)]
    .filter((button) => button.checkVisibility())
    .map((button) => ({ label: nameOf(button), key: button.querySelector("kbd").textContent, act: () => press(button) }))
    .filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}

function nameOf(button) {
  const texts = [...button.childNodes].filter((node) => node.nodeName !== "KBD");
  return button.getAttribute("aria-label") ?? texts.map((node) => node.textContent).join("").replace("▾", "").trim();
}

// When the palette has closed and given the focus back.
function press(button) {
  document.getElementById("palette").addEventListener("close", () => button.click(), { once: true });
}
