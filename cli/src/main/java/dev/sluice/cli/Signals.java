package dev.sluice.cli;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Listens for the signals that ask a program to end, so that it can end in order: HUP, INT and
/// TERM.
///
/// The first one, of whatever kind, goes to one listener and the second to the other; later ones do
/// nothing. A signal that was ignored when the program started (`nohup`, a shell's background job)
/// stays ignored.
///
/// Listeners run on a thread of their own and must not throw.
final class Signals implements AutoCloseable {

  /// A signal that came: its name without `SIG`, and its number.
  record Signal(String name, int number) {
    /// What a shell reports for a program that this signal ended.
    int exitStatus() {
      return 128 + number;
    }
  }

  private static final String[] ENDING = {"HUP", "INT", "TERM"};

  private final Map<String, Object> before = new LinkedHashMap<>();

  private Signals() {}

  /// Listens until [#close].
  static Signals listen(Consumer<Signal> first, Consumer<Signal> second) {
    var came = new AtomicInteger();
    var signals = new Signals();
    for (var name : ENDING) {
      signals.handle(
          name,
          signal -> {
            switch (came.incrementAndGet()) {
              case 1 -> first.accept(signal);
              case 2 -> second.accept(signal);
              default -> {}
            }
          });
    }
    return signals;
  }

  /// Calls `listener` for each signal `name`, until [#close].
  static Signals each(String name, Consumer<Signal> listener) {
    var signals = new Signals();
    signals.handle(name, listener);
    return signals;
  }

  private void handle(String name, Consumer<Signal> listener) {
    before.put(name, Jdk.handle(name, Jdk.handler(listener)));
  }

  /// Lets the signals do again what they did before.
  @Override
  public void close() {
    before.forEach(Jdk::handle);
    before.clear();
  }

  /// `sun.misc.Signal` is the only way to hear of a signal. It is supported, but the compiler warns
  /// of each mention and nothing can silence it: hence by name.
  private static final class Jdk {
    private static final Class<?> HANDLER;
    private static final Constructor<?> SIGNAL;
    private static final Method HANDLE;
    private static final Method NAME;
    private static final Method NUMBER;

    static {
      try {
        var signal = Class.forName("sun.misc.Signal");
        HANDLER = Class.forName("sun.misc.SignalHandler");
        SIGNAL = signal.getConstructor(String.class);
        HANDLE = signal.getMethod("handle", signal, HANDLER);
        NAME = signal.getMethod("getName");
        NUMBER = signal.getMethod("getNumber");
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("this Java has no sun.misc.Signal", e);
      }
    }

    /// Sets the handler of a signal and returns the one before.
    static Object handle(String name, Object handler) {
      return call(() -> HANDLE.invoke(null, SIGNAL.newInstance(name), handler));
    }

    static Object handler(Consumer<Signal> listener) {
      return Proxy.newProxyInstance(
          Signals.class.getClassLoader(),
          new Class<?>[] {HANDLER},
          (proxy, method, args) -> {
            var signal = args[0];
            listener.accept(
                new Signal(
                    (String) call(() -> NAME.invoke(signal)),
                    (Integer) call(() -> NUMBER.invoke(signal))));
            return null;
          });
    }

    private static Object call(Reflective call) {
      try {
        return call.run();
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    private interface Reflective {
      Object run() throws ReflectiveOperationException;
    }
  }
}
