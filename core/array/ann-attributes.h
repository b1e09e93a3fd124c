/* ann-attributes.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"
#include "base/ann-strings.h"

G_BEGIN_DECLS

/**
 * AnnAttributes:
 *
 * The attributes of a node, read as a whole: names with small values. Reference counted,
 * filled by the format that reads it and not changed after that.
 *
 * A value is either texts or numbers, with a shape: rank 0 for a scalar. What a format has
 * and we do not understand keeps its name and a description in place of a value, and the texts of
 * a list that holds other things too.
 */
typedef struct _AnnAttributes AnnAttributes;

#define ANN_TYPE_ATTRIBUTES (ann_attributes_get_type ())

ANN_API GType ann_attributes_get_type (void) G_GNUC_CONST;
ANN_API AnnAttributes *ann_attributes_new (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnAttributes *ann_attributes_ref (AnnAttributes *self);
ANN_API void ann_attributes_unref (AnnAttributes *self);

ANN_API void ann_attributes_add_texts (AnnAttributes *self,
                                       const char *name,
                                       gboolean is_scalar,
                                       AnnStrings *texts);
ANN_API void ann_attributes_add_numbers (AnnAttributes *self, const char *name, AnnBuffer *numbers);
ANN_API void ann_attributes_add_unknown (AnnAttributes *self,
                                         const char *name,
                                         const char *description);
ANN_API void ann_attributes_add_mixed (AnnAttributes *self,
                                       const char *name,
                                       AnnStrings *texts,
                                       const char *description);

ANN_API char **ann_attributes_get_names (AnnAttributes *self) G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_attributes_has (AnnAttributes *self, const char *name);
ANN_API const char *ann_attributes_get_text (AnnAttributes *self, const char *name);
ANN_API AnnStrings *ann_attributes_get_texts (AnnAttributes *self, const char *name);
ANN_API AnnStrings *ann_attributes_get_mixed_texts (AnnAttributes *self, const char *name);
ANN_API gboolean ann_attributes_is_scalar (AnnAttributes *self, const char *name);
ANN_API AnnBuffer *ann_attributes_get_numbers (AnnAttributes *self, const char *name);
ANN_API gboolean ann_attributes_get_int64 (AnnAttributes *self, const char *name, gint64 *value);
ANN_API gboolean ann_attributes_get_boolean (AnnAttributes *self,
                                             const char *name,
                                             gboolean *value);
ANN_API char *ann_attributes_to_string (AnnAttributes *self, const char *name, gsize max_length)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnAttributes, ann_attributes_unref)

G_END_DECLS
