// Draws a pipeline: a card for each stage, its buffer as a well before it that fills, and the links.

import { attribute, brief, count, duration, percent, text } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";
const CARD = { width: 156, height: 128 };
const GAP = { close: 30, well: 66, y: 26 };
const TOP = 18;
const WELL = { width: 20, height: 84 };
const SMALLEST = 0.7; // how far it is made smaller to fit, before it scrolls
const SHARES = ["busy", "delayed", "blocked", "starved"];

export class Graph {
  constructor(place) {
    this.place = place;
    this.shape = "";
    this.cards = new Map();
  }

  update(pipeline) {
    const shape = JSON.stringify([pipeline.stages.map((stage) => stage.name), pipeline.links]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.draw(pipeline);
    }
    for (const stage of pipeline.stages) {
      this.cards.get(stage.name).update(stage, stage.name === pipeline.bottleneck);
    }
    attribute(this.svg, "aria-label", description(pipeline));
  }

  draw(pipeline) {
    const places = layout(pipeline);
    const columns = lefts(pipeline, places);
    const at = ({ column, row }) => ({ x: columns[column], y: TOP + row * (CARD.height + GAP.y) });
    const rows = Math.max(...[...places.values()].map((place) => place.row)) + 1;
    const width = columns.at(-1) + CARD.width + 4;
    const height = TOP + rows * (CARD.height + GAP.y) - GAP.y + 4;
    this.svg = make("svg", { role: "img", viewBox: `0 0 ${width} ${height}` });
    this.svg.style.width = "100%";
    this.svg.style.maxWidth = `${width}px`;
    this.svg.style.minWidth = `${SMALLEST * width}px`;
    for (const [from, to] of pipeline.links) {
      const start = places.get(from);
      const end = places.get(to);
      const waits = pipeline.stages.find((stage) => stage.name === to)?.capacity > 0;
      if (start && end) this.svg.append(link(at(start), at(end), waits, end.column <= start.column));
    }
    this.cards.clear();
    for (const stage of pipeline.stages) {
      const card = new Card(stage, at(places.get(stage.name)));
      this.cards.set(stage.name, card);
      this.svg.append(card.element);
    }
    this.place.replaceChildren(this.svg);
  }
}

/** Each stage one column after the last of those before it; branches below each other. */
function layout(pipeline) {
  const names = pipeline.stages.map((stage) => stage.name);
  const order = new Map(names.map((name, index) => [name, index]));
  const column = new Map(names.map((name) => [name, 0]));
  const forward = pipeline.links.filter(([from, to]) => order.has(from) && order.has(to) && !loops(pipeline, from, to));
  for (let i = 0; i < names.length; i++) {
    let moved = false;
    for (const [from, to] of forward) {
      if (column.get(to) <= column.get(from)) {
        column.set(to, column.get(from) + 1);
        moved = true;
      }
    }
    if (!moved) break;
  }
  const places = new Map();
  const taken = new Set();
  for (const name of names) {
    const before = forward.filter(([, to]) => to === name).map(([from]) => places.get(from)?.row ?? 0);
    let row = before.length ? Math.min(...before) : 0;
    while (taken.has(`${column.get(name)} ${row}`)) row++;
    taken.add(`${column.get(name)} ${row}`);
    places.set(name, { column: column.get(name), row });
  }
  return places;
}

/** Whether a link leads back: what it leads to also leads to where it comes from, and is named before it. */
function loops(pipeline, from, to) {
  const names = pipeline.stages.map((stage) => stage.name);
  if (names.indexOf(to) > names.indexOf(from)) return false;
  const seen = new Set([to]);
  const ahead = [to];
  while (ahead.length) {
    const name = ahead.pop();
    if (name === from) return true;
    for (const [a, b] of pipeline.links) {
      if (a === name && !seen.has(b)) {
        seen.add(b);
        ahead.push(b);
      }
    }
  }
  return false;
}

/** Where each column begins: close to the one before it if nothing waits in between. */
function lefts(pipeline, places) {
  const wells = pipeline.stages.filter((stage) => stage.capacity > 0).map((stage) => places.get(stage.name).column);
  const columns = Math.max(...[...places.values()].map((place) => place.column)) + 1;
  const all = [];
  for (let i = 0; i < columns; i++) {
    const gap = wells.includes(i) ? GAP.well : GAP.close;
    all.push(i === 0 ? (wells.includes(0) ? WELL.width + 4 : 3) : all[i - 1] + CARD.width + gap);
  }
  return all;
}

function link(from, to, waits, back) {
  const group = make("g");
  const x1 = from.x + CARD.width;
  const y1 = from.y + CARD.height / 2;
  const x2 = to.x - (waits ? WELL.width + 8 : 8);
  const y2 = to.y + CARD.height / 2;
  const bend = (x2 - x1) / 2;
  const path = back
    ? `M ${x1} ${y1 + 20} h 8 v ${CARD.height / 2 + 4 - 20} H ${x2 - 10} V ${y2 + 20} H ${x2}`
    : `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`;
  const tip = back ? y2 + 20 : y2;
  group.append(
    make("path", { class: "link", d: path }),
    make("path", { class: "tip", d: `M ${x2 + 6} ${tip} l -9 -5 v 10 z` }),
  );
  return group;
}

class Card {
  constructor(stage, { x, y }) {
    this.element = make("g", { transform: `translate(${x} ${y})` });
    this.title = make("title");
    this.flag = label("flag", CARD.width / 2, -5, "LIMITS THE RATE");
    this.flag.setAttribute("text-anchor", "middle");
    this.name = label("name", 14, 25, shortened(stage.name));
    this.rate = label("rate", 14, 51);
    this.unit = label("quiet", 14, 68);
    this.workers = label("quiet", CARD.width - 12, 25);
    this.workers.setAttribute("text-anchor", "end");
    this.trouble = label("warn", 14, 85);
    this.shares = SHARES.map((name) => make("rect", { class: `share ${name}`, y: 98, height: 14, x: 14, width: 0 }));
    this.element.append(
      this.title,
      make("rect", { class: "card", width: CARD.width, height: CARD.height, rx: 9 }),
      make("rect", { class: "share idle", x: 14, y: 98, width: CARD.width - 28, height: 14 }),
      ...this.shares,
      this.flag,
      this.name,
      this.rate,
      this.unit,
      this.workers,
      this.trouble,
    );
    if (stage.capacity > 0) this.addWell();
  }

  addWell() {
    const x = -WELL.width - 1;
    const y = (CARD.height - WELL.height) / 2;
    this.level = make("rect", { class: "level", x: x + 2, width: WELL.width - 4, y: y + WELL.height, height: 0 });
    this.fill = label("quiet", x + WELL.width, y + WELL.height + 15);
    this.fill.setAttribute("text-anchor", "end");
    this.oldest = label("quiet", x + WELL.width, y - 6);
    this.oldest.setAttribute("text-anchor", "end");
    this.element.append(
      make("rect", { class: "well", x, y, width: WELL.width, height: WELL.height, rx: 4 }),
      this.level,
      this.fill,
      this.oldest,
    );
  }

  update(stage, limits) {
    attribute(this.element, "class", limits ? "limit" : "");
    attribute(this.flag, "visibility", limits ? "visible" : "hidden");
    text(this.rate, brief(stage.inRate));
    text(this.unit, `/ s, ${brief(stage.in)} so far`);
    text(this.workers, stage.most > 1 ? `${stage.workers} of ${stage.most} ⚙` : stage.workers > 1 ? `${stage.workers} ⚙` : "");
    text(this.trouble, trouble(stage));
    let x = 14;
    SHARES.forEach((name, index) => {
      const width = Math.min((CARD.width - 28) * stage[name], CARD.width - 14 - x);
      attribute(this.shares[index], "x", x.toFixed(1));
      attribute(this.shares[index], "width", Math.max(0, width).toFixed(1));
      x += width;
    });
    if (this.level) {
      const full = stage.capacity === 0 ? 0 : Math.min(1, stage.queued / stage.capacity);
      const height = full * (WELL.height - 4);
      const bottom = (CARD.height + WELL.height) / 2 - 2;
      attribute(this.level, "y", (bottom - height).toFixed(1));
      attribute(this.level, "height", height.toFixed(1));
      attribute(this.level, "class", full > 0.9 ? "level high" : "level");
      text(this.fill, `${brief(stage.queued)}/${brief(stage.capacity)}`);
      text(this.oldest, stage.oldest >= 0.001 ? duration(stage.oldest) : "");
    }
    text(this.title, sentence(stage));
  }
}

function trouble(stage) {
  const parts = [];
  if (stage.failed) parts.push(`${brief(stage.failed)} failed`);
  if (stage.retried) parts.push(`${brief(stage.retried)} retried`);
  if (stage.dropped) parts.push(`${brief(stage.dropped)} dropped`);
  return parts.join(", ");
}

function shortened(name) {
  return name.length <= 14 ? name : `${name.slice(0, 13)}…`;
}

function sentence(stage) {
  const waits = stage.capacity ? `, ${count(stage.queued)} of ${count(stage.capacity)} waiting before it` : "";
  return (
    `${stage.name}: ${brief(stage.inRate)} items a second, busy ${percent(stage.busy)},` +
    ` starved ${percent(stage.starved)}, blocked ${percent(stage.blocked)}${waits}`
  );
}

function description(pipeline) {
  const limit = pipeline.bottleneck ? ` The stage ${pipeline.bottleneck} limits the rate.` : "";
  return `Pipeline ${pipeline.name} of ${pipeline.stages.length} stages.${limit} The table below has all figures.`;
}

function label(kind, x, y, content = "") {
  const element = make("text", { class: kind, x, y });
  element.textContent = content;
  return element;
}

function make(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
