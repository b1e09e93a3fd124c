/* ann-validate-index.c: whether the labels of a table's rows are there and different
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-validate-private.h"

#include "base/ann-error.h"
#include "element/ann-cell.h"

#include <stdlib.h>
#include <string.h>

/* Labels are compared by 64-bit hashes, of which so many fit into 96 MiB, and what
 * qsort () takes beside them into as much again.
 */
#define N_LABELS_MAX (12 * 1024 * 1024)

#define N_LABELS_AT_ONCE 65536

typedef struct {
  AnnValidation *validation;
  AnnElement *index;
  guint64 *hashes;
  guint64 n_missing;
} Labels;

/* Takes one label; %NULL if it is missing. Returns: %FALSE to end */
typedef gboolean (*TakeLabel) (guint64 row, const GString *label, gpointer user_data);

/* FNV-1a */
static guint64
hash_label (const GString *label)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gsize i = 0; i < label->len; i++)
    hash = (hash ^ (guint8) label->str[i]) * G_GUINT64_CONSTANT (0x100000001b3);

  return hash;
}

static gboolean
each_label (Labels *self, TakeLabel take, gpointer user_data, GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (self->index);
  g_autoptr (GString) label = g_string_new (NULL);

  for (guint64 start = 0; start < n_rows; start += N_LABELS_AT_ONCE)
    {
      guint64 n = MIN (n_rows - start, N_LABELS_AT_ONCE);
      g_autoptr (AnnBlock) block = NULL;

      block = ann_element_read_rows (self->index, start, n, self->validation->cancellable, error);
      if (block == NULL)
        return FALSE;
      for (guint64 i = 0; i < n; i++)
        {
          gboolean is_there;

          g_string_truncate (label, 0);
          is_there = ann_cell_append_value (label, block, NULL, i, 0);
          if (!take (start + i, is_there ? label : NULL, user_data))
            return TRUE;
        }
    }

  return TRUE;
}

/* Missing ones get hashes that are different: they are another rule's. */
static gboolean
keep_hash (guint64 row, const GString *label, gpointer user_data)
{
  Labels *self = user_data;

  if (label == NULL)
    self->n_missing++;
  self->hashes[row] = label != NULL ? hash_label (label) : row;

  return TRUE;
}

static int
compare_hashes (gconstpointer a, gconstpointer b)
{
  guint64 one = *(const guint64 *) a;
  guint64 other = *(const guint64 *) b;

  return one < other ? -1 : one > other;
}

/* The first label that two rows have, with proof: hashes may be the same by chance. */
typedef struct {
  guint64 hash;
  guint64 first_row;
  guint64 second_row;
  GString *label;
  gboolean is_found;
} Twin;

static gboolean
find_twin (guint64 row, const GString *label, gpointer user_data)
{
  Twin *twin = user_data;

  if (label == NULL || hash_label (label) != twin->hash)
    return TRUE;
  if (twin->label == NULL)
    {
      twin->label = g_string_new_len (label->str, (gssize) label->len);
      twin->first_row = row;
      return TRUE;
    }

  twin->second_row = row;
  twin->is_found = g_string_equal (twin->label, label);

  return !twin->is_found;
}

static gboolean
report_twins (Labels *self, guint64 n_rows, GError **error)
{
  guint64 n_twins = 0;
  Twin twin = { 0 };
  gboolean done = TRUE;

  for (guint64 i = 1; i < n_rows; i++)
    {
      if (self->hashes[i] != self->hashes[i - 1])
        continue;
      if (n_twins++ == 0)
        twin.hash = self->hashes[i];
    }
  if (n_twins == 0)
    return TRUE;

  done = each_label (self, find_twin, &twin, error);
  if (done && twin.is_found)
    _ann_report_add (self->validation->report, ANN_RULE_NAMES_DUPLICATE,
                     ann_element_get_path (self->index),
                     "labels that repeat another: %" G_GUINT64_FORMAT "; “%s” is that of the rows "
                     "%" G_GUINT64_FORMAT " and %" G_GUINT64_FORMAT,
                     n_twins, twin.label->str, twin.first_row, twin.second_row);
  if (twin.label != NULL)
    g_string_free (twin.label, TRUE);

  return done;
}

static gboolean
compare_labels (Labels *self, guint64 n_rows, GError **error)
{
  if (!each_label (self, keep_hash, self, error))
    return FALSE;

  if (self->n_missing > 0)
    _ann_report_add (self->validation->report, ANN_RULE_NAMES_MISSING,
                     ann_element_get_path (self->index), "%" G_GUINT64_FORMAT " rows have no label",
                     self->n_missing);
  qsort (self->hashes, n_rows, sizeof *self->hashes, compare_hashes);

  return report_twins (self, n_rows, error);
}

gboolean
_ann_validate_index (AnnValidation *self, AnnFrame *frame, AnnElement *index, GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (index);
  Labels labels = { .validation = self, .index = index };
  GError *problem = NULL;
  gboolean done;

  labels.hashes = n_rows <= N_LABELS_MAX ? g_try_new (guint64, MAX (1, n_rows)) : NULL;
  if (labels.hashes == NULL)
    {
      _ann_report_add (self->report, ANN_RULE_ODDITY, ann_element_get_path (ANN_ELEMENT (frame)),
                       "has too many rows to compare their labels");
      return TRUE;
    }

  done = compare_labels (&labels, n_rows, &problem)
         || _ann_validate_add_problem (self, ANN_RULE_DATA_UNREADABLE, ann_element_get_path (index),
                                       problem, error);
  g_free (labels.hashes);

  return done;
}
