/* ann-zarr-attributes.h: attributes and JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"
#include "base/ann-json-private.h"

G_BEGIN_DECLS

/* The members of an object; none of anything else. Texts, numbers and truth values, and lists of
 * those of one kind, nested in a regular shape, become what they are. What is left (objects, null,
 * ragged or mixed lists) keeps its JSON text as a description.
 */
AnnAttributes *_ann_zarr_attributes_new (AnnJsonValue value) G_GNUC_WARN_UNUSED_RESULT;

/* Adds @attributes (nullable) as an object. What has a description in place of a value is written
 * if that is JSON, and left out else: another format has it.
 */
void _ann_zarr_attributes_append (GString *json, AnnAttributes *attributes);

/* Adds the value of one; %FALSE, with nothing added, for one that is left out. */
gboolean _ann_zarr_attributes_append_value (GString *json,
                                            AnnAttributes *attributes,
                                            const char *name);

G_END_DECLS
