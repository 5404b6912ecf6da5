package dev.sluice.samples.spring;

import dev.sluice.channels.Channel;
import dev.sluice.pipelines.Parallel;
import dev.sluice.pipelines.Pipeline;
import dev.sluice.pipelines.Source;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/// Takes an order by `POST /orders`, and adds it to a file.
@SpringBootApplication
public class OrdersApplication {
  /// Made by Spring.
  public OrdersApplication() {}

  /// Starts it.
  public static void main(String[] args) {
    SpringApplication.run(OrdersApplication.class, args);
  }

  // @start beans
  @Bean
  Channel<String> inbox() {
    return Channel.bounded(1_000); // closed when the application ends
  }

  @Bean
  Pipeline orders(Channel<String> inbox, OrderFile file) {
    return Pipeline.from(Source.of(inbox))
        .map(Parallel.ordered(4), String::strip)
        .batch(100, Duration.ofMillis(50))
        .to(file::append);
  }

  // @end

  /// What the web sees.
  @RestController
  static class Orders {
    private final Channel<String> inbox;

    Orders(Channel<String> inbox) {
      this.inbox = inbox;
    }

    // @start endpoint
    @PostMapping("/orders")
    void order(@RequestBody String order) throws InterruptedException {
      if (!inbox.send(order, Duration.ofSeconds(1))) { // full: tell the client to come back
        throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
      }
    }
    // @end
  }
}
