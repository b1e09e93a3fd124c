/* ann-json-text-private.h: JSON as it is written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Adds a string with its quotes. Bytes that are no UTF-8 become U+FFFD. @length: -1 for a text that
 * ends with a NUL
 */
void _ann_json_append_string (GString *json, const char *text, gssize length);

/* Adds a number that is read back as this one, and as no integer. What is no number is written as
 * Python's json module does it: `NaN`, `Infinity`, `-Infinity`.
 */
void _ann_json_append_double (GString *json, double value);

G_END_DECLS
