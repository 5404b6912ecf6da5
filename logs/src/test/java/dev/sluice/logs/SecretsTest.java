package dev.sluice.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private static final Set<Secrets> ALL = EnumSet.allOf(Secrets.class);

  private static String redact(String text) {
    return Secrets.redact(text, ALL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          from 10.20.30.40:8080 to 255.255.255.255. | from [address]:8080 to [address].
          ip=192.168.0.1,10.0.0.1                    | ip=[address],[address]
          client 2001:db8::1: timeout                | client [address]: timeout
          addr:2001:db8:0:0:0:0:2:1 up               | addr:[address] up
          [::1]:443 and fe80::1%eth0                 | [[address]]:443 and [address]%eth0
          ::ffff:10.1.2.3 mapped                     | [address] mapped
          mail ann.o+tag@mail.example.co.uk, bye     | mail [email], bye
          ?to=ann%40example.com&x=1                  | ?to=[email]&x=1
          {"m":"ann\\u0040example.com"}              | {"m":"[email]"}
          <jörg@müller.example>                      | <[email]>
          card 4111 1111 1111 1111 ok                | card [card] ok
          card=5500-0000-0000-0004;                  | card=[card];
          378282246310005                            | [card]
          6011+1111+1111+1117                        | [card]
          on 2026-11-21 4012888888881881             | on 2026-11-21 [card]
          Authorization: Bearer abcDEF123.456-x      | Authorization: [token]
          auth was Bearer abcDEF123.456-x today      | auth was Bearer [token] today
          got bearer%20A1b2C3d4E5                    | got bearer%20[token]
          Basic dXNlcjpwYXNz sent                    | Basic [token] sent
          jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln | jwt [token]
          key AKIAIOSFODNN7EXAMPLE used              | key [token] used
          aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY | aws_secret_access_key=[token]
          id 0123456789abcdef0123456789ABCDEF        | id [token]
          ghp_0123456789abcdefghij                   | [token]
          /login?user=ann&password=hunter2&x=1       | /login?user=ann&password=[token]&x=1
          {"password":"hun\\"ter2","n":1}            | {"password":"[token]","n":1}
          {\\"api_key\\":\\"x y\\",\\"n\\":1}        | {\\"api_key\\":\\"[token]\\",\\"n\\":1}
          password: hunter2                          | password: [token]
          """)
  void what_is_secret_is_replaced_and_nothing_else(String text, String clean) {
    assertThat(redact(text)).isEqualTo(clean);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "GET /index.html HTTP/1.1",
        "12:34:56 took 15 ms",
        "std::vector<int>::size()",
        "at com.example.Foo$Bar@1a2b3c",
        "version 1.2.3 of 4.5",
        "256.1.1.1 and 1.2.3.4.5",
        "aa:bb:cc:dd:ee:ff",
        "a basic understanding of bearer instruments",
        "4111 1111 1111 1112",
        "order 1234567890123456789",
        "prompt_tokens=512",
        "0.4111111111111111",
        "ann@localhost",
        "unexpected token: '<'",
        "550e8400-e29b-41d4-a716-446655440000",
        "::"
      })
  void what_is_no_secret_stays_the_same_object(String text) {
    assertThat(redact(text)).isSameAs(text);
  }

  @Test
  void redacting_twice_changes_nothing_more() {
    var once = redact("10.0.0.1 ann@example.com 4111111111111111 password=x Bearer abcDEF123456");

    assertThat(redact(once)).isEqualTo(once);
  }

  @Test
  void only_the_kinds_that_were_asked_for_are_looked_for() {
    assertThat(Secrets.redact("10.0.0.1 ann@example.com", EnumSet.of(Secrets.EMAIL)))
        .isEqualTo("10.0.0.1 [email]");
  }

  /// A matcher that is not linear would need hours for these.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "@",
        "a@",
        "a.",
        "1.",
        "1:",
        "::",
        "1 ",
        "4111 ",
        "a",
        "A1",
        "eyJ-",
        "bearer ",
        "=",
        "a=",
        "token=",
        "password=\"",
        "\\\"",
        "%40",
        "\\u0040",
        "deadbeef ",
        "ab:",
        "AKIA",
        "4",
        "sk-",
        "-"
      })
  @Timeout(20)
  void the_time_is_linear_in_the_text_whatever_it_holds(String piece) {
    var text = piece.repeat(2_000_000 / piece.length());

    var began = System.nanoTime();
    redact(text);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void any_text_is_redacted_without_an_exception() {
    var random = new Random(5);
    var pieces =
        List.of(
            "@",
            ":",
            "::",
            ".",
            "%40",
            "\\u0040",
            "\\",
            "\"",
            "'",
            "=",
            "bearer ",
            "eyJ",
            "4111",
            "f",
            "1",
            " ",
            "password",
            "token",
            "AKIA",
            "-",
            "\ud800",
            "é",
            "a.b",
            "sk-",
            "%20");
    for (int i = 0; i < 200_000; i++) {
      var text = new StringBuilder();
      for (int j = random.nextInt(12); j >= 0; j--) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      assertThat(redact(text.toString())).isNotNull();
    }
  }
}
