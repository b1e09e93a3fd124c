/* ann-concat-labels.c: which labels the axes of a concatenation have
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-concat-private.h"

#include "base/ann-error.h"
#include "view/ann-view-private.h"

#include <stdlib.h>
#include <string.h>

#define LABELS_AT_ONCE 65536

/* Hashes of labels are sorted in parts, by so many of their upper bits. */
#define PART_BITS 4

/* --- Reading --- */

static AnnElement *
open_labels (AnnFrame *frame,
             const char *path,
             const char *ending,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (AnnElement) index = ann_frame_open_index (frame, cancellable, error);

  return index != NULL ? _ann_labels_view_new (
             index, path != NULL ? path : ann_element_get_path (index), ending, cancellable, error)
                       : NULL;
}

AnnStrings *
_ann_read_labels (AnnFrame *frame, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) view = open_labels (frame, NULL, NULL, cancellable, error);
  g_autoptr (AnnStrings) labels = ann_strings_new ();
  guint64 n;

  if (view == NULL)
    return NULL;
  n = ann_element_get_n_rows (view);
  for (guint64 start = 0; start < n; start += LABELS_AT_ONCE)
    {
      g_autoptr (AnnBlock) block = NULL;

      block = ann_element_read_rows (view, start, MIN (n - start, LABELS_AT_ONCE), cancellable,
                                     error);
      if (block == NULL || !ann_strings_append_range (labels, block->texts, 0, block->count, error))
        return NULL;
    }

  return g_steal_pointer (&labels);
}

/* --- The joined axis --- */

/* The labels of all parts, one after the other: they are read again when they are written, for
 * those of millions of cells would be most of what a concatenation keeps.
 */
static AnnElement *
stack_labels (const AnnConcat *self, GError **error)
{
  const char *between = self->options->index_unique;
  g_autofree char *table = _ann_concat_path (self, _ann_concat_axis_name (self->axis, ""));
  g_autofree char *path = _ann_path_join (table, "_index");
  g_autofree char *clash = NULL;
  AnnStackPart *parts = g_new0 (AnnStackPart, self->n_parts);
  AnnElement *index = NULL;
  gboolean success = TRUE;

  for (gsize i = 0; i < self->n_parts && success; i++)
    {
      g_autofree char *ending = between != NULL ? g_strconcat (between, self->keys[i], NULL) : NULL;

      parts[i].length = self->parts[i].lengths[self->axis];
      parts[i].element = open_labels (self->parts[i].tables[self->axis], path, ending,
                                      self->cancellable, error);
      success = parts[i].element != NULL;
    }
  if (success)
    index = _ann_stack_vectors (path, parts, self->n_parts, &clash, self->cancellable, error);
  for (gsize i = 0; i < self->n_parts; i++)
    g_clear_object (&parts[i].element);
  g_free (parts);

  return index;
}

/* FNV-1a, and what SplitMix64 ends with, for its upper bits are weak where texts are short. Of 10⁸
 * different labels two have the same with a chance of 1 in 3,700.
 */
static guint64
hash_label (const char *label)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (; *label != '\0'; label++)
    hash = (hash ^ (guint8) *label) * G_GUINT64_CONSTANT (0x100000001b3);
  hash = (hash ^ (hash >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  hash = (hash ^ (hash >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return hash ^ (hash >> 31);
}

static gboolean
hash_labels (AnnElement *labels, guint64 *hashes, GCancellable *cancellable, GError **error)
{
  const guint64 n = ann_element_get_n_rows (labels);

  for (guint64 start = 0; start < n; start += LABELS_AT_ONCE)
    {
      g_autoptr (AnnBlock) block = NULL;

      block = ann_element_read_rows (labels, start, MIN (n - start, LABELS_AT_ONCE), cancellable,
                                     error);
      if (block == NULL)
        return FALSE;
      for (guint64 i = 0; i < block->count; i++)
        hashes[start + i] = hash_label (ann_strings_get (block->texts, i, NULL));
    }

  return TRUE;
}

static gboolean
set_no_memory (guint64 n, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "No memory to compare %" G_GUINT64_FORMAT " labels", n);

  return FALSE;
}

static int
compare_hashes (gconstpointer a, gconstpointer b)
{
  const guint64 *one = a;
  const guint64 *other = b;

  return *one < *other ? -1 : *one > *other;
}

/* The hashes that occur more than once, of those whose upper bits are @part. Sorting a part at a
 * time takes no second copy of all.
 */
static gboolean
count_repeated (const guint64 *hashes, guint64 n, guint part, guint64 *n_repeated, GError **error)
{
  g_autofree guint64 *some = NULL;
  guint64 n_some = 0;

  for (guint64 i = 0; i < n; i++)
    n_some += hashes[i] >> (64 - PART_BITS) == part;
  some = g_try_new (guint64, MAX (n_some, 1));
  if (some == NULL)
    return set_no_memory (n, error);

  n_some = 0;
  for (guint64 i = 0; i < n; i++)
    {
      if (hashes[i] >> (64 - PART_BITS) == part)
        some[n_some++] = hashes[i];
    }
  qsort (some, n_some, sizeof *some, compare_hashes);
  for (guint64 i = 1; i < n_some; i++)
    *n_repeated += some[i] == some[i - 1] && (i == 1 || some[i] != some[i - 2]);

  return TRUE;
}

/* Labels that occur more than once. All are read, so that what is wrong with one is said now. */
static gboolean
count_duplicates (const AnnConcat *self, guint64 *n_duplicates, GError **error)
{
  const guint64 n = ann_element_get_n_rows (self->index);
  g_autofree guint64 *hashes = NULL;

  if (n < G_MAXSIZE / sizeof *hashes)
    hashes = g_try_new (guint64, MAX (n, 1));
  if (hashes == NULL)
    return set_no_memory (n, error);
  if (!hash_labels (self->index, hashes, self->cancellable, error))
    return FALSE;
  for (guint part = 0; part < 1 << PART_BITS; part++)
    {
      if (!count_repeated (hashes, n, part, n_duplicates, error))
        return FALSE;
    }

  return TRUE;
}

/* What indexes are called, if all are called the same. */
static char *
join_index_names (const AnnConcat *self, guint axis)
{
  const char *name = NULL;
  gboolean is_known = FALSE;

  for (gsize i = 0; i < self->n_parts; i++)
    {
      const char *own;

      if (self->parts[i].root == NULL)
        continue;
      own = ann_frame_get_index_name (self->parts[i].tables[axis]);
      if (is_known && g_strcmp0 (name, own) != 0)
        return NULL;
      name = own;
      is_known = TRUE;
    }

  return g_strdup (name);
}

static gboolean
join_axis (AnnConcat *self, GError **error)
{
  for (gsize i = 0; i < self->n_parts; i++)
    self->lengths[self->axis] += self->parts[i].lengths[self->axis];
  if (self->is_raw && self->axis == 0)
    return TRUE;

  self->name = join_index_names (self, self->axis);
  self->index = stack_labels (self, error);

  return self->index != NULL
         && (self->is_raw || count_duplicates (self, &self->notes->n_duplicates, error));
}

/* --- The other axis --- */

/* Lists of labels are arrays of char *, of which AnnStrings elsewhere hold the bytes. */

static gboolean
labels_are_equal (const GPtrArray *one, const GPtrArray *other)
{
  if (one->len != other->len)
    return FALSE;
  for (guint i = 0; i < one->len; i++)
    if (strcmp (g_ptr_array_index (one, i), g_ptr_array_index (other, i)) != 0)
      return FALSE;

  return TRUE;
}

static GPtrArray *
list_labels (const AnnStrings *texts)
{
  const gsize n = ann_strings_get_length (texts);
  GPtrArray *labels = g_ptr_array_sized_new ((guint) n);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (labels, (gpointer) ann_strings_get (texts, i, NULL));

  return labels;
}

/* Label → its place; the first that occurs twice in @twice. */
static GHashTable *
index_labels (const GPtrArray *labels, const char **twice)
{
  GHashTable *places = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < labels->len; i++)
    if (!g_hash_table_insert (places, g_ptr_array_index (labels, i), GUINT_TO_POINTER (i))
        && *twice == NULL)
      *twice = g_ptr_array_index (labels, i);

  return places;
}

static int
compare_labels (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
intersect_labels (const GPtrArray *one, GHashTable *other)
{
  GPtrArray *labels = g_ptr_array_new ();

  for (guint i = 0; i < one->len; i++)
    if (g_hash_table_contains (other, g_ptr_array_index (one, i)))
      g_ptr_array_add (labels, g_ptr_array_index (one, i));

  return labels;
}

static GPtrArray *
unite_labels (const GPtrArray *one, GHashTable *places, const GPtrArray *other)
{
  GPtrArray *labels = g_ptr_array_new ();

  for (guint i = 0; i < one->len; i++)
    g_ptr_array_add (labels, g_ptr_array_index (one, i));
  for (guint i = 0; i < other->len; i++)
    if (!g_hash_table_contains (places, g_ptr_array_index (other, i)))
      g_ptr_array_add (labels, g_ptr_array_index (other, i));
  g_ptr_array_sort (labels, compare_labels);

  return labels;
}

static void
set_twice_error (const AnnConcat *self, gsize part, const char *label, GError **error)
{
  const char *table = _ann_concat_axis_name (1 - self->axis, "");

  g_set_error (
      error, ANN_ERROR, ANN_ERROR_FORMAT,
      "%s: “%s” is there more than once among the labels of %s, so it cannot be told which "
      "of them belongs to that of another store; make them unique first, or join stores "
      "that have the same labels in the same order",
      self->parts[part].name, label, table);
}

/* As pandas joins indexes: the same stay as they are; else what they share, in the order of the
 * first, or all of them, sorted. Takes @joined.
 */
static GPtrArray *
join_labels (const AnnConcat *self,
             GPtrArray *joined,
             const GPtrArray *own,
             gsize part,
             GError **error)
{
  g_autoptr (GPtrArray) before = joined;
  g_autoptr (GHashTable) places = NULL;
  g_autoptr (GHashTable) own_places = NULL;
  const char *twice = NULL;
  const char *own_twice = NULL;

  if (labels_are_equal (before, own) || (self->options->join == ANN_JOIN_OUTER && own->len == 0))
    return g_steal_pointer (&before);
  if (self->options->join == ANN_JOIN_OUTER && before->len == 0)
    return g_ptr_array_copy ((GPtrArray *) own, NULL, NULL);

  places = index_labels (before, &twice);
  own_places = index_labels (own, &own_twice);
  if (twice != NULL || own_twice != NULL)
    {
      set_twice_error (self, own_twice != NULL ? part : 0, own_twice != NULL ? own_twice : twice,
                       error);
      return NULL;
    }

  return self->options->join == ANN_JOIN_INNER ? intersect_labels (before, own_places)
                                               : unite_labels (before, places, own);
}

static AnnReindex *
make_reindex (const AnnConcat *self,
              const GPtrArray *joined,
              GHashTable *places,
              const GPtrArray *own,
              gsize part,
              GError **error)
{
  gint32 *at;
  const char *twice = NULL;

  if (labels_are_equal (joined, own))
    return _ann_reindex_new_range (0, joined->len, joined->len);

  {
    G_GNUC_UNUSED g_autoptr (GHashTable) own_places = index_labels (own, &twice);

    if (twice != NULL)
      {
        set_twice_error (self, part, twice, error);
        return NULL;
      }
  }
  at = g_try_new (gint32, (gsize) joined->len + 1);
  if (at == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "%s: no memory to join %u labels",
                   self->parts[part].name, joined->len);
      return NULL;
    }
  memset (at, 0xff, joined->len * sizeof *at);
  for (guint i = 0; i < own->len; i++)
    {
      gpointer place;

      if (g_hash_table_lookup_extended (places, g_ptr_array_index (own, i), NULL, &place))
        at[GPOINTER_TO_UINT (place)] = (gint32) i;
    }

  return _ann_reindex_new (at, joined->len, own->len, error);
}

/* Labels that some part has and the result has not. */
static guint64
count_dropped (GHashTable *places, GPtrArray *lists)
{
  g_autoptr (GHashTable) dropped = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < lists->len; i++)
    {
      const GPtrArray *labels = g_ptr_array_index (lists, i);

      for (guint k = 0; labels != NULL && k < labels->len; k++)
        if (!g_hash_table_contains (places, g_ptr_array_index (labels, k)))
          g_hash_table_add (dropped, g_ptr_array_index (labels, k));
    }

  return g_hash_table_size (dropped);
}

static void
free_labels (gpointer labels)
{
  if (labels != NULL)
    g_ptr_array_unref (labels);
}

static void
free_texts (gpointer texts)
{
  if (texts != NULL)
    ann_strings_unref (texts);
}

static gboolean
read_other_labels (const AnnConcat *self, GPtrArray *texts, GPtrArray *lists, GError **error)
{
  for (gsize i = 0; i < self->n_parts; i++)
    {
      AnnStrings *own = NULL;

      if (self->parts[i].root != NULL)
        {
          own = _ann_read_labels (self->parts[i].tables[1 - self->axis], self->cancellable, error);
          if (own == NULL)
            return FALSE;
          if (ann_strings_get_length (own) > (gsize) G_MAXINT32)
            {
              ann_strings_unref (own);
              g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                           "%s: more than %d labels cannot be joined", self->parts[i].name,
                           G_MAXINT32);
              return FALSE;
            }
        }
      g_ptr_array_add (texts, own);
      g_ptr_array_add (lists, own != NULL ? list_labels (own) : NULL);
    }

  return TRUE;
}

static gboolean
set_other_labels (AnnConcat *self, const GPtrArray *joined, GPtrArray *lists, GError **error)
{
  const char *ignored = NULL;
  g_autoptr (GHashTable) places = index_labels (joined, &ignored);

  if (!self->is_raw)
    self->notes->n_dropped_labels = count_dropped (places, lists);
  self->other_labels = ann_strings_new ();
  self->lengths[1 - self->axis] = joined->len;
  for (guint i = 0; i < joined->len; i++)
    if (!ann_strings_append (self->other_labels, g_ptr_array_index (joined, i), -1, error))
      return FALSE;

  self->reindexes = g_new0 (AnnReindex *, self->n_parts);
  for (gsize i = 0; i < self->n_parts; i++)
    {
      const GPtrArray *own = g_ptr_array_index (lists, i);

      if (own == NULL)
        continue;
      self->reindexes[i] = make_reindex (self, joined, places, own, i, error);
      if (self->reindexes[i] == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
join_other_axis (AnnConcat *self, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (free_texts);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func (free_labels);
  g_autoptr (GPtrArray) joined = NULL;

  if (!read_other_labels (self, texts, lists, error))
    return FALSE;
  for (gsize i = 0; i < self->n_parts; i++)
    {
      const GPtrArray *own = g_ptr_array_index (lists, i);

      if (own == NULL)
        continue;
      joined = joined == NULL ? g_ptr_array_copy ((GPtrArray *) own, NULL, NULL)
                              : join_labels (self, g_steal_pointer (&joined), own, i, error);
      if (joined == NULL)
        return FALSE;
      if (joined->len > (guint) G_MAXINT32)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "%s: with its labels there are more than %d, which cannot be joined",
                       self->parts[i].name, G_MAXINT32);
          return FALSE;
        }
    }

  self->other_name = join_index_names (self, 1 - self->axis);

  return set_other_labels (self, joined, lists, error);
}

gboolean
_ann_concat_join_labels (AnnConcat *self, GError **error)
{
  return join_axis (self, error) && join_other_axis (self, error);
}

/* --- Names --- */

char **
_ann_names_intersect (char **const *lists, gsize n_lists, gsize in_order)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; n_lists > 0 && lists[in_order][i] != NULL; i++)
    {
      gboolean is_everywhere = TRUE;

      for (gsize k = 0; k < n_lists; k++)
        is_everywhere &= g_strv_contains ((const char *const *) lists[k], lists[in_order][i]);
      if (is_everywhere)
        g_strv_builder_add (builder, lists[in_order][i]);
    }

  return g_strv_builder_end (builder);
}

char **
_ann_names_unite (char **const *lists, gsize n_lists)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize k = 0; k < n_lists; k++)
    for (guint i = 0; lists[k][i] != NULL; i++)
      if (g_hash_table_add (seen, lists[k][i]))
        g_strv_builder_add (builder, lists[k][i]);

  return g_strv_builder_end (builder);
}
