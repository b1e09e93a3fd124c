/* ann-edit-file.c: a column out of a table in text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-edit-private.h"

#include "base/ann-error.h"
#include "view/ann-view-private.h"

#include <math.h>
#include <string.h>

/* A table in text that is being read: RFC 4180, with a comma or a tab. */
typedef struct {
  const char *path;
  const char *at;
  const char *end;
  char separator;
  guint64 line;
  GPtrArray *fields; /* of GString: of the row that was read last */
  guint n_fields;
} Reader;

static void
free_field (gpointer field)
{
  g_string_free (field, TRUE);
}

static GString *
begin_field (Reader *self)
{
  GString *field;

  if (self->n_fields == self->fields->len)
    g_ptr_array_add (self->fields, g_string_new (NULL));
  field = self->fields->pdata[self->n_fields++];
  g_string_truncate (field, 0);

  return field;
}

/* In quotes, where a pair of them is one. */
static gboolean
read_quoted (Reader *self, GString *field, GError **error)
{
  for (self->at++; self->at < self->end; self->at++)
    {
      if (*self->at == '\n')
        self->line++;
      if (*self->at != '"')
        g_string_append_c (field, *self->at);
      else if (self->at + 1 < self->end && self->at[1] == '"')
        g_string_append_c (field, *self->at++);
      else
        {
          self->at++;
          return TRUE;
        }
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "“%s” ends within quotes, in line %" G_GUINT64_FORMAT, self->path, self->line);

  return FALSE;
}

static gboolean
is_end_of_field (const Reader *self)
{
  return self->at == self->end || *self->at == self->separator || *self->at == '\n'
         || (*self->at == '\r' && (self->at + 1 == self->end || self->at[1] == '\n'));
}

/* The next row; %FALSE without an error at the end. */
static gboolean
read_row (Reader *self, GError **error)
{
  self->n_fields = 0;
  if (self->at == self->end)
    return FALSE;

  self->line++;
  while (TRUE)
    {
      GString *field = begin_field (self);

      if (self->at < self->end && *self->at == '"' && !read_quoted (self, field, error))
        return FALSE;
      for (; !is_end_of_field (self); self->at++)
        g_string_append_c (field, *self->at);
      if (!g_utf8_validate (field->str, (gssize) field->len, NULL))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "“%s” is no text in UTF-8, in line %" G_GUINT64_FORMAT, self->path,
                       self->line);
          return FALSE;
        }
      if (self->at == self->end || *self->at != self->separator)
        break;
      self->at++;
    }
  while (self->at < self->end && (*self->at == '\r' || *self->at == '\n'))
    {
      if (*self->at++ == '\n')
        break;
    }

  return TRUE;
}

static const char *
get_field (const Reader *self, guint i)
{
  return ((GString *) self->fields->pdata[i])->str;
}

/* --- The column --- */

/* Labels and values, as they stand in the file. */
typedef struct {
  AnnStrings *labels;
  AnnStrings *values;
} Column;

static void
column_clear (Column *self)
{
  g_clear_pointer (&self->labels, ann_strings_unref);
  g_clear_pointer (&self->values, ann_strings_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Column, column_clear)

/* The column of that name; the only one there is, whatever its name. */
static gboolean
find_column (const Reader *reader, const char *name, guint *column, GError **error)
{
  for (*column = 1; *column < reader->n_fields; (*column)++)
    {
      if (g_str_equal (get_field (reader, *column), name))
        return TRUE;
    }
  *column = 1;
  if (reader->n_fields == 2)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "“%s” has no column %s beside that of the labels in its first line", reader->path,
               name);

  return FALSE;
}

static gboolean
read_column (Reader *reader,
             const char *name,
             Column *column,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint n_fields, number;

  column->labels = ann_strings_new ();
  column->values = ann_strings_new ();
  read_row (reader, &local_error);
  n_fields = reader->n_fields;
  if (local_error == NULL && !find_column (reader, name, &number, error))
    return FALSE;

  while (local_error == NULL && read_row (reader, &local_error))
    {
      if (reader->n_fields == 1 && *get_field (reader, 0) == '\0')
        continue; /* an empty line */
      if (reader->n_fields != n_fields)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "“%s” has %u values in line %" G_GUINT64_FORMAT ", where %u are wanted",
                       reader->path, reader->n_fields, reader->line, n_fields);
          return FALSE;
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !ann_strings_append (column->labels, get_field (reader, 0), -1, error)
          || !ann_strings_append (column->values, get_field (reader, number), -1, error))
        return FALSE;
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return TRUE;
}

/* Separated by tabs if its name or its first line says so. */
static char
find_separator (const char *file, const char *text, gsize size)
{
  const char *end_of_line = memchr (text, '\n', size);
  gsize length = end_of_line != NULL ? (gsize) (end_of_line - text) : size;

  if (g_str_has_suffix (file, ".tsv"))
    return '\t';

  return memchr (text, '\t', length) != NULL && memchr (text, ',', length) == NULL ? '\t' : ',';
}

static gboolean
read_file (const char *file,
           const char *name,
           Column *column,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (file, FALSE, error);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (free_field);
  Reader reader = { .path = file, .fields = fields };
  gsize size;

  if (mapped == NULL)
    return FALSE;
  size = g_mapped_file_get_length (mapped);
  reader.at = size > 0 ? g_mapped_file_get_contents (mapped) : "";
  reader.end = reader.at + size;
  if (size >= 2 && memcmp (reader.at, "\x1f\x8b", 2) == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "“%s” is packed by gzip: unpack it first", file);
      return FALSE;
    }
  if (size >= 3 && memcmp (reader.at, "\xef\xbb\xbf", 3) == 0)
    reader.at += 3;
  reader.separator = find_separator (file, reader.at, (gsize) (reader.end - reader.at));

  return read_column (&reader, name, column, cancellable, error);
}

/* --- Its rows in the store --- */

/* Where each row of the file is in the table. */
static AnnSelection *
find_rows (AnnFrame *table,
           AnnStrings *labels,
           const char *file,
           GCancellable *cancellable,
           GError **error)
{
  gsize n = ann_strings_get_length (labels);
  g_autofree const char **names = g_try_new (const char *, n + 1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (AnnSelection) rows = NULL;

  if (names == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is no memory for %" G_GSIZE_FORMAT " labels", n);
      return NULL;
    }
  for (gsize i = 0; i < n; i++)
    {
      names[i] = ann_strings_get (labels, i, NULL);
      if (!g_hash_table_add (seen, (gpointer) names[i]))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "“%s” has the label %s twice", file,
                       names[i]);
          return NULL;
        }
    }

  rows = ann_frame_find_names (table, names, n, cancellable, error);
  if (rows != NULL && ann_selection_get_length (rows) != n)
    {
      g_set_error (
          error, ANN_ERROR, ANN_ERROR_FORMAT,
          "%s: several rows have the same label, so that “%s” does not say which are meant",
          ann_element_get_path (ANN_ELEMENT (table)), file);
      return NULL;
    }

  return g_steal_pointer (&rows);
}

/* --- What the values are --- */

typedef enum {
  VALUES_INTEGERS,
  VALUES_NUMBERS,
  VALUES_BOOLS,
  VALUES_TEXTS,
} ValuesKind;

static gboolean
is_missing (const char *text)
{
  return *text == '\0' || g_str_equal (text, "NA") || g_str_equal (text, "NaN")
         || g_str_equal (text, "nan");
}

static guint64
count_missing (AnnStrings *values)
{
  guint64 n = 0;

  for (gsize i = 0; i < ann_strings_get_length (values); i++)
    n += is_missing (ann_strings_get (values, i, NULL));

  return n;
}

/* All of them, but for what is missing. */
static ValuesKind
find_kind (AnnStrings *values, gboolean has_gaps)
{
  gboolean are_integers = TRUE, are_numbers = TRUE, are_bools = TRUE;

  for (gsize i = 0; i < ann_strings_get_length (values); i++)
    {
      const char *text = ann_strings_get (values, i, NULL);
      gint64 integer;
      double real;
      guint8 truth;

      if (is_missing (text))
        continue;
      are_integers = are_integers && _ann_edit_parse_int64 (text, &integer);
      are_numbers = are_numbers && _ann_edit_parse_double (text, &real);
      are_bools = are_bools && _ann_edit_parse_bool (text, &truth);
    }

  if (are_integers && !has_gaps)
    return VALUES_INTEGERS;
  if (are_numbers)
    return VALUES_NUMBERS;

  return are_bools && !has_gaps ? VALUES_BOOLS : VALUES_TEXTS;
}

static AnnElement *
make_numbers (const char *path,
              ValuesKind kind,
              AnnStrings *values,
              AnnSelection *rows,
              guint64 n_rows,
              GError **error)
{
  AnnDtype dtype = kind == VALUES_INTEGERS  ? ANN_DTYPE_INT64
                   : kind == VALUES_NUMBERS ? ANN_DTYPE_FLOAT64
                                            : ANN_DTYPE_BOOL;
  g_autoptr (AnnBuffer) buffer = ann_buffer_new_vector (dtype, n_rows, error);
  void *to = buffer != NULL ? ann_buffer_get_data_for_writing (buffer) : NULL;

  if (buffer == NULL)
    return NULL;
  for (guint64 i = 0; kind == VALUES_NUMBERS && i < n_rows; i++)
    ((double *) to)[i] = NAN;
  for (gsize i = 0; i < ann_strings_get_length (values); i++)
    {
      const char *text = ann_strings_get (values, i, NULL);
      guint64 row = ann_selection_get_position (rows, i);

      if (kind == VALUES_INTEGERS)
        _ann_edit_parse_int64 (text, &((gint64 *) to)[row]);
      else if (kind == VALUES_BOOLS)
        _ann_edit_parse_bool (text, &((guint8 *) to)[row]);
      else if (!is_missing (text))
        _ann_edit_parse_double (text, &((double *) to)[row]);
    }

  return _ann_memory_element_new (path, buffer);
}

static AnnElement *
make_texts (const char *path,
            AnnStrings *values,
            AnnSelection *rows,
            guint64 n_rows,
            GError **error)
{
  gsize n = ann_strings_get_length (values);
  g_autofree guint8 *missing = g_try_malloc (n_rows + 1);
  g_autofree gsize *places = g_try_new (gsize, n_rows + 1);
  g_autoptr (AnnStrings) texts = ann_strings_new ();

  if (missing == NULL || places == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: There is no memory for %" G_GUINT64_FORMAT " rows", path, n_rows);
      return NULL;
    }
  memset (missing, 1, n_rows);
  for (gsize i = 0; i < n; i++)
    {
      guint64 row = ann_selection_get_position (rows, i);

      missing[row] = is_missing (ann_strings_get (values, i, NULL));
      places[row] = i;
    }
  for (guint64 row = 0; row < n_rows; row++)
    {
      const char *text = missing[row] ? "" : ann_strings_get (values, places[row], NULL);

      if (!ann_strings_append (texts, text, -1, error))
        return NULL;
    }

  return _ann_edit_value_of_texts (path, texts, missing, error);
}

AnnElement *
_ann_edit_value_of_file (const AnnEditPlace *place,
                         const char *path,
                         AnnFrame *table,
                         const char *file,
                         gboolean keeps_text,
                         guint64 *n_missing,
                         GCancellable *cancellable,
                         GError **error)
{
  g_auto (Column) column = { NULL, NULL };
  g_autoptr (AnnSelection) rows = NULL;
  guint64 n_rows = place->lengths[0];
  ValuesKind kind;

  if (!read_file (file, place->name, &column, cancellable, error))
    return NULL;
  rows = find_rows (table, column.labels, file, cancellable, error);
  if (rows == NULL)
    return NULL;

  *n_missing = n_rows - ann_strings_get_length (column.values) + count_missing (column.values);
  kind = keeps_text ? VALUES_TEXTS : find_kind (column.values, *n_missing > 0);
  if (kind == VALUES_TEXTS)
    return make_texts (path, column.values, rows, n_rows, error);

  return make_numbers (path, kind, column.values, rows, n_rows, error);
}
