package dev.sluice.cli;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads names of encodings as people write them: `latin-1` too.
final class Encodings implements ITypeConverter<Charset> {

  @Override
  public Charset convert(String name) {
    try {
      return name.toLowerCase(Locale.ROOT).equals("latin-1")
          ? StandardCharsets.ISO_8859_1
          : Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new TypeConversionException(
          "'%s' is no encoding that this Java knows (expected utf-8, utf-16, utf-16le, utf-16be, latin-1, ...)"
              .formatted(name));
    }
  }
}
