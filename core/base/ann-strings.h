/* ann-strings.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnStrings:
 *
 * Many texts in two blocks of memory: all bytes, and where each begins. Reference
 * counted; filled by the one who made it, and not changed once a second owner has it.
 *
 * Each text is as stored, followed by a NUL that is not part of it. It may hold NULs and
 * bytes that are not UTF-8: [method@Ann.Strings.dup_utf8] gives what can be shown.
 *
 * A text may stand for an object that is none: a truth value in a column of Python objects.
 */
typedef struct _AnnStrings AnnStrings;

#define ANN_TYPE_STRINGS (ann_strings_get_type ())

ANN_API GType ann_strings_get_type (void) G_GNUC_CONST;
ANN_API AnnStrings *ann_strings_new (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnStrings *ann_strings_ref (AnnStrings *self);
ANN_API void ann_strings_unref (AnnStrings *self);

ANN_API gboolean ann_strings_append (AnnStrings *self,
                                     const char *text,
                                     gssize length,
                                     GError **error);
ANN_API gboolean ann_strings_append_object (AnnStrings *self,
                                            const char *text,
                                            gssize length,
                                            GError **error);
ANN_API gboolean ann_strings_append_range (AnnStrings *self,
                                           const AnnStrings *from,
                                           gsize first,
                                           gsize n,
                                           GError **error);

ANN_API gsize ann_strings_get_length (const AnnStrings *self);
ANN_API gboolean ann_strings_are_objects (const AnnStrings *self);
ANN_API const char *ann_strings_get (const AnnStrings *self, gsize index, gsize *length);
ANN_API char *ann_strings_dup_utf8 (const AnnStrings *self, gsize index) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnStrings, ann_strings_unref)

G_END_DECLS
