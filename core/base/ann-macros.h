/* ann-macros.h: symbol visibility
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#if !defined(ANN_INSIDE) && !defined(ANN_COMPILATION)
#error "Include <ann-core.h> alone."
#endif

#include <glib-object.h>

#define ANN_API __attribute__ ((visibility ("default"))) extern

/* As G_DECLARE_FINAL_TYPE, for a parent whose class struct is not public: strangers use the type
 * and cannot subclass its parent. The .c says `typedef struct { ParentClass parent_class; }
 * TypeClass;`.
 */
#define ANN_DECLARE_FINAL_TYPE(Type, type_name, MODULE, NAME, Parent)                              \
  GType type_name##_get_type (void);                                                               \
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS                                                                 \
  typedef struct _##Type Type;                                                                     \
  _GLIB_DEFINE_AUTOPTR_CHAINUP (Type, Parent)                                                      \
  G_GNUC_UNUSED static inline Type *MODULE##_##NAME (gpointer object)                              \
  {                                                                                                \
    return G_TYPE_CHECK_INSTANCE_CAST (object, type_name##_get_type (), Type);                     \
  }                                                                                                \
  G_GNUC_UNUSED static inline gboolean MODULE##_IS_##NAME (gpointer object)                        \
  {                                                                                                \
    return G_TYPE_CHECK_INSTANCE_TYPE (object, type_name##_get_type ());                           \
  }                                                                                                \
  G_GNUC_END_IGNORE_DEPRECATIONS
