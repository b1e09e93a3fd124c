/* ann-profile-row.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-profile-row.h"

#include "ann-weak.h"

#include <ann-core.h>

/* The names are read from the usual files by a worker. */
struct _AnnProfileRow {
  AdwComboRow parent_instance;

  char *wanted; /* (nullable): which is to be chosen, once the names are there */
};

G_DEFINE_FINAL_TYPE (AnnProfileRow, ann_profile_row, ADW_TYPE_COMBO_ROW)

static void
select_wanted (AnnProfileRow *self)
{
  GListModel *names = adw_combo_row_get_model (ADW_COMBO_ROW (self));

  for (guint i = 0; names != NULL && i < g_list_model_get_n_items (names); i++)
    {
      g_autoptr (GtkStringObject) name = g_list_model_get_item (names, i);

      if (g_strcmp0 (gtk_string_object_get_string (name), self->wanted) == 0)
        adw_combo_row_set_selected (ADW_COMBO_ROW (self), i);
    }
}

static void
list_profiles (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, ann_s3_list_profiles (), (GDestroyNotify) g_strfreev);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnProfileRow) self = ann_weak_take (user_data);
  g_auto (GStrv) names = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GtkStringList) list = NULL;

  if (self == NULL || names == NULL || names[0] == NULL)
    return;

  list = gtk_string_list_new ((const char *const *) names);
  adw_combo_row_set_model (ADW_COMBO_ROW (self), G_LIST_MODEL (list));
  select_wanted (self);
}

static void
ann_profile_row_finalize (GObject *object)
{
  AnnProfileRow *self = ANN_PROFILE_ROW (object);

  g_free (self->wanted);

  G_OBJECT_CLASS (ann_profile_row_parent_class)->finalize (object);
}

static void
ann_profile_row_class_init (AnnProfileRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_profile_row_finalize;
}

static void
ann_profile_row_init (AnnProfileRow *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_listed, ann_weak_new (self));

  ann_worker_run_task (task, ANN_LANE_READ, list_profiles);
}

/**
 * ann_profile_row_get_profile:
 * @self: a row
 *
 * Returns: (nullable): the profile that is chosen; %NULL until the names are there, or if there are
 *   none
 */
const char *
ann_profile_row_get_profile (AnnProfileRow *self)
{
  GObject *item = adw_combo_row_get_selected_item (ADW_COMBO_ROW (self));

  return item != NULL ? gtk_string_object_get_string (GTK_STRING_OBJECT (item)) : NULL;
}

/**
 * ann_profile_row_set_profile:
 * @self: a row
 * @profile: the name of one
 *
 * Chooses it, now or when the names are there, if it is among them.
 */
void
ann_profile_row_set_profile (AnnProfileRow *self, const char *profile)
{
  g_free (self->wanted);
  self->wanted = g_strdup (profile);
  select_wanted (self);
}
