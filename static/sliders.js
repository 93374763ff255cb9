// Draws the picture again while a slider moves; without a script the form does it.
const form = document.querySelector(".sliders");
let timer = 0;
let asking = null;

async function draw() {
  asking?.abort();
  asking = new AbortController();
  const address = `${location.pathname}?${new URLSearchParams(new FormData(form))}`;
  try {
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("#figure").replaceWith(page.querySelector("#figure"));
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name !== "AbortError") console.warn("the server does not answer", error);
  }
}

form?.addEventListener("input", (event) => {
  const shown = event.target.parentElement.querySelector("output");
  if (shown) shown.textContent = event.target.value;
  clearTimeout(timer);
  timer = setTimeout(draw, 120);
});
