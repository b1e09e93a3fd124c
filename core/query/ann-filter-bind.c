/* ann-filter-bind.c: what the names of a filter stand for in a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-program-private.h"

#include "base/ann-error.h"
#include "base/ann-nearest.h"

#include <string.h>

static const char *const axis_names[] = { "obs", "var" };
static const char *const index_names[] = { "obs_names", "var_names" };

gboolean
_ann_filter_program_fail (AnnFilterProgram *self,
                          const AnnFilterPlace *place,
                          AnnFilterError code,
                          GError **error,
                          const char *format,
                          ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  self->place = *place;
  _ann_filter_set_error (error, code, self->filter->text, place, "%s", message);

  return FALSE;
}

/* --- Names that are not there --- */

static void
offer_columns (AnnNearest *nearest, AnnFrame *frame)
{
  for (guint i = 0; i < ann_frame_get_n_columns (frame); i++)
    ann_nearest_offer (nearest, ann_frame_get_column_name (frame, i));
}

/* @wanted is no @what, but there may be something like it in @nearest. */
static gboolean
fail_unknown (AnnFilterProgram *self,
              const AnnFilterPlace *place,
              const char *what,
              const char *wanted,
              const AnnNearest *nearest,
              GError **error)
{
  const char *name = nearest != NULL ? ann_nearest_get (nearest) : NULL;

  if (name == NULL)
    return _ann_filter_program_fail (self, place, ANN_FILTER_ERROR_UNKNOWN, error, "%s “%s”", what,
                                     wanted);

  return _ann_filter_program_fail (self, place, ANN_FILTER_ERROR_UNKNOWN, error,
                                   "%s “%s”; the nearest is “%s”", what, wanted, name);
}

static gboolean
fail_unknown_name (AnnFilterProgram *self, const AnnFilterValue *value, GError **error)
{
  g_autofree char *advice = _ann_filter_program_advise (self, value);
  g_autoptr (AnnNearest) nearest = NULL;
  g_autofree char *what = NULL;

  if (advice != NULL)
    return _ann_filter_program_fail (self, &value->place, ANN_FILTER_ERROR_UNKNOWN, error, "%s",
                                     advice);

  nearest = ann_nearest_new (value->text);
  what = g_strdup_printf ("%s has no column", axis_names[self->axis]);
  offer_columns (nearest, self->frame);
  ann_nearest_offer (nearest, index_names[self->axis]);

  return fail_unknown (self, &value->place, what, value->text, nearest, error);
}

/* --- Elements --- */

static gboolean
check_element (AnnFilterProgram *self,
               const AnnFilterPlace *place,
               AnnElement *element,
               GError **error)
{
  if (element != NULL && ann_element_get_error (element) == NULL)
    return TRUE;

  self->place = *place;
  if (element != NULL)
    g_propagate_error (error, g_error_copy (ann_element_get_error (element)));

  return FALSE;
}

static gboolean
read_categories (AnnFilterColumn *column,
                 AnnCategorical *categorical,
                 AnnFilterProgram *self,
                 GError **error)
{
  AnnElement *categories = ann_categorical_get_categories (categorical);

  column->is_categorical = TRUE;
  column->is_ordered = ann_categorical_get_ordered (categorical);
  column->n_categories = ann_categorical_get_n_categories (categorical);
  column->dtype = ann_element_get_dtype (categories);
  if (ann_dtype_is_real (column->dtype))
    {
      column->type = column->dtype == ANN_DTYPE_BOOL ? ANN_COLUMN_BOOLEAN : ANN_COLUMN_NUMBER;
      column->categories = ann_element_read_rows (categories, 0, column->n_categories,
                                                  self->cancellable, error);
      return column->categories != NULL;
    }

  column->type = ANN_COLUMN_TEXT;
  column->labels = ann_categorical_read_labels (categorical, self->cancellable, error);

  return column->labels != NULL;
}

/* What the values of @element are. */
static gboolean
set_type (AnnFilterProgram *self, const AnnFilterValue *value, AnnElement *element, GError **error)
{
  AnnFilterColumn *column = &self->columns[value->index];

  self->place = value->place;
  column->dtype = ann_element_get_dtype (element);
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_CATEGORICAL:
      return read_categories (column, ANN_CATEGORICAL (element), self, error);

    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_NULLABLE_STRING:
      column->type = ANN_COLUMN_TEXT;
      return TRUE;

    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
      column->type = column->dtype == ANN_DTYPE_BOOL ? ANN_COLUMN_BOOLEAN : ANN_COLUMN_NUMBER;
      if (ann_dtype_is_real (column->dtype))
        return TRUE;
      return _ann_filter_program_fail (self, &value->place, ANN_FILTER_ERROR_TYPE, error,
                                       "“%s” has values of type %s, which have no order",
                                       ann_element_get_path (element),
                                       ann_dtype_get_name (column->dtype));

    default:
      return _ann_filter_program_fail (
          self, &value->place, ANN_FILTER_ERROR_TYPE, error,
          "“%s” is %s; a filter looks at numbers, texts, categories and truth values",
          ann_element_get_path (element),
          ann_element_kind_get_name (ann_element_get_kind (element)));
    }
}

/* The source of this name if there is one, else NULL. */
static AnnFilterSource *
find_source (AnnFilterProgram *self, const char *name, guint *number)
{
  const guint found = GPOINTER_TO_UINT (g_hash_table_lookup (self->source_names, name));

  if (found == 0)
    return NULL;
  *number = found - 1;

  return g_ptr_array_index (self->sources, found - 1);
}

/* Takes @source and @name. */
static guint
add_source (AnnFilterProgram *self, char *name, AnnFilterSource *source)
{
  g_ptr_array_add (self->sources, source);
  g_hash_table_insert (self->source_names, name, GUINT_TO_POINTER (self->sources->len));

  return self->sources->len - 1;
}

/* Takes @element, a vector along the axis; NULL with @error set. */
static gboolean
use_vector (AnnFilterProgram *self,
            const AnnFilterValue *value,
            AnnElement *element,
            GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnElement) owned = element;
  AnnFilterColumn *column = &self->columns[value->index];
  g_autofree char *name = NULL;

  if (!check_element (self, &value->place, element, error))
    return FALSE;
  if (ann_element_get_rank (element) != 1 || ann_element_get_n_rows (element) != self->n_rows)
    return _ann_filter_program_fail (self, &value->place, ANN_FILTER_ERROR_TYPE, error,
                                     "“%s” does not have one value for each row of %s",
                                     ann_element_get_path (element), axis_names[self->axis]);

  name = g_strconcat ("vector:", ann_element_get_path (element), NULL);
  if (find_source (self, name, &column->source) == NULL)
    column->source = add_source (self, g_steal_pointer (&name), _ann_filter_source_new (element));

  return set_type (self, value, element, error);
}

static gboolean
use_column (AnnFilterProgram *self,
            const AnnFilterValue *value,
            AnnFrame *frame,
            guint number,
            GError **error)
{
  return use_vector (self, value, ann_frame_open_column (frame, number, self->cancellable, error),
                     error);
}

/* Line @line of @matrix, which lies along the filter's axis with its other one. */
static gboolean
use_line (AnnFilterProgram *self,
          const AnnFilterValue *value,
          AnnElement *matrix,
          gboolean by_column,
          guint64 line,
          GError **error)
{
  AnnFilterColumn *column = &self->columns[value->index];
  g_autofree char *name = g_strdup_printf ("%s:%s", by_column ? "columns" : "rows",
                                           ann_element_get_path (matrix));
  AnnFilterSource *source = find_source (self, name, &column->source);

  if (source == NULL)
    {
      source = _ann_filter_source_new_lines (matrix, by_column);
      column->source = add_source (self, g_steal_pointer (&name), source);
    }
  column->line = _ann_filter_source_add_line (source, line);

  return set_type (self, value, matrix, error);
}

/* --- X["CD3D"] --- */

/* The row of @frame that a key names. */
static gboolean
find_line (AnnFilterProgram *self,
           const AnnFilterKey *key,
           AnnFrame *frame,
           guint64 *line,
           GError **error)
{
  const char *path = ann_element_get_path (ANN_ELEMENT (frame));
  const char *const names[] = { key->text };
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnSelection) rows = NULL;

  self->place = key->place;
  rows = ann_frame_find_names (frame, names, 1, self->cancellable, &local_error);
  if (rows == NULL && g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    return _ann_filter_program_fail (self, &key->place, ANN_FILTER_ERROR_UNKNOWN, error, "%s",
                                     local_error->message);
  if (rows == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  *line = ann_selection_get_position (rows, 0);
  if (ann_selection_get_length (rows) > 1)
    return _ann_filter_program_fail (
        self, &key->place, ANN_FILTER_ERROR_UNKNOWN, error,
        "%s has %" G_GUINT64_FORMAT
        " rows called “%s”: give the number of one, such as %" G_GUINT64_FORMAT " for the first",
        path, ann_selection_get_length (rows), key->text, *line);

  return TRUE;
}

static gboolean
check_line (AnnFilterProgram *self,
            const AnnFilterKey *key,
            AnnElement *matrix,
            gboolean by_column,
            GError **error)
{
  const guint64 n_lines = ann_element_get_length (matrix, by_column ? 1 : 0);

  if (key->number < n_lines)
    return TRUE;

  return _ann_filter_program_fail (
      self, &key->place, ANN_FILTER_ERROR_UNKNOWN, error,
      "“%s” has %" G_GUINT64_FORMAT " %s, the first of which is number 0",
      ann_element_get_path (matrix), n_lines, by_column ? "columns" : "rows");
}

/* @key: which line of @matrix
 * @labels: (nullable): the table whose rows name the lines
 */
static gboolean
use_matrix (AnnFilterProgram *self,
            const AnnFilterValue *value,
            const AnnFilterKey *key,
            AnnElement *matrix,
            gboolean by_column,
            AnnFrame *labels,
            GError **error)
{
  const char *path = ann_element_get_path (matrix);
  guint64 line = key->number;
  guint64 n_lines;

  if (!check_element (self, &value->place, matrix, error))
    return FALSE;
  if (!ann_element_is_matrix (matrix)
      || ann_element_get_length (matrix, by_column ? 0 : 1) != self->n_rows)
    return _ann_filter_program_fail (self, &value->place, ANN_FILTER_ERROR_TYPE, error,
                                     "“%s” is no matrix of numbers along %s", path,
                                     axis_names[self->axis]);

  n_lines = ann_element_get_length (matrix, by_column ? 1 : 0);
  if (key->text != NULL && labels == NULL)
    return _ann_filter_program_fail (self, &key->place, ANN_FILTER_ERROR_UNKNOWN, error,
                                     "The columns of “%s” have no names: give a number", path);
  if (key->text == NULL ? !check_line (self, key, matrix, by_column, error)
                        : !find_line (self, key, labels, &line, error))
    return FALSE;
  if (line >= n_lines)
    return _ann_filter_program_fail (self, &key->place, ANN_FILTER_ERROR_UNKNOWN, error,
                                     "“%s” has fewer lines than there are names for", path);

  return use_line (self, value, matrix, by_column, line, error);
}

/* The entry of a mapping that the first key names. */
static AnnElement *
open_entry (AnnFilterProgram *self, const AnnFilterValue *value, GError **error)
{
  const AnnFilterKey *key = &value->keys[0];
  g_autofree char *what = g_strdup_printf ("%s has no entry", value->text);
  g_autoptr (AnnElement) mapping = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnNearest) nearest = NULL;
  g_auto (GStrv) names = NULL;
  AnnElement *entry = NULL;

  if (key->text == NULL)
    {
      _ann_filter_program_fail (self, &key->place, ANN_FILTER_ERROR_UNKNOWN, error,
                                "The entries of %s have names: give one in quotes", value->text);
      return NULL;
    }

  self->place = key->place;
  mapping = ann_data_open_element (self->data, value->text, self->cancellable, &local_error);
  if (mapping != NULL && ann_element_get_error (mapping) == NULL)
    entry = ann_element_open_child (mapping, key->text, self->cancellable, &local_error);
  if (entry != NULL)
    return entry;
  if (mapping != NULL && ann_element_get_error (mapping) != NULL)
    local_error = g_error_copy (ann_element_get_error (mapping));
  if (!g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  nearest = ann_nearest_new (key->text);
  names = mapping != NULL ? ann_element_list_children (mapping, self->cancellable, NULL) : NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    ann_nearest_offer (nearest, names[i]);
  fail_unknown (self, &key->place, what, key->text, nearest, error);

  return NULL;
}

/* obsm["X_pca"][0], and obsm["scores"]["S"] where that is a table */
static gboolean
bind_entry (AnnFilterProgram *self, const AnnFilterValue *value, gboolean is_layer, GError **error)
{
  const AnnFilterKey *key = &value->keys[1];
  const gboolean by_column = !is_layer || self->axis == ANN_AXIS_OBS;
  g_autoptr (AnnElement) entry = open_entry (self, value, error);
  AnnFrame *labels = NULL;
  guint number;

  if (entry == NULL)
    return FALSE;
  if (!ANN_IS_FRAME (entry))
    {
      if (is_layer)
        labels = self->axis == ANN_AXIS_OBS ? ann_data_get_var (self->data)
                                            : ann_data_get_obs (self->data);
      return use_matrix (self, value, key, entry, by_column, labels, error);
    }

  if (!check_element (self, &value->place, entry, error))
    return FALSE;
  if (key->text == NULL && key->number < ann_frame_get_n_columns (ANN_FRAME (entry)))
    return use_column (self, value, ANN_FRAME (entry), (guint) key->number, error);
  if (key->text != NULL && ann_frame_find_column (ANN_FRAME (entry), key->text, &number))
    return use_column (self, value, ANN_FRAME (entry), number, error);

  {
    g_autofree char *what = g_strdup_printf ("%s has no column", ann_element_get_path (entry));
    g_autofree char *wanted = key->text != NULL
                                  ? g_strdup (key->text)
                                  : g_strdup_printf ("%" G_GUINT64_FORMAT, key->number);
    g_autoptr (AnnNearest) nearest = ann_nearest_new (wanted);

    offer_columns (nearest, ANN_FRAME (entry));

    return fail_unknown (self, &key->place, what, wanted, nearest, error);
  }
}

/* @path: X, say */
static AnnElement *
open_part (AnnFilterProgram *self, const AnnFilterValue *value, const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  AnnElement *element;

  self->place = value->place;
  element = ann_data_open_element (self->data, path, self->cancellable, &local_error);
  if (element != NULL)
    return element;

  if (g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    _ann_filter_program_fail (self, &value->place, ANN_FILTER_ERROR_UNKNOWN, error,
                              "The store has no %s", path);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));

  return NULL;
}

/* X["CD3D"]: on the axis of the variables a row of it, which an observation names */
static gboolean
bind_x (AnnFilterProgram *self, const AnnFilterValue *value, GError **error)
{
  const gboolean by_column = self->axis == ANN_AXIS_OBS;
  g_autoptr (AnnElement) matrix = open_part (self, value, "X", error);

  if (matrix == NULL)
    return FALSE;

  return use_matrix (self, value, &value->keys[0], matrix, by_column,
                     by_column ? ann_data_get_var (self->data) : ann_data_get_obs (self->data),
                     error);
}

static gboolean
bind_raw (AnnFilterProgram *self, const AnnFilterValue *value, GError **error)
{
  g_autoptr (AnnElement) matrix = NULL;
  g_autoptr (AnnElement) frame = NULL;

  if (self->axis == ANN_AXIS_VAR)
    return _ann_filter_program_fail (self, &value->place, ANN_FILTER_ERROR_UNKNOWN, error,
                                     "raw has variables of its own: it lies along obs alone");

  matrix = open_part (self, value, "raw/X", error);
  if (matrix == NULL)
    return FALSE;
  frame = open_part (self, value, "raw/var", error);
  if (frame == NULL || !check_element (self, &value->place, frame, error))
    return FALSE;

  return use_matrix (self, value, &value->keys[0], matrix, TRUE,
                     ANN_IS_FRAME (frame) ? ANN_FRAME (frame) : NULL, error);
}

static gboolean
bind_member (AnnFilterProgram *self, const AnnFilterValue *value, GError **error)
{
  static const struct {
    const char *name;
    guint n_keys;
    const char *example;
  } members[] = {
    { "X", 1, "X[\"CD3D\"]" },         { "layers", 2, "layers[\"counts\"][\"CD3D\"]" },
    { "raw", 1, "raw[\"CD3D\"]" },     { "obsm", 2, "obsm[\"X_pca\"][0]" },
    { "varm", 2, "varm[\"PCs\"][0]" },
  };
  AnnFilterPlace place = { value->place.position, strlen (value->text) };
  g_autofree char *advice = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      if (strcmp (value->text, members[i].name) != 0)
        continue;
      if (value->n_keys != members[i].n_keys)
        return _ann_filter_program_fail (
            self, &value->place, ANN_FILTER_ERROR_SYNTAX, error, "%s needs %s in brackets: %s",
            value->text, members[i].n_keys == 1 ? "one name" : "two names", members[i].example);
      if (i == 0)
        return bind_x (self, value, error);
      if (i == 2)
        return bind_raw (self, value, error);
      if (i >= 3 && strncmp (value->text, axis_names[self->axis], 3) != 0)
        return _ann_filter_program_fail (self, &place, ANN_FILTER_ERROR_UNKNOWN, error,
                                         "%s does not lie along %s, which this is a filter of",
                                         value->text, axis_names[self->axis]);
      return bind_entry (self, value, i == 1, error);
    }

  advice = _ann_filter_program_advise (self, value);
  if (advice != NULL)
    return _ann_filter_program_fail (self, &value->place, ANN_FILTER_ERROR_UNKNOWN, error, "%s",
                                     advice);

  return _ann_filter_program_fail (self, &place, ANN_FILTER_ERROR_UNKNOWN, error,
                                   "“%s” has no entries: brackets follow X, layers, raw, %s",
                                   value->text, self->axis == ANN_AXIS_OBS ? "obsm" : "varm");
}

/* --- n_genes --- */

static gboolean
is_index_name (AnnFilterProgram *self, const char *name)
{
  const char *own_name = ann_frame_get_index_name (self->frame);

  return strcmp (name, index_names[self->axis]) == 0 || strcmp (name, "index") == 0
         || (own_name != NULL && strcmp (name, own_name) == 0);
}

static gboolean
bind_name (AnnFilterProgram *self, const AnnFilterValue *value, GError **error)
{
  guint number;

  if (ann_frame_find_column (self->frame, value->text, &number))
    return use_column (self, value, self->frame, number, error);
  if (is_index_name (self, value->text))
    return use_vector (self, value, ann_frame_open_index (self->frame, self->cancellable, error),
                       error);
  if (!value->is_quoted
      && (strcmp (value->text, "X") == 0 || strcmp (value->text, "layers") == 0
          || strcmp (value->text, "raw") == 0 || strcmp (value->text, "obsm") == 0
          || strcmp (value->text, "varm") == 0))
    return bind_member (self, value, error);

  return fail_unknown_name (self, value, error);
}

gboolean
_ann_filter_program_bind (AnnFilterProgram *self, const AnnFilterValue *value, GError **error)
{
  switch ((int) value->kind)
    {
    case ANN_VALUE_NAME:
      return bind_name (self, value, error);
    case ANN_VALUE_MEMBER:
      return bind_member (self, value, error);
    default:
      return TRUE;
    }
}

AnnFilterVector
_ann_filter_column_get_categories (const AnnFilterColumn *self)
{
  AnnFilterVector vector = { .texts = self->labels };

  if (self->categories != NULL)
    {
      vector.dtype = ann_buffer_get_dtype (self->categories->values);
      vector.values = ann_buffer_get_data (self->categories->values);
    }

  return vector;
}
