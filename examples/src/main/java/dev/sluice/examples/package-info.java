/// Every snippet of the README and the docs.
@org.jspecify.annotations.NullMarked
package dev.sluice.examples;
