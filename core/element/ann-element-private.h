/* ann-element-private.h: for the kinds of element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-awkward.h"
#include "element/ann-categorical.h"
#include "element/ann-element.h"
#include "element/ann-frame.h"

G_BEGIN_DECLS

/* Groups nested deeper than this are not opened: a link may lead back to where it lies. */
#define ANN_ELEMENT_MAX_DEPTH 64

/**
 * AnnElementClass:
 * @list_children: names in the order in which people expect them; %NULL for a kind without children
 * @open_child: never fails for a broken child: that is an element with a state. Fails with
 *   `ANN_ERROR_NOT_FOUND`, or cancelled
 * @list_arrays: the stored arrays behind the element, for its storage page: (data, indices,
 *   indptr), say. Adds references to an array that the caller has made
 * @read_rows: the rows of a checked range
 * @read_columns: columns; %NULL unless the element has two axes
 * @read: checked rows in any order, and columns or %NULL for all, which only an element of two
 *   axes is asked for. A kind without it is read by ranges of rows
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
  void (*list_arrays) (AnnElement *self, GPtrArray *arrays);
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
  AnnBlock *(*read) (AnnElement *self,
                     AnnSelection *rows,
                     AnnSelection *columns,
                     GCancellable *cancellable,
                     GError **error);
};

/**
 * AnnElementSource:
 * @node: where the element is stored
 * @path: (nullable): its path, if that is not the node's: a field of a record array, say
 * @attributes: those of @node
 * @encoding_type: as stored, or found out; "" for none
 * @encoding_version: as stored, "" for none
 *
 * What every kind is made from.
 */
typedef struct {
  AnnNode *node;
  const char *path;
  AnnAttributes *attributes;
  const char *encoding_type;
  const char *encoding_version;
} AnnElementSource;

/* Opens the child @name of something that is made of other elements: fails with
 * %ANN_ERROR_NOT_FOUND, or cancelled, as AnnElementClass.open_child () does. Any thread, several at
 * once. (transfer full)
 */
typedef AnnElement *(*AnnChildFunc) (gpointer user_data,
                                     const char *name,
                                     GCancellable *cancellable,
                                     GError **error);

/* Makes an element from metadata alone, or says why that cannot be. */
typedef AnnElement *(*AnnElementMaker) (const AnnElementSource *source,
                                        AnnElementKind kind,
                                        GCancellable *cancellable,
                                        GError **error);

AnnElement *_ann_dense_new (const AnnElementSource *source, AnnArray *array, GError **error);
/* A vector as a matrix of one column. */
AnnElement *_ann_dense_new_column (const AnnElementSource *source, AnnArray *array, GError **error);
AnnElement *_ann_binary_new (const AnnElementSource *source, AnnArray *array, GError **error);
AnnElement *_ann_texts_new (const AnnElementSource *source, AnnArray *array, GError **error);
AnnElement *_ann_scalar_new (const AnnElementSource *source, AnnArray *array, GError **error);

/* A scalar as a vector of one; read at once. NULL if that fails. */
AnnElement *_ann_scalar_new_vector (const AnnElementSource *source,
                                    AnnArray *array,
                                    GCancellable *cancellable,
                                    GError **error);
AnnElement *_ann_records_new (const AnnElementSource *source, AnnArray *array, GError **error);
AnnElement *_ann_array_element_new (const AnnElementSource *source,
                                    AnnArray *array,
                                    GError **error);

AnnElement *_ann_sparse_new (const AnnElementSource *source,
                             AnnElementKind kind,
                             GCancellable *cancellable,
                             GError **error);
AnnElement *_ann_frame_new (const AnnElementSource *source,
                            AnnElementKind kind,
                            GCancellable *cancellable,
                            GError **error);
/* A table as anndata before 0.7 stored it: records, of whose fields the first is the index.
 * @labels: (nullable): the group that holds the categories of columns of codes
 */
AnnElement *_ann_frame_new_from_records (AnnElement *records,
                                         AnnNode *labels,
                                         GCancellable *cancellable,
                                         GError **error);

/* A table whose columns and index come from @open_child. @user_data is freed by @free_data. */
AnnElement *_ann_frame_new_opening (const AnnElementSource *source,
                                    guint64 n_rows,
                                    const char *index_key,
                                    const char *const *columns,
                                    AnnChildFunc open_child,
                                    gpointer user_data,
                                    GDestroyNotify free_data);

/* The @user_data of such a table, if @open_child is its function; else %NULL. */
gpointer _ann_frame_peek_user_data (AnnFrame *self, AnnChildFunc open_child);

/* Whether @self is such a table, and has taken the categories of this name in @labels. */
gboolean _ann_frame_takes_labels (AnnElement *self,
                                  const char *name,
                                  gboolean *takes,
                                  GCancellable *cancellable,
                                  GError **error);

AnnElement *_ann_categorical_new (const AnnElementSource *source,
                                  AnnElementKind kind,
                                  GCancellable *cancellable,
                                  GError **error);
/* As anndata 0.7 stored them: @codes, the array of the source's node, whose attribute `categories`
 * refers to the others.
 */
AnnElement *_ann_categorical_new_referring (const AnnElementSource *source,
                                            AnnArray *codes,
                                            GCancellable *cancellable,
                                            GError **error);
/* As anndata before 0.7 stored them. Takes @categories. */
AnnElement *_ann_categorical_new_labelled (const AnnElementSource *source,
                                           AnnArray *codes,
                                           AnnElement *categories,
                                           GError **error);
/* Codes that are another element's values. */
AnnElement *_ann_categorical_new_of_elements (const AnnElementSource *source,
                                              AnnElement *codes,
                                              AnnElement *categories,
                                              gboolean ordered,
                                              GError **error);
/* These codes; %NULL if @self has some of its own. (transfer none) */
AnnElement *_ann_categorical_get_code_element (AnnElement *self);

/* The smallest signed type that holds codes of so many categories: FORMAT §5.4. */
AnnDtype _ann_code_dtype (guint64 n_categories);

/* Row @row of @codes, which are of a type that the above gave. -1: missing. */
void _ann_code_put (void *codes, AnnDtype dtype, gsize row, int code);
AnnElement *_ann_nullable_new (const AnnElementSource *source,
                               AnnElementKind kind,
                               GCancellable *cancellable,
                               GError **error);
/* @mask: bools, as many as @values. */
AnnElement *_ann_nullable_new_of_arrays (const AnnElementSource *source,
                                         AnnArray *values,
                                         AnnArray *mask,
                                         GError **error);
AnnElement *_ann_awkward_new (const AnnElementSource *source,
                              AnnElementKind kind,
                              GCancellable *cancellable,
                              GError **error);
/* Some rows of one, or of one that is such a selection. */
AnnElement *_ann_awkward_new_selection (AnnAwkward *of, AnnSelection *rows, GError **error);
AnnElement *_ann_mapping_new (const AnnElementSource *source,
                              AnnElementKind kind,
                              GCancellable *cancellable,
                              GError **error);
AnnElement *_ann_null_new (const AnnElementSource *source);

/* An element in place of one that could not be made: @error says why. Takes @error.
 * @node is %NULL for something that ought to be there and is not.
 */
AnnElement *_ann_opaque_new (AnnNode *node,
                             const char *path,
                             const char *encoding_type,
                             const char *encoding_version,
                             GError *error);

/* Whether this version of the library knows an encoding, and the version of it. */
gboolean _ann_element_knows_encoding (const char *type,
                                      const char *version,
                                      gboolean *known_version);

/* As ann_element_open (), for the node at the top of a store: there, a group with obs and var is
 * an annotated matrix also without a pair.
 */
AnnElement *_ann_element_open_root (AnnNode *node, GCancellable *cancellable, GError **error);

/* @root with its parts where they are today: itself, unless an old version wrote it. */
AnnNode *_ann_legacy_root (AnnNode *root, GCancellable *cancellable, GError **error);

/* The child of a group: a broken one in place of one that cannot be opened. Fails with
 * ANN_ERROR_NOT_FOUND, or cancelled.
 */
AnnElement *_ann_element_open_child_of (AnnNode *group,
                                        const char *name,
                                        GCancellable *cancellable,
                                        GError **error);

/* A part of a group that must be there and be an array whose codecs we have. */
AnnArray *_ann_element_open_part (AnnNode *group,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GError **error);

/* The one array behind numbers or texts. (transfer full) */
AnnArray *_ann_element_dup_array (AnnElement *element);
void _ann_element_init_rows_box (AnnBox *box, AnnArray *array, guint64 start, guint64 count);
gboolean _ann_element_check_codecs (AnnArray *array, GError **error);
char *_ann_path_join (const char *path, const char *name);

/**
 * AnnElementInfo: what is known when an element is made; copied.
 * @time_type: (nullable): of int64: what numpy calls it, if it is time
 */
typedef struct {
  const AnnElementSource *source;
  AnnElementKind kind;
  AnnDtype dtype;
  const char *time_type;
  guint rank;
  const guint64 *shape;
} AnnElementInfo;

/* AnnElementCache: the whole of an element, if it is kept; see ann-element-cache.c. */
typedef struct {
  GMutex lock; /* for all below; no call is made under it */
  guint64 max_size;
  AnnBlock *whole;  /* NULL with … */
  AnnElement *view; /* … the element that reads from it */
} AnnElementCache;

void _ann_element_cache_init (AnnElementCache *cache);
void _ann_element_cache_clear (AnnElementCache *cache);
AnnElementCache *_ann_element_get_cache (AnnElement *self);

/* The element whose class reads @self: what is kept of it, if it is and can. */
AnnElement *_ann_element_ref_source (AnnElement *self, gboolean with_columns);

/* A checked range, from memory if it is there. A range of all may be kept. */
AnnBlock *_ann_element_read_row_range (AnnElement *self,
                                       guint64 start,
                                       guint64 count,
                                       GCancellable *cancellable,
                                       GError **error);
AnnBlock *_ann_element_read_column_range (AnnElement *self,
                                          guint64 start,
                                          guint64 count,
                                          GCancellable *cancellable,
                                          GError **error);

void _ann_element_set_info (AnnElement *self, const AnnElementInfo *info);

/* Takes @error; the state follows from its code. Only while the element is being made. */
void _ann_element_take_error (AnnElement *self, GError *error);

/* At any time, in any thread. The same text is added once. */
void _ann_element_add_warning (AnnElement *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Whether the first axes of @self have these lengths, which its place in the store demands;
 * else it becomes corrupt. Something without axes (nothing, a mapping) fits everywhere.
 * Only while it is being made. @why: what the lengths are, for the message.
 */
void _ann_element_check_axes (AnnElement *self,
                              guint n_axes,
                              const guint64 *lengths,
                              const char *why);

G_END_DECLS
