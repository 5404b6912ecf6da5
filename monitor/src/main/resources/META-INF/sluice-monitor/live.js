// Snapshots as they come: by a stream of events, or asked for one by one where there is none.

import { attribute, text } from "./format.js";

const SILENCE = 4000;

const connection = document.getElementById("connection");
let heard = 0;

export function connected(state, says) {
  attribute(connection, "data-state", state);
  text(connection, says);
}

/** Calls `show` with each snapshot; it tells by `connected` that there is one. */
export function follow(show) {
  let stream;

  function take(snapshot) {
    heard = Date.now();
    show(snapshot);
  }

  // A browser opens the stream again by itself, unless the server turned it away: then we do.
  function listen() {
    stream?.close();
    stream = new EventSource("api/events");
    stream.onmessage = (event) => take(JSON.parse(event.data));
    stream.onerror = () => {
      if (Date.now() - heard > 1500) connected("lost", "no connection; trying again");
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 1500);
    };
  }

  /** Where the stream is silent, as one too many is, asks for single snapshots. */
  async function ask() {
    if (Date.now() - heard > SILENCE) {
      try {
        const answer = await fetch("api/snapshot");
        if (answer.ok) take(await answer.json());
        else connected("lost", answer.status === 401 ? "not allowed: open the address that was printed" : "no answer");
      } catch {
        connected("lost", "no connection; trying again");
      }
    }
    setTimeout(ask, 1000);
  }

  listen();
  setTimeout(ask, SILENCE);
}
