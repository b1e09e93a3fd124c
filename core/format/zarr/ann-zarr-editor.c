/* ann-zarr-editor.c
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Consolidated metadata that a step makes wrong are taken away before it, and written anew when all
 * is done: where the store itself is changed, a process that is killed in between leaves it without
 * them, and every reader that can list reads it as it is. Those that were never wrong stay.
 */

#include "format/zarr/ann-zarr-editor.h"

#include "base/ann-error.h"
#include "format/ann-store-editor-private.h"
#include "format/zarr/ann-zarr-documents.h"
#include "format/zarr/ann-zarr-rewrite.h"
#include "format/zarr/ann-zarr-writer.h"
#include "store/ann-folder-editor.h"
#include "store/ann-stores.h"

#include <string.h>

/**
 * Step:
 * @kind: MOVED: from @from to @to, where nothing was; EXCHANGED: these two; PUT: the object @to,
 *   which was @bytes before
 *
 * What was done, so that it can be undone.
 */
typedef enum {
  MOVED,
  EXCHANGED,
  PUT,
} StepKind;

typedef struct {
  StepKind kind;
  char *from;
  char *to;
  GBytes *bytes;
} Step;

typedef struct {
  AnnStoreEditor parent;
  AnnStoreWriter *writer;
  AnnStore *store;
  guint zarr_format;
  AnnNodeWriter *fresh;
  GArray *steps;           /* of Step */
  GPtrArray *consolidated; /* char *: groups whose consolidated metadata were taken away */
  guint n_hidden;          /* that were removed or replaced, and are kept until all is done */
} Editor;

static void
clear_step (gpointer data)
{
  Step *step = data;

  g_free (step->from);
  g_free (step->to);
  g_clear_pointer (&step->bytes, g_bytes_unref);
}

static const char *
get_document_name (const Editor *self)
{
  return self->zarr_format == 3 ? "zarr.json" : ".zattrs";
}

/* --- Steps --- */

static void
note_step (Editor *self, StepKind kind, const char *from, const char *to, GBytes *bytes)
{
  const Step step = { kind, g_strdup (from), g_strdup (to),
                      bytes != NULL ? g_bytes_ref (bytes) : NULL };

  g_array_append_val (self->steps, step);
}

static gboolean
move (Editor *self, const char *from, const char *to, GError **error)
{
  if (!_ann_folder_editor_move (self->writer, from, to, error))
    return FALSE;
  note_step (self, MOVED, from, to, NULL);

  return TRUE;
}

static gboolean
exchange (Editor *self, const char *from, const char *to, GError **error)
{
  if (!_ann_folder_editor_exchange (self->writer, from, to, error))
    return FALSE;
  note_step (self, EXCHANGED, from, to, NULL);

  return TRUE;
}

/* A key for what is not seen. */
static char *
make_hidden_key (Editor *self)
{
  return g_strdup_printf (ANN_FOLDER_EDITOR_OLD "/%u", self->n_hidden++);
}

/* An object that was not there: it is on the disk before it is seen. */
static gboolean
put_new (Editor *self, const char *key, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  g_autofree char *hidden = make_hidden_key (self);

  return _ann_store_writer_put (self->writer, hidden, bytes, cancellable, error)
         && _ann_folder_editor_sync (self->writer, error) && move (self, hidden, key, error);
}

/* @bytes: (nullable): nothing in place of the object @key, which is there then */
static gboolean
put (Editor *self, const char *key, GBytes *bytes, GCancellable *cancellable, GError **error)
{
  GError *problem = NULL;
  g_autoptr (GBytes) old = _ann_store_read_object (self->store, key, ANN_ZARR_MAX_METADATA,
                                                   cancellable, &problem);

  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (old == NULL)
    return put_new (self, key, bytes, cancellable, error);

  if (bytes != NULL ? !_ann_store_writer_put (self->writer, key, bytes, cancellable, error)
                    : !_ann_folder_editor_remove (self->writer, key, error))
    return FALSE;
  note_step (self, PUT, NULL, key, old);

  return TRUE;
}

static void
undo (Editor *self, const Step *step)
{
  g_autoptr (GError) error = NULL;

  switch (step->kind)
    {
    case MOVED:
      (void) _ann_folder_editor_move (self->writer, step->to, step->from, &error);
      break;
    case EXCHANGED:
      (void) _ann_folder_editor_exchange (self->writer, step->from, step->to, &error);
      break;
    case PUT:
    default:
      (void) _ann_store_writer_put (self->writer, step->to, step->bytes, NULL, &error);
      break;
    }
  if (error != NULL)
    g_warning ("A change of %s could not be undone: %s", step->to, error->message);
}

static void
editor_free (AnnStoreEditor *editor)
{
  Editor *self = (Editor *) editor;

  g_clear_object (&self->fresh);
  /* What was done beside the store goes as a whole. */
  if (self->writer != NULL && _ann_folder_editor_get_apart (self->writer) == NULL)
    {
      for (guint i = self->steps->len; i-- > 0;)
        undo (self, &g_array_index (self->steps, Step, i));
    }
  g_array_unref (self->steps);
  g_ptr_array_unref (self->consolidated);
  g_clear_object (&self->store);
  if (self->writer != NULL)
    _ann_store_writer_abandon (self->writer);
  g_clear_object (&self->writer);
  g_free (self);
}

/* --- Consolidated metadata --- */

/* Sets @without to what is to be in the place of @document, which has them; and that is there. */
static gboolean
find_consolidated (Editor *self,
                   const char *path,
                   gboolean *is_there,
                   GBytes **without,
                   GCancellable *cancellable,
                   GError **error)
{
  GError *problem = NULL;

  if (self->zarr_format == 2)
    {
      g_autofree char *key = _ann_zarr_join_key ("", path, ".zmetadata");
      g_autoptr (GBytes) bytes = _ann_store_read_object (self->store, key, ANN_ZARR_MAX_METADATA,
                                                         cancellable, &problem);

      *is_there = bytes != NULL;
    }
  else
    {
      g_autoptr (AnnJson) document = _ann_zarr_read_document (self->store, path, "zarr.json",
                                                              cancellable, &problem);

      *is_there = document != NULL && _ann_zarr_is_consolidated (document);
      if (*is_there)
        *without = _ann_zarr_rewrite_consolidated (document, NULL);
    }
  if (problem != NULL)
    g_propagate_error (error, problem);

  return problem == NULL;
}

/* Takes those of the group at @path away, if it has any. */
static gboolean
unconsolidate (Editor *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *key = _ann_zarr_join_key ("", path,
                                             self->zarr_format == 3 ? "zarr.json" : ".zmetadata");
  g_autoptr (GBytes) without = NULL;
  gboolean exists = FALSE;

  if (!find_consolidated (self, path, &exists, &without, cancellable, error))
    return FALSE;
  if (!exists)
    return TRUE;

  if (!put (self, key, without, cancellable, error))
    return FALSE;
  g_ptr_array_add (self->consolidated, g_strdup (path));

  return TRUE;
}

/* Those of the groups that the node at @path lies in. */
static gboolean
unconsolidate_above (Editor *self, const char *path, GCancellable *cancellable, GError **error)
{
  if (*path != '\0' && !unconsolidate (self, "", cancellable, error))
    return FALSE;
  for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *above = g_strndup (path, (gsize) (slash - path));

      if (!unconsolidate (self, above, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* Writes those of the group at @path, if that is there still. */
static gboolean
consolidate (Editor *self, const char *path, GCancellable *cancellable, GError **error)
{
  const char *name = self->zarr_format == 3 ? "zarr.json" : ".zmetadata";
  g_autofree char *key = _ann_zarr_join_key ("", path, name);
  GError *problem = NULL;
  g_autoptr (AnnJson) document = _ann_zarr_read_document (
      self->store, path, self->zarr_format == 3 ? name : ".zgroup", cancellable, &problem);
  g_autoptr (GString) notes = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (document == NULL)
    {
      g_propagate_error (error, problem);
      return problem == NULL;
    }

  notes = _ann_zarr_collect_notes (self->store, self->zarr_format, path, cancellable, error);
  if (notes == NULL)
    return FALSE;
  bytes = self->zarr_format == 3 ? _ann_zarr_rewrite_consolidated (document, notes)
                                 : _ann_zarr_make_consolidated (notes);

  return put (self, key, bytes, cancellable, error);
}

/* --- Nodes --- */

typedef enum {
  NOTHING,
  GROUP,
  ARRAY,
} What;

/* %FALSE only with an error. */
static gboolean
look (Editor *self, const char *path, What *what, GCancellable *cancellable, GError **error)
{
  const gboolean is_v3 = self->zarr_format == 3;
  GError *problem = NULL;
  g_autoptr (AnnJson) document = _ann_zarr_read_document (
      self->store, path, is_v3 ? "zarr.json" : ".zgroup", cancellable, &problem);

  *what = NOTHING;
  if (document != NULL)
    *what = is_v3
                    && _ann_json_string_is (
                        _ann_json_get_member (_ann_json_get_root (document), "node_type"), "array")
                ? ARRAY
                : GROUP;
  else if (problem == NULL && !is_v3)
    {
      document = _ann_zarr_read_document (self->store, path, ".zarray", cancellable, &problem);
      if (document != NULL)
        *what = ARRAY;
    }
  if (problem != NULL)
    g_propagate_error (error, problem);

  return problem == NULL;
}

/* A damaged document is one, too: its node can be moved and replaced. */
static gboolean
is_there (Editor *self,
          const char *path,
          gboolean *result,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (GError) problem = NULL;
  What what;

  if (look (self, path, &what, cancellable, &problem))
    *result = what != NOTHING;
  else if (problem->domain == ANN_ERROR
           && (problem->code == ANN_ERROR_FORMAT || problem->code == ANN_ERROR_CORRUPT))
    *result = TRUE;
  else
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_there (Editor *self, const char *path, GCancellable *cancellable, GError **error)
{
  gboolean exists = FALSE;

  if (!is_there (self, path, &exists, cancellable, error))
    return FALSE;
  if (!exists)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: it is not in the store",
                 *path != '\0' ? path : "/");

  return exists;
}

/* Whether a node may have this path: in a group that is there, and under no name of a document. */
static gboolean
check_place (Editor *self, const char *path, GCancellable *cancellable, GError **error)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *parent = slash != NULL ? g_strndup (path, (gsize) (slash - path))
                                          : g_strdup ("");
  What what;

  if (_ann_zarr_is_document_name (slash != NULL ? slash + 1 : path))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: Zarr calls a document so; take another name", path);
      return FALSE;
    }
  if (!look (self, parent, &what, cancellable, error))
    return FALSE;
  if (what != GROUP)
    g_set_error (error, ANN_ERROR, what == NOTHING ? ANN_ERROR_NOT_FOUND : ANN_ERROR_FORMAT,
                 what == NOTHING ? "%s: there is no group “%s”" : "%s: “%s” is an array", path,
                 *parent != '\0' ? parent : "/");

  return what == GROUP;
}

/* Moves what is at the key @from to @to, and what was there out of sight. */
static gboolean
replace (Editor *self, const char *from, const char *to, GCancellable *cancellable, GError **error)
{
  g_autofree char *hidden = NULL;
  gboolean exists = FALSE;

  if (!is_there (self, to, &exists, cancellable, error))
    return FALSE;
  if (!exists)
    return move (self, from, to, error);

  hidden = make_hidden_key (self);

  return exchange (self, from, to, error) && move (self, from, hidden, error);
}

/* --- What the dispatch calls --- */

static AnnNodeWriter *
editor_get_new (AnnStoreEditor *editor)
{
  return ((Editor *) editor)->fresh;
}

static gboolean
editor_place (AnnStoreEditor *editor,
              const char *name,
              const char *path,
              GCancellable *cancellable,
              GError **error)
{
  Editor *self = (Editor *) editor;
  g_autofree char *key = g_strconcat (ANN_FOLDER_EDITOR_NEW "/", name, NULL);

  /* What is placed is on the disk before it is seen. */
  return check_there (self, key, cancellable, error) && check_place (self, path, cancellable, error)
         && _ann_folder_editor_sync (self->writer, error)
         && unconsolidate_above (self, path, cancellable, error)
         && replace (self, key, path, cancellable, error);
}

static gboolean
editor_move (AnnStoreEditor *editor,
             const char *from,
             const char *to,
             GCancellable *cancellable,
             GError **error)
{
  Editor *self = (Editor *) editor;

  return check_there (self, from, cancellable, error) && check_place (self, to, cancellable, error)
         && unconsolidate_above (self, from, cancellable, error)
         && unconsolidate_above (self, to, cancellable, error)
         && replace (self, from, to, cancellable, error);
}

static gboolean
editor_remove (AnnStoreEditor *editor, const char *path, GCancellable *cancellable, GError **error)
{
  Editor *self = (Editor *) editor;
  g_autofree char *hidden = make_hidden_key (self);

  return check_there (self, path, cancellable, error)
         && unconsolidate_above (self, path, cancellable, error)
         && move (self, path, hidden, error);
}

static gboolean
editor_set_attributes (AnnStoreEditor *editor,
                       const char *path,
                       AnnAttributes *attributes,
                       GCancellable *cancellable,
                       GError **error)
{
  Editor *self = (Editor *) editor;
  g_autofree char *key = _ann_zarr_join_key ("", path, get_document_name (self));
  GError *problem = NULL;
  g_autoptr (AnnJson) document = NULL;
  g_autoptr (GBytes) bytes = NULL;

  /* Those of a group say something of itself in version 2 alone. */
  if (!check_there (self, path, cancellable, error)
      || !unconsolidate_above (self, path, cancellable, error)
      || (self->zarr_format == 2 && !unconsolidate (self, path, cancellable, error)))
    return FALSE;

  document = _ann_zarr_read_document (self->store, path, get_document_name (self), cancellable,
                                      &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  bytes = _ann_zarr_rewrite_attributes (document, self->zarr_format, attributes);

  return put (self, key, bytes, cancellable, error);
}

static gboolean
editor_commit (AnnStoreEditor *editor, GCancellable *cancellable, GError **error)
{
  Editor *self = (Editor *) editor;

  /* Groups within others first: documents are copied into those above. */
  for (guint i = self->consolidated->len; i-- > 0;)
    {
      if (!consolidate (self, g_ptr_array_index (self->consolidated, i), cancellable, error))
        return FALSE;
    }
  if (!_ann_store_writer_commit (self->writer, cancellable, error))
    return FALSE;
  g_array_set_size (self->steps, 0);

  return TRUE;
}

static const AnnStoreEditorClass editor_class = {
  .get_new = editor_get_new,
  .place = editor_place,
  .move = editor_move,
  .remove = editor_remove,
  .set_attributes = editor_set_attributes,
  .commit = editor_commit,
  .free = editor_free,
};

/* --- Opening --- */

/* Sets the version; the root has to be a group, and of one version alone. */
static gboolean
find_root (Editor *self, const char *path, GCancellable *cancellable, GError **error)
{
  What roots[2];

  for (guint i = 0; i < 2; i++)
    {
      self->zarr_format = i + 2;
      if (!look (self, "", &roots[i], cancellable, error))
        return FALSE;
    }
  self->zarr_format = roots[1] != NOTHING ? 3 : 2;

  if (roots[0] == NOTHING && roots[1] == NOTHING)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "There is no Zarr store at “%s”", path);
  else if (roots[0] != NOTHING && roots[1] != NOTHING)
    g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                 "“%s” has documents of Zarr v2 and of v3, and would not be the same in both "
                 "afterwards: export it with the changes",
                 path);
  else if (roots[0] == ARRAY || roots[1] == ARRAY)
    g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                 "“%s” is an array, and no store that has some", path);
  else
    return TRUE;

  return FALSE;
}

/* What lies above would have consolidated metadata that know nothing of the changes. */
static gboolean
check_no_part (const char *path, GCancellable *cancellable, GError **error)
{
  static const char *const documents[] = { "zarr.json", ".zgroup" };
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *above = g_path_get_dirname (absolute);
  g_autoptr (AnnStore) store = _ann_folder_store_new (above);

  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autoptr (GBytes) bytes = _ann_store_read_object (store, documents[i], ANN_ZARR_MAX_METADATA,
                                                         cancellable, NULL);

      if (bytes == NULL)
        continue;
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "“%s” is a group in the store “%s”: change it there", path, above);
      return FALSE;
    }

  return TRUE;
}

AnnStoreEditor *
_ann_zarr_editor_open (const char *path, GCancellable *cancellable, GError **error)
{
  Editor *self = g_new0 (Editor, 1);

  self->parent.klass = &editor_class;
  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_clear_func (self->steps, clear_step);
  self->consolidated = g_ptr_array_new_with_free_func (g_free);
  self->store = _ann_folder_store_new (path);
  if (find_root (self, path, cancellable, error) && check_no_part (path, cancellable, error))
    self->writer = _ann_folder_editor_new_apart (path, cancellable, error);
  if (self->writer == NULL)
    {
      editor_free (&self->parent);
      return NULL;
    }
  if (_ann_folder_editor_get_apart (self->writer) != NULL)
    {
      g_object_unref (self->store);
      self->store = _ann_folder_store_new (_ann_folder_editor_get_apart (self->writer));
    }
  self->fresh = _ann_zarr_writer_new_below (self->writer, self->zarr_format, ANN_FOLDER_EDITOR_NEW);

  return &self->parent;
}
