package dev.sluice.examples;

/// What travels through the pipelines here.
///
/// @param id which order it is
/// @param customer who ordered
/// @param cents what it costs
public record Order(String id, String customer, long cents) {

  /// Reads `id,customer,cents`.
  ///
  /// @throws IllegalArgumentException if the line is no order
  public static Order parse(String line) {
    var parts = line.split(",", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("expected id,customer,cents, but found: " + line);
    }
    return new Order(parts[0], parts[1], Long.parseLong(parts[2]));
  }

  /// Whether it costs anything.
  public boolean isPaid() {
    return cents > 0;
  }
}
