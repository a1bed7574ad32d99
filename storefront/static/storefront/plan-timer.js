// A session's timer with a breathing pace. No sound unless it is asked for; where motion is unwanted
// the words alone change (pages.css).

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function softTone() {
  const audio = new AudioContext();
  const [tone, loudness] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = 396;
  loudness.gain.setValueAtTime(0.0001, audio.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.08, audio.currentTime + 0.4);
  loudness.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 2.5);
  tone.connect(loudness).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 2.6);
}

/** Run the timer in `part`; `ended` is called with the minutes that a session took. */
export function runTimer(part, ended) {
  const find = (name) => part.querySelector(`[data-${name}]`);
  const [start, left, breath, phase, minutes] = ["start", "left", "breath", "phase", "timer-minutes"].map(find);
  let gone = 0; // whole seconds of this session
  let ticking = null;

  const length = () => Math.min(60, Math.max(1, Math.round(Number(minutes.value)) || 1)) * 60;

  function breathe() {
    const [inward, outward] = find("pace").value.split(" ").map(Number);
    if (!inward) {
      phase.textContent = "";
      breath.classList.remove("breath-in");
      return;
    }
    const at = gone % (inward + outward);
    const isIn = at < inward;
    breath.style.transitionDuration = `${isIn ? inward : outward}s`;
    breath.classList.toggle("breath-in", isIn);
    phase.textContent = isIn ? phase.dataset.in : phase.dataset.out;
  }

  function draw() {
    left.textContent = clock(Math.max(0, length() - gone));
    start.textContent = ticking ? start.dataset.hold : gone ? start.dataset.again : start.dataset.first;
  }

  function stop() {
    clearInterval(ticking);
    ticking = null;
    breath.classList.remove("breath-in");
    phase.textContent = "";
  }

  function end(isOver) {
    stop();
    if (gone) ended(Math.max(1, Math.round(gone / 60)));
    gone = 0;
    find("timer-status").textContent = isOver ? find("timer-status").dataset.over : "";
    if (isOver && find("sound").checked) softTone();
    draw();
  }

  function tick() {
    gone += 1;
    if (gone >= length()) end(true);
    else {
      breathe();
      draw();
    }
  }

  start.addEventListener("click", () => {
    find("timer-status").textContent = "";
    if (ticking) stop();
    else {
      ticking = setInterval(tick, 1000);
      breathe();
    }
    draw();
  });
  find("end").addEventListener("click", () => end(false));
  minutes.addEventListener("input", draw);
  draw();

  return {
    suggest(planned) {
      if (planned && !ticking && !gone) minutes.value = planned;
      draw();
    },
  };
}
