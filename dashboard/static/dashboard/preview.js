// A preview opens in a tab of its own. Unfold takes any submit for the end of the work and would
// no longer warn of unsaved changes: it does not hear of this one.
"use strict";

document.addEventListener(
  "submit",
  (event) => {
    if (event.submitter?.formTarget === "_blank") event.stopPropagation();
  },
  { capture: true },
);
