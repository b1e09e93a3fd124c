/* ann-zarr-attributes.h: attributes out of JSON
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

G_END_DECLS
