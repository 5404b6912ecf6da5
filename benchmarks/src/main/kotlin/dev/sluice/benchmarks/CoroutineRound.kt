package dev.sluice.benchmarks

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.selects.select

/** A round of coroutines on the default dispatcher, with Kotlin's channels: as [Plays] has it for threads. */
internal open class CoroutineRound(
  private val parties: List<suspend (Tally) -> Unit>,
  expected: Tally,
) : Round(parties.size, expected) {

  private val gate = CompletableDeferred<Unit>()
  private val scope = CoroutineScope(Dispatchers.Default + SupervisorJob())

  override fun launch() {
    for (party in parties) {
      scope.launch {
        try {
          ready()
          gate.await()
          val received = Tally()
          party(received)
          done(received)
        } catch (e: Throwable) { // also an error: nobody else would see it
          failed(e)
        }
      }
    }
  }

  override fun open() {
    gate.complete(Unit)
  }

  override fun abandon() {
    scope.cancel()
  }

  /** As the round of waiting threads. */
  private class Waiting(
    private val channel: Channel<Item>,
    private val receivers: Int,
    parties: List<suspend (Tally) -> Unit>,
  ) : CoroutineRound(parties, Tally.of(0, receivers.toLong())) {

    override fun prepare() {
      super.prepare()
      open()
      Thread.sleep(500)
    }

    override fun play(patienceSeconds: Long) {
      Thread.sleep(Plays.WAIT_MILLIS)
    }

    override fun check() {
      runBlocking {
        var at = 0
        repeat(receivers) {
          channel.send(Item.ALL[at])
          at = Item.next(at)
        }
      }
      awaitDone(60)
      super.check()
    }
  }

  companion object {

    @JvmStatic
    fun plays(plays: Plays): Boolean =
      when (plays) {
        Plays.THROUGHPUT, Plays.BATCH, Plays.PING_PONG, Plays.PAIR, Plays.WAITING -> true
        else -> false
      }

    @JvmStatic
    fun of(scenario: Scenario, cell: Cell, items: Long): Round =
      when (scenario.plays(cell)) {
        Plays.PING_PONG -> {
          val there = Channel<Item>(cell.capacity())
          val back = Channel<Item>(cell.capacity())
          CoroutineRound(
            listOf(
              { tally -> sendAndReceive(there, back, items, tally) },
              { for (i in 0 until items) back.send(there.receive()) },
            ),
            Tally.of(0, items),
          )
        }
        Plays.PAIR -> {
          val channel = Channel<Item>(cell.capacity())
          CoroutineRound(
            listOf({ tally -> sendAndReceive(channel, channel, items, tally) }),
            Tally.of(0, items),
          )
        }
        Plays.WAITING -> {
          val channel = Channel<Item>(cell.capacity())
          Waiting(channel, cell.receivers(), List(cell.receivers()) { { it.add(channel.receive()) } })
        }
        else -> throughput(scenario.name() == "select", cell, items)
      }

    private fun throughput(selecting: Boolean, cell: Cell, items: Long): Round {
      val channels = List(if (selecting) cell.senders() else 1) { Channel<Item>(cell.capacity()) }
      val parties = ArrayList<suspend (Tally) -> Unit>()
      for (i in 0 until cell.senders()) {
        val out = channels[i % channels.size]
        parties.add {
          var at = Item.start(i)
          for (n in 0 until items / cell.senders()) {
            out.send(Item.ALL[at])
            at = Item.next(at)
          }
        }
      }
      val share = items / cell.receivers()
      repeat(cell.receivers()) {
        parties.add { tally ->
          var sum = 0L
          var mix = 0L
          for (n in 0 until share) {
            val item =
              if (selecting) select<Item> { for (c in channels) c.onReceive { it } }
              else channels[0].receive()
            sum += item.value
            mix += item.mix
          }
          tally.add(share, sum, mix)
        }
      }
      return CoroutineRound(parties, Plays.sent(cell, items))
    }

    private suspend fun sendAndReceive(out: Channel<Item>, into: Channel<Item>, count: Long, tally: Tally) {
      var at = 0
      var sum = 0L
      var mix = 0L
      for (i in 0 until count) {
        out.send(Item.ALL[at])
        val item = into.receive()
        sum += item.value
        mix += item.mix
        at = Item.next(at)
      }
      tally.add(count, sum, mix)
    }
  }
}
