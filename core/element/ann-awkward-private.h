/* ann-awkward-private.h: the form of an awkward array, and what lies in its buffers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"
#include "base/ann-selection.h"
#include "element/ann-awkward.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* --- Forms --- */

typedef enum {
  ANN_FORM_NUMPY,
  ANN_FORM_LIST_OFFSET,
  ANN_FORM_LIST,
  ANN_FORM_REGULAR,
  ANN_FORM_RECORD,
  ANN_FORM_INDEXED,
  ANN_FORM_INDEXED_OPTION,
  ANN_FORM_BYTE_MASKED,
  ANN_FORM_BIT_MASKED,
  ANN_FORM_UNMASKED,
  ANN_FORM_EMPTY,
  ANN_FORM_UNION,
} AnnFormClass;

/**
 * AnnForm:
 * @is_text: a list whose items are the bytes of one text
 * @is_bytes: likewise, and they need not be UTF-8
 * @valid_when: of a mask: the bit or byte of a value that is there
 * @lsb_order: of a mask of bits: the lowest bit of a byte comes first
 * @size: of a regular array: the length of each list
 * @dtype: of numbers: what they are taken for, whatever their buffer has
 * @parameters: (nullable): an object that is not empty
 * @n_contents: how many forms lie below
 * @fields: (nullable): of a record: as many names as contents; %NULL for a tuple
 * @tags: (nullable): of a union: which content of the one that it is part of each of its own is;
 *   %NULL: the same
 * @first_buffer: the number of its first buffer; of a form that was made, of the layer
 * @n_buffers: how many it has; a union without any has one content, of which all items are
 *
 * One layer of an awkward array. Made once, not changed. As it is stored at most 64 layers deep,
 * where axes within numbers are one layer.
 */
typedef struct _AnnForm AnnForm;

struct _AnnForm {
  gatomicrefcount ref_count;
  AnnFormClass klass;
  gboolean is_text;
  gboolean is_bytes;
  gboolean valid_when;
  gboolean lsb_order;
  guint64 size;
  AnnDtype dtype;
  JsonNode *parameters;
  guint n_contents;
  AnnForm **contents;
  char **fields;
  guint *tags;
  guint first_buffer;
  guint n_buffers;
};

/* Parses the form and opens its buffers, children of @group, into @buffers in order. */
AnnForm *_ann_form_new (AnnNode *group,
                        const char *json,
                        GPtrArray *buffers,
                        GCancellable *cancellable,
                        GError **error);

/* For those who make forms: a layer with room for its contents; a copy without contents, fields and
 * tags.
 */
AnnForm *_ann_form_new_layer (AnnFormClass klass, guint n_contents);
AnnForm *_ann_form_copy_layer (const AnnForm *self, guint n_contents);

/* Gives the layers of a form that was made the keys of their buffers. */
void _ann_form_number (AnnForm *self, guint *n_layers);

AnnForm *_ann_form_ref (AnnForm *self);
void _ann_form_unref (AnnForm *self);
void _ann_form_append_type (const AnnForm *self, GString *text);

/* The form as it is stored. (transfer full) */
char *_ann_form_to_json (const AnnForm *self);

/* How many kinds of buffer a layer has, and the name of one: `node3-offsets`. (transfer full) */
guint _ann_form_class_count_buffers (AnnFormClass klass);
char *_ann_form_build_buffer_name (const AnnForm *self, guint which);

/* A layer that says where each item of the one below is, or that it is missing. */
gboolean _ann_form_is_wrapper (const AnnForm *self);
gboolean _ann_form_is_option (const AnnForm *self);
gboolean _ann_form_is_list (const AnnForm *self);

/* The first layer below that is no wrapper. */
AnnForm *_ann_form_unwrap (AnnForm *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnForm, _ann_form_unref)

/* --- Reading --- */

/**
 * AnnAwkwardReader:
 *
 * Reads along the buffers of a form, of each a window at a time. Used by one thread.
 */
typedef struct _AnnAwkwardReader AnnAwkwardReader;

/* @n_readers: how many there are at the same time: the more, the smaller their windows */
AnnAwkwardReader *_ann_awkward_reader_new (GPtrArray *buffers,
                                           gsize n_readers,
                                           GCancellable *cancellable);
void _ann_awkward_reader_free (AnnAwkwardReader *self);

/* Whether what JSON has no word for is marked; see ann_awkward_read_marked_rows (). */
void _ann_awkward_reader_set_marks (AnnAwkwardReader *self, gboolean has_marks);
gboolean _ann_awkward_reader_has_marks (const AnnAwkwardReader *self);

/* Where an item is below all wrappers of @form, which end at @core. */
gboolean _ann_awkward_reader_unwrap (AnnAwkwardReader *self,
                                     const AnnForm *form,
                                     guint64 index,
                                     const AnnForm **core,
                                     guint64 *place,
                                     gboolean *is_missing,
                                     GError **error);

/* Where @count lists from @index on, which follow each other, begin, and how long they are
 * together; all of it is checked by whoever reads their items. @count is made less where they do
 * not follow.
 */
gboolean _ann_awkward_reader_find_lists (AnnAwkwardReader *self,
                                         const AnnForm *form,
                                         guint64 index,
                                         guint64 *count,
                                         guint64 *start,
                                         guint64 *n,
                                         GError **error);

/* Of which of its contents an item of a union is, and where. */
gboolean _ann_awkward_reader_find_content (AnnAwkwardReader *self,
                                           const AnnForm *form,
                                           guint64 index,
                                           guint *content,
                                           guint64 *place,
                                           GError **error);

/* Numbers, as they are stored; their type is that of the array. Up to 256 MiB of them. */
gconstpointer _ann_awkward_reader_read_numbers (AnnAwkwardReader *self,
                                                const AnnForm *form,
                                                guint64 start,
                                                guint64 n,
                                                AnnDtype *dtype,
                                                GError **error);

/* Whoever goes on for long asks now and then whether it should. */
gboolean _ann_awkward_reader_check (AnnAwkwardReader *self, GError **error);

/* Adds one item of @form, as JSON. */
gboolean _ann_awkward_reader_append (AnnAwkwardReader *self,
                                     const AnnForm *form,
                                     guint64 index,
                                     GString *text,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnAwkwardReader, _ann_awkward_reader_free)

/* --- Parts --- */

/**
 * AnnAwkwardPart:
 * @form: (nullable): layer by layer as that of the whole, but for wrappers; %NULL for a part whose
 *   rows are all missing
 * @buffers: (nullable): of #AnnArray
 * @rows: (nullable): which are taken of what the buffers hold; %NULL for all
 * @n_rows: how many rows that makes
 * @unavailable: (nullable): why there is no form
 *
 * One of the stored arrays that an awkward array is made of.
 */
typedef struct {
  AnnForm *form;
  GPtrArray *buffers;
  AnnSelection *rows;
  guint64 n_rows;
  GError *unavailable;
} AnnAwkwardPart;

/* The parts one behind the other, for who joins them or writes them; owned by @self. */
const AnnAwkwardPart *_ann_awkward_peek_parts (AnnAwkward *self, gsize *n_parts);
AnnForm *_ann_awkward_peek_form (AnnAwkward *self);

/* Why a part is not there, the first of them; %NULL if all are. */
const GError *_ann_awkward_get_unavailable (AnnAwkward *self);

/* Whether it is what its node holds, all of it. */
gboolean _ann_awkward_is_stored (AnnAwkward *self);

/* The rows that are taken of all parts together; %NULL for all. (transfer none) */
AnnSelection *_ann_awkward_peek_rows (AnnAwkward *self);

/* An array of parts, which are copied. @form: of the whole; @node, @rows: (nullable) */
AnnElement *_ann_awkward_new_of_parts (const char *path,
                                       AnnNode *node,
                                       AnnForm *form,
                                       const AnnAwkwardPart *parts,
                                       gsize n_parts,
                                       AnnSelection *rows);

/* In which part a row lies, and where in its buffers. */
void _ann_awkward_find_row (AnnAwkward *self, guint64 row, gsize *part, guint64 *place);

/* Parts that have what is taken of @self, one for each run of rows in the same part; one without
 * rows, where none is. (transfer full): an array of #AnnAwkwardPart, which borrow all but their
 * rows
 */
GArray *_ann_awkward_split (AnnAwkward *self, GError **error);

/* --- Walking --- */

/**
 * AnnAwkwardWalk:
 *
 * Goes through the items of one layer of an awkward array in the order of its rows, without keeping
 * any: what the layers above say is read on the way, and as often as there are layers below. Used
 * by one thread.
 */
typedef struct _AnnAwkwardWalk AnnAwkwardWalk;

/* @form: a layer of the array's form; @which: one of its buffers, as it is written */
AnnAwkwardWalk *_ann_awkward_walk_new (AnnAwkward *self,
                                       const AnnForm *form,
                                       guint which,
                                       GCancellable *cancellable);
void _ann_awkward_walk_free (AnnAwkwardWalk *self);

/* The type and the length of the buffer; that costs a walk of its own. */
AnnDtype _ann_awkward_walk_get_dtype (const AnnAwkwardWalk *self);
gboolean _ann_awkward_walk_count (AnnAwkwardWalk *self, guint64 *n, GError **error);

/* The next values of the buffer, @max at most; @n is 0 behind the last. */
gboolean _ann_awkward_walk_next (AnnAwkwardWalk *self,
                                 gpointer values,
                                 gsize max,
                                 gsize *n,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnAwkwardWalk, _ann_awkward_walk_free)

G_END_DECLS
