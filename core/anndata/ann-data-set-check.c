/* ann-data-set-check.c: whether the parts of a set are what they were when it was made
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-set-private.h"

#include "base/ann-error.h"
#include "element/ann-element-private.h"

#include <string.h>

#define LABELS_AT_ONCE ((guint64) 65536)

void
_ann_label_joint_clear (AnnLabelJoint *self)
{
  g_clear_pointer (&self->text, g_free);
}

gboolean
_ann_data_set_label_fits (AnnLabelJoint *joint,
                          const AnnStrings *own,
                          const AnnStrings *found,
                          gsize i,
                          const char *key)
{
  const gsize key_length = strlen (key);
  gsize length;
  gsize found_length;
  const char *label = ann_strings_get (own, i, &length);
  const char *found_label = ann_strings_get (found, i, &found_length);
  const char *between = label + found_length;
  gsize n;

  if (length < found_length || memcmp (label, found_label, found_length) != 0)
    return FALSE;
  if (!joint->is_known)
    *joint = (AnnLabelJoint){ .is_known = TRUE, .is_plain = length == found_length };
  if (joint->is_plain || length < found_length + key_length)
    return joint->is_plain && length == found_length;

  n = length - found_length - key_length;
  if (joint->text == NULL)
    joint->text = g_strndup (between, n);

  return strlen (joint->text) == n && memcmp (between, joint->text, n) == 0
         && memcmp (between + n, key, key_length) == 0;
}

/* Sets @place to the first label that is another, relative to @start; to @n if none is. */
static gboolean
compare_block (AnnElement *own,
               AnnElement *found,
               const AnnDataSetPart *part,
               guint64 start,
               guint64 n,
               AnnLabelJoint *joint,
               guint64 *place,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (AnnBlock) one = NULL;
  g_autoptr (AnnBlock) other = NULL;

  one = ann_element_read_rows (own, part->start + start, n, cancellable, error);
  other = one != NULL ? ann_element_read_rows (found, start, n, cancellable, error) : NULL;
  if (other == NULL)
    return FALSE;

  *place = n;
  if (one->texts == NULL || other->texts == NULL) /* labels that are no texts were never compared */
    return TRUE;
  for (guint64 i = 0; i < n && *place == n; i++)
    if (!_ann_data_set_label_fits (joint, one->texts, other->texts, i, part->key))
      *place = i;

  return TRUE;
}

/* Two blocks of labels are in memory. */
static gboolean
check_part (AnnDataSet *self, const AnnDataSetPart *part, GCancellable *cancellable, GError **error)
{
  AnnFrame *obs = ann_data_get_obs (ann_data_set_get_own (self));
  g_autoptr (AnnElement) own = ann_frame_open_index (obs, cancellable, error);
  g_autoptr (AnnElement) found = NULL;
  g_auto (AnnLabelJoint) joint = { .is_known = FALSE };
  guint64 place;

  if (own == NULL)
    return FALSE;
  found = ann_frame_open_index (ann_data_get_obs (part->data), cancellable, error);
  if (found == NULL)
    return FALSE;

  for (guint64 start = 0; start < part->n_rows; start += LABELS_AT_ONCE)
    {
      const guint64 n = MIN (LABELS_AT_ONCE, part->n_rows - start);

      if (!compare_block (own, found, part, start, n, &joint, &place, cancellable, error))
        return FALSE;
      if (place < n)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "%s: the part “%s” has other observations than when the set was made, or in "
                       "another order, from row %" G_GUINT64_FORMAT " on; make the set anew",
                       part->found, part->key, start + place);
          return FALSE;
        }
    }

  return TRUE;
}

gboolean
_ann_data_set_check_labels (AnnDataSet *self, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < ann_data_set_get_n_parts (self); i++)
    {
      AnnDataSetPart part;

      ann_data_set_get_part (self, i, &part);
      if (part.data != NULL && !check_part (self, &part, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_data_check_sets (AnnData *data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) sets = _ann_data_list_sets (data);

  for (guint i = 0; i < sets->len; i++)
    if (!_ann_data_set_check_labels (g_ptr_array_index (sets, i), cancellable, error))
      return FALSE;

  return TRUE;
}
