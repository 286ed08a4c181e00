// The list of a combobox, as WAI-ARIA describes it: the focus stays in the text, which names the selected option.

// Give the links that the server sent their roles.
export function asListbox(found, input) {
  found.id = input.getAttribute("aria-controls");
  const options = [...found.querySelectorAll("a")];
  if (!options.length) return found;
  found.setAttribute("role", "listbox");
  found.setAttribute("aria-label", input.getAttribute("aria-label"));
  for (const group of found.querySelectorAll("section")) group.setAttribute("role", "group");
  for (const plain of found.querySelectorAll("h2, ul, li")) plain.setAttribute("role", "presentation");
  for (const [place, option] of options.entries()) {
    option.id = `${found.id}-${place}`;
    option.setAttribute("role", "option");
    option.tabIndex = -1;
  }
  return found;
}

// A group like those of the server; its options act when they are clicked.
export function groupOf(name, acts) {
  const [group, heading, list] = ["section", "h2", "ul"].map((tag) => document.createElement(tag));
  group.setAttribute("aria-label", name);
  heading.className = "small muted";
  heading.textContent = name;
  for (const { label, key, act } of acts) {
    const [row, option, keycap] = ["li", "a", "kbd"].map((tag) => document.createElement(tag));
    keycap.textContent = key;
    option.append(label, " ", keycap);
    option.addEventListener("click", act);
    row.append(option);
    list.append(row);
  }
  group.append(heading, list);
  return group;
}

export const optionsOf = (results) => [...results.querySelectorAll("[role=option]")];
export const selectedOf = (results) => results.querySelector("[aria-selected=true]");

export function select(input, results, option) {
  for (const other of optionsOf(results)) other.setAttribute("aria-selected", other === option);
  if (!option) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}
