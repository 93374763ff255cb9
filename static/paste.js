// The box: answers while somebody types, takes dropped files, and knows the keyboard. Everything
// here is also possible without it, by the form.
const form = document.querySelector("#paste");
const box = form.elements.text;
const result = document.querySelector("#result");
const QUIET = 350; // ms without a key before the server is asked
let timer = 0;
let asking = null;

async function ask() {
  asking?.abort();
  asking = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch("/fragment", { method: "POST", body, signal: asking.signal });
    if (!answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [title, detail] = page.querySelectorAll("main h1, main h1 + p");
      say(`${title?.textContent ?? "That did not work"}. ${detail?.textContent ?? ""}`);
      const wait = Number(answer.headers.get("Retry-After"));
      if (wait > 0) timer = setTimeout(ask, wait * 1000 + Math.random() * 500);
      return;
    }
    result.innerHTML = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") say("The server does not answer. Press Check to try again.");
  }
}

// What is said instead of a result.
function say(text) {
  const hint = document.createElement("p");
  hint.className = "hint";
  hint.textContent = text;
  result.replaceChildren(hint);
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(ask, QUIET);
}

box.addEventListener("input", soon);
for (const name of ["kind", "language", "least"]) form.elements[name].addEventListener("change", soon);

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

async function take(file) {
  if (!file) return;
  box.value = await file.text();
  soon();
}

const chooser = document.querySelector("#file");
chooser.closest("label").hidden = false;
chooser.addEventListener("change", () => take(chooser.files[0]));
form.addEventListener("dragover", (event) => {
  event.preventDefault();
  form.classList.add("dropping");
});
form.addEventListener("dragleave", () => form.classList.remove("dropping"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("dropping");
  take(event.dataTransfer.files[0]);
});

// Copying needs a script; without one the Markdown can be selected.
result.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const markdown = result.querySelector("#markdown");
  try {
    await navigator.clipboard.writeText(markdown.value);
    button.textContent = "Copied";
  } catch {
    // Browsers copy only where nobody on the way can read along: it is selected instead.
    markdown.closest("details").open = true;
    markdown.select();
  }
});
function addCopy() {
  const actions = result.querySelector(".take .actions");
  if (!actions || result.querySelector("[data-copy]")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.copy = "";
  button.textContent = "Copy as Markdown";
  actions.append(button);
}
new MutationObserver(addCopy).observe(result, { childList: true });
addCopy();
if (box.value.trim() && !result.querySelector(".result")) ask();
