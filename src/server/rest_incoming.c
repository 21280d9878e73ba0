/* Messages that other systems deliver: text messages (rest 13.1) and Messenger (rest 13.2, behaviour 12.3). */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/log.h"
#include "common/mem.h"
#include "server/digest.h"
#include "server/families.h"
#include "server/incoming.h"
#include "server/mime.h"
#include "server/rows.h"
#include "server/setting.h"
#include "server/shape.h"

#define MEDIA_MAX 10               /* files of one text message */

/* --- text messages: the companies that carry them --- */

/* Where a company's delivery says what; texts of the body. */
struct sms_driver {
    const char *name;              /* as in SMS_Service and in the address */
    const char *from, *to, *text, *id;
    const char *country, *state, *city;    /* of the sender, or NULL */
    bool has_media;                /* NumMedia, MediaUrlN, MediaContentTypeN */
    bool (*is_signed)(const struct api *a);    /* NULL: it signs nothing */
};

static int by_key(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Twilio signs the address it delivers to, as the world knows it, and behind that every key and value of the form, by
   key. Without a token of ours nothing can be checked. */
static bool is_signed_by_twilio(const struct api *a)
{
    const char *token = setting_text(a->server->core, "SMS_Twilio_authToken", "");
    size_t n = 0, count = json_object_size(a->body);
    char mac[29];
    if (*token == '\0')
        return true;
    if (a->signature == NULL)
        return false;
    AUTO_FREE char *site = server_site_url(a->server, a->host, a->peer.is_tls);
    const char **keys = x_reallocarray(NULL, count + 1, sizeof *keys);
    const char *key;
    json_t *v;
    json_object_foreach(a->body, key, v)
        keys[n++] = key;
    qsort(keys, n, sizeof *keys, by_key);
    struct buf text = BUF_INIT;
    buf_puts(&text, site);
    buf_puts(&text, a->target);
    for (size_t i = 0; i < n; i++) {
        const char *value = json_string_value(json_object_get(a->body, keys[i]));
        buf_puts(&text, keys[i]);
        buf_puts(&text, value ? value : "");
    }
    digest_hmac_sha1_base64(token, text.data, text.len, mac);
    buf_free(&text);
    free(keys);
    return digest_same(mac, a->signature);
}

static const struct sms_driver sms_drivers[] = {
    {.name = "twilio", .from = "From", .to = "To", .text = "Body", .id = "MessageSid", .country = "FromCountry",
     .state = "FromState", .city = "FromCity", .has_media = true, .is_signed = is_signed_by_twilio},
};

static const struct sms_driver *driver_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(sms_drivers); i++)
        if (strcasecmp(sms_drivers[i].name, name) == 0)
            return &sms_drivers[i];
    return NULL;
}

static const char *said(const struct api *a, const char *key)
{
    const char *v = key ? json_string_value(json_object_get(a->body, key)) : NULL;
    return v ? v : "";
}

/* --- their answer: XML, also for what could not be posted --- */

static void reply_xml(struct api *a, const char *reason)
{
    struct buf out = BUF_INIT;
    buf_puts(&out, "<Response>");
    if (reason && *reason) {
        buf_puts(&out, "<Message>");
        for (const char *p = reason; *p; p++) {
            const char *entity = *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : *p == '&' ? "&amp;" : NULL;
            if (entity)
                buf_puts(&out, entity);
            else if ((unsigned char)*p >= ' ')
                buf_putc(&out, *p);
        }
        buf_puts(&out, "</Message>");
    }
    buf_puts(&out, "</Response>");
    api_send_bytes(a, 200, "text/xml", NULL, out.data, out.len);
    buf_free(&out);
}

/* --- what comes with a text message --- */

static bool takes_media(const struct api *a, const char *type)
{
    const char *white = setting_text(a->server->core, "SMS_Twilio_FileUpload_MediaTypeWhiteList", "");
    return setting_bool(a->server->core, "SMS_Twilio_FileUpload_Enabled", true) &&
           (white[strspn(white, ", ")] == '\0' || mime_listed(white, type));
}

static bool is_web_address(const char *url)
{
    return strncasecmp(url, "https://", 8) == 0 || strncasecmp(url, "http://", 7) == 0;
}

/* type: of its content, or NULL. */
static void put_media(struct jsonw *w, const char *url, const char *type, bool is_image)
{
    const char *name = strrchr(url, '/') + 1;
    jsonw_object(w, NULL);
    jsonw_str(w, "title", *name ? name : "file");
    jsonw_str(w, "type", "file");
    jsonw_str(w, "title_link", url);
    if (is_image) {
        jsonw_str(w, "image_url", url);
        jsonw_str(w, "image_type", type);
    }
    jsonw_end_object(w);
}

/* Further keys of a message: its files as attachments, as many as were put into list. */
struct media {
    struct buf list;
    int n;
};

static void add_media(struct media *m, const char *url, const char *type, bool is_image)
{
    struct buf one = BUF_INIT;
    struct jsonw w = jsonw_on(&one, JSONW_EJSON);
    put_media(&w, url, type, is_image);
    buf_puts(&m->list, m->n++ ? "," : "{\"attachments\":[");
    buf_append(&m->list, one.data, one.len);
    buf_free(&one);
}

/* JSON object text, or NULL: there are none. Caller frees. */
static char *media_text(struct media *m)
{
    if (m->n == 0)
        return NULL;
    buf_puts(&m->list, "]}");
    return buf_take(&m->list);
}

static char *media_of_sms(const struct api *a, const struct sms_driver *d)
{
    struct media m = {BUF_INIT, 0};
    long count = d->has_media ? strtol(said(a, "NumMedia"), NULL, 10) : 0;
    for (int i = 0; i < count && i < MEDIA_MAX; i++) {
        char url_key[24], type_key[32];
        snprintf(url_key, sizeof url_key, "MediaUrl%d", i);
        snprintf(type_key, sizeof type_key, "MediaContentType%d", i);
        const char *url = said(a, url_key), *type = said(a, type_key);
        if (is_web_address(url) && takes_media(a, type))
            add_media(&m, url, type, strncmp(type, "image/", 6) == 0);
    }
    return media_text(&m);
}

static json_t *places(const struct api *a, const struct sms_driver *d)
{
    const struct {
        const char *field, *key;
    } rows[] = {{"country", d->country}, {"state", d->state}, {"city", d->city}};
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (*said(a, rows[i].key))
            json_array_append_new(list, json_pack("{s:s,s:s,s:b}", "key", rows[i].field, "value", said(a, rows[i].key),
                                                  "overwrite", 1));
    return list;
}

static void take_sms(struct api *a, const struct sms_driver *d)
{
    struct result result;
    struct incoming in = {.phone = said(a, d->from), .source_type = "sms", .source_id = said(a, d->to),
                          .source_alias = d->name, .text = said(a, d->text),
                          .message_id = incoming_message_id(said(a, d->id))};
    const char *asked = json_string_value(json_object_get(a->query, "department"));
    if (asked == NULL || *asked == '\0')
        asked = setting_text(a->server->core, "SMS_Default_Omnichannel_Department", "");
    if (*in.phone == '\0') {
        api_fail_coded(a, "error-invalid-phone", "The text message has no sender");
        return;
    }
    if (incoming_is_known(a->server, in.message_id)) {
        reply_xml(a, NULL);
        return;
    }
    AUTO_FREE char *digits = x_strdup(in.phone), *media = media_of_sms(a, d);
    size_t n = 0;
    for (const char *p = digits; *p; p++)
        if (isdigit((unsigned char)*p))
            digits[n++] = *p;
    digits[n] = '\0';
    in.username = n > 0 ? digits : NULL;
    in.department = *asked ? asked : NULL;
    in.custom_fields = places(a, d);
    in.extra = media;
    if (incoming_open(a->server, &in, &result) < 0)
        api_fail_core(a, &result.error);
    else
        reply_xml(a, incoming_post(a->server, &in, &result) < 0 ? result.error.text : NULL);
    json_decref(in.custom_fields);
}

static void sms_incoming(struct api *a)
{
    const char *service = api_arg(a, "service");
    const struct sms_driver *d = driver_of(service);
    if (strcasecmp(service, setting_text(a->server->core, "SMS_Service", "")) != 0)
        api_fail_plain(a, "Invalid service");
    else if (!setting_bool(a->server->core, "SMS_Enabled", false))
        api_fail_coded(a, "error-sms-service-disabled", NULL);
    else if (d == NULL)
        api_fail_coded(a, "error-sms-service-not-configured", NULL);
    else if (d->is_signed && !d->is_signed(a))
        api_forbidden(a);
    else
        take_sms(a, d);
}

/* --- Messenger --- */

static const struct schema facebook_schema =
    SCHEMA(LOOSE, NONE, REQ("mid", STRING), REQ("page", STRING), REQ("token", STRING), REQ("first_name", STRING),
           REQ("last_name", STRING), OPT("text", STRING), OPT_LIST("attachments", ANY));

/* The gateway signs the body as compact JSON. */
static bool is_signed_by_gateway(const struct api *a, const char *body)
{
    const char *secret = setting_text(a->server->core, "Livechat_Facebook_API_Secret", "");
    char mac[5 + 41] = "sha1=";
    digest_hmac_sha1_hex(secret, body, strlen(body), mac + 5);
    return *secret && digest_same(mac, a->signature);
}

/* True: it is refused and answered. The order is that of behaviour 12.3. */
static bool refuses_facebook(struct api *a, const char *body)
{
    const char *text = api_str(a, "text");
    if ((text == NULL || *text == '\0') && json_array_size(api_list(a, "attachments")) == 0)
        api_fail_plain(a, "Invalid request");
    else if (a->signature == NULL)
        api_forbidden(a);
    else if (!setting_bool(a->server->core, "Livechat_Facebook_Enabled", false))
        api_fail_plain(a, "Facebook integration is disabled");
    else if (!is_signed_by_gateway(a, body))
        api_forbidden(a);
    else
        return false;
    return true;
}

/* Of [{type, payload: {url}}]. */
static char *media_of_messenger(const json_t *list)
{
    struct media m = {BUF_INIT, 0};
    for (size_t i = 0; i < json_array_size(list) && i < MEDIA_MAX; i++) {
        const json_t *o = json_array_get(list, i);
        const char *url = json_string_value(json_object_get(json_object_get(o, "payload"), "url"));
        const char *type = json_string_value(json_object_get(o, "type"));
        if (url && is_web_address(url))
            add_media(&m, url, NULL, str_eq(type, "image"));
    }
    return media_text(&m);
}

static void reply_known(struct api *a, const char *message_id)
{
    struct message *m = server_message_dup(a->server, message_id);
    shape_message(api_ok(a), "message", m);
    api_ok_end(a);
    message_free(&m);
}

static void take_facebook(struct api *a)
{
    struct result result;
    const char *text = api_str(a, "text");
    AUTO_FREE char *name = x_asprintf("%s %s", api_str(a, "first_name"), api_str(a, "last_name"));
    AUTO_FREE char *attachments = media_of_messenger(api_list(a, "attachments"));
    const struct incoming in = {.token = api_str(a, "token"), .name = name, .source_type = "api",
                                .source_id = api_str(a, "page"), .source_alias = "facebook", .text = text ? text : "",
                                .extra = attachments, .message_id = incoming_message_id(api_str(a, "mid"))};
    if (incoming_is_known(a->server, in.message_id)) {
        reply_known(a, in.message_id);
    } else if (*in.token == '\0') {
        api_fail_coded(a, "error-invalid-token", "Invalid token");
    } else if (incoming_open(a->server, &in, &result) < 0 || incoming_post(a->server, &in, &result) < 0) {
        api_fail_core(a, &result.error);
    } else {
        shape_message(api_ok(a), "message", result.message);
        api_ok_end(a);
    }
}

/* The schema converts: so the text that was signed is made first. */
static void facebook_incoming(struct api *a)
{
    struct error e;
    AUTO_FREE char *body = json_dumps(a->body, JSON_COMPACT);
    if (schema_check(&facebook_schema, a->body, &e) != ERR_OK)
        api_fail_core(a, &e);
    else if (!refuses_facebook(a, body))
        take_facebook(a);
}

const struct endpoint incoming_endpoints[] = {
    {.verb = VERB_POST, .path = "livechat/sms-incoming/:service", .limit = LIMIT_DELIVERY, .run = sms_incoming},
    {.verb = VERB_POST, .path = "livechat/facebook", .limit = LIMIT_DELIVERY, .run = facebook_incoming},
    ENDPOINTS_END,
};
