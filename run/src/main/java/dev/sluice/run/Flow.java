package dev.sluice.run;

import static java.util.Objects.requireNonNull;

import dev.sluice.logs.LogItem;
import dev.sluice.pipelines.DeadLetter;
import dev.sluice.pipelines.OnError;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipe;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Rate;
import dev.sluice.pipelines.Sink;
import dev.sluice.pipelines.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// The pipeline that a plan describes.
///
/// ```text
///   sources ==> parse -> filter -> set ==> exec (some at a time) -> ... ==> batch -> sink
///                                                                       ==> batch -> sink
/// ```
///
/// @param calls how the answer of a call is come by: by asking, or in a test from a stub
/// @param quick whether nothing waits and calls are made one at a time: for tests
record Flow(
    Plan plan, Compiled compiled, Sink<DeadLetter> deadLetters, Calls calls, boolean quick) {
  private static final int READERS = 4;
  private static final int BUFFER = 1_024;

  /// Asks.
  @FunctionalInterface
  interface Calls {
    LogItem ask(Step.Call call, LogItem item) throws Exception;
  }

  /// @param endless how many of the sources never end, and so take a thread each
  /// @param sinks one for each of the plan's
  Pipeline pipeline(List<Source<LogItem>> sources, int endless, List<Sink<List<LogItem>>> sinks) {
    int readers = endless + Math.min(READERS, sources.size() - endless);
    var pipe =
        Pipeline.merge(Math.max(1, quick ? 1 : readers), sources)
            .named("read")
            .buffer(BUFFER)
            .filter(item -> !item.isBlank())
            .named("blank lines")
            .map(LogItem::understood)
            .named("parse")
            .onError(policy(plan.source().policy()));
    for (var stage : plan.stages()) {
      pipe = with(pipe, stage);
    }
    var whole = pipe;
    if (sinks.size() == 1) {
      return end(whole, 0, sinks.getFirst()).named(plan.name()).onPlatformThreads();
    }
    var branches = new ArrayList<Function<Pipe<LogItem>, Pipeline>>();
    for (int i = 0; i < sinks.size(); i++) {
      int number = i;
      branches.add(branch -> end(branch, number, sinks.get(number)));
    }
    return whole.broadcast(branches).named(plan.name()).onPlatformThreads();
  }

  private Pipeline end(Pipe<LogItem> pipe, int number, Sink<List<LogItem>> sink) {
    var goal = plan.sinks().get(number);
    return pipe.batch(goal.batch(), goal.within())
        .to(goal.name(), sink)
        .onError(policy(goal.policy()));
  }

  private OnError policy(Policy policy) {
    return policy.with(deadLetters, quick);
  }

  private Pipe<LogItem> with(Pipe<LogItem> pipe, Step stage) {
    return switch (stage) {
      case Step.Filter it -> {
        var condition = compiled.conditions().get(it.name());
        yield pipe.filter(item -> requireNonNull(condition).test(item)).named(it.name());
      }
      case Step.Set it -> {
        var fields = compiled.fields().getOrDefault(it.name(), List.of());
        yield pipe.map(
                item -> {
                  var changed = item;
                  for (var field : fields) {
                    changed = field.apply(changed);
                  }
                  return changed;
                })
            .named(it.name());
      }
      case Step.Parse it ->
          pipe.map(it.parsing()::apply).named(it.name()).onError(policy(it.policy()));
      case Step.Dedupe it -> {
        var distinct = compiled.distinct().get(it.name());
        yield pipe.filter(item -> requireNonNull(distinct).keeps(item)).named(it.name());
      }
      case Step.Throttle it ->
          quick ? pipe : pipe.throttle(Rate.per(it.items(), it.per())).named(it.name());
      case Step.Call it -> {
        if (quick || it.workers() == 1) {
          yield called(it, pipe.map(item -> calls.ask(it, item)));
        }
        if (!it.key().isEmpty()) {
          var key = requireNonNull(compiled.keys().get(it.name()));
          yield pipe.partition(
                  it.workers(), key::of, lane -> called(it, lane.map(item -> calls.ask(it, item))))
              .named(it.name() + " by key");
        }
        var parallel =
            it.ordered() ? Parallel.ordered(it.workers()) : Parallel.unordered(it.workers());
        yield called(it, pipe.map(parallel, item -> calls.ask(it, item)));
      }
    };
  }

  private Pipe<LogItem> called(Step.Call call, Pipe<LogItem> pipe) {
    return pipe.named(call.name()).onError(policy(call.policy()));
  }
}
