/* ann-codec-nbit.c: only the bits that matter, one after the other: HDF5's filter 5
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-error.h"
#include "codec/ann-bit-reader-private.h"

#include <string.h>

/* The parameters, as HDF5's library writes them: how many there are, whether the bits were left as
 * they are, the number of items, and the type of one, which is one of
 *
 *   1, size, order (1: big-endian), precision, offset    a number
 *   2, size, type                                        an array of that type
 *   3, size, n, n times (place, type)                    a record
 *   4, size                                              bytes that matter whole
 */
enum { NUMBER = 1, ARRAY, RECORD, BYTES };

#define MAX_DEPTH 32
#define MAX_RUNS (1 << 16)
#define MAX_STEPS (1 << 18) /* types that are gone through, for an array of nothing has no runs */

/* Numbers of one kind behind each other in an item. */
typedef struct {
  guint64 place; /* of the first, in the item */
  guint64 count;
  guint size;      /* of one in bytes */
  guint precision; /* the bits of one that are stored */
  guint offset;    /* how many lower bits it has that are not */
  gboolean is_big;
} Run;

/* The type of an item as a list of runs. */
typedef struct {
  guint64 n_items;
  gsize item_size;
  guint64 item_bits;
  gboolean is_valid;
  gboolean is_plain;
  guint n_runs;
  Run runs[];
} Plan;

typedef struct {
  const guint32 *parameters;
  gsize n_parameters;
  gsize next;
  GArray *runs; /* of Run */
  guint64 n_bits;
  guint n_steps;
} Compiler;

static gboolean compile_type (Compiler *self, guint64 place, guint64 room, guint depth);

static gboolean
take (Compiler *self, guint32 *value)
{
  if (self->next >= self->n_parameters)
    return FALSE;
  *value = self->parameters[self->next++];

  return TRUE;
}

static gboolean
add_run (Compiler *self, const Run *run)
{
  guint64 n_bits;

  if (self->runs->len >= MAX_RUNS || !g_uint64_checked_mul (&n_bits, run->count, run->precision)
      || !g_uint64_checked_add (&self->n_bits, self->n_bits, n_bits))
    return FALSE;
  g_array_append_vals (self->runs, run, 1);

  return TRUE;
}

static gboolean
compile_number (Compiler *self, guint64 place, guint32 size)
{
  guint32 order;
  guint32 precision;
  guint32 offset;

  if (!take (self, &order) || !take (self, &precision) || !take (self, &offset) || order > 1
      || precision == 0 || (guint64) precision + offset > (guint64) size * 8)
    return FALSE;

  return add_run (self, &(Run){ place, 1, size, precision, offset, order == 1 });
}

/* The type of the array's items stands once, and is gone through for each of them, but for a
 * number of which there are more than one.
 */
static gboolean
compile_array (Compiler *self, guint64 place, guint32 size, guint depth)
{
  gsize begin = self->next;
  guint n_runs = self->runs->len;
  guint32 item_size = begin + 1 < self->n_parameters ? self->parameters[begin + 1] : 0;
  gboolean is_number = begin < self->n_parameters && self->parameters[begin] == NUMBER;

  if (item_size == 0 || item_size > size)
    return FALSE;

  if (begin < self->n_parameters && self->parameters[begin] == BYTES)
    {
      self->next += 2;
      return add_run (self, &(Run){ place, size, 1, 8, 0, FALSE });
    }

  for (guint64 i = 0; i < size / item_size; i++)
    {
      self->next = begin;
      if (!compile_type (self, place + i * item_size, item_size, depth + 1))
        return FALSE;
      if (is_number)
        {
          Run run = g_array_index (self->runs, Run, n_runs);

          g_array_set_size (self->runs, n_runs);
          self->n_bits -= run.precision;
          run.count = size / item_size;
          return add_run (self, &run);
        }
    }

  return TRUE;
}

static gboolean
compile_record (Compiler *self, guint64 place, guint32 size, guint depth)
{
  guint32 n_members;

  if (!take (self, &n_members))
    return FALSE;
  for (guint32 i = 0; i < n_members; i++)
    {
      guint32 offset;

      if (!take (self, &offset) || offset > size
          || !compile_type (self, place + offset, size - offset, depth + 1))
        return FALSE;
    }

  return TRUE;
}

/* Takes the type of what lies at @place and may have @room bytes. */
static gboolean
compile_type (Compiler *self, guint64 place, guint64 room, guint depth)
{
  guint32 kind;
  guint32 size;

  if (depth > MAX_DEPTH || self->n_steps++ > MAX_STEPS || !take (self, &kind) || !take (self, &size)
      || size > room)
    return FALSE;

  switch (kind)
    {
    case NUMBER:
      return compile_number (self, place, size);
    case ARRAY:
      return compile_array (self, place, size, depth);
    case RECORD:
      return compile_record (self, place, size, depth);
    case BYTES:
      return add_run (self, &(Run){ place, size, 1, 8, 0, FALSE });
    default:
      return FALSE;
    }
}

static Plan *
plan_new (const guint32 *parameters, gsize n_parameters)
{
  g_autoptr (GArray) runs = g_array_new (FALSE, FALSE, sizeof (Run));
  Compiler compiler = { parameters, n_parameters, 3, runs, 0, 0 };
  gboolean has_head = n_parameters > 4;
  gboolean is_valid = has_head && parameters[4] > 0
                      && compile_type (&compiler, 0, parameters[4], 0);
  Plan *plan = g_malloc (sizeof (Plan) + runs->len * sizeof (Run));

  *plan = (Plan){
    .n_items = has_head ? parameters[2] : 0,
    .item_size = has_head ? parameters[4] : 0,
    .item_bits = compiler.n_bits,
    .is_plain = n_parameters > 1 && parameters[1] != 0,
    .is_valid = is_valid,
    .n_runs = runs->len,
  };
  if (runs->len > 0)
    memcpy (plan->runs, runs->data, runs->len * sizeof (Run));

  return plan;
}

/* One number: the bits from the highest on, byte for byte of those that they lie in. */
static inline void
read_number (AnnBitReader *reader, const Run *run, guint8 *dest)
{
  guint last = run->offset + run->precision - 1;

  for (guint i = last / 8 + 1; i-- > run->offset / 8;)
    {
      guint high = i == last / 8 ? last % 8 : 7;
      guint low = i == run->offset / 8 ? run->offset % 8 : 0;

      dest[run->is_big ? run->size - 1 - i : i]
          = (guint8) (_ann_bit_reader_read (reader, high - low + 1) << low);
    }
}

static void
read_items (const Plan *plan, const guint8 *src, guint8 *dest)
{
  AnnBitReader reader = { src, 0, 0 };

  for (guint64 i = 0; i < plan->n_items; i++, dest += plan->item_size)
    for (guint j = 0; j < plan->n_runs; j++)
      {
        const Run *run = &plan->runs[j];

        for (guint64 k = 0; k < run->count; k++)
          read_number (&reader, run, dest + run->place + k * run->size);
      }
}

static gboolean
decode_plain (const guint8 *src, gsize src_size, guint8 *dest, gsize capacity, GError **error)
{
  if (src_size > capacity)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%" G_GSIZE_FORMAT " bytes are more than the chunk", src_size);
      return FALSE;
    }
  if (src_size > 0)
    memcpy (dest, src, src_size);

  return TRUE;
}

static gboolean
nbit_decode (const AnnCodec *codec,
             const guint8 *src,
             gsize src_size,
             guint8 *dest,
             gsize capacity,
             gsize *dest_size,
             GError **error)
{
  const Plan *plan = codec->data;
  guint64 n_bits;
  guint64 size;

  if (plan->is_plain)
    {
      *dest_size = src_size;
      return decode_plain (src, src_size, dest, capacity, error);
    }
  if (!plan->is_valid)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The parameters of the filter n-bit are damaged, or its type is too "
                           "complicated");
      return FALSE;
    }

  size = plan->n_items * plan->item_size; /* both of 32 bits */
  if (size > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);
  if (!g_uint64_checked_mul (&n_bits, plan->n_items, plan->item_bits)
      || n_bits / 8 + (n_bits % 8 != 0) > src_size)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The n-bit stream is too short");
      return FALSE;
    }

  if (size > 0)
    memset (dest, 0, size);
  read_items (plan, src, dest);
  *dest_size = size;

  return TRUE;
}

static const AnnCodecClass nbit_class = { .name = "n-bit", .decode = nbit_decode };

/**
 * ann_codec_new_nbit:
 * @parameters: (array length=n_parameters): those of HDF5's filter
 * @n_parameters: how many
 *
 * Returns: (transfer full): a codec for HDF5's n-bit; if @parameters make no sense, it says so when
 *   it is to decode
 */
AnnCodec *
ann_codec_new_nbit (const guint32 *parameters, gsize n_parameters)
{
  AnnCodec *self;

  g_return_val_if_fail (parameters != NULL || n_parameters == 0, NULL);

  self = _ann_codec_new (&nbit_class, 0, g_strdup ("n-bit"));
  self->data = plan_new (parameters, n_parameters);
  self->is_compressor = TRUE;

  return self;
}
