/* ann-strv.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-strv-private.h"

char **
_ann_strv_new_from_array (GPtrArray *texts)
{
  g_autoptr (GStrvBuilder) copy = g_strv_builder_new ();

  for (guint i = 0; i < texts->len; i++)
    g_strv_builder_add (copy, texts->pdata[i]);

  return g_strv_builder_end (copy);
}
