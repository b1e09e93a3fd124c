/* ann-number-text.h: numbers as people read them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_MINUS "\u2212"
#define ANN_THIN_SPACE "\u2009"

void ann_number_text_append_unsigned (GString *text, guint64 value);
void ann_number_text_append_signed (GString *text, gint64 value);
void ann_number_text_append_double (GString *text, double value, guint decimals);
guint ann_number_text_choose_decimals (double smallest, double largest, gboolean is_whole);

G_END_DECLS
