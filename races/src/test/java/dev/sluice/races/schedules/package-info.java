/// Scenes for [dev.sluice.races.Schedules].
@NullMarked
package dev.sluice.races.schedules;

import org.jspecify.annotations.NullMarked;
