/* ann-json.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-json-private.h"

#include "base/ann-error.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#define MAX_DEPTH 256
#define MAX_TOKENS ((guint32) 8 * 1024 * 1024)

/* A value, in the order of the text: an array is followed by its items, an object by names and
 * members in turns. A string's ends are those between its quotes.
 */
typedef struct {
  guint32 start;
  guint32 end;
  guint32 next; /* the token behind it and all that lies in it */
  guint32 n_items;
  guint8 kind;
} Token;

struct _AnnJson {
  gatomicrefcount ref_count;
  GBytes *text;
  const char *chars;
  Token *tokens;
  guint32 n_tokens;
};

typedef struct {
  AnnJson *json;
  gsize size;
  gsize at;
  guint32 n_allocated;
  guint32 open[MAX_DEPTH];
  guint depth;
} Parser;

/* --- Parsing --- */

static gboolean
fail (const Parser *parser, const char *what, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s at byte %" G_GSIZE_FORMAT " of the JSON text", what, parser->at);

  return FALSE;
}

static void
skip_blanks (Parser *parser)
{
  const char *chars = parser->json->chars;

  while (parser->at < parser->size
         && (chars[parser->at] == ' ' || chars[parser->at] == '\n' || chars[parser->at] == '\r'
             || chars[parser->at] == '\t'))
    parser->at++;
}

static gboolean
add_token (Parser *parser, AnnJsonKind kind, gsize start, gsize end, GError **error)
{
  AnnJson *json = parser->json;

  if (json->n_tokens == parser->n_allocated)
    {
      const guint32 n = MAX (parser->n_allocated * 2, 64);
      Token *tokens = n <= MAX_TOKENS ? g_try_renew (Token, json->tokens, n) : NULL;

      if (tokens == NULL)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "A JSON text of more than %u values is not read", json->n_tokens);
          return FALSE;
        }
      json->tokens = tokens;
      parser->n_allocated = n;
    }
  json->tokens[json->n_tokens] = (Token){
    .start = (guint32) start, .end = (guint32) end, .next = json->n_tokens + 1, .kind = kind
  };
  json->n_tokens++;

  return TRUE;
}

static gboolean
is_hex4 (const char *chars)
{
  for (guint i = 0; i < 4; i++)
    {
      if (!g_ascii_isxdigit (chars[i]))
        return FALSE;
    }

  return TRUE;
}

static gboolean
parse_string (Parser *parser, GError **error)
{
  const char *chars = parser->json->chars;
  const gsize start = ++parser->at;

  for (; parser->at < parser->size && chars[parser->at] != '"'; parser->at++)
    {
      if (chars[parser->at] != '\\')
        continue;
      parser->at++;
      if (parser->at == parser->size || strchr ("\"\\/bfnrtu", chars[parser->at]) == NULL
          || chars[parser->at] == '\0'
          || (chars[parser->at] == 'u'
              && (parser->size - parser->at < 5 || !is_hex4 (chars + parser->at + 1))))
        return fail (parser, "A string with a wrong escape", error);
    }
  if (parser->at == parser->size)
    return fail (parser, "A string without an end", error);

  return add_token (parser, ANN_JSON_STRING, start, parser->at++, error);
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static gboolean
is_number (const char *word, gsize length)
{
  gsize i = 0;
  gsize digits;

  if (i < length && word[i] == '-')
    i++;
  digits = i;
  while (i < length && g_ascii_isdigit (word[i]))
    i++;
  if (i == digits || (word[digits] == '0' && i > digits + 1))
    return FALSE;
  if (i < length && word[i] == '.')
    {
      digits = ++i;
      while (i < length && g_ascii_isdigit (word[i]))
        i++;
      if (i == digits)
        return FALSE;
    }
  if (i < length && (word[i] == 'e' || word[i] == 'E'))
    {
      i++;
      if (i < length && (word[i] == '+' || word[i] == '-'))
        i++;
      digits = i;
      while (i < length && g_ascii_isdigit (word[i]))
        i++;
      if (i == digits)
        return FALSE;
    }

  return i == length;
}

static gboolean
word_is (const char *word, gsize length, const char *text)
{
  return strlen (text) == length && memcmp (word, text, length) == 0;
}

/* A number or a name: what lies up to the next mark. */
static gboolean
parse_word (Parser *parser, GError **error)
{
  const char *word = parser->json->chars + parser->at;
  AnnJsonKind kind;
  gsize length = 0;

  while (parser->at + length < parser->size
         && (g_ascii_isalnum (word[length]) || word[length] == '-' || word[length] == '+'
             || word[length] == '.'))
    length++;

  if (word_is (word, length, "null"))
    kind = ANN_JSON_NULL;
  else if (word_is (word, length, "true"))
    kind = ANN_JSON_TRUE;
  else if (word_is (word, length, "false"))
    kind = ANN_JSON_FALSE;
  else if (is_number (word, length) || word_is (word, length, "NaN")
           || word_is (word, length, "Infinity") || word_is (word, length, "-Infinity"))
    kind = ANN_JSON_NUMBER;
  else
    return fail (parser, length > 0 ? "No value" : "A value is missing", error);

  parser->at += length;

  return add_token (parser, kind, parser->at - length, parser->at, error);
}

static char
peek (Parser *parser)
{
  skip_blanks (parser);

  return parser->at < parser->size ? parser->json->chars[parser->at] : '\0';
}

static Token *
get_open (Parser *parser)
{
  return parser->depth > 0 ? &parser->json->tokens[parser->open[parser->depth - 1]] : NULL;
}

static gboolean
parse_name (Parser *parser, GError **error)
{
  if (peek (parser) != '"')
    return fail (parser, "The name of a member is missing", error);
  if (!parse_string (parser, error))
    return FALSE;
  if (peek (parser) != ':')
    return fail (parser, "A “:” is missing", error);
  parser->at++;

  return TRUE;
}

/* Closes what ends here, and steps over the comma to the next item of what does not. */
static gboolean
finish_items (Parser *parser, GError **error)
{
  Token *open;

  while ((open = get_open (parser)) != NULL)
    {
      const char mark = peek (parser);

      if (mark == ',')
        {
          parser->at++;
          return open->kind != ANN_JSON_OBJECT || parse_name (parser, error);
        }
      if (mark != (open->kind == ANN_JSON_OBJECT ? '}' : ']'))
        return fail (parser, "A “,” or the end of a list is missing", error);
      open->end = (guint32) ++parser->at;
      open->next = parser->json->n_tokens;
      parser->depth--;
    }

  return TRUE;
}

/* Of what was opened just now, steps to the first item; or to what follows if there is none. */
static gboolean
begin_items (Parser *parser, char mark, GError **error)
{
  const gboolean is_object = mark == '{';

  if (parser->depth == MAX_DEPTH)
    return fail (parser, "Lists are nested too deep", error);
  if (!add_token (parser, is_object ? ANN_JSON_OBJECT : ANN_JSON_ARRAY, parser->at, 0, error))
    return FALSE;
  parser->open[parser->depth++] = parser->json->n_tokens - 1;
  parser->at++;

  if (peek (parser) == (is_object ? '}' : ']'))
    return finish_items (parser, error);

  return !is_object || parse_name (parser, error);
}

static gboolean
parse (Parser *parser, GError **error)
{
  do
    {
      const char mark = peek (parser);
      Token *open = get_open (parser);

      if (open != NULL)
        open->n_items++;
      if (mark == '{' || mark == '[')
        {
          if (!begin_items (parser, mark, error))
            return FALSE;
          continue;
        }
      if (mark == '"' ? !parse_string (parser, error) : !parse_word (parser, error))
        return FALSE;
      if (!finish_items (parser, error))
        return FALSE;
    }
  while (parser->depth > 0);

  skip_blanks (parser);

  return parser->at == parser->size || fail (parser, "Something follows the value", error);
}

AnnJson *
_ann_json_parse (GBytes *text, GError **error)
{
  static const char mark[] = "\xef\xbb\xbf";
  g_autoptr (AnnJson) self = g_new0 (AnnJson, 1);
  Parser parser = { .json = self };

  g_atomic_ref_count_init (&self->ref_count);
  self->text = g_bytes_ref (text);
  self->chars = g_bytes_get_data (text, &parser.size);
  if (parser.size >= G_MAXUINT32)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "The JSON text is too long");
      return NULL;
    }
  if (parser.size >= 3 && memcmp (self->chars, mark, 3) == 0)
    parser.at = 3;
  if (!parse (&parser, error))
    return NULL;

  return g_steal_pointer (&self);
}

AnnJson *
_ann_json_ref (AnnJson *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_ann_json_unref (AnnJson *self)
{
  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      g_bytes_unref (self->text);
      g_free (self->tokens);
      g_free (self);
    }
}

/* --- Values --- */

static const Token *
get_token (AnnJsonValue value)
{
  return value.json != NULL ? &value.json->tokens[value.token] : NULL;
}

static const Token *
get_token_of_kind (AnnJsonValue value, AnnJsonKind kind)
{
  const Token *token = get_token (value);

  return token != NULL && token->kind == kind ? token : NULL;
}

AnnJsonValue
_ann_json_get_root (const AnnJson *self)
{
  return (AnnJsonValue){ self, 0 };
}

AnnJsonKind
_ann_json_get_kind (AnnJsonValue value)
{
  const Token *token = get_token (value);

  return token != NULL ? token->kind : ANN_JSON_ABSENT;
}

guint
_ann_json_get_length (AnnJsonValue value)
{
  const Token *token = get_token (value);

  return token != NULL ? token->n_items : 0;
}

void
_ann_json_iter_init (AnnJsonIter *iter, AnnJsonValue value)
{
  const AnnJsonKind kind = _ann_json_get_kind (value);

  *iter = (AnnJsonIter){ .json = value.json, .next = value.token + 1 };
  if (kind == ANN_JSON_ARRAY || kind == ANN_JSON_OBJECT)
    iter->n_left = _ann_json_get_length (value);
  iter->has_names = kind == ANN_JSON_OBJECT;
}

gboolean
_ann_json_iter_next (AnnJsonIter *iter)
{
  if (iter->n_left == 0)
    return FALSE;

  iter->n_left--;
  if (iter->has_names)
    iter->name = (AnnJsonValue){ iter->json, iter->next++ };
  iter->value = (AnnJsonValue){ iter->json, iter->next };
  iter->next = iter->json->tokens[iter->next].next;

  return TRUE;
}

AnnJsonValue
_ann_json_get_member (AnnJsonValue value, const char *name)
{
  AnnJsonValue found = { NULL, 0 };
  AnnJsonIter iter;

  if (_ann_json_get_kind (value) != ANN_JSON_OBJECT)
    return found;

  _ann_json_iter_init (&iter, value);
  while (_ann_json_iter_next (&iter))
    {
      if (_ann_json_string_is (iter.name, name))
        found = iter.value;
    }

  return found;
}

AnnJsonValue
_ann_json_get_item (AnnJsonValue value, guint index)
{
  AnnJsonIter iter;

  if (_ann_json_get_kind (value) != ANN_JSON_ARRAY)
    return (AnnJsonValue){ NULL, 0 };

  _ann_json_iter_init (&iter, value);
  while (_ann_json_iter_next (&iter))
    {
      if (index-- == 0)
        return iter.value;
    }

  return (AnnJsonValue){ NULL, 0 };
}

/* --- Strings --- */

static guint
parse_hex4 (const char *chars)
{
  guint number = 0;

  for (guint i = 0; i < 4; i++)
    number = number * 16 + (guint) g_ascii_xdigit_value (chars[i]);

  return number;
}

/* The character of the escape at @at, whose `\` and `u` are there; a half of a pair is none. */
static gunichar
parse_unicode (const char *chars, gsize *at, gsize end)
{
  gunichar first = parse_hex4 (chars + *at + 2);

  *at += 6;
  if (first >= 0xd800 && first < 0xdc00 && end - *at >= 6 && chars[*at] == '\\'
      && chars[*at + 1] == 'u')
    {
      const gunichar second = parse_hex4 (chars + *at + 2);

      if (second >= 0xdc00 && second < 0xe000)
        {
          *at += 6;
          return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        }
    }

  return first >= 0xd800 && first < 0xe000 ? 0xfffd : first;
}

static void
append_escape (GString *text, const char *chars, gsize *at, gsize end)
{
  static const char from[] = "bfnrt";
  static const char to[] = "\b\f\n\r\t";
  const char escape = chars[*at + 1];
  const char *place = strchr (from, escape);

  if (escape == 'u')
    {
      g_string_append_unichar (text, parse_unicode (chars, at, end));
      return;
    }
  g_string_append_c (text, place != NULL ? to[place - from] : escape);
  *at += 2;
}

char *
_ann_json_dup_string (AnnJsonValue value, gsize *length)
{
  const Token *token = get_token_of_kind (value, ANN_JSON_STRING);
  const char *chars;
  GString *text;
  gsize at;

  if (token == NULL)
    return NULL;

  chars = value.json->chars;
  text = g_string_sized_new (token->end - token->start);
  for (at = token->start; at < token->end;)
    {
      const char *escape = memchr (chars + at, '\\', token->end - at);
      const gsize next = escape != NULL ? (gsize) (escape - chars) : token->end;

      g_string_append_len (text, chars + at, (gssize) (next - at));
      at = next;
      if (at < token->end)
        append_escape (text, chars, &at, token->end);
    }
  if (!g_utf8_validate_len (text->str, text->len, NULL) && memchr (text->str, 0, text->len) == NULL)
    {
      char *valid = g_utf8_make_valid (text->str, (gssize) text->len);

      g_string_assign (text, valid);
      g_free (valid);
    }
  if (length != NULL)
    *length = text->len;

  return g_string_free (text, FALSE);
}

gboolean
_ann_json_string_is (AnnJsonValue value, const char *text)
{
  const Token *token = get_token_of_kind (value, ANN_JSON_STRING);
  const char *chars;
  gsize length;

  if (token == NULL)
    return FALSE;

  chars = value.json->chars + token->start;
  length = token->end - token->start;
  if (memchr (chars, '\\', length) != NULL)
    {
      g_autofree char *string = _ann_json_dup_string (value, &length);

      return strlen (text) == length && memcmp (string, text, length) == 0;
    }

  return strlen (text) == length && memcmp (chars, text, length) == 0;
}

/* --- Numbers --- */

/* Digits with a sign, if it is that; numbers are short, or not integers. */
static gboolean
get_integer_text (AnnJsonValue value, char *text, gsize size)
{
  const Token *token = get_token_of_kind (value, ANN_JSON_NUMBER);
  gsize length;

  if (token == NULL)
    return FALSE;

  length = token->end - token->start;
  if (length >= size)
    return FALSE;
  memcpy (text, value.json->chars + token->start, length);
  text[length] = '\0';

  return strspn (text, "-0123456789") == length;
}

gboolean
_ann_json_is_integer (AnnJsonValue value)
{
  char text[32];

  return get_integer_text (value, text, sizeof text);
}

gboolean
_ann_json_get_uint64 (AnnJsonValue value, guint64 *number)
{
  char text[32];

  return get_integer_text (value, text, sizeof text)
         && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, number, NULL);
}

gboolean
_ann_json_get_int64 (AnnJsonValue value, gint64 *number)
{
  char text[32];

  return get_integer_text (value, text, sizeof text)
         && g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, number, NULL);
}

gboolean
_ann_json_get_double (AnnJsonValue value, double *number)
{
  const Token *token = get_token_of_kind (value, ANN_JSON_NUMBER);
  g_autofree char *text = NULL;

  if (token == NULL)
    return FALSE;

  text = g_strndup (value.json->chars + token->start, token->end - token->start);
  *number = g_ascii_strtod (text, NULL); /* knows NaN and Infinity too */

  return TRUE;
}

char *
_ann_json_dup_text (AnnJsonValue value, gsize max_length)
{
  const Token *token = get_token (value);
  g_autofree char *text = NULL;
  gsize length;
  gboolean is_string;

  if (token == NULL)
    return g_strdup ("nothing");

  is_string = token->kind == ANN_JSON_STRING;
  length = token->end - token->start;
  text = g_utf8_make_valid (value.json->chars + token->start, (gssize) MIN (length, max_length));

  return g_strconcat (is_string ? "\"" : "", text, length > max_length ? "…" : "",
                      is_string ? "\"" : "", NULL);
}
