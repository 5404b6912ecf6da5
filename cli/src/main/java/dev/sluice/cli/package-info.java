/// The command line: one class for each command, thin.
@org.jspecify.annotations.NullMarked
package dev.sluice.cli;
