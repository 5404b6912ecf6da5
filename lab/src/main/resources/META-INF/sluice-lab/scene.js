// Draws producers, buffers and workers, and lets items fly from one to the next.

import { attribute, count, text } from "./format.js";

const NS = "http://www.w3.org/2000/svg";
const ROW = 46;
const LEFT = 216; // what a producer says stands before it
const BETWEEN = 276; // a stage, and what its workers say
const DOOR = 146; // where an item waits that has no room, right of what its holder says
const TOP = 46;
const SLOT = 26;
const COLUMNS = 10;
const FLIGHTS = 24;
const CLASSES = { WORKING: "busy", WAITING_FOR_ROOM: "blocked", ENDED: "ended" };
const SAYS = {
  THINKING: "makes one",
  WAITING_FOR_ROOM: "waits for room",
  WAITING_FOR_ITEM: "waits for an item",
  FILLING: "lets it fill",
  WORKING: "at work",
  ENDED: "has ended",
};

function make(name, parent, attributes = {}) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

export class Scene {
  constructor(place) {
    this.place = place;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.shape = "";
  }

  /** Lays it out anew if there are others than before. */
  layout(view) {
    const branches = view.settings.layout === "branches";
    const shape = JSON.stringify([view.producers.length, branches, view.stages.map((s) => [s.workers.length, s.capacity])]);
    if (shape === this.shape) return;
    this.shape = shape;
    this.where = new Map();
    const sizes = view.stages.map((stage) => {
      const slots = Math.min(Math.max(stage.capacity, 0), 60);
      const columns = Math.max(1, Math.min(COLUMNS, slots));
      const rows = Math.ceil(slots / columns);
      return { slots, columns, width: Math.max(columns * SLOT, 96), height: Math.max(rows * SLOT, stage.workers.length * ROW, ROW) };
    });
    const stages = branches ? sizes.reduce((sum, size) => sum + size.height + TOP, 0) : Math.max(...sizes.map((size) => size.height));
    const height = TOP + Math.max(view.producers.length * ROW, stages) + 10;
    const width = branches
      ? LEFT + Math.max(...sizes.map((size) => size.width)) + BETWEEN
      : LEFT + sizes.reduce((sum, size) => sum + size.width + BETWEEN, 0);
    this.svg = make("svg", null, { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
    this.place.replaceChildren(this.svg);
    this.lines = make("g", this.svg);
    const head = (x, y, words) => text(make("text", this.svg, { x, y, class: "head" }), words);
    head(10, 18, "Producers");
    this.producers = view.producers.map((_, index) => this.actor(24, TOP + index * ROW + 12, `p${index % 8}`, index + 1));
    let x = LEFT;
    let y = TOP;
    this.stages = view.stages.map((stage, index) => {
      const size = sizes[index];
      head(x, y - 28, `Buffer ${index + 1}`);
      const fill = make("text", this.svg, { x, y: y - 12, class: "quiet" });
      const places = [];
      for (let slot = 0; slot < size.slots; slot++) {
        // The next to leave is nearest to the workers.
        const column = size.columns - 1 - (slot % size.columns);
        const place = [x + size.width - size.columns * SLOT + column * SLOT + 12, y + Math.floor(slot / size.columns) * SLOT + 12];
        make("rect", this.svg, { x: place[0] - 11, y: place[1] - 11, width: 22, height: 22, rx: 5, class: "slot" });
        places.push(place);
      }
      if (size.slots === 0) text(make("text", this.svg, { x, y: y + 16, class: "quiet" }), "hand to hand");
      const right = x + size.width + 60;
      head(right - 14, y - 28, `Stage ${index + 1}`);
      const limit = make("text", this.svg, { x: right - 14, y: y - 12, class: "limit" });
      const workers = stage.workers.map((_, worker) => this.actor(right, y + worker * ROW + 12, null, worker + 1));
      make("path", this.lines, { class: "flow", d: `M ${x - 34} ${y + 12} H ${x - 8} M ${x + size.width + 8} ${y + 12} H ${right - 22}` });
      const made = { fill, places, workers, limit, door: [x - 20, y + 12] };
      if (branches) y += size.height + TOP;
      else x += size.width + BETWEEN;
      return made;
    });
    this.items = make("g", this.svg);
    this.drawn = new Map();
  }

  actor(x, y, colour, number) {
    const ring = make("circle", this.svg, { cx: x, cy: y, r: 16, class: "actor" });
    const name = make("text", this.svg, { x, y: y + 4, "text-anchor": "middle" });
    if (colour) name.setAttribute("class", colour);
    text(name, String(number));
    const says = make("text", this.svg, { x: x + 24, y: y - 1, class: "quiet" });
    const total = make("text", this.svg, { x: x + 24, y: y + 13, class: "quiet" });
    return { ring, says, total, place: [x, y] };
  }

  update(view) {
    this.layout(view);
    const now = new Map();
    view.producers.forEach((actor, index) => {
      const drawn = this.producers[index];
      this.show(drawn, actor);
      if (actor.item && actor.doing === "WAITING_FOR_ROOM") now.set(actor.item, [actor, [drawn.place[0] + DOOR, drawn.place[1]]]);
    });
    view.stages.forEach((stage, index) => {
      const drawn = this.stages[index];
      const more = stage.size > drawn.places.length && stage.capacity > drawn.places.length ? ", not all drawn" : "";
      text(drawn.fill, stage.capacity ? `${count(stage.size)} of ${count(stage.capacity)}${more}` : "no buffer");
      text(drawn.limit, index === view.bottleneck && view.stages.length > 1 ? "LEAST TO SPARE" : "");
      stage.slots.forEach((item, slot) => {
        if (drawn.places[slot]) now.set(item.item, [item, drawn.places[slot]]);
      });
      stage.workers.forEach((actor, worker) => {
        this.show(drawn.workers[worker], actor);
        if (actor.item && actor.doing !== "WAITING_FOR_ITEM") now.set(actor.item, [actor, drawn.workers[worker].place]);
      });
    });
    this.move(now);
  }

  show(drawn, actor) {
    attribute(drawn.ring, "class", `actor ${CLASSES[actor.doing] ?? ""}`);
    attribute(drawn.says, "class", actor.doing === "WAITING_FOR_ROOM" ? "says-blocked" : "quiet");
    text(drawn.says, SAYS[actor.doing]);
    text(drawn.total, count(actor.count));
  }

  /** What is new flies in from its producer, what has moved flies on, what is gone fades. */
  move(now) {
    let flights = this.still.matches || document.hidden ? 0 : FLIGHTS;
    for (const [number, dot] of this.drawn) {
      if (now.has(number)) continue;
      this.drawn.delete(number);
      if (flights-- > 0) dot.element.animate([{ opacity: 1 }, { opacity: 0 }], { duration: 150 }).onfinish = () => dot.element.remove();
      else dot.element.remove();
    }
    for (const [number, [item, place]] of now) {
      let dot = this.drawn.get(number);
      const from = dot?.place ?? this.producers[item.producer]?.place ?? place;
      if (!dot) {
        dot = { element: this.dot(item) };
        this.drawn.set(number, dot);
      }
      if (dot.place && dot.place[0] === place[0] && dot.place[1] === place[1]) continue;
      dot.place = place;
      attribute(dot.element, "transform", `translate(${place[0]} ${place[1]})`);
      if (flights-- > 0) {
        dot.element.animate(
          [{ transform: `translate(${from[0]}px, ${from[1]}px)` }, { transform: `translate(${place[0]}px, ${place[1]}px)` }],
          { duration: 180, easing: "ease-out" },
        );
      }
    }
  }

  dot(item) {
    const group = make("g", this.items, { class: `item${item.urgent ? " urgent" : ""}` });
    make("circle", group, { r: 9, class: `p${item.producer % 8}` });
    text(make("text", group, { y: 3.5 }), item.poisoned ? "×" : String(item.producer + 1));
    return group;
  }
}
