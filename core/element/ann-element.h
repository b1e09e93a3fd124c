/* ann-element.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"
#include "base/ann-selection.h"
#include "element/ann-block.h"

G_BEGIN_DECLS

#define ANN_TYPE_ELEMENT (ann_element_get_type ())

ANN_API
G_DECLARE_DERIVABLE_TYPE (AnnElement, ann_element, ANN, ELEMENT, GObject)

/**
 * AnnElementKind:
 * @ANN_ELEMENT_ANNDATA: a whole annotated matrix: the root, or one within (MuData's `mod/…`)
 * @ANN_ELEMENT_RAW: `raw`: an X and a var of its own
 * @ANN_ELEMENT_MAPPING: named children: `dict`
 * @ANN_ELEMENT_FRAME: a table: `dataframe`
 * @ANN_ELEMENT_DENSE: numbers with any number of axes: `array`
 * @ANN_ELEMENT_CSR: sparse by rows
 * @ANN_ELEMENT_CSC: sparse by columns
 * @ANN_ELEMENT_CATEGORICAL: codes into categories
 * @ANN_ELEMENT_NULLABLE_INTEGER: integers with a mask
 * @ANN_ELEMENT_NULLABLE_BOOLEAN: bools with a mask
 * @ANN_ELEMENT_NULLABLE_STRING: texts with a mask
 * @ANN_ELEMENT_STRINGS: texts with one or more axes: `string-array`
 * @ANN_ELEMENT_BYTES: values of so many bytes each, which say nothing of themselves: HDF5's opaque
 * @ANN_ELEMENT_SEQUENCES: lists of numbers of any length: HDF5's sequences of variable length
 * @ANN_ELEMENT_RECORDS: a vector of records: `rec-array`
 * @ANN_ELEMENT_AWKWARD: nested lists: `awkward-array`
 * @ANN_ELEMENT_STRING: one text
 * @ANN_ELEMENT_NUMBER: one number, bool or complex: `numeric-scalar`
 * @ANN_ELEMENT_NULL: nothing
 * @ANN_ELEMENT_OPAQUE: something that we do not know, or that is broken
 *
 * What an element is. Numpy's fixed-length bytes are [enum@Ann.ElementKind.STRINGS] and
 * [enum@Ann.ElementKind.STRING] of dtype bytes.
 */
typedef enum {
  ANN_ELEMENT_ANNDATA,
  ANN_ELEMENT_RAW,
  ANN_ELEMENT_MAPPING,
  ANN_ELEMENT_FRAME,
  ANN_ELEMENT_DENSE,
  ANN_ELEMENT_CSR,
  ANN_ELEMENT_CSC,
  ANN_ELEMENT_CATEGORICAL,
  ANN_ELEMENT_NULLABLE_INTEGER,
  ANN_ELEMENT_NULLABLE_BOOLEAN,
  ANN_ELEMENT_NULLABLE_STRING,
  ANN_ELEMENT_STRINGS,
  ANN_ELEMENT_BYTES,
  ANN_ELEMENT_SEQUENCES,
  ANN_ELEMENT_RECORDS,
  ANN_ELEMENT_AWKWARD,
  ANN_ELEMENT_STRING,
  ANN_ELEMENT_NUMBER,
  ANN_ELEMENT_NULL,
  ANN_ELEMENT_OPAQUE,
} AnnElementKind;

/**
 * AnnElementState:
 * @ANN_ELEMENT_OK: can be read, as far as its metadata tells
 * @ANN_ELEMENT_UNSUPPORTED: an encoding or type that this version does not know
 * @ANN_ELEMENT_MISSING_CODEC: compressed with something that is not in this build
 * @ANN_ELEMENT_CORRUPT: its parts contradict each other or cannot be read
 * @ANN_ELEMENT_DENIED: lies where we do not go, or may not
 *
 * One broken element never blocks the others: it is there, with its path, and says why.
 */
typedef enum {
  ANN_ELEMENT_OK,
  ANN_ELEMENT_UNSUPPORTED,
  ANN_ELEMENT_MISSING_CODEC,
  ANN_ELEMENT_CORRUPT,
  ANN_ELEMENT_DENIED,
} AnnElementState;

ANN_API AnnElement *ann_element_open (AnnNode *node, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

ANN_API AnnNode *ann_element_get_node (AnnElement *self);
ANN_API const char *ann_element_get_path (AnnElement *self);
ANN_API const char *ann_element_get_name (AnnElement *self);
ANN_API AnnElementKind ann_element_get_kind (AnnElement *self);
ANN_API const char *ann_element_get_encoding_type (AnnElement *self);
ANN_API const char *ann_element_get_encoding_version (AnnElement *self);

ANN_API AnnElementState ann_element_get_state (AnnElement *self);
ANN_API const GError *ann_element_get_error (AnnElement *self);
ANN_API const char *const *ann_element_get_warnings (AnnElement *self);

ANN_API guint ann_element_get_rank (AnnElement *self);
ANN_API const guint64 *ann_element_get_shape (AnnElement *self);
ANN_API guint64 ann_element_get_length (AnnElement *self, guint axis);
ANN_API guint64 ann_element_get_n_rows (AnnElement *self);
ANN_API guint64 ann_element_get_width (AnnElement *self);
ANN_API AnnDtype ann_element_get_dtype (AnnElement *self);
ANN_API const char *ann_element_get_time_type (AnnElement *self);
ANN_API gboolean ann_element_is_matrix (AnnElement *self);

ANN_API gboolean ann_element_is_listed (AnnElement *self);
ANN_API char **ann_element_list_children (AnnElement *self,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnElement *ann_element_open_child (AnnElement *self,
                                            const char *name,
                                            GCancellable *cancellable,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnArray **ann_element_list_arrays (AnnElement *self, gsize *n_arrays)
    G_GNUC_WARN_UNUSED_RESULT;

ANN_API AnnBlock *ann_element_read_rows (AnnElement *self,
                                         guint64 start,
                                         guint64 count,
                                         GCancellable *cancellable,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBlock *ann_element_read_columns (AnnElement *self,
                                            guint64 start,
                                            guint64 count,
                                            GCancellable *cancellable,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBlock *ann_element_read (AnnElement *self,
                                    AnnSelection *rows,
                                    AnnSelection *columns,
                                    GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_element_set_cached (AnnElement *self, guint64 max_size);
ANN_API gboolean ann_element_is_cached (AnnElement *self);
ANN_API AnnBlock *ann_element_take (AnnElement *self, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_element_read_rows_async (AnnElement *self,
                                          guint64 start,
                                          guint64 count,
                                          int io_priority,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
ANN_API AnnBlock *ann_element_read_rows_finish (AnnElement *self,
                                                GAsyncResult *result,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

ANN_API const char *ann_element_kind_get_name (AnnElementKind kind);
ANN_API const char *ann_element_state_get_name (AnnElementState state);

G_END_DECLS
