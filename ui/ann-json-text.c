/* ann-json-text.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-json-text.h"

#include <string.h>

#define INDENT 2

/* Deeper than this nobody reads, and the spaces would be more than the text. */
#define MAX_DEPTH 64

/* Only the white space is touched: numbers keep their digits, objects their order. */
typedef struct {
  GString *out;
  char open[MAX_DEPTH]; /* the brackets that are open */
  guint depth;
} Writer;

static void
break_line (Writer *self)
{
  g_string_append_c (self->out, '\n');
  for (guint i = 0; i < self->depth * INDENT; i++)
    g_string_append_c (self->out, ' ');
}

static const char *
skip_space (const char *text)
{
  return text + strspn (text, " \t\r\n");
}

/* Returns: behind the closing quote, or %NULL if there is none */
static const char *
copy_string (Writer *self, const char *text)
{
  const char *end = text + 1;

  while (*end != '\0' && *end != '"')
    end += end[0] == '\\' && end[1] != '\0' ? 2 : 1;
  if (*end == '\0')
    return NULL;
  g_string_append_len (self->out, text, end + 1 - text);

  return end + 1;
}

/* Opens a bracket; one that holds nothing stays on its line. */
static const char *
open_bracket (Writer *self, const char *text)
{
  const char close = *text == '{' ? '}' : ']';
  const char *next = skip_space (text + 1);

  g_string_append_c (self->out, *text);
  if (*next == close)
    {
      g_string_append_c (self->out, close);
      return next + 1;
    }
  if (self->depth == MAX_DEPTH)
    return NULL;
  self->open[self->depth++] = close;
  break_line (self);

  return next;
}

static const char *
close_bracket (Writer *self, const char *text)
{
  if (self->depth == 0 || self->open[self->depth - 1] != *text)
    return NULL;

  self->depth--;
  break_line (self);
  g_string_append_c (self->out, *text);

  return text + 1;
}

/* One sign, string or word. Returns: what comes after it, or %NULL if this is no JSON */
static const char *
copy_token (Writer *self, const char *text)
{
  gsize length;

  switch (*text)
    {
    case '{':
    case '[':
      return open_bracket (self, text);
    case '}':
    case ']':
      return close_bracket (self, text);
    case '"':
      return copy_string (self, text);
    case ',':
      g_string_append_c (self->out, ',');
      break_line (self);
      return text + 1;
    case ':':
      g_string_append (self->out, ": ");
      return text + 1;
    default:
      /* A number, true, false, null, or Python's NaN and Infinity. */
      length = strspn (text, "+-.0123456789abcdefghijklmnopqrstuvwxyzEINOT");
      g_string_append_len (self->out, text, (gssize) length);
      return length > 0 ? text + length : NULL;
    }
}

/**
 * ann_json_text_indent:
 * @text: any text in UTF-8
 * @max_length: give up when it becomes longer than this
 *
 * Returns: (transfer full) (nullable): the same with a line for each value, if @text is an object
 *   or a list of JSON; else %NULL
 */
char *
ann_json_text_indent (const char *text, gsize max_length)
{
  Writer writer = { 0 };
  const char *at = skip_space (text);

  if (*at != '{' && *at != '[')
    return NULL;

  writer.out = g_string_new (NULL);
  do
    {
      at = copy_token (&writer, at);
      if (at != NULL)
        at = skip_space (at);
    }
  while (at != NULL && writer.depth > 0 && *at != '\0' && writer.out->len <= max_length);

  if (at == NULL || *at != '\0' || writer.depth > 0 || writer.out->len > max_length)
    {
      g_string_free (writer.out, TRUE);
      return NULL;
    }

  return g_string_free (writer.out, FALSE);
}
