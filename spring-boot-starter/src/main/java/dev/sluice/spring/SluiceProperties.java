package dev.sluice.spring;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the application's pipelines are run.
///
/// @param autoStart Whether the beans that are pipelines are started with the application.
/// @param drainTimeout How long the pipelines have to finish what they have when the application
///   ends; the rest is abandoned, and told. Keep it below
///   spring.lifecycle.timeout-per-shutdown-phase.
/// @param closeChannels Whether the beans that are channels are closed when the application ends,
///   and the pipelines are drained only when what was sent to them has been taken.
@ConfigurationProperties("sluice")
record SluiceProperties(
    @DefaultValue("true") boolean autoStart,
    @DefaultValue("25s") Duration drainTimeout,
    @DefaultValue("true") boolean closeChannels) {}
