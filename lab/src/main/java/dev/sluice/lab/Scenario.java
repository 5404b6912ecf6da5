package dev.sluice.lab;

/// What is worth seeing: how it is set, and three sentences on it.
enum Scenario {
  SLOW_CONSUMER(
      "Slow consumer",
      "rate=10&workers1=1",
      "The producers could make twenty items a second, and the one worker can deal with five."
          + " So the buffer fills, and then the producers wait for room: they are slowed down to"
          + " what the worker can do, and memory stays bounded."
          + " Give it more workers until nobody waits at the door any more."),
  BURSTS(
      "Bursts",
      "rate=4&arrivals=bursty&capacity=4&overflow=drop-newest&service1=150",
      "Items come eight at a time with long gaps between, and what finds no room is dropped."
          + " The workers could deal with far more on average, and still much is lost: the average"
          + " says nothing about a burst."
          + " Raise the capacity to 32: a buffer is there to carry bursts."),
  AGEING(
      "Priority, starvation and ageing",
      "kind=priority&urgent=70&rate=3&workers1=1&service1=200&capacity=50",
      "Seven of ten items are urgent (ringed) and overtake all others."
          + " Nearly all that the worker can do goes into urgent items, so an ordinary one at the"
          + " end waits as good as for ever: it starves."
          + " Set ageing to 2000 ms: what has waited that long counts as urgent too, and moves on."),
  STEALING(
      "Work stealing on skew",
      "kind=stealing&skew=100&workers1=4&rate=8&services=heavy-tailed&capacity=40",
      "All items are sent to the first worker's own queue, and some take very much longer than"
          + " others."
          + " Idle workers steal from the back of a queue that is not theirs, so all four are kept"
          + " at work."
          + " Look at the workers' counts: they are alike, though three of them are never sent"
          + " anything."),
  FAN_OUT(
      "Fan-out with a slow branch",
      "layout=branches&stages=3&service1=50&service2=80&service3=900&workers1=1&workers2=1&workers3=1&producers=1&rate=6",
      "Each item goes to three branches, and the third is slow."
          + " Its buffer fills, and since the producer waits for it, the fast branches get no more"
          + " than the slow one can take."
          + " Choose drop-oldest: the slow branch loses items, which are counted, and the others"
          + " get all of them."),
  JITTER(
      "Jitter buffer",
      "producers=1&workers1=1&rate=20&arrivals=bursty&services=constant&service1=50&capacity=60&prime=20",
      "Frames arrive in bursts, as from a network, and have to be shown at an even pace."
          + " The reader begins only when twenty frames are there, so it can carry on through a gap;"
          + " a gap that is too long is counted as an underflow, and it fills up again."
          + " Set the fill to 1 and see how much more often the picture stands still."),
  SHUTDOWN(
      "Graceful shutdown",
      "rate=10&capacity=30&workers1=2&service1=300",
      "Items come faster than they are dealt with, so some always wait."
          + " Press Drain: the producers stop, what waits is still dealt with, then each worker sees"
          + " the end and goes; no item is lost, and nothing had to be put into the buffer to say so."
          + " The account shows it: all that was produced was consumed, and nothing is on its way."),
  POISON(
      "Poison message",
      "poison=5&policy=retry-forever&workers1=3&rate=4&service1=100",
      "One item in twenty fails whenever it is tried, and the workers try for ever."
          + " Each such item takes a worker away for good: soon none is left, the buffer is full and"
          + " all producers wait."
          + " Choose retry: after three attempts the item is set aside as a dead letter, and the rest"
          + " goes on."),
  LOSS(
      "What theory says",
      "producers=1&rate=20&capacity=3&overflow=drop-newest&workers1=1&service1=50",
      "Random arrivals, random service times, one worker, three places: M/M/1/4 in the books."
          + " As many items come as can be dealt with, and yet the worker is idle a fifth of its time"
          + " and a fifth of the items is lost: that is what chance costs."
          + " Measured and predicted figures should agree here; a few minutes, or a higher speed,"
          + " bring them closer.");

  final String title;
  final String query;
  final String text;

  Scenario(String title, String query, String text) {
    this.title = title;
    this.query = query;
    this.text = text;
  }
}
