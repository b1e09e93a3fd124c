/* ann-store-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-store-writer-private.h"

#include "base/ann-error.h"
#include "store/ann-place-private.h"
#include "store/ann-store.h"

#include <string.h>

typedef enum {
  STATE_OPEN,
  STATE_COMMITTED,
  STATE_ABANDONED,
} State;

typedef struct {
  char *name;
  guint64 n_bytes; /* atomically */
  int state;       /* atomically */
} AnnStoreWriterPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AnnStoreWriter, _ann_store_writer, G_TYPE_OBJECT)

/* Before the classes below let go of what they need for it. */
static void
_ann_store_writer_dispose (GObject *object)
{
  _ann_store_writer_abandon (ANN_STORE_WRITER (object));

  G_OBJECT_CLASS (_ann_store_writer_parent_class)->dispose (object);
}

static void
_ann_store_writer_finalize (GObject *object)
{
  AnnStoreWriterPrivate *priv = _ann_store_writer_get_instance_private (ANN_STORE_WRITER (object));

  g_free (priv->name);

  G_OBJECT_CLASS (_ann_store_writer_parent_class)->finalize (object);
}

static void
_ann_store_writer_class_init (AnnStoreWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = _ann_store_writer_dispose;
  G_OBJECT_CLASS (klass)->finalize = _ann_store_writer_finalize;
}

static void
_ann_store_writer_init (G_GNUC_UNUSED AnnStoreWriter *self)
{
}

void
_ann_store_writer_set_name (AnnStoreWriter *self, const char *name)
{
  AnnStoreWriterPrivate *priv = _ann_store_writer_get_instance_private (self);

  g_free (priv->name);
  priv->name = g_strdup (name);
}

gboolean
_ann_store_writer_put (AnnStoreWriter *self,
                       const char *key,
                       GBytes *bytes,
                       GCancellable *cancellable,
                       GError **error)
{
  AnnStoreWriterPrivate *priv = _ann_store_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_STORE_WRITER (self), FALSE);
  g_return_val_if_fail (*key != '\0' && _ann_store_is_key (key), FALSE);
  g_return_val_if_fail (g_atomic_int_get (&priv->state) == STATE_OPEN, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !ANN_STORE_WRITER_GET_CLASS (self)->put (self, key, bytes, cancellable, error))
    return FALSE;

  __atomic_fetch_add (&priv->n_bytes, g_bytes_get_size (bytes), __ATOMIC_RELAXED);

  return TRUE;
}

gboolean
_ann_store_writer_commit (AnnStoreWriter *self, GCancellable *cancellable, GError **error)
{
  AnnStoreWriterPrivate *priv = _ann_store_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_STORE_WRITER (self), FALSE);
  g_return_val_if_fail (g_atomic_int_get (&priv->state) == STATE_OPEN, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !ANN_STORE_WRITER_GET_CLASS (self)->commit (self, cancellable, error))
    return FALSE;

  g_atomic_int_set (&priv->state, STATE_COMMITTED);

  return TRUE;
}

void
_ann_store_writer_abandon (AnnStoreWriter *self)
{
  AnnStoreWriterPrivate *priv = _ann_store_writer_get_instance_private (self);

  g_return_if_fail (ANN_IS_STORE_WRITER (self));

  if (g_atomic_int_compare_and_exchange (&priv->state, STATE_OPEN, STATE_ABANDONED))
    ANN_STORE_WRITER_GET_CLASS (self)->abandon (self);
}

gboolean
_ann_store_writer_is_remote (AnnStoreWriter *self)
{
  g_return_val_if_fail (ANN_IS_STORE_WRITER (self), FALSE);

  return ANN_STORE_WRITER_GET_CLASS (self)->is_remote;
}

guint64
_ann_store_writer_get_n_bytes (AnnStoreWriter *self)
{
  AnnStoreWriterPrivate *priv = _ann_store_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_STORE_WRITER (self), 0);

  return __atomic_load_n (&priv->n_bytes, __ATOMIC_RELAXED);
}

const char *
_ann_store_writer_get_name (AnnStoreWriter *self)
{
  AnnStoreWriterPrivate *priv = _ann_store_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_STORE_WRITER (self), NULL);

  return priv->name != NULL ? priv->name : "";
}

static gboolean
has_zip_name (const char *path)
{
  gsize length = strlen (path);

  return length > 4 && g_ascii_strcasecmp (path + length - 4, ".zip") == 0;
}

int
_ann_store_writer_create (AnnStoreWriter *self, const char *key, GError **error)
{
  g_return_val_if_fail (ANN_IS_STORE_WRITER (self), -1);
  if (ANN_STORE_WRITER_GET_CLASS (self)->create == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "“%s” cannot be written: its files go into a folder or a bucket, and into no "
                   "archive",
                   _ann_store_writer_get_name (self));
      return -1;
    }

  return ANN_STORE_WRITER_GET_CLASS (self)->create (self, key, error);
}

gboolean
_ann_store_writer_put_file (AnnStoreWriter *self,
                            const char *key,
                            int fd,
                            GCancellable *cancellable,
                            GError **error)
{
  g_return_val_if_fail (ANN_IS_STORE_WRITER (self), FALSE);
  g_return_val_if_fail (ANN_STORE_WRITER_GET_CLASS (self)->put_file != NULL, FALSE);

  return ANN_STORE_WRITER_GET_CLASS (self)->put_file (self, key, fd, cancellable, error);
}

AnnStoreWriter *
_ann_store_writer_new (const char *address,
                       gboolean overwrite,
                       GCancellable *cancellable,
                       GError **error)
{
  const AnnTargetSpec spec = { .address = address, .overwrite = overwrite };

  return _ann_store_writer_new_for (&spec, cancellable, error);
}

AnnStoreWriter *
_ann_store_writer_new_for (const AnnTargetSpec *spec, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnLocation) location = ann_location_parse (spec->address, error);

  if (location == NULL)
    return NULL;
  if (has_zip_name (ann_location_get_name (location)))
    return _ann_zip_store_writer_new (spec, cancellable, error);

  switch (ann_location_get_kind (location))
    {
    case ANN_LOCATION_FILE:
      return _ann_folder_store_writer_new (ann_location_get_uri (location), spec->overwrite, error);

    case ANN_LOCATION_S3:
      return _ann_s3_store_writer_new (location, spec, cancellable, error);

    case ANN_LOCATION_HTTP:
      _ann_set_unwritable_error (location, error);
      return NULL;
    }

  g_return_val_if_reached (NULL);
}
