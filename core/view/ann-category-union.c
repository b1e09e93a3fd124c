/* ann-category-union.c: the categories of several columns in one list
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-vector-plan-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "view/ann-promote-private.h"
#include "view/ann-view-private.h"

#include <string.h>

/* --- Natural order --- */

static const char *
skip_zeros (const char *digits, const char *end)
{
  while (digits < end && *digits == '0')
    digits++;

  return digits;
}

static const char *
find_end (const char *text, gboolean of_digits)
{
  while (*text != '\0' && (g_ascii_isdigit (*text) != 0) == of_digits)
    text++;

  return text;
}

static int
compare_runs (const char *one, gsize n, const char *other, gsize n_other)
{
  const int result = memcmp (one, other, MIN (n, n_other));

  return result != 0 ? result : (n > n_other) - (n < n_other);
}

static int
compare_digits (const char *one, const char *end, const char *other, const char *other_end)
{
  one = skip_zeros (one, end);
  other = skip_zeros (other, other_end);
  if (end - one != other_end - other)
    return end - one < other_end - other ? -1 : 1;

  return memcmp (one, other, (gsize) (end - one));
}

/* Text and number in turn, beginning with a text that may be empty. */
int
_ann_natural_compare (const char *one, const char *other)
{
  gboolean of_digits = FALSE;
  const char *at = one;
  const char *other_at = other;

  while (*at != '\0' || *other_at != '\0')
    {
      const char *end = find_end (at, of_digits);
      const char *other_end = find_end (other_at, of_digits);
      int result;

      if (of_digits && (end == at || other_end == other_at)) /* one of them is at its end */
        return end == at ? -1 : 1;
      result = of_digits ? compare_digits (at, end, other_at, other_end)
                         : compare_runs (at, (gsize) (end - at), other_at,
                                         (gsize) (other_end - other_at));
      if (result != 0)
        return result;
      at = end;
      other_at = other_end;
      of_digits = !of_digits;
    }

  return strcmp (one, other);
}

/* --- Lists --- */

/* The categories of one part: texts, or numbers in the common type as bytes. */
typedef struct {
  AnnStrings *texts;
  AnnBuffer *numbers;
  gsize item_size;
} List;

static void
list_clear (gpointer data)
{
  List *self = data;

  g_clear_pointer (&self->texts, ann_strings_unref);
  g_clear_pointer (&self->numbers, ann_buffer_unref);
}

static gsize
list_get_length (const List *self)
{
  return self->texts != NULL ? ann_strings_get_length (self->texts)
                             : ann_buffer_get_n_elements (self->numbers);
}

/* One item, as bytes that are equal if the items are; a text with the NUL behind it. */
static GBytes *
list_dup_item (const List *self, gsize i)
{
  const gsize size = self->item_size;
  gsize length;
  const char *text;

  if (self->texts == NULL)
    return g_bytes_new ((const char *) ann_buffer_get_data (self->numbers) + i * size, size);
  text = ann_strings_get (self->texts, i, &length);

  return g_bytes_new (text, length + 1);
}

static gboolean
lists_are_equal (const List *one, const List *other)
{
  const gsize n = list_get_length (one);

  if (n != list_get_length (other))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GBytes) item = list_dup_item (one, i);
      g_autoptr (GBytes) other_item = list_dup_item (other, i);

      if (!g_bytes_equal (item, other_item))
        return FALSE;
    }

  return TRUE;
}

/* Lists without an item have a say among numbers, as in pandas; not among texts and bools. */
static AnnDtype
promote_categories (const AnnVectorPlan *plan)
{
  AnnDtype dtype = ANN_DTYPE_BOOL;
  AnnDtype of_empty = ANN_DTYPE_BOOL;
  gboolean is_known = FALSE;

  for (gsize i = 0; i < plan->n_parts; i++)
    {
      AnnElement *element = plan->parts[i].element;
      AnnElement *categories;

      if (element == NULL)
        continue;
      categories = ann_categorical_get_categories (ANN_CATEGORICAL (element));
      if (ann_element_get_n_rows (categories) == 0)
        {
          of_empty = ann_element_get_dtype (categories);
          continue;
        }
      dtype = _ann_dtype_promote (dtype, ann_element_get_dtype (categories));
      is_known = TRUE;
    }

  if (!is_known)
    return of_empty;

  return dtype == ANN_DTYPE_BOOL || ann_dtype_comes_as_strings (dtype)
                 || ann_dtype_comes_as_strings (of_empty)
             ? dtype
             : _ann_dtype_promote (dtype, of_empty);
}

static gboolean
read_list (AnnCategorical *categorical,
           AnnDtype dtype,
           List *list,
           GCancellable *cancellable,
           GError **error)
{
  AnnElement *categories = ann_categorical_get_categories (categorical);
  g_autoptr (AnnBlock) block = NULL;

  if (ann_dtype_comes_as_strings (ann_element_get_dtype (categories)))
    {
      list->texts = ann_categorical_read_labels (categorical, cancellable, error);
      return list->texts != NULL;
    }

  if (ann_dtype_comes_as_strings (dtype)) /* among texts: there are none */
    dtype = ann_element_get_dtype (categories);
  block = ann_element_read_rows (categories, 0, ann_element_get_n_rows (categories), cancellable,
                                 error);
  list->numbers = block != NULL ? ann_buffer_convert (block->values, dtype, error) : NULL;
  list->item_size = ann_dtype_get_size (dtype);

  return list->numbers != NULL;
}

/* --- Order --- */

typedef struct {
  GBytes *item;
  double number;
  char *key; /* of a text, decomposed, as natsort compares it */
} Entry;

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return _ann_natural_compare (((const Entry *) a)->key, ((const Entry *) b)->key);
}

static char *
make_key (GBytes *item)
{
  const char *text = g_bytes_get_data (item, NULL);
  char *key = g_utf8_normalize (text, -1, G_NORMALIZE_NFD);

  return key != NULL ? key : g_strdup (text); /* which is not UTF-8 */
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const double one = ((const Entry *) a)->number;
  const double other = ((const Entry *) b)->number;

  return (one > other) - (one < other);
}

/* Lists without an item tell only if all are such. */
static gboolean
are_texts (GArray *lists)
{
  gboolean any_texts = FALSE;

  for (guint i = 0; i < lists->len; i++)
    {
      const List *list = &g_array_index (lists, List, i);

      if (list->numbers != NULL && list_get_length (list) > 0)
        return FALSE;
      any_texts |= list->texts != NULL;
    }

  return any_texts;
}

/* Each item of the lists once, in natural order. */
static GArray *
unite_lists (GArray *lists, AnnDtype dtype, gboolean of_texts)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (Entry));

  for (guint i = 0; i < lists->len; i++)
    {
      const List *list = &g_array_index (lists, List, i);
      const gsize n = list->texts != NULL || list->numbers != NULL ? list_get_length (list) : 0;

      for (gsize k = 0; k < n; k++)
        {
          Entry entry = { list_dup_item (list, k), 0, NULL };

          if (g_hash_table_contains (seen, entry.item))
            {
              g_bytes_unref (entry.item);
              continue;
            }
          g_hash_table_add (seen, entry.item);
          if (list->numbers != NULL)
            ann_dtype_to_double (dtype, g_bytes_get_data (entry.item, NULL), 1, &entry.number);
          else
            entry.key = make_key (entry.item);
          g_array_append_val (entries, entry);
        }
    }
  g_array_sort (entries, of_texts ? compare_texts : compare_numbers);

  return entries;
}

static AnnElement *
make_categories (const char *path,
                 GArray *entries,
                 gboolean of_texts,
                 AnnDtype dtype,
                 GError **error)
{
  g_autoptr (AnnStrings) texts = NULL;
  g_autoptr (AnnBuffer) numbers = NULL;
  const gsize size = of_texts ? 0 : ann_dtype_get_size (dtype);

  if (of_texts)
    texts = ann_strings_new ();
  else
    numbers = ann_buffer_new_vector (dtype, entries->len, error);
  if (texts == NULL && numbers == NULL)
    return NULL;

  for (guint i = 0; i < entries->len; i++)
    {
      gsize length;
      const char *bytes = g_bytes_get_data (g_array_index (entries, Entry, i).item, &length);

      if (numbers != NULL)
        memcpy ((guint8 *) ann_buffer_get_data_for_writing (numbers) + i * size, bytes, size);
      else if (!ann_strings_append (texts, bytes, (gssize) length - 1, error))
        return NULL;
    }

  return texts != NULL ? _ann_memory_element_new_texts (path, texts, NULL)
                       : _ann_memory_element_new (path, numbers);
}

/* Where each category of each part is in the list of all. */
static void
map_codes (AnnVectorPlan *plan, GArray *lists, GArray *entries)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_bytes_hash, g_bytes_equal);

  for (guint i = 0; i < entries->len; i++)
    g_hash_table_insert (places, g_array_index (entries, Entry, i).item, GUINT_TO_POINTER (i));
  for (gsize i = 0; i < plan->n_parts; i++)
    {
      const List *list = &g_array_index (lists, List, i);
      AnnVectorPart *part = &plan->parts[i];

      if (part->element == NULL)
        continue;
      part->n_codes = list_get_length (list);
      part->code_map = g_new (gint32, part->n_codes + 1);
      for (gsize k = 0; k < part->n_codes; k++)
        {
          g_autoptr (GBytes) item = list_dup_item (list, k);

          part->code_map[k] = (gint32) GPOINTER_TO_UINT (g_hash_table_lookup (places, item));
        }
    }
}

/* Whether order means anything, and then whether all parts mean the same. Lists without an item
 * have no say in a join; one whose rows are only put in another order stays what it is.
 */
static void
look_at_order (const AnnVectorPlan *plan, GArray *lists, gboolean *any_ordered, const List **order)
{
  *any_ordered = FALSE;
  *order = NULL;
  for (gsize i = 0; i < plan->n_parts; i++)
    if (plan->parts[i].element != NULL)
      *any_ordered |= ann_categorical_get_ordered (ANN_CATEGORICAL (plan->parts[i].element));
  for (gsize i = 0; *any_ordered && i < plan->n_parts; i++)
    {
      const List *list = &g_array_index (lists, List, i);
      AnnElement *element = plan->parts[i].element;

      if (element == NULL || (list_get_length (list) == 0 && plan->parts[i].reindex == NULL))
        continue;
      if (!ann_categorical_get_ordered (ANN_CATEGORICAL (element))
          || (*order != NULL && !lists_are_equal (*order, list)))
        {
          *order = NULL;
          return;
        }
      *order = list;
    }
}

static void
free_entry (gpointer data)
{
  g_bytes_unref (((Entry *) data)->item);
  g_free (((Entry *) data)->key);
}

static gboolean
have_column (const AnnVectorPlan *plan)
{
  for (gsize i = 0; i < plan->n_parts; i++)
    if (plan->parts[i].element == NULL && plan->parts[i].unavailable == NULL)
      return FALSE;

  return TRUE;
}

/* Of categories without an order: pandas takes those of the first column as they are, if no other
 * has more. Where a part has no such column it passes over those without a value, unless all are
 * such.
 */
static gboolean
find_first_list (const AnnVectorPlan *plan,
                 GArray *lists,
                 const List **first,
                 GCancellable *cancellable,
                 GError **error)
{
  const gboolean takes_first = have_column (plan);
  gboolean has_value = FALSE;

  *first = NULL;
  for (gsize i = 0; i < plan->n_parts && !has_value; i++)
    {
      AnnElement *element = plan->parts[i].element;

      if (element == NULL)
        continue;
      has_value = takes_first;
      if (!takes_first && !_ann_vector_find_value (element, FALSE, &has_value, cancellable, error))
        return FALSE;
      if (has_value || *first == NULL)
        *first = &g_array_index (lists, List, i);
    }

  return TRUE;
}

/* The same entries, in the order of @list. */
static void
take_order (GArray *entries, const List *list)
{
  g_array_set_size (entries, 0);
  for (gsize i = 0; i < list_get_length (list); i++)
    {
      const Entry entry = { list_dup_item (list, i), 0, NULL };

      g_array_append_val (entries, entry);
    }
}

/* Leaves the categories out where there can be none: ordered ones that differ. */
gboolean
_ann_vector_plan_unite (AnnVectorPlan *self,
                        const char *path,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autofree char *categories_path = g_strconcat (path, "/categories", NULL);
  const AnnDtype dtype = promote_categories (self);
  g_autoptr (GArray) lists = g_array_new (FALSE, TRUE, sizeof (List));
  g_autoptr (GArray) entries = NULL;
  gboolean of_texts;
  gboolean any_ordered;
  const List *order;

  g_array_set_clear_func (lists, list_clear);
  g_array_set_size (lists, (guint) self->n_parts);
  for (gsize i = 0; i < self->n_parts; i++)
    {
      List *list = &g_array_index (lists, List, i);

      if (self->parts[i].element == NULL)
        continue;
      if (!read_list (ANN_CATEGORICAL (self->parts[i].element), dtype, list, cancellable, error))
        return FALSE;
    }

  look_at_order (self, lists, &any_ordered, &order);
  if (any_ordered && order == NULL)
    return TRUE;
  of_texts = are_texts (lists);
  entries = unite_lists (lists, dtype, of_texts);
  g_array_set_clear_func (entries, free_entry);
  if (order == NULL && !find_first_list (self, lists, &order, cancellable, error))
    return FALSE;
  if (order != NULL && list_get_length (order) == entries->len)
    take_order (entries, order);
  if (entries->len > (guint) G_MAXINT32)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: more than %d categories are not supported", path, G_MAXINT32);
      return FALSE;
    }

  map_codes (self, lists, entries);
  self->categories = make_categories (categories_path, entries, of_texts, dtype, error);
  self->ordered = any_ordered;

  return self->categories != NULL;
}
