// Draws the size chart at true scale once the visitor has matched the outline of a bank card.
// The setting lives in the slider alone: nothing is stored, nothing is sent.
"use strict";

const chart = document.querySelector("[data-true-scale]");
const slider = chart.querySelector("input[type=range]");

function draw() {
  const pixelsPerMillimetre = Number(slider.value);
  for (const drawing of chart.querySelectorAll("svg[data-mm]")) {
    const { width, height } = drawing.viewBox.baseVal;
    drawing.setAttribute("width", String(width * pixelsPerMillimetre));
    drawing.setAttribute("height", String(height * pixelsPerMillimetre));
  }
  slider.setAttribute("aria-valuetext", `${pixelsPerMillimetre.toFixed(2)} ${slider.dataset.unit}`);
}

for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
document.querySelector("[data-without-script]").hidden = true;
slider.addEventListener("input", draw);
document.querySelector("[data-print]").addEventListener("click", () => window.print());
draw();
