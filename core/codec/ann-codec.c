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

gsize
_ann_codec_get_bound (const AnnCodec *self, gsize decoded_size)
{
  gsize bound = decoded_size;

  if (self->is_compressor)
    return g_size_checked_add (&bound, bound, bound / 8 + 4096) ? bound : G_MAXSIZE;

  return self->klass->get_encoded_size != NULL ? self->klass->get_encoded_size (self, decoded_size)
                                               : decoded_size;
}

gboolean
_ann_codec_set_too_long (const AnnCodec *self, gsize *dest_size, GError **error)
{
  *dest_size = G_MAXSIZE;
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The %s stream holds more than the chunk",
               self->klass->name);

  return FALSE;
}

gboolean
_ann_codec_set_damaged (const AnnCodec *self, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The %s stream is damaged", self->klass->name);

  return FALSE;
}

gboolean
_ann_codec_set_no_room (const AnnCodec *self, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "What %s makes of the chunk has no room",
               self->klass->name);

  return FALSE;
}

static gboolean
missing_refuse (const AnnCodec *codec,
                G_GNUC_UNUSED const guint8 *src,
                G_GNUC_UNUSED gsize src_size,
                G_GNUC_UNUSED guint8 *dest,
                G_GNUC_UNUSED gsize capacity,
                G_GNUC_UNUSED gsize *dest_size,
                GError **error)
{
  const char *reason = codec->data;

  if (reason != NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC, "The codec “%s” is not used: %s",
                 codec->description, reason);
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC, "This build has no codec “%s”",
                 codec->description);

  return FALSE;
}

static const AnnCodecClass missing_class = { .name = "missing",
                                             .encode = missing_refuse,
                                             .decode = missing_refuse };

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
 * ann_codec_new_refused:
 * @name: what the store calls the codec
 * @reason: why it is not decoded, such as `it would run code that is in the store`
 *
 * Stands in a chain for a codec that no build will have.
 *
 * Returns: (transfer full): a codec that is missing, and says why
 */
AnnCodec *
ann_codec_new_refused (const char *name, const char *reason)
{
  AnnCodec *self;

  g_return_val_if_fail (reason != NULL, NULL);

  self = ann_codec_new_missing (name);
  if (self != NULL)
    self->data = g_strdup (reason);

  return self;
}

static const AnnCodecClass no_op_class = { .name = "none" };

/**
 * ann_codec_new_no_op:
 * @description: what the store calls the codec, with parameters where it has some
 *
 * A step that lost something when it was written, or that another part of the library undoes:
 * it is named with the others, and there is nothing to decode.
 *
 * Returns: (transfer full): a codec that the chain passes over
 */
AnnCodec *
ann_codec_new_no_op (const char *description)
{
  g_return_val_if_fail (description != NULL, NULL);

  return _ann_codec_new (&no_op_class, 0, g_strdup (description));
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
      if (self->klass->free_data != NULL)
        self->klass->free_data (self->data);
      else
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

  return ann_codec_is_missing (self) || self->klass == &no_op_class ? self->description
                                                                    : self->klass->name;
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

/**
 * ann_codec_get_missing_reason:
 * @self: a codec
 *
 * Returns: (nullable): for a missing codec that was refused, why it was
 */
const char *
ann_codec_get_missing_reason (const AnnCodec *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return ann_codec_is_missing (self) ? self->data : NULL;
}
