/* ann-s3-xml.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-s3-xml.h"

#include "base/ann-error.h"
#include "store/ann-address.h"
#include "store/ann-store.h"

#include <string.h>

/* Far longer than any server makes it: it becomes part of an address. */
#define MAX_TOKEN 8192

/* Called where an element ends, with its text. */
typedef void (*ElementFunc) (const char *parent, const char *name, const char *text, gpointer data);

typedef struct {
  ElementFunc func;
  gpointer data;
  GString *text; /* of the innermost element, until another one begins */
} Walk;

static void
on_start (GMarkupParseContext *context G_GNUC_UNUSED,
          const char *name G_GNUC_UNUSED,
          const char **attributes G_GNUC_UNUSED,
          const char **values G_GNUC_UNUSED,
          gpointer data,
          GError **error G_GNUC_UNUSED)
{
  g_string_truncate (((Walk *) data)->text, 0);
}

static void
on_text (GMarkupParseContext *context G_GNUC_UNUSED,
         const char *text,
         gsize length,
         gpointer data,
         GError **error G_GNUC_UNUSED)
{
  g_string_append_len (((Walk *) data)->text, text, (gssize) length);
}

static void
on_end (GMarkupParseContext *context, const char *name, gpointer data, GError **error G_GNUC_UNUSED)
{
  Walk *walk = data;
  const GSList *stack = g_markup_parse_context_get_element_stack (context);

  walk->func (stack->next != NULL ? stack->next->data : "", name, walk->text->str, walk->data);
  g_string_truncate (walk->text, 0);
}

static gboolean
walk_xml (const char *text, gsize length, ElementFunc func, gpointer data, GError **error)
{
  static const GMarkupParser parser = { .start_element = on_start,
                                        .end_element = on_end,
                                        .text = on_text };
  Walk walk = { .func = func, .data = data, .text = g_string_new (NULL) };
  GMarkupParseContext *context = g_markup_parse_context_new (&parser, 0, &walk, NULL);
  gboolean is_right = g_markup_parse_context_parse (context, text, (gssize) length, error)
                      && g_markup_parse_context_end_parse (context, error);

  g_markup_parse_context_free (context);
  g_string_free (walk.text, TRUE);

  return is_right;
}

/* --- Errors --- */

/* The region in "bucket.s3.eu-west-1.amazonaws.com", or the older "s3-eu-west-1". */
static char *
find_region (const char *host)
{
  const char *end = strstr (host, ".amazonaws.com");
  const char *start = end;
  g_autofree char *region = NULL;

  if (end == NULL)
    return NULL;
  while (start > host && start[-1] != '.')
    start--;
  if (g_str_has_prefix (start, "s3-"))
    start += 3;
  region = g_strndup (start, (gsize) (end - start));

  return g_str_equal (region, "s3") ? g_strdup ("us-east-1") : g_steal_pointer (&region);
}

static void
on_fault_element (const char *parent, const char *name, const char *text, gpointer data)
{
  AnnS3Fault *fault = data;

  if (!g_str_equal (parent, "Error") || text[0] == '\0')
    return;

  if (g_str_equal (name, "Code") && fault->code == NULL)
    fault->code = g_strdup (text);
  else if (g_str_equal (name, "Message") && fault->message == NULL)
    fault->message = g_strdup (text);
  else if (g_str_equal (name, "Region") && fault->region == NULL)
    fault->region = g_strdup (text);
  else if (g_str_equal (name, "Endpoint") && fault->region == NULL)
    fault->region = find_region (text);
}

void
_ann_s3_fault_parse (AnnS3Fault *self, const char *text)
{
  *self = (AnnS3Fault){ 0 };
  /* That it breaks off after some KiB, or is no XML, is no matter. */
  if (text != NULL)
    (void) walk_xml (text, strlen (text), on_fault_element, self, NULL);
  if (self->region != NULL && !_ann_address_is_region (self->region))
    g_clear_pointer (&self->region, g_free);
}

void
_ann_s3_fault_clear (AnnS3Fault *self)
{
  g_clear_pointer (&self->code, g_free);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->region, g_free);
}

/* --- Objects in parts --- */

static void
on_upload_element (const char *parent, const char *name, const char *text, gpointer data)
{
  char **id = data;

  if (*id == NULL && g_str_equal (parent, "InitiateMultipartUploadResult")
      && g_str_equal (name, "UploadId") && text[0] != '\0')
    *id = g_strdup (text);
}

char *
_ann_s3_upload_parse (const char *text, gsize length)
{
  g_autofree char *id = NULL;

  if (!walk_xml (text, length, on_upload_element, &id, NULL) || id == NULL
      || strlen (id) > MAX_TOKEN)
    return NULL;

  return g_steal_pointer (&id);
}

/* --- Lists --- */

typedef struct {
  const char *prefix;
  GPtrArray *entries;
  gboolean is_list;
  gboolean is_encoded;
  gboolean is_truncated;
  char *key;
  guint64 size;
  char *token;
} Page;

/* A name as a server encodes it on request, as forms do: because XML has no place for some. */
static char *
decode_key (const Page *page, const char *text)
{
  g_autofree char *spaced = NULL;

  if (!page->is_encoded)
    return g_strdup (text);
  spaced = g_strdelimit (g_strdup (text), "+", ' ');

  return _ann_address_decode (spaced, strlen (spaced));
}

/* What is no name of a key below the prefix is left out: markers of folders, "a//b". */
static void
add_entry (Page *page, const char *text, gboolean is_prefix, guint64 size)
{
  g_autofree char *key = decode_key (page, text);
  char *name;
  gsize length;

  if (key == NULL || !g_str_has_prefix (key, page->prefix))
    return;
  name = key + strlen (page->prefix);
  length = strlen (name);
  if (is_prefix && length > 0 && name[length - 1] == '/')
    name[length - 1] = '\0';
  if (name[0] == '\0' || strchr (name, '/') != NULL || !_ann_store_is_key (name))
    return;

  g_ptr_array_add (page->entries, _ann_store_entry_new (name, is_prefix, size));
}

static void
on_page_element (const char *parent, const char *name, const char *text, gpointer data)
{
  Page *page = data;

  if (g_str_equal (parent, "Contents"))
    {
      if (g_str_equal (name, "Key"))
        {
          g_free (page->key);
          page->key = g_strdup (text);
        }
      else if (g_str_equal (name, "Size")
               && !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &page->size, NULL))
        page->size = ANN_STORE_SIZE_UNKNOWN;
    }
  else if (g_str_equal (parent, "CommonPrefixes") && g_str_equal (name, "Prefix"))
    add_entry (page, text, TRUE, ANN_STORE_SIZE_UNKNOWN);
  else if (g_str_equal (parent, "ListBucketResult"))
    {
      if (g_str_equal (name, "Contents") && page->key != NULL)
        {
          add_entry (page, page->key, FALSE, page->size);
          g_clear_pointer (&page->key, g_free);
          page->size = ANN_STORE_SIZE_UNKNOWN;
        }
      else if (g_str_equal (name, "IsTruncated"))
        page->is_truncated = g_str_equal (text, "true");
      else if (g_str_equal (name, "NextContinuationToken") && page->token == NULL)
        page->token = g_strdup (text);
    }
  else if (parent[0] == '\0' && g_str_equal (name, "ListBucketResult"))
    page->is_list = TRUE;
}

static void
on_encoding_element (const char *parent, const char *name, const char *text, gpointer data)
{
  if (g_str_equal (parent, "ListBucketResult") && g_str_equal (name, "EncodingType"))
    *(gboolean *) data = g_str_equal (text, "url");
}

gboolean
_ann_s3_page_parse (const char *text,
                    gsize length,
                    const char *prefix,
                    GPtrArray *entries,
                    char **token,
                    GError **error)
{
  Page page = { .prefix = prefix, .entries = entries, .size = ANN_STORE_SIZE_UNKNOWN };
  g_autoptr (GError) reason = NULL;
  gboolean is_right;

  /* Whether names are encoded may be said after them. */
  is_right = walk_xml (text, length, on_encoding_element, &page.is_encoded, &reason)
             && walk_xml (text, length, on_page_element, &page, &reason) && page.is_list;
  if (is_right && page.is_truncated && (page.token == NULL || strlen (page.token) > MAX_TOKEN))
    is_right = FALSE;
  if (!is_right)
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                 "The server's list of objects is not one of S3%s%s", reason != NULL ? ": " : "",
                 reason != NULL ? reason->message : "");

  *token = is_right && page.is_truncated ? g_steal_pointer (&page.token) : NULL;
  g_free (page.token);
  g_free (page.key);

  return is_right;
}
