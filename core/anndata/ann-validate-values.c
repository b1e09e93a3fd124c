/* ann-validate-values.c: the rules that only the values tell of
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-validate-private.h"

#include "base/ann-error.h"
#include "element/ann-binary.h"
#include "element/ann-categorical.h"
#include "element/ann-frame.h"

#include <string.h>

/* What is read at once of values that do not come by chunks. Tests make it small. */
#ifndef N_VALUES_AT_ONCE
#define N_VALUES_AT_ONCE (256 * 1024)
#endif

/* A list may have thousands of numbers. */
#define N_LONG_VALUES_AT_ONCE 1024

/* More categories than these are not compared. */
#define N_CATEGORIES_MAX (4 * 1024 * 1024)

static void
add_done (AnnValidation *self, guint64 n)
{
  if (self->progress != NULL)
    ann_progress_add_done (self->progress, n);
}

/* --- Numbers --- */

static gboolean
drop_piece (const AnnBox *box,
            G_GNUC_UNUSED gconstpointer values,
            gpointer user_data,
            G_GNUC_UNUSED GError **error)
{
  gsize n;

  if (ann_box_get_n_elements (box, &n))
    add_done (user_data, n);

  return TRUE;
}

gboolean
_ann_validate_read_array (AnnValidation *self, AnnArray *array, GError **error)
{
  GError *problem = NULL;
  AnnBox box;

  ann_box_init_whole (&box, ann_array_get_rank (array), ann_array_get_shape (array));
  if (ann_array_scan (array, &box, drop_piece, self, self->cancellable, &problem))
    return TRUE;

  return _ann_validate_add_problem (self, ANN_RULE_DATA_UNREADABLE, ann_array_get_path (array),
                                    problem, error);
}

/* The numbers of an element; its texts are for others. */
static gboolean
read_arrays (AnnValidation *self, AnnElement *element, GError **error)
{
  g_autofree AnnArray **arrays = NULL;
  gsize n_arrays = 0;
  gboolean done = TRUE;

  arrays = ann_element_list_arrays (element, &n_arrays);
  for (gsize i = 0; i < n_arrays; i++)
    {
      if (done && ann_dtype_get_size (ann_array_get_dtype (arrays[i])) > 0)
        done = _ann_validate_read_array (self, arrays[i], error);
      g_object_unref (arrays[i]);
    }

  return done;
}

/* --- Blocks of rows --- */

/* Takes one block. Returns: %FALSE to see no more of them */
typedef void (*TakeBlock) (const AnnBlock *block, gpointer user_data);

static gboolean
read_blocks (AnnValidation *self,
             AnnElement *element,
             TakeBlock take,
             gpointer user_data,
             GError **error)
{
  gboolean is_scalar = ann_element_get_kind (element) == ANN_ELEMENT_STRING;
  guint64 n_at_once = ANN_IS_BINARY (element) ? N_LONG_VALUES_AT_ONCE : N_VALUES_AT_ONCE;
  guint64 n_rows = is_scalar ? 1 : ann_element_get_n_rows (element);
  guint64 width = is_scalar ? 1 : MAX (1, ann_element_get_width (element));
  guint64 n = MAX (1, n_at_once / width);

  for (guint64 start = 0; start < n_rows; start += n)
    {
      g_autoptr (AnnBlock) block = NULL;
      GError *problem = NULL;

      n = MIN (n, n_rows - start);
      block = ann_element_read_rows (element, start, n, self->cancellable, &problem);
      if (block == NULL)
        return _ann_validate_add_problem (self, ANN_RULE_DATA_UNREADABLE,
                                          ann_element_get_path (element), problem, error);
      take (block, user_data);
      add_done (self, n * width);
    }

  return TRUE;
}

/* --- Texts --- */

typedef struct {
  guint64 n_bad;
  guint64 first_bad; /* which text */
} TextCheck;

static void
take_texts (const AnnBlock *block, gpointer user_data)
{
  TextCheck *check = user_data;
  gsize n = block->texts != NULL ? ann_strings_get_length (block->texts) : 0;

  for (gsize i = 0; i < n; i++)
    {
      gsize length;
      const char *text = ann_strings_get (block->texts, i, &length);

      if (g_utf8_validate_len (text, length, NULL) || memchr (text, '\0', length) != NULL)
        continue;
      if (check->n_bad++ == 0)
        check->first_bad = block->start * MAX (1, block->width) + i;
    }
}

/* Whether bytes are meant, and no texts. Most writers of HDF5 store texts as bytes of fixed length,
 * so there the mark of an array of values must say it; Zarr has types of its own for texts.
 */
static gboolean
has_bytes (AnnValidation *self, AnnElement *element)
{
  const char *encoding = ann_element_get_encoding_type (element);

  if (ann_element_get_dtype (element) != ANN_DTYPE_BYTES)
    return FALSE;

  return *encoding != '\0' ? strcmp (encoding, "array") == 0
                           : g_str_has_prefix (ann_data_get_format (self->data), "Zarr");
}

static gboolean
check_texts (AnnValidation *self, AnnElement *element, gboolean are_labels, GError **error)
{
  TextCheck check = { 0, 0 };

  if (!read_blocks (self, element, take_texts, &check, error))
    return FALSE;
  if (check.n_bad > 0 && (are_labels || !has_bytes (self, element)))
    _ann_report_add (self->report, ANN_RULE_TEXT_UTF8, ann_element_get_path (element),
                     "%" G_GUINT64_FORMAT " texts are not UTF-8, the first at %" G_GUINT64_FORMAT,
                     check.n_bad, check.first_bad);

  return TRUE;
}

/* --- Categoricals --- */

typedef struct {
  guint64 n_bad;
  guint64 first_bad; /* which row */
} CodeCheck;

static void
take_codes (const AnnBlock *block, gpointer user_data)
{
  CodeCheck *check = user_data;
  const gint32 *codes = ann_buffer_get_data (block->values);

  for (guint64 i = 0; i < block->count; i++)
    {
      if (codes[i] < -1 && check->n_bad++ == 0)
        check->first_bad = block->start + i;
    }
}

static gboolean
check_labels (AnnValidation *self, AnnCategorical *categorical, GError **error)
{
  const char *path = ann_element_get_path (ANN_ELEMENT (categorical));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (AnnStrings) labels = NULL;
  GError *problem = NULL;
  guint64 n_bad = 0;

  labels = ann_categorical_read_labels (categorical, self->cancellable, &problem);
  if (labels == NULL)
    return _ann_validate_add_problem (self, ANN_RULE_DATA_UNREADABLE, path, problem, error);
  if (ann_strings_get_length (labels) > N_CATEGORIES_MAX)
    return TRUE;

  for (gsize i = 0; i < ann_strings_get_length (labels); i++)
    {
      gsize length;
      const char *label = ann_strings_get (labels, i, &length);

      n_bad += !g_utf8_validate_len (label, length, NULL);
      if (!g_hash_table_add (seen, (gpointer) label))
        _ann_report_add (self->report, ANN_RULE_CATEGORICAL_DUPLICATE, path,
                         "has the category “%s” twice; Python cannot read it", label);
    }
  if (n_bad > 0)
    _ann_report_add (self->report, ANN_RULE_TEXT_UTF8, path,
                     "%" G_GUINT64_FORMAT " categories are not UTF-8", n_bad);

  return TRUE;
}

static gboolean
check_categorical (AnnValidation *self, AnnElement *element, GError **error)
{
  AnnCategorical *categorical = ANN_CATEGORICAL (element);
  CodeCheck check = { 0, 0 };

  if (!read_blocks (self, element, take_codes, &check, error))
    return FALSE;
  if (check.n_bad > 0)
    _ann_report_add (self->report, ANN_RULE_CATEGORICAL_CODE_RANGE, ann_element_get_path (element),
                     "%" G_GUINT64_FORMAT " codes are none of the %" G_GUINT64_FORMAT
                     " categories, the first in row %" G_GUINT64_FORMAT,
                     check.n_bad, ann_categorical_get_n_categories (categorical), check.first_bad);

  return check_labels (self, categorical, error);
}

/* --- The rest --- */

static void
drop_block (G_GNUC_UNUSED const AnnBlock *block, G_GNUC_UNUSED gpointer user_data)
{
}

/* Each field is an element. */
static gboolean
check_records (AnnValidation *self, AnnElement *element, GError **error)
{
  const char *path = ann_element_get_path (element);
  GError *problem = NULL;
  g_auto (GStrv) names = ann_element_list_children (element, self->cancellable, &problem);

  if (names == NULL)
    return _ann_validate_add_problem (self, ANN_RULE_DATA_UNREADABLE, path, problem, error);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (AnnElement) field = NULL;

      field = ann_element_open_child (element, names[i], self->cancellable, &problem);
      if (field == NULL)
        {
          if (!_ann_validate_add_problem (self, ANN_RULE_DATA_UNREADABLE, path,
                                          g_steal_pointer (&problem), error))
            return FALSE;
        }
      else if (ann_element_get_error (field) != NULL)
        self->was_unread = TRUE;
      else if (!_ann_validate_values (self, field, error))
        return FALSE;
    }

  return !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

static gboolean
check_frame (AnnValidation *self, AnnFrame *frame, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (AnnElement) index = ann_frame_open_index (frame, self->cancellable, &problem);

  if (_ann_validate_take_failure (self, problem))
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return FALSE;
    }
  if (index == NULL || ann_element_get_error (index) != NULL)
    return !g_cancellable_set_error_if_cancelled (self->cancellable, error);

  /* Labels are texts, whatever they are marked as. */
  return (ann_element_get_kind (index) == ANN_ELEMENT_STRINGS
              ? check_texts (self, index, TRUE, error)
              : _ann_validate_values (self, index, error))
         && _ann_validate_index (self, frame, index, error);
}

gboolean
_ann_validate_values (AnnValidation *self, AnnElement *element, GError **error)
{
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_NUMBER:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
      return read_arrays (self, element, error);

    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_STRING:
      return check_texts (self, element, FALSE, error);
    case ANN_ELEMENT_NULLABLE_STRING:
      return read_arrays (self, element, error) && check_texts (self, element, FALSE, error);

    case ANN_ELEMENT_CATEGORICAL:
      return check_categorical (self, element, error);
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
      return _ann_validate_sparse (self, ANN_SPARSE (element), error);
    case ANN_ELEMENT_FRAME:
      return check_frame (self, ANN_FRAME (element), error);
    case ANN_ELEMENT_RECORDS:
      return check_records (self, element, error);
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES: /* whether all are where they should be */
      return read_blocks (self, element, drop_block, NULL, error);
    case ANN_ELEMENT_AWKWARD: /* the buffers, and whether they fit each other */
      return read_arrays (self, element, error)
             && read_blocks (self, element, drop_block, NULL, error);
    default:
      return TRUE;
    }
}
