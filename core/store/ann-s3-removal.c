/* ann-s3-removal.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-s3-removal.h"

#include "base/ann-clean-up-private.h"
#include "base/ann-worker.h"
#include "store/ann-http-error.h"
#include "store/ann-s3-put.h"

#include <time.h>

/* How long it is tried to remove what is left, of all places together. */
#define REMOVE_SECONDS 60

/* After that a request that nobody waits for any more has most likely come to its end. */
#define LATE_SECONDS 1

/* Objects that are named. */
#define N_NAMED 3

struct _AnnS3Removal {
  AnnS3Store *store;
  char *name; /* of the place */
  GPtrArray *keys;
  char *mark;           /* (nullable): that they have */
  GPtrArray *late;      /* (nullable): those that may come after they were removed */
  pthread_mutex_t lock; /* for what follows */
  guint n_left;         /* what could not be removed */
  GString *names;
  GError *reason;
  gboolean is_down; /* nothing more is asked */
};

AnnS3Removal *
_ann_s3_removal_new (AnnS3Store *store, const char *name, GPtrArray *keys)
{
  AnnS3Removal *self = g_new0 (AnnS3Removal, 1);

  self->store = g_object_ref (store);
  self->name = g_strdup (name);
  self->keys = keys;
  self->names = g_string_new (NULL);
  pthread_mutex_init (&self->lock, NULL);

  return self;
}

void
_ann_s3_removal_free (AnnS3Removal *self)
{
  if (self == NULL)
    return;

  g_object_unref (self->store);
  g_free (self->name);
  g_free (self->mark);
  g_ptr_array_unref (self->keys);
  g_clear_pointer (&self->late, g_ptr_array_unref);
  g_string_free (self->names, TRUE);
  g_clear_error (&self->reason);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

void
_ann_s3_removal_set_mark (AnnS3Removal *self, char *mark)
{
  g_free (self->mark);
  self->mark = mark;
}

void
_ann_s3_removal_set_late (AnnS3Removal *self, GPtrArray *keys)
{
  g_clear_pointer (&self->late, g_ptr_array_unref);
  self->late = keys;
}

/* Whether nobody is there who could remove anything. A server in trouble answers at least. */
static gboolean
is_of_no_server (const GError *error)
{
  return ann_http_error_is_passing (error) && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY);
}

/* @reason: (transfer full) (nullable): %NULL for what was not tried any more */
static void
note_left (AnnS3Removal *self, const char *key, GError *reason)
{
  pthread_mutex_lock (&self->lock);
  if (reason != NULL && is_of_no_server (reason))
    self->is_down = TRUE;
  if (self->n_left++ < N_NAMED)
    g_string_append_printf (self->names, "%s%s", self->names->len > 0 ? ", " : "", key);
  if (self->reason == NULL)
    self->reason = g_steal_pointer (&reason);
  pthread_mutex_unlock (&self->lock);
  g_clear_error (&reason);
}

static gboolean
is_down (AnnS3Removal *self)
{
  gboolean result;

  pthread_mutex_lock (&self->lock);
  result = self->is_down;
  pthread_mutex_unlock (&self->lock);

  return result;
}

static gboolean
remove_some (gsize first,
             gsize n,
             gpointer data,
             GCancellable *cancellable,
             G_GNUC_UNUSED GError **error)
{
  AnnS3Removal *self = data;

  for (gsize i = first; i < first + n; i++)
    {
      const char *key = g_ptr_array_index (self->keys, i);
      GError *reason = NULL;

      if (is_down (self) || !_ann_s3_remove (self->store, key, self->mark, cancellable, &reason))
        note_left (self, key, reason);
    }

  return TRUE;
}

gboolean
_ann_s3_removal_run (AnnS3Removal *self, GCancellable *cancellable, GError **error)
{
  if (!ann_worker_parallel_waits (self->keys->len, ANN_WORKER_MAX_WAITS, remove_some, self,
                                  cancellable, error))
    return FALSE;
  if (self->n_left == 0)
    return TRUE;

  if (self->names->len == 0)
    g_set_error (error, self->reason->domain, self->reason->code,
                 "%s is left, for it could not be removed: %s", self->name, self->reason->message);
  else
    g_set_error (error, self->reason->domain, self->reason->code,
                 "%u objects are left below %s, for they could not be removed (%s%s): %s",
                 self->n_left, self->name, self->names->str, self->n_left > N_NAMED ? ", …" : "",
                 self->reason->message);

  return FALSE;
}

/* %FALSE if there is nobody, or no time, to remove anything else. */
static gboolean
run_and_warn (AnnS3Removal *self, GCancellable *limit)
{
  g_autoptr (GError) error = NULL;
  gboolean is_done = _ann_s3_removal_run (self, limit, &error);

  if (is_done && self->late != NULL && self->late->len > 0)
    {
      const struct timespec moment = { .tv_sec = LATE_SECONDS };

      nanosleep (&moment, NULL);
      g_ptr_array_unref (self->keys);
      self->keys = g_ptr_array_ref (self->late);
      is_done = _ann_s3_removal_run (self, limit, &error);
    }
  if (is_done)
    return TRUE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("Objects are left at %s: it took too long to remove them", self->name);
  else
    g_warning ("%s", error->message);

  return !self->is_down && !g_cancellable_is_cancelled (limit);
}

static void
warn_of_rest (const GPtrArray *removals, guint first)
{
  g_autoptr (GString) names = g_string_new (NULL);
  const guint n = removals->len - first;

  for (guint i = first; i < removals->len && i < first + N_NAMED; i++)
    {
      const AnnS3Removal *removal = removals->pdata[i];

      g_string_append_printf (names, "%s%s", i > first ? ", " : "", removal->name);
    }
  g_warning ("After that nothing was tried at %u more %s, which %s left too: %s%s", n,
             n == 1 ? "place" : "places", n == 1 ? "is" : "are", names->str,
             n > N_NAMED ? ", …" : "");
}

static void
run_all (gpointer data, GCancellable *limit)
{
  g_autoptr (GPtrArray) removals = data;

  for (guint i = 0; i < removals->len; i++)
    {
      if (run_and_warn (removals->pdata[i], limit))
        continue;
      if (i + 1 < removals->len)
        warn_of_rest (removals, i + 1);
      return;
    }
}

void
_ann_s3_removal_run_later (GPtrArray *removals)
{
  _ann_clean_up_within (REMOVE_SECONDS, run_all, removals);
}
