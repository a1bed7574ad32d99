// What the size finder concludes. Pure: takes answers, gives a conclusion, touches nothing.
//
// Facts: the clinic leaflets named in the guides. Start with the smallest size, never force, move up
// when a size goes in easily and without pain; some situations need advice first.

/** The question to ask next, or null when there is enough for a conclusion. */
export function nextQuestion(answers) {
  if (!answers.health) return "health";
  if (answers.health !== "none") return null;
  if (!answers.named) return "named";
  if (answers.named === "yes") {
    if (!answers.namedSize) return "namedSize";
  } else {
    if (!answers.now) return "now";
    if (answers.now === "unsure") return null;
    if (answers.now === "dilator" && !answers.nowSize) return "nowSize";
    if (answers.now === "measured" && !answers.nowWidth) return "nowWidth";
  }
  return answers.want ? null : "want";
}

/**
 * The conclusion from complete answers: { kind, size, want, reasons }.
 *
 * kind is "clinician", "unsure" or "suggestion"; size is a number of the chart; want is "set" or
 * "single"; reasons are keys of the sentences that explain it. widths is the chart: a list of
 * { number, mm }, smallest first.
 */
export function conclude(answers, widths) {
  if (answers.health === "some") return advice("clinician");
  if (answers.health !== "none") return advice("unsure");
  if (answers.named === "yes") {
    return suggestion(Number(answers.namedSize), answers, ["named"]);
  }
  switch (answers.now) {
    case "nothing":
      return suggestion(widths[0].number, answers, ["smallest", "slowly"]);
    case "small":
      return suggestion(widths[0].number, answers, ["small", "slowly"]);
    case "dilator":
      return known(Number(answers.nowSize), answers, widths);
    case "measured":
      return measured(Number(answers.nowWidth), answers, widths);
    default: // they said before that nothing speaks against it
      return { ...advice("unsure"), reasons: ["browse"] };
  }
}

function advice(kind) {
  return { kind, size: null, want: null, reasons: [] };
}

function suggestion(size, answers, reasons) {
  const want = answers.want === "single" ? "single" : "set";
  return { kind: "suggestion", size, want, reasons };
}

// The size below the one that is used with ease: a session begins with the smaller one.
function known(number, answers, widths) {
  const place = widths.findIndex((size) => size.number === number);
  const smaller = widths[Math.max(place - 1, 0)].number;
  return suggestion(smaller, answers, [place === widths.length - 1 ? "largest" : "known"]);
}

// Always the smallest: what can be measured says how far a set may reach, not where to begin.
function measured(millimetres, answers, widths) {
  const reasons = millimetres < widths[0].mm ? ["narrower", "slowly"] : ["measured"];
  return suggestion(widths[0].number, answers, reasons);
}
