// Prints the letter. Its fields are in the page alone: nothing is stored, nothing is sent.
"use strict";

const letter = document.querySelector(".letter");
const button = letter.querySelector("[data-print]");

// A field grows with its text, so that all of it is on the paper.
function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

for (const field of letter.querySelectorAll("textarea")) {
  field.addEventListener("input", () => grow(field));
}
button.hidden = false;
button.addEventListener("click", () => window.print());
// Whoever comes back by the browser's arrow finds an empty letter.
window.addEventListener("pagehide", () => letter.reset());
