package dev.sluice.spring;

import dev.sluice.queues.Durability;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The durable queue of the application. What is left out of its bounds and its lease stays as it
/// was set with the queue, or is the standard.
///
/// @param address Where it is: a file by file:PATH, or a server by postgresql://USER@HOST/DATABASE;
///   a number sign and a name after it choose one of several queues.
/// @param durability What a send that returned survives, of a file: FULL also the loss of power.
/// @param patience How long a call waits for a locked file, or a server that is away.
/// @param maxItems How many items it holds at most, dead letters included.
/// @param maxBytes How many bytes of payload it holds at most.
/// @param lease For how long a received item belongs to its receiver.
@ConfigurationProperties("sluice.queue")
record SluiceQueueProperties(
    String address,
    @DefaultValue("FULL") Durability durability,
    @DefaultValue("30s") Duration patience,
    @Nullable Long maxItems,
    @Nullable Long maxBytes,
    @Nullable Duration lease) {}
