// The page: takes snapshots as they come and shows them. Text from elsewhere is only ever set as text.

import { Charts } from "./charts.js";
import { Graph } from "./graph.js";
import { attribute, brief, count, duration, percent, text } from "./format.js";
import { connected, follow } from "./live.js";
import { themed } from "./theme.js";

const OUTCOMES = [
  ["in", "in"],
  ["out", "out"],
  ["filtered", "filtered"],
  ["dropped", "dropped"],
  ["deadLettered", "dead-lettered"],
  ["abandoned", "abandoned"],
  ["inFlight", "in flight"],
];

const views = new Map();
let number = 0;

// A pipeline

class View {
  constructor(pipeline) {
    const part = document.getElementById("pipeline").content.cloneNode(true);
    this.element = part.firstElementChild;
    this.name = pipeline.name;
    const id = `pipeline-${views.size}-${Date.now()}`;
    const heading = this.find("h2");
    heading.id = id;
    heading.textContent = pipeline.name;
    this.element.setAttribute("aria-labelledby", id);
    this.find(".graph").setAttribute("aria-label", `Graph of ${pipeline.name}`);
    this.find("details .scroll").setAttribute("aria-label", `Stages of ${pipeline.name}`);
    this.find(".controls").setAttribute("aria-label", `Steer ${pipeline.name}`);
    document.getElementById("pipelines").append(this.element);
    this.graph = new Graph(this.find(".graph"));
    this.charts = new Charts(this.find(".rates"), this.find(".queues"));
    this.account = account(this.find("dl"), this.find(".balance"));
    for (const button of this.element.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => steer(this.name, button.dataset.do));
    }
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  update(pipeline, control) {
    const ended = pipeline.state === "DONE" || pipeline.state === "FAILED";
    const state = this.find(".state");
    text(state, pipeline.state.toLowerCase());
    attribute(state, "data-state", pipeline.state);
    text(this.find(".elapsed"), `${brief(ended ? 0 : pipeline.rate)} items a second, for ${duration(pipeline.seconds)}`);
    this.verdict(pipeline, ended);
    this.graph.update(pipeline);
    this.charts.update(pipeline, ended);
    this.account(pipeline.account);
    this.steering(pipeline, control, ended);
    this.table(pipeline);
  }

  verdict(pipeline, ended) {
    const verdict = this.find(".verdict");
    const sentences = pipeline.explanation.split("\n").filter((line) => !line.startsWith("  ")).slice(1);
    const says = pipeline.failure
      ? `It was ended by ${pipeline.failure}.`
      : ended
        ? pipeline.explanation.split("\n")[0]
        : sentences.join(" ");
    text(verdict, says);
    attribute(verdict, "data-limit", pipeline.failure ? "bad" : pipeline.bottleneck ? "yes" : "no");
  }

  steering(pipeline, control, ended) {
    this.find(".controls").hidden = !control || ended;
    if (!control) return;
    this.find("[data-do=pause]").disabled = pipeline.state !== "RUNNING";
    this.find("[data-do=resume]").disabled = pipeline.state !== "PAUSED";
    this.find("[data-do=drain]").disabled = pipeline.state === "DRAINING";
    const parallel = pipeline.stages.filter((stage) => stage.most > 1);
    if (!this.workers && parallel.length) {
      this.workers = document.createElement("div");
      this.workers.className = "workers";
      this.inputs = new Map(parallel.map((stage) => [stage.name, this.input(stage)]));
      this.find(".account").before(this.workers);
    }
    if (this.workers) this.workers.hidden = ended;
    for (const stage of parallel) {
      const input = this.inputs?.get(stage.name);
      if (input && document.activeElement !== input) input.value = stage.workers;
    }
  }

  input(stage) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "number", min: 1, max: stage.most, value: stage.workers });
    input.addEventListener("change", () => {
      if (input.checkValidity()) steer(this.name, `stages/${encodeURIComponent(stage.name)}/workers/${input.value}`);
    });
    label.append(`Workers of ${stage.name} (1 to ${stage.most})`, input);
    this.workers.append(label);
    return input;
  }

  table(pipeline) {
    if (!this.find("details").open) return;
    rows(this.find(".stages tbody"), pipeline.stages, (stage) => [
      stage.name,
      count(stage.in),
      count(stage.out),
      brief(stage.inRate),
      count(stage.workers),
      percent(stage.busy),
      percent(stage.starved),
      percent(stage.blocked),
      percent(stage.delayed),
      stage.capacity ? `${count(stage.queued)} of ${count(stage.capacity)}` : "–",
      stage.capacity ? duration(stage.oldest) : "–",
      count(stage.failed),
      count(stage.retried),
      count(stage.dropped),
    ]);
    text(this.find(".explanation"), pipeline.explanation);
  }
}

function account(list, balance) {
  const cells = new Map();
  const bars = new Map();
  for (const [key, name] of OUTCOMES) {
    const pair = document.createElement("div");
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    term.textContent = name;
    term.className = key;
    pair.append(term, value);
    list.append(pair);
    cells.set(key, value);
    if (key !== "in") {
      const bar = document.createElement("i");
      bar.className = key;
      balance.append(bar);
      bars.set(key, bar);
    }
  }
  return (figures) => {
    for (const [key] of OUTCOMES) {
      text(cells.get(key), count(figures[key]));
      const bar = bars.get(key);
      if (bar) bar.style.flex = `${figures[key]} 0 0`;
    }
    attribute(balance, "aria-label", OUTCOMES.map(([key, name]) => `${name} ${count(figures[key])}`).join(", "));
  };
}

function rows(body, items, cells) {
  while (body.rows.length > items.length) body.deleteRow(-1);
  items.forEach((item, index) => {
    const values = cells(item);
    let row = body.rows[index];
    if (!row) {
      row = body.insertRow();
      values.forEach((_, column) => {
        const cell = document.createElement(column === 0 ? "th" : "td");
        if (column === 0) cell.scope = "row";
        row.append(cell);
      });
    }
    values.forEach((value, column) => {
      if (value !== null) text(row.cells[column], value);
    });
  });
}

// The rest

function show(snapshot) {
  if (snapshot.number < number - 10) views.forEach(forget); // another server, from its beginning
  number = snapshot.number;
  connected("live", snapshot.ready ? "live" : "live, not ready for work");
  const names = new Set(snapshot.pipelines.map((pipeline) => pipeline.name));
  views.forEach((view, name) => {
    if (!names.has(name)) forget(view, name);
  });
  for (const pipeline of snapshot.pipelines) {
    if (!views.has(pipeline.name)) views.set(pipeline.name, new View(pipeline));
    views.get(pipeline.name).update(pipeline, snapshot.control);
  }
  channels(snapshot.channels, snapshot.unreadable);
  taps(snapshot.taps);
  alarms(snapshot.alarms);
  document.getElementById("empty").hidden = snapshot.pipelines.length + snapshot.channels.length + snapshot.unreadable.length > 0;
}

function forget(view, name) {
  view.element.remove();
  views.delete(name);
}

function channels(all, unreadable) {
  const section = document.getElementById("channels");
  section.hidden = all.length + unreadable.length === 0;
  section.querySelector(".scroll").hidden = all.length === 0;
  const body = section.querySelector("tbody");
  rows(body, all, (channel) => [
    channel.name,
    null, // see fill
    brief(channel.sentRate),
    brief(channel.receivedRate),
    count(channel.dropped),
    count(channel.waitingSenders),
    count(channel.waitingReceivers),
    duration(channel.oldest),
  ]);
  all.forEach((channel, index) => fill(body.rows[index].cells[1], channel));
  lines(
    section.querySelector(".unreadable"),
    unreadable.map((queue) => `${queue.name} can't be read since ${clock(queue.since)}: ${queue.reason}`),
  );
  announce(channels, unreadable, "Can't be read");
}

/** How full a channel is, as a bar if that has an end. */
function fill(cell, channel) {
  if (!cell.firstChild) {
    const meter = document.createElement("meter");
    Object.assign(meter, { min: 0, max: 1, high: 0.9, optimum: 0 });
    cell.append(meter, document.createElement("span"));
  }
  const [meter, words] = cell.children;
  const endless = channel.capacity > 1e9;
  meter.hidden = endless;
  meter.value = endless ? 0 : channel.size / Math.max(1, channel.capacity);
  attribute(meter, "aria-label", `Fill of ${channel.name}`);
  text(words, `${count(channel.size)} of ${endless ? "any" : count(channel.capacity)}`);
}

function taps(all) {
  const section = document.getElementById("taps");
  section.hidden = all.length === 0;
  const place = section.querySelector("div");
  const parts = all.flatMap((tap) => {
    const heading = document.createElement("h3");
    heading.textContent = tap.name;
    const list = document.createElement("ol");
    for (const sample of tap.samples) {
      const item = document.createElement("li");
      const time = document.createElement("time");
      time.dateTime = sample.at;
      time.textContent = clock(sample.at);
      item.append(time, sample.text);
      list.append(item);
    }
    return [heading, list];
  });
  place.replaceChildren(...parts);
}

function alarms(all) {
  const section = document.getElementById("alarms");
  section.hidden = all.length === 0;
  lines(section.querySelector("ul"), all.map((alarm) => `${alarm.text}, since ${clock(alarm.since)}`));
  announce(alarms, all, "Alarm");
}

function lines(list, sentences) {
  while (list.children.length > sentences.length) list.lastElementChild.remove();
  sentences.forEach((sentence, index) => {
    if (!list.children[index]) list.append(document.createElement("li"));
    text(list.children[index], sentence);
  });
}

/** Says the names to who reads with the ears, when they have become others. */
function announce(kind, all, what) {
  const names = all.map((one) => one.name).join(", ");
  if (names !== (kind.names ?? "")) {
    if (names) say(`${what}: ${names}`);
    kind.names = names;
  }
}

function clock(time) {
  return new Date(time).toLocaleTimeString([], { hour12: false });
}

function say(what) {
  document.getElementById("said").textContent = what;
}

async function steer(pipeline, command) {
  try {
    const answer = await fetch(`api/pipelines/${encodeURIComponent(pipeline)}/${command}`, {
      method: "POST",
      headers: { "X-Sluice": "1" },
    });
    say(answer.ok ? `${pipeline}: ${decodeURIComponent(command)}, done` : await answer.text());
  } catch {
    say("The server does not answer.");
  }
}

themed(() => views.forEach((view) => view.charts.paint()));
follow(show);
