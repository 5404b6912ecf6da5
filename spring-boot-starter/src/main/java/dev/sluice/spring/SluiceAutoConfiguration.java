package dev.sluice.spring;

import dev.sluice.channels.Channel;
import dev.sluice.micrometer.SluiceMetrics;
import dev.sluice.monitor.Monitor;
import dev.sluice.pipelines.Pipeline;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.LinkedHashMap;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;

/// Runs the beans that are pipelines, and watches them and the beans that are channels.
@AutoConfiguration
@EnableConfigurationProperties(SluiceProperties.class)
public final class SluiceAutoConfiguration {
  SluiceAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  Monitor sluiceMonitor() {
    return new Monitor();
  }

  @Bean
  @ConditionalOnMissingBean
  RunningPipelines sluicePipelines(
      ListableBeanFactory beans, Monitor sluiceMonitor, SluiceProperties properties) {
    var pipelines = beans.getBeansOfType(Pipeline.class, false, true);
    var channels = new LinkedHashMap<String, Channel<?>>();
    beans.getBeansOfType(Channel.class, false, true).forEach(channels::put);
    channels.forEach(sluiceMonitor::watch);
    return new RunningPipelines(pipelines, channels, sluiceMonitor, properties);
  }

  /// From then on a monitor's server says that it is not ready for work.
  @Bean
  ApplicationListener<ContextClosedEvent> sluiceDraining(
      ApplicationContext context, Monitor sluiceMonitor) {
    return event -> {
      if (event.getApplicationContext().equals(context)) {
        sluiceMonitor.draining();
      }
    };
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  static class HealthConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "sluiceHealthIndicator")
    @ConditionalOnEnabledHealthIndicator("sluice")
    HealthIndicator sluiceHealthIndicator(RunningPipelines pipelines, Monitor sluiceMonitor) {
      return new PipelinesHealth(pipelines, sluiceMonitor);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterBinder.class)
  static class MetricsConfiguration {

    @Bean
    @ConditionalOnMissingBean
    SluiceMetrics sluiceMetrics(Monitor sluiceMonitor) {
      return new SluiceMetrics(sluiceMonitor);
    }
  }
}
