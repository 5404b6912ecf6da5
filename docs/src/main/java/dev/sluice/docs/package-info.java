/// README and docs as a site of plain HTML.
///
/// ```text
///   *.md --> Page --> Site --> target/site/*.html
/// ```
@NullMarked
package dev.sluice.docs;

import org.jspecify.annotations.NullMarked;
