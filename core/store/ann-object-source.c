/* ann-object-source.c: an object of a store, through blocks kept in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-source.h"

#include "base/ann-error.h"
#include "base/ann-wait-private.h"
#include "base/ann-worker-private.h"

#include <string.h>

/* What is small comes by blocks: structures that are many and lie close to each other. Of sizes
 * from 16 KiB to 1 MiB this one brought a listing in the fewest requests for its bytes; see
 * docs/stores.md.
 */
#define BLOCK_SIZE ((gsize) 64 << 10)

/* A larger part comes as it is: a stored chunk, a run of values. */
#define MAX_SMALL_PART (BLOCK_SIZE / 2)

/* What the first request brings. */
#define N_FIRST_BLOCKS 2

/* Blocks that are kept, 32 MiB; and that one call may have on the way at once. */
#define MAX_KEPT 512
#define MAX_ON_THE_WAY 256

/* How often somebody who waits for another's request looks whether he was cancelled. */
#define LOOK_MS 20

#define ANN_TYPE_OBJECT_SOURCE (ann_object_source_get_type ())

G_DECLARE_FINAL_TYPE (AnnObjectSource, ann_object_source, ANN, OBJECT_SOURCE, AnnSource)

/* @link: in the source's list of recent ones, if it is here. Until then the thread that asks for it
 * owns @bytes, and others wait.
 */
typedef struct {
  guint64 number; /* first: the key in the table */
  gboolean is_here;
  gsize size;
  guint8 *bytes;
  GList link;
} Block;

struct _AnnObjectSource {
  AnnSource parent_instance;

  AnnStore *store;
  char *key;
  guint64 size;

  pthread_mutex_t lock;   /* not held while the store is read */
  pthread_cond_t changed; /* a block has come, or does not come */
  GHashTable *blocks;     /* Block.number → Block */
  GQueue recent;          /* of Block.link, the last used first */
};

G_DEFINE_FINAL_TYPE (AnnObjectSource, ann_object_source, ANN_TYPE_SOURCE)

/* One call. */
typedef struct {
  AnnObjectSource *source;
  const AnnSourcePart *parts;
  gsize n;
  gboolean *is_done;  /* by number of the part */
  gsize n_done;       /* all before this one are done */
  GArray *reads;      /* AnnStoreRead: of blocks, then of parts that come as they are */
  GPtrArray *claimed; /* Block, for the first of the reads */
  GArray *exact;      /* gsize: the numbers of the parts for the others */
} Job;

static void
job_clear (Job *self)
{
  g_free (self->is_done);
  g_array_unref (self->reads);
  g_ptr_array_unref (self->claimed);
  g_array_unref (self->exact);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, job_clear)

static void
job_init (Job *self, AnnObjectSource *source, const AnnSourcePart *parts, gsize n)
{
  *self = (Job){ .source = source, .parts = parts, .n = n };
  self->is_done = g_new0 (gboolean, n);
  self->reads = g_array_new (FALSE, TRUE, sizeof (AnnStoreRead));
  self->claimed = g_ptr_array_new ();
  self->exact = g_array_new (FALSE, FALSE, sizeof (gsize));
}

static void
block_free (gpointer data)
{
  Block *self = data;

  g_free (self->bytes);
  g_free (self);
}

static Block *
block_new (AnnObjectSource *source, guint64 number)
{
  Block *self = g_new0 (Block, 1);

  self->number = number;
  self->size = MIN (BLOCK_SIZE, source->size - number * BLOCK_SIZE);
  self->bytes = g_malloc (self->size);
  self->link.data = self;

  return self;
}

/* The block is in the table, and its bytes are. */
static void
keep_block (AnnObjectSource *self, Block *block)
{
  block->is_here = TRUE;
  g_queue_push_head_link (&self->recent, &block->link);
}

static void
drop_old_blocks (AnnObjectSource *self)
{
  while (self->recent.length > MAX_KEPT)
    {
      GList *last = g_queue_pop_tail_link (&self->recent);
      Block *block = last->data;

      g_hash_table_remove (self->blocks, &block->number);
    }
}

static guint64
get_end (const AnnSourcePart *part)
{
  return part->length > 0 ? (part->offset + part->length - 1) / BLOCK_SIZE + 1
                          : part->offset / BLOCK_SIZE;
}

/* Copies the part, if all of it is here. */
static gboolean
copy_part (AnnObjectSource *self, const AnnSourcePart *part)
{
  guint64 end = get_end (part);

  for (guint64 i = part->offset / BLOCK_SIZE; i < end; i++)
    {
      const Block *block = g_hash_table_lookup (self->blocks, &i);

      if (block == NULL || !block->is_here)
        return FALSE;
    }

  for (gsize done = 0; done < part->length;)
    {
      guint64 number = (part->offset + done) / BLOCK_SIZE;
      gsize skip = (part->offset + done) % BLOCK_SIZE;
      Block *block = g_hash_table_lookup (self->blocks, &number);
      gsize n = MIN (part->length - done, block->size - skip);

      if (part->bytes != NULL)
        memcpy (part->bytes + done, block->bytes + skip, n);
      g_queue_unlink (&self->recent, &block->link);
      g_queue_push_head_link (&self->recent, &block->link);
      done += n;
    }

  return TRUE;
}

/* Asks for those blocks of the part that nobody has asked for. */
static void
claim_blocks (Job *job, const AnnSourcePart *part)
{
  AnnObjectSource *self = job->source;
  guint64 end = get_end (part);

  for (guint64 i = part->offset / BLOCK_SIZE; i < end && job->claimed->len < MAX_ON_THE_WAY; i++)
    {
      AnnStoreRead read;
      Block *block;

      if (g_hash_table_contains (self->blocks, &i))
        continue;
      block = block_new (self, i);
      g_hash_table_insert (self->blocks, &block->number, block);
      g_ptr_array_add (job->claimed, block);
      read = (AnnStoreRead){ .key = self->key,
                             .offset = i * BLOCK_SIZE,
                             .length = block->size,
                             .limit = block->size,
                             .bytes = block->bytes };
      g_array_append_val (job->reads, read);
    }
}

/* Of what is not done copies what is here, and asks for the rest. By the lock. */
static void
take_parts (Job *job)
{
  for (gsize i = job->n_done; i < job->n; i++)
    {
      const AnnSourcePart *part = &job->parts[i];

      if (job->is_done[i] || copy_part (job->source, part))
        job->is_done[i] = TRUE;
      else if (part->length > MAX_SMALL_PART && part->bytes != NULL)
        g_array_append_val (job->exact, i);
      else
        {
          /* What is only brought near is not waited for if others have asked for it. */
          claim_blocks (job, part);
          job->is_done[i] = part->bytes == NULL;
        }
    }
  while (job->n_done < job->n && job->is_done[job->n_done])
    job->n_done++;

  for (guint i = 0; i < job->exact->len; i++)
    {
      const AnnSourcePart *part = &job->parts[g_array_index (job->exact, gsize, i)];
      const AnnStoreRead read = { .key = job->source->key,
                                  .offset = part->offset,
                                  .length = part->length,
                                  .limit = part->length,
                                  .bytes = part->bytes };

      g_array_append_val (job->reads, read);
    }
}

/* Once it was opened, no error blames the object: what is refused now was there before. */
static void
pass_on (GError **error, GError *cause)
{
  if (cause->domain != ANN_ERROR || cause->code == ANN_ERROR_CHANGED)
    {
      g_propagate_error (error, cause);
      return;
    }

  g_set_error_literal (error, G_IO_ERROR,
                       cause->code == ANN_ERROR_DENIED ? G_IO_ERROR_PERMISSION_DENIED
                                                       : G_IO_ERROR_FAILED,
                       cause->message);
  g_error_free (cause);
}

static gboolean
read_store (Job *job, GCancellable *cancellable, GError **error)
{
  AnnStoreRead *reads = (AnnStoreRead *) (void *) job->reads->data;
  GError *cause = NULL;

  if (!_ann_store_read (job->source->store, reads, job->reads->len, cancellable, &cause))
    {
      pass_on (error, cause);
      return FALSE;
    }

  for (guint i = 0; i < job->reads->len; i++)
    {
      if (!reads[i].is_absent && reads[i].n_bytes == reads[i].length)
        continue;
      g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
                   reads[i].is_absent ? "The file is not there any more; open it again"
                                      : "The file has become shorter; open it again");
      return FALSE;
    }

  return TRUE;
}

/* What was asked for has come, or has not. By the lock. */
static void
settle (Job *job, gboolean has_come)
{
  AnnObjectSource *self = job->source;

  for (guint i = 0; i < job->claimed->len; i++)
    {
      Block *block = g_ptr_array_index (job->claimed, i);

      if (has_come)
        keep_block (self, block);
      else
        g_hash_table_remove (self->blocks, &block->number);
    }
  for (guint i = 0; has_come && i < job->exact->len; i++)
    job->is_done[g_array_index (job->exact, gsize, i)] = TRUE;
  if (job->claimed->len > 0)
    pthread_cond_broadcast (&self->changed);

  g_ptr_array_set_size (job->claimed, 0);
  g_array_set_size (job->exact, 0);
  g_array_set_size (job->reads, 0);
}

/* Waits for what others have asked for; nobody waits who has asked for anything himself. */
static gboolean
wait_for_others (AnnObjectSource *self, GCancellable *cancellable, GError **error)
{
  const struct timespec until = _ann_cond_get_time_after (LOOK_MS);

  _ann_worker_begin_wait ();
  if (cancellable != NULL)
    pthread_cond_timedwait (&self->changed, &self->lock, &until);
  else
    pthread_cond_wait (&self->changed, &self->lock);
  _ann_worker_end_wait ();

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
ann_object_source_read (AnnSource *source,
                        const AnnSourcePart *parts,
                        gsize n,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnObjectSource *self = ANN_OBJECT_SOURCE (source);
  g_auto (Job) job = { .source = NULL };
  gboolean is_good = TRUE;

  job_init (&job, self, parts, n);
  pthread_mutex_lock (&self->lock);
  while (is_good)
    {
      take_parts (&job);
      drop_old_blocks (self);
      if (job.reads->len > 0)
        {
          pthread_mutex_unlock (&self->lock);
          is_good = read_store (&job, cancellable, error);
          pthread_mutex_lock (&self->lock);
          settle (&job, is_good);
        }
      else if (job.n_done < n)
        is_good = wait_for_others (self, cancellable, error);
      else
        break;
    }
  pthread_mutex_unlock (&self->lock);

  return is_good;
}

static gboolean
ann_object_source_try_read (AnnSource *source, const AnnSourcePart *parts, gsize n)
{
  AnnObjectSource *self = ANN_OBJECT_SOURCE (source);
  gboolean is_here = TRUE;

  pthread_mutex_lock (&self->lock);
  for (gsize i = 0; i < n && is_here; i++)
    is_here = copy_part (self, &parts[i]);
  pthread_mutex_unlock (&self->lock);

  return is_here;
}

static void
ann_object_source_finalize (GObject *object)
{
  AnnObjectSource *self = ANN_OBJECT_SOURCE (object);

  g_clear_object (&self->store);
  g_clear_pointer (&self->key, g_free);
  g_hash_table_unref (self->blocks);
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->lock);

  G_OBJECT_CLASS (ann_object_source_parent_class)->finalize (object);
}

static void
ann_object_source_class_init (AnnObjectSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_object_source_finalize;
  ANN_SOURCE_CLASS (klass)->read = ann_object_source_read;
  ANN_SOURCE_CLASS (klass)->try_read = ann_object_source_try_read;
}

static void
ann_object_source_init (AnnObjectSource *self)
{
  pthread_mutex_init (&self->lock, NULL);
  _ann_cond_init (&self->changed);
  self->blocks = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, block_free);
  g_queue_init (&self->recent);
}

/* Keeps the blocks that the first request brought. */
static void
keep_first (AnnObjectSource *self, const AnnStoreRead *read)
{
  for (guint64 i = 0; i < N_FIRST_BLOCKS && i * BLOCK_SIZE < self->size; i++)
    {
      Block *block = block_new (self, i);

      memcpy (block->bytes, read->bytes + i * BLOCK_SIZE, block->size);
      g_hash_table_insert (self->blocks, &block->number, block);
      keep_block (self, block);
    }
}

static gboolean
read_first (AnnStore *store, AnnStoreRead *read, GCancellable *cancellable, GError **error)
{
  if (!_ann_store_read (store, read, 1, cancellable, error))
    return FALSE;

  if (read->is_absent)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "There is no such file");
  else if (read->object_size == ANN_STORE_SIZE_UNKNOWN && read->n_bytes == read->length)
    g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                 "The server does not say how large the file is");
  else
    return TRUE;

  return FALSE;
}

AnnSource *
_ann_source_open_object (AnnStore *store,
                         const char *key,
                         GCancellable *cancellable,
                         GError **error)
{
  static _Atomic guint64 n_opened;
  g_autoptr (AnnObjectSource) self = g_object_new (ANN_TYPE_OBJECT_SOURCE, NULL);
  g_autofree guint8 *bytes = g_malloc (N_FIRST_BLOCKS * BLOCK_SIZE);
  g_autofree char *identity = NULL;
  AnnStoreRead read = { .key = key,
                        .length = N_FIRST_BLOCKS * BLOCK_SIZE,
                        .limit = N_FIRST_BLOCKS * BLOCK_SIZE,
                        .bytes = bytes };

  self->store = g_object_ref (store);
  self->key = g_strdup (key);
  if (!read_first (store, &read, cancellable, error))
    return NULL;

  self->size = read.object_size != ANN_STORE_SIZE_UNKNOWN ? read.object_size : read.n_bytes;
  if (read.n_bytes < MIN (read.length, self->size))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                   "The server sent less than the beginning of the file");
      return NULL;
    }
  keep_first (self, &read);

  /* Only the store knows whether another source has the same contents, and a source keeps none but
   * its own: each is one of its own.
   */
  identity = g_strdup_printf ("object %" G_GUINT64_FORMAT, ++n_opened);
  _ann_source_set_info (ANN_SOURCE (self), self->size, _ann_store_is_remote (store), NULL,
                        identity);

  return ANN_SOURCE (g_steal_pointer (&self));
}
