/** Controls that several pictures have. */

export interface Option {
  readonly value: string;
  readonly text: string;
}

/** Gives a `vscode-single-select` its options, anew only where they differ, and chooses one. */
export function setOptions(select: HTMLElement, options: readonly Option[], value: string): void {
  const wanted = JSON.stringify(options);
  if (select.dataset["options"] !== wanted) {
    select.dataset["options"] = wanted;
    select.replaceChildren(
      ...options.map((each) => {
        const option = document.createElement("vscode-option");
        option.setAttribute("value", each.value);
        option.textContent = each.text;
        return option;
      }),
    );
  }
  // The element reads its options a little later.
  requestAnimationFrame(() => {
    (select as HTMLElement & { value: string }).value = value;
  });
}

/** A button that is a line of a list. */
export function buttonRow(text: string, run: () => void): HTMLElement {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.className = "row";
  button.textContent = text;
  button.addEventListener("click", run);
  item.append(button);
  return item;
}
