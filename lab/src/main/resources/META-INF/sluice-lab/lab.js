// The playground: shows snapshots as they come, and sends what is changed. Its settings are in the address.

import { Charts } from "./charts.js";
import { attribute, brief, count, duration, percent, text } from "./format.js";
import { connected, follow } from "./live.js";
import { Scene } from "./scene.js";
import { themed } from "./theme.js";

const ACCOUNT = [
  ["consumed", "consumed"],
  ["dropped", "dropped"],
  ["refused", "refused"],
  ["skipped", "skipped"],
  ["deadLettered", "dead-lettered"],
  ["abandoned", "abandoned"],
  ["inFlight", "on their way"],
];
const FIGURES = [
  ["throughput", "items a second", brief],
  ["utilisation", "workers at work", percent],
  ["loss", "turned away", percent],
  ["waiting", "items that wait", (n) => n.toFixed(2)],
  ["waited", "time that an item waits", duration],
];

const find = (id) => document.getElementById(id);
const scene = new Scene(find("scene"));
const charts = new Charts(find("rates"), find("queues"));
const inputs = new Map();
let scenarios = [];
let ready = false;
let asked = 0;
let shown;
let before;
let told = "";

// What is sent

async function post(what, done) {
  asked++;
  try {
    const answer = await fetch(`api/${what}`, { method: "POST", headers: { "X-Sluice": "1" } });
    const refusal = answer.ok ? "" : await answer.text();
    text(find("refused"), refusal);
    find("refused").hidden = answer.ok;
    if (answer.ok) text(find("said"), done);
    return answer.ok;
  } catch {
    text(find("said"), "The server does not answer.");
    return false;
  } finally {
    asked--;
  }
}

function query() {
  const query = new URLSearchParams();
  for (const [key, { input, knob }] of inputs) {
    if (input.value !== knob.usual) query.set(key, input.value);
  }
  return query.toString();
}

async function apply(changed) {
  if (changed && !changed.checkValidity()) {
    text(find("refused"), `${changed.dataset.label}: ${changed.validationMessage}`);
    find("refused").hidden = false;
    return;
  }
  // Where a choice makes another impossible, that one gives way.
  if (value("kind") === "rendezvous" && value("overflow") === "drop-oldest") set("overflow", "drop-newest");
  if (Number(value("prime")) > Number(value("capacity"))) set("prime", value("capacity"));
  const wanted = query();
  if (await post(`settings?${wanted}`, "changed")) remember(wanted);
}

function remember(wanted) {
  const address = wanted ? `?${wanted}` : "./";
  if (location.search !== (wanted ? `?${wanted}` : "")) history.replaceState(null, "", address);
}

function value(key) {
  return inputs.get(key).input.value;
}

function set(key, to) {
  inputs.get(key).input.value = to;
}

// Controls

function control(knob) {
  const label = document.createElement("label");
  const name = document.createElement("span");
  name.textContent = knob.unit ? `${knob.label} (${knob.unit})` : knob.label;
  let input;
  if (knob.choices.length) {
    input = document.createElement("select");
    for (const choice of knob.choices) input.append(new Option(choice.replaceAll("-", " "), choice));
  } else {
    input = document.createElement("input");
    Object.assign(input, { type: "number", min: knob.least, max: knob.most, step: knob.whole ? 1 : "any" });
  }
  input.id = `knob-${knob.key}`;
  input.value = knob.usual;
  input.dataset.label = knob.label;
  input.addEventListener("change", () => apply(input));
  label.append(name, input);
  inputs.set(knob.key, { input, knob, label });
  return label;
}

/** What has no effect with the other settings is not offered. */
function offer() {
  const stages = Number(value("stages"));
  const kind = value("kind");
  for (const stage of [2, 3]) {
    inputs.get(`workers${stage}`).label.hidden = stages < stage;
    inputs.get(`service${stage}`).label.hidden = stages < stage;
  }
  inputs.get("layout").label.hidden = stages < 2;
  inputs.get("capacity").label.hidden = kind === "rendezvous" || kind === "latest";
  inputs.get("overflow").label.hidden = kind === "latest";
  inputs.get("ageing").label.hidden = kind !== "priority";
  inputs.get("skew").label.hidden = kind !== "stealing";
  inputs.get("prime").label.hidden = kind === "rendezvous" || kind === "latest";
}

async function begin() {
  const answer = await fetch("api/knobs");
  const { knobs, scenarios: all } = await answer.json();
  scenarios = all;
  const groups = new Map();
  for (const knob of knobs) {
    if (!groups.has(knob.group)) {
      const group = document.createElement("fieldset");
      const legend = document.createElement("legend");
      legend.textContent = knob.group;
      group.append(legend);
      find("knobs").append(group);
      groups.set(knob.group, group);
    }
    groups.get(knob.group).append(control(knob));
  }
  find("knobs").addEventListener("submit", (event) => event.preventDefault());
  find("scenario").append(new Option("your own", ""));
  for (const scenario of scenarios) find("scenario").append(new Option(scenario.title, scenario.query));
  find("scenario").addEventListener("change", async () => {
    const wanted = find("scenario").value;
    if (!wanted) return;
    told = wanted;
    if (await post(`settings?${wanted}`, "changed")) {
      remember(wanted);
      await post("restart", "begun");
    }
  });
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => post(button.dataset.do, button.textContent));
  }
  find("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(find("code").textContent);
      text(find("said"), "copied");
    } catch {
      getSelection().selectAllChildren(find("code"));
      text(find("said"), "selected: copy it with the keyboard");
    }
  });
  const wanted = location.search.slice(1);
  if (wanted) {
    told = wanted;
    await post(`settings?${wanted}`, "as in the address");
  }
  ready = true;
  if (shown) show(shown);
}

// What is shown

function show(view) {
  const another = shown && view.number < shown.number; // the server was started anew
  shown = view;
  connected("live", "live");
  if (!ready) return;
  if (another && location.search) post(`settings?${location.search.slice(1)}`, "as before");
  const state = find("state");
  text(state, view.state);
  attribute(state, "data-state", view.state === "running" ? "RUNNING" : view.state === "failed" ? "FAILED" : "");
  if (!asked) settings(view);
  scene.update(view);
  account(view);
  figures(view);
  curves(view);
  text(find("code"), view.code);
  find("scene").dataset.time = view.time;
  document.querySelector("[data-do=pause]").disabled = view.state === "paused";
  document.querySelector("[data-do=resume]").disabled = view.state !== "paused";
  document.querySelector("[data-do=drain]").disabled = !["running", "paused"].includes(view.state);
}

function settings(view) {
  for (const [key, { input }] of inputs) {
    if (document.activeElement !== input && input.value !== view.settings[key]) input.value = view.settings[key];
  }
  offer();
  if (!document.activeElement?.closest("#knobs")) remember(view.query);
  const found = scenarios.find((scenario) => scenario.query === view.query);
  if (found) told = found.query;
  if (document.activeElement !== find("scenario")) find("scenario").value = found ? found.query : "";
  const story = scenarios.find((scenario) => scenario.query === told);
  if (story) text(find("story"), story.text);
}

function account(view) {
  const parts = ACCOUNT.filter(([key]) => view.account[key] || key === "consumed" || key === "inFlight");
  const sum = parts.map(([key, name]) => `${count(view.account[key])} ${name}`).join(" + ");
  const failure = view.failure ? ` It stopped: ${view.failure}.` : "";
  const underflows = view.underflows ? ` Underflows: ${count(view.underflows)}.` : "";
  text(find("account"), `${count(view.account.produced)} produced = ${sum}${view.account.balances ? "" : ": DOES NOT BALANCE"}.${failure}${underflows}`);
}

function figures(view) {
  const body = find("figures").tBodies[0];
  const lines = view.stages.flatMap((stage, index) =>
    FIGURES.map(([key, name, write]) => [String(index + 1), name, write(stage.measured[key]), write(stage.predicted[key])]),
  );
  if (Number(view.settings.urgent) > 0) {
    lines.push(["1", "time that an urgent one waits", duration(view.stages[0].measured.urgentWaited), "–"]);
  }
  while (body.rows.length > lines.length) body.deleteRow(-1);
  lines.forEach((line, index) => {
    const row = body.rows[index] ?? body.insertRow();
    line.forEach((value, column) => text(row.cells[column] ?? row.insertCell(), value));
  });
  text(find("verdict"), `${view.verdict} Measured for ${duration(view.span)}.`);
  attribute(find("verdict"), "data-limit", view.verdict.startsWith("Measured and") ? "no" : "yes");
  const first = view.stages[0].measured;
  text(
    find("little"),
    `Little's law, stage 1: ${brief(first.throughput)} items a second × ${duration(first.waited)} of waiting = ${first.little.toFixed(2)} items that wait; counted were ${first.waiting.toFixed(2)}.`,
  );
  text(find("advice"), view.advice);
}

function curves(view) {
  const passed = before ? view.time - before.time : 0;
  if (passed < 0) before = undefined;
  else if (before && passed < 0.5) return;
  const done = view.stages.map((stage) => stage.workers.reduce((sum, worker) => sum + worker.count, 0));
  const same = before && passed > 0 && before.done.length === done.length;
  charts.update(
    {
      stages: view.stages.map((stage, index) => ({
        name: `stage ${index + 1}`,
        inRate: same ? Math.max(0, done[index] - before.done[index]) / passed : 0,
        capacity: Math.max(1, stage.capacity),
        queued: stage.size,
      })),
    },
    false,
  );
  before = { time: view.time, done };
}

themed(() => charts.paint());
begin().then(() => follow(show));
