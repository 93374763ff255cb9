// The page of a review: looks again when something changed, and knows the keyboard. Everything
// here is also possible without it: by reloading, and by the forms.
const review = document.querySelector("#review");
const news = document.querySelector("#news");
const begun = Date.now();
let asking = null;
let later = 0;
// The parts of the page as the server wrote them, by name.
const known = new Map();

// Whether somebody is writing in a part: what they wrote is not taken from them.
function isBeingWrittenIn(part) {
  return [...part.querySelectorAll("textarea:not([readonly])")].some((box) => box.value !== box.defaultValue);
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const at = focused && [...old.querySelectorAll("*")].indexOf(focused);
  const open = [...old.querySelectorAll("details")].map((one) => one.open);
  old.replaceWith(fresh);
  const folded = fresh.querySelectorAll("details");
  if (folded.length === open.length) folded.forEach((one, number) => (one.open = open[number]));
  if (focused === old) fresh.focus({ preventScroll: true });
  else if (focused) {
    const same = focused.id ? document.getElementById(focused.id) : fresh.querySelectorAll("*")[at];
    (same ?? fresh).focus({ preventScroll: true });
  }
}

// Asks for the page and takes over the parts of it that are different.
async function look() {
  clearTimeout(later);
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(location.pathname, { signal: asking.signal });
    if (!answer.ok && answer.status !== 404) {
      soon();
      return;
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.status === 404) {
      gone(page);
      return;
    }
    let changed = 0;
    for (const old of review.querySelectorAll("[data-part]")) {
      const fresh = page.querySelector(`[data-part="${old.dataset.part}"]`);
      if (!fresh || fresh.outerHTML === known.get(old.dataset.part) || isBeingWrittenIn(old)) continue;
      known.set(old.dataset.part, fresh.outerHTML);
      replace(old, fresh);
      changed += 1;
    }
    if (changed > 0) tell("The page is up to date.");
    ready();
  } catch (error) {
    if (error.name !== "AbortError") soon();
  }
}

// The page is not there for whoever asks now. Who only has to sign in again keeps what they wrote;
// who may not look any more sees nothing of it.
function gone(page) {
  const way = page.querySelector('a[href^="/auth/github"]');
  if (way) signedOut(way.getAttribute("href"));
  else {
    news.classList.remove("hidden");
    review.replaceChildren(news);
    tell("This page is not there for you any more.");
  }
}

function signedOut(address) {
  const link = document.createElement("a");
  Object.assign(link, { href: address, target: "_blank", rel: "noopener", textContent: "Sign in with GitHub in a new tab" });
  news.classList.remove("hidden");
  news.replaceChildren("You are signed out. What you wrote stays here. ", link, ", then come back and mark again.");
  news.scrollIntoView({ block: "nearest" });
}

// A server that is busy, or begins anew, is asked again.
function soon() {
  tell("The server does not answer now; this page asks again.");
  clearTimeout(later);
  later = setTimeout(look, 1500 + Math.random() * 1000);
}

function tell(words) {
  news.textContent = words;
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form));
  body.set(button.name, button.value);
  // The same mark twice is the mark once, so a busy server is asked again.
  let taken = false;
  for (let tries = 0; tries < 4 && !taken; tries += 1) {
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
    taken = answer?.ok ?? false;
    if (answer?.status === 401) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      signedOut(page.querySelector('a[href^="/auth/github"]').getAttribute("href"));
      return;
    }
    if (!taken && answer && answer.status !== 503) break;
    if (!taken) await new Promise((go) => setTimeout(go, 1000));
  }
  if (!taken) {
    tell("That was not taken; reload the page and try again.");
    return;
  }
  for (const box of form.querySelectorAll("textarea")) box.defaultValue = box.value;
  await look();
}

review.addEventListener("submit", (event) => {
  const form = event.target.closest(".mark-form");
  if (!form || !event.submitter) return;
  event.preventDefault();
  send(form, event.submitter);
});

const items = () => [...review.querySelectorAll(".item")];
const here = () => document.activeElement?.closest?.(".item");

function go(step) {
  const all = items();
  const at = all.indexOf(here());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: "start" });
}

const marks = { o: "ok", c: "concern", n: "not-applicable", u: "open" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isWriting = event.target.matches("textarea, input, select");
  if (event.key === "Escape" && isWriting) here()?.focus();
  if (isWriting) return;
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "f") {
    const finish = document.querySelector("#finish");
    finish?.focus();
    finish?.scrollIntoView({ block: "start" });
  } else if (event.key === "e" && here()) {
    event.preventDefault();
    here().querySelector("textarea")?.focus();
  } else if (marks[event.key] && here()) {
    here().querySelector(`button[value="${marks[event.key]}"]`)?.click();
  }
});

// What is put into the page anew has its buttons again.
function ready() {
  const copy = document.querySelector("#copy");
  if (!copy || !navigator.clipboard) return;
  copy.hidden = false;
  copy.onclick = async () => {
    await navigator.clipboard.writeText(document.querySelector("#markdown").value);
    tell("Copied.");
  };
}

// Five minutes are enough for a checklist; nothing happens when they are over.
function tick() {
  const timer = document.querySelector("#timer");
  if (!timer) return;
  const seconds = Math.floor((Date.now() - begun) / 1000);
  timer.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} of 5:00`;
}

for (const part of review.querySelectorAll("[data-part]")) known.set(part.dataset.part, part.outerHTML);
ready();
tick();
setInterval(tick, 1000);
let opened = 0;
const events = new EventSource(review.dataset.events);
events.addEventListener("changed", look);
// What is refused is not asked for again by itself: the page may not be there any more.
events.addEventListener("error", () => {
  if (events.readyState === EventSource.CLOSED) look();
});
// What changed while nobody listened is seen when the stream is open again.
events.addEventListener("open", () => {
  if (opened++ > 0) look();
});
