/* ann-text.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-text.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define THIN_SPACE "\u2009"
#define MINUS "\u2212"
#define TIMES " × "

/**
 * ann_text_count:
 * @n: a number of things
 *
 * Returns: (transfer full): the digits in groups of three with thin spaces
 */
char *
ann_text_count (guint64 n)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  gsize length = strlen (digits);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append (text, THIN_SPACE);
      g_string_append_c (text, digits[i]);
    }

  return g_string_free (text, FALSE);
}

/**
 * ann_text_number:
 * @value: a measured value, of any size
 *
 * Returns: (transfer full): about four digits of it, a whole number without decimals; with a point
 *   in every language, as tables, files and filters have it
 */
char *
ann_text_number (double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  double size = fabs (value);

  if (isnan (value))
    return g_strdup (_ ("missing"));

  if (size < 1e15 && value == floor (value))
    {
      g_autofree char *count = ann_text_count ((guint64) size);

      return g_strconcat (value < 0 ? MINUS : "", count, NULL);
    }

  if (size >= 1000 && size < 1e6)
    {
      const double tenths = round (size * 10);
      g_autofree char *count = ann_text_count ((guint64) (tenths / 10));

      return g_strdup_printf ("%s%s.%d", value < 0 ? MINUS : "", count, (int) fmod (tenths, 10));
    }

  g_ascii_formatd (digits, sizeof digits,
                   size >= 1e6 || size < 1e-3 ? "%.3g"
                   : size >= 1                ? "%.2f"
                                              : "%.4f",
                   size);

  return g_strconcat (value < 0 ? MINUS : "", digits, NULL);
}

/**
 * ann_text_percent:
 * @share: from 0 to 1
 *
 * Returns: (transfer full): in percent; what is nearly none or nearly all says so, for a rounded
 *   0 % or 100 % would claim that it is
 */
char *
ann_text_percent (double share)
{
  if (share > 0 && share < 0.001)
    return g_strdup (_ ("< 0.1 %"));
  if (share < 1 && share > 0.999)
    return g_strdup (_ ("> 99.9 %"));
  if (share == 0 || share == 1)
    return g_strdup_printf (_ ("%.0f %%"), share * 100);

  return g_strdup_printf (_ ("%.1f %%"), share * 100);
}

/**
 * ann_text_shape:
 * @rank: number of axes
 * @shape: their lengths
 *
 * Returns: (transfer full): such as `700 × 765`
 */
char *
ann_text_shape (guint rank, const guint64 *shape)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < rank; i++)
    {
      g_autofree char *count = ann_text_count (shape[i]);

      if (i > 0)
        g_string_append (text, TIMES);
      g_string_append (text, count);
    }

  return g_string_free (text, FALSE);
}

/**
 * ann_text_traffic:
 * @traffic: (nullable): of a store
 *
 * Returns: (transfer full) (nullable): such as "37 requests · 4.2 MB"; %NULL without traffic
 */
char *
ann_text_traffic (AnnTraffic *traffic)
{
  AnnTrafficStats stats;
  g_autofree char *count = NULL;
  g_autofree char *size = NULL;

  if (traffic == NULL)
    return NULL;

  ann_traffic_get_stats (traffic, &stats);
  count = ann_text_count (stats.n_requests);
  size = g_format_size (stats.n_bytes);

  return g_strdup_printf (
      /* Translators: requests to a server, and the bytes that came, such as "4.2 MB". */
      ngettext ("%s request · %s", "%s requests · %s", (gulong) MIN (stats.n_requests, G_MAXULONG)),
      count, size);
}

/**
 * ann_text_day:
 * @unix_time: a moment in the past
 *
 * Returns: (transfer full): the day as seen from today: Today, Yesterday, Mon, 12 Nov, 12 Nov 2024
 */
char *
ann_text_day (gint64 unix_time)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_local (unix_time);
  GDate today, day;
  int age;

  if (then == NULL)
    return g_strdup ("");

  g_date_clear (&today, 1);
  g_date_clear (&day, 1);
  g_date_set_dmy (&today, g_date_time_get_day_of_month (now), g_date_time_get_month (now),
                  g_date_time_get_year (now));
  g_date_set_dmy (&day, g_date_time_get_day_of_month (then), g_date_time_get_month (then),
                  g_date_time_get_year (then));
  age = g_date_days_between (&day, &today);

  if (age == 0)
    return g_strdup (_ ("Today"));
  if (age == 1)
    return g_strdup (_ ("Yesterday"));
  if (age > 1 && age < 7)
    return g_date_time_format (then, "%a");
  if (g_date_time_get_year (now) == g_date_time_get_year (then))
    return g_date_time_format (then, _ ("%-d %b"));

  return g_date_time_format (then, _ ("%-d %b %Y"));
}

/**
 * ann_text_blank_mark:
 * @text: a value, in UTF-8
 *
 * Returns: (transfer none) (nullable): what stands, faint, in the place of a text of which nothing
 *   would be seen; %NULL of any other
 */
const char *
ann_text_blank_mark (const char *text)
{
  if (*text == '\0')
    return C_ ("cell", "empty text");

  while (g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);

  return *text == '\0' ? C_ ("cell", "blank text") : NULL;
}

/**
 * ann_text_home_path:
 * @path: (type filename): a path
 *
 * Returns: (transfer full): the path in UTF-8, beginning with `~` where it lies in the home folder
 */
char *
ann_text_home_path (const char *path)
{
  const char *home = g_get_home_dir ();
  gsize length = strlen (home);
  g_autofree char *rest = NULL;

  if (length < 2 || !g_str_has_prefix (path, home) || (path[length] != '/' && path[length] != '\0'))
    return g_filename_display_name (path);

  rest = g_filename_display_name (path + length);

  return g_strconcat ("~", rest, NULL);
}

/**
 * ann_text_element_path:
 * @element: an element
 *
 * Returns: (transfer full): its path from the root, beginning with a slash, in valid UTF-8
 */
char *
ann_text_element_path (AnnElement *element)
{
  const char *path = ann_element_get_path (element);
  g_autofree char *valid = g_utf8_make_valid (path, -1);

  return g_strconcat (path[0] == '/' ? "" : "/", valid, NULL);
}

/**
 * ann_text_element_badge:
 * @element: an element
 *
 * The one fact that the tree shows beside a name.
 *
 * Returns: (transfer full) (nullable): a shape, a type or a number of categories
 */
char *
ann_text_element_badge (AnnElement *element)
{
  AnnElementKind kind = ann_element_get_kind (element);
  guint rank = ann_element_get_rank (element);

  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    return NULL;

  switch (kind)
    {
    case ANN_ELEMENT_MAPPING:
      return NULL;

    case ANN_ELEMENT_FRAME:
      {
        guint64 shape[2] = { ann_element_get_n_rows (element),
                             ann_frame_get_n_columns (ANN_FRAME (element)) };

        return ann_text_shape (2, shape);
      }

    case ANN_ELEMENT_CATEGORICAL:
      {
        guint64 n = ann_categorical_get_n_categories (ANN_CATEGORICAL (element));
        g_autofree char *count = ann_text_count (n);

        return g_strdup_printf (ngettext ("%s category", "%s categories", (gulong) n), count);
      }

    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
      return ann_text_shape (rank, ann_element_get_shape (element));

    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
      if (rank > 1)
        return ann_text_shape (rank, ann_element_get_shape (element));
      return g_strdup (ann_dtype_get_name (ann_element_get_dtype (element)));

    case ANN_ELEMENT_RECORDS:
    case ANN_ELEMENT_AWKWARD:
      return ann_text_count (ann_element_get_n_rows (element));

    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_NUMBER:
      return g_strdup (ann_dtype_get_name (ann_element_get_dtype (element)));

    case ANN_ELEMENT_NULL:
      return g_strdup (_ ("none"));

    case ANN_ELEMENT_OPAQUE:
    default:
      return NULL;
    }
}

/**
 * ann_text_element_type:
 * @element: an element
 *
 * Returns: (transfer full): the type of its values and how they lie, such as `float32, CSR`
 */
char *
ann_text_element_type (AnnElement *element)
{
  const char *dtype = ann_dtype_get_name (ann_element_get_dtype (element));

  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_DENSE:
      if (ann_element_get_rank (element) == 2)
        return g_strdup_printf (_ ("%s, dense"), dtype);
      return g_strdup (dtype);

    case ANN_ELEMENT_CSR:
      return g_strdup_printf (_ ("%s, CSR"), dtype);

    case ANN_ELEMENT_CSC:
      return g_strdup_printf (_ ("%s, CSC"), dtype);

    case ANN_ELEMENT_CATEGORICAL:
      return g_strdup (ann_categorical_get_ordered (ANN_CATEGORICAL (element))
                           ? _ ("categorical, ordered")
                           : _ ("categorical"));

    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
      return g_strdup_printf (_ ("%s, nullable"), dtype);

    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_NUMBER:
      return g_strdup (dtype);

    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_RECORDS:
    case ANN_ELEMENT_AWKWARD:
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      return g_strdup (ann_text_element_kind (element));
    }
}

/**
 * ann_text_element_encoding:
 * @element: an element
 *
 * Returns: (transfer full): its encoding-type and encoding-version, or that it has none
 */
char *
ann_text_element_encoding (AnnElement *element)
{
  const char *type = ann_element_get_encoding_type (element);
  const char *version = ann_element_get_encoding_version (element);

  if ((type == NULL || type[0] == '\0') && ann_element_get_kind (element) == ANN_ELEMENT_OPAQUE)
    return g_strdup (_ ("not known"));
  if (type == NULL || type[0] == '\0')
    return g_strdup_printf (_ ("%s (implied, no attribute)"), ann_text_element_kind (element));
  if (version == NULL || version[0] == '\0')
    return g_strdup (type);

  return g_strdup_printf ("%s, %s", type, version);
}

/**
 * ann_text_element_kind:
 * @element: an element
 *
 * Returns: what it is, in words
 */
const char *
ann_text_element_kind (AnnElement *element)
{
  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
      return _ ("annotated matrix");
    case ANN_ELEMENT_RAW:
      return _ ("raw");
    case ANN_ELEMENT_MAPPING:
      return _ ("mapping");
    case ANN_ELEMENT_FRAME:
      return _ ("table");
    case ANN_ELEMENT_DENSE:
      return ann_element_get_rank (element) > 1 ? _ ("array") : _ ("vector");
    case ANN_ELEMENT_CSR:
      return _ ("sparse matrix (CSR)");
    case ANN_ELEMENT_CSC:
      return _ ("sparse matrix (CSC)");
    case ANN_ELEMENT_CATEGORICAL:
      return _ ("categorical");
    case ANN_ELEMENT_NULLABLE_INTEGER:
      return _ ("nullable integers");
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
      return _ ("nullable booleans");
    case ANN_ELEMENT_NULLABLE_STRING:
      return _ ("nullable strings");
    case ANN_ELEMENT_STRINGS:
      return _ ("strings");
    case ANN_ELEMENT_BYTES:
      return _ ("bytes");
    case ANN_ELEMENT_SEQUENCES:
      return _ ("lists");
    case ANN_ELEMENT_RECORDS:
      return _ ("records");
    case ANN_ELEMENT_AWKWARD:
      return _ ("nested lists");
    case ANN_ELEMENT_STRING:
      return _ ("string");
    case ANN_ELEMENT_NUMBER:
      return ann_element_get_dtype (element) == ANN_DTYPE_BOOL ? _ ("boolean") : _ ("number");
    case ANN_ELEMENT_NULL:
      return _ ("null");
    case ANN_ELEMENT_OPAQUE:
    default:
      return _ ("unknown");
    }
}

static const char *
values_icon (AnnDtype dtype)
{
  if (dtype == ANN_DTYPE_BOOL)
    return "ann-bool-symbolic";
  if (ann_dtype_comes_as_strings (dtype))
    return "ann-text-symbolic";

  return "ann-number-symbolic";
}

/* Icons of the groups that every annotated matrix has; NULL for any other path. */
static const char *
group_icon (const char *path)
{
  static const struct {
    const char *path;
    const char *icon;
  } groups[] = {
    { "obs", "ann-obs-symbolic" },         { "var", "ann-var-symbolic" },
    { "raw", "ann-raw-symbolic" },         { "raw/var", "ann-var-symbolic" },
    { "raw/varm", "ann-matrix-symbolic" }, { "obsm", "ann-embedding-symbolic" },
    { "varm", "ann-matrix-symbolic" },     { "obsp", "ann-graph-symbolic" },
    { "varp", "ann-graph-symbolic" },      { "layers", "ann-layers-symbolic" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    if (g_str_equal (groups[i].path, path))
      return groups[i].icon;

  return NULL;
}

/**
 * ann_text_element_icon:
 * @element: an element
 *
 * Returns: name of the icon of its kind
 */
const char *
ann_text_element_icon (AnnElement *element)
{
  const char *path = ann_element_get_path (element);
  const char *icon = group_icon (path);

  if (icon != NULL)
    return icon;

  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
      return "ann-raw-symbolic";

    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_RECORDS:
      return "ann-obs-symbolic";

    case ANN_ELEMENT_DENSE:
      if (ann_element_get_rank (element) < 2)
        return values_icon (ann_element_get_dtype (element));
      if (g_str_has_prefix (path, "obsm/") && ann_element_get_rank (element) == 2
          && ann_element_get_shape (element)[1] <= 3)
        return "ann-embedding-symbolic";
      return "ann-matrix-symbolic";

    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
      return "ann-matrix-symbolic";

    case ANN_ELEMENT_CATEGORICAL:
      return "ann-category-symbolic";

    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_NUMBER:
      return values_icon (ann_element_get_dtype (element));

    case ANN_ELEMENT_AWKWARD:
      return "ann-layers-symbolic";

    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      return "ann-uns-symbolic";
    }
}

/**
 * ann_text_element_trouble:
 * @element: an element whose state is not ok
 *
 * Returns: what is wrong with it, in one sentence without particulars
 */
const char *
ann_text_element_trouble (AnnElement *element)
{
  switch (ann_element_get_state (element))
    {
    case ANN_ELEMENT_UNSUPPORTED:
      return _ ("It is stored in a way that this version does not know.");
    case ANN_ELEMENT_MISSING_CODEC:
      return _ ("It is compressed with a filter that is not available.");
    case ANN_ELEMENT_CORRUPT:
      return _ ("Its parts contradict each other or are damaged.");
    case ANN_ELEMENT_DENIED:
      return _ ("It lies where AnnBrowser may not read.");
    case ANN_ELEMENT_OK:
    default:
      return _ ("It can be read.");
    }
}

/**
 * ann_text_element_advice:
 * @element: an element whose state is not ok
 *
 * Returns: what can be done about it, in a sentence or two
 */
const char *
ann_text_element_advice (AnnElement *element)
{
  switch (ann_element_get_state (element))
    {
    case ANN_ELEMENT_UNSUPPORTED:
      return _ (
          "A newer version may know it. The Storage page shows the arrays and attributes that "
          "it is made of.");
    case ANN_ELEMENT_MISSING_CODEC:
      return _ ("Install the plugin of HDF5 that has this filter and set HDF5_PLUGIN_PATH to its "
                "folder, or write the file again with gzip.");
    case ANN_ELEMENT_CORRUPT:
      return _ ("Get the file once more from where it came, or have it written again; tell its "
                "writer the reason above.");
    case ANN_ELEMENT_DENIED:
      return _ ("Put the files that the store names into its folder, or ask for the right to read "
                "them.");
    case ANN_ELEMENT_OK:
    default:
      return _ ("Nothing has to be done.");
    }
}

/**
 * ann_text_element_reason:
 * @element: an element whose state is not ok
 *
 * Returns: (transfer full): what is wrong with it in particular, without its path in front, which
 *   messages have that may be read far from it
 */
char *
ann_text_element_reason (AnnElement *element)
{
  const GError *error = ann_element_get_error (element);
  const char *message = error != NULL ? error->message : ann_text_element_trouble (element);
  const char *path = ann_element_get_path (element);
  gsize length = strlen (path);
  const char *rest = message[0] == '/' ? message + 1 : message;

  if (length > 0 && strncmp (rest, path, length) == 0 && strncmp (rest + length, ": ", 2) == 0)
    message = rest + length + 2;

  return g_utf8_make_valid (message, -1);
}
