/* ann-write-column-private.h: columns of tables
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "write/ann-element-writer-private.h"

G_BEGIN_DECLS

gboolean _ann_write_categorical (const AnnElementWriter *self,
                                 AnnElement *element,
                                 AnnNodeWriter *parent,
                                 const char *name,
                                 GCancellable *cancellable,
                                 GError **error);

/* Numbers, bools and texts that may be missing. Texts become what the profile allows. */
gboolean _ann_write_nullable (const AnnElementWriter *self,
                              AnnElement *element,
                              AnnNodeWriter *parent,
                              const char *name,
                              GCancellable *cancellable,
                              GError **error);

/* Any vector as plain texts; its attributes are not taken over. */
gboolean _ann_write_labels (const AnnElementWriter *self,
                            AnnElement *element,
                            AnnNodeWriter *parent,
                            const char *name,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
