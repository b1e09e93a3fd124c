/* ann-hdf5-header.h: what the file says about an object
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-file-private.h"

G_BEGIN_DECLS

/* Types of messages; of the others none is needed to read an object. */
typedef enum {
  ANN_HDF5_MESSAGE_NIL = 0x00,
  ANN_HDF5_MESSAGE_DATASPACE = 0x01,
  ANN_HDF5_MESSAGE_LINK_INFO = 0x02,
  ANN_HDF5_MESSAGE_DATATYPE = 0x03,
  ANN_HDF5_MESSAGE_OLD_FILL_VALUE = 0x04,
  ANN_HDF5_MESSAGE_FILL_VALUE = 0x05,
  ANN_HDF5_MESSAGE_LINK = 0x06,
  ANN_HDF5_MESSAGE_EXTERNAL_FILES = 0x07,
  ANN_HDF5_MESSAGE_LAYOUT = 0x08,
  ANN_HDF5_MESSAGE_FILTERS = 0x0b,
  ANN_HDF5_MESSAGE_ATTRIBUTE = 0x0c,
  ANN_HDF5_MESSAGE_SHARED_TABLE = 0x0f,
  ANN_HDF5_MESSAGE_CONTINUATION = 0x10,
  ANN_HDF5_MESSAGE_SYMBOL_TABLE = 0x11,
  ANN_HDF5_MESSAGE_DRIVER = 0x14,
  ANN_HDF5_MESSAGE_ATTRIBUTE_INFO = 0x15,
  ANN_HDF5_MESSAGE_N_LINKS = 0x16,
  ANN_HDF5_MESSAGE_CACHE_IMAGE = 0x18,
} AnnHdf5MessageType;

/* The flag of a message that is kept elsewhere. */
#define ANN_HDF5_MESSAGE_IS_SHARED 0x02

/**
 * AnnHdf5Message:
 * @type: an #AnnHdf5MessageType, or one that we do not know
 * @is_shared: @bytes do not hold the message but tell where it is
 * @bytes: (array length=n_bytes): owned by the header
 *
 * One of the messages that make up a header.
 */
typedef struct {
  guint type;
  gboolean is_shared;
  const guint8 *bytes;
  gsize n_bytes;
} AnnHdf5Message;

/**
 * AnnHdf5Header:
 *
 * The header of an object, versions 1 and 2, with the blocks that continue it: read whole, checked,
 * and cut into messages. Immutable once made. After the HDF5 File Format Specification, IV.A.1.
 */
typedef struct _AnnHdf5Header AnnHdf5Header;

AnnHdf5Header *_ann_hdf5_header_read (AnnHdf5File *file,
                                      guint64 address,
                                      const char *path,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_header_free (AnnHdf5Header *self);

/* Whether nothing links to the object any more: what is left of it is no object. */
gboolean _ann_hdf5_header_is_deleted (const AnnHdf5Header *self);

guint _ann_hdf5_header_get_n_messages (const AnnHdf5Header *self);
const AnnHdf5Message *_ann_hdf5_header_get_message (const AnnHdf5Header *self, guint index);

/* Returns: (nullable): the first message of this type */
const AnnHdf5Message *_ann_hdf5_header_find (const AnnHdf5Header *self, AnnHdf5MessageType type);

/**
 * AnnHdf5Body:
 * @cursor: at the beginning of the message
 * @owned: (nullable): its bytes, if they are not those of a header
 *
 * What a message says, wherever it is kept. Valid as long as the header that names it.
 */
typedef struct {
  AnnHdf5Cursor cursor;
  guint8 *owned;
} AnnHdf5Body;

/* The body of @message, which may be kept in another object's header (a named type), or in the
 * heap of messages that many objects share.
 */
gboolean _ann_hdf5_body_init (AnnHdf5Body *self,
                              AnnHdf5File *file,
                              const AnnHdf5Message *message,
                              const char *path,
                              GCancellable *cancellable,
                              GError **error);
void _ann_hdf5_body_clear (AnnHdf5Body *self);

/* The same for a reference to a message of @type, where @cursor is: it moves behind it. */
gboolean _ann_hdf5_body_init_shared (AnnHdf5Body *self,
                                     AnnHdf5File *file,
                                     guint type,
                                     AnnHdf5Cursor *cursor,
                                     const char *path,
                                     GCancellable *cancellable,
                                     GError **error);

/* A copy of the bytes that are left behind @from. */
gboolean _ann_hdf5_body_copy (AnnHdf5Body *self,
                              AnnHdf5Cursor from,
                              const char *path,
                              GError **error);

/* The message of @type that has the eight bytes @id in the heap of messages that objects share. */
gboolean _ann_hdf5_body_init_from_heap (AnnHdf5Body *self,
                                        AnnHdf5File *file,
                                        guint type,
                                        const guint8 *id,
                                        const char *path,
                                        GCancellable *cancellable,
                                        GError **error);

/* The body of the first message of @type; ANN_ERROR_CORRUPT without one. */
gboolean _ann_hdf5_header_open (const AnnHdf5Header *self,
                                AnnHdf5MessageType type,
                                AnnHdf5Body *body,
                                AnnHdf5File *file,
                                const char *path,
                                GCancellable *cancellable,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Header, _ann_hdf5_header_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnHdf5Body, _ann_hdf5_body_clear)

G_END_DECLS
