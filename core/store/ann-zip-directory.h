/* ann-zip-directory.h: what a zip archive holds
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-source.h"

G_BEGIN_DECLS

/* What lies before the bytes of an entry: a header of this size, the name again, and more (4.3.7).
 */
#define ANN_ZIP_HEADER_SIZE 30

#define ANN_ZIP_STORED 0
#define ANN_ZIP_DEFLATED 8

/* An entry as the directory has it; nothing of it was compared with the archive yet.
 * @name: of the directory's memory, a key
 * @data_offset: where its bytes begin, or 0 until somebody read its header
 */
typedef struct {
  const char *name;
  guint64 header_offset;
  guint64 stored_size;
  guint64 size;
  _Atomic guint64 data_offset;
  guint32 crc32;
  guint16 method;
  gboolean is_encrypted;
} AnnZipEntry;

/* Immutable but for data_offset. Entries are in the order of _ann_store_compare_keys (), each name
 * once. Left out is what cannot be a key: folders, names that lead out of the archive, and the
 * notes that macOS adds.
 */
typedef struct _AnnZipDirectory AnnZipDirectory;

AnnZipDirectory *_ann_zip_directory_read (AnnSource *source,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void _ann_zip_directory_free (AnnZipDirectory *self);

gsize _ann_zip_directory_get_n_entries (AnnZipDirectory *self);
AnnZipEntry *_ann_zip_directory_get_entry (AnnZipDirectory *self, gsize index);

/* The first entry whose name is not before @name. */
gsize _ann_zip_directory_search (AnnZipDirectory *self, const char *name);

/* (nullable) */
AnnZipEntry *_ann_zip_directory_find (AnnZipDirectory *self, const char *name);

/* Where the entries end and the directory begins. */
guint64 _ann_zip_directory_get_offset (AnnZipDirectory *self);

/* Finds where the bytes of @entry begin by the @n_bytes at its header_offset: at least header and
 * name. %ANN_ERROR_CORRUPT if that is not the header of the entry, or there is not room for the
 * entry behind it.
 */
gboolean _ann_zip_directory_locate (AnnZipDirectory *self,
                                    AnnZipEntry *entry,
                                    const guint8 *header,
                                    gsize n_bytes,
                                    GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnZipDirectory, _ann_zip_directory_free)

G_END_DECLS
