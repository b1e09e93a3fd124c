/* ann-concat-preview.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-concat-preview.h"

#include "ann-weak.h"

/* What is to be joined, and how; what a worker finds out about it may be looked at by the main
 * thread alone, and only as long as it is about what was set last.
 */
typedef struct {
  GPtrArray *parts; /* of AnnData; not changed any more */
  AnnConcatOptions *options;
} Question;

typedef struct {
  AnnData *data;
  AnnConcatPlan *plan;
} Answer;

struct _AnnConcatPreview {
  GObject parent_instance;

  GPtrArray *parts; /* NULL where there is nothing to be joined */
  AnnConcatOptions *options;
  Answer *answer;
  GError *error;
  GCancellable *cancellable; /* while a worker is asked */
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnConcatPreview, ann_concat_preview, G_TYPE_OBJECT)

static void
question_free (gpointer data)
{
  Question *self = data;

  g_ptr_array_unref (self->parts);
  ann_concat_options_free (self->options);
  g_free (self);
}

static Question *
question_new (AnnConcatPreview *preview)
{
  Question *self = g_new0 (Question, 1);

  self->parts = g_ptr_array_ref (preview->parts);
  self->options = ann_concat_options_copy (preview->options);

  return self;
}

static void
answer_free (gpointer data)
{
  Answer *self = data;

  g_clear_object (&self->data);
  g_clear_pointer (&self->plan, ann_concat_plan_unref);
  g_free (self);
}

static void
forget (AnnConcatPreview *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->answer, answer_free);
  g_clear_error (&self->error);
}

static void
ann_concat_preview_dispose (GObject *object)
{
  forget (ANN_CONCAT_PREVIEW (object));

  G_OBJECT_CLASS (ann_concat_preview_parent_class)->dispose (object);
}

static void
ann_concat_preview_finalize (GObject *object)
{
  AnnConcatPreview *self = ANN_CONCAT_PREVIEW (object);

  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_pointer (&self->options, ann_concat_options_free);

  G_OBJECT_CLASS (ann_concat_preview_parent_class)->finalize (object);
}

static void
ann_concat_preview_class_init (AnnConcatPreviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_concat_preview_dispose;
  G_OBJECT_CLASS (klass)->finalize = ann_concat_preview_finalize;

  /**
   * AnnConcatPreview::changed:
   * @self: a preview
   *
   * What was known no longer holds, or more is known.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_concat_preview_init (AnnConcatPreview *self)
{
}

/**
 * ann_concat_preview_new:
 *
 * Returns: (transfer full): a preview of nothing
 */
AnnConcatPreview *
ann_concat_preview_new (void)
{
  return g_object_new (ANN_TYPE_CONCAT_PREVIEW, NULL);
}

static void
answer_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Question *question = task_data;
  Answer *answer = g_new0 (Answer, 1);
  GError *error = NULL;

  answer->data = ann_data_concat ((AnnData **) question->parts->pdata, question->parts->len,
                                  question->options, &answer->plan, cancellable, &error);
  if (answer->data != NULL)
    {
      g_task_return_pointer (task, answer, answer_free);
      return;
    }
  answer_free (answer);
  g_task_return_error (task, error);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnConcatPreview) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  Answer *answer = g_task_propagate_pointer (G_TASK (result), &error);

  /* The question was another one, or nobody asks any more. */
  if (self == NULL || self->cancellable != g_task_get_cancellable (G_TASK (result)))
    {
      g_clear_pointer (&answer, answer_free);
      return;
    }

  g_clear_object (&self->cancellable);
  self->answer = answer;
  self->error = g_steal_pointer (&error);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * ann_concat_preview_set:
 * @self: a preview
 * @parts: (nullable) (element-type Ann.Data): what is to be joined; must not change any more
 * @options: how
 *
 * Forgets what was known, and has a worker find out what these become.
 */
void
ann_concat_preview_set (AnnConcatPreview *self, GPtrArray *parts, const AnnConcatOptions *options)
{
  forget (self);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_pointer (&self->options, ann_concat_options_free);
  if (parts != NULL)
    {
      g_autoptr (GTask) task = NULL;

      self->parts = g_ptr_array_ref (parts);
      self->options = ann_concat_options_copy (options);
      self->cancellable = g_cancellable_new ();
      task = g_task_new (NULL, self->cancellable, on_answered, ann_weak_new (self));
      g_task_set_task_data (task, question_new (self), question_free);
      ann_worker_run_task (task, ANN_LANE_READ, answer_in_worker);
    }
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * ann_concat_preview_is_busy:
 * @self: a preview
 *
 * Returns: whether a worker is asked
 */
gboolean
ann_concat_preview_is_busy (AnnConcatPreview *self)
{
  return self->cancellable != NULL;
}

/**
 * ann_concat_preview_get_plan:
 * @self: a preview
 *
 * Returns: (transfer none) (nullable): what will be made of what was set last, once that is known
 */
const AnnConcatPlan *
ann_concat_preview_get_plan (AnnConcatPreview *self)
{
  return self->answer != NULL ? self->answer->plan : NULL;
}

/**
 * ann_concat_preview_get_error:
 * @self: a preview
 *
 * Returns: (transfer none) (nullable): why it cannot be joined
 */
const GError *
ann_concat_preview_get_error (AnnConcatPreview *self)
{
  return self->error;
}

/* ---- Writing ---- */

typedef struct {
  AnnData *data;
  AnnConcatPlan *plan;
  char *target;
  AnnWriteOptions *options;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *self = data;

  g_object_unref (self->data);
  ann_concat_plan_unref (self->plan);
  g_free (self->target);
  ann_write_options_free (self->options);
  g_free (self);
}

/* What the result lacks of the parts is said with what else is not as it was. */
static gboolean
write_copy (gpointer what,
            AnnProgress *progress,
            char ***warnings,
            GCancellable *cancellable,
            GError **error)
{
  const Copy *self = what;
  g_auto (GStrv) lines = ann_concat_plan_describe (self->plan);
  g_auto (GStrv) found = NULL;
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();

  if (!ann_export_run (self->data, self->target, self->options, progress, &found, cancellable,
                       error))
    return FALSE;

  g_strv_builder_addv (all, (const char **) lines);
  g_strv_builder_addv (all, (const char **) found);
  *warnings = g_strv_builder_end (all);

  return TRUE;
}

typedef struct {
  Question *question;
  char *target;
  gboolean overwrite;
} Set;

static void
set_free (gpointer data)
{
  Set *self = data;

  question_free (self->question);
  g_free (self->target);
  g_free (self);
}

static gboolean
write_set (gpointer what,
           AnnProgress *progress,
           char ***warnings,
           GCancellable *cancellable,
           GError **error)
{
  const Set *self = what;
  const Question *question = self->question;

  return ann_data_set_write (self->target, (AnnData **) question->parts->pdata,
                             question->parts->len, question->options, self->overwrite, cancellable,
                             error);
}

/**
 * ann_concat_preview_write:
 * @self: a preview that knows a plan
 * @target: a path or an address; if it ends in `.h5ads`, a file is written that names the parts
 * @overwrite: whether what is there may be replaced
 *
 * Returns: (transfer full): a task that has not begun
 */
AnnWriteTask *
ann_concat_preview_write (AnnConcatPreview *self, const char *target, gboolean overwrite)
{
  Set *set;

  g_return_val_if_fail (self->answer != NULL, NULL);

  if (!g_str_has_suffix (target, ".h5ads"))
    {
      Copy *copy = g_new0 (Copy, 1);

      copy->data = g_object_ref (self->answer->data);
      copy->plan = ann_concat_plan_ref (self->answer->plan);
      copy->target = g_strdup (target);
      copy->options = ann_write_options_new ();
      copy->options->overwrite = overwrite;
      return ann_write_task_new (target, write_copy, copy, copy_free);
    }

  set = g_new0 (Set, 1);
  set->question = question_new (self);
  set->target = g_strdup (target);
  set->overwrite = overwrite;

  return ann_write_task_new (target, write_set, set, set_free);
}
