package dev.sluice.context;

import dev.sluice.pipelines.ContextCarrier;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Carries scoped values: those that are named, since there is no way to ask which are bound.
///
/// One that is not bound on the thread that starts the run is not bound in its workers.
public final class ScopedValues implements ContextCarrier {
  private final List<ScopedValue<?>> values;

  /// Carries `values`.
  public ScopedValues(ScopedValue<?>... values) {
    this.values = List.of(values);
  }

  @Override
  public Carried capture() {
    ScopedValue.@Nullable Carrier bound = null;
    for (var value : values) {
      if (value.isBound()) {
        bound = with(bound, value);
      }
    }
    var captured = bound;
    return captured == null
        ? Work::run
        : work ->
            captured.call(() -> {
              work.run();
              return true;
            });
  }

  private static <T> ScopedValue.Carrier with(
      ScopedValue.@Nullable Carrier others, ScopedValue<T> value) {
    return others == null
        ? ScopedValue.where(value, value.get())
        : others.where(value, value.get());
  }
}
