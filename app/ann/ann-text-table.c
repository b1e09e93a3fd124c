/* ann-text-table.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-text-table.h"

#include <string.h>

/* Between two columns. */
#define GAP "  "

/* @n_cells: of the row that is being filled, too */
struct _AnnTextTable {
  guint n_columns;
  gboolean *align_right;
  guint *widths;
  GPtrArray *cells;
};

AnnTextTable *
ann_text_table_new (guint n_columns)
{
  AnnTextTable *self = g_new0 (AnnTextTable, 1);

  self->n_columns = n_columns;
  self->align_right = g_new0 (gboolean, n_columns);
  self->widths = g_new0 (guint, n_columns);
  self->cells = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
ann_text_table_free (AnnTextTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self->widths);
  g_free (self->align_right);
  g_free (self);
}

void
ann_text_table_set_align_right (AnnTextTable *self, guint column)
{
  self->align_right[column] = TRUE;
}

/* Columns that @text takes on a terminal: wide characters take two, marks none. */
static guint
get_width (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }

  return width;
}

static char *
make_printable (const char *text, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  GString *to = g_string_sized_new (length);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '\n')
        g_string_append (to, "\\n");
      else if (c == '\t')
        g_string_append (to, "\\t");
      else if (c == '\r')
        g_string_append (to, "\\r");
      else if (g_unichar_iscntrl (c))
        g_string_append_unichar (to, 0xfffd);
      else
        g_string_append_unichar (to, c);
    }

  return g_string_free (to, FALSE);
}

void
ann_text_table_add_bytes (AnnTextTable *self, const char *text, gsize length)
{
  char *cell = make_printable (text, length);
  guint column = self->cells->len % self->n_columns;

  self->widths[column] = MAX (self->widths[column], get_width (cell));
  g_ptr_array_add (self->cells, cell);
}

/* @text may be %NULL: an empty cell. */
void
ann_text_table_add (AnnTextTable *self, const char *text)
{
  if (text == NULL)
    text = "";
  ann_text_table_add_bytes (self, text, strlen (text));
}

static void
append_cell (AnnTextTable *self, GString *line, guint column, const char *cell)
{
  gsize n_spaces = self->widths[column] - get_width (cell);

  if (!self->align_right[column])
    g_string_append (line, cell);
  for (gsize i = 0; i < n_spaces; i++)
    g_string_append_c (line, ' ');
  if (self->align_right[column])
    g_string_append (line, cell);
}

/* Prints the cells and forgets them. The widths stay, for those that follow. No line ends with
 * blanks.
 */
void
ann_text_table_print (AnnTextTable *self, FILE *stream)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (guint i = 0; i < self->cells->len; i++)
    {
      guint column = i % self->n_columns;

      append_cell (self, line, column, g_ptr_array_index (self->cells, i));
      if (column + 1 < self->n_columns)
        {
          g_string_append (line, GAP);
          continue;
        }
      g_strchomp (line->str);
      fprintf (stream, "%s\n", line->str);
      g_string_truncate (line, 0);
    }
  g_ptr_array_set_size (self->cells, 0);
}
