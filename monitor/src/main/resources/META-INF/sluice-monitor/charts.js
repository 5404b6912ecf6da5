// Charts of the last two minutes, a point twice a second.

import { brief } from "./format.js";

const POINTS = 240;
const EVERY = 500;
const COLOURS = ["#0d9488", "#c2410c", "#7c3aed", "#0284c7", "#be185d", "#65a30d", "#b45309", "#475569"];
const DARK = ["#2dd4bf", "#fb923c", "#a78bfa", "#38bdf8", "#f472b6", "#a3e635", "#fbbf24", "#94a3b8"];
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export class Charts {
  constructor(rates, queues) {
    this.rates = make(rates);
    this.queues = make(queues);
    this.last = 0;
  }

  update(pipeline, ended) {
    const now = Date.now();
    if (now - this.last < EVERY || (ended && this.ended)) return;
    this.last = now;
    this.ended = ended;
    const time = new Date(now);
    add(this.rates, time, pipeline.stages.map((stage) => [stage.name, ended ? 0 : stage.inRate]));
    const waiting = pipeline.stages.filter((stage) => stage.capacity > 0);
    add(this.queues, time, waiting.map((stage) => [stage.name, stage.queued]));
  }

  /** Takes the colours of the page. */
  paint() {
    [this.rates, this.queues].forEach(paint);
  }
}

function make(canvas) {
  const chart = new Chart(canvas, {
    type: "line",
    data: { labels: [], datasets: [] },
    options: {
      animation: false,
      maintainAspectRatio: false,
      normalized: true,
      interaction: { mode: "index", intersect: false },
      elements: { point: { radius: 0 }, line: { borderWidth: 2, tension: 0.2 } },
      scales: {
        x: { ticks: { maxTicksLimit: 5, maxRotation: 0 } },
        y: { beginAtZero: true, grace: "5%", ticks: { maxTicksLimit: 5, callback: (value) => brief(value) } },
      },
      plugins: {
        legend: { position: "bottom", labels: { boxWidth: 22, boxHeight: 1 } },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${brief(item.parsed.y)}` } },
      },
    },
  });
  paint(chart);
  return chart;
}

function add(chart, time, values) {
  const { labels, datasets } = chart.data;
  labels.push(time.toLocaleTimeString([], { hour12: false }));
  const over = labels.length > POINTS;
  if (over) labels.shift();
  for (const [name, value] of values) {
    let line = datasets.find((one) => one.label === name);
    if (!line) {
      line = { label: name, data: new Array(labels.length - 1).fill(null), borderDash: dashes(datasets.length) };
      datasets.push(line);
      colour(chart);
    } else if (over) {
      line.data.shift();
    }
    line.data.push(value);
  }
  chart.update("none");
  const lines = values.map(([name, value]) => `${name} ${brief(value)}`).join(", ");
  chart.canvas.setAttribute("aria-label", `Now: ${lines || "nothing"}`);
}

/** No two of 32 lines have the same colour and the same dashes. */
function dashes(index) {
  return DASHES[(index + Math.floor(index / COLOURS.length)) % DASHES.length];
}

function paint(chart) {
  const style = getComputedStyle(document.documentElement);
  const quiet = style.getPropertyValue("--quiet").trim();
  const line = style.getPropertyValue("--line").trim();
  for (const scale of Object.values(chart.options.scales)) {
    scale.ticks.color = quiet;
    scale.grid = { color: line };
  }
  chart.options.plugins.legend.labels.color = quiet;
  colour(chart);
  chart.update("none");
}

function colour(chart) {
  const colours = document.documentElement.dataset.theme === "dark" ? DARK : COLOURS;
  chart.data.datasets.forEach((line, index) => {
    line.borderColor = colours[index % colours.length];
    line.backgroundColor = line.borderColor;
  });
}
