/* ann-awkward-private.h: the form of an awkward array, and its values as JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node.h"

G_BEGIN_DECLS

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
 * @is_bool: numbers that are bools, however they are stored
 * @valid_when: of a mask: the bit or byte of a value that is there
 * @lsb_order: of a mask of bits: the lowest bit of a byte comes first
 * @size: of a regular array: the length of each list
 * @primitive: of numbers: their type's name
 * @n_inner: of numbers: how many axes each item has
 * @inner_shape: their lengths
 * @n_contents: how many forms lie below
 * @fields: (nullable): of a record: as many names as contents; %NULL for a tuple
 * @first_buffer: the number of its first buffer
 * @n_buffers: how many it has
 *
 * One layer of an awkward array. Made once, not changed, at most 64 layers deep.
 */
typedef struct _AnnForm AnnForm;

struct _AnnForm {
  gatomicrefcount ref_count;
  AnnFormClass klass;
  gboolean is_text;
  gboolean is_bool;
  gboolean valid_when;
  gboolean lsb_order;
  guint64 size;
  char *primitive;
  guint n_inner;
  guint64 inner_shape[ANN_MAX_RANK];
  guint n_contents;
  AnnForm **contents;
  char **fields;
  guint first_buffer;
  guint n_buffers;
};

/* Parses the form and opens its buffers, children of @group, into @buffers in order. */
AnnForm *_ann_form_new (AnnNode *group,
                        const char *json,
                        GPtrArray *buffers,
                        GCancellable *cancellable,
                        GError **error);
AnnForm *_ann_form_ref (AnnForm *self);
void _ann_form_unref (AnnForm *self);
void _ann_form_append_type (const AnnForm *self, GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnForm, _ann_form_unref)

/**
 * AnnAwkwardReader:
 *
 * Reads along the buffers of a form, of each a window at a time. Used by one thread.
 */
typedef struct _AnnAwkwardReader AnnAwkwardReader;

AnnAwkwardReader *_ann_awkward_reader_new (const AnnForm *form,
                                           GPtrArray *buffers,
                                           GCancellable *cancellable);
void _ann_awkward_reader_free (AnnAwkwardReader *self);

/* Adds one item, at its place in the outermost layer, as JSON. */
gboolean _ann_awkward_reader_append (AnnAwkwardReader *self,
                                     guint64 index,
                                     GString *text,
                                     GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnAwkwardReader, _ann_awkward_reader_free)

G_END_DECLS
