/* ann-frame.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-frame.h"

#include "element/ann-categorical.h"
#include "element/ann-element-private.h"

#include "array/ann-node-private.h"
#include "base/ann-error-private.h"

#include <string.h>

/* Codes that are read at once, and that are looked at. */
#define CODES_AT_ONCE 262144
#define CODES_PER_STEP 1024

/**
 * AnnFrame:
 *
 * A table: `dataframe`. Its columns are elements of one axis and of one length, that of the index,
 * which holds the labels of the rows. Only the index's shape is looked at when a table is opened,
 * no column is before it is asked for, and one that is missing, too short or has a name that we
 * refuse is a broken element. A table that is made of others asks a function for them. Before
 * anndata 0.7 a table was one array of records: its columns are their fields then, the first of
 * which is the index, and categories lie elsewhere.
 */
struct _AnnFrame {
  AnnElement parent_instance;

  GPtrArray *columns;    /* their names, in order */
  GHashTable *positions; /* name, owned by columns → place in columns */
  char *index_key;       /* the name under which the index is stored */
  AnnElement *index;     /* NULL until it is asked for, where open_child gives it; under the lock */

  AnnChildFunc open_child; /* of a table that is made of other elements; NULL otherwise */
  gpointer user_data;
  GDestroyNotify free_data;
  GMutex lock;

  AnnElement *records; /* whose fields the columns are, in old files; NULL otherwise */
  AnnNode *labels;     /* which holds the categories of them, or NULL */
  int *label_states;   /* of each column; atomic */
};

/* Whether the codes of a column are places in the categories of its name. */
enum { LABELS_UNKNOWN, LABELS_FIT, LABELS_DO_NOT_FIT };

typedef struct {
  AnnElementClass parent_class;
} AnnFrameClass;

G_DEFINE_FINAL_TYPE (AnnFrame, ann_frame, ANN_TYPE_ELEMENT)

/* Whether a name leads to something below the table. Writers before 0.12.3 made nested groups of
 * a name with slashes; a name made to lead elsewhere is not followed.
 */
static gboolean
is_name_allowed (const char *name)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);

  if (parts[0] == NULL)
    return FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (*parts[i] == '\0' || strcmp (parts[i], ".") == 0 || strcmp (parts[i], "..") == 0)
        return FALSE;
    }

  return TRUE;
}

/* Opens the node of a column or the index; an error of any kind is for the caller to judge. */
static AnnNode *
open_node (AnnNode *group, const char *name, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);
  g_autoptr (AnnNode) node = g_object_ref (group);

  if (!is_name_allowed (name))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "%s: “%s” is no name for a column",
                   ann_node_get_path (group), name);
      return NULL;
    }

  for (guint i = 0; parts[i] != NULL; i++)
    {
      AnnNode *child = ann_node_open_child (node, parts[i], cancellable, error);

      if (child == NULL)
        return NULL;
      g_set_object (&node, child);
      g_object_unref (child);
    }

  return g_steal_pointer (&node);
}

/* The element stored under @name: a broken one in place of one that cannot be had. */
static AnnElement *
open_part (AnnNode *group, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnnNode) node = open_node (group, name, cancellable, &local_error);

  if (node != NULL)
    return ann_element_open (node, cancellable, error);
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  path = _ann_path_join (ann_node_get_path (group), name);
  if (g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    {
      g_clear_error (&local_error);
      local_error = g_error_new (ANN_ERROR, ANN_ERROR_CORRUPT,
                                 "%s: is listed as a column, but is not there", path);
    }

  return _ann_opaque_new (NULL, path, "", "", g_steal_pointer (&local_error));
}

static char **
ann_frame_list_children (AnnElement *element,
                         G_GNUC_UNUSED GCancellable *cancellable,
                         G_GNUC_UNUSED GError **error)
{
  AnnFrame *self = ANN_FRAME (element);
  char **names = g_new0 (char *, self->columns->len + 1);

  for (guint i = 0; i < self->columns->len; i++)
    names[i] = g_strdup (g_ptr_array_index (self->columns, i));

  return names;
}

static AnnElement *
ann_frame_open_child (AnnElement *element,
                      const char *name,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnFrame *self = ANN_FRAME (element);
  guint column;

  if (ann_frame_find_column (self, name, &column))
    return ann_frame_open_column (self, column, cancellable, error);
  if (strcmp (name, self->index_key) == 0)
    return ann_frame_open_index (self, cancellable, error);

  /* A stray child, which the list of columns does not name. */
  if (!is_name_allowed (name) || self->open_child != NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: has no column “%s”",
                   ann_element_get_path (element), name);
      return NULL;
    }

  return _ann_element_open_child_of (ann_element_get_node (element), name, cancellable, error);
}

static void
ann_frame_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  AnnFrame *self = ANN_FRAME (element);
  g_autofree AnnArray **of_index = NULL;
  gsize n;

  if (self->open_child != NULL) /* where its parts are stored, they can be asked */
    return;

  of_index = ann_element_list_arrays (self->index, &n);
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (arrays, of_index[i]);
}

static void
ann_frame_finalize (GObject *object)
{
  AnnFrame *self = ANN_FRAME (object);

  g_clear_pointer (&self->positions, g_hash_table_unref);
  g_clear_pointer (&self->columns, g_ptr_array_unref);
  g_free (self->index_key);
  g_clear_object (&self->index);
  g_clear_object (&self->records);
  g_clear_object (&self->labels);
  g_free (self->label_states);
  if (self->free_data != NULL)
    self->free_data (self->user_data);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ann_frame_parent_class)->finalize (object);
}

static void
ann_frame_class_init (AnnFrameClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_frame_finalize;
  element_class->list_children = ann_frame_list_children;
  element_class->open_child = ann_frame_open_child;
  element_class->list_arrays = ann_frame_list_arrays;
}

static void
ann_frame_init (AnnFrame *self)
{
  self->columns = g_ptr_array_new_with_free_func (g_free);
  self->positions = g_hash_table_new (g_str_hash, g_str_equal);
  g_mutex_init (&self->lock);
}

static void
add_column (AnnFrame *self, const char *path, const char *name)
{
  char *copy;

  if (g_hash_table_contains (self->positions, name))
    {
      _ann_element_add_warning (ANN_ELEMENT (self), "%s: lists the column “%s” twice", path, name);
      return;
    }

  copy = g_strdup (name);
  g_hash_table_insert (self->positions, copy, GUINT_TO_POINTER (self->columns->len));
  g_ptr_array_add (self->columns, copy);
}

/* Without a list: what is there, in name order. @why: what is wrong with the list */
static gboolean
add_all_children (AnnFrame *self,
                  const AnnElementSource *source,
                  const char *why,
                  GCancellable *cancellable,
                  GError **error)
{
  const char *path = ann_node_get_path (source->node);
  g_auto (GStrv) names = ann_node_list_children (source->node, cancellable, error);

  if (names == NULL)
    return FALSE;

  _ann_element_add_warning (ANN_ELEMENT (self), "%s: %s; its columns are in name order", path, why);
  for (guint i = 0; names[i] != NULL; i++)
    {
      if (strcmp (names[i], self->index_key) != 0 && strcmp (names[i], "__categories") != 0)
        add_column (self, path, names[i]);
    }

  return TRUE;
}

/* The list of columns in any form that writers have given it: texts, one text, or anything of no
 * length, which has the type of numbers. One entry that is no name does not lose the others.
 */
static gboolean
read_columns (AnnFrame *self,
              const AnnElementSource *source,
              GCancellable *cancellable,
              GError **error)
{
  const char *path = ann_node_get_path (source->node);
  AnnStrings *texts = ann_attributes_get_texts (source->attributes, "column-order");
  AnnBuffer *numbers = ann_attributes_get_numbers (source->attributes, "column-order");

  if (texts == NULL && numbers != NULL && ann_buffer_get_n_elements (numbers) > 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: its attribute “column-order” holds numbers and not names", path);
      return FALSE;
    }
  if (texts == NULL && numbers == NULL)
    {
      texts = ann_attributes_get_mixed_texts (source->attributes, "column-order");
      if (texts == NULL)
        return add_all_children (self, source,
                                 ann_attributes_has (source->attributes, "column-order")
                                     ? "its attribute “column-order” is no list of names"
                                     : "has no attribute “column-order”",
                                 cancellable, error);
      _ann_element_add_warning (ANN_ELEMENT (self),
                                "%s: its attribute “column-order” lists something that is no name; "
                                "that is passed over",
                                path);
    }

  for (gsize i = 0; texts != NULL && i < ann_strings_get_length (texts); i++)
    add_column (self, path, ann_strings_get (texts, i, NULL));

  return TRUE;
}

static gboolean
open_index (AnnFrame *self,
            const AnnElementSource *source,
            GCancellable *cancellable,
            GError **error)
{
  const char *path = ann_node_get_path (source->node);
  const char *key = ann_attributes_get_text (source->attributes, "_index");
  g_autoptr (AnnNode) node = NULL;

  if (key == NULL || !is_name_allowed (key))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: its attribute “_index” must name the labels of its rows", path);
      return FALSE;
    }
  self->index_key = g_strdup (key);

  node = open_node (source->node, key, cancellable, error);
  if (node == NULL)
    {
      g_prefix_error (error, "%s: the labels of its rows: ", path);
      return FALSE;
    }
  self->index = ann_element_open (node, cancellable, error);
  if (self->index == NULL)
    return FALSE;
  if (ann_element_get_rank (self->index) != 1)
    {
      const GError *why = ann_element_get_error (self->index);

      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: the labels of its rows, “%s”, are not a vector: %s", path, key,
                   why != NULL ? why->message
                               : ann_element_kind_get_name (ann_element_get_kind (self->index)));
      return FALSE;
    }

  return TRUE;
}

AnnElement *
_ann_frame_new (const AnnElementSource *source,
                AnnElementKind kind,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (AnnFrame) self = g_object_new (ANN_TYPE_FRAME, NULL);
  guint64 shape[2];

  if (!open_index (self, source, cancellable, error)
      || !read_columns (self, source, cancellable, error))
    return NULL;

  shape[0] = ann_element_get_n_rows (self->index);
  shape[1] = self->columns->len;
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = kind,
                                                 .dtype = ANN_DTYPE_OTHER,
                                                 .rank = 2,
                                                 .shape = shape,
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}

/* Whether all of @codes are below @n_labels, or say that there is none: old files do not tell whose
 * the categories are.
 */
static gboolean
check_codes (AnnArray *codes, guint64 n_labels, GCancellable *cancellable, GError **error)
{
  const guint64 n_codes = ann_array_get_length (codes);

  for (guint64 start = 0; start < n_codes; start += CODES_AT_ONCE)
    {
      const gsize n = (gsize) MIN (n_codes - start, CODES_AT_ONCE);
      g_autoptr (AnnBuffer) piece = ann_array_read_range (codes, start, n, cancellable, error);
      gint64 values[CODES_PER_STEP];

      for (gsize done = 0; piece != NULL && done < n; done += CODES_PER_STEP)
        {
          const gsize n_values = MIN (n - done, CODES_PER_STEP);
          const guint8 *bytes = ann_buffer_get_data (piece);
          const AnnDtype dtype = ann_buffer_get_dtype (piece);

          ann_dtype_to_int64 (dtype, bytes + done * ann_dtype_get_size (dtype), n_values, values);
          for (gsize i = 0; i < n_values; i++)
            {
              if (values[i] < -1 || (values[i] >= 0 && (guint64) values[i] >= n_labels))
                return FALSE;
            }
        }
      if (piece == NULL)
        return FALSE;
    }

  return TRUE;
}

/* The categories of the column @name, or NULL: without @error if there are none that can be used.
 */
static AnnElement *
open_labels (AnnFrame *self, const char *name, GCancellable *cancellable, GError **error)
{
  g_autofree char *key = g_strconcat (name, "_categories", NULL);
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (GError) problem = NULL;
  AnnElementSource source = { 0 };
  AnnElement *labels = NULL;
  gboolean is_there;

  if (self->labels == NULL
      || !_ann_node_find_child (self->labels, key, &is_there, cancellable, error) || !is_there)
    return NULL;

  node = source.node = ann_node_open_child (self->labels, key, cancellable, &problem);
  if (node != NULL && ann_node_get_kind (node) == ANN_NODE_ARRAY)
    array = ann_node_open_array (node, cancellable, &problem);
  if (array != NULL)
    labels = ann_array_get_rank (array) == 0
                 ? _ann_scalar_new_vector (&source, array, cancellable, &problem)
                 : _ann_array_element_new (&source, array, &problem);
  if (problem != NULL && !_ann_error_blames_store (problem))
    g_propagate_error (error, g_steal_pointer (&problem));

  return labels;
}

/* A column of codes as the categorical that it is, or NULL: without @error it is one of numbers. */
static AnnElement *
apply_labels (AnnFrame *self,
              guint column,
              AnnElement *codes,
              GCancellable *cancellable,
              GError **error)
{
  const AnnElementSource source = {
    .node = ann_element_get_node (codes),
    .path = ann_element_get_path (codes),
  };
  int *state = &self->label_states[column];
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnElement) labels = NULL;
  g_autoptr (GError) problem = NULL;

  if (ann_element_get_kind (codes) != ANN_ELEMENT_DENSE || ann_element_get_rank (codes) != 1
      || !ann_dtype_is_integer (ann_element_get_dtype (codes))
      || g_atomic_int_get (state) == LABELS_DO_NOT_FIT)
    return NULL;

  labels = open_labels (self, g_ptr_array_index (self->columns, column), cancellable, &problem);
  array = _ann_element_dup_array (codes);
  if (labels != NULL && g_atomic_int_get (state) == LABELS_UNKNOWN)
    {
      gboolean fits = check_codes (array, ann_element_get_n_rows (labels), cancellable, &problem);

      if (problem == NULL || _ann_error_blames_store (problem))
        g_atomic_int_set (state, fits ? LABELS_FIT : LABELS_DO_NOT_FIT);
    }
  if (problem != NULL && !_ann_error_blames_store (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error) || labels == NULL
      || g_atomic_int_get (state) != LABELS_FIT)
    return NULL;

  return _ann_categorical_new_labelled (&source, array, g_steal_pointer (&labels), NULL);
}

static AnnElement *
open_field (AnnFrame *self, guint column, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnElement) field = NULL;
  AnnElement *labelled;

  field = ann_element_open_child (self->records, g_ptr_array_index (self->columns, column),
                                  cancellable, error);
  if (field == NULL)
    return NULL;

  labelled = apply_labels (self, column, field, cancellable, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return labelled != NULL ? labelled : g_steal_pointer (&field);
}

gboolean
_ann_frame_takes_labels (AnnElement *element,
                         const char *name,
                         gboolean *takes,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autofree char *column_name = NULL;
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (GError) problem = NULL;
  guint place;

  *takes = FALSE;
  if (!ANN_IS_FRAME (element) || ANN_FRAME (element)->records == NULL
      || !g_str_has_suffix (name, "_categories"))
    return TRUE;

  column_name = g_strndup (name, strlen (name) - strlen ("_categories"));
  if (!ann_frame_find_column (ANN_FRAME (element), column_name, &place))
    return TRUE;
  column = ann_frame_open_column (ANN_FRAME (element), place, cancellable, &problem);
  if (column == NULL && !_ann_error_blames_store (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  *takes = column != NULL && ANN_IS_CATEGORICAL (column);

  return TRUE;
}

AnnElement *
_ann_frame_new_from_records (AnnElement *records,
                             AnnNode *labels,
                             GCancellable *cancellable,
                             GError **error)
{
  const AnnElementSource source = { .node = ann_element_get_node (records) };
  const char *path = ann_element_get_path (records);
  g_autoptr (AnnFrame) self = g_object_new (ANN_TYPE_FRAME, NULL);
  g_auto (GStrv) names = ann_element_list_children (records, cancellable, error);
  guint64 shape[2];

  if (names == NULL)
    return NULL;
  if (names[0] == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: its records have no fields", path);
      return NULL;
    }

  self->index_key = g_strdup (names[0]);
  self->index = ann_element_open_child (records, names[0], cancellable, error);
  if (self->index == NULL)
    return NULL;
  if (ann_element_get_rank (self->index) != 1)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: the labels of its rows, “%s”, have %u axes and not one", path, names[0],
                   ann_element_get_rank (self->index));
      return NULL;
    }
  for (guint i = 1; names[i] != NULL; i++)
    add_column (self, path, names[i]);
  self->records = g_object_ref (records);
  self->labels = labels != NULL ? g_object_ref (labels) : NULL;
  self->label_states = g_new0 (int, self->columns->len);

  shape[0] = ann_element_get_n_rows (records);
  shape[1] = self->columns->len;
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = &source,
                                                 .kind = ANN_ELEMENT_FRAME,
                                                 .dtype = ANN_DTYPE_OTHER,
                                                 .rank = 2,
                                                 .shape = shape,
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}

AnnElement *
_ann_frame_new_opening (const AnnElementSource *source,
                        guint64 n_rows,
                        const char *index_key,
                        const char *const *columns,
                        AnnChildFunc open_child,
                        gpointer user_data,
                        GDestroyNotify free_data)
{
  AnnFrame *self = g_object_new (ANN_TYPE_FRAME, NULL);
  guint64 shape[2];

  self->index_key = g_strdup (index_key);
  self->open_child = open_child;
  self->user_data = user_data;
  self->free_data = free_data;
  for (guint i = 0; columns[i] != NULL; i++)
    add_column (self, source->path, columns[i]);

  shape[0] = n_rows;
  shape[1] = self->columns->len;
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ANN_ELEMENT_FRAME,
                                                 .dtype = ANN_DTYPE_OTHER,
                                                 .rank = 2,
                                                 .shape = shape,
                                             });

  return ANN_ELEMENT (self);
}

gpointer
_ann_frame_peek_user_data (AnnFrame *self, AnnChildFunc open_child)
{
  return self->open_child == open_child ? self->user_data : NULL;
}

/**
 * ann_frame_get_n_columns:
 * @self: a table
 *
 * Returns: how many columns it has, the index not among them
 */
guint
ann_frame_get_n_columns (AnnFrame *self)
{
  g_return_val_if_fail (ANN_IS_FRAME (self), 0);

  return self->columns->len;
}

/**
 * ann_frame_get_column_name:
 * @self: a table
 * @column: which column, less than their number
 *
 * Returns: (transfer none): its name as stored, which may hold any character
 */
const char *
ann_frame_get_column_name (AnnFrame *self, guint column)
{
  g_return_val_if_fail (ANN_IS_FRAME (self), NULL);
  g_return_val_if_fail (column < self->columns->len, NULL);

  return g_ptr_array_index (self->columns, column);
}

/**
 * ann_frame_find_column:
 * @self: a table
 * @name: the name of a column
 * @column: (out) (optional): which one it is
 *
 * Returns: %FALSE if there is no column of this name
 */
gboolean
ann_frame_find_column (AnnFrame *self, const char *name, guint *column)
{
  gpointer position;

  g_return_val_if_fail (ANN_IS_FRAME (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (!g_hash_table_lookup_extended (self->positions, name, NULL, &position))
    return FALSE;
  if (column != NULL)
    *column = GPOINTER_TO_UINT (position);

  return TRUE;
}

/**
 * ann_frame_get_index_name:
 * @self: a table
 *
 * Returns: (transfer none) (nullable): what the labels of the rows are called, or %NULL if they
 *   have no name
 */
const char *
ann_frame_get_index_name (AnnFrame *self)
{
  g_return_val_if_fail (ANN_IS_FRAME (self), NULL);

  return strcmp (self->index_key, "_index") == 0 ? NULL : self->index_key;
}

/* One column from where the table has its columns. */
static AnnElement *
open_column (AnnFrame *self, guint column, GCancellable *cancellable, GError **error)
{
  const char *name = g_ptr_array_index (self->columns, column);

  if (self->open_child != NULL)
    return self->open_child (self->user_data, name, cancellable, error);
  if (self->records != NULL)
    return open_field (self, column, cancellable, error);

  return open_part (ann_element_get_node (ANN_ELEMENT (self)), name, cancellable, error);
}

/**
 * ann_frame_open_column:
 * @self: a table
 * @column: which column, less than their number
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Opens a column from its metadata. One that is not there, is not a vector or has another length
 * than the index is an element with a state.
 *
 * Returns: (transfer full): the column, or %NULL with @error set if this was cancelled
 */
AnnElement *
ann_frame_open_column (AnnFrame *self, guint column, GCancellable *cancellable, GError **error)
{
  guint64 n_rows;
  AnnElement *element;

  g_return_val_if_fail (ANN_IS_FRAME (self), NULL);
  g_return_val_if_fail (column < self->columns->len, NULL);

  element = open_column (self, column, cancellable, error);
  if (element == NULL)
    return NULL;

  if (ann_element_get_state (element) == ANN_ELEMENT_OK && ann_element_get_rank (element) != 1)
    _ann_element_take_error (
        element, g_error_new (ANN_ERROR, ANN_ERROR_CORRUPT,
                              "%s: a column has one axis, but this is %s with %u",
                              ann_element_get_path (element),
                              ann_element_kind_get_name (ann_element_get_kind (element)),
                              ann_element_get_rank (element)));
  n_rows = ann_element_get_n_rows (ANN_ELEMENT (self));
  _ann_element_check_axes (element, 1, &n_rows, "the length of the index");

  return element;
}

/* Not under the lock, for it waits: of two threads that open it, the first one's is kept. */
static AnnElement *
open_index_of_others (AnnFrame *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) index = NULL;
  AnnElement *kept;

  g_mutex_lock (&self->lock);
  kept = self->index != NULL ? g_object_ref (self->index) : NULL;
  g_mutex_unlock (&self->lock);
  if (kept != NULL)
    return kept;

  index = self->open_child (self->user_data, self->index_key, cancellable, error);
  if (index == NULL)
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->index == NULL)
    self->index = g_object_ref (index);
  kept = g_object_ref (self->index);
  g_mutex_unlock (&self->lock);

  return kept;
}

/**
 * ann_frame_open_index:
 * @self: a table
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Gives the labels of the rows: texts, texts with missing ones, or numbers by other writers.
 *
 * Returns: (transfer full): the index, or %NULL with @error set
 */
AnnElement *
ann_frame_open_index (AnnFrame *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (ANN_IS_FRAME (self), NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (self->open_child != NULL)
    return open_index_of_others (self, cancellable, error);

  return g_object_ref (self->index);
}
