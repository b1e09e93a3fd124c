/* ann-s3-xml.h: what S3 answers in XML
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AnnS3Fault:
 * @code: (nullable): such as `NoSuchKey`
 * @message: (nullable): not for showing: it may repeat what was signed
 * @region: (nullable): where the bucket is instead; one that may be a part of a host's name
 *
 * An answer that is an error.
 */
typedef struct {
  char *code;
  char *message;
  char *region;
} AnnS3Fault;

/* @text: (nullable): the beginning of an answer; what is no XML has no code */
void _ann_s3_fault_parse (AnnS3Fault *self, const char *text);
void _ann_s3_fault_clear (AnnS3Fault *self);

/* (transfer full) (nullable): under which id the parts of an object are to be sent, by the answer
 * of CreateMultipartUpload
 */
char *_ann_s3_upload_parse (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* Adds what an answer of ListObjectsV2 has directly below @prefix ("" or with a slash at its end)
 * to
 * @entries, an AnnStoreEntry each. @token: (out) (nullable): what the next page is asked with
 */
gboolean _ann_s3_page_parse (const char *text,
                             gsize length,
                             const char *prefix,
                             GPtrArray *entries,
                             char **token,
                             GError **error);

G_END_DECLS
