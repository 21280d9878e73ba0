#include "server/file_link.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/buf.h"
#include "common/log.h"
#include "common/mem.h"
#include "server/digest.h"
#include "server/setting.h"
#include "server/shape.h"
#include "store/store.h"

#define VALID_S 3600
#define TOKEN_MAX 1000

static bool is_on(const struct server *s)
{
    return setting_bool(s->core, "FileUpload_Enable_json_web_token_for_files", true);
}

/* Of the setting, or one of this process. */
static const void *secret(const struct server *s, size_t *n)
{
    static unsigned char own[32];
    static bool made;
    const char *text = setting_text(s->core, "FileUpload_json_web_token_secret_for_files", "");
    if (*text) {
        *n = strlen(text);
        return text;
    }
    if (!made && getrandom(own, sizeof own, 0) != sizeof own) {
        log_error("the system gives no random numbers");
        exit(1);
    }
    made = true;
    *n = sizeof own;
    return own;
}

/* The signature of "header.payload". Caller frees. */
static char *sign(const struct server *s, const char *text, size_t len)
{
    size_t n;
    const void *key = secret(s, &n);
    return digest_hmac(key, n, text, len);
}

char *file_link_token(const struct server *s, const char *file_id)
{
    static const char header[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    if (!is_on(s))
        return NULL;
    json_t *payload = json_pack("{s:s,s:I}", "fileId", file_id, "exp", (json_int_t)(server_now(s) / 1000 + VALID_S));
    char *text = json_dumps(payload, JSON_COMPACT);
    AUTO_FREE char *head = digest_base64url(header, sizeof header - 1);
    AUTO_FREE char *body = digest_base64url(text, strlen(text));
    AUTO_FREE char *both = x_asprintf("%s.%s", head, body);
    AUTO_FREE char *mac = sign(s, both, strlen(both));
    free(text);
    json_decref(payload);
    return x_asprintf("%s.%s", both, mac);
}

bool file_link_is_valid(const struct server *s, const char *file_id, const char *token)
{
    const char *last = token ? strrchr(token, '.') : NULL, *first = token ? strchr(token, '.') : NULL;
    if (last == NULL || first == last || strlen(token) > TOKEN_MAX || !is_on(s))
        return false;
    /* What is signed is ours: the header needs no reading. */
    AUTO_FREE char *mac = sign(s, token, (size_t)(last - token));
    if (!digest_same(mac, last + 1))
        return false;
    AUTO_FREE char *text = digest_from_base64url(first + 1, (size_t)(last - first - 1));
    json_t *payload = text ? json_loads(text, 0, NULL) : NULL;
    bool valid = str_eq(json_string_value(json_object_get(payload, "fileId")), file_id) &&
                 json_integer_value(json_object_get(payload, "exp")) > server_now(s) / 1000;
    json_decref(payload);
    return valid;
}

static void put_upload(struct jsonw *w, const struct server *s, const json_t *file)
{
    const char *id = json_string_value(json_object_get(file, "_id"));
    struct store_file f;
    if (id == NULL || !read_file(store_loop_reader(s->store), id, &f))
        return;
    AUTO_FREE char *token = file_link_token(s, id);
    struct buf path = BUF_INIT;
    buf_printf(&path, "/file-upload/%s/", id);
    buf_put_urlencoded(&path, f.name, strlen(f.name));
    if (token)
        buf_printf(&path, "?token=%s", token);
    jsonw_object(w, "fileUpload");
    jsonw_str(w, "publicFilePath", path.data);
    jsonw_str(w, "type", f.type);
    jsonw_int(w, "size", f.size);
    jsonw_end_object(w);
    buf_free(&path);
    store_file_free(&f);
}

void file_link_message(struct jsonw *w, const char *key, const struct server *s, const struct message *m)
{
    jsonw_object(w, key);
    shape_message_fields(w, m);
    if (m->extra && strstr(m->extra, "\"file\"")) {
        json_t *extra = json_loads(m->extra, 0, NULL);
        put_upload(w, s, json_object_get(extra, "file"));
        json_decref(extra);
    }
    jsonw_end_object(w);
}
