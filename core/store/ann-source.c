/* ann-source.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-source.h"

#include "base/ann-error.h"

typedef struct {
  guint64 size;
  gboolean is_remote;
  char *path;
  char *identity;
} AnnSourcePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AnnSource, _ann_source, G_TYPE_OBJECT)

static void
_ann_source_finalize (GObject *object)
{
  AnnSourcePrivate *priv = _ann_source_get_instance_private (ANN_SOURCE (object));

  g_free (priv->path);
  g_free (priv->identity);

  G_OBJECT_CLASS (_ann_source_parent_class)->finalize (object);
}

static void
_ann_source_class_init (AnnSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = _ann_source_finalize;
}

static void
_ann_source_init (G_GNUC_UNUSED AnnSource *self)
{
}

void
_ann_source_set_info (AnnSource *self,
                      guint64 size,
                      gboolean is_remote,
                      const char *path,
                      const char *identity)
{
  AnnSourcePrivate *priv = _ann_source_get_instance_private (self);

  g_return_if_fail (priv->identity == NULL && identity != NULL);

  priv->size = size;
  priv->is_remote = is_remote;
  priv->path = g_strdup (path);
  priv->identity = g_strdup (identity);
}

guint64
_ann_source_get_size (AnnSource *self)
{
  AnnSourcePrivate *priv = _ann_source_get_instance_private (self);

  return priv->size;
}

gboolean
_ann_source_is_remote (AnnSource *self)
{
  AnnSourcePrivate *priv = _ann_source_get_instance_private (self);

  return priv->is_remote;
}

const char *
_ann_source_get_path (AnnSource *self)
{
  AnnSourcePrivate *priv = _ann_source_get_instance_private (self);

  return priv->path;
}

const char *
_ann_source_get_identity (AnnSource *self)
{
  AnnSourcePrivate *priv = _ann_source_get_instance_private (self);

  return priv->identity;
}

/* The first of the parts that goes beyond the end; %NULL if none does. */
static const AnnSourcePart *
find_outside (AnnSource *self, const AnnSourcePart *parts, gsize n)
{
  AnnSourcePrivate *priv = _ann_source_get_instance_private (self);

  for (gsize i = 0; i < n; i++)
    {
      if (parts[i].offset > priv->size || parts[i].length > priv->size - parts[i].offset)
        return &parts[i];
    }

  return NULL;
}

gboolean
_ann_source_read_parts (AnnSource *self,
                        const AnnSourcePart *parts,
                        gsize n,
                        GCancellable *cancellable,
                        GError **error)
{
  const AnnSourcePart *outside = find_outside (self, parts, n);

  if (outside != NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "It says that %" G_GSIZE_FORMAT " bytes lie at %" G_GUINT64_FORMAT
                   ", beyond the end of the file",
                   outside->length, outside->offset);
      return FALSE;
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  return n == 0 || ANN_SOURCE_GET_CLASS (self)->read (self, parts, n, cancellable, error);
}

gboolean
_ann_source_read (AnnSource *self,
                  guint64 offset,
                  void *bytes,
                  gsize n_bytes,
                  GCancellable *cancellable,
                  GError **error)
{
  const AnnSourcePart part = { offset, n_bytes, bytes };

  return _ann_source_read_parts (self, &part, 1, cancellable, error);
}

gboolean
_ann_source_prefetch (AnnSource *self,
                      AnnSourcePart *parts,
                      gsize n,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnSourcePrivate *priv = _ann_source_get_instance_private (self);

  if (!priv->is_remote)
    return TRUE;

  for (gsize i = 0; i < n; i++)
    {
      parts[i].bytes = NULL;
      parts[i].offset = MIN (parts[i].offset, priv->size);
      parts[i].length = MIN (parts[i].length, priv->size - parts[i].offset);
    }

  return _ann_source_read_parts (self, parts, n, cancellable, error);
}

gboolean
_ann_source_try_read (AnnSource *self, const AnnSourcePart *parts, gsize n)
{
  AnnSourceClass *klass = ANN_SOURCE_GET_CLASS (self);

  return klass->try_read != NULL && find_outside (self, parts, n) == NULL
         && klass->try_read (self, parts, n);
}
