/* ann-concat-part.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-concat-part.h"

#include "ann-weak.h"
#include "models/ann-place.h"

#include <string.h>

struct _AnnConcatPart {
  GObject parent_instance;

  GFile *place;
  char *address;
  char *name;
  char *key;
  AnnData *data;
  GError *error;
  GCancellable *cancellable; /* of the opening */
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnConcatPart, ann_concat_part, G_TYPE_OBJECT)

static void
ann_concat_part_dispose (GObject *object)
{
  AnnConcatPart *self = ANN_CONCAT_PART (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (ann_concat_part_parent_class)->dispose (object);
}

static void
ann_concat_part_finalize (GObject *object)
{
  AnnConcatPart *self = ANN_CONCAT_PART (object);

  g_clear_object (&self->place);
  g_clear_object (&self->data);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self->address);
  g_free (self->name);
  g_free (self->key);

  G_OBJECT_CLASS (ann_concat_part_parent_class)->finalize (object);
}

static void
ann_concat_part_class_init (AnnConcatPartClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_concat_part_dispose;
  G_OBJECT_CLASS (klass)->finalize = ann_concat_part_finalize;

  /**
   * AnnConcatPart::changed:
   * @self: a part
   *
   * It was opened, or could not be, or has another key.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_concat_part_init (AnnConcatPart *self)
{
  self->cancellable = g_cancellable_new ();
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnConcatPart) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_data_open_finish (result, &error);

  if (self == NULL)
    return;

  self->data = g_steal_pointer (&data);
  self->error = g_steal_pointer (&error);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What tells stores apart that are called alike but for what they are. */
static char *
make_key (const char *name)
{
  static const char *const suffixes[] = { ".zip", ".zarr", ".h5ad", ".h5ads", ".h5" };
  g_autofree char *key = g_strdup (name);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (key, suffixes[i]) && strlen (key) > strlen (suffixes[i]))
      key[strlen (key) - strlen (suffixes[i])] = '\0';

  return g_steal_pointer (&key);
}

/**
 * ann_concat_part_new:
 * @place: where the store is
 * @data: (nullable): the store, if it is open already; else it is opened
 *
 * Returns: (transfer full): the part; its key is the name of the store
 */
AnnConcatPart *
ann_concat_part_new (GFile *place, AnnData *data)
{
  AnnConcatPart *self = g_object_new (ANN_TYPE_CONCAT_PART, NULL);

  self->place = g_object_ref (place);
  self->address = ann_place_dup_address (place);
  self->name = ann_place_dup_name (place);
  self->key = make_key (self->name);
  if (data != NULL)
    self->data = g_object_ref (data);
  else
    ann_data_open_async (self->address, G_PRIORITY_DEFAULT, self->cancellable, on_opened,
                         ann_weak_new (self));

  return self;
}

/**
 * ann_concat_part_get_place:
 * @self: a part
 *
 * Returns: (transfer none): where it is
 */
GFile *
ann_concat_part_get_place (AnnConcatPart *self)
{
  return self->place;
}

/**
 * ann_concat_part_get_address:
 * @self: a part
 *
 * Returns: (transfer none): its path or address, for the library
 */
const char *
ann_concat_part_get_address (AnnConcatPart *self)
{
  return self->address;
}

/**
 * ann_concat_part_get_name:
 * @self: a part
 *
 * Returns: (transfer none): the name of the store
 */
const char *
ann_concat_part_get_name (AnnConcatPart *self)
{
  return self->name;
}

/**
 * ann_concat_part_get_data:
 * @self: a part
 *
 * Returns: (transfer none) (nullable): the store; %NULL until it is open, or if it cannot be
 */
AnnData *
ann_concat_part_get_data (AnnConcatPart *self)
{
  return self->data;
}

/**
 * ann_concat_part_get_error:
 * @self: a part
 *
 * Returns: (transfer none) (nullable): why it cannot be opened
 */
const GError *
ann_concat_part_get_error (AnnConcatPart *self)
{
  return self->error;
}

/**
 * ann_concat_part_set_key:
 * @self: a part
 * @key: what it is to be called in the result
 */
void
ann_concat_part_set_key (AnnConcatPart *self, const char *key)
{
  if (g_str_equal (self->key, key))
    return;

  g_free (self->key);
  self->key = g_strdup (key);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * ann_concat_part_get_key:
 * @self: a part
 *
 * Returns: (transfer none): what it is called in the result
 */
const char *
ann_concat_part_get_key (AnnConcatPart *self)
{
  return self->key;
}
