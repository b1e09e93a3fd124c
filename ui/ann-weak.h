/* ann-weak.h: for callbacks of widgets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A task must not hold the widget that waits for it: a widget with a reference elsewhere is not
 * disposed when it leaves its window, and nothing would cancel the task. So the callback gets one
 * of these and takes the widget out of it, if it is still there.
 */
typedef GWeakRef AnnWeak;

static inline AnnWeak *
ann_weak_new (gpointer object)
{
  AnnWeak *weak = g_new0 (AnnWeak, 1);

  g_weak_ref_init (weak, object);

  return weak;
}

/* Returns: (transfer full) (nullable) */
static inline gpointer
ann_weak_take (gpointer data)
{
  AnnWeak *weak = data;
  gpointer object = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);

  return object;
}

G_END_DECLS
