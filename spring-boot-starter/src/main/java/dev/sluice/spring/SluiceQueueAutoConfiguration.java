package dev.sluice.spring;

import dev.sluice.queues.Codec;
import dev.sluice.queues.DurableQueue;
import dev.sluice.queues.QueueAddress;
import dev.sluice.queues.QueueException;
import dev.sluice.queues.QueueOptions;
import dev.sluice.queues.QueueStore;
import dev.sluice.queues.StoreOptions;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/// Opens the durable queue that `sluice.queue.address` names. Its items are what the bean that is a
/// [Codec] makes of them, or text if there is none.
@AutoConfiguration
@ConditionalOnClass(QueueStore.class)
@ConditionalOnProperty("sluice.queue.address")
@EnableConfigurationProperties(SluiceQueueProperties.class)
public final class SluiceQueueAutoConfiguration {
  SluiceQueueAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  QueueStore sluiceQueueStore(SluiceQueueProperties properties) throws QueueException {
    return QueueStore.open(
        address(properties), new StoreOptions(properties.durability(), properties.patience()));
  }

  @Bean
  @ConditionalOnMissingBean
  DurableQueue<?> sluiceQueue(
      QueueStore store, SluiceQueueProperties properties, ObjectProvider<Codec<?>> codecs)
      throws QueueException, InterruptedException {
    var codec = codecs.getIfAvailable(Codec::text);
    return store.queue(
        address(properties).queue(), codec, options -> configured(options, properties));
  }

  private static QueueOptions configured(QueueOptions options, SluiceQueueProperties properties) {
    var items = properties.maxItems();
    var bytes = properties.maxBytes();
    var lease = properties.lease();
    try {
      var bounded =
          options.bounded(
              items == null ? options.maxItems() : items,
              bytes == null ? options.maxBytes() : bytes);
      return lease == null ? bounded : bounded.lease(lease);
    } catch (IllegalArgumentException e) {
      throw new QueueSettingsException("sluice.queue", e);
    }
  }

  private static QueueAddress address(SluiceQueueProperties properties) {
    try {
      return QueueAddress.parse(properties.address());
    } catch (IllegalArgumentException e) {
      throw new QueueSettingsException("sluice.queue.address", e);
    }
  }
}
