// Runs before the page is painted: a key that is pressed before the desk listens waits here, with the item it is meant for.
"use strict";
window.earlyKeys = [];

window.rememberKey = (event) => {
  window.earlyKeys.push({ event, item: document.querySelector(".item:not([hidden])")?.dataset.item });
};

document.addEventListener("keydown", window.rememberKey);
