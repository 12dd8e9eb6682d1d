// The Lesson view's side: shows what it is sent and says what was pressed. What is true it is told.
const vscode = acquireVsCodeApi();
const page = document.getElementById("page");
const news = document.getElementById("news");

page.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-do]");
  if (button === null) return;
  vscode.postMessage({ do: button.dataset.do, index: Number(button.dataset.index ?? -1) });
});

page.addEventListener("submit", (event) => {
  event.preventDefault();
  const answer = new FormData(event.target).get("answer");
  vscode.postMessage({ do: "answer", value: typeof answer === "string" ? answer : "" });
});

window.addEventListener("message", ({ data }) => {
  const focused = document.activeElement;
  const name = focused?.getAttribute("data-do") ?? focused?.getAttribute("name");
  const isInside = page.contains(focused);
  page.innerHTML = data.html;
  page.setAttribute("aria-busy", String(data.isBusy));
  document.body.classList.toggle("presenting", data.isPresenting);
  if (data.news !== "") news.textContent = data.news;
  if (data.isNew) window.scrollTo(0, 0);
  if (!isInside) return;
  const same = name && page.querySelector(`[data-do="${name}"]:not(:disabled), [name="${name}"]`);
  (data.isNew ? page.querySelector("#title") : (same ?? page.querySelector("#title")))?.focus();
});

vscode.postMessage({ do: "ready" });
