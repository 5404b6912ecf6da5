/// An application of Spring Boot that takes orders over HTTP, and stores them by a pipeline.
@NullMarked
package dev.sluice.samples.spring;

import org.jspecify.annotations.NullMarked;
