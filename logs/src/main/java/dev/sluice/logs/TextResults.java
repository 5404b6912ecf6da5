package dev.sluice.logs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lays tables out in columns: numbers to the right, texts to the left and whole, a `-` for what a
/// record does not have. No cell holds a character that would steer a terminal or begin a line.
final class TextResults implements Results {
  /// A longer text moves the rest of its line, rather than the rest of all lines.
  private static final int WIDEST = 40;

  private static final String NULL = "-";

  private final OutputStream out;
  private boolean begun;

  TextResults(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(Table table) throws IOException {
    int[] widths = table.columns().stream().mapToInt(TextResults::width).toArray();
    var numbers = new boolean[widths.length];
    Arrays.fill(numbers, true);
    table
        .rows()
        .forEach(cells -> {
          for (int i = 0; i < widths.length; i++) {
            var cell = cells.get(i);
            widths[i] = Math.max(widths[i], width(text(cell)));
            numbers[i] &= cell == null || cell instanceof Number || cell instanceof Share;
          }
        });
    if (begun) {
      out.write('\n');
    }
    begun = true;
    line(table.columns(), widths, numbers);
    table.rows().forEach(cells -> line(cells, widths, numbers));
    if (table.note() != null) {
      out.write(("# " + table.note() + "\n").getBytes(UTF_8));
    }
  }

  private void line(List<? extends @Nullable Object> cells, int[] widths, boolean[] numbers)
      throws IOException {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      var text = text(cells.get(i));
      var space = " ".repeat(Math.max(0, widths[i] - SummaryText.columns(text)));
      line.append(i == 0 ? "" : "  ");
      if (numbers[i]) {
        line.append(space).append(text);
      } else {
        line.append(text).append(i == widths.length - 1 ? "" : space);
      }
    }
    out.write(line.append('\n').toString().getBytes(UTF_8));
  }

  private static int width(String text) {
    return Math.min(WIDEST, SummaryText.columns(text));
  }

  private static String text(@Nullable Object cell) {
    if (cell == null) {
      return NULL;
    }
    if (cell instanceof Share share) { // no switch: Java would make a class for it at each start
      return Figures.fixed(100 * share.part(), 2) + " %";
    }
    if (cell instanceof Double number && Double.isFinite(number)) {
      return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
    }
    return cell instanceof Number
        ? cell.toString()
        : SummaryText.safe(cell instanceof Json json ? json.text() : cell.toString());
  }
}
