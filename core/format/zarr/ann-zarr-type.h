/* ann-zarr-type.h: the types of Zarr's arrays
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-dtype.h"
#include "base/ann-json-private.h"

G_BEGIN_DECLS

/**
 * AnnZarrKind:
 * @ANN_ZARR_NUMBER: numbers, truth values, times
 * @ANN_ZARR_BYTES: of fixed length, NULs at the end do not count
 * @ANN_ZARR_UTF32: a text of so many code points, NULs at the end do not count
 * @ANN_ZARR_OPAQUE: of fixed length, all of them count
 * @ANN_ZARR_RECORD: fields one behind the other
 * @ANN_ZARR_OBJECT: of variable length, where a codec says what it is
 * @ANN_ZARR_UNKNOWN: can be named alone
 */
typedef enum {
  ANN_ZARR_NUMBER,
  ANN_ZARR_BYTES,
  ANN_ZARR_UTF32,
  ANN_ZARR_OPAQUE,
  ANN_ZARR_RECORD,
  ANN_ZARR_OBJECT,
  ANN_ZARR_UNKNOWN,
} AnnZarrKind;

typedef struct _AnnZarrType AnnZarrType;

/**
 * AnnZarrField:
 * @offset: where it begins in the record
 * @rank: of an array of @type that each record holds; 0 for one value
 */
typedef struct {
  char *name;
  AnnZarrType *type;
  gsize offset;
  guint rank;
  guint64 *shape;
} AnnZarrField;

/**
 * AnnZarrType:
 * @dtype: what its values are read as
 * @description: in the words of the store
 * @size: bytes of one value in a chunk; 0 where they vary, or for what is unknown
 * @unit: bytes of what has a byte order: half of a complex number, one code point; 0 without one
 * @is_swapped: it is not the machine's
 * @fields: (nullable): of a record
 *
 * Immutable once the metadata of its array was read, which owns it; a type of records owns those of
 * its fields.
 */
struct _AnnZarrType {
  AnnZarrKind kind;
  AnnDtype dtype;
  char *description;
  gsize size;
  gsize unit;
  gboolean is_swapped;
  GPtrArray *fields;
};

/* Of `.zarray`: `<f4`, or a list of fields. %ANN_ERROR_FORMAT for what is no type at all; what is
 * only not known is a type too.
 */
AnnZarrType *_ann_zarr_type_new_v2 (AnnJsonValue value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of `zarr.json`: a name, or a name with a configuration. Its byte order is set later. */
AnnZarrType *_ann_zarr_type_new_v3 (AnnJsonValue value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What numpy takes for a type, which is what numcodecs' parameters hold: `<f4`, `f4`, `float32`. */
AnnZarrType *_ann_zarr_type_new_numpy (AnnJsonValue value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

void _ann_zarr_type_free (AnnZarrType *self);

/* What the codec `bytes` says: of all that has a byte order in it. */
void _ann_zarr_type_set_big_endian (AnnZarrType *self, gboolean is_big_endian);

/* What an object array holds, once a codec told: STRING, BYTES or a SEQUENCE. */
void _ann_zarr_type_set_object (AnnZarrType *self, AnnDtype dtype, const char *description);

/* (nullable) */
const AnnZarrField *_ann_zarr_type_find_field (const AnnZarrType *self, const char *name);

/* Turns @n stored numbers, @stride bytes apart, into those of the machine. */
void _ann_zarr_type_convert (const AnnZarrType *self,
                             const guint8 *from,
                             gsize stride,
                             gsize n,
                             guint8 *to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnZarrType, _ann_zarr_type_free)

G_END_DECLS
