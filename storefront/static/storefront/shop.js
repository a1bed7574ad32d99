// Small comforts. Every page works without this file.
"use strict";

// When a fragment cannot be had, say so beside the button that asked for it.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    const status = event.target.querySelector(".form-status");
    if (status) status.textContent = document.body.dataset.failed;
  });
}

// Enter in a form with a search of its own presses its first button, which searches. In all other
// fields it means the main one.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form[data-enter]");
  if (event.key !== "Enter" || event.isComposing || !form) return;
  if (!event.target.matches(`input:not([name="postcode"])`)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[data-main]"));
});

// htmx notes the address of the page in the tab's storage; it works without, so nothing is kept.
const forget = () => {
  try {
    sessionStorage.removeItem("htmx-current-path-for-history");
  } catch {
    // The browser keeps nothing, so neither does htmx.
  }
};
forget();
for (const name of ["htmx:pushedIntoHistory", "htmx:replacedInHistory", "htmx:historyRestore"]) {
  document.addEventListener(name, forget);
}
