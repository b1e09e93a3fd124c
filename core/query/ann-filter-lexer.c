/* ann-filter-lexer.c: the words of a filter expression
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-private.h"

#include <math.h>
#include <string.h>

/* Characters of the expression that a message repeats. */
#define MAX_QUOTED 40

void
_ann_token_clear (AnnToken *self)
{
  g_clear_pointer (&self->text, g_free);
}

void
_ann_filter_set_error (GError **error,
                       AnnFilterError code,
                       const char *text,
                       const AnnFilterPlace *place,
                       const char *format,
                       ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_strdelimit (message, "\n\r\t", ' ');

  g_set_error (error, ANN_FILTER_ERROR, code, "%s (at character %ld)", message,
               g_utf8_strlen (text, (gssize) place->position) + 1);
}

char *
_ann_filter_quote (const char *text, const AnnFilterPlace *place)
{
  g_autofree char *part = g_strndup (text + place->position, place->length);

  return g_utf8_strlen (part, -1) > MAX_QUOTED ? g_utf8_substring (part, 0, MAX_QUOTED)
                                               : g_steal_pointer (&part);
}

/* --- Names --- */

static gboolean
begins_name (gunichar character)
{
  return character == '_' || g_unichar_isalpha (character);
}

/* The dots of R: `percent.mt`. */
static gboolean
continues_name (gunichar character)
{
  return character == '.' || character == '_' || g_unichar_isalnum (character)
         || g_unichar_ismark (character);
}

static gsize
get_name_length (const char *text)
{
  const char *end = text;

  if (!begins_name (g_utf8_get_char (text)))
    return 0;
  do
    end = g_utf8_next_char (end);
  while (continues_name (g_utf8_get_char (end)));

  return (gsize) (end - text);
}

gboolean
_ann_filter_is_plain_name (const char *text)
{
  static const char *const words[] = { "and", "or", "not", "in", "is", "true", "false" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_ascii_strcasecmp (text, words[i]) == 0)
        return FALSE;
    }

  return *text != '\0' && text[get_name_length (text)] == '\0';
}

/* In back-ticks; two of them are one. */
static gboolean
read_quoted_name (const char *text, AnnToken *token, GError **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  const char *begin = text + token->place.position;
  const char *p;

  for (p = begin + 1; *p != '\0' && (*p != '`' || p[1] == '`'); p++)
    {
      g_string_append_c (name, *p);
      if (*p == '`')
        p++;
    }
  token->place.length = (gsize) (p - begin);
  if (*p == '\0')
    {
      _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, text, &token->place,
                             "The name in back-ticks has no end");
      return FALSE;
    }

  token->kind = ANN_TOKEN_NAME;
  token->is_quoted = TRUE;
  token->place.length++;
  token->text = g_string_free (g_steal_pointer (&name), FALSE);

  return TRUE;
}

/* --- Texts --- */

/* `\u00e9`: so many digits. FALSE if they are not there, or no character. */
static gboolean
append_code (GString *value, const char *digits, guint n_digits)
{
  gunichar code = 0;

  for (guint i = 0; i < n_digits; i++)
    {
      if (!g_ascii_isxdigit (digits[i]))
        return FALSE;
      code = code << 4 | (gunichar) g_ascii_xdigit_value (digits[i]);
    }
  if (code == 0 || !g_unichar_validate (code))
    return FALSE;
  g_string_append_unichar (value, code);

  return TRUE;
}

/* What follows a backslash at @p, as Python has it: before all other characters it stays, which
 * regular expressions like. Moves @p behind it; FALSE if it is wrong.
 */
static gboolean
append_escape (GString *value, const char **p)
{
  static const char letters[] = "\\\"'ntr";
  static const char meanings[] = "\\\"'\n\t\r";
  const char *letter = **p != '\0' ? strchr (letters, **p) : NULL;
  const guint n_digits = **p == 'u' ? 4 : **p == 'U' ? 8 : 0;

  if (letter != NULL)
    {
      g_string_append_c (value, meanings[letter - letters]);
      *p += 1;
      return TRUE;
    }
  if (n_digits > 0)
    {
      gboolean is_code = append_code (value, *p + 1, n_digits);

      *p += is_code ? 1 + n_digits : 0;
      return is_code;
    }

  g_string_append_c (value, '\\');

  return TRUE;
}

/* @is_raw: r"…": a backslash is one */
static gboolean
read_text (const char *text, gboolean is_raw, AnnToken *token, GError **error)
{
  g_autoptr (GString) value = g_string_new (NULL);
  const char *begin = text + token->place.position;
  const char *p = begin + is_raw;
  const char quote = *p++;

  while (*p != '\0' && *p != quote)
    {
      const char character = *p++;

      if (character != '\\' || is_raw)
        g_string_append_c (value, character);
      else if (!append_escape (value, &p))
        {
          token->place = (AnnFilterPlace){ (gsize) (p - 1 - text), 2 };
          _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, text, &token->place,
                                 "“\\%c” needs the %d hexadecimal digits of a character", *p,
                                 *p == 'u' ? 4 : 8);
          return FALSE;
        }
    }
  token->place.length = (gsize) (p - begin);
  if (*p == '\0')
    {
      _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, text, &token->place,
                             "The text has no end: a %c is missing", quote);
      return FALSE;
    }

  token->kind = ANN_TOKEN_TEXT;
  token->place.length++;
  token->text = g_string_free (g_steal_pointer (&value), FALSE);

  return TRUE;
}

/* --- Numbers --- */

static const char *
skip_digits (const char *p)
{
  while (g_ascii_isdigit (*p))
    p++;

  return p;
}

static gboolean
read_number (const char *text, AnnToken *token, GError **error)
{
  const char *begin = text + token->place.position;
  const char *p = skip_digits (begin);
  g_autofree char *digits = NULL;
  guint64 magnitude = 0;

  if (*p == '.')
    p = skip_digits (p + 1);
  if (*p == 'e' || *p == 'E')
    {
      const char *exponent = p + 1 + (p[1] == '+' || p[1] == '-');

      if (g_ascii_isdigit (*exponent))
        p = skip_digits (exponent);
    }
  token->place.length = (gsize) (p - begin);
  if (continues_name (g_utf8_get_char (p)))
    {
      token->place.length += get_name_length (p);
      _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, text, &token->place,
                             "A name cannot begin with a digit: put it in back-ticks");
      return FALSE;
    }

  digits = g_strndup (begin, token->place.length);
  token->number.is_integer = g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64, &magnitude,
                                                         NULL);
  token->number.magnitude = magnitude;
  token->number.value = g_ascii_strtod (digits, NULL);
  if (!isfinite (token->number.value))
    {
      _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, text, &token->place,
                             "The number is larger than any that can be stored");
      return FALSE;
    }
  token->kind = ANN_TOKEN_NUMBER;

  return TRUE;
}

/* --- Signs --- */

static gboolean
read_compare (const char *p, AnnToken *token)
{
  static const struct {
    const char *sign;
    AnnCompare compare;
  } signs[] = {
    { "==", ANN_COMPARE_EQUAL },         { "!=", ANN_COMPARE_NOT_EQUAL },
    { "<=", ANN_COMPARE_LESS_OR_EQUAL }, { ">=", ANN_COMPARE_GREATER_OR_EQUAL },
    { "<", ANN_COMPARE_LESS },           { ">", ANN_COMPARE_GREATER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    {
      if (!g_str_has_prefix (p, signs[i].sign))
        continue;
      token->kind = ANN_TOKEN_COMPARE;
      token->compare = signs[i].compare;
      token->place.length = strlen (signs[i].sign);
      return TRUE;
    }

  return FALSE;
}

/* What people write who know other languages. */
static gboolean
set_unknown_sign (const char *text, AnnToken *token, GError **error)
{
  const char *p = text + token->place.position;

  token->place.length = (gsize) (g_utf8_next_char (p) - p);
  if (*p == '=')
    _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, text, &token->place,
                           "“=” compares nothing: write ==");
  else if (*p == '&' || *p == '|')
    {
      token->place.length = 2;
      _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, text, &token->place,
                             "“%.2s” means nothing here: write %s", p, *p == '&' ? "and" : "or");
    }
  else if (*p == '!')
    _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, text, &token->place,
                           "“!” means nothing here: write not");
  else
    _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, text, &token->place,
                           "“%.*s” means nothing here: a name that has it goes in back-ticks",
                           (int) token->place.length, p);

  return FALSE;
}

gboolean
_ann_token_read (const char *text, gsize start, AnnToken *token, GError **error)
{
  const char *p = text + start;
  gsize length;

  while (g_ascii_isspace (*p) || g_unichar_isspace (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  *token = (AnnToken){ .kind = ANN_TOKEN_END, .place = { (gsize) (p - text), 0 } };

  if (*p == '\0')
    return TRUE;
  if (*p == '`')
    return read_quoted_name (text, token, error);
  if (*p == '"' || *p == '\'')
    return read_text (text, FALSE, token, error);
  if ((*p == 'r' || *p == 'R') && (p[1] == '"' || p[1] == '\''))
    return read_text (text, TRUE, token, error);
  if (g_ascii_isdigit (*p) || (*p == '.' && g_ascii_isdigit (p[1])))
    return read_number (text, token, error);
  if (read_compare (p, token))
    return TRUE;

  length = get_name_length (p);
  if (length > 0)
    {
      token->kind = ANN_TOKEN_NAME;
      token->place.length = length;
      token->text = g_strndup (p, length);
      return TRUE;
    }
  if (strchr ("()[],&|~+-", *p) != NULL && !((*p == '&' || *p == '|') && p[1] == *p))
    {
      token->kind = ANN_TOKEN_SIGN;
      token->place.length = 1;
      token->sign = *p;
      return TRUE;
    }

  return set_unknown_sign (text, token, error);
}
