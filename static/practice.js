// Counts the time, keeps the progress in this browser, and lets weak classes come again sooner.
// Each class has a box from 0 to 5: a right answer moves it up, a wrong one back to 0; it is due
// again after 2^box rounds.
const KEY = "highwater.practice";
const form = document.querySelector("#drill");
const begun = performance.now();

function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (kept && typeof kept.round === "number" && typeof kept.classes === "object") return kept;
  } catch {
    // What is kept cannot be read: begin anew.
  }
  return { round: 0, right: 0, classes: {} };
}

const kept = load();
const answered = form.dataset.class;

if (answered) {
  const right = form.dataset.right === "true";
  const seed = form.dataset.seed;
  if (kept.last !== seed) {
    kept.last = seed;
    kept.round += 1;
    kept.right += right ? 1 : 0;
    const box = right ? Math.min(5, (kept.classes[answered]?.box ?? 0) + 1) : 0;
    kept.classes[answered] = { box, due: kept.round + 2 ** box };
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Full or switched off: practice goes on without a memory.
    }
  }
  const due = Object.entries(kept.classes)
    .filter(([, one]) => one.box < 3 && one.due <= kept.round)
    .sort(([, a], [, b]) => a.due - b.due);
  const next = document.querySelector("#next");
  if (due.length > 0) next.href = `${form.dataset.next}&class=${due[0][0]}`;
  next.focus();
} else {
  form.addEventListener("submit", () => {
    form.elements.took.value = Math.round(performance.now() - begun);
  });
}

const weak = Object.entries(kept.classes).filter(([, one]) => one.box === 0).map(([code]) => code);
if (kept.round > 0) {
  const text = `${kept.right} of ${kept.round} right in this browser.`;
  document.querySelector("#progress").textContent =
    weak.length > 0 ? `${text} Weak: ${weak.join(", ")}.` : text;
}
