/* ann-cell.h: values as text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-block.h"

G_BEGIN_DECLS

ANN_API void ann_cell_append_number (GString *text, AnnDtype dtype, gconstpointer value);
ANN_API gboolean ann_cell_append_value (GString *text,
                                        const AnnBlock *block,
                                        AnnStrings *labels,
                                        guint64 row,
                                        guint64 column);
ANN_API void ann_cell_append_separated (GString *text,
                                        const char *value,
                                        gssize length,
                                        char separator);

G_END_DECLS
