"use strict";

// Paper shows what the screen folds away, but for raw tables and cards.
const shut = [];
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open], [data-raw])")) {
    details.open = true;
    shut.push(details);
  }
});
addEventListener("afterprint", () => {
  for (const details of shut.splice(0)) details.open = false;
});

// A link to what lies inside a fold opens it.
function reveal() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target?.scrollIntoView();
}
addEventListener("hashchange", reveal);
if (location.hash) reveal();

// What is wider than the screen scrolls, is a tab stop only then, and fades on the right where there is more.
for (const wide of document.querySelectorAll(".scroll")) {
  const mark = () => {
    const hidden = wide.scrollWidth - wide.clientWidth;
    wide.classList.toggle("more-right", hidden - wide.scrollLeft > 1);
    if (hidden > 1) wide.tabIndex = 0;
    else wide.removeAttribute("tabindex");
  };
  wide.addEventListener("scroll", mark, { passive: true });
  new ResizeObserver(mark).observe(wide);
}

// Tables: a click on a head sorts by that column, a second click turns the order round; the filter hides rows.
for (const table of document.querySelectorAll(".table-block table")) {
  const heads = [...table.querySelectorAll("thead th")];
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const key = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent;  // a text that is its own key has none
      const rows = [...table.tBodies[0].rows].sort((a, b) => compare(key(a), key(b), descending ? -1 : 1));
      table.tBodies[0].append(...rows);
    });
  });
  const block = table.closest(".table-block");
  const filter = block.querySelector("[data-filter]");
  filter?.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase();
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    block.querySelector("[data-nothing]").hidden = rows.some((row) => !row.hidden);
  });
}

// Missing values come last in either direction.
function compare(a, b, direction) {
  if (a === "" || b === "") return (a === "") - (b === "");
  const [x, y] = [a, b].map((key) => (/^-?inf$/.test(key) ? Number(key.replace("inf", "Infinity")) : Number(key)));
  if (Number.isNaN(x) || Number.isNaN(y)) return direction * a.localeCompare(b);
  return x === y ? 0 : direction * (x - y);
}

// Edit grid: two models and the truth side by side; under the pointer or the focus the source.
const grids = document.querySelector(".grids");
if (grids) {
  document.documentElement.classList.add("js");
  const { shared, models } = JSON.parse(document.getElementById("grid-data").textContent);
  const radios = [...grids.querySelectorAll("[data-parts] input")];
  const selects = [...grids.querySelectorAll("[data-model]")];
  const sheet = (name, address) => grids.style.setProperty(`--${name}`, address ? `url(${address})` : "none");
  rove(grids.querySelector("[data-roving]"));
  sheet("flip", shared.source);
  sheet("truth", shared["true counterfactual"]);
  const show = () => {
    const chosen = selects.map((select) => ({ ...shared, ...models[select.value] }));
    for (const radio of radios) radio.disabled = !chosen.some((parts) => radio.value in parts);
    if (radios.find((radio) => radio.checked).disabled) radios[0].checked = true;
    const part = radios.find((radio) => radio.checked).value;
    selects.forEach((select, place) => sheet(select.dataset.model, chosen[place][part]));
    const names = selects.map((select) => select.selectedOptions[0].textContent);
    const truth = shared["true counterfactual"] ? ", then the truth" : "";
    grids.querySelector("[data-status]").textContent = `${part}: ${names.join(", then ")}${truth}`;
    for (const tile of grids.querySelectorAll(".tile")) tile.setAttribute("aria-label", `${tile.dataset.alt}: ${part}`);
  };
  grids.addEventListener("change", show);
  grids.addEventListener("keydown", (event) => {
    const radio = radios[Number(event.key) - 1];
    if (!radio || radio.disabled || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.tagName === "SELECT") return;
    radio.checked = true;
    show();
  });
  show();
}

// One tab stop a grid: arrow keys move the focus to the next tile in their direction, Home and End within the row.
function rove(table) {
  const cells = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.querySelector("button")));
  const all = cells.flat().filter(Boolean);
  const enter = (tile) => all.forEach((other) => (other.tabIndex = other === tile ? 0 : -1));
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const next = (y, x, [down, right]) => {
    do [y, x] = [y + down, x + right];
    while (cells[y]?.[x] === null);
    return cells[y]?.[x];
  };
  table.addEventListener("focusin", (event) => enter(event.target));
  table.addEventListener("keydown", (event) => {
    const y = cells.findIndex((row) => row.includes(event.target));
    if (y < 0) return;
    const row = cells[y].filter(Boolean);
    const found = steps[event.key]
      ? next(y, cells[y].indexOf(event.target), steps[event.key])
      : { Home: row[0], End: row.at(-1) }[event.key];
    if (event.key in steps || event.key === "Home" || event.key === "End") event.preventDefault();
    found?.focus();
  });
  enter(all[0]);
}
