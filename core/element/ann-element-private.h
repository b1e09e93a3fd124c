/* ann-element-private.h: for the kinds of element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

/**
 * AnnElementClass:
 * @list_children: names in the order in which people expect them; %NULL for a kind without children
 * @open_child: never fails for a broken child: that is an element with a state. Fails with
 *   `ANN_ERROR_NOT_FOUND`, or cancelled
 * @list_arrays: the stored arrays behind the element, for its storage page: (data, indices,
 * indptr), say
 * @read_rows: the rows of a checked range
 * @read_columns: columns; %NULL unless the element has two axes
 *
 * Each kind is a subclass in a file of its own. All run in any thread and several at once.
 */
struct _AnnElementClass {
  GObjectClass parent_class;

  char **(*list_children) (AnnElement *self, GCancellable *cancellable, GError **error);
  AnnElement *(*open_child) (AnnElement *self,
                             const char *name,
                             GCancellable *cancellable,
                             GError **error);
  AnnArray **(*list_arrays) (AnnElement *self, gsize *n_arrays);
  AnnBlock *(*read_rows) (AnnElement *self,
                          guint64 start,
                          guint64 count,
                          GCancellable *cancellable,
                          GError **error);
  AnnBlock *(*read_columns) (AnnElement *self,
                             guint64 start,
                             guint64 count,
                             GCancellable *cancellable,
                             GError **error);
};

/**
 * AnnElementInfo: what is known when an element is made; copied.
 */
typedef struct {
  AnnNode *node;
  AnnElementKind kind;
  const char *encoding_type;
  const char *encoding_version;
  AnnDtype dtype;
  guint rank;
  const guint64 *shape;
} AnnElementInfo;

void _ann_element_set_info (AnnElement *self, const AnnElementInfo *info);

/* Takes @error; the state follows from its code. Only while the element is being made. */
void _ann_element_take_error (AnnElement *self, GError *error);
void _ann_element_add_warning (AnnElement *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* An element in place of one that could not be made: @error says why. Takes @error. */
AnnElement *_ann_opaque_new (AnnNode *node,
                             const char *encoding_type,
                             const char *encoding_version,
                             GError *error);

G_END_DECLS
