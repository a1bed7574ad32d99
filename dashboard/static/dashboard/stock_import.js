// Shows how far an import is while its answer is on the way. Without this the browser just waits.
(() => {
  const line = document.getElementById("import-progress");
  if (!line) return;
  const bar = line.querySelector("progress");
  const text = line.querySelector("span");

  const ask = async () => {
    const answer = await fetch(line.dataset.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { done, total } = await answer.json();
    if (!total) return;
    bar.max = total;
    bar.value = done;
    text.textContent = `${done} of ${total} lines read`;
  };

  for (const form of document.querySelectorAll('form[enctype], form[action$="process_import/"]')) {
    form.addEventListener("submit", () => {
      line.hidden = false;
      setInterval(() => ask().catch(() => {}), 400);
    });
  }
})();
