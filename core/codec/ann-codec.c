/* ann-codec.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-error.h"

G_DEFINE_BOXED_TYPE (AnnCodec, ann_codec, ann_codec_ref, ann_codec_unref)

/* Takes @description. */
AnnCodec *
_ann_codec_new (const AnnCodecClass *klass, gint64 parameter, char *description)
{
  AnnCodec *self = g_new0 (AnnCodec, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->klass = klass;
  self->parameter = parameter;
  self->description = description;

  return self;
}

static gboolean
missing_decode (const AnnCodec *codec,
                G_GNUC_UNUSED const guint8 *src,
                G_GNUC_UNUSED gsize src_size,
                G_GNUC_UNUSED guint8 *dest,
                G_GNUC_UNUSED gsize capacity,
                G_GNUC_UNUSED gsize *dest_size,
                GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC, "This build has no codec “%s”",
               codec->description);

  return FALSE;
}

static const AnnCodecClass missing_class = { "missing", missing_decode };

/**
 * ann_codec_new_missing:
 * @name: what the store calls the codec
 *
 * Stands in a chain for a codec that this build does not have.
 *
 * Returns: (transfer full): a codec that cannot decode
 */
AnnCodec *
ann_codec_new_missing (const char *name)
{
  AnnCodec *self;

  g_return_val_if_fail (name != NULL, NULL);

  self = _ann_codec_new (&missing_class, 0, g_strdup (name));
  self->is_compressor = TRUE; /* nothing is known about its sizes */

  return self;
}

/**
 * ann_codec_ref:
 * @self: a codec
 *
 * Returns: (transfer full): @self
 */
AnnCodec *
ann_codec_ref (AnnCodec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_codec_unref:
 * @self: (transfer full): a codec
 */
void
ann_codec_unref (AnnCodec *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      g_free (self->data);
      g_free (self->description);
      g_free (self);
    }
}

/**
 * ann_codec_get_name:
 * @self: a codec
 *
 * Returns: its name without parameters, such as `gzip`
 */
const char *
ann_codec_get_name (const AnnCodec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ann_codec_is_missing (self) ? self->description : self->klass->name;
}

/**
 * ann_codec_get_description:
 * @self: a codec
 *
 * Returns: its name with parameters, such as `gzip 4`
 */
const char *
ann_codec_get_description (const AnnCodec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->description;
}

/**
 * ann_codec_is_missing:
 * @self: a codec
 *
 * Returns: whether this build can name the codec only
 */
gboolean
ann_codec_is_missing (const AnnCodec *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->klass == &missing_class;
}
