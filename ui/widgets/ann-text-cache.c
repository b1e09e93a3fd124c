/* ann-text-cache.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-text-cache.h"

#include <string.h>

/* How many texts make a generation: more than a large screen shows. */
#define N_TEXTS 2048

/* What is asked for is in @young or moves there; when @young is full, what is still in @old has
 * not been asked for for a while.
 */
typedef struct {
  AnnText text;
  AnnTextStyle style;
  int max_width; /* 0 if the text is whole */
  guint hash;
  gsize length;
  char bytes[];
} Entry;

struct _AnnTextCache {
  PangoContext *context;
  PangoFontDescription *fonts[ANN_N_TEXT_STYLES];
  PangoAttrList *attributes;
  GHashTable *young;
  GHashTable *old;
  GPtrArray *spare; /* of PangoLayout */
  int ascent;
  int descent;
  double digit_widths[ANN_N_TEXT_STYLES];
};

static guint
entry_hash (gconstpointer data)
{
  return ((const Entry *) data)->hash;
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const Entry *left = a;
  const Entry *right = b;

  return left->hash == right->hash && left->style == right->style
         && left->max_width == right->max_width && left->length == right->length
         && memcmp (left->bytes, right->bytes, left->length) == 0;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_object (&entry->text.layout);
  g_free (entry);
}

static guint
hash_text (AnnTextStyle style, const char *text, gsize length, int max_width)
{
  guint hash = 5381 + (guint) style * 33 + (guint) max_width * 65599;

  for (gsize i = 0; i < length; i++)
    hash = hash * 33 + (guchar) text[i];

  return hash;
}

static PangoLayout *
get_layout (AnnTextCache *self, AnnTextStyle style)
{
  PangoLayout *layout;

  if (self->spare->len > 0)
    layout = g_ptr_array_steal_index_fast (self->spare, self->spare->len - 1);
  else
    {
      layout = pango_layout_new (self->context);
      pango_layout_set_single_paragraph_mode (layout, TRUE);
      pango_layout_set_attributes (layout, self->attributes);
    }
  pango_layout_set_font_description (layout, self->fonts[style]);

  return layout;
}

static void
measure (AnnTextCache *self)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (self->context,
                                                         self->fonts[ANN_TEXT_NORMAL], NULL);

  self->ascent = PANGO_PIXELS_CEIL (pango_font_metrics_get_ascent (metrics));
  self->descent = PANGO_PIXELS_CEIL (pango_font_metrics_get_descent (metrics));
  pango_font_metrics_unref (metrics);

  for (guint style = 0; style < ANN_N_TEXT_STYLES; style++)
    {
      g_autoptr (PangoLayout) layout = get_layout (self, style);
      int width;

      pango_layout_set_text (layout, "0000000000", 10);
      pango_layout_get_size (layout, &width, NULL);
      self->digit_widths[style] = width / 10.0 / PANGO_SCALE;
    }
}

/**
 * ann_text_cache_new:
 * @context: of the widget that draws
 * @size: the size of normal text, in pixels
 *
 * Figures are all of one width, in all styles.
 *
 * Returns: (transfer full): a cache
 */
AnnTextCache *
ann_text_cache_new (PangoContext *context, double size)
{
  AnnTextCache *self = g_new0 (AnnTextCache, 1);
  const PangoFontDescription *base = pango_context_get_font_description (context);

  self->context = g_object_ref (context);
  self->young = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL);
  self->old = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL);
  self->spare = g_ptr_array_new_with_free_func (g_object_unref);
  self->attributes = pango_attr_list_new ();
  pango_attr_list_insert (self->attributes, pango_attr_font_features_new ("tnum=1"));

  for (guint style = 0; style < ANN_N_TEXT_STYLES; style++)
    {
      const double factor = style == ANN_TEXT_SMALL ? 9.0 / 10.5 : 1;

      self->fonts[style] = pango_font_description_copy (base);
      pango_font_description_set_absolute_size (self->fonts[style], size * factor * PANGO_SCALE);
    }
  pango_font_description_set_weight (self->fonts[ANN_TEXT_BOLD], PANGO_WEIGHT_BOLD);
  pango_font_description_set_style (self->fonts[ANN_TEXT_ITALIC], PANGO_STYLE_ITALIC);
  measure (self);

  return self;
}

/**
 * ann_text_cache_free:
 * @self: (transfer full): a cache
 */
void
ann_text_cache_free (AnnTextCache *self)
{
  g_hash_table_unref (self->young);
  g_hash_table_unref (self->old);
  g_ptr_array_unref (self->spare);
  for (guint style = 0; style < ANN_N_TEXT_STYLES; style++)
    pango_font_description_free (self->fonts[style]);
  pango_attr_list_unref (self->attributes);
  g_object_unref (self->context);
  g_free (self);
}

static void
retire_old (AnnTextCache *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->old);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (self->spare->len < N_TEXTS)
        g_ptr_array_add (self->spare, g_steal_pointer (&((Entry *) key)->text.layout));
    }
  g_hash_table_remove_all (self->old);
}

static void
add_young (AnnTextCache *self, Entry *entry)
{
  if (g_hash_table_size (self->young) >= N_TEXTS)
    {
      GHashTable *swap = self->old;

      retire_old (self);
      self->old = self->young;
      self->young = swap;
    }
  g_hash_table_add (self->young, entry);
}

static Entry *
find (AnnTextCache *self, const Entry *sought)
{
  gpointer found;

  if (g_hash_table_lookup_extended (self->young, sought, &found, NULL))
    return found;

  if (g_hash_table_steal_extended (self->old, sought, &found, NULL))
    {
      add_young (self, found);
      return found;
    }

  return NULL;
}

static void
lay_out (AnnTextCache *self, Entry *entry)
{
  PangoLayout *layout = get_layout (self, entry->style);
  int width;

  pango_layout_set_width (layout, entry->max_width > 0 ? entry->max_width * PANGO_SCALE : -1);
  pango_layout_set_ellipsize (layout,
                              entry->max_width > 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  pango_layout_set_text (layout, entry->bytes, (int) entry->length);
  pango_layout_get_size (layout, &width, NULL);

  entry->text.layout = layout;
  entry->text.width = PANGO_PIXELS_CEIL (width);
  entry->text.baseline = PANGO_PIXELS (pango_layout_get_baseline (layout));
}

static const AnnText *
get (AnnTextCache *self, AnnTextStyle style, const char *text, gsize length, int max_width)
{
  g_autofree Entry *sought = g_malloc (sizeof (Entry) + length + 1);
  Entry *entry;

  sought->text = (AnnText){ NULL };
  sought->style = style;
  sought->max_width = max_width;
  sought->length = length;
  memcpy (sought->bytes, text, length);
  sought->bytes[length] = '\0';
  sought->hash = hash_text (style, text, length, max_width);

  entry = find (self, sought);
  if (entry == NULL)
    {
      entry = g_steal_pointer (&sought);
      lay_out (self, entry);
      add_young (self, entry);
    }

  return &entry->text;
}

/**
 * ann_text_cache_get:
 * @self: a cache
 * @style: how it looks
 * @text: UTF-8; what lies beyond 1 KiB is not drawn
 * @length: bytes in @text
 * @max_width: room in pixels: a longer text ends with an ellipsis
 *
 * Returns: (transfer none): the text laid out, until the next call
 */
const AnnText *
ann_text_cache_get (AnnTextCache *self,
                    AnnTextStyle style,
                    const char *text,
                    gsize length,
                    int max_width)
{
  const AnnText *whole;

  if (length > 1024)
    length = (gsize) (g_utf8_find_prev_char (text, text + 1025) - text);

  whole = get (self, style, text, length, 0);
  if (whole->width <= max_width)
    return whole;

  return get (self, style, text, length, MAX (max_width, 1));
}

/**
 * ann_text_cache_get_ascent:
 * @self: a cache
 *
 * Returns: height of normal text above its baseline
 */
int
ann_text_cache_get_ascent (AnnTextCache *self)
{
  return self->ascent;
}

/**
 * ann_text_cache_get_descent:
 * @self: a cache
 *
 * Returns: height of normal text below its baseline
 */
int
ann_text_cache_get_descent (AnnTextCache *self)
{
  return self->descent;
}

/**
 * ann_text_cache_get_digit_width:
 * @self: a cache
 * @style: how it looks
 *
 * Returns: the width of each figure
 */
double
ann_text_cache_get_digit_width (AnnTextCache *self, AnnTextStyle style)
{
  return self->digit_widths[style];
}
