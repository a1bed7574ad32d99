// What somebody writes on the plan's page: one text in this browser's storage, and nowhere else.
// Whatever comes from outside, from the storage or a file, is read field by field.

const KEY = "plan";
const MAX_TEXT = 2000; // characters
const MAX_ENTRIES = 2000; // of the diary

export const empty = () => ({
  version: 1,
  plan: { sizes: [], have: [], days: [], minutes: null, said: "", notes: "" },
  diary: [],
});

const text = (value, most = MAX_TEXT) => (typeof value === "string" ? value.slice(0, most) : "");
const whole = (value, least, most) => (Number.isInteger(value) && value >= least && value <= most ? value : null);
const wholes = (values, most) =>
  Array.isArray(values) ? [...new Set(values.map((value) => whole(value, 1, most)))].filter(Boolean) : [];

function entry(value) {
  const date = text(value?.date, 10);
  const comfort = whole(value?.comfort, 0, 10);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || comfort === null) return null;
  return {
    date,
    comfort,
    size: whole(value.size, 1, 99),
    minutes: whole(value.minutes, 0, 120),
    notes: text(value.notes, 1000),
  };
}

/** What a value holds that was saved by this page, or null if it is something else. */
export function readPlan(value) {
  if (value?.version !== 1 || typeof value.plan !== "object" || !Array.isArray(value.diary)) return null;
  const { plan } = value;
  return {
    version: 1,
    plan: {
      sizes: wholes(plan?.sizes, 99),
      have: wholes(plan?.have, 99),
      days: wholes(plan?.days, 7),
      minutes: whole(plan?.minutes, 1, 60),
      said: text(plan?.said),
      notes: text(plan?.notes),
    },
    diary: value.diary.slice(0, MAX_ENTRIES).map(entry).filter(Boolean),
  };
}

export function parse(json) {
  try {
    return readPlan(JSON.parse(json));
  } catch {
    return null;
  }
}

export function load() {
  try {
    return parse(localStorage.getItem(KEY) ?? "") ?? empty();
  } catch {
    return empty();
  }
}

/** Keep it; false where the browser keeps nothing. Nothing written leaves nothing behind. */
export function keep(data) {
  try {
    if (JSON.stringify(data) === JSON.stringify(empty())) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(data));
    return true;
  } catch {
    return false;
  }
}

export function erase() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // The browser keeps nothing, so there is nothing to delete.
  }
}

/** Call `changed` when another tab writes or deletes the plan. */
export function onOtherTab(changed) {
  window.addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) changed();
  });
}
