/* ann-store.h: keys → bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"
#include "store/ann-traffic.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where a length, or the size of an object, is not known before it was asked for. */
#define ANN_STORE_SIZE_UNKNOWN G_MAXUINT64

/**
 * AnnStore:
 *
 * A place of objects that are named by keys and read in parts: a folder, an archive, a bucket, what
 * lies below an address. Read-only. Any thread may use it, and several at once.
 *
 * A key is a path without a slash at its ends; no segment of it is empty, `.` or `..` or has a NUL.
 * What breaks that rule is not found: a store never leads out of itself. "" is the place itself,
 * where that is an object (a file, an address of one).
 */
#define ANN_TYPE_STORE (_ann_store_get_type ())

G_DECLARE_DERIVABLE_TYPE (AnnStore, _ann_store, ANN, STORE, GObject)

/**
 * AnnStoreRead:
 * @key: of the object
 * @offset: where the part begins
 * @length: its bytes; %ANN_STORE_SIZE_UNKNOWN: to the end of the object
 * @is_suffix: the part is the last @length bytes of the object instead (all, if it has fewer)
 * @limit: the most bytes that are taken, where @bytes is %NULL: more is %ANN_ERROR_TOO_LARGE
 * @bytes: memory of the caller for @length bytes; or %NULL, and then set to memory for g_free(),
 *   also where another part failed
 * @n_bytes: (out): how many there are. Fewer than @length only at the end of the object
 * @is_absent: (out): there is no such object: no error. What has that name and is no object (a
 *   folder of a folder store) is one
 * @object_size: (out): of the whole object, or %ANN_STORE_SIZE_UNKNOWN where that did not come
 * along
 *
 * A part of an object that is wanted, and what came of it.
 */
typedef struct {
  const char *key;
  guint64 offset;
  guint64 length;
  gboolean is_suffix;
  gsize limit;
  guint8 *bytes;
  gsize n_bytes;
  gboolean is_absent;
  guint64 object_size;
} AnnStoreRead;

/**
 * AnnStoreEntry:
 * @name: the last segment of its key
 * @is_prefix: there are keys below it; of a folder store: it is a folder
 * @size: of the object, or %ANN_STORE_SIZE_UNKNOWN
 */
typedef struct {
  char *name;
  gboolean is_prefix;
  guint64 size;
} AnnStoreEntry;

/**
 * AnnStoreClass:
 * @read: brings the parts, all at once where that is quicker: their order and number are the
 *   store's matter. Memory is taken after a length was compared with the limit.
 *   %ANN_ERROR_CHANGED if an object is no longer the one of which this store read a part before
 * @list: (nullable): what lies directly below @prefix ("" for all), sorted by the bytes of the
 *   names; an #AnnStoreEntry each. %NULL where the place does not tell what it holds
 * @is_remote: each call waits for a network: better many parts in one than many calls
 *
 * What a kind of store is made of. Keys and lengths were checked before.
 */
struct _AnnStoreClass {
  GObjectClass parent_class;

  gboolean (*read) (AnnStore *self,
                    AnnStoreRead *reads,
                    gsize n,
                    GCancellable *cancellable,
                    GError **error);
  GPtrArray *(*list) (AnnStore *self,
                      const char *prefix,
                      GCancellable *cancellable,
                      GError **error);
  gboolean is_remote;
};

gboolean _ann_store_read (AnnStore *self,
                          AnnStoreRead *reads,
                          gsize n,
                          GCancellable *cancellable,
                          GError **error);

/* The whole object, at most @limit bytes of it. Returns: (transfer full) (nullable): %NULL without
 * an error where there is none
 */
GBytes *_ann_store_read_object (AnnStore *self,
                                const char *key,
                                gsize limit,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a list may be asked for. A place may refuse that when it is: then it is %FALSE
 * afterwards.
 */
gboolean _ann_store_can_list (AnnStore *self);
GPtrArray *_ann_store_list (AnnStore *self,
                            const char *prefix,
                            GCancellable *cancellable,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean _ann_store_is_remote (AnnStore *self);

/* (nullable): why what was not there before anything was read may be there after all: a place that
 * does not tell absence from what is forbidden, or whose server is not of the kind that is
 * expected. Who finds nothing at all says this instead.
 */
const GError *_ann_store_get_doubt (AnnStore *self);

/* For messages and as the name of what is cached: without anything secret. */
const char *_ann_store_get_name (AnnStore *self);
void _ann_store_set_name (AnnStore *self, const char *name);

/* What this store asked for and got. */
AnnTraffic *_ann_store_get_traffic (AnnStore *self);

/* Whether @key is one that a store may be asked for. */
gboolean _ann_store_is_key (const char *key);

void _ann_store_entry_free (AnnStoreEntry *entry);
AnnStoreEntry *_ann_store_entry_new (const char *name, gboolean is_prefix, guint64 size)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
