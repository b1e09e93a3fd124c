/* ann-zarr-attributes.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-attributes.h"

#include "base/ann-box.h"

/* Of what has no other value than its text: who copies a store carries it over. */
#define MAX_DESCRIPTION (1024 * 1024)

/* What all the items of a list are. */
typedef struct {
  gboolean has_texts;
  gboolean has_booleans;
  gboolean has_integers;
  gboolean has_large; /* integers beyond 2⁶³ */
  gboolean has_negative;
  gboolean has_floats;
  gboolean has_others;
} Kinds;

static void
look_at_number (Kinds *kinds, AnnJsonValue value)
{
  gint64 number;
  guint64 large;

  if (!_ann_json_is_integer (value))
    kinds->has_floats = TRUE;
  else if (_ann_json_get_int64 (value, &number))
    {
      kinds->has_integers = TRUE;
      kinds->has_negative |= number < 0;
    }
  else if (_ann_json_get_uint64 (value, &large))
    kinds->has_large = TRUE;
  else
    kinds->has_floats = TRUE;
}

/* Whether the lists below @value have the lengths @shape from @axis on, which the first of each
 * says. Notes what the items are.
 */
static gboolean
look_at (AnnJsonValue value, guint rank, const guint64 *shape, guint axis, Kinds *kinds)
{
  AnnJsonIter iter;

  if (axis == rank)
    {
      switch (_ann_json_get_kind (value))
        {
        case ANN_JSON_STRING:
          kinds->has_texts = TRUE;
          break;
        case ANN_JSON_TRUE:
        case ANN_JSON_FALSE:
          kinds->has_booleans = TRUE;
          break;
        case ANN_JSON_NUMBER:
          look_at_number (kinds, value);
          break;
        case ANN_JSON_ABSENT:
        case ANN_JSON_NULL:
        case ANN_JSON_ARRAY:
        case ANN_JSON_OBJECT:
        default:
          kinds->has_others = TRUE;
          break;
        }
      return TRUE;
    }

  if (_ann_json_get_kind (value) != ANN_JSON_ARRAY || _ann_json_get_length (value) != shape[axis])
    return FALSE;
  _ann_json_iter_init (&iter, value);
  while (_ann_json_iter_next (&iter))
    {
      if (!look_at (iter.value, rank, shape, axis + 1, kinds))
        return FALSE;
    }

  return TRUE;
}

/* How long the lists are that begin with @value, seen from the first of each. */
static guint
measure (AnnJsonValue value, guint64 *shape)
{
  guint rank = 0;

  while (_ann_json_get_kind (value) == ANN_JSON_ARRAY && rank < ANN_MAX_RANK)
    {
      shape[rank++] = _ann_json_get_length (value);
      value = _ann_json_get_item (value, 0);
    }

  return rank;
}

/* --- Taking the values --- */

typedef struct {
  AnnDtype dtype;
  guint8 *next;
  AnnStrings *texts;
} Sink;

static gboolean
take_item (Sink *sink, AnnJsonValue value)
{
  if (sink->texts != NULL)
    {
      gsize length;
      g_autofree char *text = _ann_json_dup_string (value, &length);

      return ann_strings_append (sink->texts, text, (gssize) length, NULL);
    }

  switch ((int) sink->dtype)
    {
    case ANN_DTYPE_BOOL:
      *sink->next = _ann_json_get_kind (value) == ANN_JSON_TRUE;
      break;
    case ANN_DTYPE_INT64:
      (void) _ann_json_get_int64 (value, (gint64 *) sink->next);
      break;
    case ANN_DTYPE_UINT64:
      (void) _ann_json_get_uint64 (value, (guint64 *) sink->next);
      break;
    default:
      (void) _ann_json_get_double (value, (double *) sink->next);
      break;
    }
  sink->next += ann_dtype_get_size (sink->dtype);

  return TRUE;
}

static gboolean
take (Sink *sink, AnnJsonValue value)
{
  AnnJsonIter iter;

  if (_ann_json_get_kind (value) != ANN_JSON_ARRAY)
    return take_item (sink, value);

  _ann_json_iter_init (&iter, value);
  while (_ann_json_iter_next (&iter))
    {
      if (!take (sink, iter.value))
        return FALSE;
    }

  return TRUE;
}

static AnnDtype
choose_dtype (const Kinds *kinds)
{
  if (kinds->has_booleans)
    return ANN_DTYPE_BOOL;
  if (kinds->has_floats || (kinds->has_large && kinds->has_negative))
    return ANN_DTYPE_FLOAT64;

  return kinds->has_large ? ANN_DTYPE_UINT64 : ANN_DTYPE_INT64;
}

static gboolean
add_value (AnnAttributes *attributes, const char *name, AnnJsonValue value)
{
  Kinds kinds = { .has_others = FALSE };
  guint64 shape[ANN_MAX_RANK];
  const guint rank = measure (value, shape);
  gboolean has_numbers;

  if (!look_at (value, rank, shape, 0, &kinds) || kinds.has_others)
    return FALSE;
  has_numbers = kinds.has_integers || kinds.has_large || kinds.has_floats;
  if (kinds.has_texts + kinds.has_booleans + has_numbers > 1)
    return FALSE;

  /* A list of nothing is one of texts too: the names of no columns. Texts have no shape. */
  if (kinds.has_texts || (rank == 1 && shape[0] == 0))
    {
      g_autoptr (AnnStrings) texts = ann_strings_new ();

      if (rank > 1 || !take (&(Sink){ .texts = texts }, value))
        return FALSE;
      ann_attributes_add_texts (attributes, name, rank == 0, texts);
    }
  else
    {
      const AnnDtype dtype = choose_dtype (&kinds);
      g_autoptr (AnnBuffer) numbers = ann_buffer_new (dtype, rank, shape, NULL);

      if (numbers == NULL
          || !take (&(Sink){ .dtype = dtype, .next = ann_buffer_get_data_for_writing (numbers) },
                    value))
        return FALSE;
      ann_attributes_add_numbers (attributes, name, numbers);
    }

  return TRUE;
}

/* What is there in place of a value; of a list that has texts among other things, those. */
static void
add_unknown (AnnAttributes *attributes, const char *name, AnnJsonValue value)
{
  g_autofree char *text = _ann_json_dup_text (value, MAX_DESCRIPTION);
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  AnnJsonIter iter;

  if (_ann_json_get_kind (value) == ANN_JSON_ARRAY)
    {
      _ann_json_iter_init (&iter, value);
      while (_ann_json_iter_next (&iter))
        {
          if (_ann_json_get_kind (iter.value) == ANN_JSON_STRING
              && !take_item (&(Sink){ .texts = texts }, iter.value))
            break;
        }
    }

  if (ann_strings_get_length (texts) > 0)
    ann_attributes_add_mixed (attributes, name, texts, text);
  else
    ann_attributes_add_unknown (attributes, name, text);
}

AnnAttributes *
_ann_zarr_attributes_new (AnnJsonValue value)
{
  AnnAttributes *attributes = ann_attributes_new ();
  g_autoptr (GHashTable) last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  AnnJsonIter iter;

  if (_ann_json_get_kind (value) != ANN_JSON_OBJECT)
    return attributes;

  /* Of several of one name the last one counts. */
  _ann_json_iter_init (&iter, value);
  while (_ann_json_iter_next (&iter))
    g_hash_table_replace (last, _ann_json_dup_string (iter.name, NULL),
                          GUINT_TO_POINTER (iter.value.token));

  _ann_json_iter_init (&iter, value);
  while (_ann_json_iter_next (&iter))
    {
      g_autofree char *name = _ann_json_dup_string (iter.name, NULL);

      if (g_hash_table_lookup (last, name) != GUINT_TO_POINTER (iter.value.token)
          || add_value (attributes, name, iter.value))
        continue;
      add_unknown (attributes, name, iter.value);
    }

  return attributes;
}
