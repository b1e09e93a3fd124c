/* ann-store-builder.c: a store that is written piece by piece
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-store-builder.h"

#include "anndata/ann-branch-private.h"
#include "base/ann-error.h"
#include "base/ann-strv-private.h"
#include "format/ann-create.h"
#include "store/ann-file-target.h"
#include "view/ann-memory-element.h"
#include "write/ann-sparse-sink-private.h"

#include <string.h>

/* Rows that are expected when nothing is known but the first ones: they decide of the chunks. */
#define EXPECTED_ROWS ((guint64) 1 << 20)

static const char *const table_names[] = { "obs", "var" };
static const char *const mapping_names[] = { "layers", "obsm", "varm", "obsp", "varp", "uns" };

/* Of obs or var: a table as it is, or names and columns of which one is made. */
typedef struct {
  AnnElement *frame;
  AnnElement *names;
  AnnBranch *columns;
} Table;

/**
 * AnnStoreBuilder:
 *
 * Writes a new store from what a program has: the rows of X as they come, of which nobody knows how
 * many there will be, and all else as elements, by [ctor@Ann.Element.new_from_block] or of any
 * store. Rows are encoded and written at once, so that of X a band of chunks is in memory, and 8
 * bytes a row of a sparse one; the other elements are kept, and read when the store is committed.
 * Only then it appears: dropped before, or when anything failed, it leaves nothing behind.
 *
 * For one thread at a time.
 */
struct _AnnStoreBuilder {
  GObject parent_instance;

  AnnWriteOptions *options;
  GPtrArray *warnings; /* of char * */
  char *folder;        /* of the target: where buckets go */
  AnnElementWriter writer;
  AnnNodeWriter *root; /* NULL when the end was reached, or an error */
  Table tables[G_N_ELEMENTS (table_names)];
  AnnBranch *mappings[G_N_ELEMENTS (mapping_names)];
  AnnElement *x;   /* one that was added; NULL where rows are appended … */
  AnnElement *raw; /* NULL for none */

  /* … to one of these */
  AnnSparseSink *sparse;
  AnnArrayWriter *dense;
  AnnDtype dtype;
  guint64 n_rows;
  guint64 width;
};

G_DEFINE_FINAL_TYPE (AnnStoreBuilder, ann_store_builder, G_TYPE_OBJECT)

/* Nothing is added any more; what was not committed is gone. */
static void
drop (AnnStoreBuilder *self)
{
  g_clear_pointer (&self->sparse, _ann_sparse_sink_free);
  g_clear_object (&self->dense);
  g_clear_object (&self->root);
}

static void
ann_store_builder_finalize (GObject *object)
{
  AnnStoreBuilder *self = ANN_STORE_BUILDER (object);

  drop (self);
  for (gsize i = 0; i < G_N_ELEMENTS (self->tables); i++)
    {
      g_clear_object (&self->tables[i].frame);
      g_clear_object (&self->tables[i].names);
      g_clear_pointer (&self->tables[i].columns, _ann_branch_free);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (self->mappings); i++)
    g_clear_pointer (&self->mappings[i], _ann_branch_free);
  g_clear_object (&self->x);
  g_clear_object (&self->raw);
  g_clear_pointer (&self->warnings, g_ptr_array_unref);
  g_clear_pointer (&self->options, ann_write_options_free);
  g_free (self->folder);

  G_OBJECT_CLASS (ann_store_builder_parent_class)->finalize (object);
}

static void
ann_store_builder_class_init (AnnStoreBuilderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_store_builder_finalize;
}

static void
ann_store_builder_init (AnnStoreBuilder *self)
{
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < G_N_ELEMENTS (self->tables); i++)
    self->tables[i].columns = _ann_branch_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (self->mappings); i++)
    self->mappings[i] = _ann_branch_new ();
}

/**
 * ann_store_builder_new:
 * @target: a path, or an address that can be written to, whose name says what kind of store it is:
 *   `.h5ad`, `.zarr`, `.zarr.zip`
 * @options: (nullable): how to write it; its elements and layout mean nothing here
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Begins a store. Blocks, as all functions of it do.
 *
 * Returns: (transfer full): what writes it, or %NULL with @error set: `ANN_ERROR_DENIED` if there
 * is something that is not to be replaced
 */
AnnStoreBuilder *
ann_store_builder_new (const char *target,
                       const AnnWriteOptions *options,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnStoreBuilder) self = NULL;
  AnnCreateOptions create = { .zarr_format = 2 };

  g_return_val_if_fail (target != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = g_object_new (ANN_TYPE_STORE_BUILDER, NULL);
  self->options = options != NULL ? ann_write_options_copy (options) : ann_write_options_new ();
  g_clear_pointer (&self->options->elements, g_strfreev);
  self->options->layout = ANN_MATRIX_LAYOUT_KEEP;
  self->folder = _ann_dup_folder_of (target);
  self->writer = (AnnElementWriter){ .options = self->options,
                                     .scratch_folder = self->folder,
                                     .warnings = self->warnings };
  create.overwrite = self->options->overwrite;
  if (self->options->zarr_format != 0)
    create.zarr_format = self->options->zarr_format;
  else if (self->options->profile != ANN_PROFILE_PORTABLE)
    create.zarr_format = 3;
  self->root = _ann_create_root (target, &create, cancellable, error);

  return self->root != NULL ? g_steal_pointer (&self) : NULL;
}

static gboolean
refuse (const char *path, const char *why, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: %s", path, why);

  return FALSE;
}

static gboolean
check_open (AnnStoreBuilder *self, GError **error)
{
  if (self->root != NULL)
    return TRUE;

  return refuse ("X", "the store is complete, or could not be written: nothing is added any more",
                 error);
}

/* --- Rows of X --- */

static gboolean
begin_sparse (AnnStoreBuilder *self,
              const AnnBlock *rows,
              GCancellable *cancellable,
              GError **error)
{
  const double per_row = (double) ann_buffer_get_n_elements (rows->values)
                         / (double) MAX (rows->count, 1);

  self->sparse = _ann_sparse_sink_new (&self->writer, self->root, "X",
                                       &(AnnSparseSpec){
                                           .kind = ANN_ELEMENT_CSR,
                                           .shape = { ANN_LENGTH_UNKNOWN, rows->width },
                                           .dtype = self->dtype,
                                           .index_dtype = ann_buffer_get_dtype (rows->indices),
                                           .n_expected = (guint64) (per_row * EXPECTED_ROWS),
                                       },
                                       cancellable, error);

  return self->sparse != NULL;
}

static gboolean
begin_dense (AnnStoreBuilder *self, const AnnBlock *rows, GCancellable *cancellable, GError **error)
{
  const guint64 shape[2] = { ANN_LENGTH_UNKNOWN, rows->width };

  self->dense = _ann_write_add_array (&self->writer, self->root, "X",
                                      &(AnnNewArray){
                                          .dtype = self->dtype,
                                          .rank = 2,
                                          .shape = shape,
                                          .expected_length = EXPECTED_ROWS,
                                      },
                                      cancellable, error);

  return self->dense != NULL;
}

/* Whether they are rows of a matrix, and of one that those before them belong to. */
static gboolean
check_rows (AnnStoreBuilder *self, AnnBlock *rows, GError **error)
{
  g_autoptr (AnnElement) element = ann_element_new_from_block ("X", rows, error);
  const gboolean is_begun = self->sparse != NULL || self->dense != NULL;

  if (element == NULL)
    return FALSE;
  if (self->x != NULL)
    return refuse ("X", "was added as a whole, so that no rows are appended", error);
  if (rows->values == NULL || rows->missing != NULL)
    return refuse ("X", "has rows of numbers, of which none is missing", error);
  if (is_begun && rows->width != self->width)
    return refuse ("X", "the rows are not as wide as those before them", error);
  if (is_begun && ann_buffer_get_dtype (rows->values) != self->dtype)
    return refuse ("X", "the values are of another type than those before them", error);
  if (is_begun && ann_block_is_sparse (rows) != (self->sparse != NULL))
    return refuse ("X", "rows are sparse, or they are not: all of them", error);

  return TRUE;
}

/* That they lie in the matrix: who reads them later relies on it. */
static gboolean
check_indices (const AnnBlock *rows, GError **error)
{
  const AnnDtype dtype = ann_buffer_get_dtype (rows->indices);
  const guint8 *indices = ann_buffer_get_data (rows->indices);
  const gsize size = ann_dtype_get_size (dtype);

  for (gsize i = 0; i < ann_buffer_get_n_elements (rows->indices); i++)
    {
      gint64 index;

      ann_dtype_to_int64 (dtype, indices + i * size, 1, &index);
      if (index < 0 || (guint64) index >= rows->width)
        return refuse ("X", "an index of the rows is no column", error);
    }

  return TRUE;
}

static gboolean
write_rows (AnnStoreBuilder *self, AnnBlock *rows, GCancellable *cancellable, GError **error)
{
  if (ann_block_is_sparse (rows))
    return (self->sparse != NULL || begin_sparse (self, rows, cancellable, error))
           && _ann_sparse_sink_append (self->sparse, rows, cancellable, error);

  return (self->dense != NULL || begin_dense (self, rows, cancellable, error))
         && _ann_array_writer_append (self->dense, ann_buffer_get_data (rows->values), rows->count,
                                      cancellable, error);
}

/**
 * ann_store_builder_append:
 * @self: a store that is being written
 * @rows: the next rows of X: all dense or all sparse, by rows, of one type and width. Where they
 *   start means nothing
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Writes rows behind those that are there. Rows that do not fit are refused, and the store goes on
 * without them; after another error it can only be dropped.
 *
 * Returns: whether they are written; %FALSE with @error set
 */
gboolean
ann_store_builder_append (AnnStoreBuilder *self,
                          AnnBlock *rows,
                          GCancellable *cancellable,
                          GError **error)
{
  g_return_val_if_fail (ANN_IS_STORE_BUILDER (self), FALSE);
  g_return_val_if_fail (rows != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_open (self, error) || !check_rows (self, rows, error)
      || (ann_block_is_sparse (rows) && !check_indices (rows, error)))
    return FALSE;

  self->dtype = ann_buffer_get_dtype (rows->values);
  self->width = rows->width;
  if (!write_rows (self, rows, cancellable, error))
    {
      drop (self);
      return FALSE;
    }
  self->n_rows += rows->count;

  return TRUE;
}

/**
 * ann_store_builder_get_n_rows:
 * @self: a store that is being written
 *
 * Returns: how many rows of X were appended
 */
guint64
ann_store_builder_get_n_rows (AnnStoreBuilder *self)
{
  g_return_val_if_fail (ANN_IS_STORE_BUILDER (self), 0);

  return self->n_rows;
}

/* --- Other elements --- */

static gboolean
add_to_table (Table *table, const char *path, AnnElement *element, GError **error)
{
  const char *column = strchr (path, '/');

  if (column != NULL)
    {
      if (column[1] == '\0' || strchr (column + 1, '/') != NULL)
        return refuse (path, "a column has a name without a slash", error);
      _ann_branch_add (table->columns, column + 1, g_object_ref (element));
      return TRUE;
    }
  if (ann_element_get_kind (element) == ANN_ELEMENT_FRAME)
    {
      g_set_object (&table->frame, element);
      g_clear_object (&table->names);
      return TRUE;
    }
  if (ann_element_get_kind (element) != ANN_ELEMENT_STRINGS || ann_element_get_rank (element) != 1)
    return refuse (path, "is a table, or a vector of texts that are its names", error);
  g_set_object (&table->names, element);
  g_clear_object (&table->frame);

  return TRUE;
}

static gboolean
add_element (AnnStoreBuilder *self, const char *path, AnnElement *element, GError **error)
{
  const gsize length = strcspn (path, "/");

  for (gsize i = 0; i < G_N_ELEMENTS (table_names); i++)
    {
      if (strlen (table_names[i]) == length && strncmp (path, table_names[i], length) == 0)
        return add_to_table (&self->tables[i], path, element, error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (mapping_names); i++)
    {
      if (strlen (mapping_names[i]) != length || strncmp (path, mapping_names[i], length) != 0
          || path[length] == '\0' || path[length + 1] == '\0'
          || strchr (path + length + 1, '/') != NULL)
        continue;
      _ann_branch_add (self->mappings[i], path + length + 1, g_object_ref (element));
      return TRUE;
    }
  if (strcmp (path, "raw") == 0 && ann_element_get_kind (element) == ANN_ELEMENT_RAW)
    {
      g_set_object (&self->raw, element);
      return TRUE;
    }
  if (strcmp (path, "X") == 0 && ann_element_is_matrix (element))
    {
      if (self->sparse != NULL || self->dense != NULL)
        return refuse (path, "has rows already, and is not added as a whole", error);
      g_set_object (&self->x, element);
      return TRUE;
    }

  return refuse (path,
                 "is no place for this: obs, var and their columns, X, raw, and names in layers, "
                 "obsm, varm, obsp, varp and uns are",
                 error);
}

/**
 * ann_store_builder_add:
 * @self: a store that is being written
 * @path: where it goes: `obs` and `var`, which are tables, or texts that are the names of rows, to
 *   which columns such as `obs/group` can be added; `layers/…`, `obsm/…`, `varm/…`, `obsp/…`,
 *   `varp/…`, `uns/…`; `X`, where no rows are appended; `raw`
 * @element: what is written there
 * @error: return location for an error, or %NULL
 *
 * Says what the store has besides the rows of X, in any order. It is read when the store is
 * committed. What was added to the same place before is replaced.
 *
 * Returns: whether there is such a place; %FALSE with @error set
 */
gboolean
ann_store_builder_add (AnnStoreBuilder *self, const char *path, AnnElement *element, GError **error)
{
  g_return_val_if_fail (ANN_IS_STORE_BUILDER (self), FALSE);
  g_return_val_if_fail (path != NULL && ANN_IS_ELEMENT (element), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return check_open (self, error) && add_element (self, path, element, error);
}

/* --- The end --- */

static gboolean
check_axis (AnnElement *element,
            const char *mapping,
            const char *name,
            guint axis,
            guint64 length,
            GError **error)
{
  if (ann_element_get_rank (element) <= axis || ann_element_get_shape (element)[axis] == length)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s%s%s: has %" G_GUINT64_FORMAT " %s, but the store has %" G_GUINT64_FORMAT,
               mapping, name != NULL ? "/" : "", name != NULL ? name : "",
               ann_element_get_shape (element)[axis], axis == 0 ? "rows" : "columns", length);

  return FALSE;
}

/* As long as the axes of the store, whose names begin so: `obsm`, `varp`; layers have both. */
static gboolean
check_mapping (AnnStoreBuilder *self, gsize mapping, const guint64 *lengths, GError **error)
{
  const char *name = mapping_names[mapping];
  AnnBranch *branch = self->mappings[mapping];
  const gboolean is_layers = strcmp (name, "layers") == 0;
  const guint64 first = lengths[g_str_has_prefix (name, "var") ? 1 : 0];
  g_auto (GStrv) children = NULL;

  if (strcmp (name, "uns") == 0)
    return TRUE;
  children = _ann_branch_list (branch);
  for (guint i = 0; children[i] != NULL; i++)
    {
      AnnElement *child = _ann_branch_get (branch, children[i]);

      if (!check_axis (child, name, children[i], 0, first, error)
          || (is_layers && !check_axis (child, name, children[i], 1, lengths[1], error))
          || (g_str_has_suffix (name, "p")
              && !check_axis (child, name, children[i], 1, first, error)))
        return FALSE;
    }

  return TRUE;
}

/* (transfer full) */
static AnnElement *
make_table (AnnStoreBuilder *self, gsize axis, GError **error)
{
  Table *table = &self->tables[axis];
  const char *name = table_names[axis];
  g_auto (GStrv) columns = _ann_branch_list (table->columns);
  const AnnElement *given = table->frame != NULL ? table->frame : table->names;

  if (given == NULL)
    {
      refuse (name, "is missing: add a table, or the names of its rows", error);
      return NULL;
    }
  if (table->frame != NULL && *columns != NULL)
    {
      refuse (name, "is a table that has its columns: others cannot be added", error);
      return NULL;
    }
  if (table->frame != NULL)
    return g_object_ref (table->frame);

  for (guint i = 0; columns[i] != NULL; i++)
    {
      if (!check_axis (_ann_branch_get (table->columns, columns[i]), name, columns[i], 0,
                       ann_element_get_n_rows (table->names), error))
        return NULL;
    }

  return _ann_branch_to_frame (g_steal_pointer (&table->columns), name, g_object_ref (table->names),
                               NULL);
}

/* All but X, where its rows were appended. */
static AnnElement *
make_root (AnnStoreBuilder *self, GError **error)
{
  g_autoptr (AnnBranch) root = _ann_branch_new ();
  const gboolean is_appended = self->sparse != NULL || self->dense != NULL;
  const guint64 appended[2] = { self->n_rows, self->width };
  guint64 shape[2];

  for (gsize i = 0; i < G_N_ELEMENTS (table_names); i++)
    {
      AnnElement *table = make_table (self, i, error);

      if (table == NULL)
        return NULL;
      _ann_branch_add (root, table_names[i], table);
      shape[i] = ann_element_get_n_rows (table);
      if (is_appended && shape[i] != appended[i])
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "X: has %" G_GUINT64_FORMAT " %s, but %s has %" G_GUINT64_FORMAT " rows",
                       appended[i], i == 0 ? "rows" : "columns", table_names[i], shape[i]);
          return NULL;
        }
      if (self->x != NULL && !check_axis (self->x, "X", NULL, (guint) i, shape[i], error))
        return NULL;
    }
  if (self->raw != NULL && !check_axis (self->raw, "raw", NULL, 0, shape[0], error))
    return NULL;
  if (self->x != NULL)
    _ann_branch_add (root, "X", g_object_ref (self->x));
  if (self->raw != NULL)
    _ann_branch_add (root, "raw", g_object_ref (self->raw));
  for (gsize i = 0; i < G_N_ELEMENTS (mapping_names); i++)
    {
      if (!check_mapping (self, i, shape, error))
        return NULL;
      _ann_branch_add (root, mapping_names[i],
                       _ann_branch_to_tree (g_steal_pointer (&self->mappings[i]), mapping_names[i],
                                            ANN_ELEMENT_MAPPING, NULL));
    }

  return _ann_branch_to_tree (g_steal_pointer (&root), "", ANN_ELEMENT_ANNDATA, shape);
}

static gboolean
close_x (AnnStoreBuilder *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnAttributes) attributes = NULL;

  if (self->sparse != NULL)
    return _ann_sparse_sink_close (self->sparse, NULL, cancellable, error);
  if (self->dense == NULL)
    return TRUE;

  attributes = _ann_write_attributes_new (&self->writer, NULL, "array", "0.2.0", cancellable,
                                          error);

  return attributes != NULL
         && _ann_array_writer_close (self->dense, attributes, cancellable, error);
}

static gboolean
write_all (AnnStoreBuilder *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) element = make_root (self, error);
  g_auto (AnnSurvey) survey = { NULL, 0 };

  if (element == NULL)
    return FALSE;
  _ann_survey_init (&survey);

  return _ann_element_survey (&self->writer, element, "", &survey, cancellable, error)
         && close_x (self, cancellable, error)
         && _ann_element_write_root (&self->writer, element, self->root, cancellable, error)
         && _ann_node_writer_commit (self->root, cancellable, error);
}

/**
 * ann_store_builder_commit:
 * @self: a store that is being written
 * @warnings: (out) (optional) (transfer full) (array zero-terminated=1): sentences about what could
 *   not be kept as it was
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Writes all that was added, and gives the store its name, in one step. Nothing can be added after
 * it, whether it went well or not.
 *
 * Returns: whether the store is there, whole; %FALSE with @error set, and nothing changed
 */
gboolean
ann_store_builder_commit (AnnStoreBuilder *self,
                          char ***warnings,
                          GCancellable *cancellable,
                          GError **error)
{
  gboolean is_written;

  g_return_val_if_fail (ANN_IS_STORE_BUILDER (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  is_written = check_open (self, error) && write_all (self, cancellable, error);
  drop (self);
  if (warnings != NULL)
    *warnings = _ann_strv_new_from_array (self->warnings);

  return is_written;
}
