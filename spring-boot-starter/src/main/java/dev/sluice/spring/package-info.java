/// Pipelines as beans of Spring Boot.
///
/// ```text
///   Pipeline beans --> RunningPipelines --> Monitor --> health, meters
///   Channel beans ----'  starts them with the context, and drains them with it
/// ```
@NullMarked
package dev.sluice.spring;

import org.jspecify.annotations.NullMarked;
