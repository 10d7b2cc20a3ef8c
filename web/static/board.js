// Charts of the board: each is drawn from the table beside it, which stays there for whoever has no script or no picture.
"use strict";

const INK = "#1b2430";
const QUIET = "#4a5666";
const LINE = "#dde2e9";
const STRIPES = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: "rgba(255,255,255,.55)" };
// Told apart by brightness and pattern too, not by colour alone.
const SERIES = [
  { color: "#1c4e8f", type: "solid", symbol: "circle" },
  { color: "#c9505c", decal: STRIPES, type: "dashed", symbol: "triangle" },
  { color: "#3f8f5f", type: "dotted", symbol: "rect" },
];
const ROUTES = ["#1c4e8f", "#b5651d", "#3f8f5f", "#7a5aa6", "#2f8f9d", "#8a6d1f", "#7b8694"];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const drawn = [];

const text = (element) => element.textContent.trim();
const link = (cell) => cell.querySelector("a[data-number]");
const value = (cell) => Number(text(link(cell) ?? cell).replace("%", ""));

function common(table) {
  const region = table.closest("section");
  return {
    animation: !still.matches,
    animationDuration: 300,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK },
    aria: { enabled: true, label: { description: text(region.querySelector("h2")) } },
    // Drawn by the chart itself: a tooltip of HTML would need styles that the policy of pages does not let in.
    tooltip: { renderMode: "richText", confine: true, textStyle: { fontSize: 13 } },
  };
}

// The first `data-rows` rows and, beside their names, `data-columns` columns; without these all of them.
const rowsOf = (table, plot) => [...table.tBodies[0].rows].slice(0, plot.dataset.rows);

function series(table, plot, kind) {
  const heads = [...table.tHead.rows[0].cells].slice(1, 1 + Number(plot.dataset.columns ?? SERIES.length));
  const rows = rowsOf(table, plot);
  return heads.map((head, at) => {
    const look = SERIES[at];
    return {
      name: text(head),
      type: kind,
      barMaxWidth: 26,
      barGap: "10%",
      symbol: look.symbol,
      symbolSize: 7,
      lineStyle: { width: 2, type: look.type },
      itemStyle: { color: look.color, decal: look.decal },
      label: { show: kind === "bar", position: "right", fontSize: 12, color: INK },
      data: rows.map((row) => ({ value: value(row.cells[at + 1]), href: link(row.cells[at + 1])?.href })),
    };
  });
}

function bars(table, plot) {
  const names = rowsOf(table, plot).map((row) => row.dataset.said ?? text(row.cells[0]));
  return {
    ...common(table),
    legend: { type: "scroll", top: 0, left: 0, itemHeight: 10, textStyle: { fontSize: 12 } },
    grid: { left: 4, right: 36, top: 30, bottom: 4, containLabel: true },
    xAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: QUIET } },
    yAxis: { type: "category", inverse: true, data: names, axisTick: { show: false }, axisLabel: { color: INK } },
    series: series(table, plot, "bar"),
  };
}

function lines(table, plot) {
  const names = rowsOf(table, plot).map((row) => text(row.cells[0]));
  return {
    ...common(table),
    legend: { type: "scroll", top: 0, left: 0, itemHeight: 10, textStyle: { fontSize: 12 } },
    grid: { left: 4, right: 30, top: 30, bottom: 4, containLabel: true },
    xAxis: { type: "category", data: names, boundaryGap: false, axisLabel: { color: QUIET } },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: QUIET } },
    series: series(table, plot, "line"),
  };
}

function flow(table, plot) {
  const nodes = new Map([["found", { name: "found", title: plot.dataset.root, depth: 0, itemStyle: { color: INK } }]]);
  const links = [];
  [...table.tBodies[0].rows].forEach((row, place) => {
    const route = `route ${row.dataset.route}`;
    const color = ROUTES[place % ROUTES.length];
    const title = row.dataset.said;
    const found = link(row.cells[1]);
    nodes.set(route, { name: route, title, depth: 1, href: found.href, itemStyle: { color } });
    links.push({ source: "found", target: route, value: value(row.cells[1]), href: found.href, said: title });
    for (const one of row.querySelectorAll("[data-state]")) {
      const state = `state ${one.dataset.state}`;
      const last = one.dataset.state === "closed";
      const named = one.dataset.title;
      nodes.set(state, { name: state, title: named, depth: last ? 3 : 2, itemStyle: { color: last ? "#3f8f5f" : QUIET } });
      links.push({ source: route, target: state, value: value(one), href: link(one).href, said: `${title} → ${named}` });
    }
  });
  return {
    ...common(table),
    tooltip: { ...common(table).tooltip, formatter: ({ data, value: n }) => `${data.said ?? data.title}  ${n}` },
    series: [
      {
        type: "sankey",
        data: [...nodes.values()],
        links,
        left: 4,
        right: 90,
        top: 8,
        bottom: 8,
        nodeWidth: 12,
        nodeGap: 13,
        draggable: false,
        emphasis: { focus: "adjacency" },
        lineStyle: { color: "source", opacity: 0.3, curveness: 0.5 },
        label: { fontSize: 12, color: INK, formatter: ({ data }) => data.title },
      },
    ],
  };
}

function draw(plot) {
  const table = document.getElementById(plot.dataset.of);
  if (!table.tBodies[0].querySelector("a[data-number]")) return;
  // On a telephone the flow is better read as the table.
  if (plot.dataset.plot === "flow" && innerWidth < 640) return;
  plot.hidden = false;
  plot.closest("section").querySelector("details.plot-table")?.removeAttribute("open");
  const chart = echarts.init(plot, null, { renderer: "canvas", locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
  chart.setOption({ bars, lines, flow }[plot.dataset.plot](table, plot));
  chart.on("click", ({ data }) => {
    if (data?.href) location.assign(data.href);
  });
  new ResizeObserver(() => chart.resize()).observe(plot);
  drawn.push(chart);
}

// Loaded before the library where the browser chooses so: charts wait for it, tables do not.
addEventListener("DOMContentLoaded", () => {
  if (typeof echarts !== "undefined") document.querySelectorAll("[data-plot]").forEach(draw);
});
addEventListener("beforeprint", () => drawn.forEach((chart) => chart.resize({ width: Math.min(chart.getWidth(), 660) })));
addEventListener("afterprint", () => drawn.forEach((chart) => chart.resize({ width: "auto" })));
