/* ann-number-text.h: numbers as people read them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_MINUS "\u2212"
#define ANN_THIN_SPACE "\u2009"

/* As the decimals of a column: all its numbers have exponents. */
#define ANN_NUMBER_SCIENTIFIC G_MAXUINT

/**
 * AnnNumberSample:
 * @smallest: the smallest absolute value
 * @largest: the largest one
 * @n_values: how many numbers other than 0 there are
 * @n_fractions: how many of them are no whole numbers
 * @n_tiny: how many are too small for the usual number of decimals
 *
 * What some numbers of a column are like.
 */
typedef struct {
  double smallest;
  double largest;
  guint64 n_values;
  guint64 n_fractions;
  guint64 n_tiny;
} AnnNumberSample;

void ann_number_text_append_unsigned (GString *text, guint64 value);
void ann_number_text_append_signed (GString *text, gint64 value);
void ann_number_text_append_double (GString *text, double value, guint decimals);

void ann_number_sample_add (AnnNumberSample *self, double value);
guint ann_number_sample_choose_decimals (const AnnNumberSample *self);

G_END_DECLS
