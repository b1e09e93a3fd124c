/* ann-slice-make.c: which columns a slice has
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-digest.h"
#include "ann-select.h"
#include "ann-slice-private.h"

#include <string.h>

/* A grid that is wider is not made: nobody reads it, and a file may claim any width. */
#define N_COLUMNS_MAX 1000000

/* A tree is for people: so many lines, and so much of a value. */
#define N_TREE_ROWS_MAX 1000
#define N_CHARACTERS_OF_VALUE 40

/* Records within records: nobody means more. */
#define MAX_NESTING 8

static gboolean
add_columns (GArray *selected, guint64 start, guint64 end, GError **error)
{
  if (end - start > N_COLUMNS_MAX || selected->len + (end - start) > N_COLUMNS_MAX)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%" G_GUINT64_FORMAT " columns are too many to show: select some with --columns",
                   end - start);
      return FALSE;
    }

  for (guint64 i = start; i < end; i++)
    g_array_append_val (selected, i);

  return TRUE;
}

static gboolean
add_selection (GArray *selected, const AnnSelection *columns, GError **error)
{
  guint64 start;
  gint64 step;

  if (ann_selection_is_range (columns, &start, &step) && step == 1)
    return add_columns (selected, start, start + ann_selection_get_length (columns), error);

  for (guint64 i = 0; i < ann_selection_get_length (columns); i++)
    {
      guint64 column = ann_selection_get_position (columns, i);

      if (!add_columns (selected, column, column + 1, error))
        return FALSE;
    }

  return TRUE;
}

/* Adds what one item of --columns names: a column by its name, else some by numbers. */
static gboolean
add_item (GArray *selected,
          const char *item,
          GHashTable *positions,
          guint64 n_columns,
          GError **error)
{
  const guint64 *position = g_hash_table_lookup (positions, item);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnSelection) columns = NULL;

  if (position != NULL && *position != G_MAXUINT64)
    return add_columns (selected, *position, *position + 1, error);

  columns = ann_select_parse (item, n_columns, "column", &local_error);
  if (columns != NULL)
    return add_selection (selected, columns, error);
  if (!g_error_matches (local_error, ANN_ERROR, ANN_ERROR_FORMAT))
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "there is no column %s", item);

  return FALSE;
}

static void
add_wanted (GHashTable *positions, const char *name)
{
  guint64 *position = g_new (guint64, 1);

  *position = G_MAXUINT64;
  g_hash_table_replace (positions, g_strdup (name), position);
}

/* Fills in the positions of the names that @source has. */
typedef gboolean (*FindNamesFunc) (gpointer source, GHashTable *positions, GError **error);

/* Selects of @n_columns columns what @text asks for; all if it is %NULL. A name may have commas:
 * the whole text is tried first.
 */
static GArray *
select_columns (const char *text,
                guint64 n_columns,
                FindNamesFunc find_names,
                gpointer source,
                GError **error)
{
  g_autoptr (GArray) selected = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GHashTable) positions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                            g_free);
  g_auto (GStrv) items = NULL;
  const guint64 *whole;

  if (text == NULL)
    return add_columns (selected, 0, n_columns, error) ? g_steal_pointer (&selected) : NULL;

  items = g_strsplit (text, ",", -1);
  add_wanted (positions, text);
  for (guint i = 0; items[i] != NULL; i++)
    add_wanted (positions, items[i]);
  if (source != NULL && !find_names (source, positions, error))
    return NULL;

  whole = g_hash_table_lookup (positions, text);
  if (*whole != G_MAXUINT64)
    {
      add_columns (selected, *whole, *whole + 1, NULL);
      return g_steal_pointer (&selected);
    }
  for (guint i = 0; items[i] != NULL; i++)
    {
      if (!add_item (selected, items[i], positions, n_columns, error))
        return NULL;
    }

  return g_steal_pointer (&selected);
}

static AnnSliceColumn *
add_column (AnnSlice *self, char *name, guint64 source)
{
  AnnSliceColumn *column = g_new0 (AnnSliceColumn, 1);

  column->name = name;
  column->source = source;
  g_ptr_array_add (self->columns, column);

  return column;
}

static gboolean
set_element (AnnSliceColumn *column, AnnElement *element, GError **error)
{
  AnnElement *categories;

  if (ann_element_get_error (element) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (element)));
      return FALSE;
    }

  column->element = g_object_ref (element);
  if (!ANN_IS_CATEGORICAL (element))
    return TRUE;

  categories = ann_categorical_get_categories (ANN_CATEGORICAL (element));
  column->categories = ann_element_read_rows (categories, 0, ann_element_get_n_rows (categories),
                                              NULL, error);

  return column->categories != NULL;
}

static gboolean
find_frame_columns (gpointer source, GHashTable *positions, GError **error G_GNUC_UNUSED)
{
  AnnFrame *frame = source;
  GHashTableIter iter;
  gpointer name, position;
  guint column;

  g_hash_table_iter_init (&iter, positions);
  while (g_hash_table_iter_next (&iter, &name, &position))
    {
      if (ann_frame_find_column (frame, name, &column))
        *(guint64 *) position = column;
    }

  return TRUE;
}

/* One broken column does not hide the others. */
static void
open_frame_column (AnnSlice *self, AnnSliceColumn *column)
{
  g_autoptr (AnnElement) element = ann_frame_open_column (
      ANN_FRAME (self->element), (guint) column->source, NULL, &column->error);

  if (element != NULL)
    set_element (column, element, &column->error);
}

static gboolean
make_frame (AnnSlice *self, const char *text, GError **error)
{
  AnnFrame *frame = ANN_FRAME (self->element);
  g_autoptr (GArray) selected = NULL;

  self->has_own_columns = TRUE;
  self->n_columns_in_all = ann_frame_get_n_columns (frame);
  self->row_axis = ann_axis_names_new_for_frame (frame, error);
  if (self->row_axis == NULL)
    return FALSE;
  selected = select_columns (text, self->n_columns_in_all, find_frame_columns, frame, error);
  if (selected == NULL)
    return FALSE;

  for (guint i = 0; i < selected->len; i++)
    {
      guint number = (guint) g_array_index (selected, guint64, i);

      add_column (self, g_strdup (ann_frame_get_column_name (frame, number)), number);
    }

  _ann_slice_each_column (self, open_frame_column);

  return TRUE;
}

static gboolean
find_axis_names (gpointer source, GHashTable *positions, GError **error)
{
  return ann_axis_names_find (source, positions, error);
}

/* A number for each axis after the first: "3", or "3,1" where there are two. */
static char *
describe_position (AnnElement *element, guint64 column)
{
  const guint64 *shape = ann_element_get_shape (element);
  guint rank = ann_element_get_rank (element);
  GString *text = g_string_new (NULL);

  for (guint axis = rank; axis-- > 1;)
    {
      g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT "%s", column % shape[axis],
                                                 axis + 1 < rank ? "," : "");

      g_string_prepend (text, number);
      column /= shape[axis];
    }

  return g_string_free (text, FALSE);
}

static gboolean
name_column (AnnSlice *self, AnnAxisNames *axis, guint64 number, char **name, GError **error)
{
  g_autoptr (AnnStrings) names = NULL;

  if (axis == NULL)
    {
      *name = describe_position (self->element, number);
      return TRUE;
    }

  names = ann_axis_names_read (axis, number, 1, error);
  if (names == NULL)
    return FALSE;
  *name = ann_strings_dup_utf8 (names, 0);

  return TRUE;
}

/* Columns of a matrix: all are read together. */
static gboolean
make_matrix (AnnSlice *self,
             AnnAxisNames *axis,
             const char *text,
             const AnnSelection *chosen,
             guint n_shown,
             GError **error)
{
  g_autoptr (GArray) selected = NULL;

  self->n_columns_in_all = ann_element_get_width (self->element);
  if (axis != NULL && ann_axis_names_get_length (axis) != self->n_columns_in_all)
    axis = NULL;
  if (chosen != NULL)
    {
      selected = g_array_new (FALSE, FALSE, sizeof (guint64));
      if (!add_selection (selected, chosen, error))
        return FALSE;
    }
  else if (text == NULL && n_shown <= N_COLUMNS_MAX && self->n_columns_in_all > n_shown)
    {
      selected = g_array_new (FALSE, FALSE, sizeof (guint64));
      add_columns (selected, 0, n_shown, NULL);
    }
  else
    selected = select_columns (text, self->n_columns_in_all, find_axis_names, axis, error);
  if (selected == NULL)
    return FALSE;

  for (guint i = 0; i < selected->len; i++)
    {
      guint64 number = g_array_index (selected, guint64, i);
      char *name;

      if (!name_column (self, axis, number, &name, error))
        return FALSE;
      add_column (self, name, number);
    }

  return TRUE;
}

static gboolean
make_vector (AnnSlice *self, const char *text, GError **error)
{
  if (text != NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                           "has no columns: leave out --columns");
      return FALSE;
    }

  self->n_columns_in_all = 1;
  self->has_own_columns = TRUE;
  self->is_json = ann_element_get_kind (self->element) == ANN_ELEMENT_AWKWARD;

  return set_element (add_column (self, g_strdup (ann_element_get_name (self->element)), 0),
                      self->element, error);
}

static gboolean
find_fields (gpointer source, GHashTable *positions, GError **error G_GNUC_UNUSED)
{
  char **names = source;

  for (guint i = 0; names[i] != NULL; i++)
    {
      guint64 *position = g_hash_table_lookup (positions, names[i]);

      if (position != NULL)
        *position = i;
    }

  return TRUE;
}

/* `name[1,0]`: which element of an array in a field it is, if there are several. */
static char *
name_inner (AnnSlice *self, AnnArray *field, const char *name, guint64 number)
{
  const guint first = _ann_slice_get_first_inner_axis (self);
  const guint64 *shape = ann_array_get_shape (field);
  g_autoptr (GString) text = g_string_new ("]");

  if (ann_array_get_rank (field) <= first)
    return g_strdup (name);

  for (guint axis = ann_array_get_rank (field); axis-- > first;)
    {
      g_autofree char *index = g_strdup_printf ("%s%" G_GUINT64_FORMAT, axis > first ? "," : "",
                                                number % shape[axis]);

      g_string_prepend (text, index);
      number /= shape[axis];
    }
  g_string_prepend_c (text, '[');
  g_string_prepend (text, name);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The columns of one field: of an array its elements, of a record its fields. */
static gboolean
add_field (AnnSlice *self, AnnArray *field, const char *name, guint nesting, GError **error)
{
  g_auto (GStrv) names = ann_array_get_field_names (field);
  guint64 width = 1;

  if (names != NULL && names[0] != NULL && nesting < MAX_NESTING)
    {
      for (guint i = 0; names[i] != NULL; i++)
        {
          g_autofree char *inner_name = g_strconcat (name, ".", names[i], NULL);
          g_autoptr (AnnArray) inner = ann_array_open_field (field, names[i], error);

          if (inner == NULL || !add_field (self, inner, inner_name, nesting + 1, error))
            return FALSE;
        }
      return TRUE;
    }

  for (guint axis = _ann_slice_get_first_inner_axis (self); axis < ann_array_get_rank (field);
       axis++)
    {
      if (!g_uint64_checked_mul (&width, width, ann_array_get_shape (field)[axis]))
        width = G_MAXUINT64;
    }
  if (width > N_COLUMNS_MAX - MIN (self->columns->len, N_COLUMNS_MAX))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s has too many values in each row to be shown", name);
      return FALSE;
    }
  for (guint64 i = 0; i < width; i++)
    add_column (self, name_inner (self, field, name, i), i)->field = g_object_ref (field);

  return TRUE;
}

static gboolean
make_records (AnnSlice *self, const char *text, GError **error)
{
  g_autoptr (AnnArray) array = ann_dup_first_array (self->element);
  g_auto (GStrv) names = array != NULL ? ann_array_get_field_names (array) : NULL;
  g_autoptr (GArray) selected = NULL;
  guint n_fields;

  if (names == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "has no stored fields");
      return FALSE;
    }

  self->has_own_columns = TRUE;
  n_fields = g_strv_length (names);
  selected = select_columns (text, n_fields, find_fields, names, error);
  for (guint i = 0; selected != NULL && i < selected->len; i++)
    {
      guint64 number = g_array_index (selected, guint64, i);
      g_autoptr (AnnArray) field = ann_array_open_field (array, names[number], error);

      if (field == NULL || !add_field (self, field, names[number], 0, error))
        return FALSE;
    }

  /* A field that is left out counts as one. */
  self->n_columns_in_all = self->columns->len;
  if (selected != NULL && selected->len < n_fields)
    self->n_columns_in_all += n_fields - selected->len;

  return selected != NULL;
}

static char *
describe_shape (AnnElement *element)
{
  const guint64 *shape = ann_element_get_shape (element);
  GString *text = g_string_new (NULL);

  for (guint i = 0; shape != NULL && i < ann_element_get_rank (element); i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " × " : "", shape[i]);

  return g_string_free (text, FALSE);
}

/* The value of a scalar, in one line; empty for all else, and for what cannot be read. That a disk
 * failed is told at the end.
 */
static char *
preview_value (AnnSlice *self, AnnElement *element)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (ANN_IS_SCALAR (element) && ann_element_get_error (element) == NULL)
    text = ann_scalar_read_text (ANN_SCALAR (element), NULL, &error);
  if (error != NULL && error->domain != ANN_ERROR && self->disk_error == NULL)
    self->disk_error = g_steal_pointer (&error);
  if (text == NULL)
    return g_strdup ("");

  return g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), N_CHARACTERS_OF_VALUE));
}

/* One row of a listing: name, kind, shape, type, state; in a tree, the value too.
 * @depth: how far the name is moved in
 */
static gboolean
list_child (AnnSlice *self,
            AnnStrings *texts,
            const char *name,
            guint depth,
            AnnElement *child,
            GError **error)
{
  g_autofree char *shape = describe_shape (child);
  g_autofree char *moved_in = g_strdup_printf ("%*s%s", (int) depth * 2, "", name);
  g_autofree char *value = self->is_tree ? preview_value (self, child) : NULL;
  AnnDtype dtype = ann_element_get_dtype (child);
  const char *cells[] = {
    moved_in,
    ann_element_kind_get_name (ann_element_get_kind (child)),
    shape,
    ann_dtype_get_size (dtype) > 0 && *shape != '\0' ? ann_dtype_get_name (dtype) : "",
    ann_element_state_get_name (ann_element_get_state (child)),
    value,
  };

  self->n_rows++;
  for (guint i = 0; i < self->columns->len; i++)
    {
      if (!ann_strings_append (texts, cells[i], -1, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_listed_through (AnnElement *element)
{
  AnnElementKind kind = ann_element_get_kind (element);

  return ann_element_get_error (element) == NULL
         && (kind == ANN_ELEMENT_ANNDATA || kind == ANN_ELEMENT_RAW || kind == ANN_ELEMENT_MAPPING);
}

/* The children of @element; in a tree, theirs below them. */
static gboolean
list_children (AnnSlice *self, AnnStrings *texts, AnnElement *element, guint depth, GError **error)
{
  g_auto (GStrv) names = ann_element_list_children (element, NULL, error);

  if (names == NULL)
    return FALSE;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (AnnElement) child = NULL;

      if (self->is_tree && self->n_rows >= N_TREE_ROWS_MAX)
        {
          self->is_cut = TRUE;
          return TRUE;
        }
      child = ann_element_open_child (element, names[i], NULL, error);
      if (child == NULL || !list_child (self, texts, names[i], depth, child, error))
        return FALSE;
      if (self->is_tree && is_listed_through (child)
          && !list_children (self, texts, child, depth + 1, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
make_listing (AnnSlice *self, const char *text, GError **error)
{
  static const char *const titles[] = { "name", "kind", "shape", "type", "state", "value" };
  g_autoptr (AnnStrings) texts = ann_strings_new ();

  if (text != NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_BOUNDS, "is no table: leave out --columns");
      return FALSE;
    }

  self->n_rows = 0;
  self->n_columns_in_all = G_N_ELEMENTS (titles) - !self->is_tree;
  for (guint i = 0; i < self->n_columns_in_all; i++)
    add_column (self, g_strdup (titles[i]), i);
  if (!list_children (self, texts, self->element, 0, error))
    return FALSE;

  self->listing = ann_block_new (0, self->n_rows, self->n_columns_in_all);
  self->listing->texts = g_steal_pointer (&texts);

  return TRUE;
}

static gboolean
make (AnnSlice *self,
      AnnData *data,
      const char *path,
      const char *columns,
      const AnnSelection *chosen,
      guint n_shown,
      GError **error)
{
  g_autoptr (AnnAxisNames) column_axis = NULL;

  switch (ann_element_get_kind (self->element))
    {
    case ANN_ELEMENT_FRAME:
      return make_frame (self, columns, error);
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
      return make_listing (self, columns, error);
    case ANN_ELEMENT_RECORDS:
      return make_records (self, columns, error);
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_CATEGORICAL:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
    case ANN_ELEMENT_AWKWARD:
    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_NUMBER:
      self->row_axis = ann_axis_names_new_for_path (data, path, 0, &self->disk_error);
      if (self->row_axis != NULL && ann_axis_names_get_length (self->row_axis) != self->n_rows)
        g_clear_pointer (&self->row_axis, ann_axis_names_free);
      if (ann_element_get_rank (self->element) < 2)
        return make_vector (self, columns, error);
      column_axis = ann_axis_names_new_for_path (
          data, path, 1, self->disk_error == NULL ? &self->disk_error : NULL);
      return make_matrix (self, column_axis, columns, chosen, n_shown, error);
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "has nothing to show");
      return FALSE;
    }
}

/* @columns: (nullable): as the option says: names, numbers, ranges, with commas between
 * @chosen: (nullable): in place of @columns, those of a matrix
 * @n_shown: of a matrix, if @columns is %NULL, so many columns at most; %G_MAXUINT for a program
 *   that reads it: then a mapping is its children and not a tree
 */
AnnSlice *
ann_slice_new (AnnData *data,
               const char *path,
               AnnElement *element,
               const char *columns,
               const AnnSelection *chosen,
               guint n_shown,
               GError **error)
{
  g_autoptr (AnnSlice) self = NULL;

  if (ann_element_get_error (element) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (element)));
      return NULL;
    }

  self = _ann_slice_alloc (element);
  self->is_tree = n_shown != G_MAXUINT;
  self->is_remote = ann_data_get_traffic (data) != NULL;
  if (!make (self, data, path, columns, chosen, n_shown, error))
    return NULL;

  return g_steal_pointer (&self);
}
