/* ann-split.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-split-private.h"

#include "anndata/ann-data-set-private.h"
#include "base/ann-error.h"
#include "base/ann-selection-private.h"
#include "element/ann-categorical.h"
#include "element/ann-cell.h"

#include <math.h>
#include <string.h>

/* Rows that are read at a time. */
#define ROWS_AT_ONCE 65536

/* More stores than this are no split but a mistake: a column of names, say. */
#define MAX_PARTS 10000

/* Bytes of a label in a file's name; names may have 255 with an ending. */
#define MAX_NAME 200

typedef struct {
  char *label;
  char *file_name;
  guint16 number; /* from 1: MAX_PARTS fits */
  guint64 first;  /* its rows are there in those of all parts, … */
  guint64 n_rows; /* … so many of them */
} Part;

struct _AnnSplit {
  gatomicrefcount ref_count;
  guint64 n_obs;
  GPtrArray *parts;
  guint32 *rows; /* of one part after the other */
  guint64 n_missing;
};

G_DEFINE_BOXED_TYPE (AnnSplit, ann_split, ann_split_ref, ann_split_unref)

/* What the parts are found by while the column is read. */
typedef struct {
  AnnSplit *split;
  const char *column;
  AnnStrings *labels;  /* of a categorical */
  GPtrArray *by_code;  /* Part, or NULL: of a categorical */
  GHashTable *by_text; /* label → Part: of anything else */
  guint16 *numbers;    /* of each row, that of its part; 0 for none */
  GString *text;       /* scratch */
} Search;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_free (part->label);
  g_free (part->file_name);
  g_free (part);
}

static Part *
add_part (Search *self, const char *label, GError **error)
{
  Part *part;

  if (self->split->parts->len == MAX_PARTS)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "obs/%s: has more than %d different values; split by a column with fewer",
                   self->column, MAX_PARTS);
      return NULL;
    }

  part = g_new0 (Part, 1);
  part->label = g_strdup (label);
  g_ptr_array_add (self->split->parts, part);
  part->number = (guint16) self->split->parts->len;

  return part;
}

/* %FALSE if the values are no fractions. */
static gboolean
get_fraction (const AnnBlock *block, guint64 row, double *value)
{
  AnnDtype dtype;

  if (block->values == NULL)
    return FALSE;
  dtype = ann_buffer_get_dtype (block->values);

  return ann_dtype_is_float (dtype)
         && ann_dtype_to_double (dtype,
                                 (const guint8 *) ann_buffer_get_data (block->values)
                                     + row * ann_dtype_get_size (dtype),
                                 1, value);
}

/* The part of row @row of @block; %NULL without an error for a missing value. */
static Part *
find_part (Search *self, const AnnBlock *block, guint64 row, GError **error)
{
  Part *part;
  double fraction = 1;

  if (self->by_code != NULL)
    {
      gint32 code = ((const gint32 *) ann_buffer_get_data (block->values))[row];

      return code >= 0 && (guint) code < self->by_code->len
                 ? g_ptr_array_index (self->by_code, (guint) code)
                 : NULL;
    }

  if (get_fraction (block, row, &fraction) && isnan (fraction))
    return NULL;
  g_string_truncate (self->text, 0);
  if (!ann_cell_append_value (self->text, block, NULL, row, 0))
    return NULL;
  /* Zero is one value, with a sign too. */
  if (fraction == 0 && *self->text->str == '-')
    g_string_erase (self->text, 0, 1);
  part = g_hash_table_lookup (self->by_text, self->text->str);
  if (part == NULL)
    {
      part = add_part (self, self->text->str, error);
      if (part != NULL)
        g_hash_table_insert (self->by_text, part->label, part);
    }

  return part;
}

static gboolean
add_block (Search *self, const AnnBlock *block, GError **error)
{
  for (guint64 row = 0; row < block->count; row++)
    {
      g_autoptr (GError) local_error = NULL;
      Part *part = find_part (self, block, row, &local_error);

      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      self->numbers[block->start + row] = part != NULL ? part->number : 0;
      if (part != NULL)
        part->n_rows++;
      else
        self->split->n_missing++;
    }

  return TRUE;
}

/* Parts in the order of the categories; those that no row has stay empty, and go. */
static gboolean
begin (Search *self, AnnElement *column, GCancellable *cancellable, GError **error)
{
  gsize n;

  if (ann_element_get_kind (column) != ANN_ELEMENT_CATEGORICAL)
    {
      self->by_text = g_hash_table_new (g_str_hash, g_str_equal);
      return TRUE;
    }

  self->labels = ann_categorical_read_labels (ANN_CATEGORICAL (column), cancellable, error);
  if (self->labels == NULL)
    return FALSE;

  n = ann_strings_get_length (self->labels);
  self->by_code = g_ptr_array_new ();
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *label = ann_strings_dup_utf8 (self->labels, i);
      Part *part = add_part (self, label, error);

      if (part == NULL)
        return FALSE;
      g_ptr_array_add (self->by_code, part);
    }

  return TRUE;
}

static void
search_clear (Search *self)
{
  g_clear_pointer (&self->labels, ann_strings_unref);
  g_clear_pointer (&self->by_code, g_ptr_array_unref);
  g_clear_pointer (&self->by_text, g_hash_table_unref);
  g_free (self->numbers);
  g_string_free (self->text, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/* Room for something of each row, whose number may come from outside. */
static gpointer
allocate (guint64 n_rows, gsize item_size, GError **error)
{
  gpointer items = n_rows <= G_MAXUINT32 ? g_try_malloc0_n (MAX (n_rows, 1), item_size) : NULL;

  if (items == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "obs: no memory to split %" G_GUINT64_FORMAT " rows", n_rows);

  return items;
}

/* Puts the rows into the order of the parts. */
static gboolean
sort_rows (const Search *self, GError **error)
{
  AnnSplit *split = self->split;
  g_autofree guint64 *next = g_new0 (guint64, split->parts->len + 1);
  guint64 n = 0;

  split->rows = allocate (split->n_obs - split->n_missing, sizeof *split->rows, error);
  if (split->rows == NULL)
    return FALSE;

  for (guint i = 0; i < split->parts->len; i++)
    {
      Part *part = g_ptr_array_index (split->parts, i);

      part->first = next[part->number] = n;
      n += part->n_rows;
    }
  for (guint64 row = 0; row < split->n_obs; row++)
    {
      if (self->numbers[row] > 0)
        split->rows[next[self->numbers[row]]++] = (guint32) row;
    }

  return TRUE;
}

static gboolean
read_column (AnnSplit *split,
             AnnElement *column,
             const char *name,
             GCancellable *cancellable,
             GError **error)
{
  g_auto (Search) search = { .split = split, .column = name, .text = g_string_new (NULL) };

  search.numbers = allocate (split->n_obs, sizeof *search.numbers, error);
  if (search.numbers == NULL || !begin (&search, column, cancellable, error))
    return FALSE;

  for (guint64 start = 0; start < split->n_obs; start += ROWS_AT_ONCE)
    {
      g_autoptr (AnnBlock) block = ann_element_read_rows (
          column, start, MIN (ROWS_AT_ONCE, split->n_obs - start), cancellable, error);

      if (block == NULL || !add_block (&search, block, error))
        return FALSE;
    }

  return sort_rows (&search, error);
}

/* A label as the name of a file, on any system: what may mislead becomes an underscore. */
static char *
make_file_name (const char *label)
{
  g_autofree char *valid = g_utf8_make_valid (label, -1);
  GString *name = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && name->len < MAX_NAME; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80 && (c < 0x20 || c == 0x7f || strchr ("/\\:*?\"<>|", (int) c) != NULL))
        c = '_';
      g_string_append_unichar (name, c);
    }
  if (name->len == 0 || *name->str == '.' || *name->str == '-')
    g_string_prepend_c (name, '_');

  return g_string_free (name, FALSE);
}

/* Different labels get different names, also where case does not tell files apart. */
static void
name_parts (AnnSplit *self)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);
      g_autofree char *name = make_file_name (part->label);
      g_autofree char *folded = g_utf8_casefold (name, -1);

      part->file_name = g_strdup (name);
      for (guint n = 2; g_hash_table_contains (taken, folded); n++)
        {
          g_free (part->file_name);
          part->file_name = g_strdup_printf ("%s-%u", name, n);
          g_free (folded);
          folded = g_utf8_casefold (part->file_name, -1);
        }
      g_hash_table_add (taken, g_steal_pointer (&folded));
    }
}

static AnnElement *
open_column (AnnData *data, const char *name, GCancellable *cancellable, GError **error)
{
  AnnFrame *obs = ann_data_get_obs (data);
  g_autoptr (AnnElement) column = NULL;
  guint place;

  if (obs == NULL || !ann_frame_find_column (obs, name, &place))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "obs: has no column “%s”", name);
      return NULL;
    }
  column = ann_frame_open_column (obs, place, cancellable, error);
  if (column != NULL && ann_element_get_error (column) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (column)));
      return NULL;
    }
  if (column != NULL && ann_element_get_width (column) != 1)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "obs/%s: has several values in each row; split by another column", name);
      return NULL;
    }

  return g_steal_pointer (&column);
}

/**
 * ann_split_new:
 * @data: a store
 * @column: a column of obs: categories, texts, bools or numbers
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads the column. Parts are in the order of the categories or, of other columns, of their first
 * row; categories that no row has make none. Rows whose value is missing are in no part, and
 * counted.
 *
 * Any thread; this waits for the disk.
 *
 * Returns: (transfer full): the parts, or %NULL with @error set: `ANN_ERROR_NOT_FOUND` also for a
 *   set some of whose parts are missing
 */
AnnSplit *
ann_split_new (AnnData *data, const char *column, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnSplit) self = NULL;
  g_autoptr (AnnElement) element = NULL;

  g_return_val_if_fail (ANN_IS_DATA (data), NULL);
  g_return_val_if_fail (column != NULL, NULL);

  if (!_ann_data_check_is_whole (data, error))
    return NULL;
  element = open_column (data, column, cancellable, error);
  if (element == NULL)
    return NULL;

  self = g_new0 (AnnSplit, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->parts = g_ptr_array_new_with_free_func (part_free);
  self->n_obs = ann_data_get_n_obs (data);
  if (!read_column (self, element, column, cancellable, error))
    return NULL;

  for (guint i = self->parts->len; i > 0; i--)
    {
      if (((Part *) g_ptr_array_index (self->parts, i - 1))->n_rows == 0)
        g_ptr_array_remove_index (self->parts, i - 1);
    }
  name_parts (self);

  return g_steal_pointer (&self);
}

/**
 * ann_split_ref:
 * @self: a split
 *
 * Returns: (transfer full): @self
 */
AnnSplit *
ann_split_ref (AnnSplit *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_split_unref:
 * @self: (transfer full): a split
 */
void
ann_split_unref (AnnSplit *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->parts);
  g_free (self->rows);
  g_free (self);
}

/**
 * ann_split_get_n_parts:
 * @self: a split
 *
 * Returns: how many different values there are
 */
guint
ann_split_get_n_parts (const AnnSplit *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->parts->len;
}

static const Part *
get_part (const AnnSplit *self, guint part)
{
  g_return_val_if_fail (self != NULL && part < self->parts->len, NULL);

  return g_ptr_array_index (self->parts, part);
}

/**
 * ann_split_get_label:
 * @self: a split
 * @part: which
 *
 * Returns: (transfer none): the value, as text
 */
const char *
ann_split_get_label (const AnnSplit *self, guint part)
{
  const Part *found = get_part (self, part);

  return found != NULL ? found->label : NULL;
}

/**
 * ann_split_get_file_name:
 * @self: a split
 * @part: which
 *
 * Returns: (transfer none): a name for its file, without an ending: the label, without what is no
 *   part of a name on some system; no two are the same
 */
const char *
ann_split_get_file_name (const AnnSplit *self, guint part)
{
  const Part *found = get_part (self, part);

  return found != NULL ? found->file_name : NULL;
}

/**
 * ann_split_get_n_rows:
 * @self: a split
 * @part: which
 *
 * Returns: how many observations it has
 */
guint64
ann_split_get_n_rows (const AnnSplit *self, guint part)
{
  const Part *found = get_part (self, part);

  return found != NULL ? found->n_rows : 0;
}

const guint32 *
_ann_split_peek_rows (const AnnSplit *self, guint part)
{
  const Part *found = get_part (self, part);

  return found != NULL ? self->rows + found->first : NULL;
}

static AnnSelection *
select_rows (const AnnSplit *self, guint64 first, guint64 n, GError **error)
{
  guint64 *positions = allocate (n, sizeof *positions, error);

  if (positions == NULL)
    return NULL;
  for (guint64 i = 0; i < n; i++)
    positions[i] = self->rows[first + i];

  return _ann_selection_new_take (positions, n, self->n_obs);
}

AnnSelection *
_ann_split_select_all (const AnnSplit *self, GError **error)
{
  return select_rows (self, 0, self->n_obs - self->n_missing, error);
}

/**
 * ann_split_select:
 * @self: a split
 * @part: which
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): its observations, rising
 */
AnnSelection *
ann_split_select (const AnnSplit *self, guint part, GError **error)
{
  const Part *found = get_part (self, part);

  if (found == NULL)
    return NULL;

  return select_rows (self, found->first, found->n_rows, error);
}

/**
 * ann_split_get_n_missing:
 * @self: a split
 *
 * Returns: how many observations have no value, and are in no part
 */
guint64
ann_split_get_n_missing (const AnnSplit *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_missing;
}
