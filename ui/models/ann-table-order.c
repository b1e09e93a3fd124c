/* ann-table-order.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-table-order.h"

#include <math.h>
#include <string.h>

struct _AnnTableOrder {
  gatomicrefcount ref_count;
  guint64 n_rows;
  guint64 column;
  AnnSortDirection direction;
  AnnTableOrder *sorting; /* NULL if there is no filter, or nothing is sorted */
  AnnSelection *filter;   /* NULL if there is none */
  guint32 *narrow;        /* one of the two; none where the filter alone says it */
  guint64 *wide;
};

/* What is moved about: a key that compares as an integer, and whose it is. */
typedef struct {
  guint64 key;
  guint64 row;
} Item;

typedef struct {
  const char *bytes;
  gsize length;
} Text;

/* @items has the rows that have a value, in stored order until they are sorted; @missing the
 * others. With texts, @texts has one for each row of the table and @blocks keeps them alive.
 */
struct _AnnTableSorter {
  guint64 n_rows;
  guint64 n_added;
  guint64 column;
  AnnSortDirection direction;
  Item *items;
  gsize n_items;
  guint64 *missing;
  gsize n_missing;
  Text *texts;
  GPtrArray *blocks;
};

/**
 * ann_table_order_ref:
 * @self: an order
 *
 * Returns: (transfer full): @self
 */
AnnTableOrder *
ann_table_order_ref (AnnTableOrder *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_table_order_unref:
 * @self: (transfer full): an order
 */
void
ann_table_order_unref (AnnTableOrder *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      g_clear_pointer (&self->sorting, ann_table_order_unref);
      g_clear_pointer (&self->filter, ann_selection_unref);
      g_free (self->narrow);
      g_free (self->wide);
      g_free (self);
    }
}

/* Room for the rows of @self. */
static gboolean
allocate_rows (AnnTableOrder *self, guint64 n_stored_rows, GError **error)
{
  if (n_stored_rows <= G_MAXUINT32)
    self->narrow = g_try_new (guint32, MAX (self->n_rows, 1));
  else
    self->wide = g_try_new (guint64, MAX (self->n_rows, 1));
  if (self->narrow != NULL || self->wide != NULL)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "There is not enough memory to sort %" G_GUINT64_FORMAT " rows", self->n_rows);

  return FALSE;
}

static void
set_row (AnnTableOrder *self, gsize row, guint64 stored_row)
{
  if (self->narrow != NULL)
    self->narrow[row] = (guint32) stored_row;
  else
    self->wide[row] = stored_row;
}

/* Those rows of the sorting that the filter leaves. */
static gboolean
fill_filtered (AnnTableOrder *self, GError **error)
{
  const guint64 n_stored_rows = self->sorting->n_rows;
  g_autofree guint8 *bits = g_try_malloc0 (n_stored_rows / 8 + 1);
  gsize n = 0;

  if (bits == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is not enough memory to filter %" G_GUINT64_FORMAT " rows",
                   n_stored_rows);
      return FALSE;
    }
  if (!allocate_rows (self, n_stored_rows, error))
    return FALSE;

  for (guint64 i = 0; i < self->n_rows; i++)
    {
      const guint64 stored_row = ann_selection_get_position (self->filter, i);

      bits[stored_row / 8] |= (guint8) (1 << stored_row % 8);
    }
  for (guint64 i = 0; i < n_stored_rows; i++)
    {
      const guint64 stored_row = ann_table_order_get (self->sorting, i);

      if (bits[stored_row / 8] & 1 << stored_row % 8)
        set_row (self, n++, stored_row);
    }

  return TRUE;
}

/**
 * ann_table_order_new_filtered:
 * @sorting: (nullable): an order of all rows; %NULL for the stored one
 * @filter: which rows are left, rising
 * @error: return location for an `ANN_ERROR_TOO_LARGE`
 *
 * Any thread.
 *
 * Returns: (transfer full): those rows in that order, or %NULL with @error set
 */
AnnTableOrder *
ann_table_order_new_filtered (AnnTableOrder *sorting, AnnSelection *filter, GError **error)
{
  g_autoptr (AnnTableOrder) self = NULL;

  g_return_val_if_fail (ann_selection_is_rising (filter), NULL);
  g_return_val_if_fail (sorting == NULL || sorting->filter == NULL, NULL);
  g_return_val_if_fail (
      sorting == NULL || sorting->n_rows == ann_selection_get_axis_length (filter), NULL);

  self = g_new0 (AnnTableOrder, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->n_rows = ann_selection_get_length (filter);
  self->filter = ann_selection_ref (filter);
  if (sorting == NULL)
    return g_steal_pointer (&self);

  self->sorting = ann_table_order_ref (sorting);
  self->column = sorting->column;
  self->direction = sorting->direction;

  return fill_filtered (self, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * ann_table_order_get_sorting:
 * @self: an order
 *
 * Returns: (transfer none) (nullable): the order in which all rows would be without the filter;
 *   %NULL for the stored one
 */
AnnTableOrder *
ann_table_order_get_sorting (AnnTableOrder *self)
{
  return self->filter != NULL ? self->sorting : self;
}

/**
 * ann_table_order_get_filter:
 * @self: an order
 *
 * Returns: (transfer none) (nullable): which rows it has; %NULL for all
 */
AnnSelection *
ann_table_order_get_filter (const AnnTableOrder *self)
{
  return self->filter;
}

/**
 * ann_table_order_get_n_rows:
 * @self: an order
 *
 * Returns: how many rows it has
 */
guint64
ann_table_order_get_n_rows (const AnnTableOrder *self)
{
  return self->n_rows;
}

/**
 * ann_table_order_get_column:
 * @self: an order
 *
 * Returns: the column by which it is sorted, if it is
 */
guint64
ann_table_order_get_column (const AnnTableOrder *self)
{
  return self->column;
}

/**
 * ann_table_order_get_direction:
 * @self: an order
 *
 * Returns: how it is sorted
 */
AnnSortDirection
ann_table_order_get_direction (const AnnTableOrder *self)
{
  return self->direction;
}

/**
 * ann_table_order_get:
 * @self: an order
 * @row: a row as shown
 *
 * Returns: the stored row that stands there
 */
guint64
ann_table_order_get (const AnnTableOrder *self, guint64 row)
{
  g_return_val_if_fail (row < self->n_rows, 0);

  if (self->narrow != NULL)
    return self->narrow[row];

  return self->wide != NULL ? self->wide[row] : ann_selection_get_position (self->filter, row);
}

/* The filter alone rises. */
static guint64
find_in_filter (const AnnTableOrder *self, guint64 stored_row)
{
  guint64 low = 0;
  guint64 high = self->n_rows;

  while (low < high)
    {
      const guint64 middle = low + (high - low) / 2;

      if (ann_selection_get_position (self->filter, middle) < stored_row)
        low = middle + 1;
      else
        high = middle;
    }

  return low < self->n_rows && ann_selection_get_position (self->filter, low) == stored_row
             ? low
             : self->n_rows;
}

/**
 * ann_table_order_find:
 * @self: an order
 * @stored_row: a row of the store
 *
 * Returns: where it stands, or the number of rows if nowhere
 */
guint64
ann_table_order_find (const AnnTableOrder *self, guint64 stored_row)
{
  guint64 row = 0;

  if (self->narrow != NULL)
    {
      while (row < self->n_rows && self->narrow[row] != stored_row)
        row++;
    }
  else if (self->wide != NULL)
    {
      while (row < self->n_rows && self->wide[row] != stored_row)
        row++;
    }
  else
    row = find_in_filter (self, stored_row);

  return row;
}

/**
 * ann_table_sorter_new:
 * @n_rows: how many rows will be added
 * @column: the column, for the order
 * @direction: ascending or descending
 * @error: return location for an `ANN_ERROR_TOO_LARGE`
 *
 * Takes 24 bytes a row, texts 40 more.
 *
 * Returns: (transfer full) (nullable): a sorter without rows
 */
AnnTableSorter *
ann_table_sorter_new (guint64 n_rows, guint64 column, AnnSortDirection direction, GError **error)
{
  g_autoptr (AnnTableSorter) self = g_new0 (AnnTableSorter, 1);

  self->n_rows = n_rows;
  self->column = column;
  self->direction = direction;
  self->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) ann_block_unref);

  if (n_rows < G_MAXSIZE / sizeof (Item))
    {
      self->items = g_try_new (Item, MAX (n_rows, 1));
      self->missing = g_try_new (guint64, MAX (n_rows, 1));
    }
  if (self->items == NULL || self->missing == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is not enough memory to sort %" G_GUINT64_FORMAT " rows", n_rows);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * ann_table_sorter_free:
 * @self: (transfer full): a sorter
 */
void
ann_table_sorter_free (AnnTableSorter *self)
{
  g_free (self->items);
  g_free (self->missing);
  g_free (self->texts);
  g_ptr_array_unref (self->blocks);
  g_free (self);
}

static void
add_key (AnnTableSorter *self, guint64 key)
{
  self->items[self->n_items].row = self->n_added++;
  self->items[self->n_items++].key = self->direction == ANN_SORT_DESCENDING ? ~key : key;
}

static void
add_missing (AnnTableSorter *self)
{
  self->missing[self->n_missing++] = self->n_added++;
}

/* The bits of a double ordered as its value: both zeros alike, NaN missing. */
static void
add_double (AnnTableSorter *self, double value)
{
  const double positive = value == 0 ? 0 : value;
  guint64 bits;

  if (isnan (value))
    {
      add_missing (self);
      return;
    }

  memcpy (&bits, &positive, sizeof (bits));
  add_key (self,
           bits & (G_GUINT64_CONSTANT (1) << 63) ? ~bits : bits | (G_GUINT64_CONSTANT (1) << 63));
}

/* One column of the values of @block, one after the other. */
static gconstpointer
get_column_values (const AnnBlock *block, guint64 column, gsize size, GByteArray *copy)
{
  const guint8 *values = ann_buffer_get_data (block->values);

  if (block->width == 1)
    return values;

  g_byte_array_set_size (copy, block->count * size);
  for (guint64 i = 0; i < block->count; i++)
    memcpy (copy->data + i * size, values + (i * block->width + column) * size, size);

  return copy->data;
}

static gboolean
add_numbers (AnnTableSorter *self, const AnnBlock *block, guint64 column, GError **error)
{
  g_autoptr (GByteArray) copy = g_byte_array_new ();
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  gconstpointer values = get_column_values (block, column, ann_dtype_get_size (dtype), copy);
  g_autofree double *doubles = NULL;

  if (dtype != ANN_DTYPE_INT64 && dtype != ANN_DTYPE_UINT64)
    {
      doubles = g_new (double, MAX (block->count, 1));
      if (!ann_dtype_to_double (dtype, values, block->count, doubles))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "Values of type %s have no order",
                       ann_dtype_get_name (dtype));
          return FALSE;
        }
    }

  for (guint64 i = 0; i < block->count; i++)
    {
      if (ann_block_is_missing (block, i * block->width + column))
        add_missing (self);
      else if (doubles != NULL)
        add_double (self, doubles[i]);
      else if (dtype == ANN_DTYPE_INT64)
        add_key (self, (guint64) ((const gint64 *) values)[i] ^ (G_GUINT64_CONSTANT (1) << 63));
      else
        add_key (self, ((const guint64 *) values)[i]);
    }

  return TRUE;
}

static gboolean
add_texts (AnnTableSorter *self, AnnBlock *block, guint64 column, GError **error)
{
  if (self->texts == NULL)
    self->texts = g_try_new (Text, MAX (self->n_rows, 1));
  if (self->texts == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is not enough memory to sort %" G_GUINT64_FORMAT " texts", self->n_rows);
      return FALSE;
    }

  g_ptr_array_add (self->blocks, ann_block_ref (block));
  for (guint64 i = 0; i < block->count; i++)
    {
      const gsize index = i * block->width + column;
      Text *text = &self->texts[self->n_added];

      if (ann_block_is_missing (block, index))
        {
          add_missing (self);
          continue;
        }
      text->bytes = ann_strings_get (block->texts, index, &text->length);
      add_key (self, 0);
    }

  return TRUE;
}

/* Codes below 0 stand for no category. */
static void
add_codes (AnnTableSorter *self, const AnnBlock *block)
{
  const gint32 *codes = ann_buffer_get_data (block->values);

  for (guint64 i = 0; i < block->count; i++)
    {
      if (codes[i] < 0)
        add_missing (self);
      else
        add_key (self, (guint64) codes[i]);
    }
}

/**
 * ann_table_sorter_add_block:
 * @self: a sorter
 * @block: the next rows of the column, not sparse
 * @column: where the column is in @block
 * @error: return location for an `ANN_ERROR_UNSUPPORTED` for complex numbers
 *
 * Returns: %FALSE if its values cannot be compared
 */
gboolean
ann_table_sorter_add_block (AnnTableSorter *self, AnnBlock *block, guint64 column, GError **error)
{
  g_return_val_if_fail (!ann_block_is_sparse (block) && column < block->width, FALSE);
  g_return_val_if_fail (block->count <= self->n_rows - self->n_added, FALSE);

  return block->texts != NULL ? add_texts (self, block, column, error)
                              : add_numbers (self, block, column, error);
}

/**
 * ann_table_sorter_add_codes:
 * @self: a sorter
 * @block: the next rows of a categorical column
 */
void
ann_table_sorter_add_codes (AnnTableSorter *self, AnnBlock *block)
{
  g_return_if_fail (block->values != NULL
                    && ann_buffer_get_dtype (block->values) == ANN_DTYPE_INT32);
  g_return_if_fail (block->count <= self->n_rows - self->n_added);

  add_codes (self, block);
}

/**
 * ann_table_sorter_add_number:
 * @self: a sorter
 * @value: the value of the next row; NaN is missing
 */
void
ann_table_sorter_add_number (AnnTableSorter *self, double value)
{
  g_return_if_fail (self->n_added < self->n_rows);

  add_double (self, value);
}

static void
insertion_sort (Item *items, gsize n_items)
{
  for (gsize i = 1; i < n_items; i++)
    {
      const Item item = items[i];
      gsize k = i;

      for (; k > 0 && items[k - 1].key > item.key; k--)
        items[k] = items[k - 1];
      items[k] = item;
    }
}

/* Byte by byte from the lowest, leaving out the bytes that are the same in all keys. */
static void
radix_sort (Item *items, Item *room, gsize n_items)
{
  g_autofree gsize *counts = g_new0 (gsize, 8 * 256);
  Item *from = items;
  Item *to = room;

  for (gsize i = 0; i < n_items; i++)
    {
      for (guint b = 0; b < 8; b++)
        counts[b * 256 + ((items[i].key >> (8 * b)) & 0xff)]++;
    }

  for (guint b = 0; b < 8; b++)
    {
      gsize *starts = counts + b * 256;
      gsize sum = 0;
      Item *swap;

      if (starts[(items[0].key >> (8 * b)) & 0xff] == n_items)
        continue;

      for (guint d = 0; d < 256; d++)
        {
          const gsize count = starts[d];

          starts[d] = sum;
          sum += count;
        }
      for (gsize i = 0; i < n_items; i++)
        to[starts[(from[i].key >> (8 * b)) & 0xff]++] = from[i];

      swap = from;
      from = to;
      to = swap;
    }

  if (from != items)
    memcpy (items, from, n_items * sizeof (Item));
}

static void
merge_sort (Item *items, Item *room, gsize n_items)
{
  const gsize half = n_items / 2;
  gsize left = 0;
  gsize right = half;
  gsize n = 0;

  if (n_items <= 24)
    {
      insertion_sort (items, n_items);
      return;
    }

  merge_sort (items, room, half);
  merge_sort (items + half, room, n_items - half);
  if (items[half - 1].key <= items[half].key)
    return;

  memcpy (room, items, half * sizeof (Item));
  while (left < half && right < n_items)
    {
      if (room[left].key <= items[right].key)
        items[n++] = room[left++];
      else
        items[n++] = items[right++];
    }
  memcpy (items + n, room + left, (half - left) * sizeof (Item));
}

/* Stable. @room is as long as @items. */
static void
sort_items (Item *items, Item *room, gsize n_items)
{
  if (n_items < 2048)
    merge_sort (items, room, n_items);
  else
    radix_sort (items, room, n_items);
}

/* Seven bytes of a text from @depth on, and how many more than these there are: so that the end
 * of a text comes before a NUL, and both before more text.
 */
static guint64
get_text_key (const Text *text, gsize depth)
{
  const gsize rest = text->length - depth;
  guint8 bytes[8] = { 0 };
  guint64 key;

  memcpy (bytes, text->bytes + depth, MIN (rest, 7));
  bytes[7] = (guint8) MIN (rest, 8);
  memcpy (&key, bytes, sizeof (key));

  return GUINT64_FROM_BE (key);
}

typedef struct {
  gsize first;
  gsize n_items;
  gsize depth;
} Run;

/* Sorts by seven bytes, then each run of equal ones by the next seven. The runs wait on a list
 * and not on the stack, which long equal texts would exhaust.
 */
static gboolean
sort_texts (AnnTableSorter *self, Item *room, GCancellable *cancellable, GError **error)
{
  const guint64 flip = self->direction == ANN_SORT_DESCENDING ? ~G_GUINT64_CONSTANT (0) : 0;
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  Run run = { 0, self->n_items, 0 };

  g_array_append_val (runs, run);
  while (runs->len > 0)
    {
      Item *items;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      run = g_array_index (runs, Run, runs->len - 1);
      g_array_set_size (runs, runs->len - 1);
      items = self->items + run.first;

      for (gsize i = 0; i < run.n_items; i++)
        items[i].key = get_text_key (&self->texts[items[i].row], run.depth) ^ flip;
      sort_items (items, room, run.n_items);

      for (gsize i = 0, end; i < run.n_items; i = end)
        {
          const guint64 key = items[i].key;
          const Run next = { run.first + i, 0, run.depth + 7 };

          for (end = i + 1; end < run.n_items && items[end].key == key;)
            end++;
          if (end - i > 1 && ((key ^ flip) & 0xff) == 8)
            {
              g_array_append_val (runs, next);
              g_array_index (runs, Run, runs->len - 1).n_items = end - i;
            }
        }
    }

  return TRUE;
}

static AnnTableOrder *
make_order (AnnTableSorter *self, GError **error)
{
  g_autoptr (AnnTableOrder) order = g_new0 (AnnTableOrder, 1);

  g_atomic_ref_count_init (&order->ref_count);
  order->n_rows = self->n_rows;
  order->column = self->column;
  order->direction = self->direction;

  if (!allocate_rows (order, self->n_rows, error))
    return NULL;

  for (gsize i = 0; i < self->n_rows; i++)
    set_row (order, i, i < self->n_items ? self->items[i].row : self->missing[i - self->n_items]);

  return g_steal_pointer (&order);
}

/**
 * ann_table_sorter_finish:
 * @self: a sorter to which all rows were added
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): the order
 */
AnnTableOrder *
ann_table_sorter_finish (AnnTableSorter *self, GCancellable *cancellable, GError **error)
{
  g_autofree Item *room = g_try_new (Item, MAX (self->n_items, 1));

  g_return_val_if_fail (self->n_added == self->n_rows, NULL);

  if (room == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is not enough memory to sort %" G_GUINT64_FORMAT " rows", self->n_rows);
      return NULL;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  if (self->texts == NULL)
    sort_items (self->items, room, self->n_items);
  else if (!sort_texts (self, room, cancellable, error))
    return NULL;

  return make_order (self, error);
}
