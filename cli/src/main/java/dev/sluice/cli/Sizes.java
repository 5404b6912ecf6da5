package dev.sluice.cli;

import dev.sluice.logs.ByteSize;
import dev.sluice.logs.UsageException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads sizes in bytes as people write them: `1GB` is 10^9, `1GiB` is 2^30; a bare number is
/// bytes.
final class Sizes implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) {
    try {
      return ByteSize.parse(text);
    } catch (UsageException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
