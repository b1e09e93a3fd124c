/* ann-s3-list.c: what lies below a prefix, by ListObjectsV2
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "store/ann-s3-store-private.h"
#include "store/ann-s3-xml.h"
#include "store/ann-store-private.h"

#include <string.h>

/* A page has 1,000 keys of 1,024 bytes at most, which encoding makes three times as long. */
#define MAX_PAGE (8 * 1024 * 1024)
#define MAX_PAGES (16 * 1024)

static void
append_parameter (GString *query, const char *name, const char *value)
{
  g_string_append_printf (query, "%s%s=", query->len > 0 ? "&" : "", name);
  g_string_append_uri_escaped (query, value, NULL, FALSE);
}

static char *
make_query (const char *prefix, const char *max_keys, const char *token)
{
  GString *query = g_string_new (NULL);

  append_parameter (query, "list-type", "2");
  append_parameter (query, "delimiter", "/");
  append_parameter (query, "encoding-type", "url");
  if (prefix[0] != '\0')
    append_parameter (query, "prefix", prefix);
  if (max_keys != NULL)
    append_parameter (query, "max-keys", max_keys);
  if (token != NULL)
    append_parameter (query, "continuation-token", token);

  return g_string_free (query, FALSE);
}

static void
set_lists (AnnS3Store *self, AnnS3Lists lists)
{
  pthread_mutex_lock (&self->lock);
  self->lists = lists;
  pthread_mutex_unlock (&self->lock);
  if (lists == ANN_S3_LISTS_NOT)
    _ann_store_refuse_lists (ANN_STORE (self));
}

static gboolean
read_page (AnnS3Store *self,
           const char *prefix,
           const char *max_keys,
           const char *key,
           GPtrArray *entries,
           char **token,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree char *query = make_query (prefix, max_keys, *token);
  AnnHttpRequest request = { .limit = MAX_PAGE };
  gboolean is_right = _ann_http_store_perform (ANN_HTTP_STORE (self), &request,
                                               _ann_s3_store_make_bucket_url, query, key,
                                               cancellable, error);

  g_clear_pointer (token, g_free);
  if (!is_right && _ann_s3_is_access_denied (&request))
    set_lists (self, ANN_S3_LISTS_NOT);
  is_right = is_right
             && _ann_s3_page_parse ((const char *) request.bytes, request.n_bytes, prefix, entries,
                                    token, error);
  g_free (request.bytes);
  _ann_http_request_clear (&request);

  return is_right;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const AnnStoreEntry *one = *(const AnnStoreEntry *const *) a;
  const AnnStoreEntry *other = *(const AnnStoreEntry *const *) b;
  int order = strcmp (one->name, other->name);

  return order != 0 ? order : one->is_prefix - other->is_prefix;
}

/* In order, with a name once: one may be an object and have keys below it. */
static GPtrArray *
sort_entries (GPtrArray *entries)
{
  GPtrArray *sorted = _ann_store_entries_new ();

  g_ptr_array_sort (entries, compare_entries);
  for (guint i = 0; i < entries->len; i++)
    {
      AnnStoreEntry *entry = entries->pdata[i];
      AnnStoreEntry *last = sorted->len > 0 ? sorted->pdata[sorted->len - 1] : NULL;

      if (last != NULL && strcmp (last->name, entry->name) == 0)
        {
          last->is_prefix |= entry->is_prefix;
          continue;
        }
      g_ptr_array_add (sorted, entry);
      entries->pdata[i] = NULL;
    }

  return sorted;
}

static void
entry_free (gpointer entry)
{
  if (entry != NULL)
    _ann_store_entry_free (entry);
}

GPtrArray *
_ann_s3_store_list (AnnStore *store, const char *prefix, GCancellable *cancellable, GError **error)
{
  AnnS3Store *self = ANN_S3_STORE (store);
  g_autofree char *key = _ann_s3_store_dup_key (self, prefix);
  g_autofree char *full = key[0] != '\0' ? g_strconcat (key, "/", NULL) : g_strdup ("");
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_autofree char *token = NULL;
  guint n_pages = 0;

  do
    {
      if (!read_page (self, full, NULL, prefix, entries, &token, cancellable, error))
        return NULL;
      if (++n_pages > MAX_PAGES)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "%s%s%s: there are too many objects for a list", _ann_store_get_name (store),
                       prefix[0] != '\0' ? "/" : "", prefix);
          return NULL;
        }
    }
  while (token != NULL);

  set_lists (self, ANN_S3_LISTS);

  return sort_entries (entries);
}

/* Two keys are asked for: one may be that of the prefix itself, by which some programs mark
 * folders. With such a one alone there is nothing.
 */
gboolean
_ann_s3_store_has_any (AnnS3Store *self,
                       gboolean *has_any,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autofree char *full = self->prefix[0] != '\0' ? g_strconcat (self->prefix, "/", NULL)
                                                  : g_strdup ("");
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_autofree char *token = NULL;

  if (!read_page (self, full, "2", "", entries, &token, cancellable, error))
    return FALSE;
  *has_any = entries->len > 0 || token != NULL;

  return TRUE;
}

AnnS3Lists
_ann_s3_store_probe_list (AnnS3Store *self, GCancellable *cancellable, GError **error)
{
  g_autofree char *full = self->prefix[0] != '\0' ? g_strconcat (self->prefix, "/", NULL)
                                                  : g_strdup ("");
  g_autofree char *query = make_query (full, "1", NULL);
  g_autoptr (GError) reason = NULL;
  AnnHttpRequest request = { .limit = MAX_PAGE };
  AnnS3Lists lists = ANN_S3_LISTS;

  if (!_ann_http_store_perform (ANN_HTTP_STORE (self), &request, _ann_s3_store_make_bucket_url,
                                query, "", cancellable, &reason))
    lists = _ann_s3_is_access_denied (&request) ? ANN_S3_LISTS_NOT : ANN_S3_LISTS_UNKNOWN;
  if (lists == ANN_S3_LISTS_UNKNOWN)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    set_lists (self, lists);
  g_free (request.bytes);
  _ann_http_request_clear (&request);

  return lists;
}
