/* ann-filter-complete.c: what may stand at a place of an unfinished filter
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-private.h"

#include "base/ann-worker.h"
#include "element/ann-categorical.h"
#include "element/ann-cell.h"

#include <string.h>

/* Nobody reads more. */
#define MAX_CANDIDATES 50

/* Labels that are looked through at once. */
#define PIECE_ROWS 65536

/* @prefix: what there is of the word already, folded
 * @is_text: it has begun with a quote
 */
typedef struct {
  AnnData *data;
  AnnAxis axis;
  GCancellable *cancellable;
  GArray *tokens; /* of AnnToken: before the word */
  AnnFilterPlace place;
  char *prefix;
  gboolean is_text;
  GPtrArray *candidates;
} Completion;

static void
token_clear (gpointer token)
{
  _ann_token_clear (token);
}

static void
completion_clear (Completion *self)
{
  g_clear_pointer (&self->tokens, g_array_unref);
  g_clear_pointer (&self->prefix, g_free);
  g_clear_pointer (&self->candidates, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Completion, completion_clear)

/* --- What there is --- */

/* The @i-th token from the end, from 0; an end where there are fewer. */
static const AnnToken *
get_token (const Completion *self, guint i)
{
  static const AnnToken end = { .kind = ANN_TOKEN_END };

  return i < self->tokens->len ? &g_array_index (self->tokens, AnnToken, self->tokens->len - 1 - i)
                               : &end;
}

static gboolean
is_word (const AnnToken *token, const char *word)
{
  return token->kind == ANN_TOKEN_NAME && !token->is_quoted
         && g_ascii_strcasecmp (token->text, word) == 0;
}

static gboolean
is_sign (const AnnToken *token, const char *signs)
{
  return token->kind == ANN_TOKEN_SIGN && strchr (signs, token->sign) != NULL;
}

static void
set_word (Completion *self, const char *text, gsize position, gsize n_skipped)
{
  self->place = (AnnFilterPlace){ position, strlen (text) - position };
  self->prefix = g_utf8_casefold (text + position + n_skipped, -1);
}

/* Takes apart what stands before the cursor. FALSE if nothing can follow: behind a finished word,
 * or where there is a mistake.
 */
static gboolean
read_tokens (Completion *self, const char *text)
{
  gsize position = 0;
  const AnnToken *last;

  for (;;)
    {
      AnnToken token;

      if (!_ann_token_read (text, position, &token, NULL))
        {
          const char begin = text[token.place.position];

          self->is_text = begin == '"' || begin == '\'';
          if (!self->is_text && begin != '`')
            return FALSE;
          set_word (self, text, token.place.position, 1);
          return TRUE;
        }
      if (token.kind == ANN_TOKEN_END)
        break;
      g_array_append_val (self->tokens, token);
      position = token.place.position + token.place.length;
    }

  last = get_token (self, 0);
  if (position < strlen (text) || last->kind == ANN_TOKEN_SIGN || last->kind == ANN_TOKEN_COMPARE
      || last->kind == ANN_TOKEN_END)
    {
      set_word (self, text, strlen (text), 0);
      return TRUE;
    }
  if (last->kind != ANN_TOKEN_NAME || last->is_quoted)
    return FALSE;
  set_word (self, text, last->place.position, 0);
  g_array_set_size (self->tokens, self->tokens->len - 1);

  return TRUE;
}

/* --- Candidates --- */

static gboolean
is_full (const Completion *self)
{
  return self->candidates->len >= MAX_CANDIDATES;
}

/* Takes @written if @name begins as the word does. */
static void
offer (Completion *self, const char *name, char *written)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  if (!is_full (self) && g_str_has_prefix (folded, self->prefix))
    g_ptr_array_add (self->candidates, written);
  else
    g_free (written);
}

static void
offer_text (Completion *self, const char *text)
{
  offer (self, text, _ann_filter_write_text (text));
}

static void
offer_words (Completion *self, const char *const *words)
{
  for (; *words != NULL && !self->is_text; words++)
    offer (self, *words, g_strdup (*words));
}

static AnnFrame *
get_frame (const Completion *self, AnnAxis axis)
{
  return axis == ANN_AXIS_OBS ? ann_data_get_obs (self->data) : ann_data_get_var (self->data);
}

static void
offer_names (Completion *self)
{
  static const char *const words[] = { "not", "true", "false", NULL };
  g_auto (GStrv) names = NULL;

  if (self->is_text)
    return;

  names = ann_filter_list_names (self->data, self->axis, self->cancellable, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    offer (self, names[i] + (*names[i] == '`'), g_strdup (names[i]));
  if (*self->prefix != '\0')
    offer_words (self, words);
}

/* The labels of a table's rows, as long as there is room. */
static void
offer_labels (Completion *self, AnnFrame *frame)
{
  g_autoptr (AnnElement) index = NULL;
  guint64 n_rows;

  if (frame != NULL)
    index = ann_frame_open_index (frame, self->cancellable, NULL);
  if (index == NULL || ann_element_get_error (index) != NULL)
    return;

  n_rows = ann_element_get_n_rows (index);
  for (guint64 start = 0; start < n_rows && !is_full (self); start += PIECE_ROWS)
    {
      const guint64 n = MIN (PIECE_ROWS, n_rows - start);
      g_autoptr (AnnBlock) block = ann_element_read_rows (index, start, n, self->cancellable, NULL);

      for (guint64 i = 0; block != NULL && block->texts != NULL && i < n && !is_full (self); i++)
        {
          g_autofree char *label = ann_strings_dup_utf8 (block->texts, i);

          if (!ann_block_is_missing (block, i))
            offer_text (self, label);
        }
      if (block == NULL)
        return;
    }
}

static void
offer_entries (Completion *self, const char *mapping)
{
  g_autoptr (AnnElement) element = NULL;
  g_auto (GStrv) names = NULL;

  element = ann_data_open_element (self->data, mapping, self->cancellable, NULL);
  if (element != NULL && ann_element_get_error (element) == NULL)
    names = ann_element_list_children (element, self->cancellable, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    offer_text (self, names[i]);
}

/* The categories of a column, or what a column of truth values may be. */
static void
offer_values (Completion *self, const AnnToken *name)
{
  static const char *const truths[] = { "true", "false", NULL };
  AnnFrame *frame = get_frame (self, self->axis);
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (AnnStrings) labels = NULL;
  gboolean is_text;
  guint number;

  if (name->kind != ANN_TOKEN_NAME || frame == NULL
      || !ann_frame_find_column (frame, name->text, &number))
    return;
  column = ann_frame_open_column (frame, number, self->cancellable, NULL);
  if (column == NULL || ann_element_get_error (column) != NULL)
    return;
  if (!ANN_IS_CATEGORICAL (column))
    {
      if (ann_element_get_dtype (column) == ANN_DTYPE_BOOL)
        offer_words (self, truths);
      return;
    }

  is_text = !ann_dtype_is_real (
      ann_element_get_dtype (ann_categorical_get_categories (ANN_CATEGORICAL (column))));
  labels = ann_categorical_read_labels (ANN_CATEGORICAL (column), self->cancellable, NULL);
  for (gsize i = 0; labels != NULL && i < ann_strings_get_length (labels) && !is_full (self); i++)
    {
      g_autofree char *label = ann_strings_dup_utf8 (labels, i);

      if (is_text)
        offer_text (self, label);
      else if (!self->is_text)
        offer (self, label, g_strdup (label));
    }
}

/* --- Where it is --- */

/* In a list: the column before `in`. */
static const AnnToken *
find_list (const Completion *self)
{
  guint i = 0;

  while (get_token (self, i)->kind == ANN_TOKEN_TEXT
         || get_token (self, i)->kind == ANN_TOKEN_NUMBER || is_sign (get_token (self, i), ",-+")
         || is_word (get_token (self, i), "true") || is_word (get_token (self, i), "false"))
    i++;
  if (!is_sign (get_token (self, i), "[(") || !is_word (get_token (self, i + 1), "in"))
    return NULL;
  i += is_word (get_token (self, i + 2), "not") ? 3 : 2;

  return get_token (self, i);
}

/* In the brackets behind X, layers, … */
static void
complete_key (Completion *self)
{
  const AnnAxis other = self->axis == ANN_AXIS_OBS ? ANN_AXIS_VAR : ANN_AXIS_OBS;
  const AnnToken *member = get_token (self, 1);
  const gboolean is_second = is_sign (member, "]");
  g_autoptr (AnnElement) frame = NULL;

  if (is_second)
    member = get_token (self, 4);
  if (is_word (member, "raw") && !is_second)
    {
      frame = ann_data_open_element (self->data, "raw/var", self->cancellable, NULL);
      offer_labels (self, frame != NULL && ANN_IS_FRAME (frame) ? ANN_FRAME (frame) : NULL);
    }
  else if ((is_word (member, "X") && !is_second) || (is_word (member, "layers") && is_second))
    offer_labels (self, get_frame (self, other));
  else if (!is_second
           && (is_word (member, "layers") || is_word (member, "obsm") || is_word (member, "varm")))
    offer_entries (self, member->text);
}

/* Behind something that can be asked about. */
static void
complete_operator (Completion *self, const AnnToken *last)
{
  static const char *const joints[] = { "and", "or", NULL };
  static const char *const questions[] = { "in [",       "not in [", "is missing", "is not missing",
                                           "matches \"", "and",      "or",         NULL };

  offer_words (self, last->kind == ANN_TOKEN_NAME || is_sign (last, "]") ? questions : joints);
}

static void
complete (Completion *self)
{
  static const char *const missing[] = { "missing", "not missing", NULL };
  const AnnToken *last = get_token (self, 0);
  const AnnToken *column = find_list (self);

  if (column != NULL)
    {
      if (is_sign (last, "[(,"))
        offer_values (self, column);
    }
  else if (is_sign (last, "["))
    complete_key (self);
  else if (last->kind == ANN_TOKEN_COMPARE)
    {
      offer_values (self, get_token (self, 1));
      if (!self->is_text && self->candidates->len == 0)
        offer_names (self);
    }
  else if (is_word (last, "is"))
    offer_words (self, missing);
  else if (last->kind == ANN_TOKEN_END || is_sign (last, "(&|~") || is_word (last, "and")
           || is_word (last, "or") || is_word (last, "not"))
    offer_names (self);
  else if (!is_word (last, "in") && !is_word (last, "matches") && !is_sign (last, ",-+"))
    complete_operator (self, last);
}

/**
 * ann_filter_complete:
 * @text: an expression that is being written
 * @cursor: a place in it, in bytes, on a character
 * @data: a store
 * @axis: of what it is a filter
 * @start: (out): where in @text the word begins that would be replaced, in bytes
 * @length: (out): how long it is up to @cursor
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Looks for what may stand at a place: names of columns and matrices, categories of the column that
 * is compared, labels in brackets, words of the language. Reads metadata and labels.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): what the word may become, at most 50, each
 *   written as it has to be; %NULL with @error set if this was cancelled
 */
char **
ann_filter_complete (const char *text,
                     gsize cursor,
                     AnnData *data,
                     AnnAxis axis,
                     gsize *start,
                     gsize *length,
                     GCancellable *cancellable,
                     GError **error)
{
  g_auto (Completion) self = { .data = data, .axis = axis, .cancellable = cancellable };
  g_autofree char *before = NULL;

  g_return_val_if_fail (text != NULL && cursor <= strlen (text), NULL);
  g_return_val_if_fail (ANN_IS_DATA (data), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  before = g_strndup (text, cursor);
  self.tokens = g_array_new (FALSE, FALSE, sizeof (AnnToken));
  g_array_set_clear_func (self.tokens, token_clear);
  self.candidates = g_ptr_array_new_with_free_func (g_free);
  if (g_utf8_validate (before, -1, NULL) && read_tokens (&self, before))
    complete (&self);
  *start = self.prefix != NULL ? self.place.position : cursor;
  *length = cursor - *start;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  g_ptr_array_add (self.candidates, NULL);

  return (char **) g_ptr_array_steal (self.candidates, NULL);
}

/* --- In a thread --- */

typedef struct {
  char *text;
  gsize cursor;
  AnnData *data;
  AnnAxis axis;
  gsize start;
  gsize length;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->text);
  g_object_unref (request->data);
  g_free (request);
}

static void
strings_free (gpointer strings)
{
  g_strfreev (strings);
}

static void
complete_in_worker (GTask *task,
                    G_GNUC_UNUSED gpointer source_object,
                    gpointer task_data,
                    GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;
  char **candidates;

  candidates = ann_filter_complete (request->text, request->cursor, request->data, request->axis,
                                    &request->start, &request->length, cancellable, &error);
  if (candidates != NULL)
    g_task_return_pointer (task, candidates, strings_free);
  else
    g_task_return_error (task, error);
}

/**
 * ann_filter_complete_async:
 * @text: an expression that is being written
 * @cursor: a place in it, in bytes, on a character
 * @data: a store
 * @axis: of what it is a filter
 * @io_priority: the more negative, the sooner
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * As [func@Ann.Filter.complete], in a thread of the library.
 */
void
ann_filter_complete_async (const char *text,
                           gsize cursor,
                           AnnData *data,
                           AnnAxis axis,
                           int io_priority,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (text != NULL && cursor <= strlen (text));
  g_return_if_fail (ANN_IS_DATA (data));

  request = g_new0 (Request, 1);
  request->text = g_strdup (text);
  request->cursor = cursor;
  request->data = g_object_ref (data);
  request->axis = axis;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, ann_filter_complete_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, request, request_free);
  ann_worker_run_task (task, ANN_LANE_READ, complete_in_worker);
}

/**
 * ann_filter_complete_finish:
 * @result: what the callback was given
 * @start: (out): where in the text the word begins that would be replaced, in bytes
 * @length: (out): how long it is
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (array zero-terminated=1): what the word may become, or %NULL with
 *   @error set
 */
char **
ann_filter_complete_finish (GAsyncResult *result, gsize *start, gsize *length, GError **error)
{
  const Request *request;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  request = g_task_get_task_data (G_TASK (result));
  *start = request->start;
  *length = request->length;

  return g_task_propagate_pointer (G_TASK (result), error);
}
