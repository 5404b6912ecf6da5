package dev.sluice.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads shares as people write them: `1%`, `0.01`, `1/100`.
final class Rates implements ITypeConverter<Double> {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,9}(?:\\.\\d{1,12})?|\\.\\d{1,12}) ?(%|/ ?(\\d{1,12}))?");

  @Override
  public Double convert(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is not a rate (expected 1%, 0.01 or 1/100)");
    }
    double number = Double.parseDouble(matcher.group(1));
    var of = matcher.group(3);
    double rate =
        matcher.group(2) == null ? number : number / (of == null ? 100 : Double.parseDouble(of));
    if (!(rate > 0 && rate <= 1)) {
      throw new TypeConversionException(
          "'" + text + "' is not more than 0 and at most 1 (for one in a hundred: 1%)");
    }
    return rate;
  }
}
