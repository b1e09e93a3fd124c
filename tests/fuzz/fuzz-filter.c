/* fuzz-filter.c: filter expressions
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "query/ann-filter.h"

/* A mistake is a place of the text, and said in one line that ends with its character. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnFilter) filter = NULL;
  gsize position = G_MAXSIZE;
  gsize length = G_MAXSIZE;

  filter = ann_filter_parse (text, &position, &length, &error);
  if (filter != NULL)
    {
      g_assert_no_error (error);
      g_assert_cmpstr (ann_filter_get_text (filter), ==, text);
      return 0;
    }

  g_assert_error (error, ANN_FILTER_ERROR, ANN_FILTER_ERROR_SYNTAX);
  g_assert_cmpuint (position, <=, strlen (text));
  g_assert_cmpuint (length, <=, strlen (text) - position);
  g_assert_true (g_str_has_suffix (error->message, ")"));
  g_assert_nonnull (g_strrstr (error->message, " (at character "));
  g_assert_null (strchr (error->message, '\n'));

  return 0;
}
