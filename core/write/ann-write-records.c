/* ann-write-records.c: arrays of records
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-element-writer-private.h"

#include "base/ann-error.h"
#include "element/ann-element-private.h"

#include <string.h>

/* So many records are read at a time; fewer of long ones. */
#define RECORDS_AT_ONCE 65536

/* --- Whether they can be written --- */

static gboolean
is_record (AnnElement *field)
{
  return ann_element_get_kind (field) == ANN_ELEMENT_RECORDS;
}

static gboolean
is_text (AnnElement *field)
{
  return ann_element_get_kind (field) == ANN_ELEMENT_STRINGS
         || ann_element_get_kind (field) == ANN_ELEMENT_STRING;
}

static gboolean
has_values (AnnElement *field)
{
  return is_text (field) || ann_element_get_kind (field) == ANN_ELEMENT_DENSE
         || ann_element_get_kind (field) == ANN_ELEMENT_NUMBER;
}

/* What anndata 0.12.19 and zarr-python 3.1.6 do not read keeps them from opening the store. */
static const char *
find_problem (const AnnElementWriter *self, AnnElement *field, guint rank, guint depth)
{
  if (is_record (field) && ann_element_get_rank (field) == rank)
    return self->zarr_format == 2
               ? "is a record, which Python does not read in Zarr v2 (in HDF5 and Zarr v3 it does)"
               : NULL;
  if (!has_values (field))
    return "is no number and no text, nor an array or a record of such, and cannot be written";
  if (self->zarr_format != 0 && ann_element_get_rank (field) > rank)
    return "is an array, which Python does not read in Zarr (in HDF5 it does)";
  if (self->is_hdf5 && is_text (field) && depth > 0)
    return "is a text in a record, which Python does not read in HDF5 (in Zarr v3 it does)";
  if (self->is_hdf5 && is_text (field) && rank == 0)
    return "is a text of a single record, which Python does not read in HDF5 (in Zarr it does)";
  for (guint i = rank; i < ann_element_get_rank (field); i++)
    if (ann_element_get_shape (field)[i] == 0)
      return "is an array without values, which no record of HDF5 can have, and cannot be written";

  return NULL;
}

/* Neither HDF5 nor numpy has such names. */
static const char *
find_problem_of_name (const char *name, GHashTable *seen)
{
  if (*name == '\0')
    return "has no name, and cannot be written";
  if (!g_hash_table_add (seen, (gpointer) name))
    return "has the name of another one, and cannot be written";

  return NULL;
}

static gboolean
refuse_field (AnnElement *top,
              AnnElement *records,
              const char *name,
              const char *problem,
              GError **error)
{
  const char *top_path = ann_element_get_path (top);
  const char *between = ann_element_get_path (records) + strlen (top_path);

  if (*between == '/')
    between++;
  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: its field “%s%s%s” %s", top_path,
               between, *between != '\0' ? "/" : "", name, problem);

  return FALSE;
}

static gboolean
check_fields (const AnnElementWriter *self,
              AnnElement *top,
              AnnElement *records,
              guint depth,
              GError **error)
{
  const guint rank = ann_element_get_rank (top);
  g_auto (GStrv) names = ann_element_list_children (records, NULL, error);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      const char *problem = find_problem_of_name (names[i], seen);
      g_autoptr (AnnElement) field = NULL;
      const GError *why;

      if (problem != NULL)
        return refuse_field (top, records, names[i], problem, error);
      field = ann_element_open_child (records, names[i], NULL, error);
      if (field == NULL)
        return FALSE;
      why = ann_element_get_error (field);
      if (why != NULL)
        {
          g_propagate_error (error, g_error_copy (why));
          return FALSE;
        }
      problem = find_problem (self, field, rank, depth);
      if (problem != NULL)
        return refuse_field (top, records, names[i], problem, error);
      if (is_record (field) && !check_fields (self, top, field, depth + 1, error))
        return FALSE;
    }

  return names != NULL;
}

gboolean
_ann_write_check_records (const AnnElementWriter *self, AnnElement *element, GError **error)
{
  return check_fields (self, element, element, 0, error);
}

/* --- What they are made of --- */

/* The fields, and of those that are no records the elements, in the order of the values. */
typedef struct {
  AnnFieldSpec *fields;
  gsize n_fields;
  GPtrArray *elements;
  AnnFieldValues *values; /* as many as there are elements */
  GStringChunk *names;
  gsize size; /* of a record, about */
} Records;

static void
free_fields (AnnFieldSpec *fields, gsize n_fields)
{
  for (gsize i = 0; fields != NULL && i < n_fields; i++)
    free_fields (fields[i].fields, fields[i].n_fields);
  g_free (fields);
}

static void
records_clear_values (Records *self)
{
  for (guint i = 0; self->values != NULL && i < self->elements->len; i++)
    {
      g_clear_pointer (&self->values[i].values, ann_buffer_unref);
      g_clear_pointer (&self->values[i].texts, ann_strings_unref);
    }
}

static void
records_clear (Records *self)
{
  records_clear_values (self);
  g_free (self->values);
  free_fields (self->fields, self->n_fields);
  g_ptr_array_unref (self->elements);
  g_string_chunk_free (self->names);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Records, records_clear)

/* A single record is one row, also where its field is an array, whose rows are its own. */
static guint64
get_n_rows (AnnElement *element)
{
  return ann_element_get_rank (element) > 0 ? ann_element_get_n_rows (element) : 1;
}

/* The most characters that a text of a field has, at least 1. */
static gboolean
count_characters (AnnElement *field, glong *most, GCancellable *cancellable, GError **error)
{
  const guint64 n_rows = get_n_rows (field);
  const guint64 step = RECORDS_AT_ONCE / CLAMP (ann_element_get_width (field), 1, RECORDS_AT_ONCE);

  *most = 1;
  for (guint64 start = 0; start < n_rows; start += step)
    {
      g_autoptr (AnnBlock) block = ann_element_read_rows (field, start, MIN (n_rows - start, step),
                                                          cancellable, error);

      if (block == NULL)
        return FALSE;
      for (gsize i = 0; i < ann_strings_get_length (block->texts); i++)
        {
          g_autofree char *text = ann_strings_dup_utf8 (block->texts, i);

          *most = MAX (*most, g_utf8_strlen (text, -1));
        }
    }

  return TRUE;
}

/* Numbers or texts, one or an array of them. Takes @field. */
static gboolean
add_values (Records *self,
            AnnElement *field,
            guint rank,
            const AnnWriterTraits *traits,
            AnnFieldSpec *spec,
            GCancellable *cancellable,
            GError **error)
{
  glong n_characters;
  gsize size;

  g_ptr_array_add (self->elements, field);
  spec->dtype = is_text (field) ? ANN_DTYPE_STRING : ann_element_get_dtype (field);
  spec->rank = ann_element_get_rank (field) - rank;
  spec->shape = spec->rank > 0 ? ann_element_get_shape (field) + rank : NULL;
  if (is_text (field) && !traits->has_text_records)
    {
      if (!count_characters (field, &n_characters, cancellable, error))
        return FALSE;
      spec->item_size = (gsize) n_characters * 4; /* as UTF-32 */
    }

  size = MAX (ann_dtype_get_size (spec->dtype), MAX (spec->item_size, 1));
  for (guint i = 0; i < spec->rank; i++)
    if (!g_size_checked_mul (&size, size, spec->shape[i]))
      size = G_MAXSIZE;
  if (!g_size_checked_add (&self->size, self->size, size))
    self->size = G_MAXSIZE;

  return TRUE;
}

static gboolean
add_fields (Records *self,
            AnnElement *element,
            const AnnWriterTraits *traits,
            AnnFieldSpec **fields,
            gsize *n_fields,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (GStrv) names = ann_element_list_children (element, cancellable, error);

  if (names == NULL)
    return FALSE;
  *n_fields = g_strv_length (names);
  *fields = g_new0 (AnnFieldSpec, *n_fields);

  for (gsize i = 0; i < *n_fields; i++)
    {
      AnnFieldSpec *spec = *fields + i;
      g_autoptr (AnnElement) field = ann_element_open_child (element, names[i], cancellable, error);

      if (field == NULL)
        return FALSE;
      spec->name = g_string_chunk_insert (self->names, names[i]);
      if (!is_record (field))
        {
          if (!add_values (self, g_steal_pointer (&field), ann_element_get_rank (element), traits,
                           spec, cancellable, error))
            return FALSE;
          continue;
        }
      spec->dtype = ANN_DTYPE_RECORD;
      if (!add_fields (self, field, traits, &spec->fields, &spec->n_fields, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* --- Writing --- */

static gboolean
read_values (Records *self,
             gboolean is_single,
             guint64 start,
             guint64 n,
             GCancellable *cancellable,
             GError **error)
{
  records_clear_values (self);
  for (guint i = 0; i < self->elements->len; i++)
    {
      AnnElement *field = g_ptr_array_index (self->elements, i);
      g_autoptr (AnnBlock) block = NULL;

      block = ann_element_read_rows (field, start, is_single ? get_n_rows (field) : n, cancellable,
                                     error);
      if (block == NULL)
        return FALSE;
      if (block->texts != NULL)
        self->values[i].texts = ann_strings_ref (block->texts);
      else
        self->values[i].values = ann_buffer_ref (block->values);
    }

  return TRUE;
}

static gboolean
append_records (const AnnElementWriter *self,
                AnnElement *element,
                Records *records,
                AnnArrayWriter *array,
                GCancellable *cancellable,
                GError **error)
{
  const guint64 n_rows = get_n_rows (element);
  const guint64 row_size = (guint64) MIN (records->size, ANN_WRITE_BLOCK_SIZE)
                           * CLAMP (ann_element_get_width (element), 1, ANN_WRITE_BLOCK_SIZE);
  const guint64 step = CLAMP (ANN_WRITE_BLOCK_SIZE / MAX (row_size, 1), 1, RECORDS_AT_ONCE);

  for (guint64 start = 0; start < n_rows; start += step)
    {
      const guint64 n = MIN (n_rows - start, step);

      if (!read_values (records, ann_element_get_rank (element) == 0, start, n, cancellable, error)
          || !_ann_array_writer_append_records (array, records->values, n, cancellable, error))
        return FALSE;
      _ann_write_add_done (self, n * row_size);
    }

  return TRUE;
}

gboolean
_ann_write_records (const AnnElementWriter *self,
                    AnnElement *element,
                    AnnNodeWriter *parent,
                    const char *name,
                    GCancellable *cancellable,
                    GError **error)
{
  g_auto (Records) records = { .elements = g_ptr_array_new_with_free_func (g_object_unref),
                               .names = g_string_chunk_new (64) };
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnArrayWriter) array = NULL;

  if (!add_fields (&records, element, _ann_node_writer_get_traits (parent), &records.fields,
                   &records.n_fields, cancellable, error))
    return FALSE;
  records.values = g_new0 (AnnFieldValues, records.elements->len);
  array = _ann_write_add_array (self, parent, name,
                                &(AnnNewArray){
                                    .dtype = ANN_DTYPE_RECORD,
                                    .item_size = records.size,
                                    .rank = ann_element_get_rank (element),
                                    .shape = ann_element_get_shape (element),
                                    .fields = records.fields,
                                    .n_fields = records.n_fields,
                                },
                                cancellable, error);
  if (array == NULL || !append_records (self, element, &records, array, cancellable, error))
    return FALSE;

  attributes = _ann_write_attributes_new (self, element, "rec-array", "0.2.0", cancellable, error);

  return attributes != NULL && _ann_array_writer_close (array, attributes, cancellable, error);
}
