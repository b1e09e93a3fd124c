/* ann-zarr-fill-value.h: what chunks that are not stored hold
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/zarr/ann-zarr-type.h"

G_BEGIN_DECLS

/* Sets @fill_value to one value: a number as the machine has it; what is of fixed length, and
 * records, as in a chunk; of variable length its bytes. %NULL for zero, or the empty text, which
 * `null` means too. %ANN_ERROR_FORMAT for what is no value of the type.
 */
gboolean _ann_zarr_read_fill_value (AnnJsonValue value,
                                    const AnnZarrType *type,
                                    GBytes **fill_value,
                                    GError **error);

G_END_DECLS
