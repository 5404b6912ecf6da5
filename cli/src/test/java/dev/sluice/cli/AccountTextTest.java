package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.logs.LogAccount;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccountTextTest {
  private static final Path REJECTED = Path.of("rejected.ndjson");

  @Test
  void an_account_is_a_sum_in_words() {
    var account = new LogAccount(1_000, 970, 10, 20, 0, 0, 1_000, 210_300, 0, 0, 0.44, List.of());

    assertThat(AccountText.of(account, REJECTED))
        .isEqualTo(
            "read 1,000 = 970 written + 10 filtered + 20 rejected (rejected.ndjson); 210.3 kB in 0.44 s");
  }

  @Test
  void what_was_lost_is_told() {
    var account = new LogAccount(10, 4, 0, 0, 0, 6, 10, 12, 0, 0, 0, List.of());

    assertThat(AccountText.of(account, REJECTED))
        .isEqualTo("read 10 = 4 written + 0 filtered + 0 rejected + 6 abandoned; 12 B in 0.00 s");
  }
}
