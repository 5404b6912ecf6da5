package dev.sluice.samples.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/// Where orders are kept: a line each.
@Component
class OrderFile {
  private final Path file;

  OrderFile(@Value("${orders.file}") Path file) {
    this.file = file;
  }

  void append(List<String> orders) throws IOException {
    Files.write(file, orders, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
