/* ann-recents.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-recents.h"

#include "ann-text.h"
#include "ann-weak.h"
#include "models/ann-place.h"

#include <glib/gi18n.h>

#define MAX_RECENTS 30

/* ---- One store ---- */

struct _AnnRecent {
  GObject parent_instance;

  GFile *file;
  char *name;
  char *folder;
  char *format;
  guint64 n_obs;
  guint64 n_var;
  guint64 size;
  gint64 opened;
  gboolean has_shape;
  gboolean is_missing;
};

enum { PROP_0, PROP_MISSING, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnnRecent, ann_recent, G_TYPE_OBJECT)

static void
recent_set_file (AnnRecent *self, GFile *file)
{
  g_set_object (&self->file, file);
  g_free (self->name);
  g_free (self->folder);
  self->name = ann_place_dup_name (file);
  self->folder = ann_place_dup_folder (file);
}

static AnnRecent *
recent_new (GFile *file)
{
  AnnRecent *self = g_object_new (ANN_TYPE_RECENT, NULL);

  recent_set_file (self, file);

  return self;
}

static void
recent_set_missing (AnnRecent *self, gboolean is_missing)
{
  if (self->is_missing == is_missing)
    return;

  self->is_missing = is_missing;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MISSING]);
}

/**
 * ann_recent_get_file:
 * @self: a store that was open
 *
 * Returns: (transfer none): where it is, or was
 */
GFile *
ann_recent_get_file (AnnRecent *self)
{
  return self->file;
}

/**
 * ann_recent_get_name:
 * @self: a store that was open
 *
 * Returns: (transfer none): its name without the folder, in UTF-8
 */
const char *
ann_recent_get_name (AnnRecent *self)
{
  return self->name;
}

/**
 * ann_recent_get_folder:
 * @self: a store that was open
 *
 * Returns: (transfer none): its folder, in UTF-8
 */
const char *
ann_recent_get_folder (AnnRecent *self)
{
  return self->folder;
}

/**
 * ann_recent_is_missing:
 * @self: a store that was open
 *
 * Returns: whether it was not there when ann_recents_check() looked
 */
gboolean
ann_recent_is_missing (AnnRecent *self)
{
  return self->is_missing;
}

/**
 * ann_recent_get_shape_text:
 * @self: a store that was open
 *
 * Returns: (transfer full) (nullable): such as `700 × 765`
 */
char *
ann_recent_get_shape_text (AnnRecent *self)
{
  guint64 shape[2] = { self->n_obs, self->n_var };

  return self->has_shape ? ann_text_shape (2, shape) : NULL;
}

/**
 * ann_recent_get_detail_text:
 * @self: a store that was open
 *
 * Returns: (transfer full): format, size (where it is known) and the day when it was last opened
 */
char *
ann_recent_get_detail_text (AnnRecent *self)
{
  g_autofree char *size = g_format_size (self->size);
  g_autofree char *day = ann_text_day (self->opened);

  if (self->size == 0)
    return g_strdup_printf ("%s · %s", self->format != NULL ? self->format : "?", day);

  return g_strdup_printf ("%s · %s · %s", self->format != NULL ? self->format : "?", size, day);
}

static void
ann_recent_finalize (GObject *object)
{
  AnnRecent *self = ANN_RECENT (object);

  g_clear_object (&self->file);
  g_free (self->name);
  g_free (self->folder);
  g_free (self->format);

  G_OBJECT_CLASS (ann_recent_parent_class)->finalize (object);
}

static void
ann_recent_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_MISSING:
      g_value_set_boolean (value, ANN_RECENT (object)->is_missing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ann_recent_class_init (AnnRecentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ann_recent_finalize;
  object_class->get_property = ann_recent_get_property;

  properties[PROP_MISSING] = g_param_spec_boolean ("missing", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ann_recent_init (AnnRecent *self)
{
}

/* ---- All of them: a key file, read and written without waiting ---- */

struct _AnnRecents {
  GObject parent_instance;

  char *path;
  GListStore *store; /* the last opened first */
  gboolean is_loaded;
  gboolean is_saving;
  gboolean is_dirty; /* changed while it was being saved */
};

G_DEFINE_FINAL_TYPE (AnnRecents, ann_recents, G_TYPE_OBJECT)

static AnnRecent *
parse_recent (GKeyFile *key_file, const char *group)
{
  g_autofree char *uri = g_key_file_get_string (key_file, group, "uri", NULL);
  g_autoptr (GFile) file = NULL;
  AnnRecent *self;

  if (uri == NULL || uri[0] == '\0')
    return NULL;

  file = g_file_new_for_uri (uri);
  self = recent_new (file);
  self->format = g_key_file_get_string (key_file, group, "format", NULL);
  self->has_shape = g_key_file_has_key (key_file, group, "n-obs", NULL);
  self->n_obs = g_key_file_get_uint64 (key_file, group, "n-obs", NULL);
  self->n_var = g_key_file_get_uint64 (key_file, group, "n-var", NULL);
  self->size = g_key_file_get_uint64 (key_file, group, "size", NULL);
  self->opened = g_key_file_get_int64 (key_file, group, "opened", NULL);

  return self;
}

static GBytes *
to_bytes (AnnRecents *self)
{
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  gsize length;
  char *text;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnRecent) recent = g_list_model_get_item (G_LIST_MODEL (self->store), i);
      g_autofree char *group = g_strdup_printf ("store-%u", i + 1);
      g_autofree char *uri = g_file_get_uri (recent->file);

      g_key_file_set_string (key_file, group, "uri", uri);
      if (recent->format != NULL)
        g_key_file_set_string (key_file, group, "format", recent->format);
      if (recent->has_shape)
        {
          g_key_file_set_uint64 (key_file, group, "n-obs", recent->n_obs);
          g_key_file_set_uint64 (key_file, group, "n-var", recent->n_var);
        }
      g_key_file_set_uint64 (key_file, group, "size", recent->size);
      g_key_file_set_int64 (key_file, group, "opened", recent->opened);
    }
  text = g_key_file_to_data (key_file, &length, NULL);

  return g_bytes_new_take (text, length);
}

static void save (AnnRecents *self);

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AnnRecents *self = ANN_RECENTS (source);
  GApplication *application = g_application_get_default ();
  g_autoptr (GError) error = NULL;

  self->is_saving = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    g_message ("The list of recent stores was not saved: %s", error->message);
  if (self->is_dirty)
    save (self);
  if (application != NULL)
    g_application_release (application);
}

static void
write_file (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  AnnRecents *self = source;
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  GError *error = NULL;
  gsize size;
  const char *bytes = g_bytes_get_data (task_data, &size);

  g_mkdir_with_parents (folder, 0700);
  if (g_file_replace_contents (file, bytes, size, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL,
                               cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* One writer at a time; what changes meanwhile is written after it. */
static void
save (AnnRecents *self)
{
  GApplication *application = g_application_get_default ();
  g_autoptr (GTask) task = NULL;

  self->is_dirty = self->is_saving || !self->is_loaded;
  if (self->is_dirty)
    return;

  /* A program that is quitting waits for it. */
  if (application != NULL)
    g_application_hold (application);
  self->is_saving = TRUE;
  task = g_task_new (self, NULL, on_saved, NULL);
  g_task_set_task_data (task, to_bytes (self), (GDestroyNotify) g_bytes_unref);
  ann_worker_run_task (task, ANN_LANE_READ, write_file);
}

static AnnRecent *
find (AnnRecents *self, GFile *file, guint *position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnRecent) recent = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      if (g_file_equal (recent->file, file))
        {
          *position = i;
          return g_steal_pointer (&recent);
        }
    }

  return NULL;
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnRecents) self = ann_weak_take (user_data);
  g_autoptr (GKeyFile) key_file = g_key_file_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) groups = NULL;
  gsize length;

  if (self == NULL)
    return;

  self->is_loaded = TRUE;
  if (g_file_load_contents_finish (G_FILE (source), result, &text, &length, NULL, NULL)
      && g_key_file_load_from_data (key_file, text, length, G_KEY_FILE_NONE, NULL))
    groups = g_key_file_get_groups (key_file, NULL);

  for (guint i = 0; groups != NULL && groups[i] != NULL && i < MAX_RECENTS; i++)
    {
      g_autoptr (AnnRecent) recent = parse_recent (key_file, groups[i]);
      g_autoptr (AnnRecent) known = NULL;
      guint position;

      if (recent == NULL)
        continue;
      /* What was opened while the file was being read is newer. */
      known = find (self, recent->file, &position);
      if (known == NULL)
        g_list_store_append (self->store, recent);
    }

  if (self->is_dirty)
    save (self);
  ann_recents_check (self);
}

static void
on_exists (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnRecent) recent = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);

  if (recent != NULL && g_file_equal (recent->file, G_FILE (source)))
    recent_set_missing (recent, g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
}

/**
 * ann_recents_check:
 * @self: the stores
 *
 * Begins to look which of them are still where they were.
 */
void
ann_recents_check (AnnRecents *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnRecent) recent = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      /* Whether an address still leads somewhere is found out by going there. */
      if (ann_place_is_remote (recent->file))
        continue;
      g_file_query_info_async (recent->file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                               G_PRIORITY_LOW, NULL, on_exists, ann_weak_new (recent));
    }
}

/**
 * ann_recents_add:
 * @self: the stores
 * @file: where the store is
 * @data: the store, which has just been opened
 *
 * Puts it first in the list. Of an address what is secret is not kept.
 */
void
ann_recents_add (AnnRecents *self, GFile *file, AnnData *data)
{
  g_autoptr (GFile) place = ann_place_normalize (file);
  guint position = 0;
  AnnRecent *recent = find (self, place, &position);

  if (recent != NULL)
    g_list_store_remove (self->store, position);
  else
    recent = recent_new (place);

  g_free (recent->format);
  recent->format = g_strdup (ann_data_get_format (data));
  recent->has_shape = ann_data_is_annotated (data);
  recent->n_obs = ann_data_get_n_obs (data);
  recent->n_var = ann_data_get_n_var (data);
  recent->size = ann_data_get_stored_size (data);
  recent->opened = g_get_real_time () / G_USEC_PER_SEC;
  recent_set_missing (recent, FALSE);

  g_list_store_insert (self->store, 0, recent);
  g_object_unref (recent);
  while (g_list_model_get_n_items (G_LIST_MODEL (self->store)) > MAX_RECENTS)
    g_list_store_remove (self->store, MAX_RECENTS);
  save (self);
}

/**
 * ann_recents_remove:
 * @self: the stores
 * @recent: one of them
 *
 * Takes it out of the list. The store itself is not touched.
 */
void
ann_recents_remove (AnnRecents *self, AnnRecent *recent)
{
  guint position;

  if (!g_list_store_find (self->store, recent, &position))
    return;

  g_list_store_remove (self->store, position);
  save (self);
}

/**
 * ann_recents_relocate:
 * @self: the stores
 * @recent: one of them, which has been moved
 * @file: where it is now
 */
void
ann_recents_relocate (AnnRecents *self, AnnRecent *recent, GFile *file)
{
  guint position;

  if (!g_list_store_find (self->store, recent, &position))
    return;

  recent_set_file (recent, file);
  recent->is_missing = FALSE;
  g_list_model_items_changed (G_LIST_MODEL (self->store), position, 1, 1);
  save (self);
}

/**
 * ann_recents_clear:
 * @self: the stores
 *
 * Forgets all of them.
 */
void
ann_recents_clear (AnnRecents *self)
{
  g_list_store_remove_all (self->store);
  save (self);
}

/**
 * ann_recents_get_model:
 * @self: the stores
 *
 * Returns: (transfer none): a list of [class@Recent], the last opened first
 */
GListModel *
ann_recents_get_model (AnnRecents *self)
{
  return G_LIST_MODEL (self->store);
}

/**
 * ann_recents_is_loaded:
 * @self: the stores
 *
 * Returns: whether the file has been read
 */
gboolean
ann_recents_is_loaded (AnnRecents *self)
{
  return self->is_loaded;
}

/**
 * ann_recents_is_saving:
 * @self: the stores
 *
 * Returns: whether something has still to reach the file
 */
gboolean
ann_recents_is_saving (AnnRecents *self)
{
  return self->is_saving || self->is_dirty;
}

static void
ann_recents_finalize (GObject *object)
{
  AnnRecents *self = ANN_RECENTS (object);

  g_clear_object (&self->store);
  g_free (self->path);

  G_OBJECT_CLASS (ann_recents_parent_class)->finalize (object);
}

static void
ann_recents_class_init (AnnRecentsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_recents_finalize;
}

static void
ann_recents_init (AnnRecents *self)
{
  self->store = g_list_store_new (ANN_TYPE_RECENT);
}

/**
 * ann_recents_new:
 * @path: (type filename): where the list is kept
 *
 * Returns: (transfer full): the list, which is empty until the file has been read
 */
AnnRecents *
ann_recents_new (const char *path)
{
  AnnRecents *self = g_object_new (ANN_TYPE_RECENTS, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  self->path = g_strdup (path);
  g_file_load_contents_async (file, NULL, on_read, ann_weak_new (self));

  return self;
}

/**
 * ann_recents_get_default:
 *
 * Returns: (transfer none): the list of this user, the same for all windows
 */
AnnRecents *
ann_recents_get_default (void)
{
  static AnnRecents *recents = NULL;

  if (recents == NULL)
    {
      g_autofree char *path = g_build_filename (g_get_user_data_dir (), "annbrowser", "recents",
                                                NULL);

      recents = ann_recents_new (path);
    }

  return recents;
}
