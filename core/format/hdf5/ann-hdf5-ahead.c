/* ann-hdf5-ahead.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-ahead.h"

#include "format/hdf5/ann-hdf5-attributes.h"
#include "format/hdf5/ann-hdf5-group.h"

/* Where an object's parts lie is said in other parts. So the objects are read as always, but from a
 * source that has nothing but what is in memory, and notes what is not. All that was missed is
 * brought in one call, and those who missed something try again.
 */

/* Objects that are looked at, times that the network is waited for, and bytes that are brought. */
#define MAX_OBJECTS 1024
#define MAX_ROUNDS 12
#define MAX_BYTES ((guint64) 8 << 20)

/* Parts are made whole numbers of so many bytes, at multiples of it: structures lie in groups. What
 * lies between two parts that are not further apart than two of them is brought too, for it is one
 * request then. In a file that has its structures all over, smaller ones when much was brought.
 */
#define UNIT_SIZE ((guint64) 128 << 10)
#define SMALL_UNIT_SIZE ((guint64) 16 << 10)
#define MAX_IN_LARGE_UNITS ((guint64) 3 << 20)

/* --- What is in memory of a source --- */

G_DECLARE_FINAL_TYPE (AnnNearSource, ann_near_source, ANN, NEAR_SOURCE, AnnSource)

struct _AnnNearSource {
  AnnSource parent_instance;

  AnnSource *source;
  GArray *missed; /* AnnSourcePart */
};

G_DEFINE_FINAL_TYPE (AnnNearSource, ann_near_source, ANN_TYPE_SOURCE)

/* A part without memory would be brought near, and so it is in the end. */
static gboolean
ann_near_source_read (AnnSource *source,
                      const AnnSourcePart *parts,
                      gsize n,
                      G_GNUC_UNUSED GCancellable *cancellable,
                      GError **error)
{
  AnnNearSource *self = ANN_NEAR_SOURCE (source);
  gboolean is_here = TRUE;

  for (gsize i = 0; i < n; i++)
    {
      if (parts[i].length == 0 || _ann_source_try_read (self->source, &parts[i], 1))
        continue;
      g_array_append_val (self->missed, parts[i]);
      is_here = is_here && parts[i].bytes == NULL;
    }
  if (!is_here)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "It is not here yet");

  return is_here;
}

static void
ann_near_source_finalize (GObject *object)
{
  AnnNearSource *self = ANN_NEAR_SOURCE (object);

  g_clear_object (&self->source);
  g_array_unref (self->missed);

  G_OBJECT_CLASS (ann_near_source_parent_class)->finalize (object);
}

static void
ann_near_source_class_init (AnnNearSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_near_source_finalize;
  ANN_SOURCE_CLASS (klass)->read = ann_near_source_read;
}

static void
ann_near_source_init (AnnNearSource *self)
{
  self->missed = g_array_new (FALSE, FALSE, sizeof (AnnSourcePart));
}

static AnnNearSource *
near_source_new (AnnSource *source)
{
  AnnNearSource *self = g_object_new (ann_near_source_get_type (), NULL);

  self->source = g_object_ref (source);
  _ann_source_set_info (ANN_SOURCE (self), _ann_source_get_size (source), TRUE, NULL,
                        _ann_source_get_identity (source));

  return self;
}

/* --- The objects --- */

typedef struct {
  AnnNearSource *near;
  AnnHdf5File *file; /* over @near */
  GArray *addresses; /* of the objects that are to be read, those found first first */
  GHashTable *seen;  /* the same */
  guint64 n_bytes;   /* that were brought */
} Ahead;

static void
add_object (Ahead *self, guint64 address)
{
  if (g_hash_table_size (self->seen) < MAX_OBJECTS
      && g_hash_table_add (self->seen, g_memdup2 (&address, sizeof address)))
    g_array_append_val (self->addresses, address);
}

/* Whether something was missed; what else is wrong is the matter of who reads it. */
static gboolean
has_missed (GError **error)
{
  gboolean result = g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  g_clear_error (error);

  return result;
}

/* Reads all of an object, as far as it is here; adds those below it. %FALSE if some of it is not.
 */
static gboolean
read_object (Ahead *self, guint64 address)
{
  g_autoptr (AnnHdf5Header) header = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (GArray) below = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  gboolean is_here;

  header = _ann_hdf5_header_read (self->file, address, "", NULL, &error);
  if (header == NULL)
    return !has_missed (&error);

  attributes = _ann_hdf5_read_attributes (self->file, header, "", NULL, &error);
  is_here = attributes != NULL || !has_missed (&error);
  if (!_ann_hdf5_header_is_group (header))
    return is_here;

  if (!_ann_hdf5_group_list_objects (self->file, header, below, NULL, "", &error)
      && has_missed (&error))
    is_here = FALSE;
  if (!_ann_hdf5_group_list (self->file, header, names, NULL, NULL, "", &error)
      && has_missed (&error))
    is_here = FALSE;
  for (guint i = 0; i < below->len; i++)
    add_object (self, g_array_index (below, guint64, i));

  return is_here;
}

/* Reads what can be read, and leaves the objects of which something was missed. */
static void
read_objects (Ahead *self)
{
  guint n_left = 0;

  for (guint i = 0; i < self->addresses->len; i++)
    {
      guint64 address = g_array_index (self->addresses, guint64, i);

      if (!read_object (self, address))
        g_array_index (self->addresses, guint64, n_left++) = address;
    }
  g_array_set_size (self->addresses, n_left);
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const AnnSourcePart *x = a, *y = b;

  return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* How large the units are to be that are brought of what was missed, which is sorted. */
static guint64
choose_unit (const Ahead *self, const GArray *missed)
{
  guint64 n_bytes = self->n_bytes;
  guint64 end = 0;

  for (guint i = 0; i < missed->len; i++)
    {
      const AnnSourcePart *part = &g_array_index (missed, AnnSourcePart, i);

      if (part->offset < end)
        continue;
      n_bytes += UNIT_SIZE;
      end = part->offset - part->offset % UNIT_SIZE + UNIT_SIZE;
    }

  return n_bytes <= MAX_IN_LARGE_UNITS ? UNIT_SIZE : SMALL_UNIT_SIZE;
}

/* Makes of what was missed whole units, and joins those that lie close together. */
static void
join_missed (Ahead *self)
{
  GArray *missed = self->near->missed;
  guint64 unit;
  guint n = 0;

  g_array_sort (missed, compare_parts);
  unit = choose_unit (self, missed);
  for (guint i = 0; i < missed->len; i++)
    {
      const AnnSourcePart *part = &g_array_index (missed, AnnSourcePart, i);
      AnnSourcePart *last = n > 0 ? &g_array_index (missed, AnnSourcePart, n - 1) : NULL;
      guint64 start = part->offset - part->offset % unit;
      guint64 end = (part->offset + part->length + unit - 1) / unit * unit; /* within the file */

      if (last != NULL && start <= last->offset + last->length + 2 * unit)
        {
          start = last->offset;
          end = MAX (end, start + last->length);
          n--;
        }
      g_array_index (missed, AnnSourcePart, n++) = (AnnSourcePart){ start, end - start, NULL };
    }
  g_array_set_size (missed, n);
}

/* Brings what was missed, if the limit allows for it; @is_at_end, if for none of it. */
static gboolean
bring_missed (Ahead *self, gboolean *is_at_end, GCancellable *cancellable, GError **error)
{
  GArray *missed = self->near->missed;
  gboolean is_brought;
  guint n = 0;

  join_missed (self);
  for (guint i = 0; i < missed->len; i++)
    {
      const AnnSourcePart part = g_array_index (missed, AnnSourcePart, i);

      if (part.length > MAX_BYTES - self->n_bytes)
        continue;
      self->n_bytes += part.length;
      g_array_index (missed, AnnSourcePart, n++) = part;
    }
  g_array_set_size (missed, n);
  *is_at_end = n == 0;
  is_brought = _ann_source_prefetch (self->near->source, (AnnSourcePart *) (void *) missed->data,
                                     missed->len, cancellable, error);
  g_array_set_size (missed, 0);

  return is_brought;
}

gboolean
_ann_hdf5_read_ahead (AnnHdf5File *file, GCancellable *cancellable, GError **error)
{
  AnnSource *source = _ann_hdf5_file_get_source (file);
  g_autoptr (AnnNearSource) near = NULL;
  g_autoptr (AnnHdf5File) near_file = NULL;
  g_autoptr (GArray) addresses = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  Ahead self = { .addresses = addresses, .seen = seen };
  gboolean is_at_end = FALSE;

  if (!_ann_source_is_remote (source))
    return TRUE;

  self.near = near = near_source_new (source);
  self.file = near_file = _ann_hdf5_file_new_view (file, ANN_SOURCE (near));
  add_object (&self, _ann_hdf5_file_get_root (file));
  for (guint i = 0; i < MAX_ROUNDS && !is_at_end; i++)
    {
      read_objects (&self);
      if (!bring_missed (&self, &is_at_end, cancellable, error))
        return FALSE;
    }

  return TRUE;
}
