// Runs before the page is painted: a key that is pressed before the desk listens waits here, with the item it is meant for.
"use strict";
const earlyKeys = [];

function rememberKey(event) {
  earlyKeys.push({ event, item: document.getElementById("desk")?.dataset.item });
}

document.addEventListener("keydown", rememberKey);
