package dev.sluice.benchmarks

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.asFlow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.runBlocking

/** A pipeline of three stages with Kotlin's flows, on the default dispatcher. */
internal object KotlinFlow {

  @JvmStatic
  fun stages(capacity: Int): Piped = Piped { input, arrivals ->
    runBlocking(Dispatchers.Default) {
      input
        .asFlow()
        .buffer(capacity)
        .flowOn(Dispatchers.Default)
        .map { it.following() }
        .buffer(capacity)
        .flowOn(Dispatchers.Default)
        .map { it.following() }
        .buffer(capacity)
        .flowOn(Dispatchers.Default)
        .map { it.following() }
        .collect { arrivals.add(it) }
    }
  }
}
