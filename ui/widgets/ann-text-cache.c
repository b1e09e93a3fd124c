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

/* Of one character of numbers in one style. */
typedef struct {
  gunichar character;
  PangoGlyphInfo info;
} Glyph;

/* The one space in them. */
#define THIN_SPACE "\u2009"
#define NUMBER_CHARACTERS "0123456789.e-\u2212" THIN_SPACE
#define N_NUMBER_CHARACTERS 15

/* All characters of which numbers consist, if they are of one font. */
typedef struct {
  PangoFont *font;
  Glyph glyphs[N_NUMBER_CHARACTERS];
  guint n_glyphs;
} NumberGlyphs;

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
  NumberGlyphs numbers[ANN_N_TEXT_STYLES];
  PangoGlyphString *composed;
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

/* A space is what it keeps two figures apart, in whatever font it is: nothing is drawn. */
static void
get_space (AnnTextCache *self, AnnTextStyle style, const char *space, Glyph *glyph)
{
  g_autoptr (PangoLayout) layout = get_layout (self, style);
  g_autofree char *text = g_strdup_printf ("0%s0", space);
  int apart, together;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_size (layout, &apart, NULL);
  pango_layout_set_text (layout, "00", -1);
  pango_layout_get_size (layout, &together, NULL);

  glyph->info = (PangoGlyphInfo){ .glyph = PANGO_GLYPH_EMPTY };
  glyph->info.geometry.width = apart - together;
  glyph->info.attr.is_cluster_start = TRUE;
}

/* The glyph that the character has when it stands alone; FALSE if it is made up of several, or of
 * another font than those before it.
 */
static gboolean
get_glyph (AnnTextCache *self, AnnTextStyle style, const char *character, Glyph *glyph)
{
  NumberGlyphs *numbers = &self->numbers[style];
  g_autoptr (PangoLayout) layout = get_layout (self, style);
  const PangoGlyphItem *run;
  GSList *runs;

  glyph->character = g_utf8_get_char (character);
  if (g_unichar_isspace (glyph->character))
    {
      get_space (self, style, THIN_SPACE, glyph);
      return TRUE;
    }

  pango_layout_set_text (layout, character, (int) (g_utf8_next_char (character) - character));
  runs = pango_layout_get_line_readonly (layout, 0)->runs;
  if (runs == NULL || runs->next != NULL)
    return FALSE;

  run = runs->data;
  if (run->glyphs->num_glyphs != 1)
    return FALSE;

  glyph->info = run->glyphs->glyphs[0];
  if (numbers->font == NULL)
    numbers->font = g_object_ref (run->item->analysis.font);

  return numbers->font == run->item->analysis.font;
}

static void
find_number_glyphs (AnnTextCache *self)
{
  for (guint style = 0; style < ANN_N_TEXT_STYLES; style++)
    {
      NumberGlyphs *numbers = &self->numbers[style];

      for (const char *c = NUMBER_CHARACTERS; *c != '\0'; c = g_utf8_next_char (c))
        {
          if (get_glyph (self, style, c, &numbers->glyphs[numbers->n_glyphs]))
            numbers->n_glyphs++;
        }
    }
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
  self->composed = pango_glyph_string_new ();
  find_number_glyphs (self);

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
    {
      pango_font_description_free (self->fonts[style]);
      g_clear_object (&self->numbers[style].font);
    }
  pango_glyph_string_free (self->composed);
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
  PangoEllipsizeMode mode = PANGO_ELLIPSIZE_NONE;
  int width;

  /* Titles often begin alike, as the identifiers of genes do. */
  if (entry->max_width > 0)
    mode = entry->style == ANN_TEXT_BOLD ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END;
  pango_layout_set_width (layout, entry->max_width > 0 ? entry->max_width * PANGO_SCALE : -1);
  pango_layout_set_ellipsize (layout, mode);
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
 * @max_width: room in pixels: a longer text ends with an ellipsis, a bold one has it in the middle
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

static const Glyph *
find_glyph (const NumberGlyphs *numbers, gunichar character)
{
  for (guint i = 0; i < numbers->n_glyphs; i++)
    {
      if (numbers->glyphs[i].character == character)
        return &numbers->glyphs[i];
    }

  return NULL;
}

/**
 * ann_text_cache_compose:
 * @self: a cache
 * @style: how it looks
 * @text: UTF-8
 * @length: bytes in @text
 * @glyphs: (out) (transfer none): what to draw, until the next call
 * @font: (out) (transfer none): in which font
 * @width: (out): its width in pixels
 *
 * Numbers change with every row and are not worth keeping: they are put together from figures that
 * were shaped once, which is ten times as quick as to lay them out.
 *
 * Returns: %FALSE if @text is not just a number
 */
gboolean
ann_text_cache_compose (AnnTextCache *self,
                        AnnTextStyle style,
                        const char *text,
                        gsize length,
                        PangoGlyphString **glyphs,
                        PangoFont **font,
                        int *width)
{
  const NumberGlyphs *numbers = &self->numbers[style];
  int sum = 0;
  int n = 0;

  if (numbers->font == NULL || length > 64)
    return FALSE;

  pango_glyph_string_set_size (self->composed, (int) length);
  for (const char *c = text; c < text + length; c = g_utf8_next_char (c))
    {
      const Glyph *glyph = find_glyph (numbers, g_utf8_get_char (c));

      if (glyph == NULL)
        return FALSE;

      sum += glyph->info.geometry.width;
      /* GSK leaves empty glyphs out, and their width with them. */
      if (glyph->info.glyph == PANGO_GLYPH_EMPTY && n > 0)
        {
          self->composed->glyphs[n - 1].geometry.width += glyph->info.geometry.width;
          continue;
        }

      self->composed->glyphs[n] = glyph->info;
      self->composed->log_clusters[n] = (int) (c - text);
      n++;
    }
  pango_glyph_string_set_size (self->composed, n);

  *glyphs = self->composed;
  *font = numbers->font;
  *width = PANGO_PIXELS_CEIL (sum);

  return n > 0;
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
