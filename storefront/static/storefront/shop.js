// Small comforts. Every page works without this file.
"use strict";

// When a fragment cannot be had, say so beside the button that asked for it.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    const said = event.target.querySelector(".said");
    if (said) said.textContent = document.body.dataset.failed;
  });
}
