// Small comforts. Every page works without this file.
"use strict";

// When a fragment cannot be had, say so beside the button that asked for it.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    const status = event.target.querySelector(".form-status");
    if (status) status.textContent = document.body.dataset.failed;
  });
}
