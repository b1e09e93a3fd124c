/* ann-hdf5-virtual.c: values in other datasets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-heap.h"
#include "format/hdf5/ann-hdf5-link.h"
#include "format/hdf5/ann-hdf5-structure.h"
#include "format/hdf5/ann-hdf5-types.h"
#include "format/hdf5/ann-hdf5-virtual-private.h"

#include <string.h>

#define STRUCTURE "list of datasets that it is put together from"

#define MAX_VERSION 1

/* Flags of a part, from version 1 on. */
#define FILE_IS_SHARED 1
#define NAME_IS_SHARED 2
#define IN_SAME_FILE 4

/* Datasets and parts of one, and how many lead to each other. */
#define MAX_MAPPINGS 100000
#define MAX_DEPTH 4

/* All that one dataset leads to, through others: each is opened. */
#define MAX_OPENED 100000

/* So many stay open, and their files with them. */
#define MAX_KEPT_OPEN 64

/* How many datasets the outermost one may still open, in this thread. */
static GPrivate n_openings_left = G_PRIVATE_INIT (NULL);

static void
source_clear (gpointer data)
{
  AnnHdf5Source *source = data;

  g_free (source->file);
  g_free (source->name);
  g_clear_pointer (&source->dataset, _ann_hdf5_dataset_unref);
}

static void
mapping_clear (gpointer data)
{
  AnnHdf5Mapping *mapping = data;

  _ann_hdf5_selection_clear (&mapping->there);
  _ann_hdf5_selection_clear (&mapping->here);
}

static gboolean
set_damaged (AnnHdf5Virtual *self, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, self->dataset->path, STRUCTURE, what);
}

static gboolean
has_references (const AnnHdf5Datatype *type)
{
  if (type->class == ANN_HDF5_CLASS_SEQUENCE)
    return TRUE;
  if (type->class == ANN_HDF5_CLASS_COMPOUND)
    {
      for (guint i = 0; i < _ann_hdf5_datatype_get_n_members (type); i++)
        {
          if (has_references (_ann_hdf5_datatype_get_member (type, i)->type))
            return TRUE;
        }
    }

  return type->class == ANN_HDF5_CLASS_ARRAY && has_references (type->base);
}

static gboolean
is_convertible (const AnnHdf5Type *here, const AnnHdf5Type *there)
{
  return here->dtype == there->dtype && here->is_native && ann_dtype_get_size (here->dtype) > 0;
}

static AnnHdf5Datatype *
get_number (AnnHdf5Datatype *type)
{
  return type->class == ANN_HDF5_CLASS_ENUM ? type->base : type;
}

gboolean
_ann_hdf5_virtual_init_types (AnnHdf5Datatype *stored_here,
                              AnnHdf5Datatype *stored_there,
                              AnnHdf5Type *here,
                              AnnHdf5Type *there)
{
  _ann_hdf5_type_init (here, get_number (stored_here));
  _ann_hdf5_type_init (there, get_number (stored_there));
  if (is_convertible (here, there))
    return TRUE;

  _ann_hdf5_type_clear (here);
  _ann_hdf5_type_clear (there);
  _ann_hdf5_type_init (here, stored_here);
  _ann_hdf5_type_init (there, stored_there);

  return is_convertible (here, there);
}

/* Whether elements of @source can be had in the form of those here: as they are, or as numbers of
 * which only the storage differs.
 */
static gboolean
check_type (AnnHdf5Virtual *self, AnnHdf5Dataset *source, GError **error)
{
  const char *path = self->dataset->path;
  g_auto (AnnHdf5Type) here = { 0 };
  g_auto (AnnHdf5Type) there = { 0 };

  if (has_references (source->stored)
      && (source->file != self->dataset->file
          || !_ann_hdf5_datatype_is_same (source->stored, self->dataset->stored)))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: It is put together from values of variable length in another file", path);
      return FALSE;
    }
  if (_ann_hdf5_datatype_is_same (source->stored, self->dataset->stored))
    return TRUE;

  if (_ann_hdf5_virtual_init_types (self->dataset->stored, source->stored, &here, &there))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: It has values of the type %s, put together from “%s” with the type %s", path,
               here.description, source->path, there.description);
  return FALSE;
}

static gboolean
count_opening (AnnHdf5Virtual *self, GError **error)
{
  guint n_left = GPOINTER_TO_UINT (g_private_get (&n_openings_left));

  if (n_left == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: It is put together from more than %u datasets", self->dataset->path,
                   MAX_OPENED);
      return FALSE;
    }
  g_private_set (&n_openings_left, GUINT_TO_POINTER (n_left - 1));

  return TRUE;
}

AnnHdf5Dataset *
_ann_hdf5_virtual_open_source (AnnHdf5Virtual *self,
                               const char *file_name,
                               const char *name,
                               GCancellable *cancellable,
                               GError **error)
{
  const char *path = self->dataset->path;
  g_autoptr (AnnHdf5File) file = NULL;
  g_auto (AnnHdf5Target) target = { .file = NULL };

  file = strcmp (file_name, ".") == 0
             ? _ann_hdf5_file_ref (self->dataset->file)
             : _ann_hdf5_file_open_other (self->dataset->file, file_name, path, cancellable, error);
  if (file == NULL || !_ann_hdf5_open_path (file, name, path, &target, cancellable, error))
    return NULL;
  if (!_ann_hdf5_header_is_dataset (target.header))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: It is put together from “%s”, which is no dataset", path, name);
      return NULL;
    }

  return _ann_hdf5_dataset_new (target.file, target.header, self->depth + 1, path, cancellable,
                                error);
}

static gboolean
check_name (AnnHdf5Virtual *self, const char *file, const char *name, GError **error)
{
  if (!g_utf8_validate (file, -1, NULL) || !g_utf8_validate (name, -1, NULL))
    return set_damaged (self, "a name is no text", error);
  if (strchr (file, '%') == NULL && strchr (name, '%') == NULL)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: It is put together from datasets named by a pattern, “%s: %s”",
               self->dataset->path, file, name);
  return FALSE;
}

/* Finds the source of a part, or adds it. */
static gboolean
add_source (AnnHdf5Virtual *self,
            const char *file,
            const char *name,
            guint *number,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree char *key = g_strconcat (file, "\n", name, NULL);
  g_autoptr (AnnHdf5Dataset) dataset = NULL;
  AnnHdf5Source source;
  gpointer found;

  if (g_hash_table_lookup_extended (self->numbers, key, NULL, &found))
    {
      *number = GPOINTER_TO_UINT (found);
      return TRUE;
    }

  if (!check_name (self, file, name, error) || !count_opening (self, error))
    return FALSE;
  dataset = _ann_hdf5_virtual_open_source (self, file, name, cancellable, error);
  if (dataset == NULL || !check_type (self, dataset, error))
    return FALSE;

  *number = self->sources->len;
  source = (AnnHdf5Source){ g_strdup (file), g_strdup (name), dataset->space, NULL };
  if (*number < MAX_KEPT_OPEN)
    source.dataset = g_steal_pointer (&dataset);
  g_array_append_val (self->sources, source);
  g_hash_table_insert (self->numbers, g_steal_pointer (&key), GUINT_TO_POINTER (*number));

  return TRUE;
}

/* Whether the two parts correspond axis by axis. */
static gboolean
match_axes (AnnHdf5Virtual *self, const AnnHdf5Mapping *mapping, GError **error)
{
  const AnnHdf5Selection *here = &mapping->here, *there = &mapping->there;
  guint i = _ann_hdf5_selection_skip_single (here, 0),
        j = _ann_hdf5_selection_skip_single (there, 0);

  while (i < here->rank && j < there->rank)
    {
      if (here->axes[i].size != there->axes[j].size)
        break;
      i = _ann_hdf5_selection_skip_single (here, i + 1);
      j = _ann_hdf5_selection_skip_single (there, j + 1);
    }
  if (i == here->rank && j == there->rank)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: It is put together from parts of another shape than they have here",
               self->dataset->path);
  return FALSE;
}

/* Ends the open axis here where that of the source ends. */
static gboolean
close_axis (AnnHdf5Virtual *self, AnnHdf5Mapping *mapping, guint there, GError **error)
{
  guint here, other;
  guint64 end;

  if (!_ann_hdf5_selection_get_open_axis (&mapping->here, &here)
      || here >= self->dataset->space.rank)
    return set_damaged (self, "a part grows that has nowhere to", error);

  end = _ann_hdf5_selected_axis_set_size (&mapping->here.axes[here],
                                          mapping->there.axes[there].size);
  if (_ann_hdf5_selection_get_open_axis (&mapping->here, &other))
    return set_damaged (self, "a part grows on two axes", error);
  self->ends[here] = MAX (self->ends[here], end);
  self->grows[here] = TRUE;

  return TRUE;
}

/* A name, or the number of a part before this one, which has it too. */
static gboolean
parse_name (AnnHdf5Virtual *self,
            AnnHdf5Cursor *cursor,
            gboolean is_shared,
            const AnnHdf5Source **other,
            const char **name)
{
  guint64 number = 0;
  guint source;

  if (!is_shared)
    return _ann_hdf5_cursor_get_text (cursor, 1, name);
  if (!_ann_hdf5_cursor_get_length (cursor, &number) || number >= self->mappings->len)
    return FALSE;

  source = g_array_index (self->mappings, AnnHdf5Mapping, number).source;
  *other = &g_array_index (self->sources, AnnHdf5Source, source);

  return TRUE;
}

/* In version 1 flags precede the names, which may be left out. */
static gboolean
parse_names (AnnHdf5Virtual *self,
             AnnHdf5Cursor *cursor,
             guint version,
             const char **file,
             const char **name)
{
  const AnnHdf5Source *other = NULL;
  guint8 flags = 0;

  if (version > 0 && !_ann_hdf5_cursor_get_u8 (cursor, &flags))
    return FALSE;

  if ((flags & IN_SAME_FILE) != 0)
    *file = ".";
  else if (!parse_name (self, cursor, (flags & FILE_IS_SHARED) != 0, &other, file))
    return FALSE;
  else if (other != NULL)
    *file = other->file;

  other = NULL;
  if (!parse_name (self, cursor, (flags & NAME_IS_SHARED) != 0, &other, name))
    return FALSE;
  if (other != NULL)
    *name = other->name;

  return TRUE;
}

static gboolean
parse_mapping (AnnHdf5Virtual *self,
               AnnHdf5Cursor *cursor,
               guint version,
               AnnHdf5Mapping *mapping,
               GCancellable *cancellable,
               GError **error)
{
  const char *path = self->dataset->path;
  const AnnHdf5Dataspace *source;
  const char *file, *name;
  gboolean is_open;
  guint axis;

  if (!parse_names (self, cursor, version, &file, &name))
    return set_damaged (self, "it is cut off", error);
  if (!_ann_hdf5_selection_init (&mapping->there, cursor, path, error)
      || !_ann_hdf5_selection_init (&mapping->here, cursor, path, error)
      || !add_source (self, file, name, &mapping->source, cancellable, error))
    return FALSE;

  source = &g_array_index (self->sources, AnnHdf5Source, mapping->source).space;
  is_open = _ann_hdf5_selection_get_open_axis (&mapping->there, &axis);
  if (!_ann_hdf5_selection_bind (&mapping->there, source->rank, source->shape, path, error))
    return FALSE;
  if (is_open)
    return close_axis (self, mapping, axis, error);

  for (guint i = 0; i < mapping->here.rank && i < self->dataset->space.rank; i++)
    self->ends[i] = MAX (self->ends[i], _ann_hdf5_selected_axis_get_end (&mapping->here.axes[i]));

  return TRUE;
}

/* An array that grows with its sources is as long as those reach: the file has the shape that it
 * had when it was written.
 */
static gboolean
set_shape (AnnHdf5Virtual *self, GError **error)
{
  AnnHdf5Dataspace *space = &self->dataset->space;
  guint64 size = self->dataset->stored->size;

  for (guint i = 0; i < space->rank; i++)
    {
      if (self->grows[i])
        space->shape[i] = MIN (self->ends[i], space->max_shape[i]);
      if (space->shape[i] > 0 && !g_uint64_checked_mul (&size, size, space->shape[i]))
        return set_damaged (self, "the array has more elements than can be counted", error);
    }

  return TRUE;
}

static gboolean
bind_mapping (AnnHdf5Virtual *self, AnnHdf5Mapping *mapping, GError **error)
{
  const AnnHdf5Dataspace *space = &self->dataset->space;

  if (!_ann_hdf5_selection_bind (&mapping->here, space->rank, space->shape, self->dataset->path,
                                 error))
    return FALSE;
  if (mapping->there.is_none)
    mapping->here.is_none = TRUE;

  return mapping->here.is_none || match_axes (self, mapping, error);
}

/* A list in the global heap, versions 0 and 1: names of file and dataset, the part there, the part
 * here; with a checksum at its end.
 */
static gboolean
parse (AnnHdf5Virtual *self,
       const guint8 *bytes,
       gsize n_bytes,
       GCancellable *cancellable,
       GError **error)
{
  AnnHdf5Cursor cursor = _ann_hdf5_file_get_cursor (self->dataset->file, bytes, n_bytes);
  guint8 version = 0;
  guint64 n = 0;

  if (!_ann_hdf5_cursor_get_u8 (&cursor, &version))
    return set_damaged (self, "it is cut off", error);
  if (version > MAX_VERSION)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: Its " STRUCTURE " has version %u, which is not known here",
                   self->dataset->path, version);
      return FALSE;
    }
  if (!_ann_hdf5_has_checksum (bytes, n_bytes))
    return set_damaged (self, "a checksum does not fit", error);
  cursor.end -= ANN_HDF5_CHECKSUM_SIZE;
  if (!_ann_hdf5_cursor_get_length (&cursor, &n))
    return set_damaged (self, "it is cut off", error);
  if (n > MAX_MAPPINGS)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: It is put together from more than %u parts", self->dataset->path,
                   MAX_MAPPINGS);
      return FALSE;
    }

  for (guint64 i = 0; i < n; i++)
    {
      AnnHdf5Mapping mapping = { 0 };

      if (!parse_mapping (self, &cursor, version, &mapping, cancellable, error))
        {
          mapping_clear (&mapping);
          return FALSE;
        }
      g_array_append_val (self->mappings, mapping);
    }

  if (!set_shape (self, error))
    return FALSE;
  for (guint i = 0; i < self->mappings->len; i++)
    {
      if (!bind_mapping (self, &g_array_index (self->mappings, AnnHdf5Mapping, i), error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_list (AnnHdf5Virtual *self, GCancellable *cancellable, GError **error)
{
  const AnnHdf5Dataset *dataset = self->dataset;
  g_autoptr (AnnHdf5Heap) heap = NULL;
  const guint8 *bytes;
  gsize n_bytes;

  if (dataset->layout.address == ANN_HDF5_NO_ADDRESS)
    return TRUE;

  heap = _ann_hdf5_heap_new (dataset->file, dataset->path, cancellable);

  return _ann_hdf5_heap_get_object (heap, dataset->layout.address, dataset->layout.heap_index,
                                    &bytes, &n_bytes, error)
         && parse (self, bytes, n_bytes, cancellable, error);
}

AnnHdf5Virtual *
_ann_hdf5_virtual_new (AnnHdf5Dataset *dataset,
                       guint depth,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnHdf5Virtual) self = g_new0 (AnnHdf5Virtual, 1);
  gboolean is_read;

  if (depth > MAX_DEPTH)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: It is put together from datasets that are put together, too deep",
                   dataset->path);
      return NULL;
    }
  if (depth == 0)
    g_private_set (&n_openings_left, GUINT_TO_POINTER (MAX_OPENED));

  self->dataset = dataset;
  self->depth = depth;
  self->sources = g_array_new (FALSE, TRUE, sizeof (AnnHdf5Source));
  g_array_set_clear_func (self->sources, source_clear);
  self->mappings = g_array_new (FALSE, TRUE, sizeof (AnnHdf5Mapping));
  g_array_set_clear_func (self->mappings, mapping_clear);
  self->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  is_read = read_list (self, cancellable, error);
  g_clear_pointer (&self->numbers, g_hash_table_unref);

  return is_read ? g_steal_pointer (&self) : NULL;
}

void
_ann_hdf5_virtual_free (AnnHdf5Virtual *self)
{
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  g_clear_pointer (&self->mappings, g_array_unref);
  g_clear_pointer (&self->sources, g_array_unref);
  g_free (self);
}
