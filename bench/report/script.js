"use strict";

// Paper shows what the screen folds away, but for raw tables and cards, which are files beside the page.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = !("raw" in details.dataset);
});

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
for (const table of document.querySelectorAll("table:not(.tiles)")) {
  const heads = [...table.querySelectorAll("thead th")];
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const body = table.tBodies[0];
      const rows = [...body.rows].sort((a, b) => compare(a.cells[column].dataset.key, b.cells[column].dataset.key));
      body.append(...(descending ? rows.reverse() : rows));
    });
  });
  const filter = table.closest(".table-block").querySelector("[data-filter]");
  filter?.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase();
    for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}

function compare(a, b) {
  const [x, y] = [a, b].map((key) => (key === "inf" ? Infinity : Number(key)));
  if (Number.isNaN(x) || Number.isNaN(y)) return a.localeCompare(b);
  return x === y ? 0 : x - y;
}

// Edit grids: every tile shows one part of its model's sheet, and under the pointer or the focus the source.
const grids = document.querySelector(".grids");
if (grids) {
  const models = JSON.parse(document.getElementById("grid-data").textContent);
  const radios = [...grids.querySelectorAll("[data-parts] input")];
  const select = grids.querySelector("[data-model]");
  const tiles = [...grids.querySelectorAll(".tile")];
  rove(grids.querySelector("[data-roving]"));
  const show = () => {
    const parts = models[select.value];
    for (const radio of radios) radio.disabled = !(radio.value in parts);
    let part = radios.find((radio) => radio.checked).value;
    if (!(part in parts)) {
      part = "translation";
      radios[0].checked = true;
    }
    const flip = part === "source" ? "translation" : "source";
    grids.style.setProperty("--sheet", `url(${parts[part]})`);
    grids.style.setProperty("--flip", `url(${parts[flip]})`);
    grids.querySelector("[data-status]").textContent =
      `${select.selectedOptions[0].textContent}: ${part}; under the pointer: ${flip}`;
    for (const tile of tiles) tile.setAttribute("aria-label", `${tile.dataset.alt}: ${part}`);
  };
  grids.addEventListener("change", show);
  document.addEventListener("keydown", (event) => {
    const radio = radios[Number(event.key) - 1];
    if (!radio || radio.disabled || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(input|select|textarea)$/i.test(event.target.tagName) && event.target.type !== "radio") return;
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

// Charts: selects made from the choices of the views, each narrowed by those before it; Plotly draws the view that fits.
const AXIS_PX = 56; // tick labels and title below a chart
const dark = matchMedia("(prefers-color-scheme: dark)");
const data = document.getElementById("chart-data");
const charts = data ? JSON.parse(data.textContent) : {};
for (const block of document.querySelectorAll("[data-chart]")) {
  const chart = charts[block.dataset.chart];
  const selects = chart.choices.map((choice) => {
    const label = document.createElement("label");
    const select = document.createElement("select");
    label.append(`${choice[0].toUpperCase()}${choice.slice(1)} `, select);
    block.querySelector(".controls").append(label);
    return select;
  });
  const draw = () => {
    let views = chart.views;
    chart.choices.forEach((choice, place) => {
      offer(selects[place], [...new Set(views.map((view) => view.choice[choice]))]);
      views = views.filter((view) => view.choice[choice] === selects[place].value);
    });
    plot(block.querySelector(".canvas"), views[0]);
  };
  block.addEventListener("change", draw);
  dark.addEventListener("change", draw);
  draw();
  const canvas = block.querySelector(".canvas");
  canvas.on("plotly_afterplot", () => ready(canvas));
  ready(canvas);
}

// The options of a select; what was chosen stays chosen where it is still offered.
function offer(select, values) {
  const before = select.value;
  select.replaceChildren(...values.map((value) => new Option(value, value)));
  if (values.includes(before)) select.value = before;
  select.disabled = values.length < 2;
}

// A log axis spans at least from half to twice its values and upper ends, so that a small difference does not fill it.
function scale(log, traces = []) {
  if (!log) return { type: "linear" };
  const ends = ({ y, up = [] }) => [...y, ...y.map((value, place) => value + (up[place] ?? 0))];
  const values = traces.flatMap(ends).filter((value) => value > 0);
  const include = values.length ? [Math.min(...values) / 2, Math.max(...values) * 2] : [1, 10];
  if (!traces.length) return { type: "log", dtick: "D2" };
  const tickvals = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
  return { type: "log", tickvals, tickformat: "~r", autorangeoptions: { include } };
}

// The legend stands below the axis and its title: the chart grows by what the legend takes at the screen's width.
function makeRoom(canvas) {
  const { height, margin } = canvas.layout;
  const room = AXIS_PX + Math.ceil(canvas.querySelector(".legend .bg")?.height.baseVal.value ?? 0);
  if (room !== margin.b) Plotly.relayout(canvas, { height: height + room - margin.b, "margin.b": room });
}

// What is done after each drawing: room for the legend, and its names as buttons for the keyboard.
function ready(canvas) {
  makeRoom(canvas);
  for (const button of canvas.querySelectorAll(".legendtoggle")) {
    const name = button.parentElement.querySelector(".legendtext").textContent;
    const places = canvas.data.flatMap((trace, place) => (trace.name === name ? [place] : []));
    const shown = canvas.data[places[0]].visible !== "legendonly";
    const attributes = { tabindex: 0, role: "button", "aria-label": `Show ${name}`, "aria-pressed": shown };
    for (const [key, value] of Object.entries(attributes)) button.setAttribute(key, value);
    button.onkeydown = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      Plotly.restyle(canvas, { visible: shown ? "legendonly" : true }, places).then(() => {
        for (const other of canvas.querySelectorAll(".legendtoggle")) {
          if (other.getAttribute("aria-label") === `Show ${name}`) other.focus();
        }
      });
    };
  }
}

function plot(canvas, view) {
  const style = getComputedStyle(document.documentElement);
  const [ink, line, raised] = ["--ink", "--line", "--raised"].map((name) => style.getPropertyValue(name).trim());
  const named = new Set();
  const traces = view.traces.map((trace) => {
    const first = !named.has(trace.name);
    named.add(trace.name);
    return {
      x: trace.x, y: trace.y, mode: trace.mode, name: trace.name, legendgroup: trace.name,
      showlegend: first && trace.name !== trace.y[0],
      text: trace.text ?? trace.x.map(() => trace.detail), connectgaps: false,
      line: { color: trace.colour, dash: trace.dash, width: 2, shape: trace.shape ?? "linear" },
      marker: { color: trace.colour, symbol: trace.symbol, size: 8 },
      error_y: trace.up ? { type: "data", symmetric: false, array: trace.up, arrayminus: trace.down, thickness: 1.2 } : undefined,
      hovertemplate: `<b>${trace.name}</b> %{text}<br>${view.x} %{x:.4~g}${view.rows ? "" : `<br>${view.y} %{y:.4~g}`}<extra></extra>`,
    };
  });
  const rows = new Set(view.rows ? view.traces.flatMap((trace) => trace.y) : []).size;
  const axis = { gridcolor: line, linecolor: line, zeroline: false, automargin: true };
  const layout = {
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", font: { color: ink, family: getComputedStyle(document.body).fontFamily, size: 13 },
    margin: { l: 50, r: 10, t: 10, b: AXIS_PX }, height: Math.max(330, 100 + 30 * rows), hovermode: "closest",
    hoverlabel: { bgcolor: raised, bordercolor: ink, font: { color: ink } },
    legend: { orientation: "h", x: 0, y: 0, yref: "container", yanchor: "bottom", maxheight: 9999 },
    annotations: view.empty ? [{ text: view.empty, xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false }] : [],
    xaxis: { ...axis, title: { text: view.x, standoff: 8 }, ...scale(view.logX) },
    yaxis: { ...axis, title: { text: view.y }, ...(view.rows ? { type: "category", range: [rows - 0.5, -0.5] } : scale(view.logY, view.traces)) },
  };
  Plotly.react(canvas, traces, layout, { responsive: true, displaylogo: false, displayModeBar: false });
}
