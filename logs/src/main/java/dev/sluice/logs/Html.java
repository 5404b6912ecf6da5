package dev.sluice.logs;

/// Grows an HTML page. What a log or a user brought goes in through [#text] and [#attribute] alone,
/// which leave nothing in it that a browser would take for markup, and nothing that would change
/// the direction of the text around it or hide in it.
///
/// The other methods take what this program's authors wrote.
final class Html {
  private final StringBuilder page = new StringBuilder(64 * 1024);

  /// Markup, as it is.
  Html raw(String markup) {
    page.append(markup);
    return this;
  }

  /// Text of any origin, between tags.
  Html text(String text) {
    escape(SummaryText.safe(text));
    return this;
  }

  /// Text of any origin that runs over several lines.
  Html lines(String text) {
    text.lines().forEach(line -> text(line).raw("\n"));
    return this;
  }

  /// An attribute whose value is of any origin: ` name="value"`.
  Html attribute(String name, String value) {
    page.append(' ').append(name).append("=\"");
    escape(SummaryText.safe(value));
    page.append('"');
    return this;
  }

  /// Text of any origin in an element of its own, apart from the direction of what is around it.
  Html foreign(String text) {
    return raw("<bdi>").text(text).raw("</bdi>");
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> page.append("&amp;");
        case '<' -> page.append("&lt;");
        case '>' -> page.append("&gt;");
        case '"' -> page.append("&quot;");
        case '\'' -> page.append("&#39;");
        case '`' -> page.append("&#96;");
        default -> page.append(c);
      }
    }
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
