/* ann-overview.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-overview.h"

#include "ann-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* Facts of a card; its page has a line for each. */
#define MAX_ROWS 5

/* Columns of a frame that are looked at one by one. */
#define MAX_COLUMNS 300

/* Rows of a column whose categories are counted: whole blocks of it, spread evenly. */
#define N_SHARE_BLOCKS 16
#define SHARE_BLOCK_ROWS 4096

static AnnOverview *
overview_new (void)
{
  AnnOverview *self = g_new0 (AnnOverview, 1);

  for (guint i = 0; i < ANN_N_CARDS; i++)
    self->rows[i] = g_ptr_array_new_with_free_func (g_free);

  return self;
}

/**
 * ann_overview_free:
 * @self: (transfer full): the facts
 */
void
ann_overview_free (AnnOverview *self)
{
  for (guint i = 0; i < ANN_N_CARDS; i++)
    {
      g_ptr_array_unref (self->rows[i]);
      g_free (self->details[i]);
      g_free (self->paths[i]);
      g_free (self->guesses[i]);
    }
  g_clear_pointer (&self->shares, g_array_unref);
  g_clear_pointer (&self->colors, g_array_unref);
  g_free (self->share_name);
  g_free (self);
}

/* Takes @value. */
static void
add_row (AnnOverview *self, AnnCard card, const char *key, char *value)
{
  g_ptr_array_add (self->rows[card], g_utf8_make_valid (key, -1));
  g_ptr_array_add (self->rows[card], g_utf8_make_valid (value, -1));
  g_free (value);
}

/* Of something that need not be there: NULL without a warning. */
static AnnElement *
open_child (AnnElement *parent, const char *name, GCancellable *cancellable)
{
  return parent != NULL ? ann_element_open_child (parent, name, cancellable, NULL) : NULL;
}

static gboolean
is_ok (AnnElement *element)
{
  return element != NULL && ann_element_get_state (element) == ANN_ELEMENT_OK;
}

/* ---- From metadata ---- */

static void
add_chunks (AnnOverview *self, AnnElement *element)
{
  gsize n_arrays = 0;
  AnnArray **arrays = ann_element_list_arrays (element, &n_arrays);
  AnnArray *array = n_arrays > 0 ? arrays[0] : NULL;

  if (array != NULL && ann_array_get_layout (array) == ANN_LAYOUT_CHUNKED)
    {
      AnnCodecChain *codecs = ann_array_get_codecs (array);
      g_autofree char *chunk = ann_text_shape (ann_array_get_rank (array),
                                               ann_array_get_chunk_shape (array));
      g_autofree char *filters = codecs != NULL && ann_codec_chain_get_length (codecs) > 0
                                     ? ann_codec_chain_to_string (codecs)
                                     : g_strdup (_ ("no filter"));

      add_row (self, ANN_CARD_MATRIX, _ ("Chunks"), g_strdup_printf ("%s, %s", chunk, filters));
    }
  else if (array != NULL)
    add_row (self, ANN_CARD_MATRIX, _ ("Chunks"), g_strdup (_ ("none, in one piece")));

  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);
  g_free (arrays);
}

/* How many values a selection has is not known. */
static gboolean
has_counted_values (AnnElement *element)
{
  return ANN_IS_SPARSE (element) && ann_sparse_get_n_stored (ANN_SPARSE (element)) != G_MAXUINT64;
}

static char *
describe_stored (AnnElement *element)
{
  guint64 n = ann_sparse_get_n_stored (ANN_SPARSE (element));
  double all = (double) ann_element_get_n_rows (element) * (double) ann_element_get_width (element);
  g_autofree char *count = ann_text_count (n);
  g_autofree char *percent = ann_text_percent (all > 0 ? MIN (1, n / all) : 0);

  return g_strdup_printf ("%s · %s", count, percent);
}

static void
read_matrix (AnnOverview *self, AnnElement *root, GCancellable *cancellable)
{
  g_autoptr (AnnElement) x = open_child (root, "X", cancellable);

  self->details[ANN_CARD_MATRIX] = g_strdup ("X");
  if (x == NULL || ann_element_get_kind (x) == ANN_ELEMENT_NULL)
    {
      add_row (self, ANN_CARD_MATRIX, _ ("Type"), g_strdup (_ ("no X in this store")));
      return;
    }

  self->paths[ANN_CARD_MATRIX] = g_strdup (ann_element_get_path (x));
  if (!is_ok (x))
    {
      add_row (self, ANN_CARD_MATRIX, _ ("Type"), g_strdup (_ ("cannot be read")));
      return;
    }

  add_row (self, ANN_CARD_MATRIX, _ ("Type"), ann_text_element_type (x));
  if (has_counted_values (x))
    add_row (self, ANN_CARD_MATRIX, _ ("Stored values"), describe_stored (x));
  add_chunks (self, x);
}

/* Names in a line, the first of them: `n_genes, n_counts, +3`. */
static char *
join_names (GPtrArray *names)
{
  GString *text = g_string_new (NULL);
  guint n_shown = names->len <= 3 ? names->len : 2;

  for (guint i = 0; i < n_shown; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (char *) names->pdata[i]);
  if (n_shown < names->len)
    g_string_append_printf (text, ", +%u", names->len - n_shown);

  return g_string_free (text, FALSE);
}

typedef enum {
  COLUMN_NUMBER,
  COLUMN_CATEGORY,
  COLUMN_TEXT,
  COLUMN_BOOLEAN,
  COLUMN_BROKEN,
  N_COLUMN_KINDS
} ColumnKind;

static ColumnKind
column_kind (AnnElement *column)
{
  AnnDtype dtype = ann_element_get_dtype (column);

  if (!is_ok (column))
    return COLUMN_BROKEN;
  if (ann_element_get_kind (column) == ANN_ELEMENT_CATEGORICAL)
    return COLUMN_CATEGORY;
  if (dtype == ANN_DTYPE_BOOL)
    return COLUMN_BOOLEAN;
  if (ann_dtype_comes_as_strings (dtype))
    return COLUMN_TEXT;

  return COLUMN_NUMBER;
}

static void
read_frame (AnnOverview *self, AnnCard card, AnnFrame *frame, GCancellable *cancellable)
{
  const char *keys[N_COLUMN_KINDS] = { _ ("Numeric"), _ ("Categorical"), _ ("Text"), _ ("Boolean"),
                                       _ ("Cannot be read") };
  GPtrArray *names[N_COLUMN_KINDS];
  guint n_columns;

  self->paths[card] = g_strdup (ann_element_get_path (ANN_ELEMENT (frame)));
  if (!is_ok (ANN_ELEMENT (frame)))
    {
      add_row (self, card, _ ("Columns"), g_strdup (_ ("cannot be read")));
      return;
    }

  n_columns = ann_frame_get_n_columns (frame);
  for (guint kind = 0; kind < N_COLUMN_KINDS; kind++)
    names[kind] = g_ptr_array_new ();
  for (guint i = 0; i < MIN (n_columns, MAX_COLUMNS); i++)
    {
      g_autoptr (AnnElement) column = ann_frame_open_column (frame, i, cancellable, NULL);

      if (column == NULL)
        continue;
      g_ptr_array_add (names[column_kind (column)],
                       (gpointer) ann_frame_get_column_name (frame, i));
    }

  if (n_columns == 0)
    add_row (self, card, _ ("Columns"), g_strdup (_ ("none besides the names")));
  for (guint kind = 0; kind < N_COLUMN_KINDS; kind++)
    {
      if (names[kind]->len > 0)
        add_row (self, card, keys[kind], join_names (names[kind]));
      g_ptr_array_unref (names[kind]);
    }
  if (n_columns > MAX_COLUMNS)
    add_row (self, card, _ ("Further columns"), ann_text_count (n_columns - MAX_COLUMNS));
}

static void
read_axis (AnnOverview *self,
           AnnCard card,
           const char *name,
           AnnElement *root,
           AnnFrame *frame,
           guint64 n,
           GCancellable *cancellable)
{
  g_autofree char *count = ann_text_count (n);
  g_autoptr (AnnElement) element = frame == NULL ? open_child (root, name, cancellable) : NULL;

  self->details[card] = g_strdup_printf ("%s · %s", name, count);
  if (frame != NULL)
    read_frame (self, card, frame, cancellable);
  else if (element == NULL)
    add_row (self, card, _ ("Columns"), g_strdup_printf (_ ("no %s in this store"), name));
  else
    {
      self->paths[card] = g_strdup (ann_element_get_path (element));
      add_row (self, card, _ ("Columns"),
               g_strdup (is_ok (element) ? ann_text_element_kind (element) : _ ("cannot be read")));
    }
}

/* What is to say of an element in a word or two. */
static char *
describe_child (AnnElement *child, GCancellable *cancellable)
{
  AnnElementKind kind = ann_element_get_kind (child);
  char *badge = NULL;

  if (!is_ok (child))
    return g_strdup (_ ("cannot be read"));

  if (kind == ANN_ELEMENT_MAPPING)
    {
      g_auto (GStrv) names = ann_element_list_children (child, cancellable, NULL);
      guint n = names != NULL ? g_strv_length (names) : 0;

      return g_strdup_printf (ngettext ("%u entry", "%u entries", n), n);
    }

  badge = ann_text_element_badge (child);
  if (badge != NULL && ann_element_get_rank (child) == 1 && kind != ANN_ELEMENT_FRAME
      && kind != ANN_ELEMENT_CATEGORICAL && kind != ANN_ELEMENT_RECORDS
      && kind != ANN_ELEMENT_AWKWARD)
    {
      g_autofree char *type = badge;
      g_autofree char *count = ann_text_count (ann_element_get_n_rows (child));

      return g_strdup_printf ("%s × %s", count, type);
    }

  return badge != NULL ? badge : g_strdup (ann_text_element_kind (child));
}

/* Lists a group: a line for each of its first children. Returns how many there are. */
static guint
read_group (AnnOverview *self, AnnCard card, AnnElement *group, GCancellable *cancellable)
{
  g_auto (GStrv) names = NULL;
  guint n;

  if (!is_ok (group))
    return 0;

  self->paths[card] = g_strdup (ann_element_get_path (group));
  names = ann_element_list_children (group, cancellable, NULL);
  n = names != NULL ? g_strv_length (names) : 0;
  for (guint i = 0; i < n && i < (n == MAX_ROWS ? MAX_ROWS : MAX_ROWS - 1); i++)
    {
      g_autoptr (AnnElement) child = open_child (group, names[i], cancellable);

      if (child == NULL)
        continue;
      add_row (self, card, names[i], describe_child (child, cancellable));
    }
  if (n > MAX_ROWS)
    {
      g_autofree char *more = g_strdup_printf (_ ("%u more"), n - (MAX_ROWS - 1));

      add_row (self, card, more, g_strdup (""));
    }

  return n;
}

static void
read_embeddings (AnnOverview *self, AnnElement *root, GCancellable *cancellable)
{
  g_autoptr (AnnElement) obsm = open_child (root, "obsm", cancellable);
  guint n = read_group (self, ANN_CARD_EMBEDDINGS, obsm, cancellable);

  self->details[ANN_CARD_EMBEDDINGS] = g_strdup_printf ("obsm · %u", n);
  if (n == 0)
    add_row (self, ANN_CARD_EMBEDDINGS, _ ("Embeddings"), g_strdup (_ ("none")));
}

static void
read_layers (AnnOverview *self, AnnElement *root, GCancellable *cancellable)
{
  const AnnCard card = ANN_CARD_LAYERS;
  g_autoptr (AnnElement) layers = open_child (root, "layers", cancellable);
  g_autoptr (AnnElement) raw = open_child (root, "raw", cancellable);
  gboolean has_raw = is_ok (raw) && ann_element_get_kind (raw) != ANN_ELEMENT_NULL;
  g_auto (GStrv) names = NULL;
  guint n;

  if (is_ok (layers))
    names = ann_element_list_children (layers, cancellable, NULL);
  n = names != NULL ? g_strv_length (names) : 0;

  self->details[card] = g_strdup_printf ("%u%s", n, has_raw ? _ (" · raw") : "");
  if (n > 0)
    self->paths[card] = g_strdup (ann_element_get_path (layers));
  if (n == 0)
    add_row (self, card, _ ("Layers"), g_strdup (_ ("none")));
  for (guint i = 0; i < MIN (n, 3); i++)
    {
      g_autoptr (AnnElement) layer = open_child (layers, names[i], cancellable);

      if (layer != NULL)
        add_row (self, card, names[i],
                 is_ok (layer) ? ann_text_element_type (layer) : g_strdup (_ ("cannot be read")));
    }
  if (n > 3)
    add_row (self, card, _ ("Further layers"), ann_text_count (n - 3));

  if (has_raw)
    {
      g_autoptr (AnnElement) x = open_child (raw, "X", cancellable);

      if (self->paths[card] == NULL)
        self->paths[card] = g_strdup (ann_element_get_path (raw));
      if (is_ok (x))
        {
          g_autofree char *type = ann_text_element_type (x);
          g_autofree char *shape = ann_text_shape (ann_element_get_rank (x),
                                                   ann_element_get_shape (x));

          add_row (self, card, "raw.X", g_strdup_printf ("%s, %s", shape, type));
          if (has_counted_values (x))
            add_row (self, card, _ ("raw stored"), describe_stored (x));
        }
    }
}

static void
read_unstructured (AnnOverview *self, AnnElement *root, GCancellable *cancellable)
{
  g_autoptr (AnnElement) uns = open_child (root, "uns", cancellable);
  guint n = read_group (self, ANN_CARD_UNSTRUCTURED, uns, cancellable);

  self->details[ANN_CARD_UNSTRUCTURED] = g_strdup_printf ("uns · %u", n);
  if (n == 0)
    add_row (self, ANN_CARD_UNSTRUCTURED, _ ("Unstructured"), g_strdup (_ ("none")));
}

/**
 * ann_overview_read:
 * @data: an annotated matrix
 * @cancellable: (nullable): ends it
 * @error: return location for an error, or %NULL
 *
 * Reads metadata only. Blocks: call it in a worker.
 *
 * Returns: (transfer full): what can be said from metadata, or %NULL when it was cancelled
 */
AnnOverview *
ann_overview_read (AnnData *data, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnOverview) self = overview_new ();
  AnnElement *root = ann_data_get_root (data);

  if (ann_data_is_annotated (data))
    {
      read_matrix (self, root, cancellable);
      read_axis (self, ANN_CARD_CELLS, "obs", root, ann_data_get_obs (data),
                 ann_data_get_n_obs (data), cancellable);
      read_axis (self, ANN_CARD_GENES, "var", root, ann_data_get_var (data),
                 ann_data_get_n_var (data), cancellable);
      read_embeddings (self, root, cancellable);
      read_layers (self, root, cancellable);
      read_unstructured (self, root, cancellable);
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* ---- From samples ---- */

static char *
guess (AnnValueSample *sample)
{
  g_autofree char *rows = ann_text_count (ann_value_sample_get_n_rows (sample));
  const char *what;

  if (ann_value_sample_get_n_values (sample) == 0)
    return NULL;

  if (ann_value_sample_get_minimum (sample) < 0)
    what = _ ("scaled values");
  else if (ann_value_sample_is_integer (sample))
    what = _ ("raw counts");
  else if (ann_value_sample_get_maximum (sample) < 25)
    what = _ ("log-normalised");
  else
    what = _ ("normalised, not logged");

  /* Translators: "raw counts (sampled 64 rows)" */
  return g_strdup_printf (_ ("%s (sampled %s rows)"), what, rows);
}

/* @key: under what the card says that they cannot be read */
static AnnValueSample *
sample_values (AnnOverview *self,
               AnnCard card,
               const char *key,
               AnnElement *matrix,
               GCancellable *cancellable)
{
  g_autoptr (AnnHeatmap) heatmap = NULL;
  AnnValueSample *sample;

  if (!is_ok (matrix) || !ann_element_is_matrix (matrix)
      || !ann_dtype_is_real (ann_element_get_dtype (matrix)))
    return NULL;

  heatmap = ann_heatmap_new (matrix, NULL);
  if (heatmap == NULL)
    return NULL;

  sample = ann_heatmap_sample_values (heatmap, cancellable, NULL);
  if (sample == NULL)
    add_row (self, card, key, g_strdup (_ ("cannot be read")));

  return sample;
}

static void
sample_matrix (AnnOverview *self, AnnElement *root, GCancellable *cancellable)
{
  g_autoptr (AnnElement) x = open_child (root, "X", cancellable);
  g_autoptr (AnnValueSample) sample = sample_values (self, ANN_CARD_MATRIX, _ ("Values"), x,
                                                     cancellable);
  g_autofree char *low = NULL;
  g_autofree char *high = NULL;

  if (sample == NULL || ann_value_sample_get_n_values (sample) == 0)
    return;

  low = ann_text_number (ann_value_sample_get_minimum (sample));
  high = ann_text_number (ann_value_sample_get_maximum (sample));
  if (!ANN_IS_SPARSE (x))
    add_row (self, ANN_CARD_MATRIX, _ ("Non-zero, sampled"),
             ann_text_percent (ann_value_sample_get_non_zero_share (sample)));
  add_row (self, ANN_CARD_MATRIX, _ ("Range, sampled"), g_strdup_printf ("%s … %s", low, high));
  self->guesses[ANN_CARD_MATRIX] = guess (sample);
}

static void
sample_layers (AnnOverview *self, AnnElement *root, GCancellable *cancellable)
{
  g_autoptr (AnnElement) raw = open_child (root, "raw", cancellable);
  g_autoptr (AnnElement) x = is_ok (raw) ? open_child (raw, "X", cancellable) : NULL;
  g_autoptr (AnnValueSample) sample = sample_values (self, ANN_CARD_LAYERS, _ ("raw values"), x,
                                                     cancellable);

  if (sample != NULL)
    self->guesses[ANN_CARD_LAYERS] = guess (sample);
}

static void
sample_names (AnnOverview *self, AnnCard card, AnnFrame *frame, GCancellable *cancellable)
{
  g_autoptr (AnnElement) index = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 n;

  if (frame == NULL || !is_ok (ANN_ELEMENT (frame)))
    return;

  index = ann_frame_open_index (frame, cancellable, NULL);
  n = index != NULL ? MIN (3, ann_element_get_n_rows (index)) : 0;
  if (n == 0 || !is_ok (index))
    return;
  block = ann_element_read_rows (index, 0, n, cancellable, NULL);
  if (block == NULL)
    return;

  for (guint64 i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      ann_cell_append_value (text, block, NULL, i, 0);
    }
  if (ann_element_get_n_rows (index) > n)
    g_string_append (text, ", …");
  add_row (self, card, _ ("Names"), g_strdup (text->str));
}

/* The first column that has a handful of categories: more make a bar of hairlines. */
static AnnElement *
find_column_to_share (AnnFrame *obs, const char **name, GCancellable *cancellable)
{
  guint n = MIN (ann_frame_get_n_columns (obs), MAX_COLUMNS);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnElement) column = ann_frame_open_column (obs, i, cancellable, NULL);
      guint64 n_categories;

      if (!is_ok (column) || ann_element_get_kind (column) != ANN_ELEMENT_CATEGORICAL)
        continue;
      n_categories = ann_categorical_get_n_categories (ANN_CATEGORICAL (column));
      if (n_categories > 1 && n_categories <= 40)
        {
          *name = ann_frame_get_column_name (obs, i);
          return g_steal_pointer (&column);
        }
    }

  return NULL;
}

static void
count_codes (AnnElement *column,
             guint64 start,
             guint64 count,
             GArray *shares,
             GCancellable *cancellable)
{
  g_autoptr (AnnBlock) block = ann_element_read_rows (column, start, count, cancellable, NULL);

  for (guint64 i = 0; block != NULL && block->values != NULL && i < block->count; i++)
    {
      double code = ann_buffer_get_double (block->values, i);

      if (code >= 0 && code < shares->len)
        g_array_index (shares, double, (guint) code) += 1;
    }
}

static guint32
parse_color (AnnStrings *colors, guint category)
{
  g_autofree char *text = NULL;
  guint64 color;

  if (colors != NULL && category < ann_strings_get_length (colors))
    text = ann_strings_dup_utf8 (colors, category);
  if (text != NULL && text[0] == '#' && strlen (text) >= 7)
    {
      text[7] = '\0';
      if (g_ascii_string_to_unsigned (text + 1, 16, 0, 0xffffff, &color, NULL))
        return (guint32) color;
    }

  return ann_category_color (category) & 0xffffff;
}

static void
sample_shares (AnnOverview *self, AnnData *data, GCancellable *cancellable)
{
  AnnFrame *obs = ann_data_get_obs (data);
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (AnnStrings) colors = NULL;
  const char *name = NULL;
  guint64 n_rows, step;
  guint n_categories;

  if (obs == NULL || !is_ok (ANN_ELEMENT (obs)))
    return;
  column = find_column_to_share (obs, &name, cancellable);
  if (column == NULL)
    return;

  n_categories = (guint) ann_categorical_get_n_categories (ANN_CATEGORICAL (column));
  self->shares = g_array_sized_new (FALSE, TRUE, sizeof (double), n_categories);
  self->colors = g_array_sized_new (FALSE, TRUE, sizeof (guint32), n_categories);
  self->share_name = g_utf8_make_valid (name, -1);
  g_array_set_size (self->shares, n_categories);

  n_rows = ann_element_get_n_rows (column);
  step = MAX (n_rows / N_SHARE_BLOCKS, SHARE_BLOCK_ROWS);
  for (guint64 row = 0; row < n_rows; row += step)
    count_codes (column, row, MIN (SHARE_BLOCK_ROWS, n_rows - row), self->shares, cancellable);

  colors = ann_data_read_category_colors (data, name, cancellable, NULL);
  for (guint i = 0; i < n_categories; i++)
    {
      guint32 color = parse_color (colors, i);

      g_array_append_val (self->colors, color);
    }
}

/**
 * ann_overview_sample:
 * @data: an annotated matrix
 * @cancellable: (nullable): ends it
 * @error: return location for an error, or %NULL
 *
 * Reads bounded samples of the values. Of a matrix that cannot be read it says so; what else cannot
 * be read is left out. Blocks: call it in a
 * worker.
 *
 * Returns: (transfer full): what the samples tell, or %NULL when it was cancelled
 */
AnnOverview *
ann_overview_sample (AnnData *data, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnOverview) self = overview_new ();
  AnnElement *root = ann_data_get_root (data);

  if (ann_data_is_annotated (data))
    {
      sample_names (self, ANN_CARD_CELLS, ann_data_get_obs (data), cancellable);
      sample_names (self, ANN_CARD_GENES, ann_data_get_var (data), cancellable);
      sample_shares (self, data, cancellable);
      sample_matrix (self, root, cancellable);
      sample_layers (self, root, cancellable);
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}
