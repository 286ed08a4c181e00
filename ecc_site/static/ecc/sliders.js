// Sliders say their value; a chart whose line can be dragged moves the slider that it names.
"use strict";

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-sliders] input[type=range]")) return;
  if (event.isTrusted) event.target.value = Number(event.target.value).toFixed(2); // one that is not moved keeps all digits
  tellValue(event.target);
});

document.addEventListener("reset", (event) => {
  if (event.target.matches("[data-sliders]")) setTimeout(() => moved(event.target.querySelectorAll("input[type=range]")));
});

document.addEventListener("line-dragged", (event) => {
  const slider = document.querySelector(`[data-sliders] input[name="${event.target.dataset.drags}"]`);
  slider.value = event.detail;
  moved([slider]);
});

function tellValue(slider) {
  slider.closest(".slider").querySelector("output").textContent = Number(slider.value).toFixed(2);
}

function moved(sliders) {
  for (const slider of sliders) tellValue(slider);
  sliders[0].dispatchEvent(new Event("input", { bubbles: true }));
}
