package dev.sluice.pipelines;

import dev.sluice.channels.Channel;
import dev.sluice.channels.ChannelBuilder;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A piece of a pipeline's description, with what comes before it. Values here have lost their
/// types; [Pipe] has seen to it that they fit.
///
/// What differs from kind to kind is a method of each, and no switch over kinds: Java would make a
/// class at run time for each such switch, and the first pipeline of a program takes 78 ms instead
/// of 89 without, 8 instead of 26 with Java's cache for a fast start.
sealed interface Node {

  /// What it is called in messages and reports.
  String name();

  /// What becomes of an item that its function threw an exception for; null if it calls none that
  /// may throw.
  default @Nullable OnError onError() {
    return null;
  }

  /// The same with another name; null if it has none of its own.
  default @Nullable Node named(String other) {
    return null;
  }

  /// The same where an item fails as `policy` says; null if it calls no function that may throw.
  default @Nullable Node failing(OnError policy) {
    return null;
  }

  /// Shows this and all that it is made of, in the order in which items meet them.
  void show(Consumer<Node> visitor);

  /// Wires this and all before it, so that what comes out of it goes into `next`.
  void wire(Topology topology, Step next);

  /// Finds all links up to this.
  ///
  /// @return the stages that what comes out of it comes from
  List<String> link(Links links);

  /// Whether the items of the pipeline that ends here must carry what they came of: because a
  /// source wants to be told what became of each, because one may become several, or because a dead
  /// letter must tell what the source had delivered.
  boolean mustTrack();

  /// Whether a value of the pipeline that ends here may come of several deliveries.
  boolean gathers();

  /// Whether the pipe that ends here writes to a sink before it ends.
  boolean hasSinks();

  /// Where the pipe that ends here begins.
  Node beginning();

  private static boolean tells(@Nullable OnError policy) {
    return policy instanceof OnError.ToDeadLetters
        || policy instanceof OnError.KeyToDeadLetters
        || (policy instanceof OnError.Retried retried && tells(retried.then()));
  }

  /// Where there is nothing before.
  sealed interface First extends Node {
    @Override
    default boolean mustTrack() {
      return false;
    }

    @Override
    default boolean gathers() {
      return false;
    }

    @Override
    default boolean hasSinks() {
      return false;
    }

    @Override
    default Node beginning() {
      return this;
    }
  }

  /// What goes on where another ends.
  sealed interface Next extends Node {
    Node before();

    @Override
    default void show(Consumer<Node> visitor) {
      before().show(visitor);
      visitor.accept(this);
    }

    @Override
    default List<String> link(Links links) {
      return links.link(before().link(links), this);
    }

    @Override
    default boolean mustTrack() {
      return tells(onError()) || before().mustTrack();
    }

    @Override
    default boolean gathers() {
      return before().gathers();
    }

    @Override
    default boolean hasSinks() {
      return before().hasSinks();
    }

    @Override
    default Node beginning() {
      return before().beginning();
    }
  }

  /// A stage within which there is a whole pipe.
  sealed interface Around extends Next {
    Begin begin();

    Node end();

    @Override
    default void show(Consumer<Node> visitor) {
      Next.super.show(visitor);
      end().show(visitor);
    }

    @Override
    default List<String> link(Links links) {
      return links.within(begin(), Next.super.link(links), end());
    }

    @Override
    default boolean mustTrack() {
      return end().mustTrack() || Next.super.mustTrack();
    }

    @Override
    default boolean gathers() {
      return end().gathers() || Next.super.gathers();
    }
  }

  /// Where a pipe begins: several readers share the sources.
  record From(String name, List<Source<Object>> sources, int readers) implements First {
    @Override
    public From named(String other) {
      return new From(other, sources, readers);
    }

    @Override
    public void show(Consumer<Node> visitor) {
      visitor.accept(this);
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wireFrom(this, next);
    }

    @Override
    public List<String> link(Links links) {
      return links.from(this);
    }

    @Override
    public boolean mustTrack() {
      return sources.stream().anyMatch(Source::isAcknowledged);
    }
  }

  /// Where a pipe begins that is part of a larger one: a branch, or a lane. Of the questions, those
  /// about what is before are asked of what it is a part of.
  ///
  /// Compared by identity: two branches with the same name are not the same.
  final class Begin implements First {
    @Override
    public String name() {
      return "branch";
    }

    @Override
    public void show(Consumer<Node> visitor) {
      // What it is a part of shows itself.
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wireBegin(this, next);
    }

    @Override
    public List<String> link(Links links) {
      return links.entering(this);
    }
  }

  /// Several pipes become one.
  ///
  /// @param firstFirst whether an item of a pipe is taken only when those before it have none
  record Merge(String name, List<Node> pipes, boolean firstFirst) implements First {
    @Override
    public Merge named(String other) {
      return new Merge(other, pipes, firstFirst);
    }

    @Override
    public void show(Consumer<Node> visitor) {
      pipes.forEach(pipe -> pipe.show(visitor));
      visitor.accept(this);
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wireRelay(this, next);
    }

    @Override
    public List<String> link(Links links) {
      return links.link(pipes.stream().flatMap(it -> it.link(links).stream()).toList(), this);
    }

    @Override
    public boolean mustTrack() {
      return pipes.stream().anyMatch(Node::mustTrack);
    }

    @Override
    public boolean gathers() {
      return pipes.stream().anyMatch(Node::gathers);
    }

    @Override
    public boolean hasSinks() {
      return pipes.stream().anyMatch(Node::hasSinks);
    }
  }

  /// A stage of one worker, which it shares with its neighbours unless it needs its own.
  ///
  /// @param onError null if it calls no function that may throw
  record Linear(Node before, String name, @Nullable OnError onError, Kind kind) implements Next {
    @Override
    public Linear named(String other) {
      return new Linear(before, other, onError, kind);
    }

    @Override
    public @Nullable Linear failing(OnError policy) {
      return onError == null ? null : new Linear(before, name, policy, kind);
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wireLinear(this, next);
    }

    @Override
    public boolean mustTrack() {
      return kind.is(Trait.SPLITS) || Next.super.mustTrack();
    }

    @Override
    public boolean gathers() {
      return kind.is(Trait.GATHERS) || Next.super.gathers();
    }
  }

  /// What a [Linear] stage does.
  ///
  /// @param maker makes its step for a worker
  record Kind(Maker maker, Set<Trait> traits) {
    static Kind of(Maker maker, Trait... traits) {
      return new Kind(maker, Set.of(traits));
    }

    boolean is(Trait trait) {
      return traits.contains(trait);
    }
  }

  /// What must be known of a stage before there is a step.
  enum Trait {
    /// Must be told when a time has come, and so needs a worker of its own.
    TIMED,
    /// Makes several of one, or delays what it will have counted.
    SPLITS,
    /// Makes one of several.
    GATHERS
  }

  /// Makes a step of a stage for one worker.
  @FunctionalInterface
  interface Maker {
    Step make(StageRun stage, Step next);
  }

  /// A function applied by several workers.
  record ParallelMap(
      Node before,
      String name,
      OnError onError,
      Parallel parallel,
      ThrowingFunction<Object, Object> function)
      implements Next {
    @Override
    public ParallelMap named(String other) {
      return new ParallelMap(before, other, onError, parallel, function);
    }

    @Override
    public ParallelMap failing(OnError policy) {
      return new ParallelMap(before, name, policy, parallel, function);
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wireParallel(this, next);
    }
  }

  /// A pipe that several workers are with, each with its own steps.
  record Balance(Node before, String name, Parallel parallel, Begin begin, Node end)
      implements Around {
    @Override
    public Balance named(String other) {
      return new Balance(before, other, parallel, begin, end);
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wireBalance(this, next);
    }
  }

  /// As many pipes as there are lanes: a value goes into that of its key.
  record Partition(
      Node before,
      String name,
      OnError onError,
      int lanes,
      ThrowingFunction<Object, Object> key,
      Begin begin,
      Node end)
      implements Around {
    @Override
    public Partition named(String other) {
      return new Partition(before, other, onError, lanes, key, begin, end);
    }

    @Override
    public Partition failing(OnError policy) {
      return new Partition(before, name, policy, lanes, key, begin, end);
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wirePartition(this, next);
    }
  }

  /// A pipe whose values may come back to its beginning. Its own work comes after that of the pipe.
  record Feedback(
      Node before,
      String name,
      OnError onError,
      int most,
      Begin begin,
      Node end,
      ThrowingFunction<Object, ? extends Iterable<?>> more)
      implements Next {
    @Override
    public Feedback named(String other) {
      return new Feedback(before, other, onError, most, begin, end, more);
    }

    @Override
    public Feedback failing(OnError policy) {
      return new Feedback(before, name, policy, most, begin, end, more);
    }

    @Override
    public void show(Consumer<Node> visitor) {
      before.show(visitor);
      end.show(visitor);
      visitor.accept(this);
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wireFeedback(this, next);
    }

    @Override
    public List<String> link(Links links) {
      return links.link(links.within(begin, links.and(before.link(links), this), end), this);
    }

    @Override
    public boolean mustTrack() {
      return true;
    }

    @Override
    public boolean gathers() {
      return true;
    }

    @Override
    public boolean hasSinks() {
      return end.hasSinks() || before.hasSinks();
    }
  }

  /// What waits before the next stage.
  ///
  /// @param storage null for the fast one
  record Buffer(Node before, String name, int capacity, Slow slow, @Nullable Storage storage)
      implements Next {
    @Override
    public Buffer named(String other) {
      return new Buffer(before, other, capacity, slow, storage);
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wireRelay(this, next);
    }

    @Override
    public List<String> link(Links links) {
      return links.isApart(this) ? Next.super.link(links) : before.link(links);
    }
  }

  /// Makes the channel that a [Buffer] keeps its values in.
  @FunctionalInterface
  interface Storage {
    Channel<ChannelEdge.Item> make(ChannelBuilder<ChannelEdge.Item> settings, int capacity);
  }

  /// Goes on, and into a branch.
  record Also(Node before, String name, Twig twig) implements Next {
    @Override
    public Also named(String other) {
      return new Also(before, other, twig);
    }

    @Override
    public void show(Consumer<Node> visitor) {
      Next.super.show(visitor);
      twig.end().show(visitor);
    }

    @Override
    public void wire(Topology topology, Step next) {
      topology.wireAlso(this, next);
    }

    @Override
    public List<String> link(Links links) {
      var through = Next.super.link(links);
      links.within(twig.begin(), through, twig.end());
      return through;
    }

    @Override
    public boolean mustTrack() {
      return true;
    }

    @Override
    public boolean hasSinks() {
      return true;
    }
  }

  /// An end of a pipeline: nothing is wired behind it.
  sealed interface End extends Next {
    @Override
    @Nullable End failing(OnError policy);

    /// Wires this and all before it.
    void wire(Topology topology);

    @Override
    default void wire(Topology topology, Step next) {
      throw new AssertionError(this);
    }

    @Override
    default boolean hasSinks() {
      return true;
    }
  }

  /// An end in one sink.
  record To(Node before, String name, OnError onError, Sink<Object> sink) implements End {
    @Override
    public To failing(OnError policy) {
      return new To(before, name, policy, sink);
    }

    @Override
    public void wire(Topology topology) {
      topology.wireTo(this);
    }
  }

  /// An end that goes on in several branches, each with ends of its own.
  ///
  /// @param route which branch a value goes to; null: to each
  record Branches(
      Node before,
      String name,
      @Nullable OnError onError,
      List<Twig> twigs,
      @Nullable ThrowingFunction<Object, Object> route)
      implements End {
    @Override
    public @Nullable Branches failing(OnError policy) {
      return onError == null ? null : new Branches(before, name, policy, twigs, route);
    }

    @Override
    public void show(Consumer<Node> visitor) {
      End.super.show(visitor);
      twigs.forEach(twig -> twig.end().show(visitor));
    }

    @Override
    public void wire(Topology topology) {
      topology.wireBranches(this);
    }

    @Override
    public List<String> link(Links links) {
      var through = End.super.link(links);
      twigs.forEach(twig -> links.within(twig.begin(), through, twig.end()));
      return through;
    }

    @Override
    public boolean mustTrack() {
      return true;
    }
  }

  /// A branch from where it begins to its end.
  record Twig(Begin begin, End end, Branch options) {}
}
