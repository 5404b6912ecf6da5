package dev.sluice.queues;

import dev.sluice.queues.ItemEvent.Kind;
import dev.sluice.queues.Request.Send;
import dev.sluice.queues.Tables.Insertion;
import dev.sluice.queues.Tables.Known;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Stores items: what `send` does in a transaction.
final class Sending {
  private final Tables tables;

  Sending(Tables tables) {
    this.tables = tables;
  }

  /// Stores what each of `sends` asks for and tells it the ids; or null where there is no room.
  void send(long queue, List<Send> sends) throws SQLException {
    long items = 0;
    long bytes = 0;
    for (var send : sends) {
      items += send.items.size();
      for (var item : send.items) {
        bytes += item.payload().length;
      }
    }
    var its = tables.lockRoom(tables.known(queue), items, bytes);
    var plain = new ArrayList<Insertion>();
    var ids = new ArrayList<long[]>();
    var places = new ArrayList<int[]>();
    for (int s = 0; s < sends.size(); s++) {
      var send = sends.get(s);
      if (!fits(its, send.items)) {
        send.prepare(null);
        ids.add(new long[0]);
        continue;
      }
      var numbers = new long[send.items.size()];
      ids.add(numbers);
      var sent = new ArrayList<Sent>(send.items.size());
      boolean allPlain = true;
      for (int i = 0; i < numbers.length; i++) {
        var item = send.items.get(i);
        if (item.isPlain()) {
          plain.add(insertion(its, item, false));
          places.add(new int[] {s, i});
          its.stored(item.payload().length);
          sent.add(new Sent(0, false));
        } else {
          allPlain = false;
          flush(plain, places, ids); // ids in the order of sending
          sent.add(single(its, item));
        }
        numbers[i] = sent.getLast().id();
      }
      if (!allPlain) {
        flush(plain, places, ids);
        for (int i = 0; i < numbers.length; i++) {
          sent.set(i, new Sent(numbers[i], sent.get(i).duplicate()));
        }
        send.prepare(sent);
      }
    }
    flush(plain, places, ids);
    for (int s = 0; s < sends.size(); s++) {
      var send = sends.get(s);
      if (ids.get(s).length > 0 && send.items.stream().allMatch(NewItem::isPlain)) {
        var sent = new ArrayList<Sent>(ids.get(s).length);
        for (long id : ids.get(s)) {
          sent.add(new Sent(id, false));
        }
        send.prepare(sent);
      }
    }
  }

  private static boolean fits(Known its, List<NewItem> items) {
    long more = 0;
    for (var item : items) {
      more += item.payload().length;
    }
    return its.items + its.itemsMore + items.size() <= its.maxItems
        && its.bytes + its.bytesMore + more <= its.maxBytes;
  }

  private void flush(List<Insertion> plain, List<int[]> places, List<long[]> ids)
      throws SQLException {
    if (plain.isEmpty()) {
      return;
    }
    var made = tables.insert(plain);
    var queue = tables.known(plain.getFirst().queue());
    for (int i = 0; i < made.size(); i++) {
      var place = places.get(i);
      ids.get(place[0])[place[1]] = made.get(i);
      if (queue.history) {
        tables.note(made.get(i), Kind.SENT, 0, null);
      }
    }
    plain.clear();
    places.clear();
  }

  private Insertion insertion(Known its, NewItem item, boolean blocked) throws SQLException {
    long due = tables.now() + item.delay();
    Long wall = null;
    if (item.at() != null) {
      wall = item.at().toEpochMilli();
      due = tables.fromWall(wall);
    }
    boolean later = due > tables.now();
    long turn = Math.max(tables.now(), due);
    int state = blocked ? 3 : later ? 2 : 0;
    if (state == 0) {
      tables.effects.ready(its.queue, 1);
    } else if (state == 2) {
      tables.effects.due(due);
    }
    return new Insertion(its.queue, state, its.rank(item.priority(), turn), turn, due, wall, item);
  }

  private Sent single(Known its, NewItem item) throws SQLException {
    var dedup = item.dedup();
    if (dedup != null) {
      long first = firstOf(its, dedup);
      if (first > 0) {
        return new Sent(first, true);
      }
    }
    boolean blocked = item.key() != null && tables.keys.isHeld(its, item.key());
    long id = tables.insert(List.of(insertion(its, item, blocked))).getFirst();
    its.stored(item.payload().length);
    if (dedup != null) {
      tables.update(
          "UPDATE sluice_queue_dedup SET item = ? WHERE queue = ? AND dedup = ?",
          id,
          its.queue,
          dedup);
    }
    if (its.history) {
      tables.note(id, Kind.SENT, 0, null);
    }
    return new Sent(id, false);
  }

  /// The item that had this id first, or 0 after the id has been taken for a new one.
  private long firstOf(Known its, String dedup) throws SQLException {
    tables.update(
        "DELETE FROM sluice_queue_dedup WHERE queue = ? AND dedup = ? AND kept_until <= ?",
        its.queue,
        dedup,
        tables.now());
    int made =
        tables.update(
            "INSERT INTO sluice_queue_dedup(queue, dedup, item) VALUES(?, ?, 0) ON CONFLICT DO NOTHING",
            its.queue,
            dedup);
    return made == 1
        ? 0
        : tables.number(
            "SELECT item FROM sluice_queue_dedup WHERE queue = ? AND dedup = ?", its.queue, dedup);
  }
}
