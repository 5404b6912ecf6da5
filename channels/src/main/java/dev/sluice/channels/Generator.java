package dev.sluice.channels;

import static java.util.Objects.requireNonNull;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// A producer written as a loop that yields, resumed only when its consumer asks: a coroutine.
///
/// ```java
/// var squares =
///     Generator.<Integer>of(out -> {
///       for (int i = 0; ; i++) {
///         out.accept(i * i);
///       }
///     });
/// ```
///
/// Consumer and body alternate. The body begins with the first [#hasNext] or [#next]; each of them
/// runs it up to its next item and no further; in between it stands still. So the two never run at
/// the same time: they may share whatever they like without a lock, and a body need not end.
///
/// A generator is one run of its body, to be gone through once, by one thread at a time:
///
/// | the body | `hasNext` | `next` |
/// |---|---|---|
/// | yields an item | true | the item |
/// | returns | false | [NoSuchElementException] |
/// | throws | throws the same, once; then false | throws the same, once; then as above |
/// | was ended by [#close] | false | [NoSuchElementException] |
///
/// What the body throws is thrown as it is, a checked exception too. An interrupt of a consumer
/// that waits for the body goes to the body, as if the loop stood in the consumer's own code; what
/// the body doesn't take of it comes back to the consumer's flag.
///
/// Whoever stops before the end closes the generator. One that is forgotten is closed some time
/// after it has become unreachable, provided that its body doesn't refer to it.
///
/// The body runs on a virtual thread of its own, made when it begins, which ends with it.
///
/// @param <T> what is yielded; never null
@SuppressWarnings(
    "IterableAndIterator") // a run is one thing: for loops need the former, resuming it by hand the
// latter
public final class Generator<T> implements Iterable<T>, Iterator<T>, AutoCloseable {

  /// What produces the items.
  ///
  /// @param <T> what is yielded
  @FunctionalInterface
  public interface Body<T> {

    /// Passes all items to `out`, one after the other.
    void run(Yield<? super T> out) throws Exception;
  }

  /// Where a body puts its items.
  ///
  /// @param <T> what is yielded
  public interface Yield<T> {

    /// Hands `item` to the consumer and stands still until it asks for the next.
    ///
    /// When the generator has been closed this doesn't return: it throws an [Error] that is not to
    /// be caught, so that the body ends by way of its `finally` blocks.
    ///
    /// @throws IllegalStateException if called by another thread than the one that runs the body
    void accept(T item);
  }

  private static final Cleaner FORGOTTEN = Cleaner.create();

  private final Coroutine<T> coroutine;
  private final Cleaner.Cleanable cleanable;
  private @Nullable T next;

  private Generator(Body<T> body) {
    coroutine = new Coroutine<>(body);
    cleanable = FORGOTTEN.register(this, coroutine::abandon);
  }

  /// Makes a generator; `body` doesn't begin yet.
  public static <T> Generator<T> of(Body<T> body) {
    return new Generator<>(requireNonNull(body, "body is null"));
  }

  /// Whether there is one more item: runs the body up to it.
  ///
  /// @throws IllegalStateException if the body is running: it asks for its own items, or another
  ///   thread does
  @Override
  public boolean hasNext() {
    try {
      return next != null || (next = coroutine.resume()) != null;
    } finally {
      Reference.reachabilityFence(this); // or it might be forgotten while it is in use
    }
  }

  /// The next item: runs the body up to it.
  ///
  /// @throws IllegalStateException if the body is running: it asks for its own items, or another
  ///   thread does
  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the generator has ended");
    }
    var item = requireNonNull(next);
    next = null;
    return item;
  }

  /// This generator itself: it can be gone through once.
  @Override
  public Iterator<T> iterator() {
    return this;
  }

  /// The items as a stream: sequential, and lazy. Closing the stream closes the generator.
  public Stream<T> stream() {
    return StreamSupport.stream(new ItemSpliterator<>(this), false).onClose(this::close);
  }

  /// Ends the body where it stands, and returns when it has ended: its `finally` blocks have run. A
  /// body that hasn't begun never does. An item that has been yielded and not returned by [#next]
  /// is dropped. A second call does nothing.
  ///
  /// What a `finally` block throws is thrown here.
  ///
  /// @throws IllegalStateException if the body is running: it closes its own generator, or another
  ///   thread waits for an item
  @Override
  public void close() {
    try {
      next = null;
      coroutine.unwind();
      cleanable.clean();
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}
