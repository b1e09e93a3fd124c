/* ann-inflate.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-inflate-private.h"

#include "base/ann-bytes-private.h"
#include "codec/ann-inflate-tables-private.h"

#include <string.h>

/* The column numbers of a sparse matrix, which most of a store is, come as a byte that cannot be
 * foreseen, then three that are those of four bytes before, or as a few that were met somewhere
 * before. A usual decoder asks of each symbol whether it is a byte or a repetition, and of a
 * repetition whether it overlaps itself; the processor guesses the answer wrong so often that this
 * takes it longer than all else. Here the two are one thing that needs no answer: sixteen bytes are
 * copied, out of the table's entry or out of what was decoded before, and some of them count.
 *
 * What is not in the table, or near an end, goes a slower way; that it is seldom is seen from the
 * codes of the first block that has any, else all is left to the library.
 */
#if defined __x86_64__ && (defined __GNUC__ || defined __clang__)
#include <immintrin.h>

#define STEP ANN_INFLATE_STEP
#define END_OF_BLOCK ANN_INFLATE_END_OF_BLOCK

/* What a turn of decode_quickly() reads at most, and writes without a look at how much room there
 * is: twice eight bytes, and two steps.
 */
#define MAX_READ 16
#define MAX_WRITTEN (2 * STEP)

typedef struct {
  AnnInflateTables tables; /* first, as the table is in them: else each look-up takes an addition */

  const guint8 *next;
  const guint8 *end;
  guint64 bits; /* what is above n_bits is nothing else than what comes */
  guint n_bits;

  guint8 *start;
  guint8 *to;
  guint8 *limit;

  gboolean is_fixed; /* the tables are those of a fixed block */
} Inflater;

/* --- Bits --- */

/* At least 56 bits, or all that are left. */
static inline void
fill_bits (Inflater *self)
{
  if (self->end - self->next >= 8)
    {
      self->bits |= _ann_read_le64 (self->next) << self->n_bits;
      self->next += (63 - self->n_bits) >> 3;
      self->n_bits |= 56;
      return;
    }

  for (; self->n_bits < 56 && self->next < self->end; self->n_bits += 8)
    self->bits |= (guint64) *self->next++ << self->n_bits;
}

/* Of those that are there. */
static inline guint
take_bits (Inflater *self, guint n)
{
  const guint bits = (guint) (self->bits & ((G_GUINT64_CONSTANT (1) << n) - 1));

  self->bits >>= n;
  self->n_bits -= n;

  return bits;
}

/* What follows are whole bytes. */
static void
drop_bits (Inflater *self)
{
  self->next -= self->n_bits / 8;
  self->bits = 0;
  self->n_bits = 0;
}

/* --- Symbols --- */

typedef enum {
  SYMBOL_DONE,
  SYMBOL_ENDS_BLOCK,
  SYMBOL_FAILED,
} SymbolResult;

/* Returns: behind the @n bytes at @to, which are those from @distance before on */
static inline guint8 *
repeat (guint8 *to, gsize distance, gsize n)
{
  for (gsize i = 0; i < n; i++, to++)
    *to = *(to - distance);

  return to;
}

/* A repetition whose length is symbol number @symbol of those behind the end of a block. */
static SymbolResult
decode_repetition (Inflater *self, guint symbol)
{
  guint code_length;
  guint n;
  guint distance;
  gint number;

  if (symbol >= G_N_ELEMENTS (_ann_inflate_lengths)
      || self->n_bits < _ann_inflate_length_extra[symbol])
    return SYMBOL_FAILED;
  n = _ann_inflate_lengths[symbol] + take_bits (self, _ann_inflate_length_extra[symbol]);

  number = _ann_inflate_code_look_up (&self->tables.distance_code, self->bits, &code_length);
  if (number < 0 || number >= (gint) G_N_ELEMENTS (_ann_inflate_distances)
      || self->n_bits < code_length + _ann_inflate_distance_extra[number])
    return SYMBOL_FAILED;
  take_bits (self, code_length);
  distance = _ann_inflate_distances[number] + take_bits (self, _ann_inflate_distance_extra[number]);

  if (distance > (gsize) (self->to - self->start) || n > (gsize) (self->limit - self->to))
    return SYMBOL_FAILED;
  self->to = repeat (self->to, distance, n);

  return SYMBOL_DONE;
}

/* Any symbol, slowly, with all that is wrong found out. It takes 48 bits at most. */
static SymbolResult
decode_one (Inflater *self)
{
  guint code_length;
  gint symbol;

  fill_bits (self);
  symbol = _ann_inflate_code_look_up (&self->tables.symbol_code, self->bits, &code_length);
  if (symbol < 0 || self->n_bits < code_length)
    return SYMBOL_FAILED;
  take_bits (self, code_length);

  if (symbol > END_OF_BLOCK)
    return decode_repetition (self, (guint) symbol - END_OF_BLOCK - 1);
  if (symbol == END_OF_BLOCK)
    return SYMBOL_ENDS_BLOCK;

  if (self->to == self->limit)
    return SYMBOL_FAILED;
  *self->to++ = (guint8) symbol;

  return SYMBOL_DONE;
}

/* --- Symbols, quickly --- */

#define QUICK __attribute__ ((target ("avx,bmi,bmi2")))
#define QUICK_PIECE QUICK static inline __attribute__ ((always_inline))

/* The inner state, in registers. */
typedef struct {
  guint64 bits;
  guint n_bits; /* in its lowest byte */
  const guint8 *next;
  guint8 *to;
} Turn;

QUICK_PIECE void
fill_turn (Turn *turn)
{
  turn->bits |= _ann_read_le64 (turn->next) << (turn->n_bits & 63);
  turn->next += (~turn->n_bits & 63) >> 3;
  turn->n_bits |= 56;
}

QUICK_PIECE void
drop_turn_bits (Turn *turn, guint64 entry)
{
  turn->bits >>= entry & 63;
  turn->n_bits -= (guint) entry;
}

QUICK_PIECE gsize
get_distance (guint64 entry, guint64 bits)
{
  return (entry >> ANN_INFLATE_DISTANCE_SHIFT)
         + __bextr_u64 (bits, entry >> ANN_INFLATE_EXTRA_SHIFT);
}

/* How the bytes at a distance follow each other, the last row at STEP and beyond; the first is not
 * of a distance, but of a byte.
 */
static const guint8 patterns[STEP + 1][STEP] __attribute__ ((aligned (STEP))) = {
  { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
  { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
  { 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 },
  { 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0 },
  { 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3 },
  { 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0 },
  { 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3 },
  { 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0 },
  { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
};

/* A byte or a repetition, of 24 bits at most. Returns: %FALSE, with nothing done, if it is an
 * exception, or wrong
 */
QUICK_PIECE gboolean
decode_entry (const Inflater *self, Turn *turn)
{
  const gsize place = turn->bits & ((1 << ANN_INFLATE_TABLE_BITS) - 1);
  const guint64 entry = self->tables.table[place];
  const gsize distance = get_distance (entry, turn->bits);
  guintptr from = (guintptr) turn->to - distance;
  __m128i bytes;

  if (G_UNLIKELY (entry >= ANN_INFLATE_IS_EXCEPTION || from < (guintptr) self->start))
    return FALSE;

  /* If the distance is 0, from the entry's byte. Written in C the compiler makes a branch of it,
   * and with a pointer to the entry it lets each look-up wait for an address that only this needs.
   */
  __asm__("test %1, %1\n\tcmovz %2, %0"
          : "+r"(from)
          : "r"(distance), "r"((const guint8 *) self->tables.table + place * sizeof entry
                               + ANN_INFLATE_BYTE_SHIFT / 8)
          : "cc");
  bytes = _mm_shuffle_epi8 (_mm_loadu_si128 ((const __m128i *) from),
                            _mm_load_si128 ((const __m128i *) patterns[MIN (distance, STEP)]));
  _mm_storeu_si128 ((__m128i *) turn->to, bytes);
  turn->to += (guint8) (entry >> ANN_INFLATE_N_BYTES_SHIFT);
  drop_turn_bits (turn, entry);

  return TRUE;
}

/* A repetition whose length and distance are in the tables, but not together, or that is longer
 * than a step: of 40 bits at most. Returns: %FALSE, with nothing done, if it is none or wrong
 */
QUICK_PIECE gboolean
decode_exception (const Inflater *self, Turn *turn)
{
  Turn now = *turn;
  guint64 entry = self->tables.table[now.bits & ((1 << ANN_INFLATE_TABLE_BITS) - 1)];
  const guint symbol = (guint) (entry >> ANN_INFLATE_SYMBOL_SHIFT & 0x7fff) - END_OF_BLOCK - 1;
  gsize distance;
  gsize n;

  if (entry < ANN_INFLATE_IS_EXCEPTION || (guint8) entry == 0
      || symbol >= G_N_ELEMENTS (_ann_inflate_lengths))
    return FALSE;
  drop_turn_bits (&now, entry);
  n = _ann_inflate_lengths[symbol] + _bzhi_u64 (now.bits, _ann_inflate_length_extra[symbol]);
  drop_turn_bits (&now, _ann_inflate_length_extra[symbol]);

  entry = self->tables.distance_table[now.bits & ((1 << ANN_INFLATE_DISTANCE_BITS) - 1)];
  if (entry >= ANN_INFLATE_IS_EXCEPTION)
    return FALSE;
  distance = get_distance (entry, now.bits);
  if (distance > (gsize) (now.to - self->start) || n > (gsize) (self->limit - now.to))
    return FALSE;
  drop_turn_bits (&now, entry);

  now.to = repeat (now.to, distance, n);
  *turn = now;

  return TRUE;
}

/* All up to what only decode_one() does, and as long as there is room to read and write. */
QUICK static void
decode_quickly (Inflater *self)
{
  const guint8 *const last_next = self->end - MAX_READ;
  const guint8 *const last_to = self->limit - MAX_WRITTEN;
  Turn turn = { self->bits, self->n_bits, self->next, self->to };

  while (turn.next <= last_next && turn.to <= last_to)
    {
      fill_turn (&turn);
      if (G_LIKELY (decode_entry (self, &turn) && decode_entry (self, &turn)))
        continue;

      fill_turn (&turn);
      if (!decode_exception (self, &turn))
        break;
    }

  self->bits = turn.bits;
  self->n_bits = (guint8) turn.n_bits;
  self->next = turn.next;
  self->to = turn.to;
}

/* --- Blocks --- */

static gboolean
decode_symbols (Inflater *self)
{
  SymbolResult result;

  do
    {
      if (self->end - self->next >= MAX_READ && self->limit - self->to >= MAX_WRITTEN)
        decode_quickly (self);
      result = decode_one (self);
    }
  while (result == SYMBOL_DONE);

  return result == SYMBOL_ENDS_BLOCK;
}

static gboolean
copy_stored_block (Inflater *self)
{
  guint n;

  drop_bits (self);
  if (self->end - self->next < 4)
    return FALSE;
  n = _ann_read_le32 (self->next);
  if ((n & 0xffff) != (~n >> 16))
    return FALSE;
  n &= 0xffff;
  self->next += 4;
  if (n > self->end - self->next || n > self->limit - self->to)
    return FALSE;
  memcpy (self->to, self->next, n);
  self->next += n;
  self->to += n;

  return TRUE;
}

/* RFC 1951, 3.2.6. Such a block may have ten bits, and there may be millions of them. */
static gboolean
begin_fixed_block (Inflater *self)
{
  guint8 code_lengths[ANN_INFLATE_N_SYMBOLS + ANN_INFLATE_N_DISTANCES];

  if (self->is_fixed)
    return TRUE;

  memset (code_lengths, 8, 144);
  memset (code_lengths + 144, 9, 112);
  memset (code_lengths + 256, 7, 24);
  memset (code_lengths + 280, 8, 8);
  memset (code_lengths + ANN_INFLATE_N_SYMBOLS, 5, ANN_INFLATE_N_DISTANCES);
  self->is_fixed = TRUE;

  return _ann_inflate_tables_init (&self->tables, code_lengths, ANN_INFLATE_N_SYMBOLS,
                                   ANN_INFLATE_N_DISTANCES);
}

#define NO_LENGTH 0xff /* before the first */

/* Some lengths of codes, up to @most: a length, or that some follow which are 0 or the last one.
 * Returns: how many, or 0 if it is wrong
 */
static guint
read_code_lengths (Inflater *self, const AnnInflateCode *code, guint8 *to, guint8 *last, guint most)
{
  guint code_length;
  guint n = 1;
  gint symbol;

  fill_bits (self);
  symbol = _ann_inflate_code_look_up (code, self->bits, &code_length);
  if (symbol < 0 || self->n_bits < code_length + 7) /* as many as may follow */
    return 0;
  take_bits (self, code_length);

  if (symbol < 16)
    *last = (guint8) symbol;
  else if (symbol == 16)
    n = 3 + take_bits (self, 2);
  else
    {
      n = symbol == 17 ? 3 + take_bits (self, 3) : 11 + take_bits (self, 7);
      *last = 0;
    }
  if (n > most || *last == NO_LENGTH)
    return 0;
  memset (to, *last, n);

  return n;
}

/* RFC 1951, 3.2.7. */
static gboolean
begin_dynamic_block (Inflater *self)
{
  static const guint8 order[19] = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };
  guint8 code_lengths[ANN_INFLATE_N_SYMBOLS + ANN_INFLATE_N_DISTANCES] = { 0 };
  AnnInflateCode code;
  guint8 last = NO_LENGTH;
  guint n_symbols;
  guint n_distances;
  guint n;
  guint n_read = 0;

  self->is_fixed = FALSE;
  fill_bits (self);
  if (self->n_bits < 14)
    return FALSE;
  n_symbols = 257 + take_bits (self, 5);
  n_distances = 1 + take_bits (self, 5);
  n = 4 + take_bits (self, 4);
  for (guint i = 0; i < n; i++)
    {
      fill_bits (self);
      if (self->n_bits < 3)
        return FALSE;
      code_lengths[order[i]] = (guint8) take_bits (self, 3);
    }
  if (_ann_inflate_code_init (&code, code_lengths, G_N_ELEMENTS (order)) != 0)
    return FALSE;

  while (n_read < n_symbols + n_distances)
    {
      n = read_code_lengths (self, &code, code_lengths + n_read, &last,
                             n_symbols + n_distances - n_read);
      if (n == 0)
        return FALSE;
      n_read += n;
    }

  return _ann_inflate_tables_init (&self->tables, code_lengths, n_symbols, n_distances);
}

/* RFC 1951, 3.2.3. */
static gboolean
decode_block (Inflater *self, gboolean *is_last)
{
  const gboolean has_none = self->to == self->start;
  guint kind;

  fill_bits (self);
  if (self->n_bits < 3)
    return FALSE;
  *is_last = take_bits (self, 1) != 0;
  kind = take_bits (self, 2);
  if (kind == 0)
    return copy_stored_block (self);

  return (kind == 1 ? begin_fixed_block (self) : kind == 2 && begin_dynamic_block (self))
         && (!has_none || _ann_inflate_tables_pay (&self->tables)) && decode_symbols (self);
}

gboolean
_ann_inflate (const guint8 *src,
              gsize src_size,
              guint8 *dest,
              gsize capacity,
              gsize *n_read,
              gsize *n_written)
{
  gboolean is_last = FALSE;
  Inflater self;

  /* What hardly takes less room than before is bytes for the most part, and what takes an eighth of
   * it long repetitions: the codes need not be looked at.
   */
  if (src_size < capacity / 8 || src_size > capacity / 8 * 7 || !__builtin_cpu_supports ("avx")
      || !__builtin_cpu_supports ("bmi") || !__builtin_cpu_supports ("bmi2"))
    return FALSE;

  self.next = src;
  self.end = src + src_size;
  self.bits = 0;
  self.n_bits = 0;
  self.start = dest;
  self.to = dest;
  self.limit = dest + capacity;
  self.is_fixed = FALSE;
  while (!is_last)
    {
      if (!decode_block (&self, &is_last))
        return FALSE;
    }
  drop_bits (&self);
  *n_read = (gsize) (self.next - src);
  *n_written = (gsize) (self.to - dest);

  return TRUE;
}

#else

gboolean
_ann_inflate (G_GNUC_UNUSED const guint8 *src,
              G_GNUC_UNUSED gsize src_size,
              G_GNUC_UNUSED guint8 *dest,
              G_GNUC_UNUSED gsize capacity,
              G_GNUC_UNUSED gsize *n_read,
              G_GNUC_UNUSED gsize *n_written)
{
  return FALSE;
}

#endif
