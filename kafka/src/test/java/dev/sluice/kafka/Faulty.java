package dev.sluice.kafka;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/// A real client of Kafka's in which some calls go wrong.
final class Faulty {
  /// What a fault returns for a call that is to go through.
  static final Object PASS = new Object();

  private Faulty() {}

  /// Answers a call, throws, or lets it [#PASS].
  @FunctionalInterface
  interface Fault {
    @Nullable Object call(Method method, @Nullable Object[] args) throws Throwable;
  }

  @SuppressWarnings("unchecked") // the raw type of the same interface
  static <C> C of(Class<? super C> client, C real, Fault fault) {
    return (C)
        Proxy.newProxyInstance(
            Faulty.class.getClassLoader(),
            new Class<?>[] {client},
            (_, method, args) -> {
              var answer = fault.call(method, args == null ? new Object[0] : args);
              if (!PASS.equals(answer)) {
                return answer;
              }
              try {
                return method.invoke(real, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
