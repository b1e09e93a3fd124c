/* ann-time-type-private.h: numbers that are points in time, or spans of it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array.h"

G_BEGIN_DECLS

/* What numpy calls the type of an array's int64 values: `datetime64[ns]`, `timedelta64[10s]`,
 * `datetime64`; %NULL if they are plain numbers. Only Zarr has such. (transfer none)
 */
const char *_ann_array_get_time_type (AnnArray *self);

/* Takes such a name apart: @unit is `generic` where it has none. Of what is no such name %FALSE. */
gboolean _ann_time_type_parse (const char *name, gboolean *is_span, guint64 *factor, char **unit);

/* Which of @n points in time are none: numpy's NaT, the least integer. They have no mask. @times:
 * of int64, aligned or not
 */
void _ann_time_find_missing (gconstpointer times, gsize n, guint8 *missing);

/* As float64, NaN where there is none. @times: of int64 */
AnnBuffer *_ann_time_to_fractions (AnnBuffer *times, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
