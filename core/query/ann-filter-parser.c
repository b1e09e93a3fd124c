/* ann-filter-parser.c: the meaning of a filter expression
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-private.h"

#include <string.h>

/* By recursive descent, one function for each rule of the grammar in docs/filters.md. Chains of
 * and / or are one node with many children, so only parentheses and `not` nest.
 */
#define MAX_DEPTH 200

/* A list of names from a file may be long; a text from nowhere has an end. */
#define MAX_LENGTH (16 * 1024 * 1024)

typedef struct {
  AnnFilter *filter;
  const char *text;
  AnnToken token; /* that is looked at */
  gsize end;      /* of the token before it */
  guint depth;
  AnnFilterPlace *place; /* of the mistake */
} Parser;

/* What a rule gives: one of both. A value, such as a column, means something only where it is
 * compared, or where it holds truth values.
 */
typedef struct {
  const AnnFilterValue *value;
  AnnFilterNode *node;
} Operand;

static gboolean parse_or (Parser *self, Operand *operand, GError **error);

/* --- Nodes --- */

static AnnFilterNode *
node_new (AnnFilterNodeKind kind, gsize begin)
{
  AnnFilterNode *node = g_new0 (AnnFilterNode, 1);

  node->kind = kind;
  node->place.position = begin;
  if (kind <= ANN_NODE_NOT)
    node->children = g_ptr_array_new_with_free_func ((GDestroyNotify) _ann_filter_node_free);

  return node;
}

void
_ann_filter_node_free (AnnFilterNode *node)
{
  g_clear_pointer (&node->children, g_ptr_array_unref);
  g_clear_pointer (&node->items, g_ptr_array_unref);
  g_clear_pointer (&node->regex, g_regex_unref);
  g_free (node);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnFilterNode, _ann_filter_node_free)

void
_ann_filter_value_free (gpointer data)
{
  AnnFilterValue *value = data;

  for (guint i = 0; i < value->n_keys; i++)
    g_free (value->keys[i].text);
  g_free (value->text);
  g_free (value);
}

static void
operand_clear (Operand *operand)
{
  g_clear_pointer (&operand->node, _ann_filter_node_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Operand, operand_clear)

static AnnFilterNode *
add_leaf (Parser *self, AnnFilterNodeKind kind, const AnnFilterValue *left)
{
  AnnFilterNode *node = node_new (kind, left->place.position);

  node->left = left;
  node->index = self->filter->n_leaves++;

  return node;
}

static void
end_node (Parser *self, AnnFilterNode *node)
{
  node->place.length = self->end - node->place.position;
}

/* A value by itself has to be true or false. */
static AnnFilterNode *
steal_node (Parser *self, Operand *operand)
{
  AnnFilterNode *node;

  if (operand->node != NULL)
    return g_steal_pointer (&operand->node);

  node = add_leaf (self, ANN_NODE_TRUTH, operand->value);
  node->place = operand->value->place;

  return node;
}

/* --- Tokens --- */

static gboolean
advance (Parser *self, GError **error)
{
  self->end = self->token.place.position + self->token.place.length;
  _ann_token_clear (&self->token);

  if (_ann_token_read (self->text, self->end, &self->token, error))
    return TRUE;
  *self->place = self->token.place;

  return FALSE;
}

static gboolean
is_word (const Parser *self, const char *word)
{
  return self->token.kind == ANN_TOKEN_NAME && !self->token.is_quoted
         && g_ascii_strcasecmp (self->token.text, word) == 0;
}

static gboolean
is_sign (const Parser *self, char sign)
{
  return self->token.kind == ANN_TOKEN_SIGN && self->token.sign == sign;
}

static gboolean fail_at (Parser *self,
                         const AnnFilterPlace *place,
                         GError **error,
                         const char *format,
                         ...) G_GNUC_PRINTF (4, 5);

static gboolean
fail_at (Parser *self, const AnnFilterPlace *place, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  *self->place = *place;
  _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, self->text, place, "%s", message);

  return FALSE;
}

/* @what: what should be here */
static gboolean
fail_here (Parser *self, const char *what, GError **error)
{
  const AnnFilterPlace *place = &self->token.place;
  g_autofree char *quoted = _ann_filter_quote (self->text, place);

  if (self->token.kind == ANN_TOKEN_END)
    return fail_at (self, place, error, "Here %s is missing", what);
  if (is_sign (self, '-') || is_sign (self, '+'))
    return fail_at (self, place, error,
                    "“%c” calculates nothing: a name that has it goes in "
                    "back-ticks",
                    self->token.sign);

  return fail_at (self, place, error, "Here should be %s and not “%s”", what, quoted);
}

static gboolean
skip_sign (Parser *self, char sign, const char *what, GError **error)
{
  if (!is_sign (self, sign))
    return fail_here (self, what, error);

  return advance (self, error);
}

/* --- Values --- */

static AnnFilterValue *
value_new (AnnFilterValueKind kind, const AnnFilterPlace *place)
{
  AnnFilterValue *value = g_new0 (AnnFilterValue, 1);

  value->kind = kind;
  value->place = *place;

  return value;
}

static const AnnFilterValue *
add_value (Parser *self, AnnFilterValue *value)
{
  value->place.length = self->end - value->place.position;
  value->index = self->filter->values->len;
  g_ptr_array_add (self->filter->values, value);

  return value;
}

/* `["CD3D"]`, `[0]` */
static gboolean
parse_key (Parser *self, AnnFilterValue *value, GError **error)
{
  AnnFilterKey *key;

  if (!advance (self, error))
    return FALSE;
  if (self->token.kind != ANN_TOKEN_TEXT
      && (self->token.kind != ANN_TOKEN_NUMBER || !self->token.number.is_integer))
    return fail_here (self, "a name in quotes or a number", error);

  key = &value->keys[value->n_keys++];
  key->place = self->token.place;
  key->text = g_steal_pointer (&self->token.text);
  key->number = self->token.number.magnitude;

  return advance (self, error) && skip_sign (self, ']', "a ]", error);
}

/* What people write who know pandas: `cell_type.isin (["B", "T"])`. */
static gboolean
fail_call (Parser *self, const AnnFilterValue *name, GError **error)
{
  static const struct {
    const char *name;
    const char *instead;
  } calls[] = {
    { "isin", "in [\"B\", \"T\"]" },     { "isna", "is missing" },
    { "isnull", "is missing" },          { "notna", "is not missing" },
    { "notnull", "is not missing" },     { "contains", "matches \"text\"" },
    { "match", "matches \"^text\"" },    { "startswith", "matches \"^text\"" },
    { "endswith", "matches \"text$\"" }, { "fullmatch", "matches \"^text$\"" },
  };
  const char *dot = strrchr (name->text, '.');
  g_autofree char *quoted = _ann_filter_quote (self->text, &name->place);
  g_autofree char *column = g_strndup (name->text, dot != NULL ? (gsize) (dot - name->text) : 0);

  if (g_str_has_suffix (column, ".str"))
    column[strlen (column) - strlen (".str")] = '\0';
  for (guint i = 0; dot != NULL && i < G_N_ELEMENTS (calls); i++)
    {
      if (strcmp (dot + 1, calls[i].name) == 0)
        return fail_at (self, &name->place, error, "“%s(…)” means nothing here: write %s %s",
                        quoted, column, calls[i].instead);
    }

  return fail_at (self, &name->place, error, "“%s(…)” means nothing here: a filter calls nothing",
                  quoted);
}

static gboolean
parse_name (Parser *self, const AnnFilterValue **result, GError **error)
{
  AnnFilterValue *value = value_new (ANN_VALUE_NAME, &self->token.place);

  value->is_quoted = self->token.is_quoted;
  value->text = g_steal_pointer (&self->token.text);
  if (!advance (self, error))
    goto failed;
  while (is_sign (self, '[') && !value->is_quoted)
    {
      value->kind = ANN_VALUE_MEMBER;
      if (value->n_keys == ANN_FILTER_MAX_KEYS)
        {
          fail_here (self, "a comparison", error);
          goto failed;
        }
      if (!parse_key (self, value, error))
        goto failed;
    }
  if (is_sign (self, '(') && !value->is_quoted && value->n_keys == 0)
    {
      fail_call (self, value, error);
      goto failed;
    }
  *result = add_value (self, value);

  return TRUE;

failed:
  _ann_filter_value_free (value);

  return FALSE;
}

/* A number with its sign, a text, true or false; NULL without an error if it is none of them. */
static AnnFilterValue *
parse_literal (Parser *self, GError **error)
{
  g_autofree AnnFilterValue *value = value_new (ANN_VALUE_NUMBER, &self->token.place);
  const gboolean has_sign = is_sign (self, '-') || is_sign (self, '+');

  if (has_sign)
    {
      value->number.is_negative = is_sign (self, '-');
      if (!advance (self, error))
        return NULL;
      if (self->token.kind != ANN_TOKEN_NUMBER)
        {
          fail_here (self, "a number after the sign", error);
          return NULL;
        }
    }

  if (self->token.kind == ANN_TOKEN_NUMBER)
    {
      gboolean is_negative = value->number.is_negative;

      value->number = self->token.number;
      value->number.is_negative = is_negative;
      if (is_negative)
        value->number.value = -value->number.value;
    }
  else if (self->token.kind == ANN_TOKEN_TEXT)
    value->kind = ANN_VALUE_TEXT;
  else if (is_word (self, "true") || is_word (self, "false"))
    {
      value->kind = ANN_VALUE_BOOLEAN;
      value->truth = is_word (self, "true");
    }
  else
    return NULL;

  if (value->kind == ANN_VALUE_TEXT)
    value->text = g_steal_pointer (&self->token.text);
  if (!advance (self, error))
    {
      g_free (value->text);
      return NULL;
    }
  value->place.length = self->end - value->place.position;

  return g_steal_pointer (&value);
}

/* A value, or anything in parentheses. */
static gboolean
parse_operand (Parser *self, Operand *operand, GError **error)
{
  static const char *const words[] = { "and", "or", "in", "is", "not" };
  g_autoptr (GError) local_error = NULL;
  AnnFilterValue *literal;

  if (is_sign (self, '('))
    {
      const AnnFilterPlace place = self->token.place;

      if (self->depth == MAX_DEPTH)
        return fail_at (self, &place, error, "There are more than %d parentheses in each other",
                        MAX_DEPTH);
      self->depth++;
      if (!advance (self, error) || !parse_or (self, operand, error)
          || !skip_sign (self, ')', "a )", error))
        return FALSE;
      self->depth--;
      return TRUE;
    }

  literal = parse_literal (self, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (literal != NULL)
    {
      operand->value = add_value (self, literal);
      return TRUE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (is_word (self, words[i]))
        return fail_here (self, "a column or a value", error);
    }
  if (self->token.kind != ANN_TOKEN_NAME)
    return fail_here (self, "a column or a value", error);

  return parse_name (self, &operand->value, error);
}

/* --- Comparisons --- */

static gboolean
check_is_value (Parser *self, const Operand *operand, GError **error)
{
  if (operand->value != NULL)
    return TRUE;

  return fail_at (self, &operand->node->place, error,
                  "What is true or false already cannot be compared: join it with and, or, not");
}

/* `a < b`, and `0 < x < 5`, which is `0 < x and x < 5`. */
static gboolean
parse_chain (Parser *self, Operand *operand, GError **error)
{
  const gsize begin = operand->value->place.position;
  g_autoptr (AnnFilterNode) chain = node_new (ANN_NODE_AND, begin);
  const AnnFilterValue *left = operand->value;

  while (self->token.kind == ANN_TOKEN_COMPARE)
    {
      const AnnCompare compare = self->token.compare;
      g_auto (Operand) right = { NULL, NULL };
      AnnFilterNode *node;

      if (!advance (self, error) || !parse_operand (self, &right, error)
          || !check_is_value (self, &right, error))
        return FALSE;
      node = add_leaf (self, ANN_NODE_COMPARE, left);
      node->right = left = right.value;
      node->compare = compare;
      end_node (self, node);
      g_ptr_array_add (chain->children, node);
    }

  end_node (self, chain);
  operand->value = NULL;
  if (chain->children->len == 1)
    operand->node = g_ptr_array_steal_index (chain->children, 0);
  else
    operand->node = g_steal_pointer (&chain);

  return TRUE;
}

/* `in ["B", "T"]`, round brackets too. */
static gboolean
parse_list (Parser *self, AnnFilterNode *node, GError **error)
{
  const gboolean is_round = is_sign (self, '(');
  const char end = is_round ? ')' : ']';

  node->items = g_ptr_array_new_with_free_func (_ann_filter_value_free);
  if (!is_round && !is_sign (self, '['))
    return fail_here (self, "a list such as [\"B\", \"T\"]", error);
  if (!advance (self, error))
    return FALSE;

  while (!is_sign (self, end))
    {
      g_autoptr (GError) local_error = NULL;
      AnnFilterValue *item = parse_literal (self, &local_error);

      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      if (item == NULL)
        return fail_here (self, "a number, a text in quotes, true or false", error);
      g_ptr_array_add (node->items, item);
      if (!is_sign (self, ',') && !is_sign (self, end))
        return fail_here (self, is_round ? "a comma or a )" : "a comma or a ]", error);
      if (is_sign (self, ',') && !advance (self, error))
        return FALSE;
    }

  return advance (self, error);
}

static gboolean
parse_regex (Parser *self, AnnFilterNode *node, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (self->token.kind != ANN_TOKEN_TEXT)
    return fail_here (self, "a regular expression in quotes", error);

  node->regex = g_regex_new (self->token.text, G_REGEX_OPTIMIZE, 0, &local_error);
  if (node->regex == NULL)
    {
      g_strdelimit (local_error->message, "\n\r", ' ');
      return fail_at (self, &self->token.place, error, "This is no regular expression: %s",
                      local_error->message);
    }

  return advance (self, error);
}

/* What follows `is`. */
static gboolean
parse_missing (Parser *self, AnnFilterNode *node, GError **error)
{
  if (is_word (self, "not"))
    {
      node->is_negated = TRUE;
      if (!advance (self, error))
        return FALSE;
    }
  if (!is_word (self, "missing"))
    return fail_here (self, node->is_negated ? "“missing”" : "“missing” or “not missing”", error);

  return advance (self, error);
}

/* What follows a value, from `in`, `matches` or `is` on. */
static gboolean
parse_test (Parser *self, Operand *operand, gboolean is_negated, GError **error)
{
  g_autoptr (AnnFilterNode) node = NULL;
  gboolean done;

  if (is_word (self, "in"))
    {
      node = add_leaf (self, ANN_NODE_IN, operand->value);
      done = advance (self, error) && parse_list (self, node, error);
    }
  else if (is_word (self, "matches"))
    {
      node = add_leaf (self, ANN_NODE_MATCHES, operand->value);
      done = advance (self, error) && parse_regex (self, node, error);
    }
  else
    {
      node = add_leaf (self, ANN_NODE_MISSING, operand->value);
      done = advance (self, error) && parse_missing (self, node, error);
    }
  if (!done)
    return FALSE;

  node->is_negated |= is_negated;
  end_node (self, node);
  operand->value = NULL;
  operand->node = g_steal_pointer (&node);

  return TRUE;
}

static gboolean
parse_comparison (Parser *self, Operand *operand, GError **error)
{
  const gboolean is_literal = self->token.kind != ANN_TOKEN_NAME && !is_sign (self, '(');
  gboolean is_negated;

  if (!parse_operand (self, operand, error))
    return FALSE;
  if (self->token.kind == ANN_TOKEN_COMPARE)
    return check_is_value (self, operand, error) && parse_chain (self, operand, error);

  is_negated = is_word (self, "not");
  if (is_negated)
    {
      if (!check_is_value (self, operand, error) || !advance (self, error))
        return FALSE;
      if (!is_word (self, "in") && !is_word (self, "matches"))
        return fail_here (self, "“in” or “matches”", error);
    }
  if (is_word (self, "in") || is_word (self, "matches") || is_word (self, "is"))
    return check_is_value (self, operand, error) && parse_test (self, operand, is_negated, error);

  /* In parentheses it may be what is compared. */
  if (is_literal && operand->value != NULL && operand->value->kind != ANN_VALUE_BOOLEAN
      && !is_sign (self, ')'))
    return fail_here (self, "a comparison", error);

  return TRUE;
}

/* --- Joints --- */

static gboolean
parse_not (Parser *self, Operand *operand, GError **error)
{
  const AnnFilterPlace place = self->token.place;
  g_auto (Operand) inner = { NULL, NULL };

  if (!is_word (self, "not") && !is_sign (self, '~'))
    return parse_comparison (self, operand, error);

  if (self->depth == MAX_DEPTH)
    return fail_at (self, &place, error, "There are more than %d negations in each other",
                    MAX_DEPTH);
  self->depth++;
  if (!advance (self, error) || !parse_not (self, &inner, error))
    return FALSE;
  self->depth--;

  operand->node = node_new (ANN_NODE_NOT, place.position);
  g_ptr_array_add (operand->node->children, steal_node (self, &inner));
  end_node (self, operand->node);

  return TRUE;
}

/* A chain of @kind: of `and` or `&`, of `or` or `|`. */
static gboolean
parse_joint (Parser *self, AnnFilterNodeKind kind, Operand *operand, GError **error)
{
  const gboolean is_and = kind == ANN_NODE_AND;
  const gsize begin = self->token.place.position;
  g_autoptr (AnnFilterNode) joint = NULL;

  if (is_and ? !parse_not (self, operand, error)
             : !parse_joint (self, ANN_NODE_AND, operand, error))
    return FALSE;

  while (is_and ? is_word (self, "and") || is_sign (self, '&')
                : is_word (self, "or") || is_sign (self, '|'))
    {
      g_auto (Operand) next = { NULL, NULL };

      if (joint == NULL)
        {
          joint = node_new (kind, begin);
          g_ptr_array_add (joint->children, steal_node (self, operand));
        }
      if (!advance (self, error)
          || (is_and ? !parse_not (self, &next, error)
                     : !parse_joint (self, ANN_NODE_AND, &next, error)))
        return FALSE;
      g_ptr_array_add (joint->children, steal_node (self, &next));
    }
  if (joint != NULL)
    {
      end_node (self, joint);
      *operand = (Operand){ NULL, g_steal_pointer (&joint) };
    }

  return TRUE;
}

static gboolean
parse_or (Parser *self, Operand *operand, GError **error)
{
  return parse_joint (self, ANN_NODE_OR, operand, error);
}

static gboolean
check_text (Parser *self, GError **error)
{
  const char *end;

  if (strlen (self->text) > MAX_LENGTH)
    return fail_at (self, &(AnnFilterPlace){ 0, 0 }, error, "The text is longer than %d MiB",
                    MAX_LENGTH >> 20);
  if (!g_utf8_validate (self->text, -1, &end))
    {
      const gsize position = (gsize) (end - self->text);
      g_autofree char *valid = g_strndup (self->text, position);

      *self->place = (AnnFilterPlace){ position, 1 };
      _ann_filter_set_error (error, ANN_FILTER_ERROR_SYNTAX, valid, self->place,
                             "The text is not UTF-8");
      return FALSE;
    }

  return TRUE;
}

gboolean
_ann_filter_read (AnnFilter *filter, AnnFilterPlace *place, GError **error)
{
  Parser self = { .filter = filter, .text = filter->text, .place = place };
  g_auto (Operand) operand = { NULL, NULL };
  gboolean done;

  done = check_text (&self, error) && advance (&self, error) && parse_or (&self, &operand, error);
  if (done && self.token.kind != ANN_TOKEN_END)
    done = fail_here (&self,
                      self.token.kind == ANN_TOKEN_NAME
                          ? "and, or, or the end (a text goes in quotes, a name with spaces in "
                            "back-ticks)"
                          : "and, or, or the end",
                      error);
  _ann_token_clear (&self.token);
  if (!done)
    return FALSE;

  filter->root = steal_node (&self, &operand);

  return TRUE;
}
